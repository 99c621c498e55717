"""What a deployer sees of a host from outside."""

from __future__ import annotations

from ipaddress import ip_network
from pathlib import Path

import httpx2
import pytest

from support.enclave_stand_in import enclave_api, proxying, small_proxy, stand_in_enclave
from support.fleet_stand_in import ImageTee, small_release
from support.nitro_fake import FakeNitro
from support.patience import PATIENCE
from support.proving_server import BINARY, GatedBackend, job_body
from support.remote_client import now
from tee_rex.bb.pins import BbPins
from tee_rex.errors.tree import ServerBusyError
from tee_rex.local.downloading import DownloadingInstallation
from tee_rex.openpgp import PublicKey
from tee_rex.settings.paths import Paths
from tee_rex.wire.protocol import ATTESTATION_PATH, PROOFS_PATH
from tee_rex_server.cli_options import DEFAULT_RATE_LIMIT
from tee_rex_server.deploy import checks
from tee_rex_server.deploy.checks import OutsideChecks
from tee_rex_server.deploy.fleet import FleetHost


@pytest.mark.integration
async def test_a_host_counts_the_proofs_of_deployers_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the default limit, the eleventh in an hour is refused, at once."""
    nitro = FakeNitro(now())
    monkeypatch.setattr(checks, "aws_nitro_root", lambda: nitro.root)
    release = small_release(tmp_path / "release", "0.1.0")
    tee = ImageTee(tmp_path / "release" / "tee-rex.eif", nitro)
    api = enclave_api(GatedBackend(is_open=True), versions=(), tee=tee)
    counted = (ip_network("127.0.0.1/32"),)  # as behind a reverse proxy, where loopback is not exempt
    async with (
        stand_in_enclave(tmp_path / "cid-16", api) as enclave,
        proxying(small_proxy(enclave.address, rate_limit=DEFAULT_RATE_LIMIT, trusted_proxies=counted)) as url,
        httpx2.AsyncClient(base_url=url, timeout=PATIENCE, trust_env=False) as client,
    ):
        published = (await client.get(ATTESTATION_PATH, params={"nonce": "00" * 32})).json()["publicKey"]
        body = job_body(PublicKey.parse_armored(published, at=now()))
        for _ in range(10):
            made = await client.post(PROOFS_PATH, content=body, headers=BINARY)
            assert made.status_code == 202, made.text
        installation = DownloadingInstallation(
            Paths(tmp_path, tmp_path), BbPins.shipped(), allow_download=False
        )
        host = FleetHost("a", "i-0123456789abcdef0", url, (16,))
        for cid in (16, None):
            with pytest.raises(ServerBusyError, match="Rate limit exceeded"):
                await OutsideChecks(installation).prove(host, cid, release)
