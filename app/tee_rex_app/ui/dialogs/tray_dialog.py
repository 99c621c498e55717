"""What closing the window means while the application is in the tray; shown once."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from tee_rex_app.ui.widgets.layouts import STRETCH, WholeDialog, column_of, row_of
from tee_rex_app.ui.widgets.parts import Look, button, label


class TrayDialog(WholeDialog):
    """Accepted to hide the window. Signals: quit_chosen."""

    quit_chosen = Signal()

    def __init__(self, window: QWidget, *, websites: bool) -> None:
        """websites: whether they may prove."""
        super().__init__(window)
        self.setWindowTitle(self.tr("TEE-Rex stays in the tray"))
        self.setMinimumWidth(440)
        goes_on = (
            self.tr("Running proofs continue, and websites you approved can still prove.")
            if websites
            else self.tr("Running proofs continue.")
        )
        how = self.tr(
            "To quit, choose Quit in the tray menu, or press Ctrl+Q. To quit whenever you close the window,"
            " turn off Keep TEE-Rex in the tray in Settings."
        )
        self.hide_window = button(self.tr("Close window"), Look.PRIMARY, clicked=self.accept)
        self.hide_window.setDefault(True)
        self.quit = button(self.tr("Quit"), clicked=self._quit)
        column_of(
            label(Look.TITLE, self.tr("TEE-Rex stays in the tray")),
            label(None, goes_on, wraps=True),
            label(Look.SECOND, how, wraps=True),
            STRETCH,
            row_of(STRETCH, self.quit, self.hide_window, spacing=10),
            inside=self,
            around=(24, 20, 24, 20),
            spacing=14,
        )

    def _quit(self) -> None:
        self.reject()
        self.quit_chosen.emit()
