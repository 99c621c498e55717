"""What a page or a panel is to the window; ``registry`` names them all."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from tee_rex_app.log.event_log import EventLog
    from tee_rex_app.model.intents import Intents
    from tee_rex_app.model.state import State, Store
    from tee_rex_app.ui.main_window import MainWindow
    from tee_rex_app.ui.theme import Theme


@dataclass(frozen=True, slots=True)
class ViewContext:
    """What a page or a panel is made with.

    clock: seconds, monotonic. log: the events of this session. show_diagnostics: opens their dialog.
    """

    theme: Theme
    store: Store
    intents: Intents
    clock: Callable[[], float]
    log: EventLog
    show_diagnostics: Callable[[], object]


class Renders(Protocol):
    """A widget that shows the state; told of it while it is visible, and when it becomes so."""

    def render_state(self, state: State) -> None:
        """Show a state."""


@dataclass(frozen=True, slots=True)
class Place:
    """A page of the window, or a panel at its bottom.

    key: of a page a value of ``state.Page``, of a panel what ``State.panel`` holds. title: called when the
    window is made, so that it comes in the user's language. make: gives a widget that is a ``Renders``.
    shortcut: opens it; empty for none.
    """

    key: str
    title: Callable[[], str]
    make: Callable[[ViewContext], QWidget]
    shortcut: str = ""


@dataclass(frozen=True, slots=True)
class MenuEntry:
    """A line of the window's menu. title: as of a place. act: called with the window."""

    title: Callable[[], str]
    act: Callable[[MainWindow], object]
    shortcut: str = ""
