"""Pages, panels and the menu: every registered one opens by mouse and keyboard."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QLabel

from support.app_intents import quiet_intents
from support.app_window import App, in_app
from tee_rex_app.model.state import State, Store
from tee_rex_app.ui.main_window import MainWindow
from tee_rex_app.ui.page_spec import PageSpec, ViewContext
from tee_rex_app.ui.theme import Theme

CONTROL = Qt.KeyboardModifier.ControlModifier


class NotesPanel(QLabel):
    """A panel that counts the states it was shown."""

    def __init__(self, context: ViewContext) -> None:
        super().__init__()
        del context
        self.told = 0

    def render_state(self, state: State) -> None:
        del state
        self.told += 1


def test_a_registered_panel_opens_and_closes(qapp: QApplication, theme: Theme) -> None:
    store = Store(State(modes=()))
    place = PageSpec("notes", lambda: "Notes", NotesPanel, "Ctrl+L")
    window = MainWindow(theme, store, quiet_intents(store), lambda: 0.0, panels=(place,))
    window.show()
    qapp.processEvents()
    panel = window.bottom.panels["notes"]
    assert isinstance(panel, NotesPanel)
    assert not panel.isVisible()
    assert panel.told == 0
    QTest.mouseClick(window.bottom.tabs["notes"], Qt.MouseButton.LeftButton)
    assert window.bottom.tabs["notes"].accessibleDescription() == "open"
    assert panel.isVisible()
    assert panel.told
    QTest.keyClick(window, Qt.Key.Key_L, CONTROL)
    assert window.bottom.tabs["notes"].accessibleDescription() == "closed"
    window.end()
    window.deleteLater()


@pytest.mark.parametrize(
    ("title", "words"),
    [("Introduction", "private"), ("Keyboard shortcuts", "Ctrl+Enter"), ("About TEE-Rex", "Affero")],
)
@in_app()
async def test_the_menu_opens_what_it_names(app: App, title: str, words: str) -> None:
    entry = next(one for one in app.window.page_bar.menu.actions() if one.text() == title)
    entry.trigger()
    (dialog,) = app.window.findChildren(QDialog)
    assert dialog.isVisible()
    assert dialog.windowTitle() == entry.text()
    assert any(words in text.text() for text in dialog.findChildren(QLabel))
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()
