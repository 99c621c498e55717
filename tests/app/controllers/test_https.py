"""HTTPS for browsers through the real window: real databases of what they trust, and a real listener."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx2
import pytest
from PySide6.QtWidgets import QLabel

from support.app_window import App, RunApp
from support.browser_home import BrowserHome, nicknames
from tee_rex.browser.certificates import CertificateFolder, Certificates
from tee_rex.browser.https import CertificateState
from tee_rex_app.model.sites import Listening
from tee_rex_app.model.state import Notice, Page
from tee_rex_app.ui.cards.https_card import HttpsCard
from tee_rex_app.ui.pages.sites_page import SitesPage

pytestmark = pytest.mark.integration

Act = Callable[[App], Coroutine[None, None, None]]


@pytest.fixture
def home(tmp_path: Path) -> BrowserHome:
    home = BrowserHome(tmp_path)
    home.make_nss()
    return home


@pytest.fixture
def run(run_app: RunApp, home: BrowserHome) -> Callable[[Act], None]:
    """Run an application whose user has this home folder."""
    return lambda act: run_app(home.path / "data", act, environ=home.environ)


async def opened(app: App) -> HttpsCard:
    """The card, once it shows what there is."""
    app.application.intents.open_page(Page.SITES)
    await app.until(lambda: app.application.store.state.https.status)
    page = app.window.pages[Page.SITES]
    assert isinstance(page, SitesPage)
    return page.https_card


async def changed(app: App) -> None:
    await app.until(lambda: not app.application.store.state.https.changing)


def texts(card: HttpsCard) -> str:
    """What the card shows."""
    shown = (label.text().replace("\u200b", "") for label in card.findChildren(QLabel) if label.isVisible())
    return "\n".join(shown)


def test_the_explanation_is_there_before_anything_is_trusted(
    run: Callable[[Act], None], home: BrowserHome
) -> None:
    async def act(app: App) -> None:
        card = await opened(app)
        assert "It can vouch only for 127.0.0.1, ::1 and localhost" in texts(card)
        assert "does not trust it" in texts(card)
        assert str(home.nss) in texts(card)
        assert (card.trust.text(), card.remove.isVisible()) == ("Trust", False)

    run(act)
    assert nicknames(home.nss) == []
    assert not (home.path / "data" / "https").exists()


def test_one_click_trusts_and_the_listener_serves_it(run: Callable[[Act], None], home: BrowserHome) -> None:
    async def act(app: App) -> None:
        card = await opened(app)
        app.application.intents.let_websites_prove(True)
        await app.until(lambda: app.application.store.state.sites.listening is Listening.ON)
        assert app.application.store.state.sites.https_port is None
        card.trust.click()
        assert app.application.store.state.https.changing is False, "the click returns at once"
        await app.until(lambda: app.application.store.state.sites.https_port)
        await changed(app)
        assert "On, until" in texts(card)
        assert "trusts it" in texts(card)
        assert (card.trust.isVisible(), card.explanation.isVisible()) == (False, False)
        trusting = ssl.create_default_context(cafile=home.path / "data/https/ca.pem")
        async with httpx2.AsyncClient(verify=trusting) as client:
            port = app.application.store.state.sites.https_port
            assert (await client.get(f"https://localhost:{port}/health")).json()["https_port"] == port

    run(act)
    assert len(nicknames(home.nss)) == 1


def test_removing_is_confirmed_and_takes_all_but_the_lock(
    run: Callable[[Act], None], home: BrowserHome
) -> None:
    async def act(app: App) -> None:
        card = await opened(app)
        card.trust.click()
        await app.until(card.remove.isVisible)
        await changed(app)
        card.remove.click()
        assert card.remove.text() == "Remove it?"
        assert len(nicknames(home.nss)) == 1
        card.remove.click()
        await app.until(lambda: not card.remove.isVisible())
        await changed(app)
        assert card.words.text().startswith("Off.")
        assert (card.trust.text(), card.trust.isVisible()) == ("Trust", True)

    run(act)
    assert nicknames(home.nss) == []
    assert [file.name for file in (home.path / "data").glob("https*")] == ["https.lock"]


def test_a_certificate_that_ends_soon_is_told_and_renewed(
    run: Callable[[Act], None], home: BrowserHome
) -> None:
    before = Certificates.make(datetime.now(UTC) - timedelta(days=800))
    CertificateFolder(home.path / "data" / "https").write(before)

    async def act(app: App) -> None:
        await app.until(lambda: app.application.store.state.notice is Notice.HTTPS_ENDS)
        card = await opened(app)
        assert "! The certificate expires on" in card.words.text()
        assert (card.trust.text(), card.explanation.isVisible()) == ("Renew", True)
        card.trust.click()
        await app.until(lambda: card.words.text().startswith("On, until"))

    run(act)
    assert len(nicknames(home.nss)) == 1
    assert nicknames(home.nss) != [before.authority.name]


def test_an_expired_certificate_is_told_and_renewed(run: Callable[[Act], None], home: BrowserHome) -> None:
    before = Certificates.make(datetime.now(UTC) - timedelta(days=900))
    CertificateFolder(home.path / "data" / "https").write(before)

    async def act(app: App) -> None:
        card = await opened(app)
        assert "! The certificate is valid from" in card.words.text()
        app.application.intents.let_websites_prove(True)
        await app.until(lambda: app.application.store.state.problem)
        assert app.problem.code == "HTTPS_CERTIFICATE_UNUSABLE"
        await app.until(lambda: app.application.store.state.sites.listening is Listening.ON)
        card.trust.click()
        await app.until(lambda: app.application.store.state.sites.https_port)

    run(act)


def test_what_a_browser_refuses_is_shown_with_what_to_do(
    run: Callable[[Act], None], home: BrowserHome
) -> None:
    home.make_profile("locked", password="correct horse")
    (home.path / "snap" / "firefox").mkdir(parents=True)

    async def act(app: App) -> None:
        card = await opened(app)
        card.trust.click()
        await app.until(lambda: "Only the browser itself can change" in texts(card))
        await changed(app)
        shown = texts(card)
        assert "Firefox, profile abcd1234.locked: does not trust it" in shown
        assert "Firefox (Snap): not reachable" in shown
        assert shown.count(f"import {home.path / 'data/https/ca.pem'}.") == 2
        assert (card.trust.text(), card.trust.isVisible()) == ("Trust", True)
        status = app.application.store.state.https.status
        assert status is not None
        assert status.certificate.state is CertificateState.READY

    run(act)


def test_closing_meanwhile_leaves_what_enabling_again_completes(
    run: Callable[[Act], None], home: BrowserHome
) -> None:
    async def begin(app: App) -> None:
        card = await opened(app)
        card.trust.click()
        await app.until(lambda: app.application.store.state.https.changing)

    async def complete(app: App) -> None:
        card = await opened(app)
        if card.trust.isVisible():
            card.trust.click()
        await app.until(lambda: card.words.text().startswith("On, until"))
        await app.until(lambda: "trusts it" in texts(card))

    run(begin)
    run(complete)
    assert len(nicknames(home.nss)) == 1
