from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

import pytest


@pytest.fixture(scope="module")
def shown(deploy: Path) -> dict[str, str]:
    """Every variable of the file; all of them are commented out."""
    text = (deploy / "tee-rex-server.env").read_text()
    assert not re.search("^[^#\n]", text, re.MULTILINE)
    return dict(re.findall(r"^# ([A-Z_]+)=(.*)$", text, re.MULTILINE))


def test_every_setting_is_there_and_no_other(
    shown: dict[str, str], serve_variables: dict[str, object]
) -> None:
    assert shown.keys() == serve_variables.keys()


def test_what_is_shown_are_the_defaults(shown: dict[str, str], serve_variables: dict[str, object]) -> None:
    computed = {"TEE_REX_THREADS": "", "TEE_REX_CRS": "genuine"}
    assert shown == {name: _written(default) for name, default in serve_variables.items()} | computed


def _written(default: object) -> str:
    if isinstance(default, bool):
        return str(default).lower()
    if isinstance(default, float):
        return f"{default:g}"
    if default is None or (isinstance(default, Iterable) and not default):
        return ""
    return str(default)
