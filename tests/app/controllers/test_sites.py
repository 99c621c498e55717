"""Websites prove through the real window: real requests to its listener, answered in its dialog."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import httpx2
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel

from support.app_window import App, PacedBackend, RunApp, in_app
from support.local_prover import link_installed_bb
from support.noir_circuits import body_of, request_of
from support.patience import PATIENCE
from support.recorded_steps import development_deployment
from support.settings_files import settings_in
from tee_rex.browser import listeners
from tee_rex.browser.origins import Origin
from tee_rex.browser.sites import SiteStore
from tee_rex.errors import Message
from tee_rex.errors.catalogue.proving import BB_CRASHED
from tee_rex.settings.file import SettingsFile
from tee_rex.transaction.request import ProvingMode
from tee_rex_app.model.runs import PROGRAM, SAMPLE, Outcome, RunStage
from tee_rex_app.model.sites import Listening, SitesState
from tee_rex_app.model.state import Page
from tee_rex_app.ui.dialogs.site_dialog import SiteDialog
from tee_rex_app.ui.pages.sites_page import SitesPage

SITE = Origin.parse("https://app.example")
OTHER = Origin.parse("https://other.example")
CONTROL = Qt.KeyboardModifier.ControlModifier
UNREACHABLE = {"PROVER_URL": "http://127.0.0.1:9"}


@pytest.fixture(autouse=True)
def _bb_is_installed(tmp_path: Path) -> None:
    link_installed_bb(tmp_path)


def sites(app: App) -> SitesState:
    return app.application.store.state.sites


def page(app: App) -> SitesPage:
    shown = app.window.pages[Page.SITES]
    assert isinstance(shown, SitesPage)
    return shown


def outcomes(app: App) -> list[tuple[str, Outcome]]:
    return [(run.source, run.outcome) for run in app.application.store.state.history or ()]


async def waits_for_its_turn(app: App) -> None:
    """Until a request has been read, and waits for what runs alone."""
    await app.until(lambda: app.application.sites._idle._waiters)


@asynccontextmanager
async def listening(app: App) -> AsyncIterator[httpx2.AsyncClient]:
    """Turn the switch on, and be a browser."""
    app.application.intents.open_page(Page.SITES)
    if not page(app).switch.isChecked():
        page(app).switch.click()
    await app.until(lambda: sites(app).listening is Listening.ON)
    url = f"http://127.0.0.1:{sites(app).http_port}"
    async with httpx2.AsyncClient(base_url=url, timeout=PATIENCE) as client:
        yield client


def asks(
    client: httpx2.AsyncClient, origin: Origin | None = SITE, content: bytes | None = None
) -> asyncio.Task[httpx2.Response]:
    """A page, or a program, asks for a proof."""
    headers = {} if origin is None else {"Origin": str(origin)}
    body = development_deployment() if content is None else content
    return asyncio.create_task(client.post("/prove", content=body, headers=headers))


async def dialog(app: App, origin: Origin = SITE) -> SiteDialog:
    """The dialog, once it asks about a website."""

    def shown() -> SiteDialog | None:
        made = app.window.site_prompt.dialog
        return made if made is not None and made.question.origin == origin else None

    await app.until(shown)
    found = shown()
    assert found is not None
    assert found.isVisible()
    return found


async def allow(app: App, origin: Origin = SITE) -> None:
    """Click Allow, as soon as it can be."""
    asking = await dialog(app, origin)
    await app.until(asking.allow.isEnabled)
    asking.allow.click()


async def refused(answer: asyncio.Task[httpx2.Response]) -> tuple[int, str]:
    told = await asyncio.wait_for(answer, PATIENCE)
    return told.status_code, told.json()["error"]


@in_app()
async def test_a_failed_proof_of_a_website_leaves_the_message_of_the_user(app: App, tmp_path: Path) -> None:
    await approve(tmp_path, SITE)
    app.application.intents.prove_files([tmp_path / "no such file"])
    await app.until(lambda: app.application.store.state.problem)
    app.backend.error = BB_CRASHED(reason=Message("It ended."))
    async with listening(app) as client:
        assert (await refused(asks(client)))[0] == 500
        assert outcomes(app) == [(str(SITE), Outcome.FAILED)]
        assert app.problem.code == "FILE_UNREADABLE"
        app.window.problem.dismiss.click()
        assert (await refused(asks(client)))[0] == 500
        assert (app.problem.code, app.problem.asked_by) == ("BB_CRASHED", str(SITE))


async def approve(tmp_path: Path, *origins: Origin) -> None:
    for origin in origins:
        await SiteStore.in_folder(tmp_path).approve(origin, (), datetime.now(UTC))


@in_app()
async def test_nothing_listens_until_the_user_turns_it_on(app: App, tmp_path: Path) -> None:
    assert sites(app).listening is Listening.OFF
    async with listening(app) as client:
        answer = await client.get("/health", headers={"Origin": str(SITE)})
        told = answer.json()
        assert told == {"status": "ok", "api_version": 1, "schemes": ["chonk", "ultra_honk"]}
        assert "127.0.0.1" in page(app).http.words.text()
        assert settings_in(tmp_path / "config" / "settings.toml").let_websites_prove is True
        page(app).switch.click()
        await app.until(lambda: sites(app).listening is Listening.OFF)
        with pytest.raises(httpx2.TransportError):  # refused, or closed while it asked
            await client.get("/health")
        await app.until(lambda: not app.application.store.state.settings.let_websites_prove.value)
    assert settings_in(tmp_path / "config" / "settings.toml").let_websites_prove is None


def test_the_setting_stays(run_app: RunApp, tmp_path: Path) -> None:
    async def first(app: App) -> None:
        async with listening(app):
            pass

    async def second(app: App) -> None:
        await app.until(lambda: sites(app).listening is Listening.ON)

    run_app(tmp_path, first)
    run_app(tmp_path, second)


@in_app(stop_at=2)
async def test_an_allowed_website_gets_its_proof_as_a_run(app: App, tmp_path: Path) -> None:
    async with listening(app) as client:
        answer = asks(client)
        asking = await dialog(app)
        words = " ".join(label.text().replace("\u200b", "") for label in asking.findChildren(QLabel))
        for shown in (str(SITE), "Local", "Nobody: it stays on this computer."):
            assert shown in words
            assert shown in asking.accessibleDescription()
        await allow(app)
        await app.until(lambda: app.backend.proving)
        assert app.window.site_prompt.dialog is None
        assert (app.run.source, app.run.mode) == (str(SITE), ProvingMode.LOCAL)
        assert app.application.store.state.page is Page.SITES, "the page stays"
        app.application.intents.open_page(Page.PROVE)
        assert app.window.prove.run_card._source.text() == f"For {SITE}"
        assert sites(app).waiting == ()
        app.application.intents.open_page(Page.SITES)
        app.backend.gate.set()
        proved = await answer
        assert (proved.status_code, len(proved.json()["proof"]) > 1000) == (200, True)
        assert int(proved.headers["x-prove-duration-ms"]) > 0
        await app.proved()
        assert outcomes(app) == [(str(SITE), Outcome.VERIFIED)]
        await app.until(lambda: SITE in page(app).sites.rows)
        await app.until(lambda: "1 proof" in page(app).sites.rows[SITE].facts.text())

        again = await asks(client)
        assert again.status_code == 200
        assert app.window.site_prompt.dialog is None
        health = await client.get("/health", headers={"Origin": str(SITE)})
        assert "version" in health.json()


@in_app()
async def test_a_denied_website_proves_nothing_and_is_not_asked_about_again_at_once(app: App) -> None:
    async with listening(app) as client:
        answer = asks(client)
        (await dialog(app)).deny.click()
        assert await refused(answer) == (403, "origin_denied")
        assert await refused(asks(client)) == (403, "authorization_cooldown")
        assert app.window.site_prompt.dialog is None
        assert outcomes(app) == []


@pytest.mark.parametrize("key", [Qt.Key.Key_Escape, Qt.Key.Key_Return, Qt.Key.Key_Space])
def test_whoever_types_on_denies(run_app: RunApp, tmp_path: Path, key: Qt.Key) -> None:
    async def act(app: App) -> None:
        async with listening(app) as client:
            answer = asks(client)
            asking = await dialog(app)
            assert asking.deny.isDefault()
            assert asking.focusWidget() is asking.deny
            QTest.keyClick(asking.focusWidget(), key)
            assert await refused(answer) == (403, "origin_denied")

    run_app(tmp_path, act, backend=PacedBackend)


@in_app()
async def test_allow_is_reached_by_the_keyboard(app: App) -> None:
    async with listening(app) as client:
        answer = asks(client)
        asking = await dialog(app)
        await app.until(asking.allow.isEnabled)
        QTest.keyClick(asking.deny, Qt.Key.Key_Tab, Qt.KeyboardModifier.ShiftModifier)
        assert asking.focusWidget() is asking.allow
        QTest.keyClick(asking.allow, Qt.Key.Key_Space)
        assert (await answer).status_code == 200


@in_app()
async def test_a_click_that_was_meant_for_the_page_allows_nothing(app: App) -> None:
    async with listening(app) as client:
        answer = asks(client)
        asking = await dialog(app)
        QTest.mouseClick(asking.allow, Qt.MouseButton.LeftButton)
        QTest.keyClick(asking.deny, Qt.Key.Key_Tab)
        QTest.keyClick(asking.focusWidget(), Qt.Key.Key_Space)
        assert not asking.allow.hasFocus()
        assert await refused(answer) == (403, "origin_denied")
        assert sites(app).known in (None, ())


@in_app()
async def test_closing_the_dialog_denies(app: App) -> None:
    async with listening(app) as client:
        answer = asks(client)
        (await dialog(app)).close()
        assert await refused(answer) == (403, "origin_denied")


@in_app()
async def test_websites_are_asked_about_one_after_the_other(app: App) -> None:
    async with listening(app) as client:
        answers = {}
        for origin in (OTHER, SITE):
            answers[origin] = asks(client, origin)
            await dialog(app, OTHER)
            await asyncio.sleep(0.1)
        (await dialog(app, OTHER)).deny.click()
        assert await refused(answers[OTHER]) == (403, "origin_denied")
        await allow(app)
        assert (await answers[SITE]).status_code == 200


@in_app()
async def test_turning_it_off_withdraws_the_question(app: App) -> None:
    async with listening(app) as client:
        answer = asks(client)
        await dialog(app)
        page(app).switch.click()
        assert await refused(answer) == (403, "authorization_cancelled")
        await app.until(lambda: app.window.site_prompt.dialog is None)
        await app.until(lambda: sites(app).listening is Listening.OFF)


@in_app(stop_at=2)
async def test_the_user_cancels_and_the_page_proves_by_itself(app: App, tmp_path: Path) -> None:
    await approve(tmp_path, SITE)
    async with listening(app) as client:
        answer = asks(client)
        await app.until(lambda: app.backend.proving)
        app.application.intents.open_page(Page.PROVE)
        app.window.prove.run_card.cancel.click()
        assert await refused(answer) == (500, "prove_failed")
        await app.proved()
        assert outcomes(app) == [(str(SITE), Outcome.CANCELLED)]
        assert not app.backend.proving


@in_app(stop_at=2)
async def test_a_page_that_leaves_ends_its_proof(app: App, tmp_path: Path) -> None:
    await approve(tmp_path, SITE)
    async with listening(app) as client:
        leaving = asks(client)
        await app.until(lambda: app.backend.proving)
        leaving.cancel()
        await app.until(lambda: not app.application.store.state.running)
        assert app.run.stage is RunStage.CANCELLED
        await app.proved()
        assert outcomes(app) == [(str(SITE), Outcome.CANCELLED)]


@in_app(stop_at=2)
async def test_a_website_waits_while_something_else_runs(app: App, tmp_path: Path) -> None:
    await approve(tmp_path, SITE, OTHER)
    async with listening(app) as client:
        app.application.intents.open_page(Page.PROVE)
        await app.begin_sample()
        first, second = asks(client), asks(client, OTHER)
        await app.until(lambda: len(sites(app).waiting) == 2)
        assert {str(SITE), str(OTHER)} == set(sites(app).waiting)
        assert app.window.prove.waiting.isVisible()
        assert str(SITE) in app.window.prove.waiting.text().replace("\u200b", "")
        leaves = asks(client, None)
        await app.until(lambda: PROGRAM in sites(app).waiting or not leaves.done())
        leaves.cancel()
        app.backend.gate.set()
        assert {(await first).status_code, (await second).status_code} == {200}
        await app.proved()
        assert [source for source, _ in outcomes(app)][-1] != str(SITE)
        assert {source for source, _ in outcomes(app)} >= {str(SITE), str(OTHER)}
        assert sites(app).waiting == ()


@in_app()
async def test_a_program_needs_no_approval(app: App) -> None:
    async with listening(app) as client:
        assert (await asks(client, None)).status_code == 200
        await app.proved()
        assert outcomes(app) == [(PROGRAM, Outcome.VERIFIED)]


@in_app(stop_at=2)
async def test_paused_websites_are_refused_and_what_runs_goes_on(app: App, tmp_path: Path) -> None:
    await approve(tmp_path, SITE)
    async with listening(app) as client:
        running = asks(client)
        await app.until(lambda: app.backend.proving)
        app.application.intents.pause_sites(True)
        assert page(app).paused.isVisible()
        assert await refused(asks(client)) == (503, "service_unavailable")
        assert await refused(asks(client, OTHER)) == (503, "service_unavailable")
        assert app.window.site_prompt.dialog is None
        app.backend.gate.set()
        assert (await running).status_code == 200
        page(app).resume.click()
        assert (await asks(client)).status_code == 200


@in_app(stop_at=2)
async def test_revoking_on_the_page_ends_the_proof_at_once(app: App, tmp_path: Path) -> None:
    await approve(tmp_path, SITE)
    async with listening(app) as client:
        running = asks(client)
        await app.until(lambda: app.backend.proving)
        await app.until(lambda: SITE in page(app).sites.rows)
        revoke = page(app).sites.rows[SITE].revoke
        revoke.click()
        assert (revoke.text(), running.done()) == ("Revoke it?", False)
        revoke.click()
        assert await refused(running) == (403, "origin_denied")
        await app.until(lambda: not page(app).sites.rows)
        assert page(app).none.isVisible()
        assert SiteStore.in_folder(tmp_path).read() == {}
        await app.proved()
        assert outcomes(app) == [(str(SITE), Outcome.CANCELLED)]


@in_app(stop_at=2)
async def test_a_command_revokes_while_the_window_is_open(app: App, tmp_path: Path) -> None:
    await approve(tmp_path, SITE, OTHER)
    async with listening(app) as client:
        running = asks(client)
        await app.until(lambda: app.backend.proving and len(page(app).sites.rows) == 2)
        await SiteStore.in_folder(tmp_path).revoke(SITE)
        assert await refused(running) == (403, "origin_denied")
        await app.until(lambda: list(page(app).sites.rows) == [OTHER])


@in_app()
async def test_a_circuit_needs_no_mode_and_stays_on_this_machine(app: App) -> None:
    async with listening(app) as client:
        app.application.store.update(mode=ProvingMode.TEE)
        assert app.lock(ProvingMode.TEE) is not None
        assert await refused(asks(client)) == (503, "service_unavailable")
        body, headers = body_of(request_of("square")), {"Origin": str(SITE)}
        answer = asyncio.create_task(client.post("/prove/ultra-honk", content=body, headers=headers))
        asking = await dialog(app)
        assert asking.question.mode is ProvingMode.LOCAL
        assert "Nobody: it stays on this computer." in asking.accessibleDescription()
        asking.deny.click()
        assert await refused(answer) == (403, "origin_denied")


@in_app()
async def test_a_window_that_the_user_opened_meanwhile_stays(app: App) -> None:
    async with listening(app) as client:
        for origin, opened in ((SITE, False), (OTHER, True)):
            app.window.hide()
            answer = asks(client, origin)
            asking = await dialog(app, origin)
            if opened:
                app.window.present()  # as the tray and a second start do
            asking.deny.click()
            assert await refused(answer) == (403, "origin_denied")
            await app.until(lambda: sites(app).question is None)
            assert app.window.isVisible() is opened


@in_app(environ=UNREACHABLE)
async def test_a_mode_in_which_more_can_read_is_asked_about_again(app: App, tmp_path: Path) -> None:
    await approve(tmp_path, SITE)
    async with listening(app) as client:
        assert (await asks(client)).status_code == 200
        QTest.keyClick(app.window, Qt.Key.Key_2, CONTROL)
        assert app.application.store.state.mode is ProvingMode.REMOTE
        answer = asks(client)
        asking = await dialog(app)
        assert asking.question.readers == ("http://127.0.0.1:9",)
        assert asking.again.isVisible()
        assert "The operator of 127.0.0.1:9" in asking.accessibleDescription()
        asking.deny.click()
        assert await refused(answer) == (403, "origin_denied")
        app.application.intents.choose_mode(ProvingMode.LOCAL)
        assert (await asks(client)).status_code == 200


@in_app(stop_at=2, environ=UNREACHABLE)
async def test_a_mode_that_was_chosen_while_the_proof_waited_is_asked_about_again(
    app: App, tmp_path: Path
) -> None:
    await approve(tmp_path, SITE)
    async with listening(app) as client:
        app.application.intents.open_page(Page.PROVE)
        await app.begin_sample()
        answer = asks(client)
        await waits_for_its_turn(app)
        app.application.intents.choose_mode(ProvingMode.REMOTE)
        assert app.application.store.state.mode is ProvingMode.LOCAL, "it stays while something runs"
        app.application.store.update(mode=ProvingMode.REMOTE)
        app.backend.gate.set()
        (await dialog(app)).deny.click()
        assert await refused(answer) == (403, "origin_denied")
        assert outcomes(app) == [(SAMPLE, Outcome.VERIFIED)]


@in_app(stop_at=2, environ=UNREACHABLE)
async def test_pausing_before_the_answer_holds_after_it(app: App, tmp_path: Path) -> None:
    await approve(tmp_path, SITE)
    async with listening(app) as client:
        app.application.intents.open_page(Page.PROVE)
        await app.begin_sample()
        answer = asks(client)
        await waits_for_its_turn(app)
        app.application.store.update(mode=ProvingMode.REMOTE)
        app.backend.gate.set()
        await dialog(app)
        app.application.intents.pause_sites(True)
        await allow(app)
        assert await refused(answer) == (503, "service_unavailable")
        assert outcomes(app) == [(SAMPLE, Outcome.VERIFIED)]


@in_app(environ=UNREACHABLE)
async def test_a_server_that_does_not_answer_fails_the_run(app: App, tmp_path: Path) -> None:
    await SiteStore.in_folder(tmp_path).approve(SITE, ("http://127.0.0.1:9",), datetime.now(UTC))
    async with listening(app) as client:
        QTest.keyClick(app.window, Qt.Key.Key_2, CONTROL)
        assert await refused(asks(client)) == (500, "prove_failed")
        assert app.problem.code == "SERVER_UNREACHABLE"
        await app.proved()
        assert outcomes(app) == [(str(SITE), Outcome.FAILED)]


@in_app(environ=UNREACHABLE)
async def test_a_mode_that_is_not_set_up_well_is_said_to_page_and_user(app: App, tmp_path: Path) -> None:
    await SiteStore.in_folder(tmp_path).approve(SITE, ("http://127.0.0.1:9",), datetime.now(UTC))
    async with listening(app) as client:
        written = SettingsFile(server_key="no key", let_websites_prove=True)
        app.application.intents.save_settings(lambda _: written)
        await app.until(lambda: app.application.store.state.settings.server_key.value)
        app.application.intents.choose_mode(ProvingMode.REMOTE)
        assert await refused(asks(client)) == (503, "service_unavailable")
        assert app.problem.code == "FINGERPRINT_INVALID"


@in_app()
async def test_what_is_no_transaction_is_no_run(app: App, tmp_path: Path) -> None:
    await approve(tmp_path, SITE)
    async with listening(app) as client:
        assert await refused(asks(client, SITE, b"\xc1")) == (500, "prove_failed")
        assert outcomes(app) == []
        entries = [entry for entry in app.application.log.entries() if entry.event == "site.failed"]
        assert [entry.field("origin") for entry in entries] == [str(SITE)]


@in_app()
async def test_a_damaged_list_is_said_and_allows_nobody(app: App, tmp_path: Path) -> None:
    await approve(tmp_path, SITE)
    async with listening(app) as client:
        (tmp_path / "sites.json").write_text("{")
        assert await refused(asks(client)) == (503, "service_unavailable")
        assert app.window.site_prompt.dialog is None
        await app.until(lambda: "sites.json" in page(app).none.text())


def test_a_taken_port_is_said_and_tried_again(
    run_app: RunApp, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listeners, "_PORT_SECONDS", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]

        async def act(app: App) -> None:
            app.application.intents.open_page(Page.SITES)
            page(app).switch.click()
            await app.until(lambda: sites(app).listening is Listening.FAILED)
            assert f"Port {port}" in page(app).http.words.text()
            other.close()
            page(app).again.click()
            await app.until(lambda: sites(app).listening is Listening.ON)
            assert sites(app).http_port == port
            assert not page(app).again.isVisible()

        async def start_again(app: App) -> None:
            with socket.create_server(("127.0.0.1", port)):
                await app.until(lambda: sites(app).listening is Listening.FAILED)
                assert app.problem.code == "PORT_TAKEN"

        run_app(tmp_path, act, site_ports=(port, 0))
        run_app(tmp_path, start_again, site_ports=(port, 0))


@in_app(stop_at=2)
async def test_the_application_ends_with_a_proof_and_a_question(app: App, tmp_path: Path) -> None:
    await approve(tmp_path, SITE)
    async with listening(app) as client:
        running, asking = asks(client), asks(client, OTHER)
        await app.until(lambda: app.backend.proving)
        await dialog(app, OTHER)
        app.window.end()
        for answer in (running, asking):
            told = await asyncio.gather(answer, return_exceptions=True)
            assert not isinstance(told[0], httpx2.Response) or told[0].status_code in (403, 503)
        assert not app.backend.proving
        assert app.window.site_prompt.dialog is None
