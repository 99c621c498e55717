"""Writes what in these pages follows from the code, between marks in them: `make docs`.

troubleshooting.md: every error code. cli.md: the help of every command. library.md: the examples.
adr/README.md: the list of decisions. A test compares the pages with what this makes.
"""

from __future__ import annotations

import importlib
import pkgutil
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import typer
import typer.main
from typer.testing import CliRunner

import architecture_picture
import tee_rex
import tee_rex.cli.commands
import tee_rex_app
import tee_rex_server
import tee_rex_server.cli
from tee_rex.errors import ExitCode, TeeRexError

DOCS = Path(__file__).parents[1] / "docs"
_WIDTH = 80
_PACKAGES = (tee_rex, tee_rex_server, tee_rex_app)
PROGRAMS = {"tee-rex": tee_rex.cli.commands.app, "tee-rex-server": tee_rex_server.cli.app}

_REMEDIES = {
    "ATTESTATION_FAILED": "The message says which check failed; send nothing to that server.",
    "BAD_INPUT": "The message says what is wrong with it.",
    "BAD_SETTING": "The message names the setting and where it was given.",
    "CANCELLED": "Nothing is left running; start it again when you like.",
    "ENVIRONMENT": "Run `tee-rex doctor`.",
    "FAILED": "The message says more.",
    "IMAGE_INPUT_UNAVAILABLE": "Build on Debian with network, or name a folder with the file: `--inputs`.",
    "KNOWN_SERVERS_UNREADABLE": "Mend or delete the file that the message names; then all keys are new.",
    "MODE_NOT_CONFIGURED": "Give `--url`, or set PROVER_URL or TEE_URL.",
    "OPTION_NOT_FOR_MODE": "Leave the option away, or choose its mode with `--mode`.",
    "PROVING_FAILED": "Run `tee-rex doctor`, then try again.",
    "SERVER_KEY_CHANGED": "Our server makes a new key at each start. If its operator confirms the new "
    "fingerprint: `tee-rex servers forget URL`.",
    "TEE_UNAVAILABLE": "The message says what the Nitro Secure Module answered; restart the enclave.",
    "USAGE": "Ask the command for its `--help`.",
}
"""Of errors whose hints depend on the case."""


@dataclass(frozen=True, slots=True)
class ErrorEntry:
    """One code with its exit code, and what its classes say of cause and remedy."""

    code: str
    exit_code: ExitCode
    causes: tuple[str, ...]
    remedies: tuple[str, ...]

    def row(self) -> str:
        """A line of the table."""
        cells = (f"`{self.code}`", str(self.exit_code.value), " ".join(self.causes), " ".join(self.remedies))
        return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


def error_entries() -> list[ErrorEntry]:
    """Every code that our packages have, by name."""
    for package in _PACKAGES:
        for module in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
            if not module.name.endswith("__main__"):
                importlib.import_module(module.name)
    by_code: dict[str, list[type[TeeRexError]]] = {}
    for error in dict.fromkeys(_descendants(TeeRexError)):
        if error.__module__.partition(".")[0] in {package.__name__ for package in _PACKAGES}:
            by_code.setdefault(error.code, []).append(error)
    return [_entry(code, errors) for code, errors in sorted(by_code.items())]


def _descendants(error: type[TeeRexError]) -> Iterator[type[TeeRexError]]:
    for child in error.__subclasses__():
        yield child
        yield from _descendants(child)


def _entry(code: str, errors: list[type[TeeRexError]]) -> ErrorEntry:
    errors = sorted(errors, key=lambda error: (error.__module__, error.__name__))
    causes = [cause for error in errors for cause in (f"{error.title}.", _first_sentence(error))]
    remedies = [error.default_hint for error in errors]
    if code in _REMEDIES:
        remedies = [_REMEDIES[code]]
    return ErrorEntry(
        code,
        errors[0].exit_code,
        tuple(dict.fromkeys(filter(None, causes))),
        tuple(dict.fromkeys(filter(None, remedies))),
    )


def _first_sentence(error: type[TeeRexError]) -> str:
    """What the class says of its cause; bases say only what they are the base of."""
    text = " ".join((error.__doc__ or "").partition("\n\n")[0].split()).replace("``", "`")
    return "" if text.startswith("Base") else text


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
    """Each page that has such parts, as it should be."""
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
