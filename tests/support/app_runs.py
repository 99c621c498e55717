"""Runs of the history: proofs and flows, with measured times."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache

from tee_rex.aztec.flows.report import (
    FLOW_STEPS,
    FlowKind,
    FlowReport,
    FlowStep,
    FunctionReport,
    NetworkReport,
    Preparation,
    PreparationReport,
    SimulationReport,
    StepReport,
)
from tee_rex.errors.report import ErrorReport
from tee_rex.transaction.report import (
    CircuitReport,
    PhaseReport,
    ProofDigestReport,
    ProofReport,
    UsedBbReport,
)
from tee_rex.transaction.request import ProofRequest, ProvingMode
from tee_rex.transaction.samples import account_deployment
from tee_rex.transaction.steps import ExecutionSteps
from tee_rex.transaction.trusted_setup import TrustedSetup
from tee_rex_app.model.runs import Outcome, RunKind, RunRecord

AT = datetime(2026, 3, 14, 12, 50).astimezone()
SAMPLE = "Sample: deploy account"
# Measured with bb 4.1.2 on two cores: seconds for each circuit, then for the final proof.
CIRCUIT_SECONDS = (0.52, 0.64, 0.15, 1.28, 0.66, 1.40, 0.13, 1.35, 1.47, 1.54, 1.37)
FINAL_SECONDS = 6.28


@cache
def request() -> ProofRequest:
    """The sample."""
    return ProofRequest.recognised(ExecutionSteps.from_bytes(account_deployment(TrustedSetup.DEVELOPMENT)))


def report(pace: float, mode: ProvingMode = ProvingMode.LOCAL) -> ProofReport:
    """A proof of the sample; pace scales the measured times."""
    circuits = tuple(
        CircuitReport(name, 60.0 * pace, seconds * 1000 * pace - 60 * pace)
        for name, seconds in zip(request().steps.function_names, CIRCUIT_SECONDS, strict=True)
    )
    spent, final = sum(CIRCUIT_SECONDS) * 1000 * pace, FINAL_SECONDS * 1000 * pace
    phases: tuple[tuple[str, float], ...]
    if mode is ProvingMode.LOCAL:
        phases = (("prepare", 210.0), ("start", 99.0), ("accumulate", spent), ("final-proof", final))
    else:
        phases = (
            ("serialize", 40.0),
            ("fetch-attestation", 180.0),
            ("encrypt", 45.0),
            ("transmit", 620.0),
            ("proving", spent + final),
            ("receive", 60.0),
            ("verify", 240.0),
        )
    return ProofReport(
        mode=mode,
        crs=TrustedSetup.DEVELOPMENT,
        verified=True,
        bb=None if mode is ProvingMode.REMOTE else UsedBbReport("4.1.2", "51aee42c" * 8),
        claimed_bb_version="4.1.2" if mode is ProvingMode.REMOTE else None,
        aztec_version="4.1.2",
        circuits=circuits,
        final_proof_ms=final,
        prove_ms=spent + final,
        total_ms=sum(ms for _, ms in phases),
        phases=tuple(PhaseReport(name, ms) for name, ms in phases),
        peak_memory_bytes=266_000_000 if mode is ProvingMode.LOCAL else None,
        proof=ProofDigestReport(3216, 102_916, "4f06701cc0a94089" + "00" * 20 + "3328c2c0"),
    )


def history() -> tuple[RunRecord, ...]:
    """A few runs of every outcome."""

    def record(
        number: int, outcome: Outcome, made: ProofReport | None, total_ms: float, mode: str
    ) -> RunRecord:
        at = AT - timedelta(minutes=7 * (9 - number))
        source = SAMPLE if number != 4 else "token-transfer-with-a-long-name.msgpack"
        setup = TrustedSetup.DEVELOPMENT if made is not None else None
        return RunRecord(
            *(number, at, source, ProvingMode(mode), outcome, total_ms or None, made),
            setup=setup,
            proof_kept=number > 5,
        )

    local, slow = report(1.0), report(1.6)
    remote = report(0.25, ProvingMode.REMOTE)
    error = ErrorReport("BB_KILLED", "The prover was killed", "It was terminated by SIGKILL.", "")
    return (
        record(9, Outcome.VERIFIED, local, local.total_ms or 0.0, "local"),
        record(8, Outcome.CANCELLED, None, 3_200.0, "local"),
        record(7, Outcome.VERIFIED, remote, remote.total_ms or 0.0, "remote"),
        record(6, Outcome.FAILED, ProofReport(mode="local", error=error), 8_400.0, "local"),
        record(5, Outcome.VERIFIED, slow, slow.total_ms or 0.0, "local"),
        record(4, Outcome.INTERRUPTED, None, 0.0, "local"),
    )


def three_modes() -> tuple[RunRecord, ...]:
    """The same proof in each mode."""
    local, remote = (run for run in history() if run.id in (9, 7))
    tee = replace(remote, id=8, mode=ProvingMode.TEE, started_at=AT - timedelta(minutes=4))
    return (local, tee, remote)


def many_runs(count: int) -> tuple[RunRecord, ...]:
    """Many runs over some weeks."""
    few = history()
    return tuple(
        replace(few[at % len(few)], id=20_000 - at, started_at=AT - timedelta(minutes=37 * at))
        for at in range(count)
    )


@cache
def flows() -> tuple[RunRecord, ...]:
    """A token flow in two modes, with measured times."""
    return tuple(
        RunRecord(
            21 - number,
            AT + timedelta(minutes=9 - 4 * number),
            "Token flow",
            mode,
            Outcome.VERIFIED,
            (flow := token_flow(pace, mode)).total_ms,
            None,
            flow,
            RunKind.FLOW,
            TrustedSetup.DEVELOPMENT,
        )
        for number, (pace, mode) in enumerate(((0.25, ProvingMode.REMOTE), (1.0, ProvingMode.LOCAL)))
    )


OVERLAP_MS = 1_900.0
"""While the wallet of a flow simulated, and its proof was made."""


def token_flow(pace: float, mode: ProvingMode, steps: int = 6) -> FlowReport:
    """A token flow; ``steps`` of it."""
    simulation = SimulationReport(
        2_950.0,
        sync_ms=420.0,
        functions=(
            FunctionReport("SchnorrAccount:entrypoint", 610.0),
            FunctionReport("SponsoredFPC:sponsor_unconditionally", 180.0),
            FunctionReport("Token:transfer_private_to_private", 540.0),
        ),
        kernels_ms=1_150.0,
    )
    made = []
    for step in FLOW_STEPS[FlowKind.TOKEN][:steps]:
        if step is FlowStep.CHECK_BALANCES:
            made.append(StepReport(step=step, simulate=SimulationReport(350.0, 90.0), total_ms=350.0))
            continue
        proof = report(pace, mode)
        prove = proof.total_ms or 0.0
        made.append(
            StepReport(
                step=step,
                simulate=simulation,
                proof=proof,
                prove_ms=prove,
                overlap_ms=OVERLAP_MS,
                send_ms=310.0,
                confirm_ms=3_700.0,
                total_ms=prove + 6_960.0 - OVERLAP_MS,
                transaction="0x1c4e" + "5b" * 30,
                block=7 + len(made),
            )
        )
    spent = sum(step.total_ms or 0.0 for step in made)
    return FlowReport(
        flow=FlowKind.TOKEN,
        mode=mode,
        aztec_version="4.1.2",
        network=network(),
        preparation=(
            PreparationReport(Preparation.NODE, 120.0),
            PreparationReport(Preparation.RUNTIME, 80.0),
            PreparationReport(Preparation.BRIDGE, 2_300.0),
            PreparationReport(Preparation.WALLET, 3_100.0),
        ),
        steps=tuple(made),
        steps_ms=spent,
        total_ms=spent + 5_600.0,
    )


def network() -> NetworkReport:
    """A local network."""
    return NetworkReport(
        url="http://localhost:8080",
        name="local network",
        chain_id=31337,
        rollup_version=1,
        node_version="4.1.2",
        crs="development",
        real_proofs=False,
        proofs_required=False,
    )
