"""The messages of errors and the findings of the doctor, read from the code: sentences with named fields.

What is told with values in it, such as ``f"It ended with exit code {code}."``, becomes the template
``It ended with exit code {code}.`` The application translates a message by the template that it was made
from, so that core knows nothing of languages.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
_LEFT_OUT = ("cli", "devnet", "openpgp")
"""The command line speaks English, local networks are started there, and OpenPGP's reasons are for makers."""
_ASSIGNED = ("message", "reason", "detail", "hint", "count", "_doing", "_NO_APT")
_RETURNED_BY = ("_hint", "_where")
_VALUES = (
    "{title}: {message}",
    "genuine",
    "development",
    "seconds",
    "bb, {setup}",
    "CRS, {setup}",
    "Wallet, {setup}",
)
"""Words that fields hold, and names of what the doctor looks at."""


def templates(errors: set[str]) -> list[str]:
    """Every template, in order. errors: the names of the classes whose first argument is a message."""
    found: set[str] = set(_VALUES)
    for path in modules():
        for told in texts_in(ast.parse(path.read_text()), errors, of_core="tee_rex" in path.parts):
            found |= set(template_of(told))
    return sorted(found)


def has_words(template: str) -> bool:
    """Whether there is something to translate beside the fields."""
    return any(letter.isalpha() for letter in re.sub(r"\{\w+\}", "", template))


def modules() -> list[Path]:
    """The modules of core and app whose messages people see there, in a fixed order."""
    core = ROOT / "core" / "tee_rex"
    paths = [path for path in core.rglob("*.py") if path.relative_to(core).parts[0] not in _LEFT_OUT]
    return sorted([*paths, *(ROOT / "app" / "tee_rex_app").rglob("*.py")])


def texts_in(module: ast.Module, errors: set[str], *, of_core: bool) -> Iterator[ast.expr]:
    """The expressions that messages, hints and findings are made by.

    of_core: whether it is a module of core, where names tell what is a text; the app translates its own.
    """
    yield from messages_in(module, errors)
    for node in ast.walk(module):
        match node:
            case ast.Call(func=ast.Name(id="Finding"), args=arguments):
                yield from arguments[2:]
            case ast.Assign(targets=[ast.Name(id=name) | ast.Attribute(attr=name)]):
                if of_core and name in _ASSIGNED:
                    yield node.value
            case ast.FunctionDef(name=name) if name.endswith("_problem") or name in _RETURNED_BY:
                for inner in ast.walk(node):
                    if isinstance(inner, ast.Return) and inner.value is not None:
                        yield from inner.value.elts if isinstance(inner.value, ast.Tuple) else [inner.value]


def messages_in(module: ast.Module, errors: set[str]) -> Iterator[ast.expr]:
    """What errors are made with: their messages, and hints of their own."""
    for node in ast.walk(module):
        match node:
            case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name), args=[first, *_]):
                if name in errors:
                    yield first
                    yield from (keyword.value for keyword in node.keywords if keyword.arg == "hint")


def template_of(told: ast.expr) -> Iterator[str]:
    """The templates that an expression can give; none for one that takes its text from elsewhere."""
    match told:
        case ast.Constant(value=str(text)):
            yield text
        case ast.JoinedStr(values=parts):
            yield _with_fields(parts)
        case ast.IfExp(body=first, orelse=second):
            yield from template_of(first)
            yield from template_of(second)


def _with_fields(parts: list[ast.expr]) -> str:
    words, taken = [], set[str]()
    for part in parts:
        if isinstance(part, ast.FormattedValue):
            name = base = _name_of(part.value)
            number = 2
            while name in taken:
                name, number = f"{base}{number}", number + 1
            taken.add(name)
            words.append(f"{{{name}}}")
        elif isinstance(part, ast.Constant):
            words.append(str(part.value))
    return "".join(words)


def _name_of(value: ast.expr) -> str:
    match value:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name.strip("_").lower()
        case ast.Call(func=ast.Name(id="len")):
            return "count"
        case ast.Call(func=ast.Attribute(attr=name)) if name != "join":
            return name.strip("_").lower()
        case ast.BinOp(left=left):
            return _name_of(left)
        case ast.UnaryOp(operand=operand):
            return _name_of(operand)
        case ast.Subscript(value=inner):
            return _name_of(inner)
        case ast.BoolOp(values=[first, *_]):
            return _name_of(first)
    return "value"
