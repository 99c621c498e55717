"""Files that the application is started with: proved at once locally, confirmed before they are sent away."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QMessageBox

from tee_rex.transaction.request import ProvingMode
from tee_rex_app.model.state import State
from tee_rex_app.platform.single_instance import OpenRequest
from tee_rex_app.text import labels
from tee_rex_app.ui.main_window import MainWindow


class OpenRequests(QObject):
    """Raises the window, and proves the file once the application is ready."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._waiting: str | None = None
        self.question: QMessageBox | None = None
        window.store.changed.connect(self._see)

    def take(self, request: OpenRequest) -> None:
        """Handle a start of the application."""
        self._window.present(request.activation_token)
        if request.path is not None:
            self._waiting = str(request.path)
            self._see(self._window.store.state)

    def _see(self, state: State) -> None:
        """Wait until the history is open, or the run would not be recorded, and until nothing is running."""
        if self._waiting is None or state.history is None or state.busy:
            return
        file, self._waiting = self._waiting, None
        if state.mode is ProvingMode.LOCAL:
            self._prove(file)
        else:
            self._ask(file, state.mode)

    def _prove(self, file: str) -> None:
        self._window.intents.prove_file(Path(file))

    def _ask(self, file: str, mode: ProvingMode) -> None:
        box = QMessageBox(self._window)
        box.setTextFormat(Qt.TextFormat.PlainText)
        box.setWindowTitle("TEE-Rex")
        box.setText(
            self.tr("Prove {file} in {mode} mode?").format(file=Path(file).name, mode=labels.mode_name(mode))
        )
        box.setInformativeText(labels.who_reads(mode))
        prove = box.addButton(self.tr("Prove"), QMessageBox.ButtonRole.AcceptRole)
        box.addButton(self.tr("Cancel"), QMessageBox.ButtonRole.RejectRole)
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        prove.clicked.connect(lambda: self._prove(file))
        box.finished.connect(self._answered)
        self.question = box
        box.open()

    def _answered(self) -> None:
        self.question = None
