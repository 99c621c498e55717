"""Recorded steps that are handed over one by one, as a wallet makes them."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from tee_rex.transaction.request import ProofRequest, StreamedRequest
from tee_rex.transaction.steps import ExecutionStep, unnamed_kinds


def announced(request: ProofRequest, count: int | None = None) -> StreamedRequest:
    """A stream of the request's steps, none of which has arrived. count: announced; None: the right one."""
    steps = request.steps
    kinds = steps.kinds if count is None else unnamed_kinds(count)
    return StreamedRequest(kinds, request.setup, request.version)


async def hand_over(
    stream: StreamedRequest, steps: Sequence[ExecutionStep], seconds: float = 0.0, *, begin: int = 0
) -> None:
    """Add these steps, each after so many seconds; the first is number ``begin``."""
    for index, step in enumerate(steps, start=begin):
        await asyncio.sleep(seconds)
        stream.add(index, step)


async def hand_over_all(
    stream: StreamedRequest, steps: Sequence[ExecutionStep], seconds: float = 0.0
) -> None:
    """Add these steps and end."""
    await hand_over(stream, steps, seconds)
    stream.end()
