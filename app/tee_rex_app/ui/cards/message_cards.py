"""Errors and notices: what happened, what to do, and details to copy."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QFrame

from tee_rex import __version__
from tee_rex.settings.rules import SettingField
from tee_rex_app.model.intents import Intents
from tee_rex_app.model.local_network import NetworkStage
from tee_rex_app.model.problem import Problem
from tee_rex_app.model.state import Notice, State
from tee_rex_app.text import formats, labels
from tee_rex_app.text.translation import translated
from tee_rex_app.ui.widgets.copying import copy_text
from tee_rex_app.ui.widgets.layouts import TOP, column_of, row_of
from tee_rex_app.ui.widgets.parts import ElidedLabel, Look, announce, button, label, link
from tee_rex_app.ui.widgets.problem_buttons import ProblemButtons

_ABOUT_NODES = (
    Notice.DEPLOY_LACKS_NODE,
    Notice.TOKENS_LACK_NODE,
    Notice.DEPLOY_NODE_SILENT,
    Notice.TOKENS_NODE_SILENT,
)


class ProblemCard(QFrame):
    """The last error: what happened, what to do, and the buttons that do it."""

    accessible_role = QAccessible.Role.AlertMessage

    def __init__(self, intents: Intents, show_diagnostics: Callable[[], object]) -> None:
        super().__init__()
        self.setProperty("look", Look.PROBLEM.value)
        self._problem: Problem | None = None
        self._title = label(Look.FAILED, wraps=True)
        self._asked_by = label(Look.SMALL, wraps=True)
        self._message = label(None, wraps=True)
        self._hint = label(Look.SECOND, wraps=True)
        for text in (self._message, self._hint):
            text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.remedies = ProblemButtons(intents, show_diagnostics)
        self.copy = button(self.tr("Copy details"), Look.SMALL_BUTTON, clicked=self._copy_details)
        self.dismiss = button(self.tr("Dismiss"), Look.SMALL_BUTTON, clicked=intents.dismiss_problem)
        words = column_of(self._title, self._asked_by, self._message, self._hint, spacing=2)
        head = row_of((words, 1), (self.copy, TOP), (self.dismiss, TOP))
        column_of(head, self.remedies, inside=self, around=(16, 12, 12, 12), spacing=10)

    def render_state(self, state: State) -> None:
        """Show the problem, if any."""
        problem = state.problem
        self.setVisible(problem is not None)
        self.remedies.show_problem(problem, state)
        if problem is None or problem is self._problem:
            self._problem = problem
            return
        self._problem = problem
        title = translated(problem.title)
        message, hint = translated(problem.message), translated(problem.hint)
        asked_by = labels.source_name(problem.asked_by)
        self._title.setText(f"! {title}")
        self._asked_by.setText(formats.breakable(self.tr("For {website}").format(website=asked_by)))
        self._asked_by.setVisible(bool(asked_by))
        self._message.setText(message)
        self._hint.setText(hint)
        self._hint.setVisible(bool(hint))
        self.copy.setText(self.tr("Copy details"))
        self.setAccessibleName(title)
        self.setAccessibleDescription(f"{message} {hint}")

    def details(self) -> str:
        """The details for a report; they contain nothing of the transaction."""
        problem = self._problem
        if problem is None:
            return ""
        lines = (
            f"{problem.code}: {problem.title}",
            str(problem.message),
            str(problem.hint),
            f"TEE-Rex {__version__}",
        )
        return "\n".join(line for line in lines if line)

    def _copy_details(self) -> None:
        copy_text(self.details())
        self.copy.setText(self.tr("Copied"))


class NoticeCard(QFrame):
    """A notice."""

    accessible_role = QAccessible.Role.Notification

    def __init__(self, intents: Intents, show_diagnostics: Callable[[], object]) -> None:
        super().__init__()
        self.setProperty("look", Look.NOTICE.value)
        self._title = label(Look.STRONG, wraps=True)
        self._text = label(None, wraps=True)
        self.dismiss = button(self.tr("Dismiss"), Look.SMALL_BUTTON, clicked=intents.dismiss_notice)
        self.lead = button(
            self.tr("Set up a node…"),
            Look.SMALL_BUTTON,
            clicked=lambda: intents.open_settings(SettingField.NODE_URL),
        )
        self.lead.clicked.connect(intents.dismiss_notice)
        self.start_network = button(
            self.tr("Start local network…"), Look.SMALL_BUTTON, clicked=intents.start_local_network
        )
        self.start_network.clicked.connect(intents.dismiss_notice)
        self.report = button(self.tr("Report…"), Look.SMALL_BUTTON, clicked=show_diagnostics)
        words = column_of(self._title, self._text, spacing=2)
        buttons = ((self.report, TOP), (self.start_network, TOP), (self.lead, TOP), (self.dismiss, TOP))
        row_of((words, 1), *buttons, inside=self, around=(16, 10, 10, 10))

    def render_state(self, state: State) -> None:
        """Show the notice, if any."""
        notice = state.notice
        self.lead.setVisible(notice in _ABOUT_NODES)
        self.report.setVisible(notice is Notice.CRASHED_LAST_TIME)
        startable = state.local_network.available and state.local_network.stage is NetworkStage.OFF
        self.start_network.setVisible(startable and notice in _ABOUT_NODES)
        if notice is None:
            self.setVisible(False)
            return
        title, text = labels.notice(notice)
        is_news = self.isHidden() or self._title.text() != title
        self._title.setText(title)
        self._text.setText(text)
        self.setAccessibleName(title)
        self.setAccessibleDescription(text)
        self.setVisible(True)
        if is_news:
            announce(self, f"{title}. {text}")


class SuccessLine(QFrame):
    """What was done as asked, in the bar below the pages, which always has room for it.

    It stays until it is dismissed, replaced, or the next run begins. A saved file can be shown in its folder.
    """

    accessible_role = QAccessible.Role.Notification

    def __init__(self, intents: Intents) -> None:
        super().__init__()
        self.setProperty("look", Look.SUCCESS.value)
        self._intents = intents
        self._file: Path | None = None
        self._title = label(Look.DONE)
        self._text = ElidedLabel(Look.SMALL, Qt.TextElideMode.ElideRight)
        self.show_file = link(self.tr("Show in folder"), clicked=self._show_file)
        self.dismiss = link(self.tr("Dismiss"), clicked=intents.dismiss_success)
        row_of(
            *(self._title, self._text, 4, self.show_file, self.dismiss),
            inside=self,
            around=(10, 2, 10, 2),
            spacing=10,
        )
        self.setVisible(False)

    def render_state(self, state: State) -> None:
        """Show what was done, if anything."""
        if state.success is None:
            self.setVisible(False)
            return
        self._file = state.saved
        self.show_file.setVisible(self._file is not None)
        title, text = labels.success(state.success)
        is_news = self.isHidden() or self._title.text() != f"✓ {title}"
        self._title.setText(f"✓ {title}")
        self._text.setText(text)
        self.setToolTip("\n".join(filter(None, (text, str(self._file or "")))))
        self.setAccessibleName(title)
        self.setAccessibleDescription(text)
        self.setVisible(True)
        if is_news:
            announce(self, f"{title}. {text}")

    def _show_file(self) -> None:
        if self._file is not None:
            self._intents.show_in_folder(self._file)
