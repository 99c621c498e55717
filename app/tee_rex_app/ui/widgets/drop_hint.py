"""The overlay shown while a file is dragged over the window: what dropping it does."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QEvent, QObject, QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from tee_rex.errors.message import printable
from tee_rex_app.model.state import State
from tee_rex_app.text import labels
from tee_rex_app.ui.theme import CARD_RADIUS, Theme
from tee_rex_app.ui.widgets.layouts import STRETCH, column_of
from tee_rex_app.ui.widgets.parts import Look, label

_MARGIN = 16
_NAME_SHOWN = 60
STEPS_SUFFIX = ".msgpack"


class DropHint(QWidget):
    """Covers all of ``covered`` while it is visible."""

    def __init__(self, theme: Theme, covered: QWidget) -> None:
        super().__init__(covered)
        self._theme = theme
        self.setVisible(False)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._title = label(Look.TITLE, wraps=True)
        self._privacy = label(Look.SECOND, wraps=True)
        layout = column_of(STRETCH, inside=self, around=(48, 48, 48, 48), spacing=4)
        for text in (self._title, self._privacy):
            text.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            layout.addWidget(text)
        layout.addStretch(1)
        covered.installEventFilter(self)

    def show_for(self, paths: Sequence[Path], state: State) -> None:
        """Show what dropping these files does, and who could read them."""
        files = printable(paths[0].name, _NAME_SHOWN)
        if len(paths) > 1:
            files = self.tr("{count} files").format(count=len(paths))
        words = self.tr("Drop to prove {files} · {mode}")
        if state.running:
            words = self.tr("Drop to prove {files} after the running proof · {mode}")
        elif state.busy:
            words = self.tr("Drop to keep {files} until the installation is done")
        self._title.setText(words.format(files=files, mode=labels.mode_name(state.mode)))
        told = labels.who_reads(state.mode)
        if any(path.suffix != STEPS_SUFFIX for path in paths):
            instead = self.tr("An attestation document is shown instead.")
            told = f"{told} {instead}"
        self._privacy.setText(told)
        self.setAccessibleName(self._title.text())
        self.setAccessibleDescription(self._privacy.text())
        self._cover()
        self.show()
        self.raise_()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802  # Qt's name
        """Follow the size of the covered widget."""
        if event.type() is QEvent.Type.Resize and watched is self.parentWidget():
            self._cover()
        return False

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802  # Qt's name
        """Paint the background and the drop area."""
        del event
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), self._theme.color("background"))
        painter.setBrush(self._theme.color("panel"))
        painter.setPen(QPen(self._theme.color("accent"), 2, Qt.PenStyle.DashLine))
        place = QRectF(self.rect()).adjusted(_MARGIN, _MARGIN, -_MARGIN, -_MARGIN)
        painter.drawRoundedRect(place, CARD_RADIUS, CARD_RADIUS)

    def _cover(self) -> None:
        if (covered := self.parentWidget()) is not None:
            self.setGeometry(covered.rect())
