"""The roles of our own widgets for screen readers, where Qt knows none."""

from __future__ import annotations

from PySide6.QtCore import QObject
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QAccessibleWidget, QLabel, QScrollArea, QWidget

from tee_rex_app.ui.widgets.parts import Look

_WITHOUT_ROLE = ("QWidget", "QFrame", "QScrollArea")
"""Classes whose role readers pass over."""
_TITLES = {Look.TITLE, Look.HEADING, Look.VERIFIED, Look.FAILED, Look.ATTENTION, Look.LOCKED_TITLE}


class _Container(QAccessibleWidget):
    """A group if it has a name, which cards and pages have from their titles.

    A class of widgets can have another role, in its attribute ``accessible_role``.
    """

    def role(self) -> QAccessible.Role:
        """The role as of now: titles change."""
        named = bool(self.text(QAccessible.Text.Name))
        role: QAccessible.Role = getattr(self.widget(), "accessible_role", QAccessible.Role.Grouping)
        return role if named else QAccessible.Role.Client

    def text(self, kind: QAccessible.Text) -> str:
        """Qt's text, and a title as the name."""
        text, widget = super().text(kind), self.widget()
        titled = widget.property("look") == Look.CARD or isinstance(widget, QScrollArea)
        return _title_in(widget) if titled and not text and kind is QAccessible.Text.Name else text


def give_roles() -> None:
    """Let Qt ask this module for the interfaces of widgets; once in a process."""
    QAccessible.installFactory(_made)


def _made(class_name: str, asked: QObject) -> QAccessibleWidget | None:
    """Qt asks for each class of an object, the most derived first. Windows keep Qt's roles."""
    if class_name not in _WITHOUT_ROLE or not isinstance(asked, QWidget) or asked.isWindow():
        return None
    told = isinstance(asked, QScrollArea) or asked.property("look") is not None
    return _Container(asked, QAccessible.Role.Client) if told or asked.accessibleName() else None


def _title_in(group: QWidget) -> str:
    titles = (one for one in group.findChildren(QLabel) if one.property("look") in _TITLES)
    return next((one.text() for one in titles if one.isVisibleTo(group)), "")
