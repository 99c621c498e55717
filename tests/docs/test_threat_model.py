from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

_REPOSITORY = Path(__file__).parents[2]
_PACKAGES = [
    _REPOSITORY / path for path in ("core/tee_rex", "enclave_server/tee_rex_server", "app/tee_rex_app")
]
_TEXT = (_REPOSITORY / "docs" / "threat-model.md").read_text()
_NAMED = sorted(set(re.findall(r"`([\w/]+\.py):(\w+)`", _TEXT)))


def test_it_names_code() -> None:
    assert len(_NAMED) > 20


@pytest.mark.parametrize(("file", "name"), _NAMED)
def test_what_stops_an_attack_exists(file: str, name: str) -> None:
    found = [package / file for package in _PACKAGES if (package / file).is_file()]
    assert any(name in _top_level_names(path) for path in found)


def _top_level_names(path: Path) -> set[str]:
    names = set()
    for node in ast.parse(path.read_text()).body:
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            names.add(node.name)
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            names |= {target.id for target in targets if isinstance(target, ast.Name)}
    return names
