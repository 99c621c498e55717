"""What screen readers get of every page, panel and dialog, and where the keyboard goes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

import pytest
from PySide6.QtCore import QItemSelectionModel, QRect, Qt
from PySide6.QtGui import QAccessible, QImage
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QApplication,
    QCheckBox,
    QComboBox,
    QDialog,
    QLabel,
    QLineEdit,
    QListView,
    QPlainTextEdit,
    QProgressBar,
    QPushButton,
    QScrollArea,
    QTabBar,
    QTableView,
    QTreeView,
    QWidget,
)

from app.screenshots import dialogs
from support.accessible_tree import Node, node_of, tree_of
from support.app_scenes import make_window, scenes
from support.app_states import ready_machine
from tee_rex_app.model.state import State
from tee_rex_app.ui.cards.mode_cards import ModeCard
from tee_rex_app.ui.focus import takes_focus
from tee_rex_app.ui.theme import Theme

Role = QAccessible.Role
SCENES = list(scenes())
DIALOGS = (
    "about",
    "shortcuts",
    "help",
    "diagnostics",
    "pin-build",
    "site-question",
    "site-question-remote",
    "quit-proof",
    "quit-all",
    "local-network",
    "closed-to-tray",
    "introduction-1",
    "introduction-2",
    "introduction-3",
    "introduction-4",
    "crash",
)
ROLES: dict[type[QWidget], frozenset[Role]] = {
    QTabBar: frozenset({Role.PageTabList}),
    QCheckBox: frozenset({Role.CheckBox}),
    QComboBox: frozenset({Role.ComboBox}),
    QLineEdit: frozenset({Role.EditableText}),
    QPlainTextEdit: frozenset({Role.EditableText}),
    QTreeView: frozenset({Role.Tree}),
    QTableView: frozenset({Role.Table}),
    QListView: frozenset({Role.List}),
    QProgressBar: frozenset({Role.ProgressBar}),
    QScrollArea: frozenset({Role.Grouping}),
    ModeCard: frozenset({Role.RadioButton}),
    QDialog: frozenset({Role.Dialog}),
}
OF_NO_KIND = (Role.Client, Role.Border, Role.NoRole, Role.Whitespace)


def expected_roles(widget: QWidget) -> frozenset[Role]:
    """The roles that fit a widget's kind; empty for any."""
    if isinstance(widget, QPushButton):
        if widget.menu() is not None:
            return frozenset({Role.ButtonMenu})
        return frozenset({Role.RadioButton if widget.isCheckable() else Role.Button})
    return next((roles for kind, roles in ROLES.items() if isinstance(widget, kind)), frozenset())


def faults(node: Node) -> Iterator[str]:
    """What is wrong with an element that a reader can come to."""
    widget = node.object if isinstance(node.object, QWidget) else None
    if widget is not None:
        roles = expected_roles(widget)
        if roles and node.role not in roles:
            yield f"its role is not {', '.join(role.name for role in roles)}"
        if isinstance(widget, QLabel) and widget.text():
            if node.name.replace("\u200b", "") != widget.text().replace("\u200b", ""):
                yield "its name is not its text"
            if takes_focus(widget):
                yield "a text takes the focus"
        if isinstance(widget, QComboBox):
            if not node.labels or node.labels == (node.value,):
                yield "nothing labels it"
            if node.value != widget.currentText():
                yield "its value is not its text"
        if isinstance(widget, QAbstractButton) and ("checked" in node.states) is not widget.isChecked():
            yield "its state is wrong"
        if isinstance(widget, QProgressBar) and node.value != str(widget.value()):
            yield "its value is wrong"
        if widget.property("look") == "card" and node.role is not Role.Grouping:
            yield "the card is no group"
    if "focusable" in node.states:
        if not node.called.strip():
            yield "it has no name"
        if node.role in OF_NO_KIND:
            yield "it has no role"
        if node.role is Role.CheckBox and not isinstance(widget, QCheckBox):
            yield "it is no check box"


def shown(qapp: QApplication, window: QWidget) -> QWidget:
    window.show()
    for _ in range(3):
        qapp.processEvents()
    return window


@pytest.fixture
def scene_window(qapp: QApplication, theme: Theme) -> Iterator[Callable[[State], QWidget]]:
    made = []

    def make(state: State) -> QWidget:
        window = make_window(theme, state)
        window.resize(1280, 820)
        made.append(window)
        return shown(qapp, window)

    yield make
    for window in made:
        window.end()
        window.deleteLater()


@pytest.fixture(params=DIALOGS)
def dialog(request: pytest.FixtureRequest, qapp: QApplication, theme: Theme) -> Iterator[QWidget]:
    ready = ready_machine()
    every = dialogs(ready, partial(make_window, theme, ready))
    found = next(one for name, one in every if name == request.param)
    yield shown(qapp, found)
    found.close()
    for _rest in every:
        pass


@pytest.mark.parametrize(("name", "state"), SCENES, ids=[name for name, _ in SCENES])
def test_every_element_has_a_fitting_role_a_name_and_its_state(
    scene_window: Callable[[State], QWidget], name: str, state: State
) -> None:
    nodes = list(tree_of(scene_window(state)))
    assert [f"{node}: {fault}" for node in nodes for fault in faults(node)] == []
    assert len(nodes) > 20


def test_the_dialogs_are_all_there_are(theme: Theme) -> None:
    ready = ready_machine()
    every = [name for name, _ in dialogs(ready, partial(make_window, theme, ready))]
    assert set(every) - {"tray-menu"} == set(DIALOGS)


def test_every_dialog_has_too_and_shows_the_focus(dialog: QWidget) -> None:
    nodes = list(tree_of(dialog))
    assert nodes[0].role is Role.Dialog
    assert nodes[0].name == dialog.windowTitle() != ""
    assert [f"{node}: {fault}" for node in nodes for fault in faults(node)] == []
    assert invisible_stops(dialog) == []


STOPS = (
    "first-start",
    "servers",
    "failed",
    "notice",
    "log",
    "history",
    "attestation-compared",
    "sites-https",
    "settings-full",
    "flow-done",
)


def picture(window: QWidget, place: QRect | None = None) -> QImage:
    QApplication.processEvents()
    return (window.grab(place) if place else window.grab()).toImage()


def invisible_stops(window: QWidget) -> list[str]:
    """The widgets on which the focus cannot be seen."""
    window.activateWindow()
    stops = [one for one in window.findChildren(QWidget) if takes_focus(one)]
    assert stops
    found = []
    for at, widget in enumerate(stops):
        widget.clearFocus() if len(stops) == 1 else stops[at - 1].setFocus(Qt.FocusReason.TabFocusReason)
        place = QRect(widget.mapTo(window, widget.rect().topLeft()), widget.size())
        without = picture(window, place)
        widget.setFocus(Qt.FocusReason.TabFocusReason)
        if picture(window, place) == without:
            found.append(str(node_of(widget)))
    return found


@pytest.mark.parametrize("scene", STOPS)
def test_the_focus_is_visible_wherever_tab_comes(
    scene_window: Callable[[State], QWidget], scene: str
) -> None:
    window = scene_window(dict(SCENES)[scene])
    window.resize(1600, 2400)  # nothing scrolls
    assert invisible_stops(window) == []


@pytest.mark.parametrize("scene", ["servers", "history", "log", "compare-three"])
def test_the_current_row_is_visible_without_being_selected(
    scene_window: Callable[[State], QWidget], scene: str
) -> None:
    window = scene_window(dict(SCENES)[scene])
    window.activateWindow()
    views = [one for one in window.findChildren(QAbstractItemView) if one.isVisible() and takes_focus(one)]
    for view in views:
        view.setFocus()
        last = view.model().rowCount() - 1
        view.setCurrentIndex(view.model().index(last, 0))
        view.scrollTo(view.currentIndex())
        place = view.visualRect(view.currentIndex())
        view.selectionModel().clearSelection()
        there = picture(view.viewport()).copy(place)
        view.selectionModel().setCurrentIndex(
            view.model().index(last - 1, 0), QItemSelectionModel.SelectionFlag.NoUpdate
        )
        view.selectionModel().clearSelection()
        assert picture(view.viewport()).copy(place) != there, view.accessibleName()
    assert views
