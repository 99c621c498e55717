from __future__ import annotations

import pytest

from tee_rex.errors import TeeRexError
from tee_rex.errors.catalogue import servers as errors
from tee_rex.errors.tree import ServerBusyError
from tee_rex.http_client import retries
from tee_rex.http_client.retries import NO_ANSWER, NOT_SEEN, Retries
from tee_rex.provers import SERVER_TIME_LIMIT
from tee_rex.remote.client import DEFAULT_RETRIES
from tee_rex.transaction.events import ProofEvent, RetryScheduled

RETRIES = Retries(delays=(0.001, 0.002), patience=0.02)


async def _run(
    outcomes: list[TeeRexError | str], again_on: tuple[type[TeeRexError], ...]
) -> tuple[str, list[float]]:
    """The result, and the waits between attempts."""
    events: list[ProofEvent] = []

    async def attempt() -> str:
        outcome = outcomes.pop(0)
        if isinstance(outcome, str):
            return outcome
        raise outcome

    try:
        result = await RETRIES.run(attempt, again_on, events.append)
    except TeeRexError as error:
        result = error.code
    return result, [event.seconds for event in events if isinstance(event, RetryScheduled)]


_NEVER_CONNECTED = errors.SERVER_NEVER_CONNECTED(host="prover.example")
_LOST = errors.SERVER_UNREACHABLE(host="prover.example", reason="ReadError")
_FAILED = errors.SERVER_FAILED(answer="HTTP status 500")


def _busy(retry_after: float | None) -> ServerBusyError:
    return errors.SERVER_BUSY(answer="HTTP status 503", retry_after=retry_after)


@pytest.mark.parametrize(
    ("outcomes", "again_on", "expected"),
    [
        (["fine"], NOT_SEEN, ("fine", [])),
        ([_NEVER_CONNECTED, "fine"], NOT_SEEN, ("fine", [0.001])),
        ([_NEVER_CONNECTED] * 3, NOT_SEEN, ("SERVER_UNREACHABLE", [0.001, 0.002])),
        ([_LOST], NOT_SEEN, ("SERVER_UNREACHABLE", [])),
        ([_FAILED], NOT_SEEN, ("SERVER_FAILED", [])),
        ([errors.SERVER_ANSWER_INVALID()], NO_ANSWER, ("SERVER_ANSWER_INVALID", [])),
        ([_LOST, _FAILED, "fine"], NO_ANSWER, ("fine", [0.001, 0.002])),
        ([_busy(0.0), "fine"], (), ("fine", [0.01])),
        ([_busy(0.0)] * 9, (), ("SERVER_BUSY", [0.01, 0.01])),
        ([_busy(1.5)], NO_ANSWER, ("SERVER_BUSY", [])),
        ([_busy(None)], NO_ANSWER, ("SERVER_BUSY", [])),
    ],
)
async def test_only_requests_that_are_safe_to_repeat_are_retried(
    outcomes: list[TeeRexError | str],
    again_on: tuple[type[TeeRexError], ...],
    expected: tuple[str, list[float]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(retries, "SHORTEST_WAIT_SECONDS", 0.01)
    assert await _run(outcomes, again_on) == expected


def test_a_busy_server_is_reported_before_the_time_limit() -> None:
    assert DEFAULT_RETRIES.patience < SERVER_TIME_LIMIT
