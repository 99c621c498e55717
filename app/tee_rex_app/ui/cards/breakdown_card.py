"""Where a run's time went: its timeline and the tree of its parts."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRectF, Qt
from PySide6.QtGui import QFont, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHeaderView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTreeWidget,
    QTreeWidgetItem,
    QWidget,
)

from tee_rex.transaction.trusted_setup import TrustedSetup
from tee_rex_app.model.breakdown import Span, SpanKind, leaves, merged, spans_of_run
from tee_rex_app.model.intents import Intents
from tee_rex_app.model.runs import RunRecord
from tee_rex_app.model.state import State
from tee_rex_app.text import breakdown_labels, formats, labels
from tee_rex_app.ui.theme import BAR_RADIUS, Theme, mono_font, scaled, text_font
from tee_rex_app.ui.widgets.layouts import MIDDLE, STRETCH, column_of, row_of
from tee_rex_app.ui.widgets.parts import ElidedLabel, Look, label
from tee_rex_app.ui.widgets.problem_buttons import ProblemButtons, problem_of_run
from tee_rex_app.ui.widgets.timeline import Legend, Timeline, paint_stack

_NAME, _TIME, _BAR = range(3)
_SPAN_ROLE = Qt.ItemDataRole.UserRole
_ROW_HEIGHT = 28
_BAR_HEIGHT = 8.0


class _BarDelegate(QStyledItemDelegate):
    """Paints a span's place within the whole run."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self.total_ms = 0.0

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Paint the track, and on it the span, coloured by kind of time."""
        super().paint(painter, option, index)
        span = index.data(_SPAN_ROLE)
        if not isinstance(span, Span) or self.total_ms <= 0:
            return
        rect = QRectF(option.rect)
        track = QRectF(rect.left() + 12, rect.center().y() - _BAR_HEIGHT / 2, rect.width() - 16, _BAR_HEIGHT)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.color("track"))
        painter.drawRoundedRect(track, BAR_RADIUS, BAR_RADIUS)
        paint_stack(painter, self._theme, merged(leaves(span)), track, self.total_ms)
        painter.restore()


class BreakdownCard(QFrame):
    """The selected run's times; of a failed one, why, and what can be done about it."""

    def __init__(self, theme: Theme, intents: Intents, show_diagnostics: Callable[[], object]) -> None:
        super().__init__()
        self._intents = intents
        self.remedies = ProblemButtons(intents, show_diagnostics)
        self.setProperty("look", Look.CARD.value)
        self._shown: tuple[RunRecord | None, bool] | None = None
        self._theme = theme
        self._which = ElidedLabel(Look.SECOND)
        self._tag = label(Look.TAG, self.tr("development setup"))
        self.timeline = Timeline(theme)
        self.legend = Legend(theme)
        self.tree = QTreeWidget()
        self.tree.setHeaderLabels([self.tr("Part"), self.tr("Time"), self.tr("When")])
        self.tree.setHeaderHidden(True)
        self.tree.setUniformRowHeights(True)
        self.tree.setIndentation(16)
        self.tree.setFrameShape(QFrame.Shape.NoFrame)
        self.tree.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.tree.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.tree.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.tree.setAccessibleName(self.tr("Timing breakdown"))
        self.tree.itemExpanded.connect(self._fit)
        self.tree.itemCollapsed.connect(self._fit)
        header = self.tree.header()
        header.setStretchLastSection(False)
        header.setMinimumSectionSize(64)
        header.setSectionResizeMode(_NAME, QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(_TIME, QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(_BAR, QHeaderView.ResizeMode.Stretch)
        self._bars = _BarDelegate(theme, self.tree)
        self.tree.setItemDelegateForColumn(_BAR, self._bars)
        self._empty = label(Look.SECOND, wraps=True)
        title = row_of(label(Look.TITLE, self.tr("Timing breakdown")), STRETCH, (self._tag, MIDDLE))
        head = column_of(title, self._which, spacing=2)
        column_of(
            head,
            self._empty,
            self.remedies,
            self.timeline,
            self.legend,
            self.tree,
            STRETCH,
            inside=self,
            around=(16, 14, 16, 14),
            spacing=10,
        )
        theme.changed.connect(self._recolour)
        theme.zoomed.connect(self._enlarge)

    def render_state(self, state: State) -> None:
        """Show the selected run, which is an earlier one while another runs."""
        run = state.selected
        failed = None if run is None else problem_of_run(run, self._intents)
        self.remedies.show_problem(failed, state)
        if self._shown == (shown := (run, state.running)):
            return
        self._shown = shown
        total = None if run is None else spans_of_run(run)
        for part in (self.timeline, self.legend, self.tree):
            part.setVisible(total is not None)
        self._empty.setVisible(total is None)
        self._which.setText("" if run is None else self._name_of(run, earlier=state.running))
        self._which.setVisible(run is not None)
        self._tag.setVisible(run is not None and run.setup is TrustedSetup.DEVELOPMENT)
        if total is None:
            self._empty.setText(self._empty_text(run, running=state.running))
            return
        self.timeline.show_span(total)
        self.legend.show_span(total)
        self._bars.total_ms = total.ms
        self.tree.clear()
        self.tree.addTopLevelItem(self._item(total))
        self._set_fonts()
        if run is not None and run.flow is not None:
            self.tree.expandToDepth(1)
        else:
            self.tree.expandAll()
        self._fit()

    def _name_of(self, run: RunRecord, *, earlier: bool) -> str:
        return self.tr("Earlier run: {run}").format(run=_which(run)) if earlier else _which(run)

    def _empty_text(self, run: RunRecord | None, *, running: bool) -> str:
        if run is None and running:
            return self.tr(
                "When the run ends, this shows where the time went. Until then, you can select an earlier"
                " run."
            )
        if run is None:
            return self.tr(
                "After a proof, this shows where the time went: phases, circuits and the final proof."
            )
        if (error := run.error) is not None:
            return labels.failure(error)
        return self.tr("No proof was made, so there is no breakdown.")

    def _item(self, span: Span) -> QTreeWidgetItem:
        item = QTreeWidgetItem([breakdown_labels.span_name(span), formats.seconds(span.ms), ""])
        item.setTextAlignment(_TIME, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        item.setData(_BAR, _SPAN_ROLE, span)
        place = self.tr("from {begin} to {end}").format(
            begin=formats.seconds(span.start_ms), end=formats.seconds(span.start_ms + span.ms)
        )
        item.setData(_BAR, Qt.ItemDataRole.AccessibleTextRole, place)
        item.setToolTip(_NAME, item.text(_NAME))
        for child in span.children:
            item.addChild(self._item(child))
        return item

    def _fit(self) -> None:
        """Grow with the rows: the page scrolls, not the tree."""
        rows, item = 0, self.tree.topLevelItem(0)
        index = self.tree.indexFromItem(item) if item else QModelIndex()
        while index.isValid():
            rows += 1
            index = self.tree.indexBelow(index)
        self.tree.setFixedHeight(rows * (scaled(_ROW_HEIGHT) + 1) + 4)

    def _recolour(self) -> None:
        self.tree.viewport().update()

    def _enlarge(self) -> None:
        self._set_fonts()
        self._fit()

    def _set_fonts(self) -> None:
        if (total := self.tree.topLevelItem(0)) is not None:
            _set_fonts(total)


def _set_fonts(item: QTreeWidgetItem) -> None:
    """Set those of a row and of the rows below it."""
    span: Span = item.data(_BAR, _SPAN_ROLE)
    text = text_font(weight=QFont.Weight.DemiBold) if span.kind is SpanKind.TOTAL else text_font()
    code = span.kind in (SpanKind.CIRCUIT, SpanKind.FUNCTION)
    item.setFont(_NAME, mono_font() if code else text)
    item.setFont(_TIME, text)
    for row in range(item.childCount()):
        if (child := item.child(row)) is not None:
            _set_fonts(child)


def _which(run: RunRecord) -> str:
    words = (
        labels.source_name(run.source),
        labels.mode_name(run.mode),
        f"{run.started_at:%H:%M}",
        labels.used_bbs(run),
    )
    return " · ".join(filter(None, words))
