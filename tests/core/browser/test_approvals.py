from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Coroutine
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from support.errors import raises, raises_code
from support.patience import PATIENCE, SOON
from tee_rex.browser import approvals as approving
from tee_rex.browser.approvals import COOLDOWN_SECONDS, MAX_PENDING, ApprovalQuestion, Approvals, Held
from tee_rex.browser.origins import Origin
from tee_rex.browser.sites import Readers, Site, SiteStore
from tee_rex.errors.catalogue.browser import (
    AUTHORIZATION_CANCELLED,
    AUTHORIZATION_COOLDOWN,
    AUTHORIZATION_TIMEOUT,
    ORIGIN_DENIED,
    SITES_UNREADABLE,
    TOO_MANY_ORIGINS,
)

AT = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
SITE = Origin.parse("https://app.example")
OTHER = Origin.parse("https://other.example")
LOCAL = Origin.parse("http://localhost:5173")
SERVER = ("https://prover.example",)


class User:
    """Somebody in front of the window, who sees one question and answers when the test says so."""

    def __init__(self) -> None:
        self.seen: list[ApprovalQuestion] = []
        self.withdrawn: list[ApprovalQuestion] = []
        self.shown: ApprovalQuestion | None = None
        self._answer: asyncio.Future[bool] | None = None

    async def ask(self, question: ApprovalQuestion) -> bool:
        assert self.shown is None, "two questions at once"
        self.seen.append(question)
        self.shown, self._answer = question, asyncio.get_running_loop().create_future()
        try:
            return await self._answer
        except asyncio.CancelledError:
            self.withdrawn.append(question)
            raise
        finally:
            self.shown = None

    async def sees(self, origin: Origin) -> ApprovalQuestion:
        async with asyncio.timeout(PATIENCE):
            while self.shown is None or self.shown.origin != origin:  # noqa: ASYNC110  # a step
                await asyncio.sleep(0)
        return self.shown

    def answers(self, *, allow: bool) -> None:
        assert self._answer is not None
        self._answer.set_result(allow)

    def closes_the_window(self) -> None:
        assert self._answer is not None
        self._answer.cancel()


class Clock:
    """Seconds that the test sets."""

    def __init__(self) -> None:
        self.seconds = 1_000.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def store(tmp_path: Path) -> SiteStore:
    return SiteStore.in_folder(tmp_path)


@pytest.fixture
def user() -> User:
    return User()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def approvals(store: SiteStore, user: User, clock: Clock) -> AsyncIterator[Approvals]:
    yield Approvals(store, user.ask, now=lambda: AT, clock=clock)
    await settled()
    assert asyncio.all_tasks() == {asyncio.current_task()}, "a task is left"


def started(work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
    return asyncio.create_task(work)


async def ended(task: Awaitable[None]) -> None:
    await asyncio.wait_for(task, PATIENCE)


async def cancelled(task: asyncio.Task[None]) -> None:
    task.cancel()
    with suppress(asyncio.CancelledError):
        await ended(task)


async def settled() -> None:
    """Everything that can go on has gone on."""
    for _ in range(20):
        await asyncio.sleep(0)


async def test_an_approval_is_asked_for_once_and_kept(
    approvals: Approvals, store: SiteStore, user: User
) -> None:
    asked = started(approvals.admit(SITE, ()))
    assert await user.sees(SITE) == ApprovalQuestion(SITE, (), asked_again=False)
    assert not approvals.approved(SITE, ())
    user.answers(allow=True)
    await ended(asked)
    await approvals.admit(SITE, ())
    await approvals.proved(SITE)
    assert store.read() == {SITE: Site(SITE, AT, (), AT, 1)}
    assert len(user.seen) == 1


async def test_a_denial_holds_for_its_origin_until_the_cooldown_ends(
    approvals: Approvals, user: User, clock: Clock
) -> None:
    asked = started(approvals.admit(SITE, ()))
    await user.sees(SITE)
    user.answers(allow=False)
    with raises(ORIGIN_DENIED):
        await ended(asked)
    clock.seconds += COOLDOWN_SECONDS - 1
    with raises(AUTHORIZATION_COOLDOWN) as cooldown:
        await approvals.admit(SITE, ())
    assert (cooldown.value.retry_after, cooldown.value.hint) == (1, "Try again in 1 s.")
    other = started(approvals.admit(OTHER, ()))
    await user.sees(OTHER)
    user.answers(allow=True)
    await ended(other)
    clock.seconds += 1
    again = started(approvals.admit(SITE, ()))
    await user.sees(SITE)
    user.answers(allow=True)
    await ended(again)


async def test_a_question_times_out_after_it_is_shown_not_while_it_waits(
    store: SiteStore, user: User, clock: Clock
) -> None:
    approvals = Approvals(store, user.ask, now=lambda: AT, clock=clock, answer_seconds=0.2)
    first, second = started(approvals.admit(SITE, ())), started(approvals.admit(OTHER, ()))
    with raises(AUTHORIZATION_TIMEOUT):
        await ended(first)
    await user.sees(OTHER)  # whose time begins only now
    user.answers(allow=True)
    await ended(second)
    assert [question.origin for question in user.withdrawn] == [SITE]
    with raises(AUTHORIZATION_COOLDOWN):
        await approvals.admit(SITE, ())


async def test_one_question_at_a_time_in_the_order_of_arrival(approvals: Approvals, user: User) -> None:
    origins = [Origin.parse(f"https://{name}.example") for name in "cab"]
    asked = [started(approvals.admit(origin, ())) for origin in origins]
    for origin in origins:
        await user.sees(origin)
        await settled()
        user.answers(allow=True)
    await ended(_all(asked))
    assert [question.origin for question in user.seen] == origins


async def _all(tasks: list[asyncio.Task[None]]) -> None:
    await asyncio.gather(*tasks)


async def test_requests_of_one_origin_share_a_question(approvals: Approvals, user: User) -> None:
    asked = [started(approvals.admit(SITE, ())) for _ in range(5)]
    await user.sees(SITE)
    await cancelled(asked.pop())
    user.answers(allow=True)
    await ended(_all(asked))
    assert len(user.seen) == 1


async def test_at_most_so_many_origins_are_pending(approvals: Approvals, user: User) -> None:
    asked = [
        started(approvals.admit(Origin.parse(f"https://{number}.example"), ()))
        for number in range(MAX_PENDING)
    ]
    await settled()
    with raises(TOO_MANY_ORIGINS):
        await approvals.admit(SITE, ())
    same = started(approvals.admit(Origin.parse("https://3.example"), ()))
    await settled()
    assert not same.done()
    for task in (*asked, same):
        await cancelled(task)
    room = started(approvals.admit(SITE, ()))
    await user.sees(SITE)
    user.answers(allow=True)
    await ended(room)


async def test_a_question_nobody_waits_for_is_withdrawn_and_the_next_is_shown(
    approvals: Approvals, user: User
) -> None:
    left, waits = started(approvals.admit(SITE, ())), started(approvals.admit(OTHER, ()))
    await user.sees(SITE)
    await cancelled(left)
    assert [question.origin for question in user.withdrawn] == [SITE]
    await user.sees(OTHER)
    again = started(approvals.admit(SITE, ()))  # no cooldown: nobody denied
    user.answers(allow=True)
    await ended(waits)
    await user.sees(SITE)
    user.answers(allow=True)
    await ended(again)


async def test_an_approval_holds_where_no_others_can_read(
    approvals: Approvals, store: SiteStore, user: User
) -> None:
    await store.approve(SITE, (), AT)
    assert approvals.approved(SITE, ())
    assert not approvals.approved(SITE, SERVER)
    asked = started(approvals.admit(SITE, SERVER))
    assert await user.sees(SITE) == ApprovalQuestion(SITE, SERVER, asked_again=True)
    user.answers(allow=True)
    await ended(asked)
    assert approvals.approved(SITE, SERVER)
    assert approvals.approved(SITE, ())
    assert not approvals.approved(SITE, ("https://another.example",))


async def test_a_request_that_joined_a_question_with_fewer_readers_is_asked_about_again(
    approvals: Approvals, user: User
) -> None:
    local, remote = started(approvals.admit(SITE, ())), started(approvals.admit(SITE, SERVER))
    await user.sees(SITE)
    user.answers(allow=True)
    await ended(local)
    question = await user.sees(SITE)
    assert (question.readers, question.asked_again) == (SERVER, True)
    user.answers(allow=False)
    with raises(ORIGIN_DENIED):
        await ended(remote)
    assert approvals.approved(SITE, ())


async def test_a_denial_of_more_readers_keeps_the_earlier_approval(
    approvals: Approvals, store: SiteStore, user: User
) -> None:
    await store.approve(SITE, (), AT)
    asked = started(approvals.admit(SITE, SERVER))
    await user.sees(SITE)
    user.answers(allow=False)
    with raises(ORIGIN_DENIED):
        await ended(asked)
    await approvals.admit(SITE, ())


async def test_revoking_ends_what_waits_for_an_answer(approvals: Approvals, user: User) -> None:
    asked = [started(approvals.admit(SITE, ())) for _ in range(2)]
    await user.sees(SITE)
    assert not await approvals.revoke(SITE)
    for task in asked:
        with raises(ORIGIN_DENIED):
            await ended(task)
    assert user.shown is None


async def test_revoking_ends_what_waits_or_proves(approvals: Approvals, store: SiteStore) -> None:
    await store.approve(SITE, (), AT)
    await store.approve(OTHER, (), AT)
    proofs = [started(hold(approvals, origin)) for origin in (SITE, SITE, OTHER)]
    await settled()
    assert await approvals.revoke(SITE)
    for task in proofs[:2]:
        with raises(ORIGIN_DENIED):
            await ended(task)
    assert not proofs[2].done()
    await cancelled(proofs[2])
    assert set(store.read()) == {OTHER}


async def test_who_waits_or_proves_is_told(store: SiteStore) -> None:
    told: list[Held] = []
    approvals = Approvals(store, None, now=lambda: AT, clock=Clock(), allow_all=True, on_held=told.append)
    first, second = started(hold(approvals, SITE)), started(hold(approvals, OTHER))
    await settled()
    await cancelled(first)
    await cancelled(second)
    assert told == [(SITE,), (SITE, OTHER), (OTHER,), ()]


async def test_another_process_revokes(approvals: Approvals, store: SiteStore) -> None:
    await store.approve(SITE, (), AT)
    proof = started(hold(approvals, SITE))
    await settled()
    await SiteStore(store.file).revoke(SITE)
    with raises(ORIGIN_DENIED):
        await asyncio.wait_for(proof, SOON)


async def test_a_file_that_cannot_be_read_for_a_moment_revokes_nothing(
    approvals: Approvals, store: SiteStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(approving, "_SECONDS_BETWEEN_LOOKS", 0.05)
    await store.approve(SITE, (), AT)
    looks: list[bool] = []

    def approved(origin: Origin, readers: Readers) -> bool:
        looks.append(looked_up(origin, readers))
        return looks[-1]

    looked_up, content = approvals.approved, store.file.read_bytes()
    monkeypatch.setattr(approvals, "approved", approved)
    proof = started(hold(approvals, SITE))
    async with asyncio.timeout(PATIENCE):
        store.file.write_text("{")
        while not looks:  # noqa: ASYNC110  # at once after the look
            await asyncio.sleep(0)
        store.file.write_bytes(content)
        while len(looks) < 4:  # noqa: ASYNC110
            await asyncio.sleep(0)
    assert (looks[:4], proof.done()) == ([False, True, True, True], False)
    await cancelled(proof)


async def test_who_is_admitted_while_the_file_is_written_is_ended_too(
    approvals: Approvals, store: SiteStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    await store.approve(SITE, (), AT)
    late: list[asyncio.Task[None]] = []

    async def revoke(itself: SiteStore, origin: Origin) -> bool:
        late.append(started(hold(approvals, SITE)))
        await settled()
        return await revoke_from_file(itself, origin)

    revoke_from_file = SiteStore.revoke
    monkeypatch.setattr(SiteStore, "revoke", revoke)
    await approvals.revoke(SITE)
    with raises(ORIGIN_DENIED):
        await ended(late[0])


async def test_what_finishes_although_it_was_revoked_gives_nothing(
    approvals: Approvals, store: SiteStore
) -> None:
    await store.approve(SITE, (), AT)

    async def prove() -> None:
        async with approvals.holding(SITE):
            with suppress(asyncio.CancelledError):
                await asyncio.Event().wait()
        pytest.fail("the site got its proof")

    proof = started(prove())
    await settled()
    await approvals.revoke(SITE)
    with raises(ORIGIN_DENIED):
        await ended(proof)


async def test_cancelling_a_proof_is_no_denial(approvals: Approvals, store: SiteStore) -> None:
    await store.approve(SITE, (), AT)
    proof = started(hold(approvals, SITE))
    await settled()
    proof.cancel()
    with pytest.raises(asyncio.CancelledError):
        await ended(proof)


async def test_an_error_of_the_proof_passes(approvals: Approvals, store: SiteStore) -> None:
    await store.approve(SITE, (), AT)
    with pytest.raises(ValueError, match="of the proof"):
        async with approvals.holding(SITE):
            raise ValueError("of the proof")
    async with approvals.holding(None):
        pass


async def hold(approvals: Approvals, origin: Origin) -> None:
    async with approvals.holding(origin):
        await asyncio.Event().wait()


async def test_the_window_closes(approvals: Approvals, user: User) -> None:
    shown, waits = started(approvals.admit(SITE, ())), started(approvals.admit(OTHER, ()))
    await user.sees(SITE)
    approvals.withdraw_questions()
    for task in (shown, waits):
        with raises(AUTHORIZATION_CANCELLED):
            await ended(task)
    assert user.shown is None
    asked = started(approvals.admit(SITE, ()))
    await user.sees(SITE)
    user.closes_the_window()
    with raises(AUTHORIZATION_CANCELLED):
        await ended(asked)


async def test_a_damaged_file_approves_nobody(approvals: Approvals, store: SiteStore, user: User) -> None:
    await store.approve(SITE, (), AT)
    store.file.write_bytes(b"{")
    assert not approvals.approved(SITE, ())
    with raises_code(SITES_UNREADABLE):
        await approvals.admit(SITE, ())
    with raises_code(SITES_UNREADABLE):
        await approvals.revoke(SITE)
    await approvals.proved(SITE)
    assert store.file.read_bytes() == b"{"
    assert user.seen == []


async def test_a_bug_in_the_window_reaches_who_waits(store: SiteStore) -> None:
    async def ask(_question: ApprovalQuestion) -> bool:
        raise ZeroDivisionError

    approvals = Approvals(store, ask, now=lambda: AT, clock=Clock())
    with pytest.raises(ZeroDivisionError):
        await approvals.admit(SITE, ())
    with pytest.raises(ZeroDivisionError):
        await approvals.admit(SITE, ())


@pytest.mark.parametrize("readers", [(), SERVER], ids=["nobody", "server"])
async def test_headless(store: SiteStore, clock: Clock, readers: tuple[str, ...]) -> None:
    approvals = Approvals(store, None, now=lambda: AT, clock=clock, allowed=frozenset({OTHER}))
    await approvals.admit(LOCAL, readers)
    await approvals.admit(OTHER, readers)
    with raises(ORIGIN_DENIED):
        await approvals.admit(SITE, readers)
    await store.approve(SITE, readers, AT)  # tee-rex sites allow
    await approvals.admit(SITE, readers)
    everyone = Approvals(store, None, now=lambda: AT, clock=clock, allow_all=True)
    await everyone.admit(Origin.parse("https://any.example"), readers)
    async with everyone.holding(Origin.parse("https://any.example")):
        await settled()


async def test_with_a_window_pages_of_this_machine_are_asked_about_too(
    approvals: Approvals, user: User
) -> None:
    asked = started(approvals.admit(LOCAL, ()))
    await user.sees(LOCAL)
    await cancelled(asked)
