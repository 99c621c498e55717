"""Files that are dragged over a window."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QWidget


def drag(window: QWidget, paths: Sequence[Path], *, then_drop: bool = False, scheme: str = "file") -> bool:
    """Whether the window accepts the dragged files."""
    content = QMimeData()
    urls = [QUrl.fromLocalFile(str(path)) for path in paths]
    for url in urls:
        url.setScheme(scheme)
    content.setUrls(urls)
    left, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    entered = QDragEnterEvent(QPoint(400, 300), Qt.DropAction.CopyAction, content, left, none)
    QApplication.sendEvent(window, entered)
    if then_drop:
        dropped = QDropEvent(QPointF(400, 300), Qt.DropAction.CopyAction, content, left, none)
        QApplication.sendEvent(window, dropped)
    return entered.isAccepted()
