"""Context menus, the list of shortcuts, and the focus when its widget goes."""

from __future__ import annotations

import re

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QContextMenuEvent, QGuiApplication, QKeySequence, QShortcut
from PySide6.QtWidgets import QApplication, QMenu, QWidget

from support.app_scenes import make_window, scenes
from support.app_window import App, in_app
from tee_rex_app.model.services import ServiceName
from tee_rex_app.model.state import Page
from tee_rex_app.text.labels import shortcuts
from tee_rex_app.ui.main_window import MainWindow
from tee_rex_app.ui.panels.log_panel import LogPanel
from tee_rex_app.ui.theme import Theme
from tee_rex_app.ui.widgets.menus import ContextMenu

SCENES = dict(scenes())
OTHER_KEYS = {"Ctrl+Return": "Ctrl+Enter", "Ctrl+=": "Ctrl++", "Ctrl+C": ""}
"""Keys for the same as another one, or for what every list does."""


def listed() -> set[str]:
    """The keys of the list; Alt+1  2 stands for Alt+1 and Alt+2."""
    found = set()
    for keys, _ in shortcuts():
        first, *more = keys.split()
        stem = re.sub(r".$", "", first)
        found |= {first, *(f"{stem}{key}" for key in more)}
    return found


def test_the_list_of_shortcuts_is_complete(theme: Theme) -> None:
    window = make_window(theme, SCENES["ready"])
    sequences = [one.key() for one in window.findChildren(QShortcut)]
    for action in window.findChildren(QAction):
        sequences += action.shortcuts()
    text = QKeySequence.SequenceFormat.PortableText
    registered = {OTHER_KEYS.get(one.toString(text), one.toString(text)) for one in sequences} - {""}
    assert registered == listed()
    window.end()
    window.deleteLater()


def opened(widget: QWidget) -> ContextMenu | None:
    """The menu that the Menu key opens."""
    at = widget.rect().center()
    event = QContextMenuEvent(QContextMenuEvent.Reason.Keyboard, at, widget.mapToGlobal(at))
    QApplication.sendEvent(widget, event)
    menus = [one for one in widget.findChildren(ContextMenu) if one.isVisible()]
    return menus[0] if menus else None


def texts(menu: QMenu | None) -> list[str]:
    return [] if menu is None else [action.text() for action in menu.actions()]


def shown(theme: Theme, scene: str) -> MainWindow:
    window = make_window(theme, SCENES[scene])
    window.show()
    QApplication.processEvents()
    return window


def test_the_context_menu_of_a_service(theme: Theme) -> None:
    window = shown(theme, "servers")
    menu = opened(window.services.rows[ServiceName.REMOTE])
    assert texts(menu) == ["Check again", "Settings…", "Copy the address"]
    assert menu is not None
    assert window.frameGeometry().contains(menu.geometry())
    menu.actions()[2].trigger()
    assert QGuiApplication.clipboard().text() == "https://prover.example.org"
    menu.close()
    assert texts(opened(window.services.rows[ServiceName.EMBEDDED])) == []
    window.end()
    window.deleteLater()


def test_the_context_menu_of_log_lines(theme: Theme) -> None:
    window = shown(theme, "log")
    panel = window.bottom.panels["log"]
    assert isinstance(panel, LogPanel)
    assert texts(opened(panel.list)) == []
    row = next(at for at, entry in enumerate(panel.model.entries()) if entry.link)
    panel.list.setCurrentIndex(panel.model.index(row))
    menu = opened(panel.list)
    assert texts(menu) == ["Copy", "Open"]
    assert menu is not None
    menu.actions()[0].trigger()
    assert "4f06701cc0a94089" in QGuiApplication.clipboard().text()
    window.end()
    window.deleteLater()


def test_the_context_menu_of_a_run_copies_its_digest(theme: Theme) -> None:
    window = shown(theme, "ready")
    menu = opened(window.prove.runs.list)
    assert texts(menu) == ["Copy digest"]
    assert menu is not None
    menu.actions()[0].trigger()
    assert re.fullmatch(r"[0-9a-f]{64}", QGuiApplication.clipboard().text())
    window.end()
    window.deleteLater()


@pytest.mark.parametrize("how", ["hidden", "locked"])
@in_app()
async def test_the_focus_stays_near_when_its_widget_goes(app: App, how: str) -> None:
    app.application.intents.open_page(Page.PROVE)
    await app.settled()
    card = app.window.prove.setup_card
    button = next(one for one in card.from_file.values())
    button.setFocus(Qt.FocusReason.TabFocusReason)
    if how == "hidden":
        button.hide()
    else:
        button.setEnabled(False)
    focused = app.window.focusWidget()
    assert focused is not None
    assert card.isAncestorOf(focused)
