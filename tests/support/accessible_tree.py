"""What screen readers get of a window: Qt's accessibility interfaces, read as AT-SPI and others read them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from PySide6.QtCore import QObject
from PySide6.QtGui import QAccessible, QAccessibleInterface
from PySide6.QtWidgets import QWidget

_STATES = ("checkable", "checked", "disabled", "focusable", "focused", "hasPopup", "invisible", "selected")


@dataclass(frozen=True)
class Node:
    """An element. labels: the names of what labels it. path: the roles above it."""

    role: QAccessible.Role
    name: str
    value: str
    description: str
    states: frozenset[str]
    labels: tuple[str, ...]
    path: tuple[QAccessible.Role, ...]
    object: QObject | None

    @property
    def called(self) -> str:
        """How a reader calls it: what labels it wins over its name."""
        return ", ".join(self.labels) or self.name

    def __str__(self) -> str:
        made = type(self.object).__name__ if self.object is not None else "-"
        return f"{self.role.name} {self.called!r} value {self.value!r} {sorted(self.states)} ({made})"


def tree_of(window: QWidget) -> Iterator[Node]:
    """Every visible element of a window, from the top."""
    yield from _below(QAccessible.queryAccessibleInterface(window), ())


def node_of(widget: QWidget) -> Node:
    """One widget."""
    return _node(QAccessible.queryAccessibleInterface(widget), ())


def _below(element: QAccessibleInterface, path: tuple[QAccessible.Role, ...]) -> Iterator[Node]:
    node = _node(element, path)
    if "invisible" in node.states and node.object is not None:
        return  # with everything in it; items of lists are invisible where they are scrolled away
    yield node
    for index in range(element.childCount()):
        child = element.child(index)
        if child is not None:
            yield from _below(child, (*path, node.role))


def _node(element: QAccessibleInterface, path: tuple[QAccessible.Role, ...]) -> Node:
    state = element.state()
    return Node(
        element.role(),
        element.text(QAccessible.Text.Name),
        element.text(QAccessible.Text.Value),
        element.text(QAccessible.Text.Description),
        frozenset(name for name in _STATES if getattr(state, name)),
        tuple(
            one.text(QAccessible.Text.Name)
            for one, relation in element.relations(QAccessible.RelationFlag.Label)
            if relation is QAccessible.RelationFlag.Label
        ),
        path,
        element.object(),
    )
