"""A data folder, a disk or a process limit that keeps the app from starting, or a proof from being made."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from support.app_window import App, PacedBackend, RunApp
from support.patience import PATIENCE
from tee_rex.transaction.events import ProofListener
from tee_rex.transaction.request import ProofRequest, ProofResult
from tee_rex_app.platform.single_instance import LOCK_NAME, SingleInstance

STARTED = """
import sys
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QMessageBox
from tee_rex_app import main
from tee_rex_app.ui.dialogs.introduction import Introduction
from tee_rex_app.ui.main_window import MainWindow

class Watched(main.DesktopApplication):
    def __init__(self, arguments):
        super().__init__(arguments)
        self.timer = QTimer(self, interval=50)
        self.timer.timeout.connect(self.look)
        self.timer.start()

    def look(self):
        for window in self.topLevelWidgets():
            if isinstance(window, QMessageBox):
                print(window.text(), window.informativeText(), sep="|", flush=True)
                window.accept()
            elif isinstance(window, MainWindow) and window.store.state.setup.items is None:
                pass  # it still examines this machine
            elif isinstance(window, Introduction):
                pass  # of a first start
            elif window.isVisible():
                print(type(window).__name__, flush=True)
                window.end()

main.DesktopApplication = Watched
sys.argv[1:] = []
sys.exit(main.main())
"""


def started(home: str, before: str = "") -> tuple[int, str, str]:
    """Start the app and close the window that it shows: its exit code, the window, and standard error.

    before: shell commands.
    """
    ended = subprocess.run(
        ["sh", "-c", f'{before}\nexec "$@"', "sh", sys.executable, "-c", STARTED],
        env={**os.environ, "TEE_REX_HOME": home, "LC_ALL": "C.UTF-8"},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    return ended.returncode, ended.stdout.strip(), ended.stderr


@pytest.mark.integration
@pytest.mark.skipif(sys.platform == "win32", reason="limits and these folders are Unix's")
@pytest.mark.parametrize(
    ("home", "before", "message"),
    [
        ("/proc/1", "", "The data folder is not writable|/proc/1/app.lock: "),
        ("/dev/null/below", "", "The data folder is not writable|/dev/null/below: Not a directory."),
        ("{new}", "ulimit -f 0", "The data folder is not writable|{new}/app.lock: "),  # as a full disk
        ("{new}", "ulimit -n 10", "Too many open files|"),
    ],
)
def test_what_keeps_it_from_starting_is_shown_in_a_window(
    tmp_path: Path, home: str, before: str, message: str
) -> None:
    code, window, told = started(home.format(new=tmp_path), before)
    assert code == 1
    assert window.startswith(message.format(new=tmp_path))
    assert "Traceback" not in told
    assert "failed" not in told


@pytest.mark.integration
@pytest.mark.skipif(sys.platform == "win32", reason="limits are Unix's")
def test_a_disk_that_fills_up_is_no_crash_at_the_end(tmp_path: Path) -> None:
    """A file takes a kilobyte at most: the lock fits, the history and most of the log do not."""
    assert started(str(tmp_path), "ulimit -f 1")[:2] == (0, "MainWindow")


@pytest.mark.integration
def test_a_home_of_an_unknown_user_is_a_folder_of_that_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    code, window, _ = started("~nobody-of-that-name/data")
    assert (code, window) == (0, "MainWindow")
    assert (tmp_path / "~nobody-of-that-name" / "data" / "history.sqlite").exists()


@pytest.mark.integration
def test_a_running_app_that_does_not_respond_is_told(qapp: QApplication, tmp_path: Path) -> None:
    instance = SingleInstance.claim(tmp_path)  # nobody runs its loop
    assert instance is not None
    assert (tmp_path / LOCK_NAME).exists()
    code, window, _ = started(str(tmp_path))
    instance.release()
    assert code == 1
    assert window.startswith("TEE-Rex is already running|It does not respond.")


class Opening(PacedBackend):
    """Opens files until there are no descriptors left, as a proof that starts bb may."""

    async def prove(self, request: ProofRequest, listener: ProofListener) -> ProofResult:
        import resource  # Unix's

        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (len(list(Path("/proc/self/fd").iterdir())), hard))
        opened: list[int] = []
        try:
            while True:
                opened.append(os.open(os.devnull, os.O_RDONLY))
        finally:
            resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
            for one in opened:
                os.close(one)


@pytest.mark.skipif(sys.platform != "linux", reason="descriptors are counted in /proc")
def test_a_proof_without_descriptors_fails_with_what_to_do(run_app: RunApp, tmp_path: Path) -> None:
    async def act(app: App) -> None:
        await app.settled()
        await app.prove_sample()
        assert app.problem.code == "TOO_MANY_OPEN_FILES"
        (run,) = app.application.store.state.history or ()
        assert run.error is not None
        assert run.error.code == "TOO_MANY_OPEN_FILES"

    run_app(tmp_path, act, backend=Opening)


class Failing(PacedBackend):
    """Fails as a bug would, with an error of the system that says nothing to people."""

    async def prove(self, request: ProofRequest, listener: ProofListener) -> ProofResult:
        raise OSError(errno.EPIPE, os.strerror(errno.EPIPE))


def test_an_error_of_the_system_that_explains_nothing_is_a_bug(run_app: RunApp, tmp_path: Path) -> None:
    async def act(app: App) -> None:
        await app.settled()
        await app.prove_sample()
        await app.until(lambda: app.application.store.state.problem)
        assert app.problem.code == "BUG"

    run_app(tmp_path, act, backend=Failing)
