"""Navigation: the bar of page tabs with the menu, and the panels at the bottom."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton, QStackedWidget, QWidget

from tee_rex_app.model.intents import Intents
from tee_rex_app.model.state import Page, State
from tee_rex_app.ui.cards.message_cards import NoticeLine
from tee_rex_app.ui.page_spec import PageSpec, ViewContext
from tee_rex_app.ui.theme import scaled
from tee_rex_app.ui.widgets.layouts import STRETCH, add, column_of, row_of
from tee_rex_app.ui.widgets.menus import ButtonMenu
from tee_rex_app.ui.widgets.parts import Look, button

BAR_HEIGHT = 48
PANEL_HEIGHT = 240
_PANEL_BAR_HEIGHT = 36


class PageBar(QWidget):
    """A tab for each page, and the menu."""

    def __init__(self, pages: Sequence[PageSpec], intents: Intents) -> None:
        super().__init__()
        self.setFixedHeight(scaled(BAR_HEIGHT))
        self.setAccessibleName(self.tr("Pages"))
        self.tabs: dict[str, QPushButton] = {}
        layout = row_of(inside=self, around=(16, 8, 24, 0), spacing=4)
        for spec in pages:
            made = _tab(spec)
            made.clicked.connect(lambda _checked=False, key=spec.key: intents.open_page(Page(key)))
            self.tabs[spec.key] = made
            layout.addWidget(made)
        layout.addStretch(1)
        self.menu_button = button(self.tr("Menu"), Look.QUIET)
        self.menu = ButtonMenu(self.menu_button)
        layout.addWidget(self.menu_button)

    def render_state(self, state: State) -> None:
        """Check the tab of the current page."""
        for key, tab in self.tabs.items():
            tab.setChecked(key == state.page)


class BottomPanel(QWidget):
    """Panels below the whole window, at most one of them open; the bar of their tabs always shows.

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
            tab, panel = _tab(spec), spec.make(context)
            tab.clicked.connect(lambda _checked=False, key=spec.key: self.toggle(key))
            self.tabs[spec.key], self.panels[spec.key] = tab, panel
            bar.addWidget(tab)
            self._stack.addWidget(panel)
        self.notice = NoticeLine(context.intents)
        add(bar, 8, self.notice, STRETCH)
        column_of(bar, (self._stack, 1), inside=self, spacing=0)
        self.setVisible(bool(panels))

    def toggle(self, key: str) -> None:
        """Open a panel, or close it if it is open."""
        self._intents.open_panel(None if key == self._open else key)

    def render_state(self, state: State) -> None:
        """Show the open panel."""
        self.notice.render_state(state)
        self._open = state.panel if state.panel in self.panels else None
        for key, tab in self.tabs.items():
            tab.setChecked(key == self._open)
        self._stack.setVisible(self._open is not None)
        self.setFixedHeight(scaled(PANEL_HEIGHT if self._open is not None else _PANEL_BAR_HEIGHT))
        if self._open is not None:
            panel = self.panels[self._open]
            self._stack.setCurrentWidget(panel)
            panel.render_state(state)  # type: ignore[attr-defined]  # a Renders


def _tab(spec: PageSpec) -> QPushButton:
    made = button(spec.title(), Look.TAB)
    made.setCheckable(True)
    if spec.shortcut:
        made.setToolTip(spec.shortcut)
    return made
