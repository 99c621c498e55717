"""Drawings for the introduction: where the witness is, and who is there with it; texts say the same."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TypeAlias

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from tee_rex.transaction.request import ProvingMode
from tee_rex_app.ui.theme import Theme

_GROUND = 78.0
"""The line on which computers and servers stand."""

Drawing: TypeAlias = Callable[[QPainter, Theme], None]


class Picture(QWidget):
    """A drawing of a fixed size, in the middle of the widget."""

    def __init__(self, theme: Theme, size: QSize, draw: Drawing) -> None:
        super().__init__()
        self._theme = theme
        self._size = size
        self._draw = draw
        self.setMinimumSize(size)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.update)

    def sizeHint(self) -> QSize:  # noqa: N802  # Qt's name
        """Return the size of the drawing."""
        return self._size

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802  # Qt's name
        """Paint it in the middle."""
        del event
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.translate((self.width() - self._size.width()) / 2, 0)
        self._draw(painter, self._theme)


def mode_picture(theme: Theme, mode: ProvingMode) -> Picture:
    """A computer, and the server that gets the witness, which is the diamond."""
    return Picture(theme, QSize(188, 92), partial(_draw_mode, mode))


def sample_picture(theme: Theme) -> Picture:
    """A computer that has proved."""
    return Picture(theme, QSize(92, 64), _draw_sample)


def sites_picture(theme: Theme) -> Picture:
    """A website that gives the witness to TEE-Rex."""
    return Picture(theme, QSize(92, 64), _draw_sites)


def server_picture(theme: Theme) -> Picture:
    """An enclave."""
    return Picture(theme, QSize(92, 64), _draw_server_alone)


def _draw_mode(mode: ProvingMode, painter: QPainter, theme: Theme) -> None:
    if mode is ProvingMode.LOCAL:
        _draw_computer(painter, theme, QPointF(94, _GROUND), 36, 48)
        _draw_witness(painter, theme, QPointF(94, _GROUND - 28), 13)
        return
    _draw_computer(painter, theme, QPointF(42, _GROUND), 27, 36)
    _draw_witness(painter, theme, QPointF(42, _GROUND - 22), 9)
    _draw_way(painter, theme, sealed=mode is ProvingMode.TEE)
    foot = QPointF(146, _GROUND)
    if mode is ProvingMode.TEE:
        _draw_server(painter, theme, foot)
        _draw_enclave(painter, theme, foot - QPointF(0, 24))
    else:
        _draw_server(painter, theme, foot)
        _draw_witness(painter, theme, foot - QPointF(0, 18), 9)
        _draw_eye(painter, theme, foot - QPointF(0, 43))


def _draw_sample(painter: QPainter, theme: Theme) -> None:
    _draw_computer(painter, theme, QPointF(46, 56), 32, 42)
    painter.setPen(_pen(theme, "accent", 3.0))
    middle = QPointF(46, 31)
    painter.drawPolyline([middle + QPointF(-9, 0), middle + QPointF(-2, 7), middle + QPointF(10, -7)])


def _draw_sites(painter: QPainter, theme: Theme) -> None:
    window = QRectF(10, 8, 72, 50)
    painter.setPen(_pen(theme, "second"))
    painter.setBrush(theme.color("background"))
    painter.drawRoundedRect(window, 5, 5)
    painter.drawLine(QPointF(window.left(), 20), QPointF(window.right(), 20))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.color("second"))
    for x in (17.0, 23.0, 29.0):
        painter.drawEllipse(QPointF(x, 14), 1.5, 1.5)
    _draw_witness(painter, theme, QPointF(46, 39), 13)


def _draw_server_alone(painter: QPainter, theme: Theme) -> None:
    foot = QPointF(46, 60)
    _draw_server(painter, theme, foot, 26)
    _draw_enclave(painter, theme, foot - QPointF(0, 22))


def _draw_computer(painter: QPainter, theme: Theme, foot: QPointF, half: float, height: float) -> None:
    painter.setPen(_pen(theme, "second"))
    painter.setBrush(theme.color("background"))
    painter.drawRoundedRect(QRectF(foot.x() - half, foot.y() - height - 4, 2 * half, height), 5, 5)
    painter.drawLine(foot + QPointF(-half - 8, 0), foot + QPointF(half + 8, 0))


def _draw_way(painter: QPainter, theme: Theme, *, sealed: bool) -> None:
    """Sealed for the enclave alone: a firm line; else one whose end others can read."""
    pen = _pen(theme, "accent" if sealed else "amber", 2.0)
    if not sealed:
        pen.setDashPattern([2.0, 2.0])
    painter.setPen(pen)
    begin, end = QPointF(82, _GROUND - 22), QPointF(106, _GROUND - 22)
    painter.drawLine(begin, end)
    pen.setStyle(Qt.PenStyle.SolidLine)
    painter.setPen(pen)
    painter.drawPolyline([end + QPointF(-5, -5), end, end + QPointF(-5, 5)])


def _draw_server(painter: QPainter, theme: Theme, foot: QPointF, half: float = 29) -> None:
    painter.setPen(_pen(theme, "second"))
    painter.setBrush(theme.color("background"))
    height = 2.1 * half
    painter.drawRoundedRect(QRectF(foot.x() - half, foot.y() - height, 2 * half, height), 5, 5)
    painter.drawLine(foot + QPointF(-half - 8, 0), foot + QPointF(half + 8, 0))


def _draw_enclave(painter: QPainter, theme: Theme, middle: QPointF) -> None:
    """A box of its own within the server, locked: nobody at the server can look into it."""
    box = QRectF(middle.x() - 17, middle.y() - 12, 34, 30)
    shackle = QPainterPath(QPointF(middle.x() - 8, box.top()))
    shackle.lineTo(middle.x() - 8, box.top() - 4)
    shackle.arcTo(QRectF(middle.x() - 8, box.top() - 12, 16, 16), 180, -180)
    shackle.lineTo(middle.x() + 8, box.top())
    painter.setPen(_pen(theme, "accent", 2.0))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawPath(shackle)
    painter.setBrush(theme.color("accent_soft"))
    painter.drawRoundedRect(box, 4, 4)
    _draw_witness(painter, theme, box.center(), 9)


def _draw_eye(painter: QPainter, theme: Theme, middle: QPointF) -> None:
    painter.setPen(_pen(theme, "amber"))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    lid = QPainterPath(middle + QPointF(-12, 0))
    lid.quadTo(middle + QPointF(0, -11), middle + QPointF(12, 0))
    lid.quadTo(middle + QPointF(0, 11), middle + QPointF(-12, 0))
    painter.drawPath(lid)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.color("amber"))
    painter.drawEllipse(middle, 3, 3)


def _draw_witness(painter: QPainter, theme: Theme, middle: QPointF, side: float) -> None:
    painter.save()
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.color("accent"))
    painter.translate(middle)
    painter.rotate(45)
    painter.drawRoundedRect(QRectF(-side / 2, -side / 2, side, side), 1.5, 1.5)
    painter.restore()


def _pen(theme: Theme, token: str, width: float = 1.75) -> QPen:
    pen = QPen(theme.color(token), width)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    return pen
