"""The main window: a sidebar of services, the pages, and panels at the bottom."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import cast

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import (
    QAction,
    QCloseEvent,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDropEvent,
    QKeySequence,
    QShortcut,
)
from PySide6.QtWidgets import QDialog, QMainWindow, QStackedWidget, QWidget

from tee_rex.settings.file import ThemeChoice
from tee_rex.transaction.request import ProvingMode
from tee_rex_app.log.event_log import EventLog
from tee_rex_app.model.diagnostics import DiagnosticsPart
from tee_rex_app.model.intents import Intents
from tee_rex_app.model.problem import Problem
from tee_rex_app.model.project import issue_tracker
from tee_rex_app.model.state import Page, State, Store
from tee_rex_app.ui.announcer import Announcer
from tee_rex_app.ui.cards.message_cards import NoticeCard, ProblemCard
from tee_rex_app.ui.cards.run_strip import RunStrip
from tee_rex_app.ui.cards.updates_card import UpdateBanner
from tee_rex_app.ui.dialogs.diagnostics_dialog import show_diagnostics
from tee_rex_app.ui.dialogs.file_dialogs import Folders
from tee_rex_app.ui.dialogs.local_network_dialog import LocalNetworkPrompt
from tee_rex_app.ui.dialogs.quit_dialog import QuitDialog, Unfinished, unfinished
from tee_rex_app.ui.dialogs.site_dialog import SitePrompt
from tee_rex_app.ui.focus import nearest
from tee_rex_app.ui.navigation import BottomPanel, PageBar
from tee_rex_app.ui.page_spec import MenuEntry, PageSpec, ViewContext
from tee_rex_app.ui.pages.prove_page import ProvePage
from tee_rex_app.ui.pages.settings_page import SettingsPage
from tee_rex_app.ui.panels.services_panel import ServicesPanel
from tee_rex_app.ui.registry import MENU, PAGES, PANELS
from tee_rex_app.ui.theme import Theme, scaled
from tee_rex_app.ui.widgets.drop_hint import DropHint
from tee_rex_app.ui.widgets.layouts import column_of, row_of
from tee_rex_app.ui.widgets.parts import Look, announce

SMALLEST = (900, 600)
_USUAL = (1280, 820)
_FRAME = (16, 40)
"""What a window manager may add; the true size is only known once the window is shown."""


class MainWindow(QMainWindow):
    """Shows the store's state and calls intents.

    Closing it quits, which asks first if something would be lost. diagnostics: returns the parts of a
    diagnostics report. folders: where its file dialogs begin. Signals: closed when the application should
    end.
    """

    closed = Signal()

    def __init__(
        self,
        theme: Theme,
        store: Store,
        intents: Intents,
        clock: Callable[[], float],
        *,
        log: EventLog | None = None,
        diagnostics: Callable[[], Sequence[DiagnosticsPart]] = tuple,
        folders: Folders | None = None,
        pages: Sequence[PageSpec] = PAGES,
        panels: Sequence[PageSpec] = PANELS,
        menu: Sequence[MenuEntry] = MENU,
    ) -> None:
        super().__init__()
        self.theme = theme
        self._colours = ThemeChoice.SYSTEM
        self.store = store
        self.intents = intents
        self.folders = folders
        log = log or EventLog(lambda: datetime.now(UTC))
        self.setWindowTitle("TEE-Rex")
        self._fit_screen()
        self.setAcceptDrops(True)
        self.context = ViewContext(
            theme,
            store,
            intents,
            clock,
            log,
            lambda: show_diagnostics(self, theme, diagnostics(), intents.show_in_folder, issue_tracker()),
            self.quit,
            self.restart,
        )
        self.services = ServicesPanel(theme, intents)
        self.problem = ProblemCard(intents, self.context.show_diagnostics)
        self.notice = NoticeCard(intents, self.context.show_diagnostics)
        self.updates = UpdateBanner(intents, self.context.show_diagnostics, self.restart)
        self.run_strip = RunStrip(theme, intents, clock)
        self.pages = {spec.key: spec.make(self.context) for spec in pages}
        self.page_bar = PageBar(pages, intents)
        self.bottom = BottomPanel(panels, self.context)
        self.site_prompt = SitePrompt(self, intents, clock, self.present)
        self.network_prompt = LocalNetworkPrompt(self, intents)
        self.prove = cast(ProvePage, self.pages[Page.PROVE])
        self.settings = cast(SettingsPage, self.pages[Page.SETTINGS])
        self.question: QuitDialog | None = None
        self.ended = False
        self._quits_when_saved = False
        self._restarts = False
        self._chosen_size = self._grown_to = self.size()
        self._problem_before: Problem | None = None
        self._stack = QStackedWidget()
        self._lay_out()
        self._make_menu(menu)
        self._make_shortcuts(pages, panels)
        store.changed.connect(self.render_state)
        theme.zoomed.connect(self._zoomed)
        self.announcer = Announcer(self, store)
        self.render_state(store.state)
        self.prove.setFocus()

    def render_state(self, state: State) -> None:
        """Show a state in every visible part."""
        if state.settings.theme.value is not self._colours:
            self._colours = state.settings.theme.value
            self.theme.choose(self._colours)
        for part in (self.services, self.page_bar, self.problem, self.notice, self.updates, self.bottom):
            part.render_state(state)
        self.run_strip.render_state(state)
        for prompt in (self.site_prompt, self.network_prompt):
            prompt.render_state(state)
        page = self.pages[state.page]
        if self._stack.currentWidget() is not page:
            self._stack.setCurrentWidget(page)
            if not self.page_bar.tabs.hasFocus():  # where arrow keys go through the pages
                page.setFocus()
        page.render_state(state)  # type: ignore[attr-defined]  # a Renders
        above = (self.run_strip, self.problem, self.notice, self.updates)
        self._messages.setVisible(not all(part.isHidden() for part in above))
        if self._quits_when_saved:
            self.settings.render_state(state)  # also while another page is shown
            self._quits_when_saved = state.problem is None or state.problem is self._problem_before
            if self._quits_when_saved and not self.settings.unsaved:
                self._quits_when_saved = False
                self._leave()
        if state.updates.restarts:
            self.end()

    def focusNextPrevChild(self, forward: bool) -> bool:  # noqa: FBT001, N802  # Qt's name
        """Move the focus: by Tab as Qt does, else, from what was hidden or locked, to what is nearest."""
        lost = cast("QWidget | None", self.focusWidget())  # the stubs leave out the None
        near = nearest(lost) if lost is not None and not (lost.isVisible() and lost.isEnabled()) else None
        if near is not None:
            near.setFocus(Qt.FocusReason.OtherFocusReason)
            return True
        return super().focusNextPrevChild(forward)

    def present(self, activation_token: str = "") -> None:
        """Show the window in front of others. activation_token: Wayland's permission to do so."""
        self.site_prompt.keep_window()
        if self.isMinimized():
            self.setWindowState(self.windowState() & ~Qt.WindowState.WindowMinimized)
        self.show()
        if activation_token:
            # Where Qt looks for it when a window requests the focus (xdg-activation).
            os.environ["XDG_ACTIVATION_TOKEN"] = activation_token
        self.raise_()
        self.activateWindow()

    def unfinished(self) -> tuple[Unfinished, ...]:
        """What quitting would end or discard now."""
        return unfinished(self.store.state, unsaved=self.settings.unsaved)

    def quit(self) -> None:
        """Quit, after a confirmation if something would be lost."""
        self._ask_to_leave(restarts=False)

    def restart(self) -> None:
        """Restart into the update that is ready, after a confirmation if something would be lost."""
        self._ask_to_leave(restarts=True)

    def _ask_to_leave(self, *, restarts: bool) -> None:
        if self.question is not None and restarts is not self._restarts:
            self.question.reject()
        self._restarts = restarts
        if not self.unfinished():
            self._leave()
            return
        self.present()
        if self.question is None:
            self._make_question().open()

    def _leave(self) -> None:
        """What was asked for: the end, or the installation that leads to it."""
        if self._restarts:
            self.intents.restart_into_update()
        else:
            self.end()

    def end(self) -> None:
        """Quit without asking."""
        if not self.ended:
            self.ended = True
            self.close()
            self.closed.emit()

    def asks_to_end(self) -> bool:
        """Ask as :meth:`quit` does, wait for the answer, and return whether the application may end.

        For callers that must answer at once, such as the end of a session.
        """
        if self.question is not None:
            self.question.reject()
        self._restarts = False
        self.present()
        return self._make_question(waits=True).exec() == QDialog.DialogCode.Accepted

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # noqa: N802  # Qt's name
        """Accept local files."""
        if paths := self._dropped_paths(event):
            event.acceptProposedAction()
            self.drop_hint.show_for(paths, self.store.state)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:  # noqa: N802  # Qt's name
        """Hide the hint when the file is dragged away."""
        del event
        self.drop_hint.hide()

    def dropEvent(self, event: QDropEvent) -> None:  # noqa: N802  # Qt's name
        """Take the files."""
        self.drop_hint.hide()
        if paths := self._dropped_paths(event):
            event.acceptProposedAction()
            self.intents.prove_files(paths)

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802  # Qt's name
        """Quit, which may ask."""
        if self.ended:
            super().closeEvent(event)
        else:
            event.ignore()
            self.quit()

    def _make_question(self, *, waits: bool = False) -> QuitDialog:
        """waits: for the answer, so that there is no time to save."""
        can_save = self.settings.save.isEnabled() and not waits
        question = QuitDialog(self, self.unfinished(), can_save=can_save, restarts=self._restarts)
        question.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        question.finished.connect(self._answered)
        if not waits:
            question.quit_chosen.connect(self._leave)
            question.save_chosen.connect(self._save_and_quit)
        self.question = question
        return question

    def _answered(self) -> None:
        self.question = None

    def _save_and_quit(self) -> None:
        self._quits_when_saved, self._problem_before = True, self.store.state.problem
        self.settings.save_changes()

    def _fit_screen(self) -> None:
        """Set the first size, and the minimum: larger with larger texts, but within the screen."""
        self._bound()
        self.resize(QSize(*map(scaled, _USUAL)).boundedTo(self._room()))

    def _bound(self) -> None:
        self.setMinimumSize(QSize(*map(scaled, SMALLEST)).boundedTo(self._room()))

    def _room(self) -> QSize:
        return self.screen().availableSize() - QSize(*map(scaled, _FRAME))

    def _zoomed(self) -> None:
        """Grow as far as larger texts need, within the screen, and shrink again with the texts."""
        if self.size() != self._grown_to:  # not since: somebody chose this one
            self._chosen_size = self.size()
        self._bound()
        if not self.isMaximized() and not self.isFullScreen():
            self.resize(self._chosen_size.expandedTo(self.minimumSize()))
            self._grown_to = self.size()
            if self.isVisible() and self._grown_to != self._chosen_size:
                self._move_into_screen()
        announce(self, self.tr("Zoom {percent} %").format(percent=self.theme.zoom))

    def _move_into_screen(self) -> None:
        screen, frame = self.screen().availableGeometry(), self.frameGeometry()
        rightmost = max(screen.left(), screen.right() + 1 - frame.width())
        lowest = max(screen.top(), screen.bottom() + 1 - frame.height())
        self.move(min(max(frame.x(), screen.left()), rightmost), min(max(frame.y(), screen.top()), lowest))

    def _lay_out(self) -> None:
        for page in self.pages.values():
            self._stack.addWidget(page)
        self._messages = QWidget()
        above = (self.run_strip, self.problem, self.notice, self.updates)
        column_of(*above, inside=self._messages, around=(24, 12, 34, 0), spacing=12)
        content = QWidget()
        content.setProperty("look", Look.PAGE.value)
        column_of(self.page_bar, self._messages, (self._stack, 1), inside=content, spacing=0)
        self.drop_hint = DropHint(self.theme, content)
        beside = row_of(self.services, (content, 1), spacing=0)
        whole = QWidget()
        column_of((beside, 1), self.bottom, inside=whole, spacing=0)
        self.setCentralWidget(whole)

    def _make_menu(self, entries: Sequence[MenuEntry]) -> None:
        for entry in entries:
            action = QAction(entry.title(), self)
            action.setShortcuts([QKeySequence(keys) for keys in entry.shortcuts])
            action.triggered.connect(partial(self._act, entry))
            self.page_bar.menu.addAction(action)
            self.addAction(action)

    def _make_shortcuts(self, pages: Sequence[PageSpec], panels: Sequence[PageSpec]) -> None:
        for number, mode in enumerate(ProvingMode, start=1):
            self._shortcut(f"Ctrl+{number}", partial(self.intents.choose_mode, mode))
        for keys in ("Ctrl+Return", "Ctrl+Enter"):
            self._shortcut(keys, self.intents.prove_sample)
        self._shortcut("Ctrl+O", self._ask_for_file)
        self._shortcut("Esc", self._ask_before_cancelling)
        for spec in pages:
            if spec.shortcut:
                self._shortcut(spec.shortcut, partial(self.intents.open_page, Page(spec.key)))
        for spec in panels:
            if spec.shortcut:
                self._shortcut(spec.shortcut, partial(self.bottom.toggle, spec.key))

    def _ask_for_file(self) -> None:
        if not self.store.state.busy:
            self.prove.ask_for_file()

    def _ask_before_cancelling(self) -> None:
        """Open the page of the proof, which asks."""
        if self.store.state.running:
            self.intents.open_page(Page.PROVE)
            self.prove.ask_before_cancelling()

    def _act(self, entry: MenuEntry, _checked: bool = False) -> None:  # noqa: FBT001, FBT002  # a signal's
        entry.act(self, self.context)

    def _shortcut(self, keys: str, act: Callable[[], object]) -> None:
        QShortcut(QKeySequence(keys), self).activated.connect(act)

    def _dropped_paths(self, event: QDropEvent) -> list[Path]:
        """The files, or none if there is anything else among them."""
        urls = event.mimeData().urls()
        if event.source() is not None:  # a proof that leaves this window
            return []
        return [Path(url.toLocalFile()) for url in urls] if all(url.isLocalFile() for url in urls) else []
