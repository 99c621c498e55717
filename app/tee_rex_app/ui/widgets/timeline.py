"""A run's timeline: one stacked bar, coloured by kind of time."""

from __future__ import annotations

from itertools import pairwise

from PySide6.QtCore import QEvent, QLocale, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QAccessible, QFontMetricsF, QHelpEvent, QPainter, QPainterPath, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from tee_rex_app.model.breakdown import Span, TimeRole, in_lanes, leaves, merged, sums_by_role
from tee_rex_app.text import breakdown_labels, formats
from tee_rex_app.ui.theme import BAR_RADIUS, LABEL_PIXELS, Theme, scaled, text_font

ROLE_COLORS = {
    TimeRole.READY: "third",
    TimeRole.SIMULATE: "simulate",
    TimeRole.SEND: "send",
    TimeRole.PROVE: "prove",
    TimeRole.VERIFY: "verify",
    TimeRole.CONFIRM: "confirm",
}

_BAR_HEIGHT = 22.0
_AXIS_HEIGHT = 20.0
_TICK_STEPS = (0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 30.0, 60.0, 120.0, 300.0, 600.0, 1800.0, 3600.0)
_PIXELS_BETWEEN_TICKS = 64
_GAP = 1.0
_GAP_FROM = 4.0
"""Pixels; shorter spans have no gap, or a chart of many would consist of gaps."""
_LEGEND_LINE = 18.0


def paint_stack(painter: QPainter, theme: Theme, spans: list[Span], rect: QRectF, scale_ms: float) -> None:
    """Paint spans as a bar; ``scale_ms`` fills the rectangle's width.

    Where the wallet simulates while something else is done, the bar has two lanes.
    """
    if scale_ms <= 0 or not spans:
        return
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    pixels = rect.width() / scale_ms
    begin = spans[0].start_ms
    end = min(scale_ms, max(span.start_ms + span.ms for span in spans))
    bar = QRectF(rect.left() + begin * pixels, rect.top(), max(2.0, (end - begin) * pixels), rect.height())
    whole = QPainterPath()
    whole.addRoundedRect(bar, BAR_RADIUS, BAR_RADIUS)
    painter.setClipPath(whole)
    for span, lane in in_lanes(merged(spans)):
        # On whole pixels, or seams would show.
        left = round(rect.left() + span.start_ms * pixels)
        right = max(left + 1, round(rect.left() + (span.start_ms + span.ms) * pixels))
        top, height = _lane(rect, lane)
        painter.fillRect(QRectF(left, top, right - left, height), theme.color(ROLE_COLORS[span.role]))
    for (one, lane), (after, lane_after) in pairwise(in_lanes(spans)):
        together = one.role is after.role and lane == lane_after
        if together and min(one.ms, after.ms) * pixels >= _GAP_FROM:
            x = round(rect.left() + after.start_ms * pixels) - _GAP
            top, height = _lane(rect, lane)
            painter.fillRect(QRectF(x, top, _GAP, height), theme.color("panel"))
    painter.restore()


def _lane(rect: QRectF, lane: int | None) -> tuple[float, float]:
    """Top and height of a lane of a bar; None: both."""
    if lane is None:
        return rect.top(), rect.height()
    half = round(rect.height() / 2)
    return (rect.top(), half) if lane == 0 else (rect.top() + half, rect.height() - half)


class Timeline(QWidget):
    """The bar with its axis."""

    accessible_role = QAccessible.Role.Chart

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._total: Span | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(self.tr("Timeline of the run"))
        theme.changed.connect(self.update)

    def sizeHint(self) -> QSize:  # noqa: N802  # Qt's name
        """Return a hint; the policy takes all available width."""
        return QSize(240, int(_BAR_HEIGHT) + scaled(_AXIS_HEIGHT))

    def show_span(self, total: Span | None) -> None:
        """Show another run."""
        self._total = total
        if total is not None:
            self.setAccessibleDescription(
                ", ".join(f"{breakdown_labels.span_name(s)} {formats.seconds(s.ms)}" for s in total.children)
            )
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802  # Qt's name
        """Paint the stacked bar and its axis."""
        del event
        if self._total is None or self._total.ms <= 0:
            return
        painter = QPainter(self)
        bar = QRectF(0, 0, self.width(), _BAR_HEIGHT)
        paint_stack(painter, self._theme, leaves(self._total), bar, self._total.ms)
        painter.setFont(text_font(LABEL_PIXELS))
        step = tick_step(self._total.ms / 1000, self.width())
        tick = 0.0
        while tick * 1000 <= self._total.ms:
            x = self.width() * tick * 1000 / self._total.ms
            painter.setPen(self._theme.color("border"))
            painter.drawLine(QPointF(x, _BAR_HEIGHT + 1), QPointF(x, _BAR_HEIGHT + 4))
            text = tick_text(tick, self._total.ms / 1000)
            room = painter.fontMetrics().horizontalAdvance(text)
            if x + room + 4 <= self.width() or tick == 0.0:
                painter.setPen(self._theme.color("third"))
                painter.drawText(QPointF(x if tick == 0.0 else x - room / 2, _BAR_HEIGHT + scaled(17)), text)
            tick += step

    def event(self, event: QEvent) -> bool:
        """Show a tooltip for the span under the pointer."""
        if isinstance(event, QHelpEvent) and self._total is not None:
            at = event.pos().x() / max(1, self.width()) * self._total.ms
            lower = event.pos().y() > _BAR_HEIGHT / 2
            for span, lane in in_lanes(leaves(self._total)):
                if span.start_ms <= at < span.start_ms + span.ms and lane in (None, int(lower)):
                    text = f"{breakdown_labels.span_name(span)} · {formats.seconds(span.ms)}"
                    QToolTip.showText(event.globalPos(), text, self)
                    return True
            QToolTip.hideText()
            return True
        return super().event(event)


class Legend(QWidget):
    """The legend: a run's kinds of time, each with its colour and sum."""

    accessible_role = QAccessible.Role.StaticText

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._entries: list[tuple[TimeRole, str]] = []
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        theme.changed.connect(self.update)

    def sizeHint(self) -> QSize:  # noqa: N802  # Qt's name
        """Return the size of one line."""
        return QSize(240, scaled(_LEGEND_LINE))

    def hasHeightForWidth(self) -> bool:  # noqa: N802  # Qt's name
        """Return True: entries wrap."""
        return True

    def heightForWidth(self, width: int) -> int:  # noqa: N802  # Qt's name
        """Return the height with wrapped entries."""
        places = self._places(width)
        return int((places[-1].bottom() if places else scaled(_LEGEND_LINE)) + 0.5)

    def _places(self, width: int) -> list[QRectF]:
        """The rectangle of each entry."""
        metrics = QFontMetricsF(text_font(12))
        places: list[QRectF] = []
        x = y = 0.0
        for _, words in self._entries:
            wide = metrics.horizontalAdvance(words) + 20
            if x and x + wide > width:
                x, y = 0.0, y + scaled(_LEGEND_LINE)
            places.append(QRectF(x, y, wide, scaled(_LEGEND_LINE)))
            x += wide + 16
        return places

    def show_span(self, total: Span) -> None:
        """Show the kinds of another run, with their sums."""
        sums = sums_by_role(total)
        words = {
            role: f"{breakdown_labels.role_name(role)} {formats.seconds(ms)}" for role, ms in sums.items()
        }
        self.show_words(words)

    def show_words(self, words: dict[TimeRole, str]) -> None:
        """Show kinds, each with its words."""
        self._entries = list(words.items())
        self.setAccessibleName(", ".join(words.values()))
        self.updateGeometry()
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802  # Qt's name
        """Paint each entry's square and words."""
        del event
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(text_font(12))
        for (role, words), place in zip(self._entries, self._places(self.width()), strict=True):
            square = QPainterPath()
            square.addRoundedRect(QRectF(place.left(), place.center().y() - 5, 10, 10), 2, 2)
            painter.fillPath(square, self._theme.color(ROLE_COLORS[role]))
            painter.setPen(self._theme.color("second"))
            painter.drawText(place.adjusted(16, 0, 4, 0), Qt.AlignmentFlag.AlignVCenter, words)


def tick_text(seconds: float, longest: float) -> str:
    """A mark of an axis that ends at ``longest``: all of them in seconds, or all in minutes and seconds."""
    if longest < 59.95:
        return f"{QLocale().toString(seconds, 'g', 3)} s"
    return formats.minutes(int(seconds))


def tick_step(seconds: float, width: int) -> float:
    """Seconds between the marks of an axis of so many pixels."""
    most = max(1.0, width / scaled(_PIXELS_BETWEEN_TICKS))
    return next((step for step in _TICK_STEPS if seconds / step <= most), _TICK_STEPS[-1])
