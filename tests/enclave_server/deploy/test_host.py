"""What a host does by itself: images by their digest, links that switch at once, and marks for its proxy."""

from __future__ import annotations

import asyncio
import gzip
import hashlib
import tracemalloc
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx2
import pytest

from support.enclave_stand_in import enclave_api, proxying, small_proxy, stand_in_enclave
from support.errors import raises_code
from support.fleet_stand_in import small_release
from support.http_files import Answer, http_files
from support.patience import PATIENCE
from support.proving_server import BINARY, GatedBackend, eventually, job_body
from support.remote_client import now
from tee_rex.openpgp import PublicKey
from tee_rex_server.deploy.fleet import Fleet, Release, read_release
from tee_rex_server.deploy.host import EnclaveHost
from tee_rex_server.errors import deploy as errors
from tee_rex_server.errors.image import EIF_MALFORMED, MEASUREMENTS_DIFFER, MEASUREMENTS_MALFORMED

PATH = "/image"


@pytest.fixture
def release(tmp_path: Path) -> Release:
    return small_release(tmp_path / "release", "0.1.0")


@pytest.fixture
def content(release: Release, tmp_path: Path) -> bytes:
    return (tmp_path / "release" / "tee-rex.eif").read_bytes()


def host_at(folder: Path, proxy: str = "http://127.0.0.1:1", **environ: str) -> EnclaveHost:
    return EnclaveHost(folder / "opt", folder / "run" / "draining", proxy, environ)


def client_of(host: EnclaveHost) -> httpx2.AsyncClient:
    return httpx2.AsyncClient(base_url=host.proxy, timeout=PATIENCE, trust_env=False)


def pcrs(release: Release) -> list[str]:
    return [release.pcr0, release.pcr1, release.pcr2]


def images(folder: Path) -> set[str]:
    return {path.name for path in (folder / "opt" / "images").iterdir()}


@pytest.fixture
def served(content: bytes) -> Iterator[str]:
    with http_files({PATH: Answer(content)}) as url:
        yield url + PATH


class TestFetch:
    async def test_it_keeps_what_is_right_and_asks_once(
        self, tmp_path: Path, release: Release, served: str
    ) -> None:
        host = host_at(tmp_path)
        await host.fetch(served, release.sha256, release.bytes, pcrs(release))
        assert images(tmp_path) == {f"{release.sha256}.eif"}
        await host.fetch("https://nobody.invalid/", release.sha256, release.bytes, pcrs(release))

    async def test_a_damaged_image_on_the_disk_is_replaced(
        self, tmp_path: Path, release: Release, served: str, content: bytes
    ) -> None:
        host = host_at(tmp_path)
        await host.fetch(served, release.sha256, release.bytes, pcrs(release))
        image = tmp_path / "opt" / "images" / f"{release.sha256}.eif"
        image.write_bytes(b"damaged")
        await host.fetch(served, release.sha256, release.bytes, pcrs(release))
        assert image.read_bytes() == content

    async def test_another_image_is_not_kept(self, tmp_path: Path, release: Release, served: str) -> None:
        with raises_code(errors.IMAGE_REFUSED, match=release.sha256):
            await host_at(tmp_path).fetch(served, "ab" * 32, release.bytes, pcrs(release))
        assert images(tmp_path) == set()

    async def test_an_image_that_measures_differently_is_not_kept(
        self, tmp_path: Path, release: Release, served: str
    ) -> None:
        expected = [release.pcr0, "00" * 48, release.pcr2]
        with raises_code(errors.IMAGE_MEASURES_DIFFERENTLY, match="PCR1"):
            await host_at(tmp_path).fetch(served, release.sha256, release.bytes, expected)
        assert images(tmp_path) == set()

    async def test_what_is_no_image_is_not_kept(self, tmp_path: Path, release: Release) -> None:
        with http_files({PATH: Answer(b"no image")}) as url, raises_code(EIF_MALFORMED):
            digest = hashlib.sha256(b"no image").hexdigest()
            await host_at(tmp_path).fetch(url + PATH, digest, 8, pcrs(release))
        assert images(tmp_path) == set()

    async def test_more_than_was_told_is_not_read(
        self, tmp_path: Path, release: Release, served: str
    ) -> None:
        with raises_code(errors.IMAGE_NOT_DOWNLOADED, match="more than 10 bytes"):
            await host_at(tmp_path).fetch(served, release.sha256, 10, pcrs(release))
        assert images(tmp_path) == set()

    @pytest.mark.parametrize("status", [302, 403, 404])
    async def test_an_address_that_has_expired(self, tmp_path: Path, release: Release, status: int) -> None:
        expected = raises_code(errors.IMAGE_NOT_DOWNLOADED, match=f"status {status}")
        with http_files({PATH: Answer(b"", status)}) as url, expected:
            await host_at(tmp_path).fetch(url + PATH, release.sha256, release.bytes, pcrs(release))

    @pytest.mark.parametrize("url", ["", "http://example.org/x", "file:///etc/passwd"])
    async def test_only_https_is_asked(self, tmp_path: Path, release: Release, url: str) -> None:
        with raises_code(errors.IMAGE_URL_INVALID):
            await host_at(tmp_path).fetch(url, release.sha256, release.bytes, pcrs(release))

    async def test_images_that_no_enclave_starts_are_removed_and_others_stay(
        self, tmp_path: Path, release: Release, served: str
    ) -> None:
        folder = tmp_path / "opt" / "images"
        folder.mkdir(parents=True)
        for name in ("11", "22"):
            (folder / f"{name * 32}.eif").touch()
        (tmp_path / "opt" / "16.eif").symlink_to(f"images/{'22' * 32}.eif")
        await host_at(tmp_path).fetch(served, release.sha256, release.bytes, pcrs(release))
        assert images(tmp_path) == {f"{'22' * 32}.eif", f"{release.sha256}.eif"}

    async def test_what_a_killed_one_left_is_removed(
        self, tmp_path: Path, release: Release, served: str
    ) -> None:
        host = host_at(tmp_path)
        await host.fetch(served, release.sha256, release.bytes, pcrs(release))
        (tmp_path / "opt" / "images" / f".{release.sha256[:32]}-0011aabb").touch()
        await host.fetch(served, release.sha256, release.bytes, pcrs(release))
        assert images(tmp_path) == {f"{release.sha256}.eif"}


class TestStart:
    async def test_an_image_that_is_not_there_is_not_linked(self, tmp_path: Path) -> None:
        with raises_code(errors.IMAGE_ABSENT):
            await host_at(tmp_path).start(16, "ab" * 32)
        assert not (tmp_path / "opt" / "16.eif").is_symlink()

    async def test_an_image_that_was_altered_is_not_linked(self, tmp_path: Path) -> None:
        folder = tmp_path / "opt" / "images"
        folder.mkdir(parents=True)
        (folder / f"{'ab' * 32}.eif").write_bytes(b"altered")
        with raises_code(errors.IMAGE_REFUSED):
            await host_at(tmp_path).start(16, "ab" * 32)
        assert not (tmp_path / "opt" / "16.eif").is_symlink()

    @pytest.mark.parametrize("code", [0, 1])
    async def test_its_unit_is_restarted_without_clients(
        self, tmp_path: Path, release: Release, served: str, code: int
    ) -> None:
        (tmp_path / "bin").mkdir()
        program = tmp_path / "bin" / "systemctl"
        program.write_text(f'#!/bin/sh\necho "$@" >> {tmp_path}/asked\nexit {code}\n')
        program.chmod(0o755)
        host = host_at(tmp_path, PATH=f"{tmp_path / 'bin'}:/usr/bin:/bin")
        await host.fetch(served, release.sha256, release.bytes, pcrs(release))
        if code == 0:
            await host.start(16, release.sha256)
        else:
            with raises_code(errors.UNIT_NOT_STARTED, match="exit code 1"):
                await host.start(16, release.sha256)
        unit = "tee-rex-enclave@16.service"
        assert (tmp_path / "asked").read_text() == f"reset-failed {unit}\nrestart {unit}\n"
        assert (tmp_path / "opt" / "16.eif").readlink() == Path(f"images/{release.sha256}.eif")
        assert (tmp_path / "run" / "draining" / "cid-16").exists()
        await host.serve(16)
        await host.serve(16)
        assert not (tmp_path / "run" / "draining" / "cid-16").exists()


@asynccontextmanager
async def host_of_two(folder: Path) -> AsyncIterator[tuple[EnclaveHost, list[GatedBackend]]]:
    """With enclaves of CIDs 16 and 17, whose proofs wait for their gates."""
    backends = [GatedBackend(), GatedBackend()]
    async with (
        stand_in_enclave(folder / "cid-16", enclave_api(backends[0])) as first,
        stand_in_enclave(folder / "cid-17", enclave_api(backends[1])) as second,
        proxying(small_proxy(first.address, second.address, draining=folder / "run" / "draining")) as url,
    ):
        yield host_at(folder, url), backends


@pytest.mark.integration
class TestDrain:
    async def test_new_clients_get_the_other_ones_key_and_old_ones_are_served(self, tmp_path: Path) -> None:
        async with (
            host_of_two(tmp_path) as (host, backends),
            client_of(host) as client,
        ):
            keys = {(await client.get("/encryption-public-key")).json()["publicKey"] for _ in range(8)}
            assert len(keys) == 2
            own = (await client.get("/enclaves/cid-16/attestation")).json()["publicKey"]
            draining = asyncio.create_task(host.drain(16, idle=0.3, within=60))
            await eventually((host.draining / "cid-16").exists)
            keys = {(await client.get("/encryption-public-key")).json()["publicKey"] for _ in range(8)}
            assert own not in keys
            assert len(keys) == 1
            # Somebody who had the key before.
            body = job_body(PublicKey.parse_armored(own, at=now()))
            started = await client.post("/v1/proofs", content=body, headers=BINARY)
            assert started.status_code == 202
            await asyncio.sleep(1.5)
            assert not draining.done()
            backends[0].gate.set()
            await asyncio.wait_for(draining, 60)
            status = {one.cid: one for one in (await host.status()).enclaves}
            assert (status[16].draining, status[17].draining) == (True, False)
            assert (status[16].ready, status[17].ready) == (True, True)

    async def test_one_that_stays_busy_serves_again(self, tmp_path: Path) -> None:
        async with host_of_two(tmp_path) as (host, _), client_of(host) as client:
            own = (await client.get("/enclaves/cid-16/attestation")).json()["publicKey"]
            body = job_body(PublicKey.parse_armored(own, at=now()))
            await client.post("/v1/proofs", content=body, headers=BINARY)
            with raises_code(errors.DRAIN_TIMED_OUT):
                await host.drain(16, idle=0.1, within=1)
            assert not (host.draining / "cid-16").exists()

    async def test_a_host_whose_only_enclave_drains_says_so(self, tmp_path: Path) -> None:
        async with host_of_two(tmp_path) as (host, _), client_of(host) as client:
            for cid in (16, 17):
                await host.drain(cid, idle=0.0, within=60)
            answer = await client.get("/encryption-public-key")
            assert (answer.status_code, answer.json()["code"]) == (503, "ENCLAVE_UNREACHABLE")
            assert "retry-after" in answer.headers
            unknown = await client.get("/enclaves/cid-18/attestation")
            assert (unknown.status_code, unknown.json()["code"]) == (404, "ENCLAVE_UNKNOWN")

    async def test_a_proxy_that_does_not_answer_or_know_the_enclave(self, tmp_path: Path) -> None:
        with raises_code(errors.PROXY_NOT_ASKED):
            await host_at(tmp_path).status()
        async with host_of_two(tmp_path) as (host, _):
            with raises_code(errors.PROXY_LACKS_ENCLAVE, match="cid-18"):
                await host.drain(18, idle=0.0, within=60)


@pytest.mark.parametrize("packed", [False, True], ids=["long", "packed"])
async def test_of_a_proxys_answer_only_so_much_is_read(tmp_path: Path, packed: bool) -> None:
    content = b" " * (8 << 20)
    answer = (
        Answer(gzip.compress(content), headers={"Content-Encoding": "gzip"}) if packed else Answer(content)
    )
    tracemalloc.start()
    try:
        with http_files({"/health": answer}) as url, raises_code(errors.PROXY_NOT_ASKED):
            await host_at(tmp_path, url).status()
        assert tracemalloc.get_traced_memory()[1] < 8 << 20
    finally:
        tracemalloc.stop()


class TestFiles:
    def test_a_release_is_measured_anew(self, tmp_path: Path, release: Release) -> None:
        found, image = read_release(tmp_path / "release")
        assert (found, image.name) == (release, "tee-rex.eif")

    def test_an_image_without_measurements_must_be_a_known_release(
        self, tmp_path: Path, release: Release
    ) -> None:
        with raises_code(errors.RELEASE_UNKNOWN):
            read_release(tmp_path / "release" / "tee-rex.eif")

    def test_other_measurements_are_refused(self, tmp_path: Path, release: Release) -> None:
        file = tmp_path / "release" / "measurements.json"
        text = file.read_text()
        file.write_text(text.replace(release.pcr0, "ab" * 48))
        with raises_code(MEASUREMENTS_DIFFER):
            read_release(tmp_path / "release")
        file.write_text(text.replace(release.sha256, "ab" * 32))
        with raises_code(errors.RELEASE_INVALID, match="SHA-256"):
            read_release(tmp_path / "release")
        file.write_text(text.replace('"0.1.0"', '"../0.1.0"'))
        with raises_code(errors.RELEASE_INVALID, match="version"):
            read_release(tmp_path / "release")
        file.write_text("[]")
        with raises_code(MEASUREMENTS_MALFORMED):
            read_release(tmp_path / "release")

    @pytest.mark.parametrize(
        ("old", "new"),
        [
            ("i-0123456789abcdef0", "i-x"),
            ("https://a.example.org", "http://a.example.org"),
            ("[16, 17]", "[16, 16]"),
            ("[16, 17]", "[2]"),
            ("[16, 17]", "[]"),
            ('region = "eu-west-2"', ""),
            ('region = "eu-west-2"', 'region = "eu-west-2"\nregoin = "x"'),
            ('prefix = "test"', 'prefix = "/"'),
            ("[[hosts]]", "[[hosts]"),
            pytest.param("[16, 17]", "[" * 5000, id="nested"),
            pytest.param("[16, 17]", "[16, 17]" + " " * 40_000, id="long"),
        ],
    )
    def test_a_fleet_that_is_none(self, tmp_path: Path, old: str, new: str) -> None:
        text = (
            'region = "eu-west-2"\nbucket = "releases"\nprefix = "test"\ndocument = "tee-rex"\n[[hosts]]\n'
            'name = "a"\ninstance = "i-0123456789abcdef0"\nurl = "https://a.example.org"\ncids = [16, 17]\n'
        )
        file = tmp_path / "fleet.toml"
        file.write_text(text)
        assert Fleet.read(file).hosts[0].cids == (16, 17)
        assert old in text
        file.write_text(text.replace(old, new))
        with raises_code(errors.FLEET_INVALID):
            Fleet.read(file)
