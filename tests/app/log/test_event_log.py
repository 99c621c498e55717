from __future__ import annotations

import json
import logging
import stat
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tee_rex_app.log import log_file
from tee_rex_app.log.event_log import EventLog, Level, LogEntry
from tee_rex_app.log.library_log import LibraryLog
from tee_rex_app.log.line import plain_line
from tee_rex_app.log.log_file import LogFile, log_folder
from tee_rex_app.text.log_messages import sentence

AT = datetime(2026, 3, 14, 12, 50, 2, 114_000, tzinfo=UTC)


def log(capacity: int = 5_000) -> EventLog:
    return EventLog(lambda: AT, capacity)


def test_it_keeps_the_last_events_in_order() -> None:
    events = log(3)
    for number in range(5):
        events.write(Level.INFO, "x", n=number)
    assert [entry.field("n") for entry in events.entries()] == ["2", "3", "4"]
    assert [entry.number for entry in events.since(4, 9)] == [5]
    assert [entry.number for entry in events.since(0, 9)] == [3, 4, 5]
    assert events.since(5, 9) == ()
    assert [entry.number for entry in events.since(0, 2)] == [3, 4]


def test_every_thread_may_write() -> None:
    events = log()
    heard: list[LogEntry] = []
    events.listen(heard.append)

    def write() -> None:
        for number in range(500):
            events.write(Level.INFO, "x", n=number)

    threads = [threading.Thread(target=write) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    numbers = [entry.number for entry in events.entries()]
    assert numbers == list(range(1, 2_001))
    assert len(heard) == 2_000


def test_values_are_bounded_and_addresses_lose_their_secrets() -> None:
    entry = log().write(Level.INFO, "x", address="https://u:p@host/KEY", long="y" * 10_000)
    assert entry.field("address") == "https://host/…"
    assert len(entry.field("long")) == 500


def test_a_link_is_https_and_carries_no_user() -> None:
    for link in (
        "javascript:alert(1)",
        "file:///etc/passwd",
        "https://u:p@host/",
        "https://a b",
        "https://a\nb",
    ):
        assert log().write(Level.INFO, "x", link=link).link == ""
    assert log().write(Level.INFO, "x", link="https://host/tx/1").link == "https://host/tx/1"


def test_the_file_is_private_bounded_and_rotated(tmp_path: Path) -> None:
    events = log()
    file = LogFile(tmp_path / "logs", max_bytes=2_000, kept_files=2)
    events.listen(file.write)
    for number in range(200):
        events.write(Level.INFO, "x", n=number)
    file.close()
    files = sorted((tmp_path / "logs").iterdir())
    assert [one.name for one in files] == ["app.log", "app.log.1", "app.log.2"]
    assert all(one.stat().st_size <= 2_000 for one in files)
    assert all(stat.S_IMODE(one.stat().st_mode) == 0o600 for one in files)
    last = json.loads((tmp_path / "logs/app.log").read_text().splitlines()[-1])
    assert last["n"] == "199"
    assert last["level"] == "info"
    assert stat.S_IMODE((tmp_path / "logs").stat().st_mode) == 0o700


def test_the_log_folder_is_in_the_home_or_the_platforms() -> None:
    assert log_folder({"TEE_REX_HOME": "/somewhere"}) == Path("/somewhere/logs")
    assert log_folder({}).is_absolute()


def test_library_messages_keep_the_template_and_no_value() -> None:
    events = log()
    handler = LibraryLog(events)
    logger = logging.getLogger("library")
    logger.addHandler(handler)
    logger.warning("no answer from %s", "SECRET")
    logger.error("it failed\nSECRET", exc_info=ValueError("SECRET"))
    logger.info("not taken")
    first, second = events.entries()
    assert plain_line(first).endswith('library.message library=library message="no answer from %s"')
    assert second.field("error") == "ValueError"
    assert second.level is Level.ERROR
    assert "SECRET" not in "".join(map(plain_line, events.entries()))


def test_an_event_without_a_message_shows_its_fields() -> None:
    events = log()
    assert sentence(events.write(Level.INFO, "new.event", a=1, b="two")) == "new.event a=1 b=two"
    unknown = events.write(Level.INFO, "mode.chosen", mode="telepathy")
    assert sentence(unknown) == "mode.chosen mode=telepathy"


def test_an_unwritable_disk_does_not_fill_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked, let_on = threading.Event(), threading.Event()

    def stuck(_handler: object, _record: object) -> None:
        asked.set()
        let_on.wait(60)

    monkeypatch.setattr(log_file, "MAX_WAITING", 50)
    monkeypatch.setattr(log_file._PrivateFile, "emit", stuck)
    events, file = log(), LogFile(tmp_path / "logs")
    events.listen(file.write)
    events.write(Level.INFO, "x")
    assert asked.wait(60)
    for number in range(500):
        events.write(Level.INFO, "x", n=number)
    assert file._queue.qsize() == 50
    let_on.set()
    file.close()
