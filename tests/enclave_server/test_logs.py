"""Logs: one JSON object per line, without the texts of exceptions."""

from __future__ import annotations

import io
import json
import logging
import subprocess
import sys

import pytest

from tee_rex_server.logs import LibraryLogs, json_logger

SECRET = "the witness is 42"


def caught(cause: Exception | None = None) -> Exception:
    with pytest.raises(ValueError, match=SECRET) as raised:
        raise ValueError(SECRET) from cause
    return raised.value


def test_a_line_is_json_with_level_and_time() -> None:
    stream = io.StringIO()
    json_logger(stream).bind(request_id="r1").info("proved", ms=3)
    json_logger(stream).debug("not shown")
    line = json.loads(stream.getvalue())
    assert (line["event"], line["request_id"], line["ms"], line["level"]) == ("proved", "r1", 3, "info")
    assert line["timestamp"].endswith("Z")


@pytest.mark.parametrize("error", [BrokenPipeError(), ValueError("I/O operation on closed file")])
def test_an_unwritable_log_raises_nothing(error: Exception) -> None:
    class Gone(io.StringIO):
        def write(self, _text: str) -> int:
            raise error

        def flush(self) -> None:
            raise error

    json_logger(Gone()).info("proved")


@pytest.mark.parametrize("exc_info", [True, False])
def test_library_messages_have_no_texts_of_exceptions(exc_info: bool) -> None:
    stream = io.StringIO()
    record = logging.LogRecord(
        "asyncio", logging.ERROR, "", 0, "Task exception was never retrieved\nfuture: %s", (SECRET,), None
    )
    if exc_info:
        error = caught()
        record.exc_info = (type(error), error, error.__traceback__)
    LibraryLogs(json_logger(stream)).emit(record)
    line = json.loads(stream.getvalue())
    assert (line["library"], line["text"]) == ("asyncio", "Task exception was never retrieved")
    assert ("trace" in line) is exc_info
    assert SECRET not in stream.getvalue()


def test_what_a_library_repeats_is_written_once_a_minute() -> None:
    now = 0.0
    stream = io.StringIO()
    handler = LibraryLogs(json_logger(stream), lambda: now)

    def emit(text: str, count: int = 1) -> None:
        for _ in range(count):
            handler.emit(logging.LogRecord("asyncio", logging.ERROR, "", 0, text, (), None))

    emit("socket.accept() out of system resource\nsocket: 1", 50_000)
    emit("another")
    now = 61.0
    emit("socket.accept() out of system resource\nsocket: 2", 2)
    lines = [json.loads(line) for line in stream.getvalue().splitlines()]
    assert [(line["text"], line.get("dropped")) for line in lines] == [
        ("socket.accept() out of system resource", None),
        ("another", None),
        ("socket.accept() out of system resource", 49_999),
    ]
    for number in range(1000):
        emit(str(number))
    assert len(handler._written) <= 100


def test_uncaught_exceptions_are_logged_without_their_text() -> None:
    program = f"""
import logging, sys, threading, warnings
from tee_rex_server.logs import process_log
class Finalized:
    def __del__(self):
        raise ValueError({SECRET!r})
def work():
    raise KeyError({SECRET!r})
process_log(sys.stderr, logging.INFO)
thread = threading.Thread(target=work)
thread.start()
thread.join()
Finalized()
warnings.warn("an old name", DeprecationWarning)
"""
    done = subprocess.run(
        [sys.executable, "-W", "default", "-c", program], capture_output=True, text=True, check=True
    )
    lines = [json.loads(line) for line in done.stderr.splitlines()]
    assert [line["event"] for line in lines] == ["bug", "bug", "library message"]
    assert [line["trace"][0] for line in lines[:2]] == ["KeyError", "ValueError"]
    assert SECRET not in done.stderr
