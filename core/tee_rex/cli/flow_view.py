"""A flow on the terminal: its steps while they run, and the breakdown of its time."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol

from tee_rex.aztec.flows import events
from tee_rex.aztec.flows.report import FlowKind, FlowReport, FlowStep, Preparation, StepPhase, StepReport
from tee_rex.aztec.wallet.data import wallets_folder
from tee_rex.cli import proof_view
from tee_rex.errors.message import printable
from tee_rex.system.progress import TaskProgress
from tee_rex.terminal.console import amount_text, say, show_task_progress, stderr_console
from tee_rex.transaction.events import CircuitEnded, CircuitStarted, PhaseStarted, ProofEvent
from tee_rex.transaction.trusted_setup import TrustedSetup

if TYPE_CHECKING:
    from rich.progress_bar import ProgressBar
    from rich.text import Text

    from tee_rex.cli.prover_config import ChosenProver
    from tee_rex.settings.paths import Paths

_STEP_LABELS = {
    FlowStep.DEPLOY_ACCOUNT: "Deploy account",
    FlowStep.DEPLOY_SECOND_ACCOUNT: "Deploy second account",
    FlowStep.DEPLOY_TOKEN: "Deploy token",
    FlowStep.MINT: "Mint 1,000",
    FlowStep.TRANSFER: "Transfer 500",
    FlowStep.CHECK_BALANCES: "Check balances",
}
_PREPARATIONS = {
    Preparation.NODE: "Connecting to the node",
    Preparation.RUNTIME: "Checking the wallet's files",
    Preparation.BRIDGE: "Starting the wallet",
    Preparation.WALLET: "Opening the wallet",
}
_PHASES = {
    StepPhase.SIMULATE: "Simulating",
    StepPhase.PROVE: "Proving",
    StepPhase.SEND: "Sending",
    StepPhase.CONFIRM: "Waiting for a block",
}
_FLOWS = {FlowKind.ACCOUNT: "Deploying an account", FlowKind.TOKEN: "Running the token flow"}
_TIMES = ("simulate", "prove", "send", "confirm", "total")
_BAR_WIDTH = 40
_TABLE_WIDTH = 66


class _Screen(Protocol):
    """Displays a flow."""

    def activity(self, text: str) -> None:
        """Show the current activity."""

    def line(self, text: str) -> None:
        """Print a line that stays."""

    def task(self, progress: TaskProgress) -> None:
        """Show the progress of a download or computation."""


def announce(kind: FlowKind, chosen: ChosenProver) -> None:
    """Print on stderr what will be done, and who could read the witness."""
    say(f"{_FLOWS[kind]}, proving in {chosen.mode} mode{proof_view.server_text(chosen)}")
    proof_view.announce_readers(chosen)


@contextmanager
def show_flow() -> Iterator[events.FlowListener]:
    """A listener that displays a flow's events on stderr."""
    display = _spinner() if sys.stderr.isatty() else _plain_lines()
    with display as screen:
        yield lambda event: _show(event, screen)


@contextmanager
def _plain_lines() -> Iterator[_Screen]:
    with show_task_progress() as show_task:

        class Lines:
            def activity(self, text: str) -> None:
                pass

            def line(self, text: str) -> None:
                say(text)

            def task(self, progress: TaskProgress) -> None:
                show_task(progress)

        yield Lines()


@contextmanager
def _spinner() -> Iterator[_Screen]:
    """One live display for activities and tasks, because two would overwrite each other."""
    from rich.progress import BarColumn, Progress, SpinnerColumn, Task, TaskID, TextColumn, TimeElapsedColumn
    from rich.text import Text

    class Bar(BarColumn):
        def render(self, task: Task) -> ProgressBar | Text:  # type: ignore[override]  # rich renders either
            return super().render(task) if task.fields["amount"] else Text()

    console = stderr_console()
    with Progress(
        SpinnerColumn(),
        TextColumn("{task.description}", markup=False),
        TimeElapsedColumn(),
        Bar(bar_width=20),
        TextColumn("{task.fields[amount]}", markup=False),
        console=console,
        transient=True,
    ) as rows:
        row = rows.add_task("", total=None, amount="")

        class Terminal:
            def __init__(self) -> None:
                self._tasks: dict[str, TaskID] = {}

            def activity(self, text: str) -> None:
                for task in self._tasks.values():
                    rows.remove_task(task)
                self._tasks.clear()
                rows.update(row, description=text)

            def line(self, text: str) -> None:
                console.print(_styled(text))

            def task(self, progress: TaskProgress) -> None:
                if progress.task not in self._tasks:
                    self._tasks[progress.task] = rows.add_task(progress.label, amount=" ")
                rows.update(
                    self._tasks[progress.task],
                    completed=progress.done,
                    total=progress.total,
                    amount=amount_text(progress),
                )

        yield Terminal()


def _styled(line: str) -> Text:
    from rich.text import Text

    styles = {"!": "yellow", "✓": "bold green"}
    text = Text(printable(line), style=styles.get(line[:1], ""))
    if line.startswith("  "):
        text.stylize("dim")
    return text


def _show(event: events.FlowEvent, screen: _Screen) -> None:
    match event:
        case TaskProgress():
            screen.task(event)
        case events.ProofProgress(_, proof_event):
            _show_proof(proof_event, screen)
        case events.PreparationStarted(preparation):
            screen.activity(_PREPARATIONS[preparation])
        case events.NetworkFound(network):
            if network.crs == TrustedSetup.DEVELOPMENT:
                screen.line(f"! {proof_view.DEVELOPMENT_WARNING}")
            screen.line(
                f"Network: {network.name}, chain {network.chain_id}, Aztec {network.node_version}, "
                f"{network.crs} setup ({network.url})"
            )
        case events.WalletRetried(attempt, attempts, error):
            screen.line(
                f"! {error.title}: {error.message} "
                f"Rebuilding its store, then trying again ({attempt + 1} of {attempts})."
            )
        case events.FlowStepStarted(step, index, count):
            screen.line(f"{index + 1}/{count} {_STEP_LABELS[step]}")
        case events.StepPhaseStarted(_, phase):
            screen.activity(_PHASES[phase])
        case events.TransactionSimulated(_, simulation):
            functions = len(simulation.functions)
            screen.line(f"  simulated in {_seconds(simulation.total_ms)} ({functions} functions)")
        case events.TransactionProved(_, proof):
            verified = ", verified" if proof.verified else ""
            screen.line(f"  proved in {_seconds(proof.total_ms)}{verified}")
        case events.TransactionSent(_, transaction, explorer_url):
            screen.line(f"  sent {explorer_url or transaction}")
        case events.TransactionConfirmed(_, _, block):
            screen.line(f"  in block {block}")
        case events.FlowStepEnded(report, _, _) if report.balances:
            amounts = ", ".join(f"{balance.amount:,}" for balance in report.balances)
            screen.line(f"  balances {amounts}")
        case _:
            pass


def _show_proof(event: ProofEvent, screen: _Screen) -> None:
    match event:
        case TaskProgress():
            screen.task(event)
        case PhaseStarted(phase):
            screen.activity(proof_view.PHASE_LABELS[phase])
        case CircuitStarted(index, count, name):
            screen.activity(f"Proving: {index + 1}/{count} {name}")
        case CircuitEnded():
            pass
        case _:
            if line := proof_view.server_news(event):
                screen.line(f"  {line}")


def show_report(report: FlowReport, paths: Paths) -> None:
    """Print the result and the breakdown of the time on stdout, and on stderr where the keys are."""
    from rich.table import Table
    from rich.text import Text

    from tee_rex.terminal.console import stdout_console

    console = stdout_console()
    insecure = bool(report.network and report.network.crs == TrustedSetup.DEVELOPMENT)
    console.print()
    console.print(
        Text("✓ Done", style="bold green"),
        f"in {_seconds(report.steps_ms)}",
        "(development setup, INSECURE)" if insecure else "",
    )
    console.print()
    if console.width < _TABLE_WIDTH:
        for step in report.steps:
            times = (f"{name} {time}" for name, time in zip(_TIMES, _times(step), strict=True) if time)
            console.print(f"{_STEP_LABELS[step.step]}: {', '.join(times)}")
    else:
        table = Table(box=None, pad_edge=False, header_style="dim")
        table.add_column("")
        for name in _TIMES:
            table.add_column(name, justify="right")
        table.add_column("")
        longest = max((step.total_ms or 0 for step in report.steps), default=0) or 1
        width = min(_BAR_WIDTH, console.width - _TABLE_WIDTH)
        for step in report.steps:
            table.add_row(_STEP_LABELS[step.step], *_times(step), _bar(step, longest, width))
        console.print(table)
    console.print()
    for account in report.accounts:
        console.print(
            printable(f"Account {account.alias}: {account.explorer_url or account.address}"), markup=False
        )
    if report.token is not None:
        token = report.token
        console.print(
            printable(f"Token {token.name} ({token.symbol}): {token.explorer_url or token.address}"),
            markup=False,
        )
    if report.steps_ms and report.overhead_ms is not None:
        share = report.overhead_ms / report.steps_ms
        console.print(
            f"Overhead beyond bb, the wallet's simulation and the network: {_seconds(report.overhead_ms)} "
            f"({share:.1%})"
        )
    overlap = sum(step.overlap_ms or 0.0 for step in report.steps)
    restarts = sum(step.proof.restarts for step in report.steps if step.proof)
    if overlap:
        again = f"; bb had to start again {restarts} times" if restarts else ""
        console.print(f"Proved while the wallet still simulated: {_seconds(overlap)}{again}")
    for used in dict.fromkeys(proof_view.bb_text(step.proof) for step in report.steps if step.proof):
        console.print(used, markup=False)
    if report.network is not None:
        folder = wallets_folder(paths, TrustedSetup(report.network.crs))
        say(f"These accounts are for tests: their keys are in {folder}, unencrypted, accessible to you only.")


def _times(step: StepReport) -> tuple[str, ...]:
    simulate = step.simulate.total_ms if step.simulate else None
    return tuple(map(_seconds, (simulate, step.prove_ms, step.send_ms, step.confirm_ms, step.total_ms)))


def _bar(step: StepReport, longest: float, width: int) -> Text:
    from rich.text import Text

    bar = Text()
    simulate = step.simulate.total_ms if step.simulate else 0.0
    parts = (
        (simulate, "blue"),
        ((step.prove_ms or 0.0) - (step.overlap_ms or 0.0), "cyan"),  # the rest, while it was simulated
        (step.send_ms, "magenta"),
        (step.confirm_ms, "bright_black"),
    )
    for ms, style in parts:
        bar.append("━" * int(width * (ms or 0) / longest), style=style)
    return bar


def _seconds(ms: float | None) -> str:
    return "" if ms is None else f"{ms / 1000:.2f} s"
