"""The one assembly of provers: ``ProverConfig`` in, ``Prover`` out, for the CLI, the app and the library.

1. Describe every mode that may be used in a :class:`ProverConfig`, by hand or ``from_settings``.
2. :func:`build_prover` makes a :class:`Prover` in one mode. What that mode lacks (an address, an approved
   build) is refused here, before anything is read or sent.
3. ``await prover.prove(request)``; switch ``prover.mode`` between proofs as often as you like.
4. ``await prover.close()``, or ``async with``.

Backends are imported when their mode is first chosen: proving on this machine loads no HTTP or cryptography.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Final, Self

from tee_rex.errors.catalogue.proving import MODE_NOT_CONFIGURED, PROOF_TIMED_OUT, SERVER_PROOF_TIMED_OUT
from tee_rex.errors.catalogue.ultra_honk import CIRCUITS_ONLY_LOCAL
from tee_rex.local.downloading import DownloadingInstallation
from tee_rex.local.installation import Installation
from tee_rex.revocations import Revocations
from tee_rex.settings.paths import Paths
from tee_rex.system.progress import ProgressListener, ignore_progress
from tee_rex.system.threads import usable_cores
from tee_rex.transaction.events import ProofListener, ignore_events
from tee_rex.transaction.proof import ChonkProof
from tee_rex.transaction.request import ProofRequest, ProofResult, ProverBackend, ProvingMode
from tee_rex.transaction.steps import ExecutionSteps

if TYPE_CHECKING:
    from cryptography.x509 import Certificate

    from tee_rex.attestation.builds import ExpectedPcrs
    from tee_rex.local.backend import LocalOptions
    from tee_rex.local.ultra_honk import UltraHonkProver
    from tee_rex.remote.attestation import AllowedProvers
    from tee_rex.remote.trust import KeyTrust
    from tee_rex.settings.resolve import Settings
    from tee_rex.transaction.generations import KnownCircuits

SERVER_TIME_LIMIT: Final = 300.0
"""Seconds for a whole proof on a server unless the caller says otherwise; that of the original client."""

_MEGABYTE: Final = 1_000_000


def _aws_nitro_root() -> Certificate:
    from tee_rex.attestation.roots import aws_nitro_root

    return aws_nitro_root()


def _utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class ProverConfig:
    """Everything that the three modes need; a mode without its address cannot be chosen.

    installation: bb and the CRS of this machine, which prove in local mode and verify in the others.

    Local mode. threads: of bb; None: every core. memory_limit: resident bytes of bb; None: no limit.
    keep_warm: keep a bb and its CRS in memory for the next proof, for each of the two versions used last.

    Remote mode. prover_url: https, or http to this machine. server_key: fingerprint of the server's key, 40
    hexadecimal digits; None: remember the key at first use and refuse another one later.

    TEE mode. tee_url: as prover_url. approved_builds: any of them will do; None: those of TEE-Rex's releases.
    allowed_provers: the bb binaries that may see the witness; None: those that this release pins.
    nonce_required: False accepts servers that ignore nonces, so an old document may pass. max_age: of the
    document. attestation_root: the only trust anchor. now: the time of day, with its zone.

    trust_env: use the proxies of the environment. token: by which the servers know their clients, as
    ``tee-rex-server tokens add`` makes it; None for servers that need none.
    """

    installation: Installation
    threads: int | None = None
    memory_limit: int | None = None
    keep_warm: bool = False
    prover_url: str = ""
    server_key: str | None = None
    tee_url: str = ""
    approved_builds: tuple[ExpectedPcrs, ...] | None = None
    allowed_provers: AllowedProvers | None = None
    nonce_required: bool = True
    max_age: timedelta = timedelta(minutes=5)
    attestation_root: Callable[[], Certificate] = _aws_nitro_root
    now: Callable[[], datetime] = _utc_now
    trust_env: bool = True
    token: str | None = field(default=None, repr=False)

    @classmethod
    def from_settings(cls, settings: Settings, installation: Installation) -> ProverConfig:
        """What the user set; builds that the user pinned are approved besides those of releases."""
        limit = settings.memory_limit_mb.value
        builds = None
        if settings.approved_builds:
            from tee_rex.attestation.builds import ExpectedPcrs
            from tee_rex.updates.pins import approved_builds

            builds = (
                *approved_builds(installation.paths),
                *(ExpectedPcrs.of(build) for build in settings.approved_builds),
            )
        return cls(
            installation,
            threads=settings.prover_speed.value.threads(usable_cores()),
            memory_limit=None if limit is None else limit * _MEGABYTE,
            prover_url=settings.prover_url.value,
            server_key=settings.server_key.value or None,
            tee_url=settings.tee_url.value,
            approved_builds=builds,
            nonce_required=settings.nonce_required.value,
            max_age=timedelta(seconds=settings.max_age_seconds.value),
        )


def build_prover(config: ProverConfig, mode: ProvingMode) -> Prover:
    """A prover in ``mode``, switchable to the others; raises as :func:`make_backend` does for ``mode``."""
    return Prover(partial(make_backend, config), mode)


def make_backend(config: ProverConfig, mode: ProvingMode) -> ProverBackend:
    """The real backend of one mode.

    Raises MODE_NOT_CONFIGURED for a server mode without an address, SERVER_URL_INVALID, SERVER_URL_INSECURE,
    FINGERPRINT_INVALID, and POLICY_MISSING where ``approved_builds`` has no PCR0.
    """
    if mode is ProvingMode.LOCAL:
        from tee_rex.local.backend import LocalBackend

        return LocalBackend(config.installation, _local_options(config))
    url, variable = (
        (config.tee_url, "TEE_URL") if mode is ProvingMode.TEE else (config.prover_url, "PROVER_URL")
    )
    if not url:
        raise MODE_NOT_CONFIGURED(mode=mode.value, variable=variable)
    from tee_rex.http_client.server_url import ServerUrl
    from tee_rex.remote.client import RemoteBackend

    server = ServerUrl.parse(url)
    trust = _attested(config) if mode is ProvingMode.TEE else _pinned_or_remembered(config)
    return RemoteBackend(server, trust, config.installation, trust_env=config.trust_env, token=config.token)


def make_circuit_prover(config: ProverConfig, mode: ProvingMode = ProvingMode.LOCAL) -> UltraHonkProver:
    """A prover of single Noir circuits, on this machine; raises CIRCUITS_ONLY_LOCAL for any other mode."""
    if mode is not ProvingMode.LOCAL:
        raise CIRCUITS_ONLY_LOCAL(mode=mode.value)
    from tee_rex.local.ultra_honk import UltraHonkProver

    return UltraHonkProver(config.installation, _local_options(config))


def _local_options(config: ProverConfig) -> LocalOptions:
    from tee_rex.local.backend import LocalOptions

    return LocalOptions(config.threads or usable_cores(), config.memory_limit, config.keep_warm)


def _attested(config: ProverConfig) -> KeyTrust:
    from tee_rex.remote.attestation import AllowedProvers
    from tee_rex.remote.trust import AttestedKey
    from tee_rex.updates.pins import approved_builds

    paths, builds = config.installation.paths, config.approved_builds
    return AttestedKey(
        builds=approved_builds(paths) if builds is None else builds,
        provers=config.allowed_provers or AllowedProvers.pinned(config.installation.pins),
        root=config.attestation_root(),
        now=config.now,
        nonce_required=config.nonce_required,
        max_age=config.max_age,
        revocations=partial(Revocations.known, paths),
    )


def _pinned_or_remembered(config: ProverConfig) -> KeyTrust:
    from tee_rex.remote.known_servers import KnownServers
    from tee_rex.remote.trust import PinnedKey, TrustOnFirstUse

    if config.server_key is not None:
        return PinnedKey.parse(config.server_key, config.now)
    return TrustOnFirstUse(KnownServers.in_folder(config.installation.paths.data), config.now)


class Prover:
    """Proves in the mode chosen now; the backend of a mode is made when the mode is first chosen."""

    def __init__(self, make_backend: Callable[[ProvingMode], ProverBackend], mode: ProvingMode) -> None:
        """Start in ``mode``; raises what ``make_backend`` raises for it. See :func:`build_prover`."""
        self._make_backend = make_backend
        self._backends: dict[ProvingMode, ProverBackend] = {}
        self.mode = mode

    @property
    def mode(self) -> ProvingMode:
        """The mode of the next proof. Choosing one that cannot be used raises, and changes nothing."""
        return self._mode

    @mode.setter
    def mode(self, mode: ProvingMode) -> None:
        if mode not in self._backends:
            self._backends[mode] = self._make_backend(mode)
        self._mode = mode

    async def prove(
        self,
        request: ProofRequest,
        *,
        listener: ProofListener = ignore_events,
        time_limit: float | None = None,
    ) -> ProofResult:
        """Make one proof in the current mode.

        time_limit: seconds for all of it; None: none in local mode, SERVER_TIME_LIMIT on a server. Raises
        PROOF_TIMED_OUT or whatever the backend raises. When it raises, or is cancelled, nothing of it is left
        running.
        """
        mode = self._mode
        backend = self._backends[mode]
        if time_limit is None and mode is not ProvingMode.LOCAL:
            time_limit = SERVER_TIME_LIMIT
        limit = asyncio.timeout(time_limit)
        try:
            async with limit:
                return await backend.prove(request, listener)
        except TimeoutError:
            if not limit.expired() or time_limit is None:
                raise
            kind = PROOF_TIMED_OUT if mode is ProvingMode.LOCAL else SERVER_PROOF_TIMED_OUT
            raise kind(seconds=time_limit) from None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_exception: object) -> None:
        await self.close()

    async def close(self) -> None:
        """Release what every mode used so far holds between proofs; ``async with`` does it too."""
        for backend in self._backends.values():
            await backend.close()


def this_machine(environ: Mapping[str, str], *, allow_download: bool = True) -> DownloadingInstallation:
    """Where bb and the CRS are kept: ``TEE_REX_HOME`` of ``environ``, else the platform's data folder.

    allow_download: whether missing files may be downloaded, each checked against its pinned SHA-256.
    """
    from tee_rex.updates.pins import current_pins

    paths = Paths.from_environment(environ)
    return DownloadingInstallation(paths, current_pins(paths), allow_download=allow_download)


def read_request(untrusted_steps: bytes, circuits: KnownCircuits | None = None) -> ProofRequest:
    """The request for a transaction in the form of Aztec's ``serializePrivateExecutionSteps``.

    Trusted setup and Aztec version are read from it. circuits: those that are known, such as
    ``installation.pins.circuits``; by default those of this release. Raises an InputError for anything
    malformed or beyond the limits (50 MB, 512 circuits).
    """
    return ProofRequest.recognised(ExecutionSteps.from_bytes(untrusted_steps), circuits=circuits)


def local_prover(
    installation: Installation,
    *,
    threads: int | None = None,
    memory_limit: int | None = None,
    keep_warm: bool = False,
) -> Prover:
    """A prover on this machine, one proof at a time; see ProverConfig for the options."""
    config = ProverConfig(installation, threads=threads, memory_limit=memory_limit, keep_warm=keep_warm)
    return build_prover(config, ProvingMode.LOCAL)


def remote_prover(installation: Installation, url: str, *, server_key: str | None = None) -> Prover:
    """A prover on a server, whose operator can read the witness; the proof is verified here.

    url, server_key: see ProverConfig. Raises SERVER_URL_INVALID, SERVER_URL_INSECURE, FINGERPRINT_INVALID.
    """
    config = ProverConfig(installation, prover_url=url, server_key=server_key)
    return build_prover(config, ProvingMode.REMOTE)


def enclave_prover(installation: Installation, url: str, *, builds: tuple[ExpectedPcrs, ...] = ()) -> Prover:
    """A prover inside a Nitro enclave; nobody can read the witness, and nothing is sent before it attested.

    builds: the approved ones (``ExpectedPcrs(pcr0=bytes.fromhex(…))``); none: those of TEE-Rex's releases.
    The document must be fresh, genuine and of such a build, and its bb one that this release pins; else the
    proof raises an AttestationError. Raises SERVER_URL_INVALID, SERVER_URL_INSECURE.
    """
    config = ProverConfig(installation, tee_url=url, approved_builds=builds or None)
    return build_prover(config, ProvingMode.TEE)


async def verify(
    installation: Installation,
    proof: ChonkProof,
    request: ProofRequest,
    *,
    progress: ProgressListener = ignore_progress,
) -> bool:
    """Whether ``proof`` is valid for the transaction of ``request``; takes about 0.3 s.

    progress: receives the progress of any download. Raises a MalformedProofError for a proof of another Aztec
    version, an UnusableEnvironmentError, or a ProvingError when bb itself fails.
    """
    from tee_rex.local.backend import verify_proof

    key = request.steps.final_verification_key
    return await verify_proof(installation, proof, key, request.setup, request.version, progress)
