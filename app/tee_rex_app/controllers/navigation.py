"""What changes only what is shown: pages, panels, the selected run, messages."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from tee_rex.settings.rules import SettingField
from tee_rex_app.model.runs import RunRecord
from tee_rex_app.model.state import Page, Store, Success


class Navigation:
    """Moves through the window."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def open_page(self, page: Page) -> None:
        """Show a page."""
        self._store.update(page=page, settings_field=None)

    def open_settings(self, field: SettingField) -> None:
        """Show the settings page with one field focused."""
        self._store.update(page=Page.SETTINGS, settings_field=field)

    def open_panel(self, panel: str | None) -> None:
        """Show a panel at the bottom, or close the open one."""
        self._store.update(panel=panel)

    def select_run(self, run: RunRecord) -> None:
        """Show the breakdown of a run."""
        self._store.update(selected=run)

    def expand_setup(self, expanded: bool) -> None:  # noqa: FBT001  # the slot of a toggle
        """Show the system check; or hide it, and forget what could not be installed."""
        setup = self._store.state.setup
        failures = setup.failures if expanded else {}
        if (expanded, failures) != (setup.expanded, setup.failures):
            self._store.update(setup=replace(setup, expanded=expanded, failures=failures))

    def dismiss_problem(self) -> None:
        """Hide the error."""
        self._store.update(problem=None)

    def dismiss_notice(self) -> None:
        """Hide the notice."""
        self._store.update(notice=None)

    def tell_saved(self, file: Path, success: Success) -> None:
        """Show that a file was saved."""
        self._store.succeed(success, file)

    def dismiss_success(self) -> None:
        """Hide what was done."""
        self._store.update(success=None)

    def pause_sites(self, paused: bool) -> None:  # noqa: FBT001  # the slot of a toggle
        """Refuse proofs that websites ask for, until this is undone or the application ends."""
        self._store.update(sites_paused=paused)

    def close_document(self) -> None:
        """Return from a document that was opened to the server's attestation."""
        self._store.update(opened_document=None, measurements=None)
