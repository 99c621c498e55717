"""A data folder, a disk or a process limit that keeps the app from starting, or a proof from being made."""

from __future__ import annotations

import errno
import os
import sys
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from support.app_window import App, PacedBackend, RunApp
from support.started_app import started_app
from tee_rex.transaction.events import ProofListener
from tee_rex.transaction.request import ProofRequest, ProofResult
from tee_rex_app.platform.single_instance import LOCK_NAME, SingleInstance


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
    ended = started_app(home.format(new=tmp_path), before=before)
    assert ended.code == 1
    assert ended.shown.startswith(message.format(new=tmp_path))
    assert "Traceback" not in ended.stderr
    assert "failed" not in ended.stderr


@pytest.mark.integration
@pytest.mark.skipif(sys.platform == "win32", reason="limits are Unix's")
def test_a_disk_that_fills_up_is_no_crash_at_the_end(tmp_path: Path) -> None:
    """A file takes a kilobyte at most: the lock fits, the history and most of the log do not."""
    ended = started_app(str(tmp_path), before="ulimit -f 1")
    assert (ended.code, ended.shown) == (0, "MainWindow Introduction")


@pytest.mark.integration
def test_a_home_of_an_unknown_user_is_a_folder_of_that_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    ended = started_app("~nobody-of-that-name/data")
    assert (ended.code, ended.shown) == (0, "MainWindow Introduction")
    assert (tmp_path / "~nobody-of-that-name" / "data" / "history.sqlite").exists()


@pytest.mark.integration
def test_a_running_app_that_does_not_respond_is_told(qapp: QApplication, tmp_path: Path) -> None:
    instance = SingleInstance.claim(tmp_path)  # nobody runs its loop
    assert instance is not None
    assert (tmp_path / LOCK_NAME).exists()
    ended = started_app(str(tmp_path))
    instance.release()
    assert ended.code == 1
    assert ended.shown.startswith("TEE-Rex is already running|It does not respond.")


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
