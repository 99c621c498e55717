"""Figures about the structure of a checkout: ``python tools/code_figures.py [CHECKOUT]``.

Prints a Markdown table: modules that one proof executes, error classes, modules at the roots of the packages,
import circles, packages without an import contract, lengths of files, lines of code. Two checkouts are shown
side by side. The proof is a real one, made with the checkout's own environment (run ``make setup`` first).
"""

from __future__ import annotations

import argparse
import ast
import statistics
import subprocess
import sys
import tempfile
import tokenize
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

PACKAGES = {"tee_rex": "core", "tee_rex_server": "enclave_server", "tee_rex_app": "app"}
_TRACED_PROOF = """
import sys, threading
files = set()
def note(frame, event, _argument):
    if event == "call" and frame.f_code.co_flags & 0x1:
        files.add(frame.f_code.co_filename)
threading.setprofile(note)
sys.setprofile(note)
from tee_rex.cli.main import main
sys.argv = ["tee-rex", "prove", sys.argv[1], "--out", sys.argv[2]]
try:
    main()
except SystemExit as end:
    assert not end.code, end.code
finally:
    sys.setprofile(None)
    print(*sorted(files), sep="\\n", file=sys.stderr)
"""
"""A function's code has CO_OPTIMIZED (0x1), bodies of modules and classes do not."""


@dataclass(frozen=True)
class Module:
    """A module of ours: its dotted name, its file and its syntax tree."""

    name: str
    path: Path

    @cached_property
    def tree(self) -> ast.Module:
        """The parsed source."""
        return ast.parse(self.path.read_bytes())

    @property
    def package(self) -> str:
        """The package that its relative imports and its own name are in."""
        return self.name if self.path.name == "__init__.py" else self.name.rpartition(".")[0]


@dataclass(frozen=True)
class Checkout:
    """A checkout of this repository."""

    root: Path

    @cached_property
    def modules(self) -> dict[str, Module]:
        """Every module of the three packages, by name."""
        found = {}
        for package, folder in PACKAGES.items():
            base = self.root / folder
            for path in sorted((base / package).rglob("*.py")):
                parts = path.relative_to(base).with_suffix("").parts
                name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
                found[name] = Module(name, path)
        return found

    def figures(self, *, proof: bool) -> dict[str, str]:
        """All figures by name."""
        lengths = [len(module.path.read_bytes().splitlines()) for module in self.modules.values()]
        circles, uncovered = self.circles(), self.packages_without_contract()
        figures = {
            "error classes": str(len(self.error_classes())),
            "modules at the roots of core, server, app": ", ".join(map(str, self.modules_at_roots())),
            "import circles, TYPE_CHECKING included": str(len(circles)),
            "packages without an import contract": str(len(uncovered)),
            "longest module": f"{max(lengths)} lines",
            "median module": f"{statistics.median(lengths):g} lines",
            "modules": str(len(lengths)),
            "lines of code, without docstrings and comments": f"{self._code_lines(PACKAGES.values()):,}",
            "… of the tests": f"{self._code_lines(['tests']):,}",
        }
        if proof:
            executed = self.executed_by_a_proof()
            commands = [n for n in executed if n.startswith(("tee_rex.cli", "tee_rex.terminal"))]
            figures["modules executed by `tee-rex prove`, besides the command line's"] = str(
                len(executed) - len(commands)
            )
            figures["… of the command line"] = str(len(commands))
        return figures

    def error_classes(self) -> set[str]:
        """Every class that derives from an exception, directly or not."""
        bases: dict[str, set[str]] = {}
        for module in self.modules.values():
            for node in ast.walk(module.tree):
                if isinstance(node, ast.ClassDef):
                    bases[f"{module.name}.{node.name}"] = {
                        base.id if isinstance(base, ast.Name) else base.attr
                        for base in node.bases
                        if isinstance(base, ast.Name | ast.Attribute)
                    }
        errors: set[str] = set()
        names = {"Exception", "BaseException", "RuntimeError", "ValueError", "OSError", "ConnectionError"}
        while True:
            more = {name for name, of in bases.items() if of & names} - errors
            if not more:
                return errors
            errors |= more
            names |= {name.rpartition(".")[2] for name in more}

    def modules_at_roots(self) -> list[int]:
        """How many modules are at the root of each package, without ``__init__``."""
        return [
            sum(1 for path in (self.root / folder / package).glob("*.py") if path.name != "__init__.py")
            for package, folder in PACKAGES.items()
        ]

    def circles(self) -> list[set[str]]:
        """Groups of modules that import each other; imports in functions and for types count."""
        graph = {name: set(self._imports(module)) - {name} for name, module in self.modules.items()}
        reachable = {name: _reachable(graph, name) for name in graph}
        in_circles = [name for name in graph if name in reachable[name]]
        groups = {frozenset(n for n in reachable[name] if name in reachable[n]) for name in in_circles}
        return [set(group) for group in groups]

    def packages_without_contract(self) -> set[str]:
        """Packages, and modules at the roots, that no contract of import-linter names below the root."""
        settings = tomllib.loads((self.root / "pyproject.toml").read_text())["tool"]["importlinter"]
        named: set[str] = set()
        for contract in settings["contracts"]:
            for key in ("source_modules", "forbidden_modules", "modules", "layers", "containers"):
                for entry in contract.get(key, ()):
                    parts = entry.replace("(", "").replace(")", "").replace(":", "|").split("|")
                    names = [part.strip() for part in parts]
                    containers = contract.get("containers", [""]) if key == "layers" else [""]
                    named |= {f"{base}.{name}" if base else name for base in containers for name in names}
        rooms = {".".join(name.split(".")[:2]) for name in self.modules} - set(PACKAGES)
        rooms = {room for room in rooms if not room.endswith((".__main__", "._resources"))}
        return {room for room in rooms if not any(f"{name}.".startswith(f"{room}.") for name in named)}

    def executed_by_a_proof(self) -> list[str]:
        """Our modules in which a function ran while the command line proved the sample."""
        sample = self.root / "resources" / "samples" / "dev-deploy-account.msgpack"
        with tempfile.TemporaryDirectory() as folder:
            done = subprocess.run(
                [
                    str(self.root / ".venv" / "bin" / "python"),
                    *("-c", _TRACED_PROOF, str(sample), str(Path(folder) / "proof")),
                ],
                cwd=folder,
                capture_output=True,
                text=True,
                check=False,
            )
        if done.returncode:
            raise RuntimeError(f"the proof failed: {done.stdout[-500:]}{done.stderr[-2000:]}")
        files = set(done.stderr.splitlines())
        return [name for name, module in self.modules.items() if str(module.path.resolve()) in files]

    def _code_lines(self, folders: Iterable[str]) -> int:
        return sum(
            code_lines(path) for folder in folders for path in sorted((self.root / folder).rglob("*.py"))
        )

    def _imports(self, module: Module) -> Iterator[str]:
        for node in ast.walk(module.tree):
            match node:
                case ast.Import(names):
                    yield from (alias.name for alias in names if alias.name in self.modules)
                case ast.ImportFrom(module=str(base), names=names, level=0):
                    submodules = [f"{base}.{a.name}" for a in names if f"{base}.{a.name}" in self.modules]
                    yield from submodules
                    if base in self.modules and len(submodules) < len(names):
                        yield base


def code_lines(path: Path) -> int:
    """Lines of a file that are neither blank, nor a comment, nor part of a docstring."""
    source = path.read_bytes()
    if not source.strip():
        return 0
    docstrings: set[int] = set()
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Expr(value=ast.Constant(value=str())):
                docstrings |= set(range(node.lineno, (node.end_lineno or node.lineno) + 1))
    skipped = (tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT)
    lines: set[int] = set()
    with path.open("rb") as file:
        for token in tokenize.tokenize(file.readline):
            if token.type not in (*skipped, tokenize.ENCODING, tokenize.ENDMARKER):
                lines |= set(range(token.start[0], token.end[0] + 1))
    return len(lines - docstrings)


def _reachable(graph: dict[str, set[str]], start: str) -> set[str]:
    found: set[str] = set()
    to_visit = [start]
    while to_visit:
        more = graph[to_visit.pop()] - found
        found |= more
        to_visit += more
    return found


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    here = Path(__file__).resolve().parents[1]
    parser.add_argument("checkouts", nargs="*", type=Path, default=[here])
    parser.add_argument("--no-proof", action="store_true", help="leave out the traced proof")
    parser.add_argument("--list", action="store_true", help="list the modules and classes behind the figures")
    arguments = parser.parse_args()
    checkouts = [Checkout(path.resolve()) for path in arguments.checkouts]
    tables = [checkout.figures(proof=not arguments.no_proof) for checkout in checkouts]
    print(f"| figure | {' | '.join(checkout.root.name for checkout in checkouts)} |")
    print(f"|---|{'---|' * len(checkouts)}")
    for name in tables[0]:
        print(f"| {name} | {' | '.join(table[name] for table in tables)} |")
    if arguments.list:
        for checkout in checkouts:
            print("\nError classes:", *sorted(checkout.error_classes()), sep="\n  ")
            print("\nCircles:", *map(sorted, checkout.circles()), sep="\n  ")
            print("\nWithout a contract:", *sorted(checkout.packages_without_contract()), sep="\n  ")
            if not arguments.no_proof:
                print("\nExecuted by a proof:", *checkout.executed_by_a_proof(), sep="\n  ")
    return 0


if __name__ == "__main__":
    sys.exit(main())
