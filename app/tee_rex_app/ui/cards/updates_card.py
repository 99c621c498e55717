"""Updates: the card on the settings page, and what is said above every page."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QFrame, QProgressBar, QWidget

from tee_rex.settings.rules import SettingField
from tee_rex.updates.client import UpdateState
from tee_rex_app.model.actions import Action
from tee_rex_app.model.intents import Intents
from tee_rex_app.model.state import Page, State
from tee_rex_app.model.updates import UpdateNews, Updates, UpdateStage
from tee_rex_app.text import formats, labels, update_labels
from tee_rex_app.ui.theme import Theme
from tee_rex_app.ui.widgets.layouts import TOP, FlowLayout, column_of, row_of
from tee_rex_app.ui.widgets.parts import Look, Sign, SignMark, announce, button, label, set_look
from tee_rex_app.ui.widgets.problem_buttons import ProblemButtons

_WARNINGS = (UpdateNews.FAILED, UpdateNews.WENT_BACK)


class UpdatesCard(QFrame):
    """Everything about updates: the switch, the state, what is new, and every button."""

    def __init__(
        self,
        theme: Theme,
        intents: Intents,
        switch: QWidget,
        show_diagnostics: Callable[[], object],
        restart: Callable[[], object],
    ) -> None:
        """switch: whether to check daily. restart: asks first if something would be lost."""
        super().__init__()
        self.setProperty("look", Look.CARD.value)
        self._switch = switch
        self._purpose = label(Look.SMALL, wraps=True)
        self._sign = SignMark(theme)
        self.title = label(Look.STRONG, wraps=True)
        self.text = label(Look.SECOND, wraps=True)
        self.changes = label(None, wraps=True)
        for part in (self.text, self.changes):
            part.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName(self.tr("Update progress"))
        self.remedies = ProblemButtons(intents, show_diagnostics)
        small, set_on_quit = Look.SMALL_BUTTON, intents.install_update_on_quit
        self.download = button(self.tr("Download"), small, intents.download_update)
        self.restart = button(self.tr("Restart now"), small, restart)
        self.on_quit = button(self.tr("Install on quit"), small, partial(_call, set_on_quit, True))  # noqa: FBT003
        self.not_on_quit = button(self.tr("Don't install"), small, partial(_call, set_on_quit, False))  # noqa: FBT003
        self.cancel = button(self.tr("Cancel"), small, intents.cancel_update)
        self.check = button(self.tr("Check now"), small, intents.check_for_update_now)
        self.report = button(labels.remedy_name(Action.DIAGNOSTICS), small, show_diagnostics)
        self.buttons = (
            self.restart,
            self.on_quit,
            self.not_on_quit,
            self.download,
            self.cancel,
            self.check,
            self.report,
        )
        self._foot = QWidget()
        row = FlowLayout(self._foot, spacing=8)
        row.setContentsMargins(0, 0, 0, 0)
        for one in self.buttons:
            row.addWidget(one)
        self.checked = label(Look.SMALL, wraps=True)
        self._lay_out()

    def render_state(self, state: State) -> None:
        """Show them."""
        updates = state.updates
        for part in (self._switch, self._purpose, self.checked):
            part.setVisible(updates.available)
        problem = updates.problem
        self._purpose.setText(update_labels.what_a_check_tells(updates))
        title, text = update_labels.state_of(updates, busy=state.busy)
        self._sign.show_sign(_sign(updates))
        self.title.setText(title)
        self.text.setText(text)
        self.text.setVisible(bool(text))
        self.changes.setText("" if updates.report is None else updates.report.changes)
        self.changes.setVisible(bool(self.changes.text()))
        task = updates.progress
        self.bar.setVisible(task is not None and bool(task.total))
        if task is not None:
            self.bar.setValue(formats.percent_of(task))
            self.bar.setAccessibleDescription(text)
        self.remedies.show_problem(problem, state)
        idle = updates.available and updates.stage is UpdateStage.IDLE
        repeats = problem is not None and problem.repeat.again is not None
        ready = idle and updates.is_state(UpdateState.READY)
        offered = idle and not repeats and updates.installs and updates.is_state(UpdateState.AVAILABLE)
        report = updates.report
        size = 0 if report is None else report.download_bytes
        self.download.setText(self.tr("Download {size}").format(size=formats.megabytes(size)))
        self.download.setVisible(offered)
        self.restart.setVisible(ready or (idle and updates.is_state(UpdateState.INSTALLED)))
        self.on_quit.setVisible(ready and not updates.on_quit)
        self.not_on_quit.setVisible(ready and updates.on_quit)
        self.cancel.setVisible(updates.stage in (UpdateStage.CHECKING, UpdateStage.FETCHING))
        self.check.setVisible(idle and not repeats)
        self.report.setVisible(idle and problem is None and report is not None and report.failed_before)
        self._foot.setVisible(not all(one.isHidden() for one in self.buttons))
        self.checked.setText(update_labels.last_check(updates))
        self.setAccessibleName(self.tr("Updates: {state}").format(state=title))

    def focus(self) -> bool:
        """Focus the first thing that can be done; return whether there is anything."""
        every = (*self.remedies.buttons.values(), *self.buttons, self._switch)
        found = next((one for one in every if one.isVisibleTo(self) and one.isEnabled()), None)
        if found is not None:
            found.setFocus(Qt.FocusReason.ShortcutFocusReason)
        return found is not None

    def _lay_out(self) -> None:
        words = column_of(self.title, self.text, spacing=2)
        head = row_of((self._sign, TOP), (words, 1), spacing=10)
        column_of(
            label(Look.TITLE, self.tr("Updates")),
            head,
            self.bar,
            self.changes,
            self.remedies,
            self._foot,
            self.checked,
            column_of(self._switch, self._purpose, spacing=2),
            inside=self,
            around=(16, 14, 16, 16),
            spacing=12,
        )


class UpdateBanner(QFrame):
    """What wants attention, above every page but the settings, which say it themselves."""

    accessible_role = QAccessible.Role.Notification

    def __init__(
        self, intents: Intents, show_diagnostics: Callable[[], object], restart: Callable[[], object]
    ) -> None:
        super().__init__()
        self.setProperty("look", Look.NEWS.value)
        self._title = label(Look.STRONG, wraps=True)
        self._text = label(None, wraps=True)
        small, allow = Look.SMALL_BUTTON, intents.check_for_updates
        self.allow = button(self.tr("Check daily"), small, partial(_call, allow, True))  # noqa: FBT003
        self.deny = button(self.tr("Don't check"), small, partial(_call, allow, False))  # noqa: FBT003
        self.read = button(self.tr("What's new…"), small, partial(_open, intents))
        self.why = button(self.tr("See why…"), small, partial(_open, intents))
        self.restart = button(self.tr("Restart now"), small, restart)
        self.on_quit = button(
            self.tr("Install on quit"),
            small,
            partial(_call, intents.install_update_on_quit, True),  # noqa: FBT003
        )
        self.report = button(self.tr("Report…"), small, show_diagnostics)
        self.later = button(self.tr("Later"), small, intents.put_off_update)
        self.dismiss = button(self.tr("Dismiss"), small, intents.put_off_update)
        self._buttons = {
            UpdateNews.QUESTION: (self.allow, self.deny),
            UpdateNews.AVAILABLE: (self.read, self.later),
            UpdateNews.READY: (self.restart, self.on_quit, self.later),
            UpdateNews.FAILED: (self.why, self.dismiss),
            UpdateNews.WENT_BACK: (self.report, self.dismiss),
        }
        self._every = (
            *(self.allow, self.deny, self.read, self.why, self.restart, self.on_quit, self.report),
            *(self.later, self.dismiss),
        )
        words = column_of(self._title, self._text, spacing=2)
        row_of((words, 1), *((one, TOP) for one in self._every), inside=self, around=(16, 10, 10, 10))

    def render_state(self, state: State) -> None:
        """Show it, if there is anything."""
        news = state.updates.news(state.settings.check_for_updates.value)
        if news is None or (state.page is Page.SETTINGS and news is not UpdateNews.WENT_BACK):
            self.setVisible(False)
            return
        title, text = update_labels.news(state.updates, news)
        is_news = self.isHidden() or self._title.text() != title
        self._title.setText(title)
        self._text.setText(text)
        self._text.setVisible(bool(text))
        for one in self._every:
            one.setVisible(one in self._buttons[news])
        self.setAccessibleName(title)
        self.setAccessibleDescription(text)
        set_look(self, Look.NOTICE if news in _WARNINGS else Look.NEWS)
        self.setVisible(True)
        if is_news:
            announce(self, f"{title}. {text}")


def _sign(updates: Updates) -> Sign:
    if updates.stage is not UpdateStage.IDLE:
        return Sign.RUNNING
    if updates.problem is not None:
        return Sign.CROSS
    if updates.report is None or not updates.report.newest:
        return Sign.HOLLOW
    good = updates.is_state(UpdateState.CURRENT, UpdateState.INSTALLED)
    return Sign.DOT if good or updates.on_quit else Sign.DIAMOND


def _call(act: Callable[[bool], object], value: bool, _checked: bool = False) -> None:  # noqa: FBT001, FBT002
    """Call an intent with a value, from a signal that has one of its own."""
    act(value)


def _open(intents: Intents, _checked: bool = False) -> None:  # noqa: FBT001, FBT002  # a signal's
    intents.open_settings(SettingField.CHECK_FOR_UPDATES)
