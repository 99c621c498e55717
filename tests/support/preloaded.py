"""Python programs that start at once, because they are forked from a process that has imported them.

Each is a process of its own, with the arguments, environment, folder and output that it was started with.
What is saved is the time in which Python imports what most of our commands need.
"""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import json
import os
import runpy
import signal
import socket
import sys
import traceback
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

MODULES: Final = (
    "boto3",
    "httpx2",
    "tee_rex.local.downloading",
    "tee_rex.revocations",
    "tee_rex.updates.pins",
    "tee_rex_server.cli",
    "tee_rex_server.deploy.aws",
    "tee_rex_server.deploy.checks",
    "tee_rex_server.deploy.deployer",
    "tee_rex_server.deploy.host",
)

_SHIM: Final = """\
#!{python} -IS
import json, os, socket, sys
with socket.socket(socket.AF_UNIX) as asking:
    asking.connect({path!r})
    socket.send_fds(asking, [b"!"], [1, 2])
    asking.sendall(json.dumps([{module!r}, sys.argv[1:], dict(os.environ), os.getcwd()]).encode())
    asking.shutdown(socket.SHUT_WR)
    sys.exit(int(asking.makefile().readline() or 1))
"""


@asynccontextmanager
async def preloaded(folder: Path) -> AsyncIterator[Path]:
    """Until the block ends, programs that ``shim`` wrote run; yields where they ask for it."""
    place = folder / "preloaded"
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(place))
        listener.listen(64)  # who asks now is answered once all is imported
        number = listener.fileno()
        # It ends with a test run that is killed.
        process = await asyncio.create_subprocess_exec(
            *("setpriv", "--pdeathsig", "KILL", sys.executable, "-m", "support.preloaded", str(number)),
            env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])},
            pass_fds=[number],
        )
    try:
        yield place
    finally:
        process.kill()
        await process.wait()


def shim(program: Path, place: Path, module: str) -> None:
    """Write a program that is started as ``python -m module`` is."""
    program.write_text(_SHIM.format(python=sys.executable, path=str(place), module=module))
    program.chmod(0o755)


def _serve(number: int) -> None:
    for name in MODULES:
        importlib.import_module(name)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for them
    with socket.socket(fileno=number) as listener:
        while True:
            asking, _ = listener.accept()
            if os.fork() == 0:
                listener.close()
                _run(asking)
            asking.close()


def _run(asking: socket.socket) -> None:
    """Run what is asked for in this process, and tell its exit code."""
    code = 1
    try:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        _, outputs, _, _ = socket.recv_fds(asking, 1, 2)
        for number, output in enumerate(outputs, start=1):
            os.dup2(output, number)
            os.close(output)
        content = b"".join(iter(lambda: asking.recv(65_536), b""))
        module, arguments, environment, folder = json.loads(content)
        os.environ.clear()
        os.environ.update(environment)
        os.chdir(folder)
        sys.argv = [module, *arguments]
        runpy.run_module(module, run_name="__main__", alter_sys=True)
        code = 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 0 if end.code is None else 1
    except Exception:  # noqa: BLE001 - it is told, and this process ends
        traceback.print_exc()
    finally:
        with contextlib.suppress(OSError):
            sys.stdout.flush()
            sys.stderr.flush()
            asking.sendall(f"{code}\n".encode())
        os._exit(code)


if __name__ == "__main__":
    _serve(int(sys.argv[1]))
