"""Interrupting flows, and checking that none of their processes is left."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

import psutil
import pytest

from support.processes import running
from tee_rex.aztec.flows.events import FlowEvent, ProofProgress, StepPhaseStarted
from tee_rex.aztec.flows.report import FlowReport, StepPhase
from tee_rex.aztec.flows.runner import AztecFlow
from tee_rex.transaction.events import CircuitStarted

FLOW_PROGRAMS = ("bridge.mjs", "msgpack run")


def programs(name: str = "", parent: int | None = None) -> list[psutil.Process]:
    """The bridges and bb processes below ``parent`` (default: this process); all, or those of this name."""
    found = []
    for child in psutil.Process(parent).children(recursive=True):
        command = " ".join(child.cmdline()) if running(child.pid) else ""
        if any(one in command for one in ([name] if name else FLOW_PROGRAMS)):
            found.append(child)
    return found


def phase(wanted: StepPhase) -> Callable[[FlowEvent], bool]:
    """Whether an event begins this phase."""
    return lambda event: isinstance(event, StepPhaseStarted) and event.phase is wanted


def circuit(index: int) -> Callable[[FlowEvent], bool]:
    """Whether an event begins this circuit of a proof."""

    def matches(event: FlowEvent) -> bool:
        return (
            isinstance(event, ProofProgress)
            and isinstance(event.event, CircuitStarted)
            and (event.event.index == index)
        )

    return matches


class Interrupted:
    """A flow that is cancelled by ``cancel``, or at the event that ``moment`` matches.

    seconds: from the cancellation to its end.
    """

    def __init__(self, flow: AztecFlow, moment: Callable[[FlowEvent], bool] = lambda _event: False) -> None:
        """Start the flow."""
        self._flow = flow
        self._moment = moment
        self._cancelled_at = 0.0
        self.seconds = 0.0
        self._task = asyncio.create_task(flow.run(self._on_event))

    def cancel(self) -> None:
        """Cancel the flow; repeated calls do nothing."""
        if not self._cancelled_at:
            self._cancelled_at = time.monotonic()
            self._task.cancel()

    async def report(self) -> FlowReport:
        """Wait for the end; none of its processes may be left then, not even for a moment."""
        with pytest.raises(asyncio.CancelledError):
            await self._task
        self.seconds = time.monotonic() - self._cancelled_at
        assert not programs()
        return self._flow.report(cancelled=True)

    def _on_event(self, event: FlowEvent) -> None:
        if self._moment(event):
            self.cancel()
