from __future__ import annotations

from support.errors import raises
from tee_rex.aztec.wallet.protocol import Heartbeat
from tee_rex.aztec.wallet.watchdog import CHECK_SECONDS, BridgeWatchdog, CallTimeouts
from tee_rex.errors.catalogue.aztec import BRIDGE_CALL_TIMED_OUT, BRIDGE_SILENT, NODE_STALLED

TIMEOUTS = CallTimeouts(silence=60, node=120, progress=900)


class Clock:
    """A clock that a test advances."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


class Watched:
    """A bridge whose heartbeat never changes."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.watchdog = BridgeWatchdog(self.clock)
        self.watchdog.restart()

    def pass_seconds(self, seconds: int, heartbeat: Heartbeat | None) -> None:
        for _ in range(seconds):
            self.clock.now += CHECK_SECONDS
            if heartbeat is not None:
                self.watchdog.on_message(heartbeat)
            self.watchdog.check(TIMEOUTS, "open")


def test_a_silent_bridge_hangs() -> None:
    watched = Watched()
    watched.pass_seconds(60, None)
    with raises(BRIDGE_SILENT, match="60 seconds during open"):
        watched.pass_seconds(1, None)


def test_a_node_that_sends_nothing_is_reported() -> None:
    watched = Watched()
    watched.watchdog.on_message(Heartbeat(waiting=1, received=5))
    watched.pass_seconds(120, Heartbeat(waiting=1, received=5))
    with raises(NODE_STALLED, match="120 seconds"):
        watched.pass_seconds(1, Heartbeat(waiting=1, received=5))


def test_a_synchronisation_may_take_hours() -> None:
    watched = Watched()
    for received in range(200):
        watched.pass_seconds(50, Heartbeat(waiting=1, received=received))


def test_a_call_without_progress_times_out() -> None:
    watched = Watched()
    watched.pass_seconds(900, Heartbeat(waiting=0, received=0))
    with raises(BRIDGE_CALL_TIMED_OUT, match="900 seconds"):
        watched.pass_seconds(1, Heartbeat(waiting=0, received=0))


def test_any_message_but_a_heartbeat_is_progress() -> None:
    watched = Watched()
    watched.pass_seconds(100, Heartbeat(waiting=1, received=0))
    watched.watchdog.on_message(None)
    watched.pass_seconds(100, Heartbeat(waiting=1, received=0))


def test_time_while_this_process_was_stopped_does_not_count() -> None:
    watched = Watched()
    watched.pass_seconds(50, None)
    watched.clock.now += 3600
    watched.watchdog.check(TIMEOUTS, "open")
    watched.pass_seconds(59, None)
