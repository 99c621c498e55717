"""What every command shares: running, cancelling, errors, progress of set-up work."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import time
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager, suppress
from enum import StrEnum
from typing import TYPE_CHECKING, Any, TypeVar

from tee_rex.errors import ExitCode, TeeRexError
from tee_rex.system.progress import ProgressListener, TaskProgress

if TYPE_CHECKING:
    from rich.console import Console

T = TypeVar("T")


class CancelledByUserError(TeeRexError):
    """Ctrl-C or SIGTERM."""

    code = "CANCELLED"
    title = "Cancelled"
    exit_code = ExitCode.CANCELLED


_SECONDS_BETWEEN_PLAIN_LINES = 2.0


def stdout_console() -> Console:
    """Where results go."""
    from rich.console import Console

    return Console(highlight=False, soft_wrap=not sys.stdout.isatty())


def stderr_console() -> Console:
    """Where progress, notes and errors go."""
    from rich.console import Console

    return Console(stderr=True, highlight=False, soft_wrap=not sys.stderr.isatty())


class Style(StrEnum):
    """How a line stands out on a terminal, as the parameters of ANSI's SGR."""

    PLAIN = ""
    WARNING = "33"
    ERROR = "1;31"


def say(line: str, style: Style = Style.PLAIN) -> None:
    """Write one line to stderr at once, without rich, whose import takes a tenth of a second."""
    if style and sys.stderr.isatty() and "NO_COLOR" not in os.environ:
        line = f"\x1b[{style}m{line}\x1b[0m"
    print(line, file=sys.stderr, flush=True)  # noqa: T201


def print_error(error: TeeRexError) -> None:
    """Title, what happened, what to do, and the code to look up; never a traceback."""
    say(f"✗ {error.title} [{error.code}]", Style.ERROR)
    say(f"  {error.message}")
    if error.hint:
        say(f"  → {error.hint}")


async def _cancel_on_signals(work: Coroutine[Any, Any, T]) -> T:
    task = asyncio.ensure_future(work)
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        with suppress(NotImplementedError):  # Windows: KeyboardInterrupt does it there
            loop.add_signal_handler(number, task.cancel)
    return await task


def run(work: Coroutine[Any, Any, T]) -> T:
    """Run a command's coroutine; raises CancelledByUserError after it has cleaned up on Ctrl-C or SIGTERM."""
    try:
        return asyncio.run(_cancel_on_signals(work))
    except (KeyboardInterrupt, asyncio.CancelledError):
        raise CancelledByUserError("It was stopped before its end.") from None


def print_json_error(error: TeeRexError) -> None:
    """Write ``{"error": {"code", "title", "message", "hint"}}`` to stdout, for programs."""
    import msgspec

    from tee_rex.errors.report import ErrorReport

    print(msgspec.json.encode({"error": ErrorReport.of(error)}).decode(), flush=True)  # noqa: T201


@contextmanager
def exit_on_error(*, as_json: bool = False) -> Iterator[None]:
    """Print an error of ours and end the process with its exit code; let bugs through.

    as_json: write it to stdout too, as ``print_json_error`` does.
    """
    try:
        yield
    except TeeRexError as error:
        if as_json:
            print_json_error(error)
        print_error(error)
        sys.exit(error.exit_code)


def run_command(work: Coroutine[Any, Any, T], *, as_json: bool = False) -> T:
    """Run a command's coroutine; ends the process with the right exit code on an error or a cancel.

    as_json: an error is written to stdout too, as ``print_json_error`` does.
    """
    with exit_on_error(as_json=as_json):
        return run(work)


def amount(progress: TaskProgress) -> str:
    """How far a task is, with its unit."""
    if progress.unit == "bytes":
        done = f"{progress.done / 1e6:.1f}"
        return f"{done} of {progress.total / 1e6:.1f} MB" if progress.total else f"{done} MB"
    return (
        f"{progress.done:,} of {progress.total:,} {progress.unit}"
        if progress.total
        else f"{progress.done:,} {progress.unit}"
    )


@contextmanager
def task_progress_shown() -> Iterator[ProgressListener]:
    """A listener that draws bars on a terminal and writes a plain line now and then elsewhere."""
    if not sys.stderr.isatty():
        last_line: dict[str, float] = {}
        most: dict[str, int] = {}

        def write_line(progress: TaskProgress) -> None:
            finished = progress.total is not None and progress.done >= progress.total
            now = time.monotonic()
            started = progress.task not in last_line
            # A folder that is being unpacked shrinks as its packages go; that is no news.
            grown = progress.done > most.get(progress.task, 0)
            if (
                started
                or finished
                or (grown and now - last_line[progress.task] >= _SECONDS_BETWEEN_PLAIN_LINES)
            ):
                last_line[progress.task], most[progress.task] = now, progress.done
                say(f"{progress.label}: {amount(progress)}")

        yield write_line
        return

    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    with Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.fields[amount]}"),
        TimeRemainingColumn(),
        console=stderr_console(),
        transient=True,
    ) as bars:
        ids: dict[str, Any] = {}

        def draw_bar(progress: TaskProgress) -> None:
            if progress.task not in ids:
                ids[progress.task] = bars.add_task(progress.label, total=progress.total, amount="")
            bars.update(
                ids[progress.task], completed=progress.done, total=progress.total, amount=amount(progress)
            )

        yield draw_bar
