"""A proof on the terminal: progress bars, or plain lines elsewhere; and the breakdown of its time."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from tee_rex.errors.catalogue.system import NO_NETWORK
from tee_rex.errors.message import printable
from tee_rex.settings.resolve import SettingSource
from tee_rex.system.progress import TaskProgress
from tee_rex.terminal.console import Style, say, show_task_progress, stderr_console
from tee_rex.transaction import events
from tee_rex.transaction.report import ProofReport
from tee_rex.transaction.request import ProofRequest, ProofResult, ProvingMode
from tee_rex.transaction.trusted_setup import TrustedSetup

if TYPE_CHECKING:
    from rich.console import Console

    from tee_rex.cli.prover_config import ChosenProver
    from tee_rex.errors import TeeRexError

PHASE_LABELS = {
    events.Phase.PREPARE: "Checking the steps, bb and the CRS",
    events.Phase.START: "Starting the prover",
    events.Phase.ACCUMULATE: "Proving the circuits",
    events.Phase.FINAL_PROOF: "Final proof, with bb's self-check",
    events.Phase.SERIALIZE: "Serializing the steps",
    events.Phase.FETCH_ATTESTATION: "Fetching the server's key",
    events.Phase.ENCRYPT: "Encrypting",
    events.Phase.TRANSMIT: "Sending",
    events.Phase.QUEUE: "Waiting in the server's queue",
    events.Phase.PROVING: "Proving on the server",
    events.Phase.PROVED: "Requesting the proof",
    events.Phase.RECEIVE: "Receiving the proof",
    events.Phase.VERIFY: "Verifying the proof locally",
}

_BAR_WIDTH = 40
_A_MINUTE_AND_HALF = 90
_NAME_WIDTH = 40
"""Most circuit names are shorter; a longer one only shifts its time to the right."""

READERS = {
    ProvingMode.LOCAL: "Nobody else can read the witness: it stays on this machine.",
    ProvingMode.REMOTE: "The server's operator, and whoever terminates its TLS, could read the witness.",
    ProvingMode.TEE: "Nobody outside the attested enclave can read the witness, not even its operator.",
}

DEVELOPMENT_WARNING = (
    "INSECURE development setup: anyone can forge proofs under it. For tests and demos only."
)


def no_genuine_crs(obstacle: TeeRexError) -> str:
    """One line: why the sample is that of the development setup. Downloading the CRS tells the details."""
    why = f"{obstacle.title}, so the development setup is used."
    return why if obstacle.title == NO_NETWORK else f"{why} For the reason, run: tee-rex crs download"


def announce(request: ProofRequest, source: str, chosen: ChosenProver) -> None:
    """Print on stderr what will be proved, and who could read it.

    The development setup always gets its warning.
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
    """Print on stderr who could read the witness; attestations without a nonce always get a warning."""
    say(READERS[chosen.mode])
    if chosen.mode is ProvingMode.TEE and not chosen.config.nonce_required:
        say("! Without a nonce, a replayed attestation may pass.", Style.WARNING)


@contextmanager
def show_proof(circuit_count: int) -> Iterator[events.ProofListener]:
    """A listener that displays a proof's events on stderr."""
    display = _bars(circuit_count) if sys.stderr.isatty() else _plain_lines()
    with display as listener:
        yield listener


@contextmanager
def _plain_lines() -> Iterator[events.ProofListener]:
    with show_task_progress() as show_task:
        proving_on_server = False

        def show(event: events.ProofEvent) -> None:
            nonlocal proving_on_server
            match event:
                case TaskProgress():
                    show_task(event)
                case events.PhaseStarted(events.Phase.ACCUMULATE):
                    pass
                case events.PhaseStarted(phase):
                    proving_on_server = phase is events.Phase.PROVING
                    say(f"{PHASE_LABELS[phase]} …")
                case events.CircuitEnded(index, count, timing):
                    seconds = (timing.load_ms + timing.accumulate_ms) / 1000
                    say(f"  {index + 1:>{len(str(count))}}/{count} {timing.name} {seconds:.2f} s")
                case events.PhaseEnded(events.Phase.FINAL_PROOF | events.Phase.PROVING, ms):
                    say(f"  done in {ms / 1000:.2f} s")
                case events.CircuitStarted(index, count, name) if proving_on_server:
                    say(f"  {index + 1:>{len(str(count))}}/{count} {name}")
                case _:
                    if line := server_news(event):
                        say(f"  {line}")

        yield show


@contextmanager
def _bars(circuit_count: int) -> Iterator[events.ProofListener]:
    from rich import progress

    console = stderr_console()

    with (
        show_task_progress() as show_task,
        progress.Progress(
            progress.SpinnerColumn(),
            progress.TextColumn("{task.description}", markup=False),
            progress.BarColumn(),
            progress.MofNCompleteColumn(),
            progress.TimeElapsedColumn(),
            console=console,
            transient=True,
        ) as bars,
    ):
        # The final proof takes about as long as four circuits of an account deployment.
        row = bars.add_task("", total=circuit_count + 1)

        def show(event: events.ProofEvent) -> None:
            match event:
                case TaskProgress():
                    show_task(event)
                case events.PhaseStarted(events.Phase.ACCUMULATE):
                    pass
                case events.PhaseStarted(phase):
                    bars.update(row, description=PHASE_LABELS[phase])
                case events.CircuitStarted(index, _, name):
                    bars.update(row, description=name, completed=index)
                case events.BytesSent(sent, total):
                    bars.update(row, description=f"Sending {sent / 1e6:.1f} of {total / 1e6:.1f} MB")
                case events.PhaseEnded(events.Phase.PROVING):
                    bars.update(row, completed=circuit_count + 1)
                case events.CircuitEnded(index, count, timing):
                    bars.update(row, completed=index + 1)
                    seconds = (timing.load_ms + timing.accumulate_ms) / 1000
                    _print_done(console, f"{index + 1:>2}/{count} {timing.name:<{_NAME_WIDTH}}", seconds)
                case events.PhaseEnded(events.Phase.FINAL_PROOF, ms):
                    bars.update(row, advance=1)
                    label = PHASE_LABELS[events.Phase.FINAL_PROOF]
                    _print_done(console, f"{label:<{_NAME_WIDTH + 6}}", ms / 1000)
                case _:
                    if line := server_news(event):
                        console.print(f"  {line}")

        yield show


def _print_done(console: Console, what: str, seconds: float) -> None:
    from rich.text import Text

    console.print(Text.assemble("  ", ("✓", "green"), f" {what} ", (f"{seconds:6.2f} s", "dim")))


def server_news(event: events.ProofEvent) -> str | None:
    """A line about an event other than phases and circuits; None if it needs none."""
    match event:
        case events.AttestationExamined(report) if report.genuine and report.code is None:
            pcr0 = (report.pcrs or {}).get("0", "")
            return f"✓ Attested: {printable(report.module_id or '')}, PCR0 {pcr0[:16]}…"
        case events.QueuePosition(position, seconds):
            return queue_place(position, seconds)
        case events.RetryScheduled(seconds, busy):
            return f"{'The server is busy' if busy else 'No response'}: retrying in {seconds:g} s"
        case events.ServerSilent(seconds):
            return f"No response for {seconds:.0f} s: still trying"
        case events.ServerAnswered():
            return "The server responds again"
        case events.ProofRestarted(lost_ms):
            return f"Other circuits than announced: bb starts again ({lost_ms / 1000:.1f} s lost)"
        case events.FinalProofStarted():
            return PHASE_LABELS[events.Phase.FINAL_PROOF]
        case _:
            return None


def queue_place(position: int, seconds: float | None) -> str:
    """The place in a server's queue, and how long until its turn: "third in line, about 40 s"."""
    place = f"{_ordinal(position + 1)} in line"
    if seconds is None:
        return place
    return f"{place}, about {_rounded(seconds)}"


def _ordinal(number: int) -> str:
    words = {1: "next", 2: "second", 3: "third"}
    teens = number % 100 in range(11, 14)
    suffix = "th" if teens else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return words.get(number, f"{number}{suffix}")


def _rounded(seconds: float) -> str:
    """An estimate without false precision."""
    if seconds < _A_MINUTE_AND_HALF:
        return f"{max(5, round(seconds / 5) * 5)} s"
    return f"{round(seconds / 60)} min"


def show_result(result: ProofResult) -> None:
    """Print the verdict and the breakdown of the time on stdout."""
    from rich.table import Table
    from rich.text import Text

    from tee_rex.terminal.console import stdout_console

    console = stdout_console()
    timings = result.timings
    console.print()
    verdict = {
        True: "✓ Proof made and verified",
        None: "! Proof made, not verified: bb is not installed, or does not run here",
    }
    console.print(
        Text(
            verdict.get(result.verified, "✗ Invalid proof"),
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
    console.print(f"{bb_text(ProofReport.of_result(result))}{memory}")
    if result.mode is not ProvingMode.LOCAL:
        console.print(READERS[result.mode])
    console.print(f"Proof: {result.proof.field_count:,} fields, SHA-256 {result.proof.sha256}")


def bb_text(report: ProofReport) -> str:
    """Which bb proved, and who vouches for it."""
    if report.bb is not None:
        approved = ", approved by you" if report.bb.approved_by_user else ""
        return f"bb {report.bb.version} ({report.bb.sha256[:12]}…{approved})"
    if report.claimed_bb_version is not None:
        return f"bb {report.claimed_bb_version}, as the server says"
    return "bb chosen by the server"
