"""The set-up card: everything that local proving needs, each with a button that installs it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QFrame, QGridLayout, QProgressBar, QPushButton, QWidget

from tee_rex.doctor import Verdict
from tee_rex_app.model.intents import Intents
from tee_rex_app.model.setup import Fix, SetupItem, SetupState
from tee_rex_app.model.state import State
from tee_rex_app.text import labels
from tee_rex_app.text.translation import translated
from tee_rex_app.ui.dialogs.file_dialogs import ask_to_open
from tee_rex_app.ui.theme import Theme, scaled
from tee_rex_app.ui.widgets.layouts import TOP, add, column_of, empty, row_of
from tee_rex_app.ui.widgets.parts import Look, Sign, SignMark, button, label, margins

_SIGNS = {Verdict.READY: Sign.DOT, Verdict.ON_FIRST_USE: Sign.HOLLOW, Verdict.PROBLEM: Sign.CROSS}

_ROW_HEIGHT = 28
"""The height of a row with a button."""

_TICK_MS = 500


class SetupCard(QFrame):
    """Shown while something is missing, or on request."""

    def __init__(self, theme: Theme, intents: Intents, clock: Callable[[], float]) -> None:
        super().__init__()
        self._clock = clock
        self._fix: tuple[Fix, float] | None = None
        self.setProperty("look", Look.CARD.value)
        self._theme = theme
        self._intents = intents
        self._shown: tuple[SetupState, bool] | None = None
        self._title = label(Look.TITLE)
        self._text = label(Look.SECOND, wraps=True)
        self.fix_all = button(self.tr("Install everything"), clicked=intents.fix_all)
        self.stop = button(self.tr("Stop"), Look.DANGER)
        self.stop.setAccessibleDescription(self.tr("Anything already downloaded is kept"))
        self.stop.clicked.connect(intents.stop_fixing)
        self.from_file: dict[Fix, QPushButton] = {}
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setAccessibleName(self.tr("Setup progress"))
        self._doing = label(Look.SMALL)
        self._timer = QTimer(self)
        self._timer.setInterval(_TICK_MS)
        self._timer.timeout.connect(self._tell_what_is_done)
        head = row_of(spacing=12)
        words = column_of(self._title, self._text, spacing=2)
        add(head, (words, 1), (self.fix_all, TOP), (self.stop, TOP))
        self._rows = QWidget()
        self._grid = QGridLayout(self._rows)
        margins(self._grid, 0, 0, 0, 0, 0)
        self._grid.setHorizontalSpacing(12)
        self._grid.setVerticalSpacing(2)
        self._grid.setColumnStretch(2, 1)
        column_of(head, self._bar, self._doing, self._rows, inside=self, around=(16, 14, 16, 14), spacing=10)

    def render_state(self, state: State) -> None:
        """Show the findings; rebuilt only when they change."""
        setup = state.setup
        self.setVisible(setup.items is not None and bool(setup.missing or setup.fixing or setup.expanded))
        shown = (setup, state.busy)
        if shown == self._shown:
            return
        before, self._shown = self._shown, shown
        if setup.missing:
            self._title.setText(self.tr("Set up this computer"))
            self._text.setText(
                self.tr(
                    "One-time setup. You can stop and resume later; proving also installs anything missing."
                )
            )
        else:
            self._title.setText(self.tr("This computer is ready"))
            self._text.setText(self.tr("Everything was checked; every file matches its pinned digest."))
        fixable = any(item.fix is not None for item in setup.missing)
        self.fix_all.setVisible(fixable and not setup.fixing)
        self.fix_all.setEnabled(not state.busy)
        self.stop.setVisible(bool(setup.fixing))
        self._render_progress(setup)
        if before is None or (before[0].items, before[1]) != (setup.items, state.busy):
            self._fill(setup, busy=state.busy)

    def _render_progress(self, setup: SetupState) -> None:
        """Show a bar if the total is known, else seconds: an indeterminate bar carries no information."""
        self._doing.setVisible(bool(setup.fixing))
        task = setup.progress
        known = bool(setup.fixing) and task is not None and bool(task.total)
        self._bar.setVisible(known)
        if not setup.fixing:
            self._fix = None
            self._timer.stop()
            return
        if self._fix is None or self._fix[0] is not setup.fixing[0]:
            self._fix = (setup.fixing[0], self._clock())
        if task is not None and task.total:
            self._timer.stop()
            percent = min(100, 100 * task.done // task.total)
            self._bar.setValue(percent)
            self._doing.setText(f"{labels.fix_name(setup.fixing[0])} · {percent} %")
        else:
            self._timer.start()
            self._tell_what_is_done()

    def _tell_what_is_done(self) -> None:
        if self._fix is not None:
            fix, begun = self._fix
            self._doing.setText(f"{labels.fix_name(fix)} · {int(self._clock() - begun)} s")

    def _fill(self, setup: SetupState, *, busy: bool) -> None:
        empty(self._grid)
        self.from_file.clear()
        before: QWidget = self.stop
        for row, item_shown in enumerate(sorted(setup.items or (), key=_ready_last)):
            for made in self._add_row(row, item_shown, busy=busy):
                self.setTabOrder(before, made)
                before = made

    def _add_row(self, row: int, item: SetupItem, *, busy: bool) -> list[QPushButton]:
        """Add one finding and return the buttons that install it."""
        finding = item.finding
        middle = Qt.AlignmentFlag.AlignVCenter
        ready = finding.verdict is Verdict.READY
        sign = (
            Sign.HOLLOW if item.optional and finding.verdict is Verdict.PROBLEM else _SIGNS[finding.verdict]
        )
        self._grid.addWidget(SignMark(self._theme, sign), row, 0, middle)
        self._grid.addWidget(label(Look.STRONG, labels.part_name(item)), row, 1, middle)
        words = detail = translated(finding.detail)
        if finding.verdict is Verdict.ON_FIRST_USE:
            words = self._not_installed(item)
        elif finding.verdict is Verdict.PROBLEM:
            words = f"{detail} {translated(finding.hint.words)}".strip()
        text = label(Look.SECOND, words, wraps=True)
        text.setToolTip(detail)
        self._grid.setRowMinimumHeight(row, scaled(_ROW_HEIGHT))
        fix = item.fix
        if fix is None or ready:
            self._grid.addWidget(text, row, 2, 1, 3, middle)
            return []
        self._grid.addWidget(text, row, 2, middle)
        made = button(labels.fix_button(fix), Look.SMALL_BUTTON)
        made.setAccessibleName(labels.fix_name(fix))
        made.clicked.connect(lambda: self._intents.fix(fix))
        buttons = [made]
        if (from_file := labels.fix_from_name(fix)) is not None:
            other = button(self.tr("From file…"), Look.SMALL_BUTTON)
            other.setToolTip(from_file)
            other.setAccessibleName(from_file)
            other.clicked.connect(lambda: self._ask_for_file(fix))
            self.from_file[fix] = other
            buttons.append(other)
        for column, one in enumerate(buttons, start=3):
            one.setEnabled(not busy)
            self._grid.addWidget(one, row, column, middle)
        return buttons

    def _not_installed(self, item: SetupItem) -> str:
        if not item.optional:
            return self.tr("Not installed")
        if item.fix in (Fix.BB_DEVELOPMENT, Fix.CRS_DEVELOPMENT):
            return self.tr("Not installed; used if the CRS can't be downloaded.")
        return self.tr("Not installed; needed only for real networks.")

    def _ask_for_file(self, fix: Fix) -> None:
        kinds = (
            self.tr("CRS points (*.dat);;All files (*)")
            if fix is Fix.CRS_GENUINE
            else self.tr("bb or its archive (bb *.tar.gz *.tgz);;All files (*)")
        )
        path = ask_to_open(self, labels.fix_from_name(fix) or "", kinds)
        if path is not None:
            self._intents.fix_from(fix, path)


def _ready_last(item: SetupItem) -> bool:
    return item.finding.verdict is Verdict.READY or item.optional
