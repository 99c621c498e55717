from __future__ import annotations

import json
from pathlib import Path

import jsonschema_rs
import pytest

from notices import UnknownOriginError, Work
from sbom import sbom
from support.building import ROOT
from support.cyclonedx_schema import conforms
from tee_rex.updates.verify import MAX_SBOM_BYTES, read_sbom

ARTEFACTS = {"tee-rex-0.1.0-amd64-linux.tar.xz": "ab" * 32, "tee-rex_0.1.0_amd64.deb": "cd" * 32}
LOCKS = sorted((ROOT / "resources").glob("**/package-lock.json"))
LIBRARY = Work("one", "1.0", "MIT", "https://one.example", "text", 1, "pkg:generic/one@1.0", "12" * 32)
PROGRAM = Work("node", "2.0", "no SPDX name", "", "", 3, "pkg:generic/node@2.0", parts=(LIBRARY,))


def made(*works: Work, locks: list[Path] = LOCKS) -> str:
    return sbom("tee-rex", "0.1.0", ARTEFACTS, works, locks, 1_700_000_000)


def test_it_follows_the_schema_and_is_the_same_every_time() -> None:
    text = made(PROGRAM)
    conforms(text)
    assert text == made(PROGRAM)
    with pytest.raises(jsonschema_rs.ValidationError):
        conforms(text.replace('"library"', '"no such type"'))


def test_it_is_what_a_client_of_updates_reads() -> None:
    text = made(PROGRAM).encode()
    digests, count = read_sbom(text)
    assert digests == list(ARTEFACTS.values())
    assert count > 500
    assert len(text) < MAX_SBOM_BYTES


def test_it_lists_what_is_bundled_and_apart_from_it_what_is_fetched_later() -> None:
    components = json.loads(made(PROGRAM))["components"]
    bundled = {one["name"]: one for one in components if one["scope"] == "required"}
    assert bundled.keys() == {"one", "node"}
    assert bundled["one"]["hashes"] == [{"alg": "SHA-256", "content": "12" * 32}]
    fetched = {one["name"]: one for one in components if one["scope"] == "optional"}
    assert fetched["@aztec/bb.js"]["properties"] == [
        {"name": "tee-rex:fetched", "value": "when first needed"}
    ]
    assert all(len(one["hashes"][0]["content"]) == 128 for one in fetched.values())
    assert not [name for name in fetched if "darwin" in name or "musl" in name]  # this one is for Debian


def test_what_is_of_unknown_origin_stops_the_build(tmp_path: Path) -> None:
    with pytest.raises(UnknownOriginError, match="nameless"):
        made(Work("nameless", "", "", "", "", 1, "pkg:generic/nameless"))
    lock = tmp_path / "package-lock.json"
    lock.write_text(json.dumps({"packages": {"node_modules/x": {"version": "1.0.0"}}}))
    with pytest.raises(UnknownOriginError, match="node_modules/x"):
        made(LIBRARY, locks=[lock])
