"""The library's front door: a prover for each mode in one line, and what it takes and gives.

``docs/library.md`` shows each of these in a program that runs. All else in the package can be used too, but
what stands here keeps its names.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from tee_rex.bb.pins import BbPins
from tee_rex.errors import TeeRexError
from tee_rex.local.downloading import DownloadingInstallation
from tee_rex.local.installation import Installation
from tee_rex.provers import Prover
from tee_rex.settings.paths import Paths
from tee_rex.system.progress import ProgressListener, TaskProgress, ignore_progress
from tee_rex.transaction.events import (
    AttestationExamined,
    BytesSent,
    CircuitEnded,
    CircuitStarted,
    PhaseEnded,
    PhaseStarted,
    ProofEvent,
    ProofListener,
    QueuePosition,
    RetryScheduled,
)
from tee_rex.transaction.proof import ChonkProof
from tee_rex.transaction.request import ProofRequest, ProofResult, ProvingMode
from tee_rex.transaction.steps import ExecutionSteps

if TYPE_CHECKING:
    from tee_rex.attestation.checks import ExpectedPcrs

__all__ = [
    "AttestationExamined",
    "BytesSent",
    "ChonkProof",
    "CircuitEnded",
    "CircuitStarted",
    "DownloadingInstallation",
    "ExecutionSteps",
    "Installation",
    "PhaseEnded",
    "PhaseStarted",
    "ProofEvent",
    "ProofListener",
    "ProofRequest",
    "ProofResult",
    "Prover",
    "ProvingMode",
    "QueuePosition",
    "RetryScheduled",
    "TaskProgress",
    "TeeRexError",
    "enclave_prover",
    "local_prover",
    "read_request",
    "remote_prover",
    "this_machine",
    "verify",
]


def this_machine(environ: Mapping[str, str], *, allow_download: bool = True) -> DownloadingInstallation:
    """Where bb and the CRS are kept: ``TEE_REX_HOME`` of ``environ``, else the platform's data folder.

    allow_download: whether what is missing may be fetched, each file checked by its pinned SHA-256.
    """
    paths = Paths.from_environment(environ)
    return DownloadingInstallation(paths, BbPins.shipped(), allow_download=allow_download)


def read_request(untrusted_steps: bytes) -> ProofRequest:
    """The request for a transaction in the form of Aztec's ``serializePrivateExecutionSteps``.

    Trusted setup and Aztec version are read from it. Raises an InputError for what is not of that form or
    within its limits (50 MB, 512 circuits).
    """
    return ProofRequest.recognised(ExecutionSteps.from_bytes(untrusted_steps))


def local_prover(
    installation: Installation,
    *,
    threads: int | None = None,
    memory_limit: int | None = None,
    keep_warm: bool = False,
) -> Prover:
    """Proves on this machine, one proof at a time.

    threads: of bb; None: every core. memory_limit: resident bytes of bb; None: none. keep_warm: keep bb and
    its CRS in memory for the next proof.
    """
    from tee_rex.local.backend import LocalBackend, LocalOptions
    from tee_rex.local.threads import usable_cores

    options = LocalOptions(threads or usable_cores(), memory_limit, keep_warm)
    return Prover({ProvingMode.LOCAL: LocalBackend(installation, options)}, ProvingMode.LOCAL)


def remote_prover(installation: Installation, url: str, *, server_key: str | None = None) -> Prover:
    """Proves on a server, whose operator can read the witness; the proof is verified here.

    url: https, or http to this machine. server_key: the fingerprint of its key, 40 hexadecimal digits; None:
    the key is remembered at the first use, and another one later is refused. Raises BadServerUrlError,
    InsecureServerUrlError, InvalidFingerprintError.
    """
    from tee_rex.http_client.server_url import ServerUrl
    from tee_rex.remote.backend import RemoteBackend
    from tee_rex.remote.known_servers import FILE_NAME, KnownServers
    from tee_rex.remote.trust import KeyTrust, KnownKeySinceFirstUse, PinnedKey

    trust: KeyTrust
    if server_key is None:
        trust = KnownKeySinceFirstUse(KnownServers(installation.paths.data / FILE_NAME), _now)
    else:
        trust = PinnedKey.parse(server_key, _now)
    backend = RemoteBackend(ServerUrl.parse(url), trust, installation, trust_env=True)
    return Prover({ProvingMode.REMOTE: backend}, ProvingMode.REMOTE)


def enclave_prover(installation: Installation, url: str, *, builds: tuple[ExpectedPcrs, ...] = ()) -> Prover:
    """Proves inside a Nitro enclave; nobody reads the witness, and nothing is sent before it has attested.

    builds: the approved ones (``ExpectedPcrs(pcr0=bytes.fromhex(…))``); none: those of TEE-Rex's releases.
    The document must be fresh, genuine, of such a build, and its bb one that this release pins. What does not
    hold is raised by the proof as an AttestationError. Raises BadServerUrlError, InsecureServerUrlError.
    """
    from tee_rex.attestation.checks import ExpectedPcrs
    from tee_rex.attestation.provers import AllowedProvers
    from tee_rex.attestation.roots import aws_nitro_root
    from tee_rex.http_client.server_url import ServerUrl
    from tee_rex.remote.backend import RemoteBackend
    from tee_rex.remote.trust import AttestedKey

    trust = AttestedKey(
        builds=builds or ExpectedPcrs.shipped(),
        provers=AllowedProvers.pinned(installation.pins),
        root=aws_nitro_root(),
        now=_now,
    )
    backend = RemoteBackend(ServerUrl.parse(url), trust, installation, trust_env=True)
    return Prover({ProvingMode.TEE: backend}, ProvingMode.TEE)


async def verify(
    installation: Installation,
    proof: ChonkProof,
    request: ProofRequest,
    *,
    progress: ProgressListener = ignore_progress,
) -> bool:
    """Whether ``proof`` is valid for the transaction of ``request``; takes about 0.3 s.

    progress: told of what has to be fetched first. Raises an UnusableEnvironmentError, or a ProvingError when
    bb itself fails.
    """
    from tee_rex.local.verifier import verify_proof

    key = request.steps.final_verification_key
    return await verify_proof(installation, proof, key, request.setup, request.version, progress)


def _now() -> datetime:
    return datetime.now(UTC)
