"""A second start: it shows the window of the first, with its file."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt

from support.app_window import App, in_app
from support.recorded_steps import development_deployment
from tee_rex_app.main import show_request
from tee_rex_app.platform.single_instance import OpenRequest


@in_app()
async def test_a_second_start_restores_a_minimised_window(app: App) -> None:
    app.window.setWindowState(Qt.WindowState.WindowMinimized)
    show_request(app.window, OpenRequest())
    assert not app.window.isMinimized()
    assert app.application.store.state.run is None


@in_app()
async def test_a_second_start_brings_its_file(app: App, tmp_path: Path) -> None:
    steps = tmp_path / "given.msgpack"
    steps.write_bytes(development_deployment())
    show_request(app.window, OpenRequest.of([steps]))
    await app.until(lambda: app.application.store.state.run)
    await app.proved()
    assert app.run.source == "given.msgpack"


@in_app()
async def test_a_second_start_brings_several_files(app: App, tmp_path: Path) -> None:
    names = ("one.msgpack", "two.msgpack", "three.msgpack")
    for name in names:
        (tmp_path / name).write_bytes(development_deployment())
    show_request(app.window, OpenRequest.of(tmp_path / name for name in names))
    store = app.application.store
    await app.until(lambda: len([run for run in store.state.history or () if run.report]) == len(names))
    assert [run.source for run in store.state.history or ()] == [*reversed(names)]
