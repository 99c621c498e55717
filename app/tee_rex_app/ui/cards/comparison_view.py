"""Runs side by side: their bars on one scale, and a table of the differences."""

from __future__ import annotations

from string import ascii_uppercase

from PySide6.QtCore import QBuffer, QIODevice, QMargins, QPoint, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QAccessible, QFont, QImage, QImageWriter, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHeaderView,
    QSizePolicy,
    QTableWidget,
    QTableWidgetItem,
    QWidget,
)

from tee_rex.transaction.trusted_setup import TrustedSetup
from tee_rex_app import __version__
from tee_rex_app.model.breakdown import TimeRole, leaves
from tee_rex_app.model.comparison import Comparison, ComparisonRow, RowKind
from tee_rex_app.model.runs import RunRecord
from tee_rex_app.text import breakdown_labels, formats, labels
from tee_rex_app.text.breakdown_labels import row_name, time_and_difference
from tee_rex_app.ui.theme import LABEL_PIXELS, Theme, mono_font, scaled, text_font
from tee_rex_app.ui.widgets.layouts import column_of
from tee_rex_app.ui.widgets.parts import Look
from tee_rex_app.ui.widgets.timeline import Legend, paint_stack, tick_step, tick_text

MOST = 6
"""More columns are unreadable."""
_LINE = 20.0
_BAR = 18.0
_BETWEEN = 14.0
_AXIS = 22.0
_ROW_HEIGHT = 30
_LETTER = 20.0
_FOOT = 20


class ComparisonBars(QWidget):
    """A stacked bar for each run, all on one scale."""

    accessible_role = QAccessible.Role.Chart

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._comparison = Comparison((), (), ())
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(self.tr("Runs on the same scale"))
        theme.changed.connect(self.update)

    def show_comparison(self, comparison: Comparison) -> None:
        """Show others."""
        self._comparison = comparison
        words = [
            f"{labels.source_name(run.source)}, {labels.mode_name(run.mode)}, {formats.seconds(total.ms)}"
            for run, total in zip(comparison.runs, comparison.totals, strict=True)
        ]
        self.setAccessibleDescription("; ".join(words))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802  # Qt's name
        """Return the height of all bars."""
        count = len(self._comparison.runs)
        return QSize(300, int(count * (scaled(_LINE) + _BAR + _BETWEEN) + scaled(_AXIS) - _BETWEEN))

    def minimumSizeHint(self) -> QSize:  # noqa: N802  # Qt's name
        """Allow a narrower width than the size hint."""
        return QSize(160, self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802  # Qt's name
        """Paint the bars and the axis."""
        del event
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        longest, top = self._comparison.longest_ms, 0.0
        if longest <= 0:
            return
        letter = scaled(_LETTER)
        room = self.width() - letter
        for at, (run, total) in enumerate(zip(self._comparison.runs, self._comparison.totals, strict=True)):
            self._paint_line(painter, at, run, total.ms, top)
            bar = QRectF(letter, top + scaled(_LINE) + 2, room, _BAR)
            paint_stack(painter, self._theme, leaves(total), bar, longest)
            top += scaled(_LINE) + _BAR + _BETWEEN
        self._paint_axis(painter, top - _BETWEEN + 4, room, longest)

    def _paint_line(self, painter: QPainter, at: int, run: RunRecord, ms: float, top: float) -> None:
        color = self._theme.color
        line = QRectF(0, top, self.width(), scaled(_LINE))
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.setFont(text_font(weight=QFont.Weight.DemiBold))
        painter.setPen(color("third"))
        painter.drawText(line, Qt.AlignmentFlag.AlignLeft | middle, ascii_uppercase[at])
        painter.setPen(color("ink"))
        time = formats.seconds(ms)
        painter.drawText(line, Qt.AlignmentFlag.AlignRight | middle, time)
        left = line.adjusted(scaled(_LETTER), 0, -painter.fontMetrics().horizontalAdvance(time) - 12, 0)
        mode = labels.mode_name(run.mode)
        painter.drawText(left, Qt.AlignmentFlag.AlignLeft | middle, mode)
        left.setLeft(left.left() + painter.fontMetrics().horizontalAdvance(mode) + 8)
        painter.setFont(text_font())
        painter.setPen(color("second"))
        words = f"{labels.source_name(run.source)} · {formats.day_and_time(run.started_at)}"
        if run.setup is TrustedSetup.DEVELOPMENT:
            words = f"{words} · {labels.setup_name(run.setup)}"
        shown = painter.fontMetrics().elidedText(words, Qt.TextElideMode.ElideRight, int(left.width()))
        painter.drawText(left, Qt.AlignmentFlag.AlignLeft | middle, shown)

    def _paint_axis(self, painter: QPainter, top: float, room: float, longest: float) -> None:
        painter.setFont(text_font(LABEL_PIXELS))
        step = tick_step(longest / 1000, int(room))
        tick = 0.0
        while tick * 1000 <= longest:
            x = scaled(_LETTER) + room * tick * 1000 / longest
            text = tick_text(tick, longest / 1000)
            width = painter.fontMetrics().horizontalAdvance(text)
            if x + width / 2 <= self.width():
                painter.setPen(self._theme.color("border"))
                painter.drawLine(QPointF(x, top - 4), QPointF(x, top - 1))
                painter.setPen(self._theme.color("third"))
                painter.drawText(QPointF(x if tick == 0.0 else x - width / 2, top + scaled(11)), text)
            tick += step


class ComparisonView(QWidget):
    """Bars and table, as an exported picture shows them."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.setProperty("look", Look.SIDEBAR_PART.value)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.bars = ComparisonBars(theme)
        self.legend = Legend(theme)
        self.table = QTableWidget()
        self.table.setFrameShape(QFrame.Shape.NoFrame)
        self.table.setAccessibleName(self.tr("Differences"))
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.table.setShowGrid(False)
        self.table.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.table.verticalHeader().setVisible(False)
        self.table.verticalHeader().setDefaultSectionSize(scaled(_ROW_HEIGHT))
        self.table.setTabKeyNavigation(False)
        column_of(self.bars, self.legend, self.table, inside=self, spacing=12)
        theme.changed.connect(self._recolour)
        self._kinds: list[RowKind | None] = []
        self._comparison = Comparison((), (), ())
        theme.zoomed.connect(self._enlarge)

    def show_comparison(self, comparison: Comparison) -> None:
        """Show others."""
        self._comparison = comparison
        self.bars.show_comparison(comparison)
        roles = {leaf.role for total in comparison.totals for leaf in leaves(total)}
        self.legend.show_words({role: breakdown_labels.role_name(role) for role in TimeRole if role in roles})
        table, runs = self.table, comparison.runs
        lines = self._lines(comparison)
        self._kinds = [line.kind if isinstance(line, ComparisonRow) else None for line in lines]
        table.clear()
        table.clearSpans()
        table.setRowCount(len(lines))
        table.setColumnCount(1 + len(runs))
        heads = [f"{ascii_uppercase[at]}  {labels.mode_name(run.mode)}" for at, run in enumerate(runs)]
        table.setHorizontalHeaderLabels([self.tr("Part"), *heads])
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        for at in range(1 + len(runs)):
            if (head := table.horizontalHeaderItem(at)) is not None:
                head.setTextAlignment(right if at else left)
        for number, row in enumerate(lines):
            if isinstance(row, str):
                heading = QTableWidgetItem(row)
                heading.setFont(text_font(LABEL_PIXELS, QFont.Weight.DemiBold))
                heading.setTextAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignBottom)
                table.setItem(number, 0, heading)
                for at in range(1, 1 + len(runs)):
                    covered = QTableWidgetItem()
                    covered.setFlags(Qt.ItemFlag.NoItemFlags)
                    table.setItem(number, at, covered)
                table.setSpan(number, 0, 1, 1 + len(runs))
                continue
            strong = row.kind is RowKind.TOTAL
            font = text_font(weight=QFont.Weight.DemiBold) if strong else text_font()
            name = QTableWidgetItem(row_name(row))
            name.setFont(mono_font() if row.kind is RowKind.PART else font)
            name.setToolTip(row_name(row))
            table.setItem(number, 0, name)
            for at, (value, difference) in enumerate(zip(row.values, row.differences(), strict=True)):
                cell = QTableWidgetItem(time_and_difference(value, difference))
                cell.setFont(font)
                cell.setTextAlignment(right)
                table.setItem(number, 1 + at, cell)
        header = table.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        header.setMinimumSectionSize(90)
        table.setFixedHeight(len(lines) * scaled(_ROW_HEIGHT) + header.sizeHint().height() + 4)
        self._recolour()

    def _lines(self, comparison: Comparison) -> list[ComparisonRow | str]:
        """Yield the rows, with a heading before each kind."""
        headings = {RowKind.ROLE: self.tr("Kinds of time"), RowKind.PART: self.tr("Circuits and functions")}
        lines: list[ComparisonRow | str] = []
        for row in comparison.rows:
            if heading := headings.pop(row.kind, ""):
                lines.append(heading)
            lines.append(row)
        return lines

    def picture(self) -> bytes:
        """Render it as a PNG at twice the pixels, with the program's name below."""
        edge = 24
        size = self.size().grownBy(QMargins(edge, edge, edge, edge + _FOOT)) * 2
        image = QImage(size, QImage.Format.Format_ARGB32)
        image.setDevicePixelRatio(2)
        image.fill(self._theme.color("panel"))
        painter = QPainter(image)
        self.render(painter, QPoint(edge, edge))
        painter.setFont(text_font(LABEL_PIXELS))
        painter.setPen(self._theme.color("third"))
        words = f"TEE-Rex {__version__}"
        if self.table.columnCount() > 2:
            percentages = self.tr("Percentages are relative to A.")
            words = f"{words} · {percentages}"
        painter.drawText(edge, edge + self.height() + _FOOT, words)
        painter.end()
        buffer = QBuffer()
        buffer.open(QIODevice.OpenModeFlag.WriteOnly)
        if not QImageWriter(buffer, b"PNG").write(image):
            raise RuntimeError("Qt cannot write a PNG.")
        return bytes(buffer.data().data())

    def _enlarge(self) -> None:
        self.table.verticalHeader().setDefaultSectionSize(scaled(_ROW_HEIGHT))
        self.show_comparison(self._comparison)

    def _recolour(self) -> None:
        colors = {None: "third", RowKind.PART: "second"}
        for number, kind in enumerate(self._kinds):
            color = self._theme.color(colors.get(kind, "ink"))
            for at in range(self.table.columnCount()):
                if (item := self.table.item(number, at)) is not None:
                    item.setForeground(color)
