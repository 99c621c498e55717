"""All pages, panels and menu entries, in the order in which they appear."""

from __future__ import annotations

from tee_rex_app.model.state import Page
from tee_rex_app.text.translation import tr
from tee_rex_app.ui.dialogs.about_dialog import show_about
from tee_rex_app.ui.dialogs.help_dialog import show_help
from tee_rex_app.ui.dialogs.introduction import show_introduction
from tee_rex_app.ui.dialogs.shortcuts_dialog import show_shortcuts
from tee_rex_app.ui.page_spec import MenuEntry, PageSpec
from tee_rex_app.ui.pages.attestation_page import AttestationPage
from tee_rex_app.ui.pages.history_page import HistoryPage
from tee_rex_app.ui.pages.prove_page import ProvePage
from tee_rex_app.ui.pages.settings_page import SettingsPage
from tee_rex_app.ui.pages.sites_page import SitesPage
from tee_rex_app.ui.panels.log_panel import LogPanel
from tee_rex_app.ui.theme import USUAL_ZOOM

PAGES: tuple[PageSpec, ...] = (
    PageSpec(Page.PROVE, lambda: tr("Prove"), ProvePage, "Alt+1"),
    PageSpec(Page.HISTORY, lambda: tr("History"), HistoryPage, "Alt+2"),
    PageSpec(Page.ATTESTATION, lambda: tr("Attestation"), AttestationPage, "Alt+3"),
    PageSpec(Page.SITES, lambda: tr("Sites"), SitesPage, "Alt+4"),
    PageSpec(Page.SETTINGS, lambda: tr("Settings"), SettingsPage, "Alt+5"),
)

PANELS: tuple[PageSpec, ...] = (PageSpec("log", lambda: tr("Log"), LogPanel, "Ctrl+L"),)

MENU: tuple[MenuEntry, ...] = (
    MenuEntry(
        lambda: tr("Settings"),
        lambda _window, context: context.intents.open_page(Page.SETTINGS),
        ("Ctrl+,",),
    ),
    # The key of + on most keyboards is = without Shift.
    MenuEntry(lambda: tr("Zoom in"), lambda _window, context: context.theme.zoom_in(), ("Ctrl++", "Ctrl+=")),
    MenuEntry(lambda: tr("Zoom out"), lambda _window, context: context.theme.zoom_out(), ("Ctrl+-",)),
    MenuEntry(
        lambda: tr("Normal size"), lambda _window, context: context.theme.zoom_to(USUAL_ZOOM), ("Ctrl+0",)
    ),
    MenuEntry(lambda: tr("Help"), lambda window, _context: show_help(window)),
    MenuEntry(lambda: tr("Introduction"), show_introduction),
    MenuEntry(lambda: tr("Keyboard shortcuts"), lambda window, _context: show_shortcuts(window), ("F1",)),
    MenuEntry(lambda: tr("Report a problem…"), lambda _window, context: context.show_diagnostics()),
    MenuEntry(lambda: tr("About TEE-Rex"), show_about),
    MenuEntry(lambda: tr("Quit"), lambda _window, context: context.quit(), ("Ctrl+Q",)),
)
