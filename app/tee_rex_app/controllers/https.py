"""HTTPS for browsers: makes, renews and removes the certificate that they trust."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from functools import partial

from tee_rex.browser.https import CertificateState, Https, HttpsStatus
from tee_rex_app.controllers.context import ControllerContext
from tee_rex_app.controllers.sites import SitesController
from tee_rex_app.log.event_log import EventLog, Level
from tee_rex_app.model.https import HttpsState
from tee_rex_app.model.state import Notice, Page, State


class HttpsController:
    """What the card on the page Sites shows and does.

    Each time that the page opens, the stores of all browsers are read. After a change the listeners begin
    anew, with the certificate that there is then.
    """

    def __init__(self, context: ControllerContext, sites: SitesController, log: EventLog) -> None:
        dependencies = context.dependencies
        self._context = context
        self._sites = sites
        self._log = log
        self._https = Https.of_user(dependencies.paths.data, dependencies.environ, dependencies.now)
        self._page: Page | None = None

    def start(self) -> None:
        """Read what there is when the page opens; remind the user of a certificate that ends soon."""
        store = self._context.store
        store.changed.connect(self._see)
        self._see(store.state)
        if self._https.certificate().state is CertificateState.RENEWAL_DUE:
            store.update(notice=store.state.notice or Notice.HTTPS_ENDS)

    def enable(self) -> None:
        """Make a certificate, unless there is one that lasts, and let every browser trust it."""
        self._change(self._https.enable, "https.enabled")

    def disable(self) -> None:
        """Remove it from every browser and from the disk."""
        self._change(self._https.disable, "https.disabled")

    def _change(self, change: Callable[[], Awaitable[HttpsStatus]], event: str) -> None:
        if not self._context.store.state.https.changing:
            self._context.attempt(partial(self._changed, change, event))

    async def _changed(self, change: Callable[[], Awaitable[HttpsStatus]], event: str) -> None:
        store = self._context.store
        store.update(https=replace(store.state.https, changing=True))
        status = store.state.https.status
        try:
            status = await change()
            self._log.write(Level.INFO, event)
        finally:
            store.update(https=HttpsState(status))
            self._sites.listen_again()

    def _see(self, state: State) -> None:
        opened = state.page is Page.SITES and self._page is not Page.SITES
        self._page = state.page
        if opened:
            self._context.tasks.start(self._read())

    async def _read(self) -> None:
        status = await self._https.status()
        store = self._context.store
        if not store.state.https.changing:
            store.update(https=HttpsState(status))
