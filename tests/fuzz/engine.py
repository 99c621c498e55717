"""Fuzzing guided by coverage: inputs that reach a new line are kept and changed further (ADR 25).

A reader crashes when it raises what it does not declare, takes too long, or takes too much memory.
"""

from __future__ import annotations

import hashlib
import os
import random
import resource
import signal
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import CodeType, FrameType
from typing import Any, Final

from tee_rex.system.child_process import peak_resident_bytes

CORPUS: Final = Path(__file__).parent / "corpus"
"""A folder for each reader: inputs that reach new lines of it, and all that ever crashed it."""
SECONDS: Final = 2.0
"""Of processor time for one input, traced and on a slow machine."""
MEMORY_BYTES: Final = 128 << 20
"""By which one input may raise the peak."""
_OURS: Final = ("/tee_rex/", "/tee_rex_server/", "/tee_rex_app/", "/tools/aztec/")
_TOKENS: Final = (
    *(b"[", b"{", b'{"a":', b"]", b"}", b'"', b"\\", b":", b",", b"null", b"-1", b"1e999", b"\xff", b"\0"),
    *(b"\x91", b"\x81\xa1a", b"\xdd\xff\xff\xff\xff", b"\xdf\xff\xff\xff\xff", b"\xc6\xff\xff\xff\xff"),
    *(b"\x81", b"\x9f", b"\xbf", b"\xd8\x18", b"\x9b\xff\xff\xff\xff\xff\xff\xff\xff", b"a.", b"=", b"\r\n"),
    *(b"\xed\xa0\x80", b"\\ud800", b"%00", b"../", b"0", b"9" * 20, b"\xe2\x80\xae", b"\x1b[31m"),
)


@dataclass(frozen=True)
class Reader:
    """Something of ours that reads untrusted bytes.

    read: reads one input. refuses: the errors by which it refuses one. seeds: genuine inputs, made anew.
    """

    name: str
    read: Callable[[bytes], object]
    refuses: tuple[type[BaseException], ...]
    seeds: Callable[[], Sequence[bytes]]
    max_bytes: int = 8192

    def corpus(self) -> list[bytes]:
        """The genuine inputs and those in the repository."""
        return [*self.seeds(), *(file.read_bytes() for file in sorted((CORPUS / self.name).glob("*")))]

    def problem(self, content: bytes) -> str | None:
        """How the reader crashes on this input; None when it reads or refuses it."""
        before = _peak_bytes()
        try:
            with _processor_time(SECONDS):
                self.read(content)
        except self.refuses:
            pass
        except (Exception, _TooSlowError) as error:  # noqa: BLE001  # whatever it is, it is reported
            return f"{type(error).__name__}: {error}"[:300]
        taken = _peak_bytes() - before
        return f"took {taken >> 20} MB" if taken > MEMORY_BYTES else None


class _TooSlowError(BaseException):
    """Not an Exception, so that no reader catches it."""


@contextmanager
def _processor_time(seconds: float) -> Iterator[None]:
    """Interrupt the block after so much time of this process, however busy the machine is."""

    def interrupt(_signal: int, _frame: FrameType | None) -> None:
        raise _TooSlowError(f"took {seconds:g} s")

    before = signal.signal(signal.SIGPROF, interrupt)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def _peak_bytes() -> int:
    if sys.platform == "darwin":
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    # Not ru_maxrss: Linux hands it on to programs that a process starts.
    return peak_resident_bytes(os.getpid()) or 0


class Coverage:
    """The lines of our packages that have run."""

    def __init__(self) -> None:
        self.lines: set[tuple[CodeType, int]] = set()
        self._missing: dict[CodeType, set[int]] = {}

    @contextmanager
    def recording(self) -> Iterator[None]:
        """Note the lines that the block runs for the first time; others cost little or nothing."""
        if sys.version_info >= (3, 12):
            with self._monitoring():
                yield
        else:
            sys.settrace(self._on_call)
            try:
                yield
            finally:
                sys.settrace(None)

    if sys.version_info >= (3, 12):

        @contextmanager
        def _monitoring(self) -> Iterator[None]:
            monitoring = sys.monitoring
            monitoring.use_tool_id(monitoring.COVERAGE_ID, "fuzz")
            monitoring.register_callback(monitoring.COVERAGE_ID, monitoring.events.LINE, self._on_line)
            monitoring.set_events(monitoring.COVERAGE_ID, monitoring.events.LINE)
            monitoring.restart_events()  # what an earlier recording disabled
            try:
                yield
            finally:
                monitoring.set_events(monitoring.COVERAGE_ID, 0)
                monitoring.free_tool_id(monitoring.COVERAGE_ID)

        def _on_line(self, code: CodeType, line: int) -> object:
            if _is_ours(code):
                self.lines.add((code, line))
            return sys.monitoring.DISABLE  # once is enough

    def _on_call(self, frame: FrameType, _event: str, _argument: object) -> Callable[..., Any] | None:
        code = frame.f_code
        missing = self._missing.get(code)
        if missing is None:
            lines = (line for _, _, line in code.co_lines() if line is not None)
            missing = self._missing[code] = set(lines) if _is_ours(code) else set()
            self._reach(code, code.co_firstlineno)
        return self._on_step if missing else None

    def _on_step(self, frame: FrameType, event: str, _argument: object) -> Callable[..., Any]:
        if event == "line":
            self._reach(frame.f_code, frame.f_lineno)
        return self._on_step

    def _reach(self, code: CodeType, line: int) -> None:
        missing = self._missing[code]
        if line in missing:
            missing.remove(line)
            self.lines.add((code, line))


def _is_ours(code: CodeType) -> bool:
    return any(package in code.co_filename for package in _OURS)


@dataclass
class Outcome:
    """What fuzzing a reader gave. found: inputs that reached a new line. crashes: by what happened."""

    inputs: int = 0
    seconds: float = 0.0
    lines: int = 0
    found: list[bytes] = field(default_factory=list)
    crashes: dict[str, bytes] = field(default_factory=dict)


def fuzz(
    reader: Reader, seconds: float, seed: int, before_each: Callable[[bytes], object] = lambda _: None
) -> Outcome:
    """Change inputs for so many seconds; stops at ten different crashes.

    seed: of the random choices. before_each: gets every input before it is read.
    """
    chance, coverage, outcome = random.Random(seed), Coverage(), Outcome()
    corpus = reader.corpus() or [b""]
    begin = time.monotonic()
    with coverage.recording():
        waiting = [*corpus]
        while len(outcome.crashes) < 10:
            content = waiting.pop() if waiting else mutated(chance, corpus, reader.max_bytes)
            before_each(content)
            reached = len(coverage.lines)
            problem = reader.problem(content)
            outcome.inputs += 1
            if problem is not None:
                outcome.crashes.setdefault(problem.partition(":")[0], content)
            elif len(coverage.lines) > reached and not waiting:
                corpus.append(content)
                outcome.found.append(content)
            if not waiting and time.monotonic() - begin > seconds:
                break
    outcome.seconds = time.monotonic() - begin
    outcome.lines = len(coverage.lines)
    return outcome


def nested() -> list[bytes]:
    """Containers inside each other, more than any decoder may go down."""
    deep = 20_000
    whole = (b"[", b'{"a":', b"\x91", b"\x81\xa1a", b"\x81", b"\xa1\x00", b"\x9f", b"\xd8\x18", b"a=[", b"a.")
    return [part * deep for part in whole] + [b"[" * deep + b"]" * deep]


def mutated(chance: random.Random, corpus: Sequence[bytes], max_bytes: int) -> bytes:
    """An input of the corpus with one to a dozen changes; short ones, quickly read, come oftener."""
    content = bytearray(min(chance.choices(corpus, k=2), key=len))
    for _ in range(chance.choice((1, 1, 1, 2, 2, 3, 5, 12))):
        at = chance.randrange(len(content) + 1)
        end = min(len(content), at + chance.choice((1, 1, 2, 4, 8, chance.randrange(1, 256))))
        match chance.randrange(9):
            case 0:
                content[at:end] = chance.randbytes(end - at)
            case 1 if at < len(content):
                content[at] ^= 1 << chance.randrange(8)
            case 2:
                content[at:at] = chance.randbytes(chance.choice((1, 2, 4, 16)))
            case 3:
                del content[at:end]
            case 4:
                content[at:at] = content[at:end] * chance.choice((1, 2, 3, 70, 300))
            case 5:
                token = chance.choice(_TOKENS)
                content[at : at + chance.choice((0, len(token)))] = token
            case 6:
                size = chance.choice((1, 2, 4, 8))
                number = chance.choice((0, 1, len(content), 1 << size * 8 - 1, (1 << size * 8) - 1))
                content[at : at + size] = (number % (1 << size * 8)).to_bytes(size, chance.choice(_ORDERS))
            case 7:
                other = chance.choice(corpus)
                start = chance.randrange(len(other) + 1)
                content[at:end] = other[start : start + chance.randrange(1, 512)]
            case _:
                del content[at:]
    return bytes(content[:max_bytes])


_ORDERS: Final = ("big", "little")


def smallest_cover(reader: Reader, inputs: Sequence[bytes]) -> list[bytes]:
    """Those of ``inputs``, the shortest first, that reach lines which the genuine inputs do not."""
    coverage, kept = Coverage(), []
    with coverage.recording():
        for content in reader.seeds():
            reader.problem(content)
        for content in sorted(inputs, key=len):
            reached = len(coverage.lines)
            reader.problem(content)
            if len(coverage.lines) > reached:
                kept.append(content)
    return kept


def file_name(content: bytes) -> str:
    """The name of an input's file."""
    return hashlib.sha256(content).hexdigest()[:16]
