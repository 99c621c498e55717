"""Lists of runs: their models, and the delegate that paints a row."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import (
    QAbstractListModel,
    QItemSelection,
    QModelIndex,
    QPersistentModelIndex,
    QPointF,
    QRect,
    QRectF,
    QSize,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import QFont, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from tee_rex.transaction.trusted_setup import TrustedSetup
from tee_rex_app.model.breakdown import leaves, merged, spans_of_run
from tee_rex_app.model.runs import PAGE, FoundRuns, Outcome, RunRecord, is_website
from tee_rex_app.text import formats, labels
from tee_rex_app.text.translation import tr
from tee_rex_app.ui.theme import CONTROL_RADIUS, Theme, scaled, text_font
from tee_rex_app.ui.widgets.parts import Sign, paint_focus, paint_sign
from tee_rex_app.ui.widgets.timeline import paint_stack

RUN_HEIGHT = 64
"""At the usual text size."""
_BAR_HEIGHT = 6.0
RECORD_ROLE = Qt.ItemDataRole.UserRole
_SIGNS = {
    Outcome.VERIFIED: (Sign.DOT, "accent"),
    Outcome.UNVERIFIED: (Sign.DIAMOND, "amber"),
    Outcome.RUNNING: (Sign.HOLLOW, "accent"),
    Outcome.FAILED: (Sign.CROSS, "red"),
    Outcome.CANCELLED: (Sign.HOLLOW, "third"),
    Outcome.INTERRUPTED: (Sign.DIAMOND, "amber"),
}

AnyIndex = QModelIndex | QPersistentModelIndex


class RunListModel(QAbstractListModel):
    """The newest runs, all of them in memory."""

    def __init__(self) -> None:
        super().__init__()
        self.runs: tuple[RunRecord, ...] = ()

    def show_runs(self, runs: tuple[RunRecord, ...]) -> None:
        """Replace the rows."""
        self.beginResetModel()
        self.runs = runs
        self.endResetModel()

    def rowCount(self, parent: AnyIndex | None = None) -> int:  # noqa: N802  # Qt's name
        """The number of runs."""
        return 0 if parent is not None and parent.isValid() else len(self.runs)

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """The record for painting, its words for display and screen readers."""
        if not index.isValid():
            return None
        run = self.runs[index.row()]
        if role == RECORD_ROLE:
            return run
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return run_in_words(run)
        return None


def _time(run: RunRecord) -> str:
    """A run's duration: from its report if there is one, as the breakdown and comparisons show it."""
    total = spans_of_run(run)
    ms = run.total_ms if total is None else total.ms
    return "" if ms is None else formats.seconds(ms)


def run_in_words(run: RunRecord) -> str:
    """A run in one line, for screen readers."""
    words = (
        labels.source_name(run.source),
        labels.mode_name(run.mode),
        f"{run.started_at:%Y-%m-%d %H:%M}",
        labels.outcome_name(run.outcome),
        _time(run),
    )
    return ", ".join(word for word in words if word)


def _elide_mode(source: str) -> Qt.TextElideMode:
    """The end of a website's name says whose it is."""
    return Qt.TextElideMode.ElideLeft if is_website(source) else Qt.TextElideMode.ElideRight


class RunDelegate(QStyledItemDelegate):
    """Paints one run: sign, name and time, then when, how and its bar."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self.scale_ms = 1.0

    def sizeHint(self, option: QStyleOptionViewItem, index: AnyIndex) -> QSize:  # noqa: N802  # Qt's name
        """Return the same height for all rows."""
        del option, index
        return QSize(120, scaled(RUN_HEIGHT))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: AnyIndex) -> None:
        """Paint a row, or that its run is still being read or unreadable."""
        run = index.data(RECORD_ROLE)
        rect: QRect = option.rect
        if not isinstance(run, RunRecord):
            self._paint_unread(painter, rect, str(index.data()))
            return
        state: QStyle.StateFlag = option.state
        color = self._theme.color
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if state & (QStyle.StateFlag.State_Selected | QStyle.StateFlag.State_MouseOver):
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(color("hover"))
            painter.drawRoundedRect(QRectF(rect).adjusted(0, 1, 0, -1), CONTROL_RADIUS, CONTROL_RADIUS)
        if state & QStyle.StateFlag.State_Selected:
            painter.setBrush(color("accent"))
            painter.setPen(Qt.PenStyle.NoPen)
            painter.drawRoundedRect(QRectF(rect.left(), rect.top() + 14, 3, rect.height() - 28), 1.5, 1.5)
        if state & QStyle.StateFlag.State_HasFocus:
            paint_focus(painter, QRectF(rect), color("accent_text"), CONTROL_RADIUS)
        sign, sign_color = _SIGNS[run.outcome]
        paint_sign(
            painter,
            sign,
            QPointF(rect.left() + 5 + scaled(10), rect.top() + scaled(16)),
            color(sign_color),
        )
        left, right = rect.left() + 5 + scaled(25), rect.right() - 8
        first = QRectF(left, rect.top() + scaled(6), right - left, scaled(20))
        time = _time(run)
        painter.setFont(text_font(weight=QFont.Weight.DemiBold))
        painter.setPen(color("ink"))
        painter.drawText(first, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, time)
        room = first.width() - painter.fontMetrics().horizontalAdvance(time) - 12
        name = painter.fontMetrics().elidedText(
            labels.source_name(run.source), _elide_mode(run.source), int(room)
        )
        painter.drawText(first, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, name)
        self._paint_second_line(painter, run, QRectF(left, rect.top() + scaled(28), right - left, scaled(18)))
        painter.restore()

    def _paint_unread(self, painter: QPainter, rect: QRect, words: str) -> None:
        """Paint a run that is still being read, or is unreadable."""
        painter.save()
        painter.setFont(text_font(12))
        painter.setPen(self._theme.color("third"))
        left = rect.left() + 5 + scaled(25)
        line = QRectF(left, rect.top() + scaled(6), rect.right() - 8 - left, scaled(20))
        painter.drawText(line, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, words)
        painter.restore()

    def _paint_second_line(self, painter: QPainter, run: RunRecord, second: QRectF) -> None:
        color = self._theme.color
        painter.setFont(text_font(12))
        painter.setPen(color("second"))
        words = f"{labels.mode_name(run.mode)} · {formats.day_and_time(run.started_at)}"
        if run.outcome is not Outcome.VERIFIED:
            words = f"{words} · {labels.outcome_name(run.outcome)}"
        painter.drawText(second, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, words)
        total = spans_of_run(run)
        if total is not None:
            if run.setup is TrustedSetup.DEVELOPMENT:
                painter.setPen(color("amber"))
                space = painter.fontMetrics().horizontalAdvance(words + "  ")
                painter.drawText(
                    second.adjusted(space, 0, 0, 0),
                    Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter,
                    tr("dev"),
                )
            bar = QRectF(second.left(), second.bottom() + 4, second.width(), _BAR_HEIGHT)
            paint_stack(painter, self._theme, merged(leaves(total)), bar, self.scale_ms)


ID_ROLE = RECORD_ROLE + 1


class FoundRunsModel(QAbstractListModel):
    """The runs that match a filter, each read when its row comes into view.

    Signals: wanted(ids), at most PAGE runs to read, around the rows last shown.
    """

    wanted = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.ids: tuple[int, ...] = ()
        self._records: Mapping[int, RunRecord | None] = {}
        self._missing: set[int] = set()
        self._asking = QTimer(self)
        self._asking.setSingleShot(True)
        self._asking.setInterval(0)
        self._asking.timeout.connect(self._ask)

    def show_found(self, found: FoundRuns) -> None:
        """Show the runs found, or the same ones with more records read."""
        self._missing.clear()
        self._records = found.records
        if found.ids != self.ids:
            self.beginResetModel()
            self.ids = found.ids
            self.endResetModel()
        elif self.ids:
            self.dataChanged.emit(self.index(0), self.index(len(self.ids) - 1))

    def ids_within(self, selection: QItemSelection) -> list[int]:
        """The ids of the selected runs, read or not."""
        ids: list[int] = []
        for part in selection.toList():
            ids += self.ids[part.top() : part.bottom() + 1]
        return ids

    def rowCount(self, parent: AnyIndex | None = None) -> int:  # noqa: N802  # Qt's name
        """The number of runs found."""
        return 0 if parent is not None and parent.isValid() else len(self.ids)

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """The record for painting, its words for display and screen readers."""
        if not index.isValid() or index.row() >= len(self.ids):
            return None
        number = self.ids[index.row()]
        if role == ID_ROLE:
            return number
        if role == RECORD_ROLE:
            return self._record(number, index.row())
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            run = self._record(number, index.row())
            if run is not None:
                return run_in_words(run)
            unreadable = number in self._records
            words = tr("Run {number} is unreadable") if unreadable else tr("Run {number}")
            return words.format(number=number)
        return None

    def _record(self, number: int, row: int) -> RunRecord | None:
        if number in self._records:
            return self._records[number]
        self._missing.add(row)
        self._asking.start()
        return None

    def _ask(self) -> None:
        """Request a page of unread runs around the rows shown since the last turn of the loop."""
        if not self._missing:
            return
        middle = (min(self._missing) + max(self._missing)) // 2
        start = max(0, min(middle - PAGE // 2, len(self.ids) - PAGE))
        self._missing.clear()
        around = self.ids[start : start + PAGE]
        if missing := tuple(number for number in around if number not in self._records):
            self.wanted.emit(missing)
