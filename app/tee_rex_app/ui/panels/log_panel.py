"""The log panel: level filter, search, the list, copy and export."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt, QTimer, QUrl
from PySide6.QtGui import (
    QAction,
    QActionGroup,
    QDesktopServices,
    QKeySequence,
    QShortcut,
    QShowEvent,
)
from PySide6.QtWidgets import QLineEdit, QWidget

from tee_rex_app.log.event_log import Level, LogEntry
from tee_rex_app.log.line import plain_line
from tee_rex_app.model.state import State, Success
from tee_rex_app.ui.dialogs.file_dialogs import ask_to_save, save_file
from tee_rex_app.ui.page_spec import ViewContext
from tee_rex_app.ui.widgets.copying import copy_text
from tee_rex_app.ui.widgets.layouts import STRETCH, add, column_of, row_of
from tee_rex_app.ui.widgets.log_list import LogList
from tee_rex_app.ui.widgets.log_model import LogModel
from tee_rex_app.ui.widgets.menus import ButtonMenu, Entry, offer_menu
from tee_rex_app.ui.widgets.parts import Look, button, label, rule

_SEARCH_PAUSE_MS = 120
_LEVELS = (Level.DEBUG, Level.INFO, Level.WARNING, Level.ERROR)


class LogPanel(QWidget):
    """Shows the event log."""

    def __init__(self, context: ViewContext) -> None:
        super().__init__()
        theme, log = context.theme, context.log
        self._intents = context.intents
        self.setAccessibleName(self.tr("Log"))
        self.model = LogModel(log)
        self.list = LogList(theme, self.model)
        self.list.link_opened.connect(lambda link: QDesktopServices.openUrl(QUrl(link)))
        self.levels = button("", Look.QUIET)
        self.level_actions = self._make_level_menu()
        self.show_from(Level.INFO)
        self.search = QLineEdit()
        self.search.setPlaceholderText(self.tr("Search"))
        self.search.setAccessibleName(self.tr("Search the log"))
        self.search.setClearButtonEnabled(True)
        self.search.setMaximumWidth(240)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(_SEARCH_PAUSE_MS)
        self._pause.timeout.connect(lambda: self.model.search(self.search.text()))
        self.search.textChanged.connect(lambda _text: self._pause.start())
        self.count = label(Look.SMALL)
        self.newest = button(self.tr("Newest ↓"), Look.QUIET, clicked=self.list.follow)
        self.newest.hide()
        self.list.following_changed.connect(lambda following: self.newest.setVisible(not following))
        self.copy = button(self.tr("Copy"), Look.QUIET, clicked=self.copy_shown)
        self.export = button(self.tr("Export…"), Look.QUIET, clicked=self._ask_where_to_export)
        self.diagnostics = button(self.tr("Report…"), Look.QUIET, clicked=context.show_diagnostics)
        self.empty = label(Look.SECOND, self.tr("No matching events. Change the level or the search."))
        copy = QAction(self.tr("Copy"), self.list)
        copy.setShortcut(QKeySequence.StandardKey.Copy)
        copy.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        copy.triggered.connect(self.copy_selected)
        self.list.addAction(copy)
        offer_menu(self.list, self._of_the_selection)
        find = QShortcut(QKeySequence(QKeySequence.StandardKey.Find), self)
        find.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        find.activated.connect(self.focus_search)
        self._lay_out()
        for changed in (self.model.batch_kept, self.model.modelReset):
            changed.connect(self._show_count)
        self._show_count()

    def render_state(self, state: State) -> None:
        """Do nothing: the log has its own model."""

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802  # Qt's name
        """Focus the search field when the log opens."""
        super().showEvent(event)
        self.focus_search()

    def focus_search(self) -> None:
        """Focus the search field."""
        self.search.setFocus()
        self.search.selectAll()

    def show_from(self, level: Level) -> None:
        """Show events of a level and above."""
        for one, action in self.level_actions.items():
            action.setChecked(one is level)
        chosen = self.level_actions[level].text()
        self.levels.setText(f"{chosen} ▾")
        self.levels.setAccessibleName(self.tr("Showing: {level}").format(level=chosen))
        self.model.show_from(level)

    def copy_shown(self) -> None:
        """Copy the selected events, or all shown ones if none is selected."""
        self._copy(self.list.selected_entries() or self.model.entries())

    def copy_selected(self) -> None:
        """Copy the selected events."""
        self._copy(self.list.selected_entries())

    def _of_the_selection(self) -> list[Entry]:
        """What the context menu offers."""
        chosen = self.list.selected_entries()
        offered: list[Entry] = [(self.tr("Copy"), self.copy_selected)] if chosen else []
        if len(chosen) == 1 and chosen[0].link:
            offered.append((self.tr("Open"), partial(self.list.link_opened.emit, chosen[0].link)))
        return offered

    def export_to(self, path: Path) -> bool:
        """Save the shown events as lines of text and return whether it worked."""
        return save_file(path, _as_text(self.model.entries()).encode())

    def _make_level_menu(self) -> dict[Level, QAction]:
        menu, group = ButtonMenu(self.levels), QActionGroup(self)
        names = (self.tr("All events"), self.tr("Main events"), self.tr("Warnings"), self.tr("Errors"))
        actions = {}
        for level, name in zip(_LEVELS, names, strict=True):
            action = group.addAction(name)
            action.setCheckable(True)
            action.triggered.connect(partial(self._choose_level, level))
            menu.addAction(action)
            actions[level] = action
        return actions

    def _choose_level(self, level: Level, _checked: bool = False) -> None:  # noqa: FBT001, FBT002  # a signal's
        self.show_from(level)

    def _lay_out(self) -> None:
        bar = row_of(self.levels, self.search, self.count, STRETCH, around=(16, 6, 12, 6))
        for widget in (self.newest, self.copy, self.export, self.diagnostics):
            bar.addWidget(widget)
        layout = column_of(bar, rule(), inside=self, spacing=0)
        self.empty.setContentsMargins(16, 12, 16, 12)
        add(layout, self.empty, (self.list, 1))

    def _show_count(self) -> None:
        shown, kept = self.model.rowCount(), self.model.kept
        text = self.tr("%n event(s)", "", shown)
        self.count.setText(
            text if shown == kept else self.tr("{shown} of {kept}").format(shown=shown, kept=kept)
        )
        self.empty.setVisible(shown == 0)

    def _copy(self, entries: list[LogEntry]) -> None:
        if entries:
            copy_text(_as_text(entries))

    def _ask_where_to_export(self) -> None:
        path = ask_to_save(self, self.tr("Export the log"), "tee-rex-log.txt", self.tr("Text (*.txt)"))
        if path is None:
            return
        if self.export_to(path):
            self._intents.tell_saved(path, Success.LOG_EXPORTED)
        else:
            self.export.setText(self.tr("Could not save"))


def _as_text(entries: list[LogEntry]) -> str:
    return "".join(f"{plain_line(entry)}\n" for entry in entries)
