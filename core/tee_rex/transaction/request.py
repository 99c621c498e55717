"""What every way of proving has in common: what it is asked, what it gives, and its interface."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from tee_rex.errors import InputError
from tee_rex.transaction.events import ProofListener, ProofTimings
from tee_rex.transaction.proof import ChonkProof
from tee_rex.transaction.protocol_circuits import recognise
from tee_rex.transaction.steps import ExecutionSteps
from tee_rex.transaction.trusted_setup import TrustedSetup
from tee_rex.transaction.versions import AztecVersion

if TYPE_CHECKING:
    from tee_rex.attestation.report import AttestationReport

FINAL_CIRCUIT_PREFIX = "hiding_kernel"
"""Every transaction ends with hiding_kernel_to_rollup or, with public calls, hiding_kernel_to_public."""


class ProvingMode(StrEnum):
    """Where a proof is made, and so who could read the witness: nobody else, the server, nobody else."""

    LOCAL = "local"
    REMOTE = "remote"
    TEE = "tee"


class SetupMismatchError(InputError):
    """The caller asserted one trusted setup, the steps belong to the other."""

    code = "SETUP_MISMATCH"
    title = "These steps belong to another trusted setup"
    default_hint = "Leave --crs away: the setup is read from the steps."


class UnknownAztecVersionError(InputError):
    """The final circuit is none that this release knows."""

    code = "AZTEC_VERSION_UNKNOWN"
    title = "These steps come from an unknown Aztec version"
    default_hint = "Record them with Aztec 4.1.2, or name the version to prove with by --aztec-version."


class IncompleteStepsError(InputError):
    """The final circuit is not the one that every transaction ends with."""

    code = "STEPS_INCOMPLETE"
    title = "The end of the transaction is missing"
    default_hint = "Give all of its execution steps; the last is a hiding kernel."


class AztecVersionMismatchError(InputError):
    """The caller asserted one Aztec version, the steps belong to another."""

    code = "AZTEC_VERSION_MISMATCH"
    title = "These steps come from another Aztec version"
    default_hint = "Leave --aztec-version away: the version is read from the steps."


def recognised(
    final_verification_key: bytes,
    *,
    asserted_setup: TrustedSetup | None = None,
    asserted_version: AztecVersion | None = None,
) -> tuple[TrustedSetup, AztecVersion]:
    """The trusted setup and Aztec version that a transaction's final key belongs to.

    A key that no table has counts as genuine, of the version asserted. Raises SetupMismatchError,
    AztecVersionMismatchError, IncompleteStepsError or UnknownAztecVersionError.
    """
    circuit = recognise(final_verification_key)
    if circuit and not circuit.name.startswith(FINAL_CIRCUIT_PREFIX):
        raise IncompleteStepsError(f"They end with {circuit.name}.")
    setup = circuit.setup if circuit else TrustedSetup.GENUINE
    if asserted_setup not in (None, setup):
        raise SetupMismatchError(f"They belong to the {setup} setup, not to the {asserted_setup} one.")
    version = AztecVersion.parse(circuit.aztec_version) if circuit else asserted_version
    if version is None:
        raise UnknownAztecVersionError("Their final circuit is none of the known protocol circuits.")
    if asserted_version not in (None, version):
        raise AztecVersionMismatchError(f"They are of Aztec {version}, not {asserted_version}.")
    return setup, version


@dataclass(frozen=True, slots=True)
class ProofRequest:
    """Steps to prove, with the trusted setup and the Aztec version that they belong to."""

    steps: ExecutionSteps
    setup: TrustedSetup
    version: AztecVersion

    @classmethod
    def recognised(
        cls,
        steps: ExecutionSteps,
        *,
        asserted_setup: TrustedSetup | None = None,
        asserted_version: AztecVersion | None = None,
    ) -> ProofRequest:
        """Read setup and version from the final circuit's key; raises as :func:`recognised` does."""
        setup, version = recognised(
            steps.final_verification_key, asserted_setup=asserted_setup, asserted_version=asserted_version
        )
        return cls(steps, setup, version)


@dataclass(frozen=True, slots=True)
class BbIdentity:
    """Which bb made a proof: the version it was pinned as, and the SHA-256 of its file."""

    version: AztecVersion
    sha256: str


@dataclass(frozen=True, slots=True)
class ProofResult:
    """A proof with all that is worth knowing about its making.

    bb: None when a server has not attested which one proved. verified: True when bb on this machine has
    verified it, None when no bb is installed to do so. peak_memory_bytes: of bb on this machine; None when it
    ran elsewhere. attestation: of the server in TEE mode.
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


class ProverBackend(ABC):
    """One way of making proofs."""

    @abstractmethod
    async def prove(self, request: ProofRequest, listener: ProofListener) -> ProofResult:
        """Make one proof; raises a TeeRexError. Cancelling it leaves nothing running."""

    @abstractmethod
    async def close(self) -> None:
        """Give back what is kept between proofs."""
