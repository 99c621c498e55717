"""Writes the generated parts of docs/, between marks in the pages: ``make docs``.

troubleshooting.md: every error code. cli.md: the help of every command. library.md: the examples.
adr/README.md: the list of decisions. images/architecture.svg: the layers. A test compares the pages with what
this makes.
"""

from __future__ import annotations

import importlib
import pkgutil
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from string import Formatter
from types import ModuleType

import typer
import typer.main
from typer.testing import CliRunner

import architecture_picture
import tee_rex
import tee_rex.cli.commands
import tee_rex.errors.catalogue
import tee_rex_app
import tee_rex_app.errors
import tee_rex_server
import tee_rex_server.cli
import tee_rex_server.errors
from tee_rex.errors import ErrorKind, ExitCode, TeeRexError
from tee_rex.errors.catalogue import kinds_of

DOCS = Path(__file__).parents[1] / "docs"
_WIDTH = 80
PROGRAMS = {"tee-rex": tee_rex.cli.commands.app, "tee-rex-server": tee_rex_server.cli.app}


@dataclass(frozen=True, slots=True)
class ErrorEntry:
    """One code: its exit code, what happened, and what to do."""

    code: str
    exit_code: ExitCode
    cause: str
    remedy: str

    def row(self) -> str:
        """A line of the table."""
        cells = (f"`{self.code}`", str(self.exit_code.value), self.cause, self.remedy)
        return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


def error_entries() -> list[ErrorEntry]:
    """Every error code of our packages, sorted."""
    by_code: dict[str, list[ErrorKind[TeeRexError]]] = {}
    for module in _catalogue_modules():
        for _name, kind in kinds_of(module):
            by_code.setdefault(kind.code, []).append(kind)
    return [_entry(code, kinds) for code, kinds in sorted(by_code.items())]


def _catalogue_modules() -> Iterator[ModuleType]:
    for root in (tee_rex.errors.catalogue, tee_rex_server.errors, tee_rex_app.errors):
        yield root
        for module in pkgutil.walk_packages(getattr(root, "__path__", ()), f"{root.__name__}."):
            yield importlib.import_module(module.name)


def _entry(code: str, kinds: list[ErrorKind[TeeRexError]]) -> ErrorEntry:
    """The titles, the first message that is more than a reason, and the remedy or else all hints.

    What is for a terminal comes last.
    """
    first = kinds[0]
    messages = [kind.message for kind in kinds if re.search("[a-z]{2}", "".join(_texts(kind.message, "")))]
    causes = [*(f"{kind.title}." for kind in kinds), *messages[:1]]
    exit_code = first.exit_code or first.error_type.default_exit_code
    remedy = _sentences([kind.remedy for kind in kinds if kind.remedy])
    if not remedy:
        terminals = [f"{kind.terminal.removesuffix('.')}." for kind in kinds if kind.terminal]
        remedy = _sentences([*(kind.hint for kind in kinds), *terminals])
    return ErrorEntry(code, exit_code, _sentences(causes), remedy)


def _sentences(templates: list[str]) -> str:
    """Each template once, with an ellipsis for each field."""
    return " ".join(dict.fromkeys("".join(_texts(template, "…")) for template in templates if template))


def _texts(template: str, field: str) -> Iterator[str]:
    for text, name, _spec, _conversion in Formatter().parse(template):
        yield text
        if name is not None:
            yield field


def errors_table() -> str:
    """All errors, as Markdown."""
    rows = "\n".join(entry.row() for entry in error_entries())
    return f"| code | exit | what happened | what to do |\n|---|---|---|---|\n{rows}"


def commands(program: str) -> Iterator[tuple[str, ...]]:
    """Every command of a program that its help lists, with its groups before it: the words to type."""

    def below(command: object, path: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
        yield path
        for name, child in getattr(command, "commands", {}).items():
            if not child.hidden:
                yield from below(child, (*path, name))

    yield from below(typer.main.get_command(PROGRAMS[program]), (program,))


def help_text(command: tuple[str, ...]) -> str:
    """What ``--help`` prints on a terminal of 80 columns."""
    name, *words = command
    done = CliRunner().invoke(
        PROGRAMS[name], [*words, "--help"], prog_name=name, env={"COLUMNS": str(_WIDTH)}
    )
    if done.exit_code != ExitCode.OK:
        raise RuntimeError(f"{' '.join(command)} --help fails: {done.output}")
    return done.stdout.strip("\n")


def commands_text() -> str:
    """Every command with its help."""
    return "\n\n".join(
        f"### `{' '.join(command)}`\n```text\n{help_text(command)}\n```"
        for program in PROGRAMS
        for command in commands(program)
    )


def decisions_text() -> str:
    """The list of ADRs, each by its title."""
    lines = []
    for file in sorted((DOCS / "adr").glob("[0-9]*.md")):
        title = file.read_text().partition("\n")[0].removeprefix("# ")
        lines.append(f"- [{title}]({file.name})")
    return "\n".join(lines)


def _filled(text: str, mark: str, content: str) -> str:
    """The page with ``content`` between the two lines of ``mark``."""
    begin, end = f"<!-- {mark} -->", f"<!-- end of {mark} -->"
    pattern = re.compile(f"{re.escape(begin)}\n.*?{re.escape(end)}", re.DOTALL)
    if len(pattern.findall(text)) != 1:
        raise ValueError(f"the page needs one '{begin}' and, after it, one '{end}'")
    return pattern.sub(lambda _found: f"{begin}\n{content}\n{end}", text)


def pages() -> dict[Path, str]:
    """Every page that has generated parts, with its current text."""
    library = (DOCS / "library.md").read_text()
    for example in sorted((DOCS / "examples").glob("*.py")):
        mark = f"examples/{example.name}"
        library = _filled(library, mark, f"```python\n{example.read_text()}```")
    filled = {DOCS / "library.md": library}
    for name, mark, content in (
        ("troubleshooting.md", "errors", errors_table()),
        ("cli.md", "commands", commands_text()),
        ("adr/README.md", "decisions", decisions_text()),
    ):
        filled[DOCS / name] = _filled((DOCS / name).read_text(), mark, content)
    filled[architecture_picture.PICTURE] = architecture_picture.picture()
    return filled


def main() -> int:
    """Write the pages."""
    for page, text in pages().items():
        page.write_text(text)
        print(page.relative_to(DOCS.parent))
    return 0


if __name__ == "__main__":
    sys.exit(main())
