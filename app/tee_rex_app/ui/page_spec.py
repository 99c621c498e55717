"""Descriptions of pages, panels and menu entries; ``registry`` lists them all."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from PySide6.QtWidgets import QWidget

from tee_rex_app.log.event_log import EventLog
from tee_rex_app.model.intents import Intents
from tee_rex_app.model.state import State, Store
from tee_rex_app.ui.theme import Theme


@dataclass(frozen=True, slots=True)
class ViewContext:
    """What pages, panels and menu entries are created with.

    clock: seconds, monotonic. log: the events of this session. show_diagnostics: opens the dialog.
    quit, restart: ask first if something would be lost; restart, into the update that is ready.
    """

    theme: Theme
    store: Store
    intents: Intents
    clock: Callable[[], float]
    log: EventLog
    show_diagnostics: Callable[[], object]
    quit: Callable[[], object]
    restart: Callable[[], object]


class Renders(Protocol):
    """A widget that shows the state; called on every change while visible, and when it becomes visible."""

    def render_state(self, state: State) -> None:
        """Show a state."""


@dataclass(frozen=True, slots=True)
class PageSpec:
    """A page of the window, or a panel at its bottom.

    key: a page's value of ``state.Page``, a panel's value of ``State.panel``. title: called when the window
    is created, so that it is translated. make: returns a widget that is a ``Renders``. shortcut: opens it;
    empty for none.
    """

    key: str
    title: Callable[[], str]
    make: Callable[[ViewContext], QWidget]
    shortcut: str = ""


@dataclass(frozen=True, slots=True)
class MenuEntry:
    """An entry of the window's menu. title: as of a page. act: called with the window as parent.

    shortcuts: the first is shown.
    """

    title: Callable[[], str]
    act: Callable[[QWidget, ViewContext], object]
    shortcuts: tuple[str, ...] = ()
