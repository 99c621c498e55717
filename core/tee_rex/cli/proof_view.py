"""A proof on the terminal: bars where there is one, plain lines elsewhere, and the breakdown at the end."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from tee_rex.settings.resolve import SettingSource
from tee_rex.system.progress import TaskProgress
from tee_rex.system.text import printable
from tee_rex.terminal.console import Style, say, stderr_console, task_progress_shown
from tee_rex.transaction.events import (
    AttestationExamined,
    BytesSent,
    CircuitEnded,
    CircuitStarted,
    Phase,
    PhaseEnded,
    PhaseStarted,
    ProofEvent,
    ProofListener,
    QueuePosition,
    RetryScheduled,
)
from tee_rex.transaction.request import ProofRequest, ProofResult, ProvingMode
from tee_rex.transaction.trusted_setup import TrustedSetup

if TYPE_CHECKING:
    from tee_rex.cli.prover_config import ChosenProver

PHASE_LABELS = {
    Phase.PREPARE: "Checking steps, prover and CRS",
    Phase.START: "Starting the prover",
    Phase.ACCUMULATE: "Circuits",
    Phase.FINAL_PROOF: "Final proof, verified by bb itself",
    Phase.SERIALIZE: "Checking and writing the steps",
    Phase.FETCH_ATTESTATION: "Asking for the server's key",
    Phase.ENCRYPT: "Encrypting",
    Phase.TRANSMIT: "Sending",
    Phase.QUEUE: "Waiting for the server's prover",
    Phase.PROVING: "Proving on the server",
    Phase.PROVED: "Asking for the proof",
    Phase.RECEIVE: "Receiving the proof",
    Phase.VERIFY: "Verifying the proof here",
}

_BAR_WIDTH = 40
_NAME_WIDTH = 40
"""Most circuits' names are shorter; a longer one only pushes its time to the right."""

READERS = {
    ProvingMode.LOCAL: "Nobody else can read the witness: it stays on this machine.",
    ProvingMode.REMOTE: "The server's operator, and whoever ends its TLS, could read the witness.",
    ProvingMode.TEE: "Nobody outside the attested enclave could read the witness, its operator included.",
}

DEVELOPMENT_WARNING = (
    "INSECURE development setup: anyone can forge proofs under it. For tests and demos only."
)


def announce(request: ProofRequest, source: str, chosen: ChosenProver) -> None:
    """Say on stderr what is going to be proved, and who could read it.

    The development setup never goes without its warning.
    """
    if request.setup is TrustedSetup.DEVELOPMENT:
        say(f"! {DEVELOPMENT_WARNING}", Style.WARNING)
    circuits = len(request.steps.steps)
    say(f"Proving {source}: {circuits} circuits, Aztec {request.version}, {request.setup} setup")
    if chosen.server is not None:
        say(f"In {chosen.mode} mode{server_text(chosen)}")
    announce_readers(chosen)


def server_text(chosen: ChosenProver) -> str:
    """The text " on URL", with the setting that gave it unless it was an option; nothing in local mode."""
    if chosen.server is None:
        return ""
    origin = "" if chosen.server.source is SettingSource.FLAG else f" (from {chosen.server.origin})"
    return f" on {chosen.server.value}{origin}"


def announce_readers(chosen: ChosenProver) -> None:
    """Say on stderr who could read the witness; attestations without a nonce never go without a warning."""
    say(READERS[chosen.mode])
    if chosen.mode is ProvingMode.TEE and not chosen.config.nonce_required:
        say("! Without a nonce, a replayed attestation may pass.", Style.WARNING)


@contextmanager
def proof_shown(circuit_count: int) -> Iterator[ProofListener]:
    """A listener that shows a proof's events on stderr."""
    shown = _bars(circuit_count) if sys.stderr.isatty() else _plain_lines()
    with shown as listener:
        yield listener


@contextmanager
def _plain_lines() -> Iterator[ProofListener]:
    with task_progress_shown() as show_task:
        proving_on_server = False

        def show(event: ProofEvent) -> None:
            nonlocal proving_on_server
            match event:
                case TaskProgress():
                    show_task(event)
                case PhaseStarted(Phase.ACCUMULATE):
                    pass
                case PhaseStarted(phase):
                    proving_on_server = phase is Phase.PROVING
                    say(f"{PHASE_LABELS[phase]} …")
                case CircuitEnded(index, count, timing):
                    seconds = (timing.load_ms + timing.accumulate_ms) / 1000
                    say(f"  {index + 1:>{len(str(count))}}/{count} {timing.name} {seconds:.2f} s")
                case PhaseEnded(Phase.FINAL_PROOF | Phase.PROVING, ms):
                    say(f"  done in {ms / 1000:.2f} s")
                case CircuitStarted(index, count, name) if proving_on_server:
                    say(f"  {index + 1:>{len(str(count))}}/{count} {name}")
                case _:
                    if line := news(event):
                        say(f"  {line}")

        yield show


@contextmanager
def _bars(circuit_count: int) -> Iterator[ProofListener]:
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        SpinnerColumn,
        TextColumn,
        TimeElapsedColumn,
    )

    console = stderr_console()

    with (
        task_progress_shown() as show_task,
        Progress(
            SpinnerColumn(),
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            console=console,
            transient=True,
        ) as bars,
    ):
        # The final proof takes about as long as four circuits of an account deployment.
        row = bars.add_task("", total=circuit_count + 1)

        def show(event: ProofEvent) -> None:
            match event:
                case TaskProgress():
                    show_task(event)
                case PhaseStarted(Phase.ACCUMULATE):
                    pass
                case PhaseStarted(phase):
                    bars.update(row, description=PHASE_LABELS[phase])
                case CircuitStarted(index, _, name):
                    bars.update(row, description=name, completed=index)
                case BytesSent(sent, total):
                    bars.update(row, description=f"Sending {sent / 1e6:.1f} of {total / 1e6:.1f} MB")
                case PhaseEnded(Phase.PROVING):
                    bars.update(row, completed=circuit_count + 1)
                case CircuitEnded(index, count, timing):
                    bars.update(row, completed=index + 1)
                    seconds = (timing.load_ms + timing.accumulate_ms) / 1000
                    console.print(
                        f"  [green]✓[/] {index + 1:>2}/{count} {timing.name:<{_NAME_WIDTH}} "
                        f"[dim]{seconds:6.2f} s[/]"
                    )
                case PhaseEnded(Phase.FINAL_PROOF, ms):
                    bars.update(row, advance=1)
                    label = PHASE_LABELS[Phase.FINAL_PROOF]
                    console.print(f"  [green]✓[/] {label:<{_NAME_WIDTH + 6}} [dim]{ms / 1000:6.2f} s[/]")
                case _:
                    if line := news(event):
                        console.print(f"  {line}", markup=False)

        yield show


def news(event: ProofEvent) -> str | None:
    """What a server makes us tell beside the phases."""
    match event:
        case AttestationExamined(report) if report.genuine and report.code is None:
            pcr0 = (report.pcrs or {}).get("0", "")
            return f"✓ Attested: {printable(report.module_id or '')}, PCR0 {pcr0[:16]}…"
        case QueuePosition(position):
            return f"{position} before this one" if position else "next in the queue"
        case RetryScheduled(seconds):
            return f"No answer, or the server is busy: asking again in {seconds:g} s"
        case _:
            return None


def show_result(result: ProofResult) -> None:
    """The verdict and where the time went, on stdout."""
    from rich.table import Table
    from rich.text import Text

    from tee_rex.terminal.console import stdout_console

    console = stdout_console()
    timings = result.timings
    console.print()
    verdict = {True: "✓ Proof made and verified", None: "! Proof made, not verified: no bb is installed here"}
    console.print(
        Text(
            verdict.get(result.verified, "✗ Proof not valid"),
            style="bold green" if result.verified else "bold",
        ),
        f"in {timings.total_ms / 1000:.1f} s",
        f"({result.setup} setup{', INSECURE' if result.setup is TrustedSetup.DEVELOPMENT else ''})",
    )
    table = Table(box=None, pad_edge=False, show_header=False)
    table.add_column()
    table.add_column(justify="right")
    table.add_column()
    for phase in timings.phases:
        share = phase.ms / timings.total_ms
        bar = Text("━" * round(_BAR_WIDTH * share), style="cyan")
        table.add_row(PHASE_LABELS[phase.phase], f"{phase.ms / 1000:.2f} s", bar)
    console.print()
    console.print(table)
    console.print()
    memory = f", peak memory {result.peak_memory_bytes / 1e6:.0f} MB" if result.peak_memory_bytes else ""
    bb = f"bb {result.bb.version} ({result.bb.sha256[:12]}…)" if result.bb else "bb chosen by the server"
    console.print(f"{bb}{memory}")
    if result.mode is not ProvingMode.LOCAL:
        console.print(READERS[result.mode])
    console.print(f"Proof: {result.proof.field_count:,} fields, SHA-256 {result.proof.sha256}")
