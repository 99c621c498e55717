from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from support.small_disk import fill, small_disk
from tee_rex.devnet.bounded_log import BoundedLog, last_lines, previous


def test_the_older_half_is_kept_and_the_rest_forgotten(tmp_path: Path) -> None:
    log = BoundedLog(tmp_path / "aztec.log", max_bytes=10)
    for content in (b"one\n", b"two\n", b"three\n", b"four\n"):
        log.write(content)
    log.close()
    assert (tmp_path / "aztec.log").read_bytes() == b"four\n"
    assert previous(tmp_path / "aztec.log").read_bytes() == b"three\n"


def test_a_full_disk_loses_lines_and_stops_nobody(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", "64k") as disk:
        log = BoundedLog(disk / "aztec.log", max_bytes=1000)
        log.write(b"before\n")
        fill(disk)
        for _ in range(100):
            log.write(bytes(500))
        (disk / "filling").unlink()
        log.write(b"after\n")
        log.close()
        assert last_lines(disk / "aztec.log", 1)[-1].endswith("after")


@given(pieces=st.lists(st.binary(max_size=30), max_size=40), bound=st.integers(30, 100))
def test_both_files_never_exceed_their_bound(pieces: list[bytes], bound: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "x.log")
        log = BoundedLog(path, max_bytes=bound)
        for piece in pieces:
            log.write(piece)
        log.close()
        whole = b"".join(pieces)
        kept = (previous(path).read_bytes() if previous(path).exists() else b"") + path.read_bytes()
        assert path.stat().st_size <= bound
        assert len(kept) <= 2 * bound
        assert whole.endswith(kept)


def test_a_new_log_starts_empty(tmp_path: Path) -> None:
    (tmp_path / "x.log").write_text("of an earlier network\n")
    BoundedLog(tmp_path / "x.log").close()
    assert (tmp_path / "x.log").read_bytes() == b""


def test_last_lines_leaves_out_empty_ones_and_survives_anything(tmp_path: Path) -> None:
    log = tmp_path / "x.log"
    assert last_lines(log, 3) == []
    log.write_bytes(b"one\n\n\xff\xfe two\n   \nthree")
    assert last_lines(log, 2) == ["�� two", "three"]
    log.write_bytes(b"x" * 100_000 + b"\nlast\n")
    assert last_lines(log, 1) == ["last"]
