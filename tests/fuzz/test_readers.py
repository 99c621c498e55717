from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path
from types import FrameType
from typing import Final

import pytest

import aztec
import tee_rex
import tee_rex_app
import tee_rex_server
from fuzz.engine import CORPUS, Reader, nested
from fuzz.readers import READERS

HANDED_ON: Final = frozenset({"_request", "read_request", "refused"})
"""They only pass untrusted bytes to a reader, or keep them."""
DECODERS: Final = frozenset({"decode_json", "decode_msgpack"})

by_name = pytest.mark.parametrize("reader", READERS, ids=lambda reader: reader.name)


@by_name
def test_genuine_inputs_and_those_once_found_do_not_crash_it(reader: Reader) -> None:
    problems = [(reader.problem(content), content[:80]) for content in reader.corpus()]
    assert [found for found in problems if found[0]] == []


@by_name
def test_containers_inside_each_other_do_not_crash_it(reader: Reader) -> None:
    assert [reader.problem(content) for content in nested()] == [None] * len(nested())


def _functions_that_read() -> Iterator[tuple[str, str, int]]:
    """File, name and line of every function with untrusted bytes for a parameter, or that decodes such."""
    for package in (tee_rex, tee_rex_server, tee_rex_app, aztec):
        for file in sorted(Path(package.__path__[0]).rglob("*.py")):
            for node in ast.walk(ast.parse(file.read_bytes())):
                if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                    names = [one.arg for one in (*node.args.args, *node.args.kwonlyargs)]
                    called = {one.func.id for one in _calls(node) if isinstance(one.func, ast.Name)}
                    if any(name.startswith("untrusted") for name in names) or called & DECODERS:
                        first = min([node.lineno, *(one.lineno for one in node.decorator_list)])
                        yield str(file), node.name, first


def _calls(node: ast.AST) -> Iterator[ast.Call]:
    return (one for one in ast.walk(node) if isinstance(one, ast.Call))


def test_genuine_inputs_reach_every_function_that_reads_untrusted_bytes() -> None:
    reached: set[tuple[str, str, int]] = set()

    def note(frame: FrameType, event: str, _argument: object) -> None:
        code = frame.f_code
        if event == "call":
            reached.add((code.co_filename, code.co_name, code.co_firstlineno))

    for reader in READERS:
        inputs = reader.seeds()
        sys.setprofile(note)
        try:
            for content in inputs:
                reader.problem(content)
        finally:
            sys.setprofile(None)
    missing = {place for place in _functions_that_read() if place[1] not in HANDED_ON} - reached
    assert missing == set(), "give these a reader in tests/fuzz"


def test_every_folder_of_the_corpus_has_its_reader() -> None:
    assert {folder.name for folder in CORPUS.iterdir()} <= {reader.name for reader in READERS}
    assert len({reader.name for reader in READERS}) == len(READERS)
