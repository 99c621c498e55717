"""Deleting runs: a menu of which ones, then a button that asks once."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QPushButton, QWidget

from tee_rex_app.ui.widgets.layouts import row_of
from tee_rex_app.ui.widgets.menus import ButtonMenu
from tee_rex_app.ui.widgets.parts import Look, announce, button, label

_ELSEWHERE = (Qt.FocusReason.PopupFocusReason, Qt.FocusReason.ActiveWindowFocusReason)
"""The focus comes back from a menu or another window: the question stays."""


class DeleteRuns(QWidget):
    """*Delete…*, and in its place the question, until it is confirmed or the focus goes elsewhere.

    warning: a text for a place near it, shown with the question. Signals: asked with whether the question is
    shown; confirmed with the ids of the runs, None for all.
    """

    asked = Signal(bool)
    confirmed = Signal(object)

    def __init__(self, asking: QWidget | None = None) -> None:
        """asking: what asks the question, in place of *Delete…*, and gets the focus back."""
        super().__init__()
        self._asking = asking
        self._ids: Sequence[int] | None = None
        self.open = button(self.tr("Delete…"), Look.SMALL_BUTTON)
        self.open.setAccessibleName(self.tr("Delete runs"))
        self.menu = ButtonMenu(self.open)
        self.confirm = _ConfirmButton()
        self.confirm.clicked.connect(self._confirm)
        self.confirm.left.connect(self.withdraw)
        self.confirm.setVisible(False)
        self.open.setHidden(asking is not None)
        self._put_aside = False
        self.warning = label(Look.SMALL, wraps=True)
        self.warning.setVisible(False)
        self.asked.connect(self.warning.setVisible)
        row_of(self.open, self.confirm, inside=self, spacing=0)

    def offer(
        self, selected: Sequence[int], matching: Sequence[int] | None, total: int, *, put_aside: bool
    ) -> None:
        """Offer to delete these; without those that are running. matching: None without a filter.

        put_aside: whether unreadable histories were kept, which go with all runs.
        """
        self._put_aside = put_aside
        self.menu.clear()
        choices: list[tuple[str, Sequence[int] | None, int]] = []
        choices.append((self.tr("Selected: %Ln run(s)", "", len(selected)), selected, len(selected)))
        if matching is not None:
            choices.append((self.tr("All shown: %Ln run(s)", "", len(matching)), matching, len(matching)))
        choices.append((self.tr("All: %Ln run(s)", "", total), None, total))
        for words, ids, count in choices:
            action = self.menu.addAction(words)
            action.setEnabled(count > 0)
            action.triggered.connect(partial(self.ask, ids, count))

    def ask(self, ids: Sequence[int] | None, count: int, _checked: bool = False) -> None:  # noqa: FBT001, FBT002
        """Ask whether to delete them."""
        if count == 0:
            return
        self._ids = ids
        warning = self.tr(
            "This can't be undone. Their timings and proofs are deleted too; log files keep their events."
        )
        if ids is None and self._put_aside:
            warning += " " + self.tr("Unreadable history files that were kept are deleted too.")
        self.warning.setText(warning)
        words = self.tr("Delete %Ln run(s)?", "", count)
        self.confirm.setText(words)
        self.confirm.setVisible(True)
        self.open.setVisible(False)
        self.confirm.setFocus()
        self.asked.emit(True)  # noqa: FBT003  # a signal's
        announce(self.confirm, words)

    def withdraw(self) -> None:
        """Take the question back."""
        if not self.confirm.isHidden():
            had_focus = self.confirm.hasFocus()
            self.open.setVisible(self._asking is None)
            if had_focus:
                (self._asking or self.open).setFocus()
            self.confirm.setVisible(False)
            self.asked.emit(False)  # noqa: FBT003  # a signal's

    def _confirm(self) -> None:
        self.withdraw()
        self.confirmed.emit(self._ids)


class _ConfirmButton(QPushButton):
    """Signals: left when the focus goes elsewhere, or on Esc."""

    left = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("look", Look.SMALL_DANGER.value)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAutoDefault(False)

    def event(self, event: QEvent) -> bool:
        """Take Esc before the window's shortcut does."""
        if isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape:
            if event.type() is QEvent.Type.ShortcutOverride:
                event.accept()
                return True
            if event.type() is QEvent.Type.KeyPress:
                self.left.emit()
                return True
        return super().event(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802  # Qt's name
        """Forget the question."""
        super().focusOutEvent(event)
        if event.reason() not in _ELSEWHERE:
            self.left.emit()
