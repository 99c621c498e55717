"""The roles of our own widgets for screen readers, where Qt knows none."""

from __future__ import annotations

from PySide6.QtCore import QObject
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QAccessibleWidget, QWidget

_WITHOUT_ROLE = ("QWidget", "QFrame", "QScrollArea")
"""Classes for which Qt's own interfaces know no role that readers present."""


class _Container(QAccessibleWidget):
    """A group once it has a name, unless its class has the attribute ``accessible_role``."""

    def role(self) -> QAccessible.Role:
        widget = self.widget()
        role = getattr(widget, "accessible_role", QAccessible.Role.Grouping)
        return role if widget.accessibleName() else QAccessible.Role.Client


def give_roles() -> None:
    """Let Qt ask this module for widgets' interfaces; once in a process."""
    QAccessible.installFactory(_made)


def _made(class_name: str, asked: QObject) -> QAccessibleWidget | None:
    """Qt asks for each class of an object, the most derived first. Windows keep Qt's roles."""
    if class_name not in _WITHOUT_ROLE or not isinstance(asked, QWidget) or asked.isWindow():
        return None
    if not asked.accessibleName() and asked.property("look") is None:
        return None
    return _Container(asked, QAccessible.Role.Client)
