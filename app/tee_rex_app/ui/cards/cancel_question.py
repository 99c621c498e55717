"""The question that Esc asks before it stops a proof or a flow."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame, QWidget

from tee_rex_app.model.intents import Intents
from tee_rex_app.ui.widgets.layouts import add, column_of, row_of
from tee_rex_app.ui.widgets.parts import Look, button, label


class CancelQuestion(QFrame):
    """Hidden until asked."""

    def __init__(self, intents: Intents, title: str, words: str, keep: str, cancel: QWidget) -> None:
        """cancel: the button that stops without asking; it gets the focus back."""
        super().__init__()
        self._intents = intents
        self._cancel = cancel
        self.setProperty("look", Look.NOTICE.value)
        self.setVisible(False)
        self.keep = button(keep, Look.SMALL_BUTTON, clicked=self._keep)
        self.stop = button(self.tr("Stop"), Look.SMALL_BUTTON, clicked=intents.cancel)
        layout = row_of(inside=self, around=(12, 8, 8, 8))
        texts = column_of(
            label(Look.STRONG, title, wraps=True), label(Look.SECOND, words, wraps=True), spacing=0
        )
        add(layout, (texts, 1), self.keep, self.stop)

    def ask_or_cancel(self) -> None:
        """Ask, or cancel if the question is already shown."""
        if self.isHidden():
            self.show()
            self.keep.setFocus()
        else:
            self._intents.cancel()

    def _keep(self) -> None:
        self.hide()
        self._cancel.setFocus()
