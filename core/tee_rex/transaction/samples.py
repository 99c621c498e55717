"""Recorded transactions that ship with TEE-Rex, to try the prover with."""

from __future__ import annotations

from tee_rex.errors.tree import BbUnavailableHereError
from tee_rex.system.files import resource
from tee_rex.system.platform import Platform


def account_deployment() -> bytes:
    """The execution steps of an account deployment (11 circuits, 2.2 MB).

    Recorded under the development setup where it exists (Linux on x86-64), so that it can be proved without
    the ceremony's CRS; elsewhere the genuine recording.
    """
    try:
        development = Platform.current() is Platform.AMD64_LINUX
    except BbUnavailableHereError:
        development = False
    if not development:
        return genuine_account_deployment()
    return resource("samples", "dev-deploy-account.msgpack").read_bytes()


def genuine_account_deployment() -> bytes:
    """The same under the genuine setup, for servers and enclaves that prove for real networks."""
    return resource("samples", "genuine-deploy-account.msgpack").read_bytes()
