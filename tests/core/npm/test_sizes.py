"""The measured sizes belong to what npm downloads, and what has arrived is told exactly."""

from __future__ import annotations

import asyncio
import base64
import gzip
import hashlib
import json
import os
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from support.http_files import QuietHandler, serving
from tee_rex.aztec.wallet.sources import shipped_bridges
from tee_rex.bb.install import bb_download_bytes
from tee_rex.bb.pins import BbPins
from tee_rex.bb.sources import BB_FILES, npm_package
from tee_rex.cli import devnet, setup
from tee_rex.crs.provision import crs_download_bytes
from tee_rex.devnet.packages import devnet_download_bytes
from tee_rex.npm.npm import Npm, _ArchivesIn
from tee_rex.npm.sizes import ArchiveSizes, LockSizes
from tee_rex.system.files import resource
from tee_rex.system.platform import Platform
from tee_rex.system.progress import report_growth


def test_every_version_from_npm_has_its_size() -> None:
    """Else: python tools/pin_archive_sizes.py."""
    from_npm = {npm_package(version) for version, pins in BbPins.shipped().versions.items() if pins.bb}
    assert ArchiveSizes.shipped().packages.keys() == from_npm


def test_the_sizes_are_of_the_lock_files_as_they_are() -> None:
    """Else: python tools/pin_archive_sizes.py."""
    sizes = ArchiveSizes.shipped()
    for bridge in shipped_bridges():
        lock = bridge.project.joinpath("package-lock.json").read_bytes()
        assert all(sizes.of_lock(lock, platform) for platform in Platform if BB_FILES[platform].packaged)
    network = resource("devnet", "package-lock.json").read_bytes()
    assert sizes.of_lock(network, Platform.AMD64_LINUX)
    assert sizes.of_lock(network, Platform.ARM64_LINUX) is None
    assert sizes.of_lock(network + b" ", Platform.AMD64_LINUX) is None  # no figure for another file


def test_what_help_says_of_sizes_is_what_was_measured() -> None:
    wallet, network = (size or 0 for size in (shipped_bridges()[0].download_bytes(), devnet_download_bytes()))
    (said,) = re.findall(r"\((\d+) MB and npm metadata for each", Path(setup.__file__).read_text())
    assert int(said) == round(wallet / 1e6)
    (said,) = re.findall(r"downloads (\d+) MB", devnet.up.__doc__ or "")
    assert int(said) == round(network / 1e6)


def test_a_bb_whose_size_only_its_server_knows_has_none(monkeypatch: pytest.MonkeyPatch) -> None:
    pins = BbPins.shipped()
    by_archive = [version for version, pinned in pins.versions.items() if pinned.archives]
    assert by_archive
    assert bb_download_bytes(pins, by_archive[0]) is None
    assert bb_download_bytes(pins, pins.default_version) == 54_003_981
    monkeypatch.setattr(Npm, "if_installed", classmethod(lambda _cls: None))
    assert bb_download_bytes(pins, pins.default_version) is None
    assert crs_download_bytes() == 8 << 20


def test_archives_are_counted_and_what_the_registry_says_is_not(tmp_path: Path) -> None:
    counts = _ArchivesIn(tmp_path)
    assert counts() == 0
    finished, unfinished = tmp_path / "_cacache" / "content-v2" / "sha512", tmp_path / "_cacache" / "tmp"
    (finished / "ab").mkdir(parents=True)
    unfinished.mkdir()
    (finished / "ab" / "archive").write_bytes(gzip.compress(os.urandom(1000)))
    (finished / "ab" / "record").write_bytes(b'{"versions":{}}' * 1000)
    (unfinished / "1").write_bytes(b"")
    (unfinished / "2").write_bytes(b"\x1f\x8b" + bytes(98))
    (unfinished / "3").symlink_to("nowhere")
    whole = (finished / "ab" / "archive").stat().st_size
    assert counts() == whole + 100
    (unfinished / "2").rename(finished / "ab" / "other")
    assert counts() == whole + 100


async def test_growth_is_told_from_zero_and_never_beyond_the_total(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tee_rex.system.progress._SECONDS_BETWEEN_REPORTS", 0.0)
    counted = iter([0, 40, 30, 40, 90, 130])
    seen: list[tuple[int, int | None]] = []
    ended = asyncio.Event()

    def measure() -> int:
        try:
            return next(counted)
        except StopIteration:
            loop.call_soon_threadsafe(ended.set)
            return 0

    loop = asyncio.get_running_loop()
    async with report_growth(measure, lambda done, total: seen.append((done, total)), 100):
        assert seen == [(0, 100)]
        await ended.wait()
    assert seen == [(0, 100), (40, 100), (90, 100), (100, 100)]


ARCHIVE = gzip.compress(os.urandom(300_000))


@contextmanager
def slow_registry() -> Iterator[str]:
    """A registry with one package, which it sends in two halves."""

    class Registry(QuietHandler, BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            archive = self.path.endswith(".tgz")
            body = ARCHIVE if archive else self._packument()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            half = len(body) // 2
            self.wfile.write(body[:half])
            self.wfile.flush()
            if archive:
                time.sleep(1.0)
            self.wfile.write(body[half:])

        def _packument(self) -> bytes:
            url = f"http://{self.headers['Host']}/left.tgz"
            integrity = f"sha512-{base64.b64encode(hashlib.sha512(ARCHIVE).digest()).decode()}"
            version = {"name": "left", "version": "1.0.0", "dist": {"tarball": url, "integrity": integrity}}
            told = {"name": "left", "dist-tags": {"latest": "1.0.0"}, "versions": {"1.0.0": version}}
            return json.dumps({**told, "readme": "x" * 500_000}).encode()

    with serving(Registry) as url:
        yield url


@pytest.mark.integration
@pytest.mark.parametrize("known", [True, False], ids=["known", "unknown"])
async def test_the_real_npm_is_followed_to_the_byte(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, known: bool
) -> None:
    size = len(ARCHIVE) if known else None
    sizes = ArchiveSizes({"left@1.0.0": size} if size else {}, {"none": LockSizes("0" * 64, {})})
    monkeypatch.setattr(ArchiveSizes, "shipped", classmethod(lambda _cls: sizes))
    seen: list[tuple[int, int | None]] = []
    folder = tmp_path / "here"
    folder.mkdir()
    with slow_registry() as url:
        monkeypatch.setenv("npm_config_registry", url)
        await Npm.bundled().pack("left@1.0.0", folder, lambda done, total: seen.append((done, total)))
    assert (folder / "left-1.0.0.tgz").stat().st_size == len(ARCHIVE)
    assert seen[0] == (0, size)
    assert {total for _, total in seen} == {size}
    assert any(0 < done < len(ARCHIVE) for done, _ in seen)
    assert max(done for done, _ in seen) <= len(ARCHIVE)
