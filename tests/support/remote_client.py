"""The remote client as tests use it: no bb on this machine, the events noted, quick retries."""

from __future__ import annotations

import gzip
from datetime import UTC, datetime
from pathlib import Path

from support.errors import some_error
from support.nitro_fake import PRODUCTION_PCRS, FakeNitro
from support.recorded_steps import wire, wire_step
from tee_rex.attestation.builds import ExpectedPcrs
from tee_rex.attestation.provers import Prover
from tee_rex.bb.pins import BbPins
from tee_rex.bb.store import BbCommand
from tee_rex.errors.tree import BbUnavailableHereError
from tee_rex.http_client.retries import Retries
from tee_rex.http_client.server_url import ServerUrl
from tee_rex.local.installation import Installation
from tee_rex.remote.attestation import AllowedProvers
from tee_rex.remote.client import RemoteBackend
from tee_rex.remote.trust import AttestedKey, KeyTrust, PinnedKey
from tee_rex.settings.paths import Paths
from tee_rex.system.progress import ProgressListener
from tee_rex.transaction.events import Phase
from tee_rex.transaction.request import ProofRequest
from tee_rex.transaction.steps import ExecutionSteps
from tee_rex.transaction.trusted_setup import TrustedSetup
from tee_rex.transaction.versions import AztecVersion

QUICK_RETRIES = Retries(delays=(0.01, 0.01), patience=2.0)
PROVER = Prover("4.1.2", "ab" * 32)
PHASES = list(Phase)[list(Phase).index(Phase.SERIALIZE) :]
"""The phases of a proof on a server with the jobs interface, in their order."""
NOWHERE = Paths(Path("/dev/null/data"), Path("/dev/null/config"))
"""Folders that nobody can make, root included: what a test forgot to place elsewhere fails."""
BUILD = ExpectedPcrs(PRODUCTION_PCRS[0], PRODUCTION_PCRS[1], PRODUCTION_PCRS[2])


class NoBbHere(Installation):
    """As on Windows."""

    async def bb(self, version: AztecVersion, setup: TrustedSetup, progress: ProgressListener) -> BbCommand:
        """None."""
        raise some_error(BbUnavailableHereError)


def no_bb_here(paths: Paths = NOWHERE) -> NoBbHere:
    """An installation that can verify nothing."""
    return NoBbHere(paths, BbPins.shipped())


def small_request(**changes: bytes) -> ProofRequest:
    """One circuit of no meaning, always the same."""
    parts = {name: gzip.compress(name.encode(), mtime=0) for name in ("bytecode", "witness")}
    steps = ExecutionSteps.from_bytes(wire(wire_step(**(parts | changes))))
    return ProofRequest(steps, TrustedSetup.GENUINE, AztecVersion(4, 1, 2))


def remote_backend(url: str, trust: KeyTrust, installation: Installation | None = None) -> RemoteBackend:
    """A client of the server at ``url``; without an installation it can verify nothing."""
    return RemoteBackend(ServerUrl.parse(url), trust, installation or no_bb_here(), retries=QUICK_RETRIES)


def now() -> datetime:
    """The real time: keys and certificates of tests are made for it."""
    return datetime.now(UTC)


def pinned(fingerprint: str) -> KeyTrust:
    """Remote mode."""
    return PinnedKey(fingerprint, now)


def attested(nitro: FakeNitro, *, nonce_required: bool = True) -> AttestedKey:
    """TEE mode that accepts the enclaves of ``nitro``."""
    provers = AllowedProvers(frozenset({PROVER}))
    return AttestedKey((BUILD,), provers, nitro.root, now, nonce_required=nonce_required)
