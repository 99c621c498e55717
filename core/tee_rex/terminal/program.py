"""Building our command-line programs: plain help, versions, JSON output, usage errors."""

from __future__ import annotations

import platform
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import Annotated, Any

import typer

from tee_rex.errors import ExitCode
from tee_rex.errors.catalogue.usage import CANCELLED, OUTPUT_NOT_WRITTEN, USAGE
from tee_rex.system.memory import forbid_core_dumps, forbid_memory_access
from tee_rex.system.text import os_reason, quoted
from tee_rex.terminal.console import VERBOSE_FLAG, exit_on_error, print_error, print_json_error
from tee_rex.terminal.streams import standard_streams

EXIT_CODES = (
    "Exit codes: 0 success, 1 failure, 2 invalid usage, 3 invalid input, 4 this machine or the network, "
    "130 cancelled. Error codes and their fixes: docs/troubleshooting.md."
)
JSON_FLAG = "--json"
JsonOption = Annotated[bool, typer.Option(JSON_FLAG, help="Print the result as JSON.")]


def program(name: str, help_text: str) -> typer.Typer:
    """A program without commands; --help and -h print plain text, which truncates no names."""
    return typer.Typer(
        name=name,
        help=help_text,
        epilog=EXIT_CODES,
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
        context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    )


def version_option(name: str, version: str) -> Any:  # noqa: ANN401  # typer's own type is private
    """The option --version."""

    def show(*, asked: bool) -> None:
        if asked:
            typer.echo(version_text(name, version))
            raise typer.Exit

    return typer.Option(
        "--version", is_eager=True, callback=lambda asked: show(asked=asked), help=_VERSION_HELP
    )


def verbose_option() -> Any:  # noqa: ANN401  # typer's own type is private
    """The option that lets ``print_error`` print diagnostics, which looks for it in the command line."""
    return typer.Option(
        VERBOSE_FLAG,
        help="Also print what programs and servers said of an error. It can quote your transaction.",
    )


_VERSION_HELP = "Print the versions that a bug report needs, and exit."


def version_text(name: str, version: str) -> str:
    """Three lines: the program, the bb versions that it supports, and the platform."""
    from tee_rex.bb.pins import BbPins

    pins = BbPins.shipped()
    others = ", ".join(str(one) for one in pins.versions if one != pins.default_version)
    build = "standalone program" if getattr(sys, "frozen", False) else "Python package"
    return (
        f"{name} {version} ({build})\n"
        f"bb {pins.default_version}{f' (also {others})' if others else ''}\n"
        f"Python {platform.python_version()}, {platform.platform()}"
    )


def print_json(value: object) -> None:
    """Print a value as one line of JSON on stdout.

    Bytes of a path that are not UTF-8 become lone surrogates, escaped, as Python reads them back.
    """
    import json

    import msgspec

    fields = msgspec.to_builtins(value, enc_hook=str)
    typer.echo(json.dumps(fields, ensure_ascii=False, separators=(",", ":")))


def run_program(app: Callable[..., Any]) -> None:
    """Run a program and exit with its exit code; its memory, which can hold secrets, is protected first.

    Invalid usage is reported on stderr and, with --json, also on stdout as ``{"error": {…}}``. Ctrl-C and
    SIGTERM end it with CANCELLED. If its result cannot be written, a command still runs to its end, and a
    success becomes OUTPUT_NOT_WRITTEN.
    """
    forbid_core_dumps()
    forbid_memory_access()
    with suppress(ValueError):  # not the main thread
        signal.signal(signal.SIGTERM, signal.default_int_handler)
    with standard_streams() as output:
        code = _exit_code(app)
        sys.stdout.flush()
        if output.lost and output.failure is not None:
            error = OUTPUT_NOT_WRITTEN(reason=os_reason(output.failure))
            print_error(error)
            code = code or error.exit_code
    sys.exit(code)


def _exit_code(app: Callable[..., Any]) -> int:
    as_json = JSON_FLAG in sys.argv[1:]
    try:
        with exit_on_error(as_json=as_json):
            try:
                code = app(standalone_mode=False)
            except typer.Abort:
                raise CANCELLED() from None
    except SystemExit as end:
        code = end.code
    except typer.TyperException as error:
        _show_usage(error)
        if as_json:
            print_json_error(USAGE(reason=quoted(error.format_message())))
        code = error.exit_code
    return code if isinstance(code, int) else ExitCode.OK


def _show_usage(error: typer.TyperException) -> None:
    show: Callable[[], None] | None = getattr(error, "show", None)
    if show is not None:
        show()
    else:
        typer.echo(f"Error: {error.format_message()}", err=True)
