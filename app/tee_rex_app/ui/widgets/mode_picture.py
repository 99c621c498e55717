"""Pictures of the three modes: where the witness is, and who is there with it."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from tee_rex.transaction.request import ProvingMode
from tee_rex_app.ui.theme import Theme

_WIDTH, _HEIGHT = 168.0, 88.0
_GROUND = 70.0
"""The line on which computer and server stand."""
_COMPUTER = {ProvingMode.LOCAL: 84.0, ProvingMode.REMOTE: 38.0, ProvingMode.TEE: 38.0}
"""The middle of the computer."""
_SERVER = 130.0


class ModePicture(QWidget):
    """A computer, and the server that gets the witness, the diamond. The text beside it says the same."""

    def __init__(self, theme: Theme, mode: ProvingMode) -> None:
        super().__init__()
        self._theme = theme
        self._mode = mode
        self.setFixedHeight(round(_HEIGHT))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.update)

    def sizeHint(self) -> QSize:  # noqa: N802  # Qt's name
        """Return the size of the drawing."""
        return QSize(round(_WIDTH), round(_HEIGHT))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802  # Qt's name
        """Paint it in the middle."""
        del event
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.translate((self.width() - _WIDTH) / 2, 0)
        self._paint_computer(painter, QPointF(_COMPUTER[self._mode], _GROUND))
        if self._mode is ProvingMode.LOCAL:
            return
        self._paint_way(painter)
        self._paint_server(painter, QPointF(_SERVER, _GROUND))

    def _pen(self, token: str, width: float = 1.75) -> QPen:
        pen = QPen(self._theme.color(token), width)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        return pen

    def _paint_computer(self, painter: QPainter, foot: QPointF) -> None:
        local = self._mode is ProvingMode.LOCAL
        half = 31.0 if local else 24.0
        height = 42.0 if local else 33.0
        screen = QRectF(foot.x() - half, foot.y() - height - 4, 2 * half, height)
        painter.setPen(self._pen("second"))
        painter.setBrush(self._theme.color("background"))
        painter.drawRoundedRect(screen, 5, 5)
        painter.drawLine(foot + QPointF(-half - 7, 0), foot + QPointF(half + 7, 0))
        _paint_witness(painter, screen.center(), 9.0 if local else 6.0, self._theme.color("accent"))

    def _paint_way(self, painter: QPainter) -> None:
        """Sealed for the enclave alone: a firm line; else one that anybody at its end can open."""
        enclave = self._mode is ProvingMode.TEE
        pen = self._pen("accent" if enclave else "amber")
        if not enclave:
            pen.setDashPattern([2.0, 2.5])
        painter.setPen(pen)
        begin, end = QPointF(74, 49), QPointF(94, 49)
        painter.drawLine(begin, end)
        pen.setStyle(Qt.PenStyle.SolidLine)
        painter.setPen(pen)
        painter.drawPolyline([end + QPointF(-5, -5), end, end + QPointF(-5, 5)])

    def _paint_server(self, painter: QPainter, foot: QPointF) -> None:
        body = QRectF(foot.x() - 26, foot.y() - 47, 52, 47)
        painter.setPen(self._pen("second"))
        painter.setBrush(self._theme.color("background"))
        painter.drawRoundedRect(body, 5, 5)
        painter.drawLine(foot + QPointF(-34, 0), foot + QPointF(34, 0))
        if self._mode is ProvingMode.TEE:
            self._paint_enclave(painter, body.center())
        else:
            _paint_witness(painter, body.center() + QPointF(0, 5), 6.0, self._theme.color("accent"))
            self._paint_eye(painter, QPointF(body.center().x(), body.top() + 10))

    def _paint_enclave(self, painter: QPainter, middle: QPointF) -> None:
        """A box of its own within the server, with a lock's shackle: the operator cannot look into it."""
        box = QRectF(middle.x() - 15, middle.y() - 9, 30, 26)
        painter.setPen(self._pen("accent", 2.0))
        painter.setBrush(self._theme.color("accent_soft"))
        painter.drawRoundedRect(box, 4, 4)
        shackle = QPainterPath(QPointF(middle.x() - 7, box.top()))
        shackle.lineTo(middle.x() - 7, box.top() - 4)
        shackle.arcTo(QRectF(middle.x() - 7, box.top() - 11, 14, 14), 180, -180)
        shackle.lineTo(middle.x() + 7, box.top())
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPath(shackle)
        _paint_witness(painter, box.center(), 6.0, self._theme.color("accent"))

    def _paint_eye(self, painter: QPainter, middle: QPointF) -> None:
        painter.setPen(self._pen("amber"))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        lid = QPainterPath(middle + QPointF(-10, 0))
        lid.quadTo(middle + QPointF(0, -9), middle + QPointF(10, 0))
        lid.quadTo(middle + QPointF(0, 9), middle + QPointF(-10, 0))
        painter.drawPath(lid)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.color("amber"))
        painter.drawEllipse(middle, 2.5, 2.5)


def _paint_witness(painter: QPainter, middle: QPointF, half: float, color: QColor) -> None:
    painter.save()
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(color)
    painter.translate(middle)
    painter.rotate(45)
    side = half * 1.35
    painter.drawRoundedRect(QRectF(-side / 2, -side / 2, side, side), 1.5, 1.5)
    painter.restore()
