"""All pages, panels and menu entries, in the order in which they appear."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tee_rex_app.model.state import Page
from tee_rex_app.text.labels import tr
from tee_rex_app.ui.dialogs.about import show_about
from tee_rex_app.ui.dialogs.diagnostics_dialog import show_diagnostics
from tee_rex_app.ui.dialogs.help import show_shortcuts
from tee_rex_app.ui.page_spec import MenuEntry, Place
from tee_rex_app.ui.pages.attestation_page import AttestationPage
from tee_rex_app.ui.pages.history_page import HistoryPage
from tee_rex_app.ui.pages.prove_page import ProvePage
from tee_rex_app.ui.pages.settings_page import SettingsPage
from tee_rex_app.ui.panels.log_panel import LogPanel

if TYPE_CHECKING:
    from tee_rex_app.ui.main_window import MainWindow


def _open_settings(window: MainWindow) -> None:
    window.intents.open_page(Page.SETTINGS)


PAGES: tuple[Place, ...] = (
    Place(Page.PROVE, lambda: tr("Prove"), ProvePage, "Alt+1"),
    Place(Page.HISTORY, lambda: tr("History"), HistoryPage, "Alt+2"),
    Place(Page.ATTESTATION, lambda: tr("Attestation"), AttestationPage, "Alt+3"),
    Place(Page.SETTINGS, lambda: tr("Settings"), SettingsPage, "Alt+4"),
)

PANELS: tuple[Place, ...] = (Place("log", lambda: tr("Log"), LogPanel, "Ctrl+L"),)

MENU: tuple[MenuEntry, ...] = (
    MenuEntry(lambda: tr("Settings"), _open_settings, "Ctrl+,"),
    MenuEntry(lambda: tr("Diagnostics…"), show_diagnostics),
    MenuEntry(lambda: tr("Keyboard shortcuts"), show_shortcuts, "F1"),
    MenuEntry(lambda: tr("About TEE-Rex"), show_about),
)
