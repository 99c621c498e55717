from __future__ import annotations

import gzip
import io
import tarfile
from pathlib import Path

import pytest

from support.small_bb import tar_gz
from tee_rex.bb import archives
from tee_rex.bb.archives import BadArchiveError, members, whole

FILES = {"package/a.json": b"a" * 3000, "package/b.json": b"", "package/c.txt": b"c"}


def read(archive: Path, limit: int = 10_000) -> dict[str, bytes]:
    found = members(archive, lambda name: name.endswith(".json"), lambda _done: None)
    return {name: whole(pieces, limit) for name, pieces in found}


def stored(folder: Path, content: bytes) -> Path:
    path = folder / "package.tgz"
    path.write_bytes(content)
    return path


def test_wanted_files_are_read_in_one_pass(tmp_path: Path) -> None:
    archive = stored(tmp_path, tar_gz(FILES))
    assert read(archive) == {name: FILES[name] for name in ("package/a.json", "package/b.json")}


def test_files_that_nobody_reads_are_passed_over(tmp_path: Path) -> None:
    archive = stored(tmp_path, tar_gz(FILES))
    unpacked: list[int] = []
    found = members(archive, FILES.__contains__, unpacked.append)
    assert [name for name, _pieces in found] == list(FILES)
    assert unpacked == [512 + 3000, 3 * 512 + 3000 + 1]


def test_links_are_no_files(tmp_path: Path) -> None:
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w:gz") as archive:
        link = tarfile.TarInfo("package/a.json")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(link)
    assert read(stored(tmp_path, content.getvalue())) == {}


@pytest.mark.parametrize(
    "content",
    [b"", b"<html>", tar_gz(FILES)[:-20], gzip.compress(b"x" * 700), gzip.compress(b"x" * 100)],
    ids=["empty", "a page", "cut off", "no archive", "less than a block"],
)
def test_damaged_packages_are_refused(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(BadArchiveError):
        read(stored(tmp_path, content))


@pytest.mark.parametrize(("bound", "value"), [("_MAX_MEMBERS", 2), ("_MAX_UNPACKED_BYTES", 3000)])
def test_packages_without_end_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, bound: str, value: int
) -> None:
    monkeypatch.setattr(archives, bound, value)
    with pytest.raises(BadArchiveError):
        read(stored(tmp_path, tar_gz(FILES)))


def test_a_file_that_is_too_large_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadArchiveError, match="too large"):
        read(stored(tmp_path, tar_gz(FILES)), limit=2999)
