"""From bytes to a finished run: reading, proving in the chosen mode, and what the views see of it."""

from __future__ import annotations

import asyncio
import stat
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from tee_rex.errors import InputError
from tee_rex.system.progress import TaskProgress
from tee_rex.system.text import printable
from tee_rex.transaction.events import (
    CircuitEnded,
    CircuitStarted,
    Phase,
    PhaseEnded,
    PhaseStarted,
    ProofEvent,
)
from tee_rex.transaction.request import ProofRequest
from tee_rex.transaction.steps import MAX_STEPS_BYTES, ExecutionSteps
from tee_rex_app.model.runs import Block, RunState

_NAME_SHOWN = 60


class UnreadableFileError(InputError):
    """The file given cannot be read."""

    code = "FILE_UNREADABLE"
    title = "The file cannot be read"
    default_hint = "Check that it is still there, and that you may read it."


async def read_request(source: Callable[[], bytes]) -> ProofRequest:
    """Read steps in a thread. Raises an InputError."""

    def read() -> ProofRequest:
        return ProofRequest.recognised(ExecutionSteps.from_bytes(source()))

    return await asyncio.to_thread(read)


def file_bytes(path: Path) -> bytes:
    """A file's bytes; one more than allowed at the most, which the reader of steps then refuses.

    Pipes and devices are refused: opening one could wait for ever. Raises UnreadableFileError.
    """
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise UnreadableFileError(f"{printable(path.name, _NAME_SHOWN)}: it is not a file.")
        with path.open("rb") as stream:
            return stream.read(MAX_STEPS_BYTES + 1)
    except OSError as error:
        raise UnreadableFileError(f"{printable(path.name, _NAME_SHOWN)}: {error.strerror}.") from error


@dataclass(slots=True)
class RunFollower:
    """Turns a proof's events into the state of its run."""

    run: RunState
    clock: Callable[[], float]

    def on_event(self, event: ProofEvent) -> bool:
        """Take one event in; whether anything is shown differently now."""
        run = self.run
        match event:
            case PhaseStarted(Phase.FINAL_PROOF as phase):
                self.run = self._at(replace(run, phase=phase, task=None), len(run.blocks) - 1)
            case PhaseStarted(phase):
                self.run = replace(run, phase=phase, task=None)
            case TaskProgress():
                self.run = replace(run, task=event)
            case CircuitStarted(index, _, _) if index < len(run.blocks) - 1:
                self.run = self._at(run, index)
            case CircuitEnded(index, _, timing) if index < len(run.blocks) - 1:
                self.run = self._spent(run, index, timing.load_ms + timing.accumulate_ms)
            case PhaseEnded(Phase.FINAL_PROOF | Phase.PROVING, ms):
                last = len(run.blocks) - 1
                self.run = self._spent(run, last, ms) if event.phase is Phase.FINAL_PROOF else _all_done(run)
            case _:
                return False
        return True

    def _at(self, run: RunState, index: int) -> RunState:
        """A server may leave circuits out: all before the present one are done."""
        blocks = tuple(
            replace(block, spent_ms=block.expected_ms) if at < index and block.spent_ms is None else block
            for at, block in enumerate(run.blocks)
        )
        return replace(run, blocks=blocks, current=index, current_since=self.clock(), task=None)

    def _spent(self, run: RunState, index: int, ms: float) -> RunState:
        blocks = (*run.blocks[:index], replace(run.blocks[index], spent_ms=ms), *run.blocks[index + 1 :])
        return replace(run, blocks=blocks)


def _all_done(run: RunState) -> RunState:
    def done(block: Block) -> Block:
        return block if block.spent_ms is not None else replace(block, spent_ms=block.expected_ms)

    return replace(run, blocks=tuple(map(done, run.blocks)))
