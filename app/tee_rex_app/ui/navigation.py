"""Navigation: the bar of page tabs with the menu, and the panels at the bottom."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtWidgets import QPushButton, QStackedWidget, QTabBar, QWidget

from tee_rex_app.model.intents import Intents
from tee_rex_app.model.state import Page, State
from tee_rex_app.ui.cards.message_cards import SuccessLine
from tee_rex_app.ui.page_spec import PageSpec, ViewContext
from tee_rex_app.ui.widgets.layouts import STRETCH, add, column_of, row_of
from tee_rex_app.ui.widgets.menus import ButtonMenu
from tee_rex_app.ui.widgets.parts import Look, button, set_property


class PageBar(QWidget):
    """A tab for each page, and the menu."""

    def __init__(self, pages: Sequence[PageSpec], intents: Intents) -> None:
        super().__init__()
        self._keys = [spec.key for spec in pages]
        self.tabs = QTabBar()
        self.tabs.setDrawBase(False)
        self.tabs.setExpanding(False)
        self.tabs.setAccessibleName(self.tr("Pages"))
        for at, spec in enumerate(pages):
            self.tabs.addTab(spec.title())
            self.tabs.setTabToolTip(at, spec.shortcut)
        self.tabs.currentChanged.connect(lambda at: intents.open_page(Page(self._keys[at])))
        menu = self.tr("Menu")
        self.menu_button = button(f"{menu} ▾", Look.QUIET)
        self.menu_button.setAccessibleName(menu)
        self.menu = ButtonMenu(self.menu_button)
        row_of((self.tabs, 1), self.menu_button, inside=self, around=(16, 8, 24, 0), spacing=4)

    def render_state(self, state: State) -> None:
        """Select the tab of the current page."""
        with QSignalBlocker(self.tabs):
            self.tabs.setCurrentIndex(self._keys.index(state.page))


class BottomPanel(QWidget):
    """Panels below the whole window, at most one of them open; the bar of their buttons always shows.

    What was done as asked is said in that bar.
    """

    def __init__(self, panels: Sequence[PageSpec], context: ViewContext) -> None:
        super().__init__()
        self.setProperty("look", Look.PANEL.value)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAccessibleName(self.tr("Panels"))
        self.tabs: dict[str, QPushButton] = {}
        self.panels: dict[str, QWidget] = {}
        self._stack = QStackedWidget()
        self._intents = context.intents
        self._open: str | None = None
        bar = row_of(around=(8, 4, 16, 4), spacing=4)
        for spec in panels:
            tab, panel = button(spec.title(), Look.TAB, partial(self._toggle, spec.key)), spec.make(context)
            tab.setToolTip(spec.shortcut)
            self.tabs[spec.key], self.panels[spec.key] = tab, panel
            bar.addWidget(tab)
            self._stack.addWidget(panel)
        self.success = SuccessLine(context.intents)
        add(bar, 8, self.success, STRETCH)
        column_of(bar, (self._stack, 1), inside=self, spacing=0)
        self.setVisible(bool(panels))

    def toggle(self, key: str) -> None:
        """Open a panel, or close it if it is open."""
        self._intents.open_panel(None if key == self._open else key)

    def render_state(self, state: State) -> None:
        """Show the open panel."""
        self.success.render_state(state)
        self._open = state.panel if state.panel in self.panels else None
        for key, tab in self.tabs.items():
            is_open = key == self._open
            set_property(tab, "open", is_open)
            tab.setAccessibleDescription(self.tr("open") if is_open else self.tr("closed"))
        self._stack.setVisible(self._open is not None)
        set_property(self, "open", self._open is not None)
        if self._open is not None:
            panel = self.panels[self._open]
            self._stack.setCurrentWidget(panel)
            panel.render_state(state)  # type: ignore[attr-defined]  # a Renders

    def _toggle(self, key: str, _checked: bool = False) -> None:  # noqa: FBT001, FBT002  # a signal's
        self.toggle(key)
