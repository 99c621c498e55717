"""The question whether a website may prove, and the dialog that shows it."""

from __future__ import annotations

import math
from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QDialog, QWidget

from tee_rex.browser.approvals import ANSWER_SECONDS
from tee_rex_app.model.intents import Intents
from tee_rex_app.model.sites import SiteQuestion
from tee_rex_app.model.state import State
from tee_rex_app.text import formats, labels
from tee_rex_app.ui.widgets.layouts import STRETCH, TOP, WholeDialog, column_of, grid_of, row_of
from tee_rex_app.ui.widgets.parts import Look, button, label

_TICK_MS = 250
_SECONDS_TO_READ = 1.0
"""Until Allow works: a page can ask just before a click or a key press that it has asked the user for."""


class SiteDialog(WholeDialog):
    """Asks once. Deny is the default, the focus, Esc and the window's close button.

    Allow can be chosen once the question has been shown for a second.
    """

    def __init__(
        self,
        parent: QWidget,
        question: SiteQuestion,
        clock: Callable[[], float],
    ) -> None:
        super().__init__(parent)
        self.question = question
        self._clock = clock
        self.setWindowTitle(self.tr("Allow this website to prove?"))
        self.setMinimumWidth(520)
        self.setMaximumWidth(620)
        origin = str(question.origin)
        self.origin = label(Look.HEADING, formats.breakable(origin), wraps=True)
        self.origin.setAccessibleName(origin)
        what = self.tr(
            "If you allow it, it can get proofs from TEE-Rex without asking again. You can revoke this on the"
            " Sites page."
        )
        self.again = label(
            Look.AMBER,
            self.tr("! You allowed it before, in a mode in which fewer people could read the witness."),
            wraps=True,
        )
        self.again.setVisible(question.asked_again)
        reads = labels.who_a_site_lets_read(question.readers, question.mode)
        rows = [(self.tr("Who else can read the witness"), reads)]
        if question.mode is not None:
            rows.insert(0, (self.tr("Mode"), labels.mode_name(question.mode)))
        facts = grid_of(across=16, down=6, wide=1)
        for row, (name, value) in enumerate(rows):
            facts.addWidget(label(Look.SECOND, name), row, 0, TOP)
            facts.addWidget(label(Look.STRONG, formats.breakable(value), wraps=True), row, 1)
        self._left = label(Look.SMALL)
        self.allow = button(self.tr("Allow"), clicked=self.accept)
        self.deny = button(self.tr("Deny"), Look.PRIMARY, clicked=self.reject)
        self.deny.setDefault(True)
        column_of(
            label(Look.TITLE, self.tr("Allow this website to prove?")),
            self.origin,
            label(None, what, wraps=True),
            facts,
            self.again,
            STRETCH,
            row_of((self._left, 1), self.allow, self.deny, spacing=10),
            inside=self,
            around=(24, 20, 24, 20),
            spacing=14,
        )
        read_aloud = [origin, what, *(f"{name}: {value}" for name, value in rows)]
        if question.asked_again:
            read_aloud.append(self.again.text())
        self.setAccessibleDescription(" ".join(read_aloud))
        self._timer = QTimer(self)
        self._timer.setInterval(_TICK_MS)
        self._timer.timeout.connect(self._tick)
        self._timer.start()
        self._tick()
        self.deny.setFocus(Qt.FocusReason.OtherFocusReason)

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802  # Qt's name
        """Be as high as the wrapped texts need at this width, of which a dialog's size hint knows nothing."""
        super().showEvent(event)
        layout = self.layout()
        if layout is not None:
            layout.activate()
            self.resize(self.width(), max(self.height(), layout.totalHeightForWidth(self.width())))

    def _tick(self) -> None:
        left = self.question.until - self._clock()
        self.allow.setEnabled(left <= ANSWER_SECONDS - _SECONDS_TO_READ)
        shown = max(0, math.ceil(left))
        self._left.setText(self.tr("Denied in {seconds} s if you don't answer").format(seconds=shown))


class SitePrompt(QObject):
    """Shows the state's question in front of everything, and takes it away."""

    def __init__(
        self, window: QWidget, intents: Intents, clock: Callable[[], float], present: Callable[[], object]
    ) -> None:
        """present: shows the window in front of others."""
        super().__init__(window)
        self._window = window
        self._intents = intents
        self._clock = clock
        self._present = present
        self._question: SiteQuestion | None = None
        self._hides_again = False
        self.dialog: SiteDialog | None = None

    def render_state(self, state: State) -> None:
        """Show another question, or none."""
        question = state.sites.question
        if question is self._question:
            return
        self._question = question
        if (withdrawn := self.dialog) is not None:
            self.dialog = None
            withdrawn.finished.disconnect(self._answered)
            withdrawn.close()
        if question is None and self._hides_again:
            self._hides_again = False
            self._window.hide()  # in the tray, where it was
        if question is not None:
            hidden = self._window.isHidden()
            self._present()
            self._hides_again = hidden
            self.dialog = SiteDialog(self._window, question, self._clock)
            self.dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            self.dialog.finished.connect(self._answered)
            self.dialog.open()  # modal, so that no shortcut of the window takes its keys
            self.dialog.raise_()
            self.dialog.activateWindow()

    def keep_window(self) -> None:
        """Leave the window shown after the answer, because the user has opened it."""
        self._hides_again = False

    def _answered(self, result: int) -> None:
        self.dialog = None
        if self._question is not None:
            self._intents.answer_site(self._question, result == QDialog.DialogCode.Accepted)
