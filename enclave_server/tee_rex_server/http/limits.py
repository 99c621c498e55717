"""How many proofs each client may request."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from tee_rex.errors.catalogue.http import RATE_LIMITED
from tee_rex.web.clients import client_key

if TYPE_CHECKING:
    from tee_rex.web.clients import Address
    from tee_rex_server.settings import Rate

_MAX_CLIENTS: Final = 100_000
"""The oldest windows are forgotten first; 20 MB."""


@dataclass(slots=True)
class _Window:
    """The proofs of one client until ``ends_at``, in seconds of the clock."""

    ends_at: float
    proofs: int = 0


class RateLimit:
    """A number of proofs for each client in each window, which starts with the first one."""

    def __init__(
        self, rate: Rate | None, *, exempt_loopback: bool, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """rate: None for no limit. exempt_loopback: false behind a proxy, where every peer is loopback.

        clock: seconds, monotonic, so that a change of the system's time opens or blocks no window.
        """
        self._rate = rate
        self._exempt_loopback = exempt_loopback
        self._clock = clock
        self._windows: dict[str, _Window] = {}  # oldest first, and so in the order in which they end

    def check(self, client: Address | None) -> None:
        """Raises RATE_LIMITED when ``client`` has used up its proofs."""
        rate = self._rate_of(client)
        window = self._windows.get(_key(client))
        if rate is None or window is None or window.proofs < rate.amount:
            return
        left = window.ends_at - self._clock()
        if left > 0:
            raise RATE_LIMITED(amount=rate.amount, seconds=rate.seconds, retry_after=math.ceil(left))

    def count(self, client: Address | None) -> None:
        """Count one proof of ``client``; raises RATE_LIMITED when it exceeds the limit."""
        rate = self._rate_of(client)
        if rate is None:
            return
        self.check(client)
        self._forget_ended()
        window = self._windows.setdefault(_key(client), _Window(self._clock() + rate.seconds))
        window.proofs += 1

    def give_back(self, client: Address | None) -> None:
        """Uncount one proof of ``client``, which failed through no fault of theirs."""
        window = self._windows.get(_key(client))
        if window is not None and window.proofs > 0:
            window.proofs -= 1

    def _rate_of(self, client: Address | None) -> Rate | None:
        exempt = self._exempt_loopback and client is not None and client.is_loopback
        return None if exempt else self._rate

    def _forget_ended(self) -> None:
        now = self._clock()
        while self._windows:
            key, window = next(iter(self._windows.items()))
            if window.ends_at > now and len(self._windows) < _MAX_CLIENTS:
                return
            del self._windows[key]


def _key(client: Address | None) -> str:
    return "" if client is None else client_key(client)
