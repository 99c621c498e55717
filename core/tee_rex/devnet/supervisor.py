"""The process that stays while a network runs.

    python -m tee_rex.devnet.supervisor FOLDER [--with-parent]

It starts the programs of the plan in FOLDER and keeps their logs bounded. It ends all of them when one ends,
on SIGTERM or SIGINT, or, with ``--with-parent``, when its standard input ends. If it is killed itself, the
programs end too: Linux sends them SIGKILL, and Node exits with its standard input.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from pathlib import Path
from platform import machine

from tee_rex.devnet.programs import LOOPBACK, Program
from tee_rex.devnet.run_folder import MARK, BoundedLog, Ended, ProcessIdentity, RunFolder, RunState
from tee_rex.errors.catalogue.devnet import DEVNET_UNAVAILABLE_HERE
from tee_rex.system.child_process import dying_with_parent
from tee_rex.system.threads import finish_in_thread

WITH_PARENT = "--with-parent"
_PIECE_BYTES = 1 << 16
_SECONDS_BETWEEN_POLLS = 0.05
_SECONDS_FOR_LAST_LINES = 2.0


class Supervisor:
    """Runs one network until it ends."""

    def __init__(self, folder: RunFolder) -> None:
        """Take a folder that holds a plan."""
        self._folder = folder
        self._processes: dict[str, asyncio.subprocess.Process] = {}
        self._logging: list[asyncio.Task[None]] = []
        self._state = RunState(ProcessIdentity.of(os.getpid()))
        self._die_with_parent = dying_with_parent()
        self._lifeline = os.pipe()  # the programs' standard input: it ends when this process does

    async def run(self, stop: asyncio.Event) -> None:
        """Start everything; return when the network has ended by itself or because of ``stop``."""
        self._folder.write_state(self._state)
        running = asyncio.ensure_future(self._run_programs())
        stopping = asyncio.ensure_future(stop.wait())
        try:
            await asyncio.wait((running, stopping), return_when=asyncio.FIRST_COMPLETED)
            if running.done():
                self._state = RunState(self._state.supervisor, self._state.programs, running.result())
                self._folder.write_state(self._state)
        finally:
            running.cancel()
            stopping.cancel()
            await asyncio.gather(running, stopping, return_exceptions=True)
            await self._end_programs()

    async def _run_programs(self) -> Ended:
        plan = self._folder.plan()
        if plan is None:
            raise ValueError("there is no plan")
        endings: list[asyncio.Task[Ended]] = []
        for program in plan.programs:
            process = await self._start(program)
            endings.append(asyncio.create_task(_ended(program.name, process)))
            listening = asyncio.create_task(_listens(program.listens_on))
            try:
                await asyncio.wait((*endings, listening), return_when=asyncio.FIRST_COMPLETED)
            finally:
                listening.cancel()
            if any(ending.done() for ending in endings):
                break
        done, _ = await asyncio.wait(endings, return_when=asyncio.FIRST_COMPLETED)
        return done.pop().result()

    async def _start(self, program: Program) -> asyncio.subprocess.Process:
        process = await asyncio.create_subprocess_exec(
            *program.argv,
            stdin=self._lifeline[0],
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            env={**program.environment, MARK: str(self._folder.path)},
            cwd=self._folder.scratch,
            start_new_session=True,
            preexec_fn=self._die_with_parent,
        )
        self._processes[program.name] = process
        log = BoundedLog(self._folder.log(program.name))
        self._logging.append(asyncio.create_task(_copy(process, log)))
        programs = {**self._state.programs, program.name: ProcessIdentity.of(process.pid)}
        self._state = RunState(self._state.supervisor, programs)
        self._folder.write_state(self._state)
        return process

    async def _end_programs(self) -> None:
        await finish_in_thread(self._folder.end_all)
        for process in self._processes.values():
            await process.wait()
        if self._logging:  # the last lines say why a program ended
            await asyncio.wait(self._logging, timeout=_SECONDS_FOR_LAST_LINES)


async def _ended(name: str, process: asyncio.subprocess.Process) -> Ended:
    return Ended(name, await process.wait())


async def _listens(port: int) -> None:
    """Return once a TCP port of this machine takes connections."""
    while True:
        try:
            _, writer = await asyncio.open_connection(LOOPBACK, port)
        except OSError:
            await asyncio.sleep(_SECONDS_BETWEEN_POLLS)
        else:
            writer.close()
            return


async def _copy(process: asyncio.subprocess.Process, log: BoundedLog) -> None:
    stream = process.stdout
    assert stream is not None  # noqa: S101  # asked for as a pipe
    while piece := await stream.read(_PIECE_BYTES):
        log.write(piece)
    log.close()


async def supervise(path: Path, *, with_parent: bool) -> None:
    """Run the network whose plan is in the folder ``path``."""
    if sys.platform == "win32":
        raise DEVNET_UNAVAILABLE_HERE(system="Windows", machine=machine())
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        loop.add_signal_handler(number, stop.set)
    if with_parent:
        loop.add_reader(0, _on_standard_input, stop)
    await Supervisor(RunFolder(path)).run(stop)


def _on_standard_input(stop: asyncio.Event) -> None:
    if not os.read(0, _PIECE_BYTES):
        stop.set()
        asyncio.get_running_loop().remove_reader(0)


def main() -> None:
    """Entry point."""
    run(Path(sys.argv[1]), with_parent=WITH_PARENT in sys.argv[2:])


def run(folder: Path, *, with_parent: bool) -> None:
    """Supervise in the background: the process that was started exits at once."""
    if sys.platform == "win32":
        raise DEVNET_UNAVAILABLE_HERE(system="Windows", machine=machine())
    if os.fork():
        os._exit(0)
    asyncio.run(supervise(folder, with_parent=with_parent))


if __name__ == "__main__":
    main()
