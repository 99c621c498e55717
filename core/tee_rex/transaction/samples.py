"""Recorded transactions that ship with TEE-Rex, to try the prover with."""

from __future__ import annotations

from tee_rex.system.files import resource
from tee_rex.transaction.trusted_setup import TrustedSetup

_FILES = {
    TrustedSetup.GENUINE: "genuine-deploy-account.msgpack",
    TrustedSetup.DEVELOPMENT: "dev-deploy-account.msgpack",
}


def account_deployment(setup: TrustedSetup) -> bytes:
    """The execution steps of an account deployment (11 circuits, 2.2 MB), recorded under this setup."""
    return resource("samples", _FILES[setup]).read_bytes()
