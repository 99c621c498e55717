"""Uploads into an enclave: it stores only what its image lists."""

from __future__ import annotations

import asyncio
import hashlib
import io
import random
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import httpx2
import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from support import small_bb, small_crs
from tee_rex.attestation.provers import read_provers
from tee_rex.bb.store import BbStore
from tee_rex.crs.store import CrsStore
from tee_rex.local import installation as installation_module
from tee_rex.local.installation import Installation
from tee_rex.settings.paths import Paths
from tee_rex.system.platform import Platform
from tee_rex.transaction.trusted_setup import TrustedSetup
from tee_rex.web import bodies
from tee_rex.wire import control as wire_control
from tee_rex.wire.control import Inventory, bb_path, crs_path
from tee_rex_server.http import control
from tee_rex_server.http.control import ControlApi
from tee_rex_server.http.monitoring import Metrics
from tee_rex_server.logs import json_logger
from tee_rex_server.proving import provers as provers_module
from tee_rex_server.proving.provers import ServedProvers

GENUINE = TrustedSetup.GENUINE
OTHER = hashlib.sha256(b"of another bb").hexdigest()


@dataclass(frozen=True)
class Enclave:
    """An enclave whose image lists the small bb and the small CRS."""

    api: ControlApi
    data: Path

    @property
    def provers(self) -> ServedProvers:
        return self.api.provers

    def files(self) -> list[str]:
        """All files except locks."""
        found = (path for path in self.data.rglob("*") if path.is_file() and "lock" not in path.name)
        return sorted(str(path.relative_to(self.data)) for path in found)


@pytest.fixture
def enclave(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Enclave:
    installation = Installation(Paths(tmp_path, tmp_path / "config"), small_bb.PINS)

    for module in (control, provers_module):
        monkeypatch.setattr(
            module, "crs_store", lambda paths, setup: CrsStore(paths.crs_dir(setup), small_crs.PINS)
        )
    for module in (control, installation_module):
        monkeypatch.setattr(
            module, "bb_store", lambda paths, pins: BbStore(paths, pins, Platform.AMD64_LINUX)
        )
    monkeypatch.setattr(provers_module, "MIN_POINTS", small_crs.CHUNK_POINTS)
    provers = ServedProvers.pinned(small_bb.PINS, {GENUINE}, Platform.AMD64_LINUX)
    provers.expect_uploads()
    log = json_logger(io.StringIO())
    return Enclave(ControlApi(installation, provers, asyncio.Event(), Metrics(), log), tmp_path)


@pytest.fixture
async def host(enclave: Enclave) -> AsyncIterator[httpx2.AsyncClient]:
    transport = httpx2.ASGITransport(enclave.api.app())
    async with httpx2.AsyncClient(transport=transport, base_url="http://enclave") as client:
        yield client


async def upload_all(host: httpx2.AsyncClient) -> None:
    for path, content in (
        (crs_path(GENUINE, 0), small_crs.chunk(0)),
        (bb_path(small_bb.SHA256), small_bb.CONTENT),
    ):
        answer = await host.put(path, content=content)
        assert answer.status_code == 204, answer.text


async def inventory(host: httpx2.AsyncClient) -> Inventory:
    return msgspec.json.decode((await host.get("/v1/inventory")).content, type=Inventory)


async def test_an_empty_enclave_lists_what_it_accepts(host: httpx2.AsyncClient) -> None:
    listed = await inventory(host)
    assert [(one.version, one.setup, one.sha256, one.present) for one in listed.bb] == [
        ("4.1.2", GENUINE, small_bb.SHA256, False)
    ]
    assert [(one.index, one.sha256, one.present) for one in listed.crs] == [
        (index, digest, False) for index, digest in enumerate(small_crs.PINS.g1_chunks)
    ]
    assert not listed.ready


async def test_pinned_uploads_are_stored_served_and_attested(
    host: httpx2.AsyncClient, enclave: Enclave
) -> None:
    assert enclave.provers.versions == []
    await upload_all(host)
    listed = await inventory(host)
    assert listed.ready
    assert enclave.api.ready.is_set()
    assert listed.bb[0].present
    assert [chunk.present for chunk in listed.crs] == [True, False, False, False]
    assert enclave.files() == ["genuine/bb/4.1.2/bb", "genuine/crs/g1-00.dat"]
    bb = enclave.data / "genuine/bb/4.1.2/bb"
    assert (bb.read_bytes(), bb.stat().st_mode & 0o777) == (small_bb.CONTENT, 0o755)
    (prover,) = read_provers(*enclave.provers.attested())
    assert (prover.version, prover.sha256) == ("4.1.2", small_bb.SHA256)


async def test_points_count_up_to_the_first_chunk_that_is_missing(
    host: httpx2.AsyncClient, enclave: Enclave
) -> None:
    counted = []
    for index in (1, 0, 3, 2):
        assert (await host.put(crs_path(GENUINE, index), content=small_crs.chunk(index))).status_code == 204
        counted.append(enclave.provers.uploaded_points[GENUINE] // small_crs.CHUNK_POINTS)
    assert counted == [0, 2, 2, 4]


async def test_a_bb_alone_proves_nothing(host: httpx2.AsyncClient, enclave: Enclave) -> None:
    await host.put(bb_path(small_bb.SHA256), content=small_bb.CONTENT)
    assert not enclave.api.ready.is_set()
    assert not (await inventory(host)).bb[0].present


@pytest.mark.parametrize(
    ("sha256", "content"),
    [
        pytest.param(OTHER, b"of another bb", id="its own digest"),
        pytest.param(small_bb.SHA256, b"of another bb", id="the digest of a pinned one"),
        pytest.param(small_bb.SHA256, small_bb.CONTENT[:-1], id="cut short"),
        pytest.param(small_bb.SHA256, b"", id="nothing"),
        pytest.param(small_bb.SHA256.upper(), small_bb.CONTENT, id="another spelling"),
        pytest.param(
            hashlib.sha256(small_bb.DEVELOPMENT_CONTENT).hexdigest(),
            small_bb.DEVELOPMENT_CONTENT,
            id="pinned for a setup that is not served",
        ),
    ],
)
async def test_a_bb_that_is_not_pinned_leaves_nothing(
    host: httpx2.AsyncClient, enclave: Enclave, sha256: str, content: bytes
) -> None:
    answer = await host.put(bb_path(sha256), content=content)
    assert (answer.status_code, answer.json()["code"]) == (403, "PROVER_NOT_ALLOWED")
    assert "image" in answer.json()["hint"]
    assert enclave.files() == []
    assert enclave.provers.present == {}


async def test_a_stored_bb_survives_a_refused_upload(host: httpx2.AsyncClient, enclave: Enclave) -> None:
    await upload_all(host)
    before = enclave.files()
    assert (await host.put(bb_path(small_bb.SHA256), content=b"changed")).status_code == 403
    assert enclave.files() == before
    assert (enclave.data / "genuine/bb/4.1.2/bb").read_bytes() == small_bb.CONTENT
    assert enclave.provers.versions == ["4.1.2"]


async def test_simultaneous_uploads_run_one_after_the_other(
    host: httpx2.AsyncClient, enclave: Enclave
) -> None:
    written = asyncio.Event()

    async def slowly() -> AsyncIterator[bytes]:
        yield small_bb.CONTENT[:5]
        await written.wait()
        yield small_bb.CONTENT[5:]

    first = asyncio.create_task(host.put(bb_path(small_bb.SHA256), content=slowly()))
    await asyncio.sleep(0)
    second = asyncio.create_task(host.put(bb_path(small_bb.SHA256), content=b"changed"))
    written.set()
    assert [(await first).status_code, (await second).status_code] == [204, 403]
    assert enclave.files() == ["genuine/bb/4.1.2/bb"]


async def test_a_bb_that_is_too_large_is_refused(
    host: httpx2.AsyncClient, enclave: Enclave, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wire_control, "MAX_BB_BYTES", 10)
    answer = await host.put(bb_path(small_bb.SHA256), content=small_bb.CONTENT)
    assert (answer.status_code, answer.json()["code"]) == (413, "PAYLOAD_TOO_LARGE")
    assert enclave.files() == []


async def test_a_stalling_host_blocks_nothing(
    host: httpx2.AsyncClient, enclave: Enclave, monkeypatch: pytest.MonkeyPatch
) -> None:

    async def stalling() -> AsyncIterator[bytes]:
        yield b"half"
        await asyncio.sleep(3600)

    with monkeypatch.context() as patch:
        patch.setattr(bodies, "BODY_SECONDS", 0.05)
        answer = await host.put(bb_path(small_bb.SHA256), content=stalling())
    assert (answer.status_code, answer.json()["code"]) == (408, "BODY_READ_TIMEOUT")
    assert enclave.files() == []
    await upload_all(host)


@pytest.mark.parametrize(
    ("path", "content"),
    [
        pytest.param(crs_path(GENUINE, 0), small_crs.chunk(1), id="another chunk"),
        pytest.param(crs_path(GENUINE, 0), small_crs.chunk(0)[:-1], id="cut short"),
        pytest.param(crs_path(GENUINE, 0), bytes(small_crs.CHUNK_BYTES), id="points at infinity"),
        pytest.param(crs_path(GENUINE, 4), small_crs.chunk(0), id="after the last"),
        pytest.param("/v1/crs/genuine/-1", small_crs.chunk(0), id="before the first"),
        pytest.param("/v1/crs/genuine/\u0660", small_crs.chunk(0), id="a digit of another script"),
        pytest.param(crs_path(TrustedSetup.DEVELOPMENT, 0), small_crs.chunk(0), id="a setup not served"),
    ],
)
async def test_points_that_are_not_pinned_leave_nothing(
    host: httpx2.AsyncClient, enclave: Enclave, path: str, content: bytes
) -> None:
    answer = await host.put(path, content=content)
    assert (answer.status_code, answer.json()["code"]) == (403, "CRS_NOT_ALLOWED")
    assert enclave.files() == []


async def test_a_chunk_that_is_too_long_is_refused(host: httpx2.AsyncClient) -> None:
    answer = await host.put(crs_path(GENUINE, 0), content=small_crs.chunk(0) + b"0")
    assert answer.status_code == 413


async def test_only_put_is_allowed(host: httpx2.AsyncClient, enclave: Enclave) -> None:
    await upload_all(host)
    before = enclave.files()
    for method in ("DELETE", "POST", "GET"):
        answer = await host.request(method, bb_path(small_bb.SHA256))
        assert (answer.status_code, answer.json()["code"]) == (405, "METHOD_NOT_ALLOWED")
    assert enclave.files() == before


@settings(max_examples=60)
@given(
    base=st.sampled_from(["/v1/bb/", "/v1/crs/", "/v1/crs/genuine/", "/"]),
    rest=st.text(alphabet=st.characters(codec="ascii", exclude_characters="?#"), max_size=40)
    | st.sampled_from(["../../x", "..%2f..%2fx", "%00", "genuine/00000000", "0" * 64, "genuine/0/../1"]),
    body=st.binary(max_size=64),
)
async def test_no_other_path_stores_anything(enclave: Enclave, base: str, rest: str, body: bytes) -> None:
    transport = httpx2.ASGITransport(enclave.api.app())
    async with httpx2.AsyncClient(transport=transport, base_url="http://enclave") as client:
        try:
            answer = await client.put(base + rest, content=body)
        except httpx2.InvalidURL:
            return
    assert answer.status_code in (403, 404, 405)
    assert enclave.files() == []


async def test_an_upload_changed_in_any_byte_is_refused(host: httpx2.AsyncClient, enclave: Enclave) -> None:
    source = random.Random(3)
    for _ in range(10):
        content = bytearray(small_bb.CONTENT)
        content[source.randrange(len(content))] ^= 1 << source.randrange(8)
        assert (await host.put(bb_path(small_bb.SHA256), content=bytes(content))).status_code == 403
    assert enclave.files() == []
