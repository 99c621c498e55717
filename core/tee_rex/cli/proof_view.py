"""A proof on the terminal: bars where there is one, plain lines elsewhere, and the breakdown at the end."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from tee_rex.backend import ProofRequest, ProofResult
from tee_rex.cli.console import Style, say, stderr_console, task_progress_shown
from tee_rex.progress import (
    CircuitEnded,
    CircuitStarted,
    Phase,
    PhaseEnded,
    PhaseStarted,
    ProofEvent,
    ProofListener,
)
from tee_rex.task_progress import TaskProgress
from tee_rex.trusted_setup import TrustedSetup

_PHASE_LABELS = {
    Phase.PREPARE: "Checking steps, prover and CRS",
    Phase.START: "Starting the prover",
    Phase.ACCUMULATE: "Circuits",
    Phase.FINAL_PROOF: "Final proof, verified by bb itself",
}

DEVELOPMENT_WARNING = (
    "INSECURE development setup: anyone can forge proofs under it. For tests and demos only."
)


def announce(request: ProofRequest, source: str) -> None:
    """Say on stderr what is going to be proved; the development setup never without its warning."""
    if request.setup is TrustedSetup.DEVELOPMENT:
        say(f"! {DEVELOPMENT_WARNING}", Style.WARNING)
    circuits = len(request.steps.steps)
    say(f"Proving {source}: {circuits} circuits, Aztec {request.version}, {request.setup} setup")


@contextmanager
def proof_shown(circuit_count: int) -> Iterator[ProofListener]:
    """A listener that shows a proof's events on stderr."""
    shown = _bars(circuit_count) if sys.stderr.isatty() else _plain_lines()
    with shown as listener:
        yield listener


@contextmanager
def _plain_lines() -> Iterator[ProofListener]:
    with task_progress_shown() as show_task:

        def show(event: ProofEvent) -> None:
            match event:
                case TaskProgress():
                    show_task(event)
                case PhaseStarted(Phase.ACCUMULATE):
                    pass
                case PhaseStarted(phase):
                    say(f"{_PHASE_LABELS[phase]} …")
                case CircuitEnded(index, count, timing):
                    seconds = (timing.load_ms + timing.accumulate_ms) / 1000
                    say(f"  {index + 1:>{len(str(count))}}/{count} {timing.name} {seconds:.2f} s")
                case PhaseEnded(Phase.FINAL_PROOF, ms):
                    say(f"  done in {ms / 1000:.2f} s")
                case _:
                    pass

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
        row = bars.add_task(_PHASE_LABELS[Phase.PREPARE], total=circuit_count + 1)

        def show(event: ProofEvent) -> None:
            match event:
                case TaskProgress():
                    show_task(event)
                case PhaseStarted(Phase.ACCUMULATE):
                    pass
                case PhaseStarted(phase):
                    bars.update(row, description=_PHASE_LABELS[phase])
                case CircuitStarted(_, _, name):
                    bars.update(row, description=name)
                case CircuitEnded(index, count, timing):
                    bars.update(row, completed=index + 1)
                    seconds = (timing.load_ms + timing.accumulate_ms) / 1000
                    console.print(
                        f"  [green]✓[/] {index + 1:>2}/{count} {timing.name} [dim]{seconds:.2f} s[/]"
                    )
                case PhaseEnded(Phase.FINAL_PROOF, ms):
                    bars.update(row, advance=1)
                    console.print(
                        f"  [green]✓[/] {_PHASE_LABELS[Phase.FINAL_PROOF]} [dim]{ms / 1000:.2f} s[/]"
                    )
                case _:
                    pass

        yield show


def show_result(result: ProofResult) -> None:
    """The verdict and where the time went, on stdout."""
    from rich.table import Table
    from rich.text import Text

    from tee_rex.cli.console import stdout_console

    console = stdout_console()
    timings = result.timings
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
        table.add_row(_PHASE_LABELS[phase.phase], f"{phase.ms / 1000:.2f} s", "█" * round(40 * share))
    console.print(table)
    memory = f", peak memory {result.peak_memory_bytes / 1e6:.0f} MB" if result.peak_memory_bytes else ""
    bb = f"bb {result.bb.version} ({result.bb.sha256[:12]}…)" if result.bb else "bb not told"
    console.print(f"{bb}{memory}")
    console.print(f"Proof: {result.proof.field_count:,} fields, SHA-256 {result.proof.sha256}")
