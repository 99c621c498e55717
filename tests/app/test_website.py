"""A website in a real browser, and the real window: asked there, proved there, revoked there."""

from __future__ import annotations

import asyncio
import os
import socket
import ssl
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest

from support.app_window import App, in_app
from support.chromium import chromium
from support.local_prover import link_installed_bb
from support.node_packages import installed
from support.presto import prove_in
from support.web_pages import EXAMPLE, serving_pages
from tee_rex.browser.https import Https
from tee_rex.browser.trust_stores import find_trust_stores
from tee_rex_app.model.runs import Outcome
from tee_rex_app.model.sites import Listening
from tee_rex_app.model.state import Page
from tee_rex_app.ui.dialogs.site_dialog import SiteDialog
from tee_rex_app.ui.pages.sites_page import SitesPage

pytestmark = pytest.mark.integration

SAMPLE = "/resources/samples/dev-deploy-account.msgpack"


@pytest.fixture(autouse=True)
def _bb_is_installed(tmp_path: Path) -> None:
    link_installed_bb(tmp_path)


@in_app()
async def test_the_log_says_when_a_browser_does_not_trust_the_certificate(app: App, tmp_path: Path) -> None:
    await Https(tmp_path, list, lambda: datetime.now(UTC)).enable()
    app.application.intents.let_websites_prove(True)
    await app.until(lambda: app.application.store.state.sites.https_port)
    port = app.application.store.state.sites.https_port

    def greet() -> None:
        with socket.create_connection(("127.0.0.1", port)) as plain, pytest.raises(ssl.SSLError):
            ssl.create_default_context().wrap_socket(plain, server_hostname="127.0.0.1")

    await asyncio.to_thread(greet)
    await app.until(lambda: [one for one in app.application.log.entries() if one.event == "site.not-trusted"])


async def asked(app: App) -> SiteDialog:
    await app.until(lambda: app.window.site_prompt.dialog)
    shown = app.window.site_prompt.dialog
    assert shown is not None
    return shown


@in_app(stop_at=2)
async def test_asked_proved_and_revoked(app: App, tmp_path: Path) -> None:
    home = tmp_path / "browser"
    find_stores = partial(find_trust_stores, "linux", home, {"PATH": os.environ["PATH"]})
    await Https(tmp_path, find_stores, lambda: datetime.now(UTC)).enable()
    installed(EXAMPLE)
    app.application.intents.open_page(Page.SITES)
    sites = app.window.pages[Page.SITES]
    assert isinstance(sites, SitesPage)
    sites.switch.click()
    await app.until(lambda: app.application.store.state.sites.listening is Listening.ON)
    listening = app.application.store.state.sites
    with serving_pages() as port:
        public = f"--ip-address-space-overrides=127.0.0.1:{port}=public"
        async with (
            chromium(home, public) as browser,
            browser.page(f"http://localhost:{port}/docs/examples/browser/") as page,
        ):
            origin = f"http://localhost:{port}"
            proving = asyncio.create_task(prove_in(page, listening, SAMPLE))
            question = await asked(app)
            assert origin in question.accessibleDescription()
            await app.until(question.allow.isEnabled)
            question.allow.click()
            await app.until(lambda: app.backend.proving)
            assert app.run.source == origin
            app.backend.gate.set()
            proof = await proving
            assert (proof.kind, proof.status["protocol"]) == ("native", "https")
            assert len(proof.body["proof"]) > 1000

            await app.until(lambda: sites.sites.rows)
            (row,) = sites.sites.rows.values()
            row.revoke.click()
            row.revoke.click()
            await app.until(lambda: not sites.sites.rows)
            proving = asyncio.create_task(prove_in(page, listening, SAMPLE))
            (await asked(app)).deny.click()
            assert (await proving).short == "fallback denied"
            assert (await prove_in(page, listening, SAMPLE)).short == "fallback cooldown"
    await app.proved()
    history = [(run.source, run.outcome) for run in app.application.store.state.history or ()]
    assert history == [(origin, Outcome.VERIFIED)]
