"""Short-lived helper programs (npm, apt, the loader) that never outlive their caller."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

# A killed process group closes its pipes at once; the bound only guards against a hung file system.
_SECONDS_TO_DIE = 5.0


@dataclass(frozen=True, slots=True)
class Finished:
    """What a program that ran to its end left."""

    returncode: int
    stdout: bytes
    stderr: bytes


def environment_for_programs(own: Mapping[str, str]) -> dict[str, str]:
    """This process's environment for programs that are not part of it.

    A frozen build (PyInstaller) points LD_LIBRARY_PATH at its own libraries, which the system's programs
    must not load, and keeps the former value. Node would leave a cache in the temporary folder, and trusts
    the system's certificates (a company's own, say) only when told to.
    """
    environment = {**own, "NODE_DISABLE_COMPILE_CACHE": "1", "NODE_USE_SYSTEM_CA": "1"}
    if getattr(sys, "frozen", False):
        environment.pop("LD_LIBRARY_PATH", None)
        if "LD_LIBRARY_PATH_ORIG" in own:
            environment["LD_LIBRARY_PATH"] = own["LD_LIBRARY_PATH_ORIG"]
    return environment


async def run_to_end(
    argv: Sequence[str | Path], *, cwd: Path, seconds: float, temporary: Path | None = None
) -> Finished:
    """Run a program in a process group of its own and collect its output.

    temporary: where it shall put its temporary files, for programs that leave them when they are killed.
    Whatever ends the wait early (cancelling, the time limit, which raises TimeoutError) kills the whole
    group and waits until its pipes are closed, so that no part of it writes anything afterwards. Its
    standard input ends when this process does, however that happens.
    """
    environment = environment_for_programs(os.environ)
    if temporary is not None:
        environment["TMPDIR"] = str(temporary)
    read_end, write_end = os.pipe()
    try:
        starting = asyncio.ensure_future(
            asyncio.create_subprocess_exec(
                *argv,
                cwd=cwd,
                stdin=read_end,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.PIPE,
                env=environment,
                start_new_session=True,
            )
        )
        return await _outcome(await _started(starting), seconds)
    finally:
        os.close(read_end)
        os.close(write_end)


async def _started(starting: asyncio.Future[asyncio.subprocess.Process]) -> asyncio.subprocess.Process:
    """The process that is being started, which a cancel ends as ``_outcome`` does.

    asyncio itself would end the program alone, and then wait for pipes that its children hold.
    """
    try:
        return await asyncio.shield(starting)
    except asyncio.CancelledError:
        while not starting.done():
            with suppress(asyncio.CancelledError):
                await asyncio.wait([starting])
        if not starting.cancelled() and starting.exception() is None:
            process = starting.result()
            await _killed(process, asyncio.ensure_future(process.communicate()))
        raise


async def _outcome(process: asyncio.subprocess.Process, seconds: float) -> Finished:
    output = asyncio.ensure_future(process.communicate())
    try:
        stdout, stderr = await asyncio.wait_for(asyncio.shield(output), seconds)
    except BaseException:
        await _killed(process, output)
        raise
    return Finished(await process.wait(), stdout, stderr)


async def _killed(process: asyncio.subprocess.Process, output: asyncio.Future[tuple[bytes, bytes]]) -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    await asyncio.wait([output], timeout=_SECONDS_TO_DIE)
