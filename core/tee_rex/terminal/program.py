"""Building our command-line programs: plain help, versions, JSON output, usage errors."""

from __future__ import annotations

import platform
import sys
from collections.abc import Callable
from typing import Annotated, Any

import typer

from tee_rex.errors.catalogue.usage import USAGE
from tee_rex.system.text import quoted
from tee_rex.terminal.console import print_json_error

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


_VERSION_HELP = "Print the versions that a bug report needs, and exit."


def version_text(name: str, version: str) -> str:
    """Three lines: the program, the bb versions that it supports, and the platform."""
    from tee_rex.bb.pins import BbPins

    pins = BbPins.shipped()
    others = ", ".join(str(one) for one in pins.digests if one != pins.default_version)
    build = "standalone program" if getattr(sys, "frozen", False) else "Python package"
    return (
        f"{name} {version} ({build})\n"
        f"bb {pins.default_version}{f' (also {others})' if others else ''}\n"
        f"Python {platform.python_version()}, {platform.platform()}"
    )


def print_json(value: object) -> None:
    """Print a value as one line of JSON on stdout."""
    import msgspec

    typer.echo(msgspec.json.encode(value, enc_hook=str).decode())


def run_program(app: Callable[..., Any]) -> None:
    """Run a program and exit with its exit code.

    Invalid usage is reported on stderr and, with --json, also on stdout as ``{"error": {…}}``.
    """
    try:
        code = app(standalone_mode=False)
    except typer.TyperException as error:
        _show_usage(error)
        if JSON_FLAG in sys.argv[1:]:
            print_json_error(USAGE(reason=quoted(error.format_message())))
        sys.exit(error.exit_code)
    except typer.Abort:
        sys.exit(1)
    sys.exit(code if isinstance(code, int) else 0)


def _show_usage(error: typer.TyperException) -> None:
    show: Callable[[], None] | None = getattr(error, "show", None)
    if show is not None:
        show()
    else:
        typer.echo(f"Error: {error.format_message()}", err=True)
