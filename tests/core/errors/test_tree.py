from __future__ import annotations

import inspect
import textwrap
from collections.abc import Iterator

import tee_rex.errors
from tee_rex.errors import TeeRexError, tree

_INDENT = "    "


def test_the_drawing_has_every_class_in_its_place() -> None:
    drawing = (tree.__doc__ or "").partition("::\n\n")[2]
    assert textwrap.dedent(drawing).strip().splitlines() == list(_drawn(TeeRexError))


def test_the_package_exports_the_branches_and_what_errors_are_made_of() -> None:
    branches = [kind.__name__ for kind in _below(TeeRexError)]
    made_of = ["ErrorKind", "ExitCode", "Hint", "Message", "TeeRexError", "message"]
    assert sorted(tee_rex.errors.__all__) == sorted(branches + made_of)


def _drawn(kind: type[TeeRexError], depth: int = 0) -> Iterator[str]:
    yield _INDENT * depth + kind.__name__
    for below in _below(kind):
        yield from _drawn(below, depth + 1)


def _below(kind: type[TeeRexError]) -> list[type[TeeRexError]]:
    """The classes right below one, in the order of their definition."""
    classes = (one for one in vars(tree).values() if inspect.isclass(one) and issubclass(one, TeeRexError))
    return [one for one in classes if kind in one.__bases__]
