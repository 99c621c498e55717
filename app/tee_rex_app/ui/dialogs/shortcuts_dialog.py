"""The list of keyboard shortcuts (F1)."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QGridLayout, QWidget

from tee_rex_app.text.labels import shortcuts
from tee_rex_app.ui.widgets.layouts import column_of
from tee_rex_app.ui.widgets.parts import Look, label, margins


class ShortcutsDialog(QDialog):
    """Every shortcut and what it does."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self.setWindowTitle(self.tr("Keyboard shortcuts"))
        grid = QGridLayout()
        margins(grid, 0, 0, 0, 0, 0)
        grid.setHorizontalSpacing(24)
        grid.setVerticalSpacing(8)
        for row, (keys, does) in enumerate(shortcuts()):
            grid.addWidget(label(Look.KEY, keys), row, 0, Qt.AlignmentFlag.AlignLeft)
            grid.addWidget(label(None, does), row, 1)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        column_of(
            label(Look.TITLE, self.tr("Keyboard shortcuts")),
            grid,
            buttons,
            inside=self,
            around=(24, 20, 24, 20),
            spacing=16,
        )


def show_shortcuts(window: QWidget) -> ShortcutsDialog:
    """Open the list without blocking the window."""
    dialog = ShortcutsDialog(window)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.open()
    return dialog
