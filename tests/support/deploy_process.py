"""``tee-rex-server`` as an operator runs it, for enclaves whose documents a root of the tests signs.

TEE_REX_TEST_ROOT: its certificate. TEE_REX_TEST_PROOFS=none: smoke tests find that all is well, except for
images that TEE_REX_TEST_NO_PROOF names. TEE_REX_TEST_SECONDS: how long a start, and a proof, may take.
TEE_REX_TEST_LEASE: seconds after which a killed deployer counts as dead.
"""

from __future__ import annotations

import os
from pathlib import Path

from cryptography import x509

from tee_rex_server.cli import main
from tee_rex_server.deploy import aws
from tee_rex_server.deploy import checks as outside
from tee_rex_server.deploy.checks import OutsideChecks
from tee_rex_server.deploy.fleet import FleetHost, Release
from tee_rex_server.errors.deploy import PROOF_NOT_VERIFIED


async def prove_nothing(self: OutsideChecks, host: FleetHost, cid: int | None, release: Release) -> None:
    where = f"{cid or 'any'}:{release.version}"
    if where in os.environ.get("TEE_REX_TEST_NO_PROOF", "").split():
        raise PROOF_NOT_VERIFIED(host=host.name)


if __name__ == "__main__":
    root = x509.load_pem_x509_certificate(Path(os.environ["TEE_REX_TEST_ROOT"]).read_bytes())
    vars(outside)["aws_nitro_root"] = lambda: root
    if os.environ.get("TEE_REX_TEST_PROOFS") == "none":
        OutsideChecks.prove = prove_nothing  # type: ignore[method-assign]
    if seconds := os.environ.get("TEE_REX_TEST_SECONDS"):  # for a start, and for a proof
        vars(OutsideChecks)["__init__"].__defaults__ = (float(seconds), float(seconds))
    if lease := os.environ.get("TEE_REX_TEST_LEASE"):
        aws.LEASE_SECONDS = float(lease)  # type: ignore[misc]
        aws._RENEWAL_SECONDS = float(lease) / 4  # type: ignore[misc]
    main()
