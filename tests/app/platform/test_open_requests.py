"""A file given at the start, or by a second start: proved locally at once, confirmed before it is sent."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMessageBox, QPushButton

from support.app_window import App, PacedBackend, RunApp, in_app
from support.recorded_steps import development_deployment
from tee_rex.transaction.request import ProvingMode
from tee_rex_app.model.runs import Outcome
from tee_rex_app.platform.open_requests import OpenRequests
from tee_rex_app.platform.single_instance import OpenRequest


@pytest.fixture
def steps(tmp_path: Path) -> Path:
    file = tmp_path / "given.msgpack"
    file.write_bytes(development_deployment())
    return file


def test_a_file_is_proved_once_the_history_is_open(run_app: RunApp, tmp_path: Path, steps: Path) -> None:
    async def act(app: App) -> None:
        def ended() -> list[str]:
            runs = app.application.store.state.history or ()
            return [run.source for run in runs if run.outcome is Outcome.VERIFIED]

        OpenRequests(app.window).take(OpenRequest.of(steps))
        assert app.application.store.state.run is None
        await app.until(ended)
        assert ended() == ["given.msgpack"]

    run_app(tmp_path, act, backend=PacedBackend)


@pytest.mark.parametrize("sends", [True, False])
@in_app(environ={"PROVER_URL": "http://127.0.0.1:9"})
async def test_nothing_is_sent_away_unconfirmed(app: App, steps: Path, sends: bool) -> None:
    store = app.application.store
    await app.settled()
    app.application.intents.choose_mode(ProvingMode.REMOTE)
    assert store.state.mode is ProvingMode.REMOTE
    requests = OpenRequests(app.window)
    requests.take(OpenRequest.of(steps))
    box = requests.question
    assert isinstance(box, QMessageBox)
    assert "given.msgpack" in box.text()
    assert "could read" in box.informativeText()
    assert store.state.run is None
    answer = box.buttons()[0 if sends else 1]
    assert isinstance(answer, QPushButton)
    answer.click()
    assert (store.state.run is not None) is sends
    if sends:
        app.application.intents.cancel()
        await app.proved()


@in_app()
async def test_a_second_start_restores_a_minimised_window(app: App) -> None:
    app.window.setWindowState(Qt.WindowState.WindowMinimized)
    OpenRequests(app.window).take(OpenRequest())
    assert not app.window.isMinimized()
    assert app.application.store.state.run is None
