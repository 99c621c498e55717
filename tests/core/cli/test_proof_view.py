"""A proof on a real terminal, whose texts from outside are shown as they are."""

from __future__ import annotations

import os
import pty
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from typing import Any

import pytest

from tee_rex.aztec.flows import events as flow_events
from tee_rex.aztec.flows.report import FlowStep
from tee_rex.cli.flow_view import show_flow
from tee_rex.cli.proof_view import server_news, show_proof
from tee_rex.system.progress import TaskProgress
from tee_rex.terminal.console import show_task_progress
from tee_rex.transaction.events import CircuitEnded, CircuitStarted, CircuitTiming, QueuePosition

NAMES = ["[/x]", "[bold]b[/bold]", "[@click=quit]", ":heart:", "Token:transfer"]


def on_a_terminal(
    display: AbstractContextManager[Callable[[Any], None]], events: list[object], patch: pytest.MonkeyPatch
) -> str:
    """What the display writes about the events."""
    master, slave = pty.openpty()
    seen = bytearray()

    def watch() -> None:
        with suppress(OSError):  # the other end is closed
            while piece := os.read(master, 1 << 12):
                seen.extend(piece)

    watching = threading.Thread(target=watch)
    watching.start()
    with os.fdopen(slave, "w") as terminal:
        patch.setattr("sys.stderr", terminal)
        patch.setenv("NO_COLOR", "1")
        patch.setenv("COLUMNS", "100")
        with display as show:
            for event in events:
                show(event)
    watching.join()
    os.close(master)
    return seen.decode()


@pytest.mark.parametrize("name", NAMES)
def test_a_circuit_of_any_name(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    ended = CircuitEnded(0, 1, CircuitTiming(name, 500, 500))
    shown = on_a_terminal(show_proof(1), [CircuitStarted(0, 1, name), ended], monkeypatch)
    assert f" 1/1 {name} " in shown


@pytest.mark.parametrize("name", NAMES)
def test_a_flow_with_a_circuit_of_any_name(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    started = flow_events.ProofProgress(FlowStep.MINT, CircuitStarted(0, 1, name))
    sent = flow_events.TransactionSent(FlowStep.MINT, name, None)
    assert f"sent {name}" in on_a_terminal(show_flow(), [started, sent], monkeypatch)


@pytest.mark.parametrize("name", NAMES)
def test_a_task_of_any_name(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    progress = TaskProgress("task", name, 1, 2, "blocks")
    assert name in on_a_terminal(show_task_progress(), [progress], monkeypatch)


@pytest.mark.parametrize(
    ("position", "seconds", "shown"),
    [
        (0, None, "next in line"),
        (2, 38.0, "third in line, about 40 s"),
        (11, 1.0, "12th in line, about 5 s"),
        (21, 300.0, "22nd in line, about 5 min"),
    ],
)
def test_a_place_in_the_queue(position: int, seconds: float | None, shown: str) -> None:
    assert server_news(QueuePosition(position, seconds)) == shown
