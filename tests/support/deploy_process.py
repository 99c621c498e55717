"""``tee-rex-server`` as an operator runs it, for enclaves whose documents a root of the tests signs.

TEE_REX_TEST_ROOT: its certificate. Smoke tests prove a small transaction, for which an emulated enclave needs
a quarter of the time. TEE_REX_TEST_PROOFS=none: they find that all is well, except for images that
TEE_REX_TEST_NO_PROOF names, and those of TEE_REX_TEST_BUSY, whose host takes no more proofs.
TEE_REX_TEST_SECONDS: how long a start, and a proof, may take. TEE_REX_TEST_LEASE: seconds after which a
killed deployer counts as dead. TEE_REX_TEST_KILL: where it kills itself; such as "attest 17", "prove any",
"before the last write", "after the last write".
"""

from __future__ import annotations

import os
import signal
from pathlib import Path

from cryptography import x509

from support.recorded_steps import mock_transaction
from tee_rex.errors.catalogue.servers import SERVER_BUSY
from tee_rex_server.cli import main
from tee_rex_server.deploy import aws
from tee_rex_server.deploy import checks as outside
from tee_rex_server.deploy.aws import ReleaseStore
from tee_rex_server.deploy.checks import OutsideChecks
from tee_rex_server.deploy.fleet import FleetHost, FleetState, Release
from tee_rex_server.errors.deploy import PROOF_NOT_VERIFIED

attest, write_state = OutsideChecks.attest, ReleaseStore.write_state


def die_at(place: str) -> None:
    if os.environ.get("TEE_REX_TEST_KILL") == place:
        os.kill(os.getpid(), signal.SIGKILL)


async def attest_or_die(self: OutsideChecks, host: FleetHost, cid: int, release: Release) -> None:
    die_at(f"attest {cid}")
    await attest(self, host, cid, release)


async def write_or_die(self: ReleaseStore, state: FleetState, etag: str) -> str:
    if state.deployment is None:
        die_at("before the last write")
    written = await write_state(self, state, etag)
    if state.deployment is None:
        die_at("after the last write")
    return written


async def prove_nothing(self: OutsideChecks, host: FleetHost, cid: int | None, release: Release) -> None:
    die_at(f"prove {cid or 'any'}")
    where = f"{cid or 'any'}:{release.version}"
    if where in os.environ.get("TEE_REX_TEST_BUSY", "").split():
        raise SERVER_BUSY(answer="too many", retry_after=3000.0)
    if where in os.environ.get("TEE_REX_TEST_NO_PROOF", "").split():
        raise PROOF_NOT_VERIFIED(host=host.name)


if __name__ == "__main__":
    root = x509.load_pem_x509_certificate(Path(os.environ["TEE_REX_TEST_ROOT"]).read_bytes())
    vars(outside)["aws_nitro_root"] = lambda: root
    if os.environ.get("TEE_REX_TEST_PROOFS") == "none":
        OutsideChecks.prove = prove_nothing  # type: ignore[method-assign]
    else:
        vars(outside)["account_deployment"] = lambda _setup: mock_transaction()
    if seconds := os.environ.get("TEE_REX_TEST_SECONDS"):  # for a start, and for a proof
        vars(OutsideChecks)["__init__"].__defaults__ = (float(seconds), float(seconds))
    if lease := os.environ.get("TEE_REX_TEST_LEASE"):
        aws.LEASE_SECONDS = float(lease)  # type: ignore[misc]
        aws._RENEWAL_SECONDS = float(lease) / 4  # type: ignore[misc]
        aws._SEND_SECONDS = float(lease) / 2  # type: ignore[misc]
    OutsideChecks.attest = attest_or_die  # type: ignore[method-assign]
    ReleaseStore.write_state = write_or_die  # type: ignore[method-assign]
    main()
