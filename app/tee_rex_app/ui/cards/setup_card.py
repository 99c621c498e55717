"""The set-up card: everything that local proving needs, each with a button that installs it."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QFrame, QProgressBar, QPushButton, QWidget

from tee_rex.doctor import Verdict
from tee_rex.system.progress import TaskProgress
from tee_rex_app.model.actions import Action
from tee_rex_app.model.intents import Intents
from tee_rex_app.model.problem import Problem
from tee_rex_app.model.setup import Fix, SetupItem, SetupState
from tee_rex_app.model.state import State
from tee_rex_app.text import formats, labels
from tee_rex_app.text.translation import translated
from tee_rex_app.ui.dialogs.file_dialogs import ask_to_open
from tee_rex_app.ui.theme import Theme, scaled
from tee_rex_app.ui.widgets.layouts import TOP, add, column_of, empty, grid_of, row_of
from tee_rex_app.ui.widgets.parts import Look, Sign, SignMark, button, label
from tee_rex_app.ui.widgets.problem_buttons import ProblemButtons

_SIGNS = {Verdict.READY: Sign.DOT, Verdict.ON_FIRST_USE: Sign.HOLLOW, Verdict.PROBLEM: Sign.CROSS}

_ROW_HEIGHT = 28
"""The height of a row with a button."""

_TICK_MS = 500
_OF_ROWS = (
    Action.TRY_AGAIN,
    Action.OTHER_FILE,
    Action.INSTALL_BB,
    Action.BB_FROM_FILE,
    Action.INSTALL_LIBRARIES,
    Action.DOWNLOAD_CRS,
    Action.CRS_FROM_FILE,
    Action.SYSTEM_CHECK,
)
"""What a row has buttons for, and where this is."""


class InstallProgress(QWidget):
    """What is being installed: a bar and MB where its size is known, else seconds.

    A bar without an end would carry no information.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        super().__init__()
        self._clock = clock
        self._installing: tuple[Fix, TaskProgress | None] | None = None
        self._since = 0.0
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName(self.tr("Setup progress"))
        self.doing = label(Look.SMALL, wraps=True)
        self._timer = QTimer(self)
        self._timer.setInterval(_TICK_MS)
        self._timer.timeout.connect(self.tick)
        column_of(self.bar, self.doing, inside=self, spacing=6)

    def render_state(self, state: State) -> None:
        """Show the progress, if any."""
        before, self._installing = self._installing, state.installing
        self.setVisible(self._installing is not None)
        if self._installing is None:
            self._timer.stop()
            return
        if before is None or _task_of(before) != _task_of(self._installing):
            self._since = self._clock()
        task = self._installing[1]
        known = task is not None and bool(task.total)
        self.bar.setVisible(known)
        if task is not None and known:
            self.bar.setValue(formats.percent_of(task))
        if task is not None and not _is_still(task):
            self._timer.stop()
        else:
            self._timer.start()
        self.tick()

    def tick(self) -> None:
        """Show the amount, or the seconds that have passed."""
        if self._installing is None:
            return
        fix, task = self._installing
        words = labels.fix_name(fix) if task is None else formats.task_text(task)
        if task is None or _is_still(task):
            words = f"{words} · {int(self._clock() - self._since)} s"
        self.doing.setText(words)
        self.bar.setAccessibleDescription(words)


def _is_still(task: TaskProgress) -> bool:
    """Whether its amount does not change: unknown, nothing yet, or all of it, which is then unpacked."""
    return not task.total or not 0 < task.done < task.total


def _task_of(installing: tuple[Fix, TaskProgress | None]) -> tuple[Fix, str | None]:
    fix, task = installing
    return fix, None if task is None else task.task


class SetupCard(QFrame):
    """Shown while something is missing, could not be installed, or on request: then with every finding.

    While something is proved, it is only the progress of what that installs.
    """

    def __init__(self, theme: Theme, intents: Intents, clock: Callable[[], float]) -> None:
        super().__init__()
        self.setProperty("look", Look.CARD.value)
        self._theme = theme
        self._intents = intents
        self._shown: tuple[object, ...] = ()
        self._title = label(Look.TITLE)
        self._text = label(Look.SECOND, wraps=True)
        self.fix_all = button("", clicked=intents.fix_all)
        self.stop = button(self.tr("Pause"))
        self.stop.setAccessibleDescription(self.tr("Anything already installed is kept"))
        self.stop.clicked.connect(intents.stop_fixing)
        # A button that cannot be checked passes False.
        self.hide_card = button(self.tr("Hide"), Look.QUIET, clicked=intents.expand_setup)
        self.from_file: dict[Fix, QPushButton] = {}
        self.buttons: dict[Fix, QPushButton] = {}
        self.progress = InstallProgress(clock)
        head = row_of(spacing=12)
        words = column_of(self._title, self._text, spacing=2)
        add(head, (words, 1), (self.fix_all, TOP), (self.stop, TOP), (self.hide_card, TOP))
        self._rows = QWidget()
        self._grid = grid_of(inside=self._rows, across=12, down=2, wide=2)
        column_of(head, self.progress, self._rows, inside=self, around=(16, 14, 16, 14), spacing=10)

    def render_state(self, state: State) -> None:
        """Show the findings; rebuilt only when they change."""
        setup = state.setup
        wanted = setup.missing or setup.fixing or setup.failures or setup.expanded
        # Beside a run there is no more than what that installs: the run comes first.
        wanted = wanted if not state.running else state.installing is not None
        self.setVisible(setup.items is not None and bool(wanted))
        self._text.setVisible(not state.running)
        self._rows.setVisible(not state.running)
        self.progress.render_state(state)
        installing = None if state.installing is None else state.installing[0]
        shown = (
            *(setup.items, setup.fixing, setup.paused, setup.failures, setup.expanded),
            *(installing, state.busy, state.running),
        )
        if shown == self._shown:
            return
        self._shown = shown
        self._title.setText(
            self.tr("Set up this computer")
            if setup.missing or installing is not None
            else self.tr("This computer is ready")
        )
        self._text.setText(self._explanation(setup))
        fixable = any(item.fix is not None for item in setup.missing)
        keep_focus = self._focus_keeper()
        self.fix_all.setText(self.tr("Resume") if setup.paused else self.tr("Install everything"))
        self.fix_all.setVisible(fixable and installing is None and not state.running)
        self.fix_all.setEnabled(not state.busy)
        self.stop.setVisible(bool(setup.fixing))
        self.hide_card.setVisible(not setup.missing and not setup.fixing and not state.running)
        self._fill(state, installing)
        keep_focus()

    def _focus_keeper(self) -> Callable[[], None]:
        """What gives the focus back to where it was, or to what has taken that place, after a change."""
        focused = cast("QWidget | None", self.window().focusWidget())  # the stubs leave out the None
        if focused is None or not self.isAncestorOf(focused):
            return lambda: None
        fix = next((fix for fix, made in self.buttons.items() if made is focused), None)

        def give_back() -> None:
            again = None if fix is None else self.buttons.get(fix)
            places = (again, self.stop, self.fix_all, self.hide_card)
            for place in places:
                if place is not None and place.isVisible() and place.isEnabled():
                    place.setFocus()
                    return

        return give_back

    def _explanation(self, setup: SetupState) -> str:
        if not setup.missing:
            return self.tr("Everything was checked; every file matches its pinned digest.")
        if setup.paused:
            return self.tr("Paused. What is installed is kept; Resume installs the rest.")
        size = labels.total_size(setup)
        once = (
            self.tr("One-time setup, {size} to download.").format(size=size)
            if size
            else self.tr("One-time setup.")
        )
        then = self.tr("You can pause and resume; proving also installs anything missing.")
        return f"{once} {then}"

    def _fill(self, state: State, installing: Fix | None) -> None:
        empty(self._grid)
        self.from_file.clear()
        self.buttons.clear()
        before: QWidget = self.stop
        shown = [item for item in state.setup.items or () if _is_shown(item, state.setup, installing)]
        for row, item in enumerate(sorted(shown, key=_ready_last) if state.setup.expanded else shown):
            for made in self._add_row(row, item, state, installing):
                self.setTabOrder(before, made)
                before = made

    def _add_row(self, row: int, item: SetupItem, state: State, installing: Fix | None) -> list[QPushButton]:
        """Add one finding and return the buttons that install it."""
        middle = Qt.AlignmentFlag.AlignVCenter
        sign, words, tooltip = self._finding(item, state.setup, installing)
        name = label(Look.STRONG, labels.part_name(item))
        text = label(Look.SECOND, words, wraps=True)
        text.setToolTip(tooltip)
        self._grid.addWidget(SignMark(self._theme, sign), row, 0, middle)
        self._grid.addWidget(name, row, 1, middle)
        self._grid.setRowMinimumHeight(row, scaled(_ROW_HEIGHT))
        fix = item.fix
        remedies = ProblemButtons(self._intents, links=True, without=_OF_ROWS)
        remedies.show_problem(None if installing is not None else _problem_of(item, state.setup), state)
        told = QWidget()
        column_of(text, remedies, inside=told, spacing=2)
        others = list(remedies.buttons.values())
        if fix is None or item.finding.verdict is Verdict.READY or installing is not None:
            self._grid.addWidget(told, row, 2, 1, 3, middle)
            return others
        self._grid.addWidget(told, row, 2, middle)
        failed = fix in state.setup.failures
        made = button(self.tr("Try again") if failed else labels.fix_button(fix), Look.SMALL_BUTTON)
        made.setAccessibleName(f"{labels.part_name(item)}: {made.text()}")
        made.clicked.connect(lambda: self._intents.fix(fix))
        self.buttons[fix] = made
        buttons = [made]
        if (from_file := labels.fix_from_name(fix)) is not None:
            other = button(self.tr("From file…"), Look.SMALL_BUTTON)
            other.setToolTip(from_file)
            other.setAccessibleName(from_file)
            other.clicked.connect(lambda: self._ask_for_file(fix))
            self.from_file[fix] = other
            buttons.append(other)
        for column, one in enumerate(buttons, start=3):
            one.setEnabled(not state.busy)
            self._grid.addWidget(one, row, column, middle)
        return [*others, *buttons]

    def _finding(self, item: SetupItem, setup: SetupState, installing: Fix | None) -> tuple[Sign, str, str]:
        """A row's sign, its words, and what the tooltip says of it."""
        finding, fix = item.finding, item.fix
        detail = translated(finding.detail)
        if finding.verdict is Verdict.READY:
            return Sign.DOT, detail, detail
        # Installing bb also installs the libraries, as a part of their own.
        if fix is not None and (fix is installing or fix in setup.fixing[:1]):
            return Sign.RUNNING, _with_size(self.tr("Installing"), item), detail
        if fix is not None and (problem := setup.failures.get(fix)) is not None:
            why = self.tr("Failed: {reason}").format(reason=translated(problem.message))
            return Sign.CROSS, formats.breakable(why), translated(problem.hint)
        if fix in setup.fixing:
            return Sign.HOLLOW, _with_size(self.tr("Waiting"), item), detail
        if finding.verdict is Verdict.PROBLEM:
            sign = Sign.HOLLOW if item.optional else Sign.CROSS
            hint = translated(finding.hint.words)
            return sign, f"{detail.removesuffix('.')}. {hint}" if hint else detail, detail
        return _SIGNS[finding.verdict], self._not_installed(item), detail

    def _not_installed(self, item: SetupItem) -> str:
        words = _with_size(self.tr("Not installed"), item)
        if item.fix is Fix.LIBRARIES and item.finding.download_bytes is None:
            return self.tr("Needed only on older systems.")
        if item.fix in (Fix.WALLET_GENUINE, Fix.WALLET_DEVELOPMENT):
            return self.tr("{state}. Only accounts and tokens need it.").format(state=words)
        if item.optional and item.fix in (Fix.BB_DEVELOPMENT, Fix.CRS_DEVELOPMENT):
            return self.tr("{state}. Used if the CRS can't be downloaded.").format(state=words)
        if item.optional:
            return self.tr("{state}. Only real networks need it.").format(state=words)
        return words

    def _ask_for_file(self, fix: Fix) -> None:
        kinds = (
            self.tr("CRS points (*.dat);;All files (*)")
            if fix is Fix.CRS_GENUINE
            else self.tr("bb or its archive (bb *.tar.gz *.tgz);;All files (*)")
        )
        path = ask_to_open(self, labels.fix_from_name(fix) or "", kinds)
        if path is not None:
            self._intents.fix_from(fix, path)


def _problem_of(item: SetupItem, setup: SetupState) -> Problem | None:
    """Why a part could not be installed, or cannot be used."""
    if item.fix is not None and item.fix in setup.failures:
        return setup.failures[item.fix]
    return None if item.finding.error is None else Problem.of(item.finding.error)


def _with_size(words: str, item: SetupItem) -> str:
    size = labels.download_size(item)
    return f"{words} · {size}" if size else words


def _is_shown(item: SetupItem, setup: SetupState, installing: Fix | None) -> bool:
    """The parts that the sample needs, and what is wrong; everything on request."""
    if setup.expanded or (item.finding.verdict is not Verdict.READY and not item.optional):
        return True
    fix = item.fix
    return fix is not None and (not item.optional or fix in setup.failures or fix is installing)


def _ready_last(item: SetupItem) -> tuple[bool, bool]:
    """What the sample needs comes first, then what only flows need, then what is there."""
    return item.finding.verdict is Verdict.READY, item.optional
