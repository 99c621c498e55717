"""Values that people compare and paste, such as digests and addresses, each with a button that copies it."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt, QTimer
from PySide6.QtGui import QGuiApplication, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QPushButton, QWidget

from tee_rex_app.ui.theme import Theme, scaled
from tee_rex_app.ui.widgets.layouts import STRETCH, TOP, Part, row_of
from tee_rex_app.ui.widgets.menus import offer_menu
from tee_rex_app.ui.widgets.parts import ElidedLabel, Look, announce, label

_SHOWN_MS = 2_000


def copy_text(text: str) -> None:
    """Put a text on the clipboard."""
    QGuiApplication.clipboard().setText(text)


class CopyButton(QPushButton):
    """Copies one value, and shows a tick for two seconds."""

    def __init__(self, theme: Theme, name: str, value: str = "") -> None:
        """name: of the value, as in "Copy the proof's digest"."""
        super().__init__()
        self.value = value
        self._theme = theme
        self._copied = QTimer(self)
        self._copied.setSingleShot(True)
        self._copied.setInterval(_SHOWN_MS)
        self._copied.timeout.connect(self.update)
        self.setProperty("look", Look.COPY.value)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAutoDefault(False)
        self.setToolTip(self.tr("Copy"))
        self.setAccessibleName(name)
        self.clicked.connect(self.copy)
        theme.changed.connect(self.update)

    def copy(self) -> None:
        """Put the value on the clipboard."""
        copy_text(self.value)
        self._copied.start()
        self.update()
        announce(self, self.tr("Copied"))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802  # Qt's name
        """Paint two sheets, or a tick."""
        super().paintEvent(event)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        size = scaled(10)
        painter.translate(QRectF(self.rect()).center() - QPointF(size / 2, size / 2))
        painter.scale(size / 10, size / 10)
        copied = self._copied.isActive()
        pen = QPen(self._theme.color("accent_text" if copied or self.underMouse() else "second"), 1.25)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        painter.setPen(pen)
        if copied:
            painter.drawPolyline(QPolygonF([QPointF(1, 5.5), QPointF(4, 8.5), QPointF(9, 2)]))
            return
        painter.drawRoundedRect(QRectF(3.5, 3.5, 6, 6), 1.5, 1.5)
        painter.drawPolyline(QPolygonF([QPointF(1, 6.5), QPointF(0.5, 0.5), QPointF(6.5, 0.5)]))


class CopyableValue(QWidget):
    """A value in monospace and its button; the right mouse button and the Menu key copy too."""

    def __init__(self, theme: Theme, name: str, *, wraps: bool = False) -> None:
        """name: what the button does. wraps: shows all of it, on several lines if needed; else its ends."""
        super().__init__()
        self.label = label(Look.MONO, wraps=True) if wraps else ElidedLabel(Look.MONO)
        if wraps:
            self.label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.label.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)  # the one of this widget
        self.button = CopyButton(theme, name)
        parts: tuple[Part, ...] = (
            ((self.label, 1), (self.button, TOP)) if wraps else (self.label, self.button, STRETCH)
        )
        row_of(*parts, inside=self, spacing=4)
        offer_menu(self, lambda: [(name, self.button.copy)])

    def show_value(self, value: str, shown: str = "") -> None:
        """Show another value; hidden if it is empty. shown: in its place, such as in groups of eight."""
        self.button.value = value
        self.label.setText(shown or value)
        self.label.setToolTip("" if self.label.wordWrap() else value)
        self.setVisible(bool(value))
