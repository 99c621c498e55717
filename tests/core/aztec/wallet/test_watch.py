from __future__ import annotations

import pytest

from tee_rex.aztec.errors import BridgeHungError, NodeUnreachableError
from tee_rex.aztec.wallet.watch import LOOK_SECONDS, Activity, BridgeWatch, Patience

PATIENCE = Patience(silence=60, node=120, work=900)


class Clock:
    """Seconds that pass when a test says so."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


class Watched:
    """A bridge that tells the same every second."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.watch = BridgeWatch(self.clock)
        self.watch.begin()

    def pass_seconds(self, seconds: int, activity: Activity | None) -> None:
        for _ in range(seconds):
            self.clock.now += LOOK_SECONDS
            if activity is not None:
                self.watch.heard(activity)
            self.watch.require_progress(PATIENCE, "open")


def test_a_bridge_that_says_nothing_hangs() -> None:
    watched = Watched()
    watched.pass_seconds(60, None)
    with pytest.raises(BridgeHungError, match="60 seconds, in open"):
        watched.pass_seconds(1, None)


def test_a_node_that_sends_nothing_is_named() -> None:
    watched = Watched()
    watched.watch.heard(Activity(waiting=1, received=5))
    watched.pass_seconds(120, Activity(waiting=1, received=5))
    with pytest.raises(NodeUnreachableError, match="120 seconds"):
        watched.pass_seconds(1, Activity(waiting=1, received=5))


def test_a_synchronisation_may_take_hours() -> None:
    watched = Watched()
    for received in range(200):
        watched.pass_seconds(50, Activity(waiting=1, received=received))


def test_work_without_the_node_may_take_long_and_not_for_ever() -> None:
    watched = Watched()
    watched.pass_seconds(900, Activity(waiting=0, received=0))
    with pytest.raises(BridgeHungError, match="900 seconds"):
        watched.pass_seconds(1, Activity(waiting=0, received=0))


def test_anything_but_the_pulse_is_progress() -> None:
    watched = Watched()
    watched.pass_seconds(100, Activity(waiting=1, received=0))
    watched.watch.heard(None)
    watched.pass_seconds(100, Activity(waiting=1, received=0))


def test_time_in_which_this_process_was_stopped_does_not_count() -> None:
    watched = Watched()
    watched.pass_seconds(50, None)
    watched.clock.now += 3600
    watched.watch.require_progress(PATIENCE, "open")
    watched.pass_seconds(59, None)
