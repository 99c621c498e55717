"""The window shown after an internal error: a report to copy or save, and the choice to continue."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QPlainTextEdit

from tee_rex_app.ui.dialogs.file_dialogs import ask_to_save, save_file
from tee_rex_app.ui.theme import mono_font
from tee_rex_app.ui.widgets.copying import copy_text
from tee_rex_app.ui.widgets.layouts import STRETCH, add, column_of, row_of
from tee_rex_app.ui.widgets.parts import Look, button, label, link

_MAX_COUNTED = 99


class CrashWindow(QDialog):
    """Shows one report and counts further failures while it is open.

    Signals: quit_chosen; file_asked with the saved file, to show it in its folder.
    """

    quit_chosen = Signal()
    file_asked = Signal(object)

    def __init__(self, report: str, *, can_continue: bool) -> None:
        super().__init__()
        self.setWindowTitle(self.tr("TEE-Rex error"))
        self.setMinimumSize(560, 420)
        self.resize(680, 520)
        self._others = 0
        title = label(Look.FAILED, self.tr("TEE-Rex hit an internal error"), wraps=True)
        said = (
            self.tr("You can continue, but the current task may be incomplete.")
            if can_continue
            else self.tr("TEE-Rex could not start.")
        )
        kept = self.tr("Your history and settings are kept.")
        self.text = label(None, f"{said} {kept}", wraps=True)
        self.report = QPlainTextEdit(report)
        self.report.setFont(mono_font())
        self.report.setReadOnly(True)
        self.report.setTabChangesFocus(True)
        self.report.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.report.setAccessibleName(self.tr("Report"))
        promise = label(
            Look.SMALL,
            self.tr(
                "This report helps to fix the problem. It contains code locations, versions and recent"
                " events, but no variable values, no witness and no keys."
            ),
            wraps=True,
        )
        self.others = label(Look.AMBER)
        self.others.hide()
        self.copy = button(self.tr("Copy report"), clicked=self._copy)
        self.save = button(self.tr("Save…"), clicked=self._ask_where_to_save)
        self.show_file = link(self.tr("Show in folder"), clicked=self._show_file)
        self.show_file.hide()
        self._saved: Path | None = None
        self.quit = button(self.tr("Quit"), Look.DANGER if can_continue else None, clicked=self._quit)
        self.go_on = button(self.tr("Continue"), Look.PRIMARY, clicked=self.accept)
        self.go_on.setVisible(can_continue)
        buttons = row_of(self.copy, self.save, self.show_file, self.others, STRETCH, self.quit, self.go_on)
        layout = column_of(inside=self, around=(24, 20, 24, 20), spacing=12)
        for widget in (title, self.text):
            layout.addWidget(widget)
        add(layout, (self.report, 1), promise, buttons)
        self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating, on=False)
        self.copy.setFocus()

    def count_another(self) -> None:
        """Count another failure while this one is shown; the log has it."""
        if self._others < _MAX_COUNTED:
            self._others += 1
            self.others.setText(self.tr("! %n more since; see the log", "", self._others))
            self.others.show()

    def save_to(self, path: Path) -> bool:
        """Save the report and return whether it worked."""
        saved = save_file(path, self.report.toPlainText().encode())
        self._saved = path if saved else None
        self.show_file.setVisible(saved)
        return saved

    def _copy(self) -> None:
        copy_text(self.report.toPlainText())
        self.copy.setText(self.tr("Copied"))

    def _ask_where_to_save(self) -> None:
        if path := ask_to_save(
            self, self.tr("Save the report"), "tee-rex-failure.txt", self.tr("Text (*.txt)")
        ):
            saved = self.save_to(path)
            self.save.setText(self.tr("Saved") if saved else self.tr("Could not save"))

    def _show_file(self) -> None:
        self.file_asked.emit(self._saved)

    def _quit(self) -> None:
        self.quit_chosen.emit()
        self.accept()
