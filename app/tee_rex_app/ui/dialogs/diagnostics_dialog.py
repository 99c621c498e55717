"""The diagnostics dialog: every file can be read, and excluded, before the archive is saved."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QItemSelectionModel, QLocale, QSize, Qt
from PySide6.QtWidgets import QDialog, QListWidget, QListWidgetItem, QPlainTextEdit, QWidget

from tee_rex_app.model.diagnostics import DiagnosticsPart, archive_of
from tee_rex_app.ui.dialogs.file_dialogs import ask_to_save, save_file
from tee_rex_app.ui.theme import Theme, mono_font
from tee_rex_app.ui.widgets.form import CheckedItemDelegate
from tee_rex_app.ui.widgets.layouts import STRETCH, column_of, row_of
from tee_rex_app.ui.widgets.parts import Look, button, label

_ROW_HEIGHT = 32


class DiagnosticsDialog(QDialog):
    """Shows the parts and saves the checked ones."""

    def __init__(self, window: QWidget, theme: Theme, parts: Sequence[DiagnosticsPart]) -> None:
        super().__init__(window)
        self.setWindowTitle(self.tr("Diagnostics"))
        self.resize(860, 560)
        self._parts = tuple(parts)
        self.list = QListWidget()
        self.list.setAccessibleName(self.tr("Files"))
        self.list.setFixedWidth(280)
        self.list.setItemDelegate(CheckedItemDelegate(theme, self.list))
        for part in self._parts:
            item = QListWidgetItem(part.title)
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
            item.setCheckState(Qt.CheckState.Checked)
            item.setToolTip(part.name)
            item.setSizeHint(QSize(0, _ROW_HEIGHT))
            self.list.addItem(item)
        self.content = QPlainTextEdit()
        self.content.setFont(mono_font())
        self.content.setReadOnly(True)
        self.content.setTabChangesFocus(True)
        self.content.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.name = label(Look.MONO)
        self.sum = label(Look.SMALL)
        self.save = button(self.tr("Save…"), Look.PRIMARY, clicked=self._ask_where_to_save)
        self.cancel = button(self.tr("Cancel"), clicked=self.reject)
        self.list.currentRowChanged.connect(self._show_part)
        self.list.itemChanged.connect(lambda _item: self._show_sum())
        self._lay_out()
        self.list.setCurrentRow(0, QItemSelectionModel.SelectionFlag.ClearAndSelect)
        self._show_sum()

    def chosen(self) -> list[DiagnosticsPart]:
        """The checked parts."""
        return [
            part
            for row, part in enumerate(self._parts)
            if self.list.item(row).checkState() is Qt.CheckState.Checked
        ]

    def save_to(self, path: Path) -> bool:
        """Save the archive and return whether it worked."""
        saved = save_file(path, archive_of(self.chosen()))
        if saved:
            self.accept()
        else:
            self.sum.setText(self.tr("! Could not save there."))
        return saved

    def _lay_out(self) -> None:
        promise = self.tr(
            "Nothing is sent; the report is saved where you choose. Review its contents and clear"
            " anything you don't want to share. Credentials in addresses and your home folder's name"
            " are removed, and it never contains any part of a witness."
        )
        beside = row_of(self.list, spacing=16)
        right = column_of(self.name, (self.content, 1), spacing=4)
        beside.addLayout(right, 1)
        buttons = row_of(self.sum, STRETCH, self.cancel, self.save)
        column_of(
            label(Look.TITLE, self.tr("Diagnostics report")),
            label(Look.SECOND, promise, wraps=True),
            (beside, 1),
            buttons,
            inside=self,
            around=(24, 20, 24, 20),
            spacing=12,
        )

    def _show_part(self, row: int) -> None:
        part = self._parts[row]
        self.name.setText(part.name)
        self.content.setPlainText(part.content)
        self.content.setAccessibleName(part.title)

    def _show_sum(self) -> None:
        chosen = self.chosen()
        self.save.setEnabled(bool(chosen))
        files = self.tr("%n file(s)", "", len(chosen))
        size = sum(len(part.content.encode()) for part in chosen)
        told = QLocale().formattedDataSize(size, 0, QLocale.DataSizeFormat.DataSizeSIFormat)
        self.sum.setText(f"{files} · {told}")

    def _ask_where_to_save(self) -> None:
        if path := ask_to_save(
            self, self.tr("Save diagnostics"), "tee-rex-diagnostics.zip", self.tr("Archive (*.zip)")
        ):
            self.save_to(path)


def show_diagnostics(window: QWidget, theme: Theme, parts: Sequence[DiagnosticsPart]) -> DiagnosticsDialog:
    """Open the dialog without blocking the window."""
    dialog = DiagnosticsDialog(window, theme, parts)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.open()
    return dialog
