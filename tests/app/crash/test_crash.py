"""Every unhandled exception ends in one window, with a report that contains no values."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from support.patience import PATIENCE
from tee_rex_app import loop
from tee_rex_app.crash.hooks import CrashHooks
from tee_rex_app.crash.native import FILE_NAME, kept_traces
from tee_rex_app.crash.report import Failure, crash_report
from tee_rex_app.crash.reporter import CrashReporter
from tee_rex_app.log.event_log import EventLog, Level
from tee_rex_app.log.line import plain_line

MARKER = "WITNESS-4f06701c"


def now() -> datetime:
    return datetime(2026, 3, 14, 12, 50, tzinfo=UTC)


def fail() -> None:
    witness = MARKER
    raise KeyError(witness)


def fail_twice() -> None:
    try:
        fail()
    except KeyError as cause:
        raise RuntimeError(MARKER) from cause


def failure() -> BaseException:
    with pytest.raises(RuntimeError) as caught:
        fail_twice()
    return caught.value


@pytest.fixture
def log() -> EventLog:
    return EventLog(now)


@pytest.fixture
def shown() -> list[Path]:
    """Files that were shown in their folders."""
    return []


@pytest.fixture
def reporter(qapp: QApplication, log: EventLog, shown: list[Path]) -> Iterator[CrashReporter]:
    made = CrashReporter(log, now, shown.append)
    yield made
    if made.window is not None:
        made.window.reject()


@pytest.fixture
def hooks(reporter: CrashReporter) -> Iterator[CrashHooks]:
    made = CrashHooks(reporter.report)
    made.install()
    yield made
    made.remove()


def test_a_report_contains_locations_and_no_values(log: EventLog) -> None:
    log.write(Level.INFO, "proof.started", source="my-taxes.msgpack", mode="local")
    report = crash_report(Failure.of(failure()), now(), log.entries())
    assert MARKER not in report
    assert "RuntimeError" in report
    assert "caused by KeyError" in report
    assert "crash/test_crash.py:" in report
    assert " fail\n" in report
    assert 'proof.started source="(a file)" mode=local' in report
    assert str(Path.home()) not in report


def in_a_slot(button: QPushButton) -> None:
    button.clicked.connect(fail)
    button.click()


def in_a_timer(button: QPushButton) -> None:
    QTimer.singleShot(0, button, fail)


def in_a_thread(button: QPushButton) -> None:
    thread = threading.Thread(target=fail)
    thread.start()
    thread.join()


def in_a_finaliser(button: QPushButton) -> None:
    class Failing:
        def __del__(self) -> None:
            fail()

    Failing()


@pytest.mark.parametrize("way", [in_a_slot, in_a_timer, in_a_thread, in_a_finaliser])
def test_an_unhandled_exception_shows_a_window(
    qtbot: QtBot,
    reporter: CrashReporter,
    hooks: CrashHooks,
    log: EventLog,
    way: Callable[[QPushButton], None],
    capsys: pytest.CaptureFixture[str],
) -> None:
    button = QPushButton()
    qtbot.addWidget(button)
    way(button)
    qtbot.waitUntil(lambda: reporter.window is not None and reporter.window.isVisible())
    assert reporter.window is not None
    assert "KeyError" in reporter.window.report.toPlainText()
    (entry,) = log.entries()
    assert entry.event == "app.crash"
    told = reporter.window.report.toPlainText() + plain_line(entry) + capsys.readouterr().err
    assert MARKER not in told


def test_an_exception_in_a_callback_of_the_loop_shows_it_too(
    qapp: QApplication, reporter: CrashReporter
) -> None:
    async def main() -> None:
        asyncio.get_running_loop().call_soon(fail)
        async with asyncio.timeout(PATIENCE):
            while reporter.window is None:  # noqa: ASYNC110  # there is no event for it
                await asyncio.sleep(0.01)

    loop.run(qapp, main, reporter.on_loop_error)
    assert reporter.window is not None


def test_a_message_of_the_loop_without_exception_is_logged(reporter: CrashReporter, log: EventLog) -> None:
    reporter.on_loop_error({"message": "socket.send() raised."})
    assert log.entries()[0].field("message") == "socket.send() raised."
    assert reporter.window is None


def test_failures_do_not_stack_and_known_ones_do_not_come_back(
    qtbot: QtBot, reporter: CrashReporter, log: EventLog
) -> None:
    first = failure()
    for _ in range(3):
        reporter.report(first)
    qtbot.waitUntil(lambda: reporter.window is not None and reporter.window.others.isVisible())
    window = reporter.window
    assert window is not None
    qtbot.waitUntil(lambda: window.others.text().startswith("! 2"))
    assert len([one for one in QApplication.topLevelWidgets() if type(one) is type(window)]) == 1
    window.go_on.click()
    assert reporter.window is None
    reporter.report(first)
    qtbot.wait(50)
    assert reporter.window is None
    assert len(log.entries()) == 4
    reporter.report(LookupError())
    qtbot.waitUntil(lambda: reporter.window is not None)


def test_the_report_is_copied_and_saved_and_quit_is_signalled(
    qtbot: QtBot, reporter: CrashReporter, tmp_path: Path, shown: list[Path]
) -> None:
    reporter.report(failure())
    qtbot.waitUntil(lambda: reporter.window is not None)
    window = reporter.window
    assert window is not None
    window.copy.click()
    assert "caused by KeyError" in QGuiApplication.clipboard().text()
    assert window.show_file.isHidden()
    assert window.save_to(tmp_path / "report.txt")
    window.show_file.click()
    assert shown.pop() == tmp_path / "report.txt"
    assert "caused by KeyError" in (tmp_path / "report.txt").read_text()
    assert not window.save_to(tmp_path / "missing" / "report.txt")
    with qtbot.waitSignal(reporter.quit_asked):
        window.quit.click()
    assert reporter.window is None


def test_a_failure_before_the_window_is_shown_and_ends_the_start(
    qtbot: QtBot, reporter: CrashReporter
) -> None:
    def look() -> None:
        window = QApplication.activeModalWidget()
        assert window is not None
        assert not window.go_on.isVisible()  # type: ignore[attr-defined]  # it is the crash window
        window.quit.click()  # type: ignore[attr-defined]

    QTimer.singleShot(20, look)
    reporter.report_before_the_loop(failure())


CRASHING = """
import sys, faulthandler
from pathlib import Path
from tee_rex_app.crash.native import NativeCrashFile
file = NativeCrashFile(Path(sys.argv[1]))
print(file.happened_last_time, flush=True)
if len(sys.argv) > 2:
    faulthandler._sigsegv()
file.close()
"""


@pytest.mark.integration
def test_a_native_crash_leaves_traces_for_the_next_start(tmp_path: Path) -> None:
    command = [sys.executable, "-c", CRASHING, str(tmp_path)]
    crashed = subprocess.run([*command, "crash"], capture_output=True, text=True, check=False)
    assert crashed.returncode < 0
    assert crashed.stdout.strip() == "False"
    assert "Segmentation fault" in (tmp_path / FILE_NAME).read_text()
    assert (tmp_path / FILE_NAME).stat().st_mode & 0o777 == 0o600
    after = subprocess.run(command, capture_output=True, text=True, check=True)
    assert after.stdout.strip() == "True"
    assert "Segmentation fault" in kept_traces(tmp_path)
    again = subprocess.run(command, capture_output=True, text=True, check=True)
    assert again.stdout.strip() == "False"


def test_without_a_crash_there_are_no_traces(tmp_path: Path) -> None:
    assert kept_traces(tmp_path) == ""


def test_a_failure_is_shown_after_the_terminal_is_gone(
    qtbot: QtBot, reporter: CrashReporter, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Gone:
        def write(self, _text: str) -> int:
            raise BrokenPipeError

    monkeypatch.setattr(sys, "stderr", Gone())
    reporter.report(failure())
    qtbot.waitUntil(lambda: reporter.window is not None, timeout=int(PATIENCE * 1000))
