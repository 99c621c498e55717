"""The standard streams of our programs: no command ends half-way because of what reads its output."""

from __future__ import annotations

import errno
import io
import os
import select
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

_STDERR = 2


class StandardOutput(io.RawIOBase):
    """Writes to a standard stream, and keeps the first failure instead of raising it.

    stream: None if the program was started without it (``>&-``).
    """

    def __init__(self, stream: TextIO | None, descriptor: int) -> None:
        self.failure: OSError | None = None
        self._descriptor = descriptor
        # Beneath the buffer, which would keep what it cannot write, and fail again when Python exits.
        buffer = getattr(stream, "buffer", None)
        self._raw = getattr(buffer, "raw", buffer)

    @property
    def lost(self) -> bool:
        """Whether output was lost, other than by a reader that has seen enough (``| head``)."""
        return self.failure is not None and self.failure.errno != errno.EPIPE

    def writable(self) -> bool:
        """True."""
        return True

    def fileno(self) -> int:
        """The stream's descriptor."""
        return self._descriptor

    def isatty(self) -> bool:
        """Whether it is a terminal."""
        return self._raw is not None and bool(self._raw.isatty())

    def write(self, content: ReadableBuffer) -> int:
        """Write as much as the stream takes, or lose everything; the number of bytes."""
        size = memoryview(content).nbytes
        if self._raw is None:
            self.failure = OSError(errno.EBADF, os.strerror(errno.EBADF))
            return size
        try:
            while (count := self._raw.write(content)) is None:  # non-blocking, and full
                select.select((), (self._raw,), ())
        except OSError as error:
            self.failure = self.failure or error
            return size
        return int(count)


@contextmanager
def standard_streams() -> Iterator[StandardOutput]:
    """Replace stdout and stderr in the block, so that writing to them never fails; yields stdout.

    What cannot be encoded, such as a file's name, is written as an escape. A standard stream that the program
    was started without is opened on the null device: else the next file to be opened would become it.
    """
    while (descriptor := os.open(os.devnull, os.O_RDWR)) <= _STDERR:
        os.set_inheritable(descriptor, True)  # noqa: FBT003
    os.close(descriptor)
    before = sys.stdout, sys.stderr
    output = StandardOutput(sys.stdout, 1)
    sys.stdout = _text(output, sys.stdout)
    sys.stderr = _text(StandardOutput(sys.stderr, _STDERR), sys.stderr, line_buffering=True)
    try:
        yield output
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        sys.stdout, sys.stderr = before


def _text(raw: StandardOutput, stream: TextIO | None, *, line_buffering: bool = False) -> TextIO:
    return io.TextIOWrapper(
        io.BufferedWriter(raw),
        encoding=stream.encoding if stream else "utf-8",
        errors="backslashreplace",
        line_buffering=line_buffering or raw.isatty(),
    )
