"""The mark of a verification step: a tick, a cross, an exclamation mark, a dot or a dash."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from tee_rex_app.text.attestation_steps import StepVerdict
from tee_rex_app.ui.theme import Theme, text_font

_COLORS = {
    StepVerdict.HOLDS: "accent_text",
    StepVerdict.FAILS: "red",
    StepVerdict.ATTENTION: "amber",
    StepVerdict.NOTED: "third",
    StepVerdict.NOT_REACHED: "third",
}


class StepMark(QWidget):
    """Painted, so that it looks the same on every system."""

    def __init__(self, theme: Theme, verdict: StepVerdict, *, padded: bool = True) -> None:
        super().__init__()
        self._theme = theme
        self._verdict = verdict
        self._top = 9 if padded else 0
        self.setFixedSize(QSize(16, 20 + 2 * self._top))
        theme.changed.connect(self.update)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802  # Qt's name
        """Paint it on the first line of the text next to it."""
        del event
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        color = self._theme.color(_COLORS[self._verdict])
        pen = QPen(color, 2.0)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        painter.setPen(pen)
        middle = QPointF(7, self._top + 10)
        match self._verdict:
            case StepVerdict.HOLDS:
                points = ((-4.0, 0.0), (-1.0, 3.0), (4.5, -3.5))
                painter.drawPolyline(QPolygonF([middle + QPointF(x, y) for x, y in points]))
            case StepVerdict.FAILS:
                painter.drawLine(middle + QPointF(-3.5, -3.5), middle + QPointF(3.5, 3.5))
                painter.drawLine(middle + QPointF(-3.5, 3.5), middle + QPointF(3.5, -3.5))
            case StepVerdict.ATTENTION:
                painter.setFont(text_font(15, QFont.Weight.DemiBold))
                box = QRectF(middle.x() - 7, middle.y() - 10, 14, 20)
                painter.drawText(box, Qt.AlignmentFlag.AlignCenter, "!")
            case StepVerdict.NOTED:
                painter.setBrush(color)
                painter.drawEllipse(middle, 1.5, 1.5)
            case _:
                painter.drawLine(middle + QPointF(-3.5, 0), middle + QPointF(3.5, 0))
