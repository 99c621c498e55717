"""The question that Esc asks once, before something long is stopped."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame, QHBoxLayout

from tee_rex_app.state import Intents
from tee_rex_app.views.parts import Look, button, label, margins


class CancelQuestion(QFrame):
    """Hidden until it is asked."""

    def __init__(self, intents: Intents, title: str, words: str, keep: str) -> None:
        super().__init__()
        self._intents = intents
        self.setProperty("look", Look.NOTICE.value)
        self.setVisible(False)
        self.keep = button(keep, Look.SMALL_BUTTON)
        self.keep.clicked.connect(self.hide)
        self.stop = button(self.tr("Stop it"), Look.SMALL_BUTTON)
        self.stop.clicked.connect(intents.cancel)
        layout = QHBoxLayout(self)
        margins(layout, 12, 8, 8, 8, 8)
        layout.addWidget(label(Look.STRONG, title))
        layout.addWidget(label(Look.SECOND, words))
        layout.addStretch(1)
        layout.addWidget(self.keep)
        layout.addWidget(self.stop)

    def ask_or_cancel(self) -> None:
        """Ask; cancel where it is asked already."""
        if self.isVisible():
            self._intents.cancel.emit()
        else:
            self.show()
            self.keep.setFocus()
