"""*Report a problem*: every part of the diagnostics can be read, and excluded, before it is passed on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QItemSelectionModel, QLocale, QSize, Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QDialog, QListWidget, QListWidgetItem, QPlainTextEdit, QWidget

from tee_rex_app.model.diagnostics import DiagnosticsPart, archive_of, text_of
from tee_rex_app.ui.dialogs.file_dialogs import ask_to_save, save_file
from tee_rex_app.ui.theme import Theme, mono_font
from tee_rex_app.ui.widgets.copying import copy_text
from tee_rex_app.ui.widgets.form import CheckedItemDelegate
from tee_rex_app.ui.widgets.layouts import STRETCH, column_of, row_of
from tee_rex_app.ui.widgets.parts import Look, announce, button, label, link

_ROW_HEIGHT = 32


class DiagnosticsDialog(QDialog):
    """Shows the parts, copies or saves the checked ones, and opens the issue tracker; it sends nothing."""

    def __init__(
        self,
        window: QWidget,
        theme: Theme,
        parts: Sequence[DiagnosticsPart],
        show_in_folder: Callable[[Path], object],
        tracker: str | None,
    ) -> None:
        """tracker: the address of the issues; None where this build names none."""
        super().__init__(window)
        self.setWindowTitle(self.tr("Report a problem"))
        self.resize(860, 600)
        self._parts = tuple(parts)
        self._show_in_folder = show_in_folder
        self._saved: Path | None = None
        self._tracker = tracker
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
        self.told = label(Look.DONE)
        self.show_file = link(self.tr("Show in folder"), clicked=self._show_file)
        self.copy = button(self.tr("Copy"), clicked=self._copy)
        self.save = button(self.tr("Save…"), Look.PRIMARY, clicked=self._ask_where_to_save)
        self.open_tracker = button(self.tr("Open issue tracker ↗"), clicked=self._open_tracker)
        self.open_tracker.setToolTip(tracker or "")
        self.open_tracker.setAccessibleDescription(tracker or "")
        self.open_tracker.setVisible(tracker is not None)
        self.close_button = button(self.tr("Close"), clicked=self.reject)
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
            self._saved = path
            self._say_done(self.tr("✓ Saved"))
            self.show_file.setVisible(True)
        else:
            self._show_sum()
            self.sum.setText(self.tr("! Could not save there."))
        return saved

    def _lay_out(self) -> None:
        promise = self.tr(
            "TEE-Rex sends nothing. Review the contents and clear anything you don't want to share; then copy"
            " or save the report, and attach it to an issue. Credentials in addresses and your home folder's"
            " name are removed, and it never contains any part of a witness."
        )
        security = self.tr(
            "A security problem? Don't open a public issue: report it on the project's Security page, which"
            " only the maintainers can read."
        )
        beside = row_of(self.list, spacing=16)
        right = column_of(self.name, (self.content, 1), spacing=4)
        beside.addLayout(right, 1)
        told = row_of(self.sum, self.told, self.show_file, spacing=12)
        buttons = row_of(told, STRETCH, self.close_button, self.open_tracker, self.copy, self.save)
        column_of(
            label(Look.TITLE, self.tr("Report a problem")),
            label(Look.SECOND, promise, wraps=True),
            (beside, 1),
            label(Look.SMALL, security, wraps=True),
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
        self.copy.setEnabled(bool(chosen))
        files = self.tr("%n file(s)", "", len(chosen))
        size = sum(len(part.content.encode()) for part in chosen)
        told = QLocale().formattedDataSize(size, 0, QLocale.DataSizeFormat.DataSizeSIFormat)
        self.sum.setText(f"{files} · {told}")
        self.sum.setVisible(True)
        self.told.setVisible(False)
        self.show_file.setVisible(False)

    def _say_done(self, words: str) -> None:
        self._show_sum()
        self.sum.setVisible(False)
        self.told.setText(words)
        self.told.setVisible(True)
        announce(self, words)

    def _copy(self) -> None:
        copy_text(text_of(self.chosen()))
        self._say_done(self.tr("✓ Copied"))

    def _ask_where_to_save(self) -> None:
        if path := ask_to_save(
            self, self.tr("Save diagnostics"), "tee-rex-diagnostics.zip", self.tr("Archive (*.zip)")
        ):
            self.save_to(path)

    def _show_file(self) -> None:
        if self._saved is not None:
            self._show_in_folder(self._saved)

    def _open_tracker(self) -> None:
        if self._tracker is not None:
            QDesktopServices.openUrl(QUrl(self._tracker))


def show_diagnostics(
    window: QWidget,
    theme: Theme,
    parts: Sequence[DiagnosticsPart],
    show_in_folder: Callable[[Path], object],
    tracker: str | None,
) -> DiagnosticsDialog:
    """Open the dialog without blocking the window."""
    dialog = DiagnosticsDialog(window, theme, parts, show_in_folder, tracker)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.open()
    return dialog
