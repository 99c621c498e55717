"""Which websites may prove: asked once, remembered, revoked with immediate effect."""

from __future__ import annotations

import asyncio
import math
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, TypeAlias

from tee_rex.browser.origins import Origin
from tee_rex.browser.sites import Readers, SiteStore
from tee_rex.errors import TeeRexError
from tee_rex.errors.catalogue.browser import (
    AUTHORIZATION_CANCELLED,
    AUTHORIZATION_COOLDOWN,
    AUTHORIZATION_TIMEOUT,
    ORIGIN_DENIED,
    TOO_MANY_ORIGINS,
)
from tee_rex.system.threads import wait_until_done

MAX_PENDING: Final = 10
"""Origins whose question is shown or waits."""
ANSWER_SECONDS: Final = 60.0
COOLDOWN_SECONDS: Final = 30.0
_SECONDS_BETWEEN_LOOKS: Final = 1.0
"""At the file, for what another process revoked."""
_LOOKS: Final = 2
"""In a row that find no permission, before it counts as revoked: the file can be unreadable for a moment."""


@dataclass(frozen=True, slots=True)
class ApprovalQuestion:
    """Whether a site may prove from now on.

    readers: who could read the witness in the present mode. asked_again: the site was approved when some of
    them could not. local: it asks for what is proved on this machine, whatever the mode.
    """

    origin: Origin
    readers: Readers
    asked_again: bool
    local: bool = False


Ask: TypeAlias = Callable[[ApprovalQuestion], Awaitable[bool]]
"""Shows the question; True: approved. Cancelled when it times out, is revoked, or nobody can answer any more.

A page that closes does not withdraw it: else pages could let questions flash up.
"""

Held: TypeAlias = tuple[Origin, ...]
"""The sites that wait for a proof or get one, once for each, in the order in which they came."""


@dataclass(slots=True, eq=False)
class _Pending:
    """A question, and how many requests wait for its answer. refusal: why it was withdrawn."""

    origin: Origin
    task: asyncio.Task[None]
    waiting: int = 0
    refusal: TeeRexError | None = None


@dataclass(slots=True, eq=False)
class _Holder:
    """A task of a site that waits for a proof or makes one."""

    origin: Origin
    task: asyncio.Task[Any]
    ended: bool = False

    def end(self) -> None:
        if not self.ended:
            self.ended = True
            self.task.cancel()


class Approvals:
    """Who may prove. One question is shown at a time; the others wait in the order in which they came.

    ask: None where nobody can be asked; then pages of this machine (localhost) may prove, and every other
    site that is not approved is denied at once. now: the time of day, with its zone. clock: seconds, never
    set back. allowed: origins that may prove, whoever can read the witness. allow_all: so may every site.
    answer_seconds: how long a question is shown. on_held: told who waits for a proof or gets one, whenever
    that changes.
    """

    def __init__(
        self,
        store: SiteStore,
        ask: Ask | None,
        *,
        now: Callable[[], datetime],
        clock: Callable[[], float],
        allowed: frozenset[Origin] = frozenset(),
        allow_all: bool = False,
        answer_seconds: float = ANSWER_SECONDS,
        on_held: Callable[[Held], object] = lambda _held: None,
    ) -> None:
        self._store = store
        self._ask = ask
        self._now = now
        self._clock = clock
        self._allowed = allowed
        self._allow_all = allow_all
        self._answer_seconds = answer_seconds
        self._one_at_a_time = asyncio.Lock()
        self._pending: dict[Origin, _Pending] = {}
        self._holders: list[_Holder] = []
        self._on_held = on_held
        self._refused_until: dict[Origin, float] = {}

    def approved(self, origin: Origin, readers: Readers) -> bool:
        """Whether a site may prove where ``readers`` can read the witness; False if the file is damaged."""
        with suppress(TeeRexError):
            return self._holds(origin, readers)
        return False

    async def admit(self, origin: Origin, readers: Readers, *, local: bool = False) -> None:
        """Return when the site may prove where ``readers`` can read the witness, asking if needed.

        local: as of ApprovalQuestion.
        Raises ORIGIN_DENIED, AUTHORIZATION_TIMEOUT, AUTHORIZATION_CANCELLED, AUTHORIZATION_COOLDOWN,
        TOO_MANY_ORIGINS, and what SiteStore raises. The question is withdrawn when every task that waits for
        it is cancelled; the listener cancels none because its page closed.
        """
        while not self._holds(origin, readers):
            if self._ask is None:
                raise ORIGIN_DENIED(origin=str(origin))
            left = self._refused_until.get(origin, 0.0) - self._clock()
            if left > 0:
                raise AUTHORIZATION_COOLDOWN(origin=str(origin), seconds=math.ceil(left), retry_after=left)
            await self._answered(self._question_about(origin, readers, self._ask, local=local))

    @asynccontextmanager
    async def holding(self, origin: Origin | None) -> AsyncIterator[None]:
        """A waiting or running proof of an admitted site, cancelled when the site is revoked.

        Raises ORIGIN_DENIED then. None: a program, which needs no approval.
        """
        task = asyncio.current_task()
        if origin is None or task is None:
            yield
            return
        holder = _Holder(origin, task)
        cancelled_before = task.cancelling()
        self._holders.append(holder)
        self._tell_held()
        looking = asyncio.create_task(self._end_when_revoked(origin, holder))
        try:
            yield
        except BaseException as error:
            was_ours = holder.ended and task.uncancel() <= cancelled_before
            if was_ours and isinstance(error, asyncio.CancelledError):
                raise ORIGIN_DENIED(origin=str(origin)) from None
            raise
        else:
            if holder.ended:  # and the block finished nevertheless: the site gets nothing
                task.uncancel()
                raise ORIGIN_DENIED(origin=str(origin))
        finally:
            looking.cancel()
            self._holders.remove(holder)
            self._tell_held()

    async def proved(self, origin: Origin) -> None:
        """Count a proof of an approved site. A disk that refuses it costs nobody the proof."""
        with suppress(TeeRexError):
            await self._store.count_proof(origin, self._now())

    async def revoke(self, origin: Origin) -> bool:
        """Take the permission away, and end what the site waits for; False when there was no permission.

        Raises what SiteStore raises; what waits has ended also then.
        """
        self._end_all_of(origin)
        revoked = await self._store.revoke(origin)
        self._end_all_of(origin)  # admitted while the file was being written
        return revoked

    def withdraw_questions(self) -> None:
        """Withdraw every question, because nobody can answer any more."""
        for pending in list(self._pending.values()):
            self._withdraw(pending, AUTHORIZATION_CANCELLED(origin=str(pending.origin)))

    def _holds(self, origin: Origin, readers: Readers) -> bool:
        return self._always_allowed(origin) or self._accepted(origin, readers)

    def _always_allowed(self, origin: Origin) -> bool:
        headless_and_local = self._ask is None and origin.is_loopback
        return self._allow_all or origin in self._allowed or headless_and_local

    def _accepted(self, origin: Origin, readers: Readers) -> bool:
        site = self._store.read().get(origin)
        return site is not None and set(readers) <= set(site.readers)

    async def _end_when_revoked(self, origin: Origin, holder: _Holder) -> None:
        """Look at the file, which another process may have changed."""
        missed = 0
        while missed < _LOOKS:
            await asyncio.sleep(_SECONDS_BETWEEN_LOOKS)
            missed = 0 if self.approved(origin, ()) else missed + 1
        holder.end()

    def _question_about(self, origin: Origin, readers: Readers, ask: Ask, *, local: bool) -> _Pending:
        """The question that is shown or waits, else a new one."""
        if (pending := self._pending.get(origin)) is not None:
            return pending
        if len(self._pending) >= MAX_PENDING:
            raise TOO_MANY_ORIGINS(limit=MAX_PENDING)
        asking = self._ask_user(origin, readers, ask, local=local)
        pending = _Pending(origin, asyncio.create_task(asking))
        pending.task.add_done_callback(lambda _done: self._forget(pending))
        self._pending[origin] = pending
        return pending

    async def _answered(self, pending: _Pending) -> None:
        """Wait for the answer; raises what it refuses with."""
        refusal = AUTHORIZATION_CANCELLED(origin=str(pending.origin))
        pending.waiting += 1
        try:
            await asyncio.wait([pending.task])
        finally:
            pending.waiting -= 1
            if not pending.waiting:
                self._withdraw(pending, refusal)
                await wait_until_done(pending.task)
        if pending.task.cancelled():
            raise pending.refusal or refusal
        pending.task.result()

    async def _ask_user(self, origin: Origin, readers: Readers, ask: Ask, *, local: bool) -> None:
        """Show the question when its turn comes, and keep an approval."""
        async with self._one_at_a_time:
            if self._holds(origin, readers):  # approved by another process meanwhile
                return
            question = ApprovalQuestion(origin, readers, self._accepted(origin, ()), local)
            limit = asyncio.timeout(self._answer_seconds)
            try:
                async with limit:
                    allowed = await ask(question)
            except TimeoutError:
                if not limit.expired():
                    raise
                self._refuse_for_a_while(origin)
                raise AUTHORIZATION_TIMEOUT(origin=str(origin), seconds=self._answer_seconds) from None
            if not allowed:
                self._refuse_for_a_while(origin)
                raise ORIGIN_DENIED(origin=str(origin))
            await self._store.approve(origin, readers, self._now())

    def _end_all_of(self, origin: Origin) -> None:
        if (pending := self._pending.get(origin)) is not None:
            self._withdraw(pending, ORIGIN_DENIED(origin=str(origin)))
        for holder in self._holders:
            if holder.origin == origin:
                holder.end()

    def _tell_held(self) -> None:
        self._on_held(tuple(holder.origin for holder in self._holders))

    def _withdraw(self, pending: _Pending, refusal: TeeRexError) -> None:
        """Cancel a question that is not answered; the site can be asked about anew at once."""
        if not pending.task.done():
            pending.refusal = refusal
            pending.task.cancel()
            self._forget(pending)

    def _forget(self, pending: _Pending) -> None:
        if self._pending.get(pending.origin) is pending:
            del self._pending[pending.origin]
        if pending.task.done() and not pending.task.cancelled():
            pending.task.exception()  # retrieved, in case that nobody waits any more

    def _refuse_for_a_while(self, origin: Origin) -> None:
        at = self._clock()
        self._refused_until = {other: until for other, until in self._refused_until.items() if until > at}
        self._refused_until[origin] = at + COOLDOWN_SECONDS
