"""What every mode has in common: the request, the result, and the interface of its backend."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum

from tee_rex.errors import TeeRexError
from tee_rex.errors.catalogue import transaction as errors
from tee_rex.transaction.events import AttestationReport, ProofListener, ProofTimings
from tee_rex.transaction.generations import KnownCircuits, StepKind, generation_of
from tee_rex.transaction.proof import ChonkProof
from tee_rex.transaction.steps import ExecutionStep, ExecutionSteps, generation_of_key, unnamed_kinds
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
    """Steps to prove, with their trusted setup and Aztec version; the steps may still be arriving.

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


class StreamedRequest:
    """A request whose steps are handed over one by one, while it is proved.

    1. Announce setup, version, and the kinds of circuits to come.
    2. :meth:`add` each; every known circuit must be of this setup and generation, and where the setup is the
       development one, the first kernel and the last circuit must be known.
    3. :meth:`end`, when the last circuit is checked as ``ProofRequest.recognised`` does it. Whatever any of
       these raises also ends the proof.

    request: what to prove.
    """

    def __init__(
        self,
        kinds: Sequence[StepKind],
        setup: TrustedSetup,
        version: AztecVersion,
        circuits: KnownCircuits | None = None,
        required_bb: str | None = None,
    ) -> None:
        """circuits: those of this release by default. Raises as ``ExecutionSteps.announced`` does."""
        steps = ExecutionSteps.announced(kinds, generation_of(version))
        self.request = ProofRequest(steps, setup, version, required_bb)
        self._circuits = circuits or KnownCircuits.shipped()

    def expect(self, kinds: Sequence[StepKind]) -> None:
        """Correct what was announced; raises as ``ExecutionSteps.expect`` does."""
        with self._ending_on_error():
            self.request.steps.expect(kinds)

    def expect_count(self, count: int) -> None:
        """Correct what was announced, where steps do not name their kinds; raises as :meth:`expect`."""
        with self._ending_on_error():
            self.expect(unnamed_kinds(count))

    def add(self, index: int, step: ExecutionStep) -> None:
        """Add a step; raises as ``ExecutionSteps.add`` does, SETUP_MISMATCH or AZTEC_VERSION_MISMATCH."""
        with self._ending_on_error():
            self._check_circuit(step, first_kernel=index == 1)
            self.request.steps.add(index, step)

    def add_bytes(self, index: int, untrusted: bytes) -> None:
        """Add a step in its wire form; raises as ``ExecutionStep.from_bytes`` and :meth:`add` do."""
        with self._ending_on_error():
            self.add(index, ExecutionStep.from_bytes(untrusted))

    def end(self) -> None:
        """All have been added; raises STEPS_INCOMPLETE, or as :func:`recognised` does."""
        with self._ending_on_error():
            steps, request = self.request.steps, self.request
            if len(steps.steps) == len(steps.kinds):
                recognised(
                    steps.final_verification_key,
                    asserted_setup=request.setup,
                    asserted_version=request.version,
                    circuits=self._circuits,
                )
            steps.end()

    def fail(self, error: TeeRexError) -> None:
        """No more will come; the proof ends with ``error``."""
        self.request.steps.fail(error)

    def _check_circuit(self, step: ExecutionStep, *, first_kernel: bool) -> None:
        request = self.request
        circuit = self._circuits.recognise(step.verification_key)
        if circuit is None and not first_kernel:
            return
        setup = TrustedSetup.GENUINE if circuit is None else circuit.setup
        if setup is not request.setup:
            raise errors.SETUP_MISMATCH(setup=setup.value, asserted=request.setup.value)
        if circuit is not None and circuit.generation != request.steps.generation:
            raise errors.AZTEC_VERSION_MISMATCH(found=str(circuit.generation), asserted=str(request.version))

    @contextmanager
    def _ending_on_error(self) -> Iterator[None]:
        try:
            yield
        except TeeRexError as error:
            self.fail(error)
            raise


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
