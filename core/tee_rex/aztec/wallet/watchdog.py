"""Detects a bridge that hangs, and a node that keeps the bridge waiting."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from tee_rex.aztec.wallet.protocol import Heartbeat
from tee_rex.errors.catalogue.aztec import BRIDGE_CALL_TIMED_OUT, BRIDGE_SILENT, NODE_STALLED

CHECK_SECONDS: Final = 1.0
_SUSPENDED_SECONDS: Final = 10.0


@dataclass(frozen=True, slots=True)
class CallTimeouts:
    """How many seconds a call may go on without progress.

    silence: without any message, though a heartbeat is due every second: its event loop hangs, or it is
    stopped. node: without a byte from the node while it waits for one. progress: without either a message
    other than heartbeats or a byte from the node.
    """

    silence: float = 60.0
    node: float = 120.0
    progress: float = 900.0


class BridgeWatchdog:
    """When a bridge last sent a message, and when it last made progress. clock: seconds, monotonic."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """Start the clocks."""
        self._clock = clock
        self._waiting = 0
        self._received = 0
        self._checked = self._last_message = self._last_progress = clock()

    def restart(self) -> None:
        """Restart the clocks: a call begins, or the bridge no longer waits for us."""
        self._checked = self._last_message = self._last_progress = self._clock()

    def on_message(self, heartbeat: Heartbeat | None) -> None:
        """The bridge has sent a message; ``heartbeat``: if it was only that."""
        self._last_message = self._clock()
        if heartbeat is None or heartbeat.received != self._received:
            self._last_progress = self._last_message
        if heartbeat is not None:
            self._waiting, self._received = heartbeat.waiting, heartbeat.received

    def check(self, timeouts: CallTimeouts, method: str) -> None:
        """Raise BRIDGE_SILENT, NODE_STALLED or BRIDGE_CALL_TIMED_OUT; call it every CHECK_SECONDS.

        Time during which this process itself was stopped (Ctrl-Z) does not count: nothing was read then.
        """
        now = self._clock()
        if now - self._checked > _SUSPENDED_SECONDS:
            self.restart()
        self._checked = now
        if now - self._last_message > timeouts.silence:
            raise BRIDGE_SILENT(seconds=timeouts.silence, method=method)
        stalled = now - self._last_progress
        if self._waiting and stalled > timeouts.node:
            raise NODE_STALLED(seconds=timeouts.node)
        if stalled > timeouts.progress:
            raise BRIDGE_CALL_TIMED_OUT(method=method, seconds=timeouts.progress)
