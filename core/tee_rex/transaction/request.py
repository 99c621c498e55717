"""What every mode has in common: the request, the result, and the interface of its backend."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from enum import StrEnum

from tee_rex.errors.catalogue import transaction as errors
from tee_rex.transaction.events import AttestationReport, ProofListener, ProofTimings
from tee_rex.transaction.generations import KnownCircuits, generation_of
from tee_rex.transaction.proof import ChonkProof
from tee_rex.transaction.steps import ExecutionSteps, generation_of_key
from tee_rex.transaction.trusted_setup import TrustedSetup
from tee_rex.transaction.versions import AztecVersion

FINAL_CIRCUIT_PREFIX = "hiding_kernel"
"""Every transaction ends with hiding_kernel_to_rollup or, with public calls, hiding_kernel_to_public."""


class ProvingMode(StrEnum):
    """Where a proof is made.

    LOCAL: on this machine. REMOTE: on a server, whose operator can read the witness. TEE: in an enclave,
    whose operator cannot.
    """

    LOCAL = "local"
    REMOTE = "remote"
    TEE = "tee"


def recognised(
    final_verification_key: bytes,
    *,
    asserted_setup: TrustedSetup | None = None,
    asserted_version: AztecVersion | None = None,
    circuits: KnownCircuits | None = None,
) -> tuple[TrustedSetup, AztecVersion]:
    """The trusted setup and Aztec version of a transaction, by its last circuit's key.

    An unknown key counts as genuine. The key tells the generation alone: the version is the asserted one,
    else the generation's default. circuits: those of this release by default. Raises STEPS_BAD_VK,
    SETUP_MISMATCH, AZTEC_VERSION_MISMATCH, AZTEC_GENERATION_UNKNOWN or STEPS_INCOMPLETE (InputErrors).
    """
    circuit = (circuits or KnownCircuits.shipped()).recognise(final_verification_key)
    if circuit and not circuit.name.startswith(FINAL_CIRCUIT_PREFIX):
        raise errors.STEPS_INCOMPLETE(circuit=circuit.name)
    setup = circuit.setup if circuit else TrustedSetup.GENUINE
    if asserted_setup is not None and asserted_setup is not setup:
        raise errors.SETUP_MISMATCH(setup=setup.value, asserted=asserted_setup.value)
    generation = generation_of_key(final_verification_key)
    if asserted_version is not None and generation_of(asserted_version) != generation:
        raise errors.AZTEC_VERSION_MISMATCH(found=str(generation), asserted=str(asserted_version))
    return setup, asserted_version or generation.default


@dataclass(frozen=True, slots=True)
class ProofRequest:
    """Steps to prove, with their trusted setup and Aztec version.

    version: the one wanted; the bb of another version with the same circuits may prove it. required_bb: the
    SHA-256 (64 hex digits) of the only bb that may; for the local mode alone, whose server promised it.
    """

    steps: ExecutionSteps
    setup: TrustedSetup
    version: AztecVersion
    required_bb: str | None = None

    @classmethod
    def recognised(
        cls,
        steps: ExecutionSteps,
        *,
        asserted_setup: TrustedSetup | None = None,
        asserted_version: AztecVersion | None = None,
        circuits: KnownCircuits | None = None,
    ) -> ProofRequest:
        """Recognise setup and version by the last circuit's key; raises as :func:`recognised` does."""
        setup, version = recognised(
            steps.final_verification_key,
            asserted_setup=asserted_setup,
            asserted_version=asserted_version,
            circuits=circuits,
        )
        return cls(steps, setup, version)


@dataclass(frozen=True, slots=True)
class BbIdentity:
    """Which bb made a proof: its version, and the SHA-256 of its file.

    approved_by_user: the user vouches for it; otherwise it is pinned.
    """

    version: AztecVersion
    sha256: str
    approved_by_user: bool = False


@dataclass(frozen=True, slots=True)
class ProofResult:
    """A proof and how it was made.

    version: the one wanted. bb: None when a server has not attested which one proved. claimed_bb: the version
    of the bb that such a server says it used, which nothing confirms. verified: True when bb on this machine
    has verified it, None when no bb is installed. peak_memory_bytes: of bb on this machine; None when it ran
    elsewhere. attestation: of the server in TEE mode.
    """

    proof: ChonkProof
    mode: ProvingMode
    setup: TrustedSetup
    version: AztecVersion
    bb: BbIdentity | None
    verified: bool | None
    timings: ProofTimings
    peak_memory_bytes: int | None
    attestation: AttestationReport | None = None
    claimed_bb: AztecVersion | None = None


class ProverBackend(ABC):
    """Makes proofs in one mode."""

    @abstractmethod
    async def prove(self, request: ProofRequest, listener: ProofListener) -> ProofResult:
        """Make one proof; raises a TeeRexError. Cancelling it leaves nothing running."""

    @abstractmethod
    async def close(self) -> None:
        """Release resources held between proofs."""
