"""Running commands: output, errors, cancelling, and the progress of downloads and installations."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import textwrap
import time
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager, suppress
from enum import StrEnum
from typing import TYPE_CHECKING, Any, TextIO, TypeVar

from tee_rex.errors import TeeRexError
from tee_rex.errors.catalogue.usage import CANCELLED
from tee_rex.errors.message import printable
from tee_rex.system.failures import explained
from tee_rex.system.progress import ProgressListener, TaskProgress

if TYPE_CHECKING:
    from rich.console import Console

T = TypeVar("T")


VERBOSE_FLAG = "--verbose"
_SECONDS_BETWEEN_PLAIN_LINES = 2.0


def stdout_console() -> Console:
    """The console for results."""
    return _console(sys.stdout)


def stderr_console() -> Console:
    """The console for progress, notes and errors."""
    return _console(sys.stderr)


def _console(stream: TextIO) -> Console:
    from rich.console import Console

    # Plain text: "[/x]" or ":x:" in a name from outside is neither markup nor an emoji.
    return Console(file=stream, highlight=False, markup=False, emoji=False, soft_wrap=not stream.isatty())


class Style(StrEnum):
    """The style of a line on a terminal: parameters of ANSI's SGR."""

    PLAIN = ""
    WARNING = "33"
    ERROR = "1;31"


def say(line: str, style: Style = Style.PLAIN) -> None:
    """Write one line to stderr, without rich, whose import takes 0.1 s.

    Names of files, servers and circuits in it cannot move the cursor.
    """
    line = "\n".join(map(printable, line.split("\n")))
    if style and sys.stderr.isatty() and "NO_COLOR" not in os.environ:
        line = f"\x1b[{style}m{line}\x1b[0m"
    print(line, file=sys.stderr, flush=True)  # noqa: T201


def print_error(error: TeeRexError) -> None:
    """Print the title, the code, what happened, and what to do; with --verbose also the diagnostics.

    Never a traceback.
    """
    say(f"✗ {error.title} [{error.code}]", Style.ERROR)
    say(f"  {error.message}")
    if error.hint:
        say(f"  → {error.hint}")
    if error.diagnostics and VERBOSE_FLAG in sys.argv[1:]:
        say(textwrap.indent(error.diagnostics.rstrip(), "  | "))


async def _cancel_on_signals(work: Coroutine[Any, Any, T]) -> T:
    task = asyncio.ensure_future(work)
    loop = asyncio.get_running_loop()

    for number in (signal.SIGINT, signal.SIGTERM):
        with suppress(NotImplementedError):  # Windows, which raises KeyboardInterrupt instead
            loop.add_signal_handler(number, task.cancel)
    return await task


@contextmanager
def all_errors() -> Iterator[None]:
    """Raise a TeeRexError also where Ctrl-C or SIGTERM interrupts the block, or this machine fails it.

    Other exceptions are bugs and pass.
    """
    try:
        yield
    except KeyboardInterrupt:
        raise CANCELLED() from None
    except (MemoryError, OSError) as error:
        told = explained(error)
        if told is None:
            raise
        raise told from error


def run(work: Coroutine[Any, Any, T]) -> T:
    """Run a command's coroutine. Ctrl-C and SIGTERM cancel it; once it has cleaned up, raises CANCELLED."""
    try:
        with all_errors():
            return asyncio.run(_cancel_on_signals(work))
    except asyncio.CancelledError:
        raise CANCELLED() from None


def print_json_error(error: TeeRexError) -> None:
    """Print ``{"error": {"code", "title", "message", "hint"}}`` on stdout, for programs."""
    import msgspec

    from tee_rex.errors.report import ErrorReport

    print(msgspec.json.encode({"error": ErrorReport.of(error)}).decode(), flush=True)  # noqa: T201


@contextmanager
def exit_on_error(*, as_json: bool = False) -> Iterator[None]:
    """Print an error (see ``all_errors``) and exit with its exit code.

    as_json: also print it on stdout, as ``print_json_error`` does.
    """
    try:
        with all_errors():
            yield
    except TeeRexError as error:
        if as_json:
            print_json_error(error)
        print_error(error)
        sys.exit(error.exit_code)


def run_command(work: Coroutine[Any, Any, T], *, as_json: bool = False) -> T:
    """Run a command's coroutine; exits the process on an error or Ctrl-C, see ``exit_on_error``."""
    with exit_on_error(as_json=as_json):
        return run(work)


def amount_text(progress: TaskProgress) -> str:
    """The progress of a task, with its unit: "1.0 of 5.0 MB, 20 %"; empty for work without an amount."""
    if not progress.unit:
        return ""
    if progress.unit == "bytes":
        done = f"{progress.done / 1e6:.1f}"
        if not progress.total:
            return f"{done} MB"
        percent = min(100, 100 * progress.done // progress.total)
        return f"{done} of {progress.total / 1e6:.1f} MB, {percent} %"
    return (
        f"{progress.done:,} of {progress.total:,} {progress.unit}"
        if progress.total
        else f"{progress.done:,} {progress.unit}"
    )


@contextmanager
def show_task_progress() -> Iterator[ProgressListener]:
    """A listener that draws progress bars on a terminal, and elsewhere prints a line every two seconds."""
    if not sys.stderr.isatty():
        last_line: dict[str, float] = {}
        largest: dict[str, int] = {}

        def write_line(progress: TaskProgress) -> None:
            finished = progress.total is not None and progress.done >= progress.total
            now = time.monotonic()
            started = progress.task not in last_line
            # A folder that is being unpacked shrinks as its packages are deleted: nothing to report.
            grown = progress.done > largest.get(progress.task, 0)
            if (
                started
                or finished
                or (grown and now - last_line[progress.task] >= _SECONDS_BETWEEN_PLAIN_LINES)
            ):
                last_line[progress.task], largest[progress.task] = now, progress.done
                amount = amount_text(progress)
                say(f"{progress.label}: {amount}" if amount else f"{progress.label} …")

        yield write_line
        return

    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    with Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        TextColumn("{task.fields[amount]}", markup=False),
        TimeRemainingColumn(),
        console=stderr_console(),
        transient=True,
    ) as bars:
        ids: dict[str, Any] = {}
        without_amount: str | None = None

        def draw_bar(progress: TaskProgress) -> None:
            nonlocal without_amount
            if without_amount is not None and without_amount != progress.task:  # it has ended
                bars.remove_task(ids.pop(without_amount))
            without_amount = None if progress.unit else progress.task
            if progress.task not in ids:
                ids[progress.task] = bars.add_task(progress.label, total=progress.total, amount="")
            bars.update(
                ids[progress.task],
                completed=progress.done,
                total=progress.total,
                amount=amount_text(progress),
            )

        yield draw_bar
