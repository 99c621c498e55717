"""Nothing moves without carrying news, so nothing has to be reduced for people who prefer less motion."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QPropertyAnimation
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QProgressBar

from support.app_scenes import make_window, scenes
from support.app_states import first_start, installing, ready_machine
from tee_rex.system.progress import TaskProgress
from tee_rex_app.model.state import State
from tee_rex_app.ui.main_window import MainWindow
from tee_rex_app.ui.theme import Theme

SCENES = dict(scenes())
LONGER_THAN_A_TICK_MS = 700


def unknown_length() -> State:
    """A download of unknown size."""
    state = installing(first_start())
    return replace(state, setup=replace(state.setup, progress=None))


def picture(window: MainWindow) -> QImage:
    return window.grab().toImage()


@pytest.mark.parametrize(
    "state",
    [unknown_length(), SCENES["downloading"], SCENES["flow-opening"], SCENES["checking"]],
    ids=["installing", "downloading", "flow", "checking"],
)
def test_nothing_moves_while_the_clock_stands_still(qapp: QApplication, theme: Theme, state: State) -> None:
    window = make_window(theme, state)
    window.show()
    qapp.processEvents()
    before = picture(window)
    QTest.qWait(LONGER_THAN_A_TICK_MS)
    assert picture(window) == before
    assert window.findChildren(QPropertyAnimation) == []
    assert [bar for bar in window.findChildren(QProgressBar) if bar.maximum() == bar.minimum()] == []
    window.end()
    window.deleteLater()


def test_unknown_lengths_are_shown_in_seconds(qapp: QApplication, theme: Theme) -> None:
    now = [100.0]
    state = unknown_length()
    window = make_window(theme, ready_machine(), lambda: now[0])
    window.show()
    card = window.prove.setup_card
    window.store.update(setup=state.setup)
    shown = card.progress
    assert shown.doing.text() == "Installing the prover · 0 s"
    now[0] = 107.9
    shown.tick()
    assert shown.doing.text() == "Installing the prover · 7 s"
    assert not shown.bar.isVisible()
    progress = TaskProgress("bb.download", "Downloading bb", 21_000_000, 50_000_000, "bytes")
    window.store.update(setup=replace(state.setup, progress=progress))
    assert shown.doing.text() == "Downloading the prover · 21.0 of 50.0 MB · 42 %"
    assert shown.bar.isVisible()
    assert shown.bar.value() == 42
    window.store.update(setup=replace(state.setup, progress=TaskProgress.phase("bridge.build", "Building")))
    assert shown.doing.text() == "Building Aztec's wallet · 0 s"
    assert not shown.bar.isVisible()
    window.end()
    window.deleteLater()
    qapp.processEvents()
