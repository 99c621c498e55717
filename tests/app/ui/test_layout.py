"""Every state fits the smallest window."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QSize
from PySide6.QtWidgets import QApplication, QPushButton

from support.app_intents import quiet_intents
from support.app_scenes import scenes
from support.app_states import NOW
from tee_rex_app.model.state import Page, State, Store
from tee_rex_app.ui.main_window import SMALLEST, MainWindow
from tee_rex_app.ui.theme import Scheme, Theme

SCENES = list(scenes())
PROVING = [(name, state) for name, state in SCENES if state.page is Page.PROVE]


LARGE = 1.5


@pytest.fixture
def large_texts(qapp: QApplication, session_theme: Theme) -> Iterator[Theme]:
    """Texts of one and a half times their usual size."""
    yield Theme(qapp, LARGE)
    Theme(qapp, 1.0)
    session_theme.use(Scheme.LIGHT)


@pytest.mark.parametrize(("name", "state"), PROVING, ids=[name for name, _ in PROVING])
def test_large_texts_are_not_cut_off_in_the_smallest_window(
    qapp: QApplication, large_texts: Theme, name: str, state: State
) -> None:
    store = Store(state)
    window = MainWindow(large_texts, store, quiet_intents(store), lambda: NOW)
    room = window.screen().availableSize()
    smallest = QSize(*(round(LARGE * side) for side in SMALLEST)).boundedTo(room)
    assert window.minimumSize() == smallest.boundedTo(room - QSize(24, 60))
    assert window.size().boundedTo(room) == window.size()  # the first one, although larger texts want more
    window.resize(round(LARGE * SMALLEST[0]), round(LARGE * SMALLEST[1]))
    window.show()
    qapp.processEvents()
    page = window.prove.widget()
    assert page is not None
    assert page.width() <= window.prove.viewport().width(), name
    assert page.height() >= page.heightForWidth(page.width())
    for button in window.prove.findChildren(QPushButton):
        assert not button.isVisible() or button.width() >= button.sizeHint().width(), button.text()
    tree = window.prove.breakdown.tree
    assert tree.sizeHintForRow(0) == -1 or tree.sizeHintForRow(0) >= tree.fontMetrics().height()
    window.end()
    window.deleteLater()


@pytest.mark.parametrize("scheme", Scheme)
@pytest.mark.parametrize(("name", "state"), SCENES, ids=[name for name, _ in SCENES])
def test_nothing_is_cut_off_in_the_smallest_window(
    qapp: QApplication, theme: Theme, scheme: Scheme, name: str, state: State
) -> None:
    theme.use(scheme)
    store = Store(state)
    window = MainWindow(theme, store, quiet_intents(store), lambda: NOW)
    window.resize(*SMALLEST)
    window.show()
    qapp.processEvents()
    page = window.prove.widget()
    assert page is not None
    assert page.width() <= window.prove.viewport().width(), name
    assert (window.width(), window.height()) == SMALLEST
    assert page.height() >= page.heightForWidth(page.width())
    window.end()
    window.deleteLater()
