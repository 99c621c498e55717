from __future__ import annotations

import grimp
import pytest

from contracts import MeasuredContract


def _broken(imports: dict[str, str]) -> list[str]:
    graph = grimp.ImportGraph()
    for importer, imported in imports.items():
        graph.add_module("msgspec", is_squashed=True)
        graph.add_import(importer=importer, imported=imported)
    contract = MeasuredContract("measured", {}, {})
    check = contract.check(graph, verbose=False)
    assert check.kept == (check.metadata["broken"] == [])
    return list(check.metadata["broken"])


@pytest.mark.parametrize(
    ("importer", "imported"),
    [
        ("tee_rex.bb.store", "tee_rex.bb.pins"),
        ("tee_rex.bb.store", "tee_rex.system.files"),
        ("tee_rex.bb.store", "msgspec"),
        ("tee_rex.cli.main", "tee_rex.bb.store"),
        ("tee_rex.cli.main", "tee_rex.remote.client"),
    ],
)
def test_what_is_allowed(importer: str, imported: str) -> None:
    assert _broken({importer: imported}) == []


@pytest.mark.parametrize(
    ("importer", "imported"),
    [
        ("tee_rex.bb.store", "tee_rex.bb.install"),
        ("tee_rex_server.enclave.init", "tee_rex_server.proxy.commands"),
        ("tee_rex.bb", "tee_rex.bb.install"),  # importing any module of a package runs its __init__
    ],
)
def test_measured_code_imports_nothing_else(importer: str, imported: str) -> None:
    assert _broken({importer: imported}) == [f"{importer} imports {imported}"]
