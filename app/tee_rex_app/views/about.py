"""What this program is, of which versions, and under which licence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, qVersion
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QHBoxLayout, QVBoxLayout

from tee_rex import __version__
from tee_rex_app.views.parts import BrandMark, Look, label, margins

if TYPE_CHECKING:
    from tee_rex_app.views.main_window import MainWindow


class AboutDialog(QDialog):
    """A few lines."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self.setWindowTitle(self.tr("About TEE-Rex"))
        head = QHBoxLayout()
        margins(head, 0, 0, 0, 0, 12)
        head.addWidget(BrandMark(window.theme))
        head.addWidget(label(Look.TITLE, "TEE-Rex"))
        head.addStretch(1)
        aztec = window.store.state.setup.bb_version
        versions = self.tr("Version {own} · Aztec and bb {aztec} · Qt {qt}").format(
            own=__version__, aztec=aztec, qt=qVersion()
        )
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        margins(layout, 24, 20, 24, 20, 12)
        layout.addLayout(head)
        for look, text in (
            (
                None,
                self.tr("Proves private Aztec transactions: here, on a server, or in an attested enclave."),
            ),
            (Look.MONO, versions),
            (
                Look.SMALL,
                self.tr(
                    "It sends nothing to anybody but the servers that you set up, and what a proof needs"
                    " is checked against digests that it carries."
                ),
            ),
            (
                Look.SMALL,
                self.tr("Fonts: Inter and JetBrains Mono, SIL Open Font License. Inspired by nemi.fi."),
            ),
        ):
            made = label(look, text, wraps=look is not Look.MONO)
            made.setMinimumWidth(420)
            made.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            layout.addWidget(made)
        layout.addWidget(buttons)


def show_about(window: MainWindow) -> AboutDialog:
    """Open it beside the window's work."""
    dialog = AboutDialog(window)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.open()
    return dialog
