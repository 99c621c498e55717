"""Manual pages and completions of a command line, from the same texts as its ``--help``."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import typer.main
from typer._completion_shared import get_completion_script

_COMPLETIONS: Final = {
    "bash": "bash-completion/completions/{name}",
    "zsh": "zsh/vendor-completions/_{name}",
    "fish": "fish/vendor_completions.d/{name}.fish",
}
"""Where a distribution's packages put them, below /usr/share."""
_ADDED_BY_TYPER: Final = ("install_completion", "show_completion")
"""Options that are for programs whose installation brings no completions."""


def write_manual(
    share: Path, name: str, app: typer.Typer, version: str, made_at: int, more: str = ""
) -> None:
    """Write ``<name>(1)`` and the completions of a program below ``share``.

    made_at: seconds since 1970. more: further sections of the page, in roff.
    """
    page = "\n".join(_page(name, typer.main.get_command(app), version, made_at))
    write_page(share, name, f"{page}\n{more}".rstrip())
    for shell, place in _COMPLETIONS.items():
        file = share / place.format(name=name)
        file.parent.mkdir(parents=True, exist_ok=True)
        variable = f"_{name.replace('-', '_').upper()}_COMPLETE"
        script = get_completion_script(prog_name=name, complete_var=variable, shell=shell)
        file.write_text(f"{script}\n", "utf-8")


def write_page(share: Path, name: str, page: str) -> None:
    """Write one page of section 1."""
    file = share / "man" / "man1" / f"{name}.1.gz"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(gzip.compress(f"{page}\n".encode(), mtime=0))


def heading(name: str, version: str, made_at: int, summary: str) -> str:
    """The beginning of a page, up to its NAME section."""
    day = f"{datetime.fromtimestamp(made_at, UTC):%Y-%m-%d}"
    return (
        f'.TH {_text(name.upper())} 1 {day} "{_text(name)} {version}" "User Commands"\n'
        f".SH NAME\n{_text(name)} \\- {_text(summary)}"
    )


def _page(name: str, program: Any, version: str, made_at: int) -> Iterator[str]:  # noqa: ANN401  # typer's own
    summary, _, _rest = (program.help or "").partition("\n")
    yield heading(name, version, made_at, summary.rstrip("."))
    yield f".SH SYNOPSIS\n.B {_text(name)}\n[\\fIOPTIONS\\fR] \\fICOMMAND\\fR [\\fIARGUMENTS\\fR]"
    yield ".SH OPTIONS"
    yield from _parameters(program)
    yield ".SH COMMANDS"
    yield from _commands(program, "")
    if program.epilog:
        yield f".SH NOTES\n{_text(program.epilog)}"


def _commands(group: Any, before: str) -> Iterator[str]:  # noqa: ANN401
    for name, command in group.commands.items():
        if command.hidden:
            continue
        words = f"{before}{name}"
        if getattr(command, "commands", None):
            yield from _commands(command, f"{words} ")
            continue
        arguments = " ".join(
            one.make_metavar(_context(command)) for one in command.params if one.param_type_name == "argument"
        )
        yield f".SS {_text(f'{words} {arguments}'.strip())}"
        yield _text((command.help or "").replace("\b", ""))
        yield from _parameters(command)


def _parameters(command: Any) -> Iterator[str]:  # noqa: ANN401
    for one in command.params:
        record = one.get_help_record(_context(command))
        if record is not None and one.name not in _ADDED_BY_TYPER:
            names, meaning = record
            yield f".TP\n.B {_text(names)}\n{_text(meaning or '')}"


def _context(command: Any) -> Any:  # noqa: ANN401
    return command.make_context(command.name or "", [], resilient_parsing=True)


def _text(text: str) -> str:
    """Escaped for roff (groff_man(7)): backslashes, hyphens that are minus signs, dots that begin a line."""
    escaped = text.replace("\\", "\\e").replace("-", "\\-").replace("'", "\\(aq").replace('"', "\\(dq")
    lines = [f"\\&{line}" if line.startswith((".", "\\(aq")) else line for line in escaped.split("\n")]
    return "\n".join(line.strip() or ".PP" for line in lines)
