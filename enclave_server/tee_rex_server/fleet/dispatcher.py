"""What a dispatcher does besides answering: it assigns tickets, tells watchers, and sweeps.

Everything it knows is in the database, so any number of dispatchers can run, and each can end at any time.
"""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Final

from tee_rex.errors import RefusedError
from tee_rex.wire.tickets import TicketState
from tee_rex_server.errors.fleet import TICKET_UNKNOWN
from tee_rex_server.fleet.database import CLOCK_STEP_SECONDS
from tee_rex_server.fleet.monitoring import fleet_load
from tee_rex_server.fleet.provers import LOST_SECONDS
from tee_rex_server.fleet.tickets import UNSEEN_SECONDS, Position

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence

    from structlog.typing import FilteringBoundLogger

    from tee_rex_server.fleet.database import Database
    from tee_rex_server.fleet.monitoring import FleetLoad
    from tee_rex_server.fleet.provers import Provers, RegisteredProver
    from tee_rex_server.fleet.tickets import Ticket, Tickets

HEARTBEAT_SECONDS: Final = 15.0
"""Longest silence of an event stream, as of servers."""
SWEEP_SECONDS: Final = 2.0
NOTE_SECONDS: Final = UNSEEN_SECONDS / 3
"""Between two notes in the database that a ticket is asked for: 10,000 at once take it a second."""
ASSIGN_SECONDS: Final = 1.0
"""After which it looks for free slots without being told, should a notification be lost."""
POSITIONS_SECONDS: Final = 0.25
"""Between two looks at the whole line, at least; one more second for each WATCHERS_A_SECOND watchers."""
OVERVIEW_SECONDS: Final = 0.5
WATCHERS_A_SECOND: Final = 2_000
_NOWHERE: Final = Position(0, None)


@dataclass(slots=True, eq=False)
class _Watched:
    """A ticket that somebody watches."""

    ticket: Ticket
    position: Position = _NOWHERE
    watchers: int = 0
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    def change(self, ticket: Ticket, position: Position) -> None:
        if (ticket, position) != (self.ticket, self.position):
            self.ticket, self.position = ticket, position
            self.changed.set()
            self.changed = asyncio.Event()


class Dispatcher:
    """One dispatcher's work; :meth:`run` does it."""

    def __init__(
        self, database: Database, tickets: Tickets, provers: Provers, log: FilteringBoundLogger
    ) -> None:
        self.tickets = tickets
        self.provers = provers
        self._database = database
        self._log = log
        self._watched: dict[int, _Watched] = {}
        self._seen: set[int] = set()
        self._noted: dict[int, float] = {}
        self._changed: set[int] = set()
        self._all_changed = True
        self._wake = asyncio.Event()
        self._assigning = asyncio.Lock()
        self._looking = asyncio.Lock()
        self._overview: tuple[float, Sequence[RegisteredProver], FleetLoad] | None = None
        self._calm_since = time.monotonic()

    @property
    def watchers(self) -> int:
        """Tickets that somebody watches here."""
        return len(self._watched)

    async def run(self, abandon: Callable[[Ticket], Awaitable[None]]) -> None:
        """Work until cancelled. abandon: ends the proof of an expired ticket at its prover."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._database.listen_forever(self._notified))
            tasks.create_task(self._assign_forever())
            tasks.create_task(self._show_positions_forever())
            tasks.create_task(self._sweep_forever(abandon))

    def saw(self, job: int) -> None:
        """Somebody asks for this ticket; noted in the database, unless that was just done."""
        self._seen.add(job)

    async def find(self, ticket: str) -> Ticket:
        """The ticket with this ID, which is kept alive so; raises TICKET_UNKNOWN."""
        found = await self.tickets.find(ticket)
        self.saw(found.job)
        return found

    async def position(self, ticket: Ticket) -> Position:
        """Where a ticket stands now."""
        return await self.tickets.position(ticket.job) if ticket.state is TicketState.WAITING else _NOWHERE

    async def overview(self) -> tuple[Sequence[RegisteredProver], FleetLoad]:
        """All provers and their load, at most OVERVIEW_SECONDS old: anybody may ask, at any rate."""
        async with self._looking:
            at = time.monotonic()
            if self._overview is None or at - self._overview[0] > OVERVIEW_SECONDS:
                self._overview = at, await self.provers.all(), await fleet_load(self._database)
            return self._overview[1:]

    async def assign_now(self) -> None:
        """Look for free slots at once, for a ticket that was just made or has ended."""
        async with self._assigning:  # what runs already may hold a prover's row, or be past it
            await self.tickets.assign()

    async def watch(self, ticket: str) -> AsyncGenerator[tuple[Ticket, Position] | None, None]:
        """Every change of a ticket until it ends, None after each HEARTBEAT_SECONDS without one.

        Raises TICKET_UNKNOWN at the first step.
        """
        found = await self.find(ticket)
        watched = self._watched.setdefault(found.job, _Watched(found))
        watched.watchers += 1
        try:
            watched.change(found, await self.position(found))
            shown: tuple[Ticket, Position] | None = None
            while True:
                self.saw(found.job)
                news, changed = (watched.ticket, watched.position), watched.changed
                if news != shown:
                    yield news
                    shown = news
                if news[0].state.ended:
                    return
                try:
                    async with asyncio.timeout(HEARTBEAT_SECONDS):
                        await changed.wait()
                except TimeoutError:
                    yield None
        finally:
            watched.watchers -= 1
            if not watched.watchers:
                self._watched.pop(found.job, None)

    def _notified(self, job: int | None) -> None:
        if job is None:
            self._all_changed = True
        else:
            self._changed.add(job)
        self._wake.set()

    async def _assign_forever(self) -> None:
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(ASSIGN_SECONDS):
                    await self._wake.wait()
            self._wake.clear()
            await self._guarded(self._assign_and_tell)

    async def _assign_and_tell(self) -> None:
        jobs = (
            [*self._watched] if self._all_changed else [job for job in self._changed if job in self._watched]
        )
        self._all_changed = False
        self._changed.clear()
        if jobs:
            states = await self.tickets.states(jobs)
            for job in jobs:
                watched, ticket = self._watched.get(job), states.get(job)
                if watched is not None and ticket is not None:
                    at = watched.position if ticket.state is TicketState.WAITING else _NOWHERE
                    watched.change(ticket, at)
        await self.assign_now()

    async def _show_positions_forever(self) -> None:
        while True:
            await asyncio.sleep(POSITIONS_SECONDS + len(self._watched) / WATCHERS_A_SECOND)
            if any(one.ticket.state is TicketState.WAITING for one in self._watched.values()):
                await self._guarded(self._show_positions)

    async def _show_positions(self) -> None:
        for job, position in (await self.tickets.line()).positions().items():
            watched = self._watched.get(job)
            if watched is not None and watched.ticket.state is TicketState.WAITING:
                watched.change(watched.ticket, position)

    async def _sweep_forever(self, abandon: Callable[[Ticket], Awaitable[None]]) -> None:
        """Note who was seen, and forget those who were not.

        Nobody is forgotten within UNSEEN_SECONDS of a time when being seen could not be noted, or noted
        wrongly: a start, a failure of the database, a step of its clock.
        """
        clock = await self._clock()
        while True:
            await asyncio.sleep(SWEEP_SECONDS)
            failures = self._database.failures
            await self._guarded(self._note_seen)
            before, clock = clock, await self._clock()
            if None in (before, clock) or self._database.failures != failures:
                self._calm_since = time.monotonic()
            elif before is not None and clock is not None and abs(clock - before) > CLOCK_STEP_SECONDS:
                self._log.warning("the database's clock was changed", seconds=round(clock - before))
                await self._guarded(self.tickets.restart_times)
                self._calm_since = time.monotonic()
            calm = time.monotonic() - self._calm_since
            if clock is not None and calm >= LOST_SECONDS:
                await self._guarded(partial(self._sweep_provers, clock))
            if clock is not None and calm >= UNSEEN_SECONDS:
                await self._guarded(partial(self._sweep_tickets, clock, abandon))

    async def _clock(self) -> float | None:
        """The database's clock, less this process's, which never steps; None while it does not answer."""
        with suppress(RefusedError):
            row = await self._database.row("SELECT extract(epoch FROM clock_timestamp())::float8 AS now")
            if row is not None:
                return float(row["now"]) - time.monotonic()
        return None

    async def _note_seen(self) -> None:
        now = time.monotonic()
        self._noted = {job: at for job, at in self._noted.items() if now - at < NOTE_SECONDS}
        due = (self._seen | self._watched.keys()) - self._noted.keys()
        if due:
            await self.tickets.saw(due)
            self._noted |= dict.fromkeys(due, now)
        self._seen.clear()

    async def _sweep_tickets(self, clock: float, abandon: Callable[[Ticket], Awaitable[None]]) -> None:
        for ticket in await self.tickets.sweep(clock + time.monotonic()):
            self._log.info("ticket expired", was=ticket.state)
            if ticket.state is TicketState.PROVING:
                await abandon(ticket)

    async def _sweep_provers(self, clock: float) -> None:
        for name in await self.provers.sweep(clock + time.monotonic()):
            self._log.warning("prover lost", name=name)

    async def _guarded(self, work: Callable[[], Awaitable[None]]) -> None:
        """Do it, and go on when the database does not answer."""
        try:
            await work()
        except RefusedError as error:
            self._log.warning("dispatcher cannot work", code=error.code)


def require_alive(ticket: Ticket) -> None:
    """Raise TICKET_UNKNOWN for one that has ended without a proof, other than by losing its prover."""
    if ticket.state in (TicketState.CANCELLED, TicketState.EXPIRED):
        raise TICKET_UNKNOWN()
