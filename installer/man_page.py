"""The man page of a command-line program, from its own help."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import typer
import typer.main

from tee_rex.terminal.program import EXIT_CODES


def man_page(app: typer.Typer, name: str, version: str, date: str, more: str = "") -> str:
    """A page of section 1, in roff. date: as people read it. more: further sections, in roff."""
    command = typer.main.get_command(app)
    summary = str(command.help or "").strip().partition("\n")[0].rstrip(".")
    return "\n".join(
        (
            f'.TH {name.upper()} 1 "{date}" "{name} {version}" "User Commands"',
            f".SH NAME\n{name} \\- {_text(summary[:1].lower() + summary[1:])}",
            f".SH SYNOPSIS\n.B {_text(name)}\n.I COMMAND\n[\\fIOPTION\\fR]...",
            f".SH COMMANDS\n{_text(name)} \\fICOMMAND\\fR \\-\\-help tells what this page tells.",
            *_commands(command, (name,)),
            f".SH EXIT STATUS\n{_text(EXIT_CODES)}",
            *((more,) if more else ()),
            "",
        )
    )


def _commands(command: Any, path: tuple[str, ...]) -> Iterator[str]:  # noqa: ANN401  # typer keeps its own types private
    children = getattr(command, "commands", {})
    for name, child in children.items():
        if not child.hidden:
            yield from _commands(child, (*path, name))
    if not children:
        yield f".SS {_text(' '.join(path))}"
        yield _text(str(command.help or "").strip())
        for parameter in command.params:
            names = [*parameter.opts, *parameter.secondary_opts]
            if getattr(parameter, "hidden", False) or "--help" in names:
                continue
            is_option = parameter.opts[0].startswith("-")
            metavar = "" if getattr(parameter, "is_flag", False) else f" \\fI{_text(_metavar(parameter))}\\fR"
            label = ", ".join(f"\\fB{_text(one)}\\fR" for one in names) + metavar if is_option else metavar
            variable = f" [{_text(parameter.envvar)}]" if isinstance(parameter.envvar, str) else ""
            about = _text(str(getattr(parameter, "help", None) or "")) or "\\&"
            yield f".TP\n{label.strip()}{variable}\n{about}"


def _metavar(parameter: Any) -> str:  # noqa: ANN401
    return str(parameter.metavar or parameter.type.name).upper()


def _text(text: str) -> str:
    """Text as roff takes it: nothing of it is a request."""
    lines = text.replace("\\", "\\e").replace("-", "\\-").splitlines()
    return "\n".join(f"\\&{line}" if line[:1] in (".", "'") else line for line in lines)
