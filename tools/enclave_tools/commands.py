"""Running the long commands of a build: output goes to a log, progress to the terminal."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

# The command ends with this process, however that ends; in new namespaces so do all its children.
_DIES_WITH_ME = ("setpriv", "--pdeathsig", "KILL", "--")
# Nothing of the caller's environment may reach a build, because compiler flags, indexes and locales change
# it; only the network's proxies are kept.
_KEPT = ("http_proxy", "https_proxy", "no_proxy")
_SECONDS_BETWEEN_LINES = 15.0
_LINES_SHOWN_ON_FAILURE = 15

Progress = Callable[[str], str | None]


class EnclaveToolsError(Exception):
    """A tool cannot be built; the text says why and what to do."""


def clean_environment(more: Mapping[str, str] = {}) -> dict[str, str]:
    """The environment of a build."""
    kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
    path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
    return {"PATH": path, "HOME": "/root", "LC_ALL": "C", "TZ": "UTC", **kept, **more}


def say(text: str) -> None:
    """Print one line of progress."""
    print(text, flush=True)


def output_of(argv: Sequence[str | Path], environment: Mapping[str, str] | None = None) -> str:
    """The standard output of a short command; raises EnclaveToolsError if it fails."""
    done = subprocess.run(
        [str(argument) for argument in argv],
        env=clean_environment() if environment is None else dict(environment),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise EnclaveToolsError(f"{argv[0]} failed: {done.stderr.strip()[-500:]}")
    return done.stdout


def run_logged(
    argv: Sequence[str | Path],
    log: Path,
    *,
    cwd: Path | None = None,
    environment: Mapping[str, str] | None = None,
    progress: Progress | None = None,
) -> None:
    """Run a command to its end and append its output to ``log``.

    progress: turns a line of output into a text to show, or None. If this process is interrupted, the command
    and all its children end. Raises EnclaveToolsError with the last lines if the command fails.
    """
    tail: deque[str] = deque(maxlen=_LINES_SHOWN_ON_FAILURE)
    shown = time.monotonic()
    with (
        log.open("a", encoding="utf-8") as file,
        subprocess.Popen(
            [*_DIES_WITH_ME, *(str(argument) for argument in argv)],
            cwd=cwd,
            env=clean_environment() if environment is None else dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
            start_new_session=True,
        ) as process,
    ):
        file.write(f"$ {' '.join(str(argument) for argument in argv)}\n")
        try:
            for line in process.stdout or ():
                file.write(line)
                file.flush()
                tail.append(line.rstrip())
                text = progress(line) if progress else None
                if text and time.monotonic() - shown >= _SECONDS_BETWEEN_LINES:
                    say(f"    {text}")
                    shown = time.monotonic()
            returncode = process.wait()
        except BaseException:
            os.killpg(process.pid, signal.SIGKILL)
            raise
    if returncode != 0:
        lines = "\n".join(f"    {line}" for line in tail)
        raise EnclaveToolsError(f"{Path(argv[0]).name} exited with code {returncode}; log: {log}\n{lines}")
