"""A host uploads the real bb and CRS to an enclave, and real proofs come back through it."""

from __future__ import annotations

import asyncio
import hashlib
import io
import json
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import httpx2
import pytest

from support.enclave_stand_in import StandInEnclave, enclave_api, proxying, small_proxy, stand_in_enclave
from support.errors import raises
from support.installed import link_libraries
from support.local_prover import deployment_request, is_valid_answer, mock_request, real_installation
from support.proving_server import (
    BINARY,
    JSON,
    LIMITS,
    VERSION,
    GatedBackend,
    eventually,
    job_body,
    prove_json,
)
from support.recorded_steps import development_deployment, mock_transaction
from support.revoked import every_bb, linked_home, revoke
from tee_rex.attestation.provers import read_provers
from tee_rex.bb.pins import BbPins
from tee_rex.crs.crs import MIN_POINTS, CrsPins
from tee_rex.crs.store import CrsStore
from tee_rex.local.backend import LocalBackend, LocalOptions
from tee_rex.local.downloading import DownloadingInstallation
from tee_rex.settings.paths import Paths
from tee_rex.system.progress import ignore_progress
from tee_rex.transaction.trusted_setup import TrustedSetup
from tee_rex.wire.control import bb_path
from tee_rex_server.errors.proxy import UPLOAD_REFUSED
from tee_rex_server.proxy import uploads as uploads_module
from tee_rex_server.proxy.routes import ProxyApi

pytestmark = [
    pytest.mark.integration,
    pytest.mark.skipif(sys.platform != "linux", reason="development bb: Linux"),
]

STEPS = development_deployment()
JSON_5_2_0 = JSON | {"X-Aztec-Version": "5.2.0"}
JSON_4_1_2 = JSON | {"X-Aztec-Version": "4.1.2"}
PROOF_SECONDS = 300
CHANGED_BB = b"#!/bin/sh\necho the witness\n"
UPLOADED_BB = "development/bb/4.1.2/bb"
DEVELOPMENT = TrustedSetup.DEVELOPMENT


@dataclass
class Pair:
    """An enclave that began with nothing, and its host; data: the enclave's folder."""

    enclave: StandInEnclave
    proxy: ProxyApi
    client: httpx2.AsyncClient
    data: Path
    log: io.StringIO

    def key_body(self, steps: bytes = STEPS) -> bytes:
        return prove_json(self.enclave.api.key.private.public_key, steps)

    def logged(self, event: str) -> list[dict[str, object]]:
        lines = [json.loads(line) for line in self.log.getvalue().splitlines()]
        return [line for line in lines if line["event"] == event]


async def image_without_bb(data: Path) -> DownloadingInstallation:
    """What an enclave begins with: the libraries that bb needs, which its image has, and nothing else."""
    for request in (deployment_request(), mock_request()):
        await real_installation().bb(request.version, DEVELOPMENT, ignore_progress)
    paths = Paths(data, data / "config")
    link_libraries(real_installation().paths, paths)
    return DownloadingInstallation(paths, BbPins.shipped(), allow_download=False)


@asynccontextmanager
async def bare_enclave(
    folder: Path, *, host: DownloadingInstallation | None = None, backend: GatedBackend | None = None
) -> AsyncIterator[Pair]:
    """host: where the host has what it uploads. backend: instead of the real bb."""
    data = folder / "enclave-data"
    installation = await image_without_bb(data)
    api = enclave_api(
        backend or LocalBackend(installation, LocalOptions(threads=2)),
        limits=replace(LIMITS, proof_seconds=PROOF_SECONDS),
        versions=() if backend is None else (VERSION,),
    )
    log = io.StringIO()
    async with stand_in_enclave(folder / "one", api, installation=installation, uploads=True) as enclave:
        proxy = small_proxy(
            enclave.address, uploads=True, installation=host or real_installation(), log_to=log
        )
        async with (
            proxying(proxy) as url,
            httpx2.AsyncClient(base_url=url, timeout=PROOF_SECONDS) as client,
        ):
            yield Pair(enclave, proxy, client, data, log)


@pytest.mark.timeout(500)
async def test_a_bare_enclave_gets_bb_and_crs_and_proves(tmp_path: Path) -> None:
    async with bare_enclave(tmp_path) as pair:
        assert not pair.enclave.api.ready.is_set()
        uploads = pair.proxy.uploads[pair.enclave.address.name]
        await eventually(lambda: uploads._pending)

        # A request that comes meanwhile waits for its bb, and is told how long that took.
        second = asyncio.create_task(
            pair.client.post("/prove", content=pair.key_body(mock_transaction()), headers=JSON_5_2_0)
        )
        first = await pair.client.post("/prove", content=pair.key_body(), headers=JSON_4_1_2)
        for answer, bb, request in (
            (first, "4.1.2", deployment_request()),
            (await second, "5.0.0", mock_request()),
        ):
            assert answer.status_code == 200, answer.text
            assert answer.headers["x-bb-version"] == bb
            assert int(answer.headers["x-upload-duration-ms"]) > 0
            assert int(answer.headers["x-download-duration-ms"]) >= 0
            assert await is_valid_answer(answer.json()["proof"], request)

        health = (await pair.client.get("/health")).json()
        assert health["available_versions"] == ["4.1.2", "5.0.0"]
        provers = read_provers(*pair.enclave.api.provers.attested())
        assert [{"version": prover.version, "sha256": prover.sha256} for prover in provers] == health[
            "bb_hashes"
        ]
        assert (await pair.client.get("/attestation")).status_code == 200

        message = job_body(pair.enclave.api.key.private.public_key)
        job = (await pair.client.post("/v1/proofs", content=message, headers=BINARY)).headers["Location"]
        async with pair.client.stream("GET", f"{job}/events") as stream:
            async for line in stream.aiter_lines():
                if line == "event: circuit":  # as bb goes from one to the next
                    break
        assert (await pair.client.delete(job)).status_code == 204
    assert [line["version"] for line in pair.logged("bb uploaded")] == ["4.1.2", "5.0.0"]
    assert [line["chunks"] for line in pair.logged("crs uploaded")] == [1]
    assert not list(pair.data.rglob("*.tmp-*"))


async def test_a_bb_that_the_host_changed_is_refused_and_the_enclave_stays_without(tmp_path: Path) -> None:
    async with bare_enclave(tmp_path, backend=GatedBackend()) as pair:
        (pinned,) = pair.enclave.api.provers.digests.values()
        uploads = pair.proxy.uploads[pair.enclave.address.name]

        async def changed() -> AsyncIterator[bytes]:
            yield CHANGED_BB

        for sha256 in (hashlib.sha256(CHANGED_BB).hexdigest(), pinned):
            with raises(UPLOAD_REFUSED, "PROVER_NOT_ALLOWED"):
                await uploads._put(bb_path(sha256), len(CHANGED_BB), changed())
        await eventually(pair.enclave.api.ready.is_set)  # the real one came all the same
        there = hashlib.sha256((pair.data / UPLOADED_BB).read_bytes()).hexdigest()
        assert there == pinned


async def test_a_host_without_bb_logs_that_and_retries(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uploads_module, "_RETRY_SECONDS", 0.2)
    data = tmp_path / "host-data"
    host = DownloadingInstallation(Paths(data, data / "config"), BbPins.shipped(), allow_download=False)
    await real_installation().crs(DEVELOPMENT, MIN_POINTS, ignore_progress)
    (data / "development").mkdir(parents=True)
    host.paths.crs_dir(DEVELOPMENT).symlink_to(real_installation().paths.crs_dir(DEVELOPMENT))
    async with bare_enclave(tmp_path, host=host, backend=GatedBackend()) as pair:
        await eventually(lambda: len(pair.logged("uploads failed")) >= 2)
        assert pair.logged("uploads failed")[0]["code"] == "BB_MISSING"
        assert (await pair.client.get("/health")).json()["ready"] is False
        waiting = await pair.client.post("/prove", content=pair.key_body(), headers=JSON_4_1_2)
        assert (waiting.status_code, waiting.json()["code"]) == (503, "NOT_READY")


async def test_a_bb_that_is_revoked_while_the_proxy_runs_is_not_uploaded(tmp_path: Path) -> None:
    host = DownloadingInstallation(linked_home(tmp_path / "host"), BbPins.shipped(), allow_download=False)
    revoke(host.paths, bb=every_bb())
    async with bare_enclave(tmp_path, host=host, backend=GatedBackend()) as pair:
        await eventually(lambda: pair.logged("uploads failed"))
        assert pair.logged("uploads failed")[0]["code"] == "BB_REVOKED"
        assert not pair.enclave.api.ready.is_set()
        assert not (pair.data / UPLOADED_BB).exists()


async def test_a_restarted_enclave_gets_everything_again(tmp_path: Path) -> None:
    host = real_installation()
    installation = await image_without_bb(tmp_path / "data")
    log = io.StringIO()
    path = tmp_path / "one"
    async with stand_in_enclave(
        path, enclave_api(GatedBackend()), installation=installation, uploads=True
    ) as first:
        proxy = small_proxy(first.address, uploads=True, installation=host, log_to=log)
        async with proxying(proxy):
            await eventually(first.api.ready.is_set)
            first.serving.cancel()
            await asyncio.wait([first.serving])
            first.adapter.cut()
            (installation.paths.data / UPLOADED_BB).unlink()
            # What the adapter joins is looked up by name, so the next server takes the same place.
            async with stand_in_enclave(
                path, enclave_api(GatedBackend()), installation=installation, uploads=True
            ) as second:
                await eventually(second.api.ready.is_set)
                await eventually(lambda: log.getvalue().count('"event": "bb uploaded"') == 2)


async def test_an_enclave_whose_image_holds_bb_gets_the_crs_alone(tmp_path: Path) -> None:
    installation = await image_without_bb(tmp_path / "data")
    (tmp_path / "data" / "development").mkdir()
    baked_in = real_installation().paths.bb_dir(DEVELOPMENT)
    installation.paths.bb_dir(DEVELOPMENT).symlink_to(baked_in)
    log = io.StringIO()
    async with stand_in_enclave(
        tmp_path / "one", enclave_api(GatedBackend()), installation=installation, uploads=True
    ) as enclave:
        proxy = small_proxy(enclave.address, uploads=True, installation=real_installation(), log_to=log)
        async with proxying(proxy):
            await eventually(enclave.api.ready.is_set)
            await eventually(lambda: not proxy.uploads["one"]._pending)
    assert '"event": "crs uploaded"' in log.getvalue()
    assert '"event": "bb uploaded"' not in log.getvalue()


async def test_the_crs_of_the_enclave_is_the_pinned_one(tmp_path: Path) -> None:
    async with bare_enclave(tmp_path, backend=GatedBackend()) as pair:
        await eventually(pair.enclave.api.ready.is_set)
        store = CrsStore(Paths(pair.data, pair.data).crs_dir(DEVELOPMENT), CrsPins.shipped(DEVELOPMENT))
        first, *others = await store.intact_chunks()
        assert first
        assert not any(others), "more development points than transactions need would take long to compute"
