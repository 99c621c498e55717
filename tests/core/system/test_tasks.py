from __future__ import annotations

import asyncio

import pytest

from tee_rex.system.tasks import together


async def value(result: str) -> str:
    await asyncio.sleep(0)
    return result


async def failure() -> str:
    await asyncio.sleep(0)
    raise LookupError


class Patient:
    """Waits until it is cancelled, and takes its time then."""

    def __init__(self) -> None:
        self.began = asyncio.Event()
        self.ended = False

    async def wait(self) -> str:
        self.began.set()
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0.01)
            self.ended = True
        raise AssertionError


async def test_both_results_come_in_order() -> None:
    assert await together(value("one"), value("other")) == ("one", "other")


async def test_when_one_fails_the_other_has_ended_before_it_is_told() -> None:
    for first in (True, False):
        patient = Patient()
        pair = (failure(), patient.wait()) if first else (patient.wait(), failure())
        with pytest.raises(LookupError):
            await together(*pair)
        assert patient.ended


async def test_cancelling_ends_both() -> None:
    one, other = Patient(), Patient()
    task = asyncio.create_task(together(one.wait(), other.wait()))
    await asyncio.gather(one.began.wait(), other.began.wait())
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert one.ended
    assert other.ended
