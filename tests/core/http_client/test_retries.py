from __future__ import annotations

import pytest

from tee_rex.errors import TeeRexError
from tee_rex.http_client import retries
from tee_rex.http_client.retries import NO_ANSWER, NOT_SEEN, Retries
from tee_rex.provers import SERVER_TIME_LIMIT
from tee_rex.remote.backend import DEFAULT_RETRIES
from tee_rex.remote.errors import (
    BadServerAnswerError,
    NeverConnectedError,
    ServerBusyError,
    ServerFailedError,
    ServerUnreachableError,
)
from tee_rex.transaction.events import ProofEvent, RetryScheduled

RETRIES = Retries(delays=(0.001, 0.002), patience=0.02)


async def _run(
    outcomes: list[TeeRexError | str], again_on: tuple[type[TeeRexError], ...]
) -> tuple[str, list[float]]:
    """The result, and the waits between the tries."""
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


@pytest.mark.parametrize(
    ("outcomes", "again_on", "expected"),
    [
        (["fine"], NOT_SEEN, ("fine", [])),
        ([NeverConnectedError(""), "fine"], NOT_SEEN, ("fine", [0.001])),
        ([NeverConnectedError("")] * 3, NOT_SEEN, ("SERVER_UNREACHABLE", [0.001, 0.002])),
        ([ServerUnreachableError("")], NOT_SEEN, ("SERVER_UNREACHABLE", [])),
        ([ServerFailedError("")], NOT_SEEN, ("SERVER_FAILED", [])),
        ([BadServerAnswerError("")], NO_ANSWER, ("SERVER_ANSWER_INVALID", [])),
        ([ServerUnreachableError(""), ServerFailedError(""), "fine"], NO_ANSWER, ("fine", [0.001, 0.002])),
        ([ServerBusyError("", 0.0), "fine"], (), ("fine", [0.01])),
        ([ServerBusyError("", 0.0)] * 9, (), ("SERVER_BUSY", [0.01, 0.01])),
        ([ServerBusyError("", 1.5)], NO_ANSWER, ("SERVER_BUSY", [])),
        ([ServerBusyError("", None)], NO_ANSWER, ("SERVER_BUSY", [])),
    ],
)
async def test_only_what_cannot_happen_twice_is_tried_again(
    outcomes: list[TeeRexError | str],
    again_on: tuple[type[TeeRexError], ...],
    expected: tuple[str, list[float]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(retries, "SHORTEST_WAIT_SECONDS", 0.01)
    assert await _run(outcomes, again_on) == expected


def test_a_busy_server_is_told_before_the_time_is_up() -> None:
    assert DEFAULT_RETRIES.patience < SERVER_TIME_LIMIT
