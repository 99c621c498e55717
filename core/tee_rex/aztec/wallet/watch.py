"""Telling a bridge that works from one that hangs, and from one that its node keeps waiting."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Final

import msgspec

from tee_rex.aztec.errors import BridgeHungError, NodeUnreachableError

_Count = Annotated[int, msgspec.Meta(ge=0)]

LOOK_SECONDS: Final = 1.0
_SUSPENDED_SECONDS: Final = 10.0


class Synchronisation(msgspec.Struct, frozen=True):
    """How far a long one has come: to ``block``, of the chain's last one, ``tip``."""

    block: _Count
    tip: _Count


class Activity(msgspec.Struct, frozen=True):
    """What a bridge tells every second.

    waiting: its requests that the node has not answered. received: bytes that have come from the node since
    its start. sync: of a synchronisation that takes longer than a moment.
    """

    waiting: _Count
    received: _Count
    sync: Synchronisation | None = None


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a call may go on without, in seconds.

    silence: a word, though one comes every second: its event loop stands still, or it is stopped. node: a
    byte from the node while one is waited for. work: either an answer or a byte from the node.
    """

    silence: float = 60.0
    node: float = 120.0
    work: float = 900.0


class BridgeWatch:
    """What a bridge has told, and when. clock: seconds that only grow."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """It has just been heard."""
        self._clock = clock
        self._waiting = 0
        self._received = 0
        self._looked = self._spoken = self._moved = clock()

    def begin(self) -> None:
        """From now on the time counts: a call begins, or what was waited for on this side has ended."""
        self._looked = self._spoken = self._moved = self._clock()

    def heard(self, activity: Activity | None) -> None:
        """It has said something; ``activity`` when it was only what it says every second."""
        self._spoken = self._clock()
        if activity is None or activity.received != self._received:
            self._moved = self._spoken
        if activity is not None:
            self._waiting, self._received = activity.waiting, activity.received

    def require_progress(self, patience: Patience, method: str) -> None:
        """Raise BridgeHungError, or NodeUnreachableError, when patience has ended; to be called each second.

        Time in which this process was itself stopped (Ctrl-Z) does not count: nothing was heard in it.
        """
        now = self._clock()
        if now - self._looked > _SUSPENDED_SECONDS:
            self.begin()
        self._looked = now
        if now - self._spoken > patience.silence:
            raise BridgeHungError(f"It said nothing for {patience.silence:g} seconds, in {method}.")
        still = now - self._moved
        if self._waiting and still > patience.node:
            raise NodeUnreachableError(
                f"The wallet has waited for {patience.node:g} seconds and received nothing."
            )
        if still > patience.work:
            raise BridgeHungError(f"It did not come to an end within {patience.work:g} seconds, in {method}.")
