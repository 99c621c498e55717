"""The application's icon in every drawn size, and its frames for the tray."""

from __future__ import annotations

from functools import cache
from importlib import resources

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPen, QPixmap, QPolygonF

from tee_rex_app.ui.theme import DARK, LIGHT

ICON_SIZES = (16, 24, 32, 48, 64, 128, 256, 512)
FRAMES = 16
"""The steps of progress that a bar of 16 pixels can show."""
_TRAY_SIZES = (16, 22, 24, 32, 44, 48, 64)
"""Of trays: 16 on Windows, 22 and 24 on Linux and macOS, and twice or more of them."""


def application_icon() -> QIcon:
    """Load the shipped icon; its small sizes are drawn with fewer lines."""
    icon = QIcon()
    for size in ICON_SIZES:
        icon.addPixmap(_shipped(size))
    return icon


@cache
def tray_icon(frame: int | None, *, paused: bool) -> QIcon:
    """The drawing of the small icon, with a bar filled to ``frame`` of FRAMES; None: without a bar.

    It brings its own ground, so that it can be seen on light and dark panels alike. paused: grey, with the
    two bars of a pause.
    """
    icon = QIcon()
    for size in _TRAY_SIZES:
        drawn = QPixmap(size, size)
        drawn.fill(Qt.GlobalColor.transparent)
        painter = QPainter(drawn)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.scale(size / 32, size / 32)  # the units of tee-rex-small.svg
        still = paused and frame is None
        _fill(painter, QRectF(0, 0, 32, 32), LIGHT.third if still else LIGHT.accent, radius=7)
        if still:
            for left in (8, 18):
                _fill(painter, QRectF(left, 8, 6, 16), LIGHT.on_accent)
        elif frame is None:
            _mark(painter, QPointF(16, 16), outer=11.5, inner=5.5)
        else:
            _mark(painter, QPointF(16, 11), outer=8.5, inner=4)
            _fill(painter, QRectF(2, 22, 28, 6), DARK.on_accent, radius=1.5)
            _fill(painter, QRectF(2, 22, 28 * frame / FRAMES, 6), LIGHT.on_accent, radius=1.5)
        painter.end()
        icon.addPixmap(drawn)
    return icon


def _mark(painter: QPainter, middle: QPointF, *, outer: float, inner: float) -> None:
    """The brand's two diamonds."""
    white = QColor(LIGHT.on_accent)
    painter.setPen(QPen(white, 2.2, j=Qt.PenJoinStyle.RoundJoin))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawPolygon(_diamond(middle, outer))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(white)
    painter.drawPolygon(_diamond(middle, inner))


def _diamond(middle: QPointF, radius: float) -> QPolygonF:
    corners = ((0, -radius), (radius, 0), (0, radius), (-radius, 0))
    return QPolygonF([middle + QPointF(x, y) for x, y in corners])


def _fill(painter: QPainter, rect: QRectF, color: str, *, radius: float = 0) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(color))
    painter.drawRoundedRect(rect, radius, radius)


def _shipped(size: int) -> QPixmap:
    file = resources.files("tee_rex_app") / "resources" / "icons" / f"tee-rex-{size}.png"
    pixmap = QPixmap()
    if not pixmap.loadFromData(file.read_bytes()):
        raise RuntimeError(f"The shipped icon of {size} pixels cannot be used.")
    return pixmap
