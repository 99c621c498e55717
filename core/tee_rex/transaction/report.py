"""The report of a command that proves, as JSON: the same fields whether it went well or not."""

from __future__ import annotations

import msgspec

from tee_rex.errors import TeeRexError
from tee_rex.errors.report import ErrorReport
from tee_rex.transaction.events import AttestationReport, BbReport
from tee_rex.transaction.request import BbIdentity, ProofRequest, ProofResult, ProvingMode


class CircuitReport(msgspec.Struct, frozen=True):
    """One circuit's times in milliseconds. waited_ms: before it, for the wallet."""

    name: str
    load_ms: float
    accumulate_ms: float
    waited_ms: float = 0.0


class PhaseReport(msgspec.Struct, frozen=True):
    """One phase's time in milliseconds."""

    name: str
    ms: float


class ProofDigestReport(msgspec.Struct, frozen=True):
    """The proof: number of fields, length and SHA-256 of its wire form."""

    fields: int
    bytes: int
    sha256: str


class UsedBbReport(BbReport, frozen=True):
    """The bb of a proof. approved_by_user: the user vouches for it; otherwise it is pinned."""

    approved_by_user: bool = False

    @classmethod
    def of(cls, bb: BbIdentity) -> UsedBbReport:
        """The report of this bb."""
        return cls(str(bb.version), bb.sha256, bb.approved_by_user)


class ProofReport(msgspec.Struct, frozen=True, kw_only=True):
    """Fields as other programs read them; null where a proof did not get so far. Times in milliseconds.

    aztec_version: the one wanted. bb: what proved; null where a server has not attested it.
    claimed_bb_version: of the bb that such a server says it used. verified: true when bb has verified the
    proof on this machine, null when it was not verified here. restarts: how often bb had to start again,
    because the wallet made other circuits than it had announced.
    attestation: of the server in TEE mode, as ``tee-rex attest --json`` shows it.
    """

    mode: str
    crs: str | None = None
    verified: bool | None = None
    bb: UsedBbReport | None = None
    claimed_bb_version: str | None = None
    aztec_version: str | None = None
    circuits: tuple[CircuitReport, ...] = ()
    final_proof_ms: float | None = None
    prove_ms: float | None = None
    total_ms: float | None = None
    phases: tuple[PhaseReport, ...] = ()
    peak_memory_bytes: int | None = None
    restarts: int = 0
    proof: ProofDigestReport | None = None
    attestation: AttestationReport | None = None
    error: ErrorReport | None = None

    @classmethod
    def of_result(cls, result: ProofResult) -> ProofReport:
        """The report of a proof that was made."""
        timings = result.timings
        return cls(
            mode=result.mode,
            crs=result.setup,
            verified=result.verified,
            bb=UsedBbReport.of(result.bb) if result.bb else None,
            claimed_bb_version=None if result.claimed_bb is None else str(result.claimed_bb),
            aztec_version=str(result.version),
            circuits=tuple(
                CircuitReport(c.name, _rounded(c.load_ms), _rounded(c.accumulate_ms), _rounded(c.waited_ms))
                for c in timings.circuits
            ),
            final_proof_ms=None if timings.final_proof_ms is None else _rounded(timings.final_proof_ms),
            prove_ms=_rounded(timings.prove_ms),
            total_ms=_rounded(timings.total_ms),
            phases=tuple(PhaseReport(p.phase, _rounded(p.ms)) for p in timings.phases),
            peak_memory_bytes=result.peak_memory_bytes,
            restarts=timings.restarts,
            proof=ProofDigestReport(
                result.proof.field_count, len(result.proof.to_wire()), result.proof.sha256
            ),
            attestation=result.attestation,
        )

    @classmethod
    def of_failure(
        cls,
        mode: ProvingMode,
        request: ProofRequest | None,
        error: TeeRexError,
        attestation: AttestationReport | None = None,
    ) -> ProofReport:
        """The report of a proof that was not made.

        request: None when the input was not understood. attestation: if the server's was examined.
        """
        return cls(
            mode=mode,
            crs=request.setup if request else None,
            aztec_version=str(request.version) if request else None,
            attestation=attestation,
            error=ErrorReport.of(error),
        )

    def to_json(self) -> str:
        """Indented JSON."""
        return msgspec.json.format(msgspec.json.encode(self), indent=2).decode()


def _rounded(ms: float) -> float:
    return round(ms, 3)
