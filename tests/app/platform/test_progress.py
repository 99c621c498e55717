from __future__ import annotations

from dataclasses import replace

from PySide6.QtDBus import QDBusConnection
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from support.app_states import downloading, queued, running, running_noir_circuit
from tee_rex_app.model.expected_times import share_done
from tee_rex_app.model.runs import RunStage, RunState
from tee_rex_app.model.state import State, Store
from tee_rex_app.platform.progress import LauncherEntry, Progress, RunProgress


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def begun() -> RunState:
    """A proof in its third circuit."""
    run = running(circuit=2)
    return replace(run, current_since=0.0)


def test_the_title_shows_the_percentage_while_a_proof_runs(qtbot: QtBot) -> None:
    window, store, clock = QWidget(), Store(State()), Clock()
    qtbot.addWidget(window)
    progress = RunProgress(window, store, clock)
    heard: list[Progress] = []
    progress.changed.connect(heard.append)
    assert window.windowTitle() == ""
    store.update(run=begun())
    share = share_done(begun(), 0.0)
    assert share is not None
    percent = int(100 * share)
    assert 0 < percent < 50
    assert window.windowTitle() == f"about {percent} % · TEE-Rex"
    clock.now = 0.5
    qtbot.waitUntil(lambda: len(heard) == 2)  # without any event of the proof
    assert heard[-1].percent is not None
    assert heard[-1].percent > percent
    store.update(run=replace(begun(), stage=RunStage.DONE, ended=1.0))
    assert window.windowTitle() == "TEE-Rex"
    assert heard[-1] == Progress()


def test_it_never_goes_back_within_a_run_and_starts_anew_with_the_next(qtbot: QtBot) -> None:
    window, store, clock = QWidget(), Store(State()), Clock()
    qtbot.addWidget(window)
    progress = RunProgress(window, store, clock)
    clock.now = 0.8
    store.update(run=begun())
    before = progress.shown.percent
    clock.now = 0.0
    store.update(run=replace(begun()))
    assert progress.shown.percent == before
    store.update(run=replace(begun(), started=500.0))
    assert progress.shown.percent is not None
    assert before is not None
    assert progress.shown.percent < before


def test_a_download_has_no_percentage_of_the_proof(qtbot: QtBot) -> None:
    window, store = QWidget(), Store(State())
    qtbot.addWidget(window)
    RunProgress(window, store, Clock())
    store.update(run=downloading())
    assert window.windowTitle() == "Preparing · TEE-Rex"


def test_before_the_first_circuit_and_after_the_last_one_no_percentage_is_claimed(qtbot: QtBot) -> None:
    window, store = QWidget(), Store(State())
    qtbot.addWidget(window)
    RunProgress(window, store, Clock())
    store.update(run=queued())
    assert window.windowTitle() == "Preparing · TEE-Rex"
    run = begun()
    made = replace(run, blocks=tuple(replace(block, done=True) for block in run.blocks))
    store.update(run=made)
    assert window.windowTitle() == "about 99 % · TEE-Rex"
    store.update(run=replace(running_noir_circuit(), started=200.0))
    assert window.windowTitle() == "Proving · TEE-Rex"


def test_without_a_bus_docks_hear_nothing(qapp: QApplication) -> None:
    LauncherEntry(QDBusConnection("no such connection")).show(Progress())
