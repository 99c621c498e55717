"""``make fuzz``: fuzz every reader of untrusted bytes, in a process each, for so many seconds in all."""

from __future__ import annotations

import argparse
import logging
import mmap
import multiprocessing
import os
import sys
import time
from collections import deque
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.context import ForkProcess
from pathlib import Path

from fuzz.engine import CORPUS, Outcome, Reader, file_name, fuzz, smallest_cover
from fuzz.readers import READERS

CRASHES = Path("build/fuzz")
_LARGEST_KEPT = 8192
_GRACE_SECONDS = 60.0
"""After its time, a reader's process that has not ended hangs in C, where no signal interrupts it."""


@dataclass
class _Run:
    """A reader's process. current: shared with it, its latest input after the length in 4 bytes."""

    reader: Reader
    process: ForkProcess
    answer: Connection
    current: mmap.mmap
    deadline: float

    @classmethod
    def start(cls, reader: Reader, seconds: float, seed: int) -> _Run:
        context = multiprocessing.get_context("fork")  # it has imported everything already
        answer, to_parent = context.Pipe(duplex=False)
        current = mmap.mmap(-1, (4 << 20) + 4)
        process = context.Process(target=_child, args=(reader, seconds, seed, to_parent, current))
        process.start()
        to_parent.close()
        return cls(reader, process, answer, current, time.monotonic() + seconds + _GRACE_SECONDS)

    def outcome(self) -> Outcome:
        try:
            found = self.answer.recv()
            assert isinstance(found, Outcome)
        except EOFError:
            self.process.join()
            length = int.from_bytes(self.current[:4], "big")
            found = Outcome(crashes={f"ended with {self.process.exitcode}": self.current[4 : 4 + length]})
        self.process.join()
        return found


def _child(reader: Reader, seconds: float, seed: int, to_parent: Connection, current: mmap.mmap) -> None:
    def note(content: bytes) -> None:
        current[: 4 + len(content)] = len(content).to_bytes(4, "big") + content

    to_parent.send(fuzz(reader, seconds, seed, note))


def main() -> int:
    """Returns 1 if a reader crashed; its input is then in build/fuzz."""
    parser = argparse.ArgumentParser(prog="make fuzz", description=__doc__)
    parser.add_argument("--seconds", type=float, default=60.0, help="for all readers together")
    names = [reader.name for reader in READERS]
    parser.add_argument(
        "--reader", action="append", choices=names, metavar="NAME", help="only this one (several: repeat it)"
    )
    parser.add_argument("--seed", type=int, default=None, help="of the random choices (default: the time)")
    parser.add_argument("--keep", action="store_true", help="keep inputs that reach new lines in the corpus")
    options = parser.parse_args()
    readers = deque(reader for reader in READERS if options.reader is None or reader.name in options.reader)
    seed = time.time_ns() if options.seed is None else options.seed
    workers = os.cpu_count() or 1
    share = options.seconds * workers / max(len(readers), workers)
    logging.disable()  # a server's, about what it refuses
    print(f"{len(readers)} readers, {share:.1f} s each, seed {seed}")
    running: list[_Run] = []
    total, failed = 0, False
    while readers or running:
        while readers and len(running) < workers:
            running.append(_Run.start(readers.popleft(), share, seed))
        wait([run.answer for run in running], timeout=1.0)
        for run in [*running]:
            if run.answer.poll():
                running.remove(run)
                outcome = run.outcome()
                total += outcome.inputs
                failed |= bool(outcome.crashes)
                _report(run.reader, outcome, keep=options.keep)
            elif time.monotonic() > run.deadline:
                run.process.kill()
    print(f"{total:,} inputs")
    return int(failed)


def _report(reader: Reader, outcome: Outcome, *, keep: bool) -> None:
    rate = outcome.inputs / max(outcome.seconds, 0.001)
    print(
        f"{reader.name:<28} {outcome.inputs:>9,} inputs {rate:>8,.0f}/s {outcome.lines:>5} lines "
        f"{len(outcome.found):>4} new {len(outcome.crashes):>2} crashes",
        flush=True,
    )
    for words, content in outcome.crashes.items():
        CRASHES.mkdir(parents=True, exist_ok=True)
        file = CRASHES / f"{reader.name}-{file_name(content)}"
        file.write_bytes(content)
        print(f"  {words}: {file} ({len(content):,} bytes)", flush=True)
    if keep:
        folder = CORPUS / reader.name
        folder.mkdir(parents=True, exist_ok=True)
        for content in smallest_cover(reader, [*reader.corpus(), *outcome.found]):
            if len(content) <= _LARGEST_KEPT:
                (folder / file_name(content)).write_bytes(content)


if __name__ == "__main__":
    sys.exit(main())
