"""Every error in the window has its button: what the buttons do, through the real window."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QPushButton

from support.app_window import App, PacedBackend, RunApp, in_app, serving
from support.recorded_steps import development_deployment
from support.sample_crs import UNKNOWN, use_hosts
from support.scripted_flow import ScriptedFlow
from support.scripted_node import ScriptedNode
from support.scripted_server import ScriptedServer, json_answer
from tee_rex.aztec.flows.interface import FlowOptions
from tee_rex.aztec.flows.report import FlowKind, StepPhase
from tee_rex.errors import Message, TeeRexError
from tee_rex.errors.catalogue.attestation import EXPIRED
from tee_rex.errors.catalogue.aztec import BRIDGE_CRASHED, NODE_UNREACHABLE
from tee_rex.errors.catalogue.bb import BB_NO_NETWORK
from tee_rex.errors.catalogue.files import CHANGEABLE_BY_OTHERS
from tee_rex.errors.catalogue.proving import BB_CRASHED, BB_START_FAILED, MEMORY_LIMIT, PROOF_TIMED_OUT
from tee_rex.errors.catalogue.settings import BAD_SETTING
from tee_rex.http_client.server_url import ServerUrl
from tee_rex.local.installation import Installation
from tee_rex.provers import Prover
from tee_rex.remote.known_servers import KnownServers
from tee_rex.settings.rules import SettingField
from tee_rex.transaction.request import ProvingMode
from tee_rex_app.model.actions import Action, Remedy
from tee_rex_app.model.runs import Outcome, RunStage
from tee_rex_app.model.services import ServiceName, ServiceStatus
from tee_rex_app.model.setup import Fix
from tee_rex_app.model.state import Notice, Page
from tee_rex_app.services.readiness import Readiness
from tee_rex_app.ui.pages.history_page import HistoryPage
from tee_rex_app.ui.pages.settings_page import SettingsPage
from tee_rex_app.ui.widgets import problem_buttons

STEPS = "mine.msgpack"


def remedy(app: App, remedy: Remedy) -> QPushButton:
    """A button of the problem's card."""
    return app.window.problem.remedies.buttons[remedy]


async def press(app: App, what: Remedy) -> None:
    """Click it, once it is there and enabled."""
    await app.until(lambda: remedy(app, what).isVisible() and remedy(app, what).isEnabled())
    QTest.mouseClick(remedy(app, what), Qt.MouseButton.LeftButton)


def show(app: App, error: TeeRexError) -> None:
    app.application._context.show_problem(error)


def outcomes(app: App) -> list[tuple[str, Outcome]]:
    return [(run.source, run.outcome) for run in app.application.store.state.history or ()]


@pytest.fixture
def chosen(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """What people choose in every dialog for files."""
    file = tmp_path / "chosen"
    for name in ("ask_to_open", "ask_to_save"):
        monkeypatch.setattr(problem_buttons, name, lambda *_: file)
    return file


# --- trying again ------------------------------------------------------------------------------------------


@in_app()
async def test_an_unreadable_file_is_one_card_no_run_and_can_be_tried_again(app: App, tmp_path: Path) -> None:
    store = app.application.store
    file = tmp_path / STEPS
    app.application.intents.prove_files([file])
    await app.until(lambda: store.state.problem)
    assert app.problem.code == "FILE_UNREADABLE"
    assert store.state.run is None
    await app.until(lambda: not store.state.busy)
    assert outcomes(app) == []
    told = [
        label.text()
        for label in app.window.findChildren(QLabel)
        if STEPS in label.text() and label.isVisible()
    ]
    assert told == [f"{STEPS}: No such file or directory."]
    file.write_bytes(development_deployment())
    await press(app, Action.TRY_AGAIN)
    await app.proved()
    assert store.state.problem is None
    assert outcomes(app) == [(STEPS, Outcome.VERIFIED)]


@in_app()
async def test_after_an_unreadable_file_the_last_run_is_shown_again(app: App, tmp_path: Path) -> None:
    store = app.application.store
    await app.prove_sample()
    shown, selected = store.state.run, store.state.selected
    app.application.intents.prove_files([tmp_path / STEPS])
    await app.until(lambda: store.state.problem)
    assert (store.state.run, store.state.selected) == (shown, selected)
    assert [entry.event for entry in app.application.log.entries()].count("proof.started") == 2


@in_app()
async def test_another_file_can_be_chosen(app: App, tmp_path: Path, chosen: Path) -> None:
    (tmp_path / STEPS).write_bytes(b"\x91\x01")
    chosen.write_bytes(development_deployment())
    app.application.intents.prove_files([tmp_path / STEPS])
    await app.until(lambda: app.application.store.state.problem)
    assert app.problem.code == "STEPS_MALFORMED"
    assert set(app.window.problem.remedies.buttons) == {Action.OTHER_FILE}
    await press(app, Action.OTHER_FILE)
    await app.proved()
    assert outcomes(app) == [("chosen", Outcome.VERIFIED)]


@in_app()
async def test_a_file_of_gigabytes_is_told_in_gigabytes(app: App, tmp_path: Path) -> None:
    with (tmp_path / STEPS).open("wb") as file:
        file.truncate(3_200_000_000)
    app.application.intents.prove_files([tmp_path / STEPS])
    await app.until(lambda: app.application.store.state.problem)
    assert str(app.problem.message) == f"{STEPS} has 3.2 GB; at most 50 MB can be read."


class FailingOnce(PacedBackend):
    """Fails at the first proof."""

    async def _prove(self, *arguments: object) -> object:  # type: ignore[override]
        try:
            return await super()._prove(*arguments)  # type: ignore[arg-type]
        finally:
            self.error = None


def test_try_again_repeats_the_sample_in_the_mode_of_that_moment(run_app: RunApp, tmp_path: Path) -> None:
    async def act(app: App) -> None:
        store = app.application.store
        await app.until(lambda: store.state.sample)
        await app.until(lambda: app.status(ServiceName.REMOTE) is ServiceStatus.UNREACHABLE)
        app.application.intents.choose_mode(ProvingMode.REMOTE)
        await app.prove_sample()
        assert app.problem.code == "SERVER_UNREACHABLE"
        assert list(app.window.problem.remedies.buttons) == [
            Action.TRY_AGAIN,
            Action.LOCAL_MODE,
            Action.SERVER_ADDRESS,
        ]
        await press(app, Action.LOCAL_MODE)
        assert store.state.mode is ProvingMode.LOCAL
        assert next(iter(app.window.problem.remedies.buttons)) is Action.TRY_AGAIN
        await app.until(lambda: remedy(app, Action.TRY_AGAIN).hasFocus())  # the pressed one is gone
        await press(app, Action.TRY_AGAIN)
        await app.proved()
        assert (app.run.mode, app.run.stage) == (ProvingMode.LOCAL, RunStage.DONE)
        assert store.state.problem is None

    run_app(tmp_path, act, backend=PacedBackend, environ={"PROVER_URL": "http://127.0.0.1:9"})


def test_try_again_runs_a_flow_again(run_app: RunApp, tmp_path: Path) -> None:
    errors: list[TeeRexError | None] = [BRIDGE_CRASHED(reason=Message("It ended.")), None]

    def flow(
        kind: FlowKind, options: FlowOptions, prover: Prover, installation: Installation
    ) -> ScriptedFlow:
        made = ScriptedFlow(kind, options, prover, installation)
        made.error = errors.pop(0)
        made.stop_at = None if made.error is None else StepPhase.SEND
        made.gate.set()
        return made

    async def act(app: App) -> None:
        await app.until(lambda: app.status(ServiceName.NODE) is ServiceStatus.READY)
        app.window.prove.tokens.click()
        await app.proved()
        assert app.problem.code == "BRIDGE_CRASHED"
        await press(app, Action.TRY_AGAIN)
        await app.proved()
        assert app.application.store.state.problem is None
        assert (app.flow.kind, app.flow.stage) == (FlowKind.TOKEN, RunStage.DONE)

    run_app(tmp_path, act, flow=flow, serving=serving(ScriptedNode(), "AZTEC_NODE_URL"))


@in_app()
async def test_what_was_not_saved_is_saved_elsewhere(app: App, tmp_path: Path, chosen: Path) -> None:
    await app.prove_sample()
    (run,) = app.application.store.state.history or ()
    app.application.intents.save_proof(tmp_path / "no such folder" / "a.proof", run)
    await app.until(lambda: app.application.store.state.problem)
    assert app.problem.code == "NOT_SAVED"
    assert remedy(app, Action.OTHER_FILE).text() == "Save elsewhere…"
    await press(app, Action.OTHER_FILE)
    await app.until(chosen.exists)
    assert app.application.store.state.problem is None


@in_app()
async def test_a_document_and_an_export_are_tried_again(app: App, tmp_path: Path) -> None:
    store = app.application.store
    app.application.intents.compare_image(tmp_path / "measurements.json")
    await app.until(lambda: store.state.problem)
    (tmp_path / "measurements.json").write_text('{"PCR0": "' + "ab" * 48 + '"}')
    await press(app, Action.TRY_AGAIN)
    await app.until(lambda: store.state.measurements)
    assert store.state.problem is None
    app.application.intents.open_document(tmp_path / "kept.bin")
    await app.until(lambda: store.state.problem)
    (tmp_path / "kept.bin").write_bytes(b"no document")
    await press(app, Action.TRY_AGAIN)
    await app.until(lambda: store.state.opened_document)
    assert store.state.problem is None


@in_app()
async def test_settings_that_were_not_saved_are_saved_again(app: App, tmp_path: Path) -> None:
    store, file = app.application.store, tmp_path / "config" / "settings.toml"
    file.mkdir(parents=True)
    app.application.intents.let_websites_prove(False)
    await app.until(lambda: store.state.problem)
    file.rmdir()
    await press(app, Action.TRY_AGAIN)
    await app.until(lambda: store.state.problem is None)


def test_a_part_that_was_not_installed_is_installed_again(
    run_app: RunApp, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Fix] = []

    async def fix(_self: Readiness, fix: Fix, _progress: object) -> None:
        asked.append(fix)
        if len(asked) == 1:
            raise BB_NO_NETWORK(version="4.1.2")

    monkeypatch.setattr(Readiness, "fix", fix)

    async def act(app: App) -> None:
        await app.settled()
        app.application.intents.fix(Fix.BB_GENUINE)
        await app.until(lambda: app.application.store.state.problem)
        assert app.problem.title == "No network connection"
        await app.until(lambda: not app.application.store.state.busy)
        await press(app, Action.TRY_AGAIN)
        await app.until(lambda: len(asked) == 2)
        assert asked == [Fix.BB_GENUINE] * 2
        assert app.application.store.state.problem is None

    run_app(tmp_path, act, backend=PacedBackend)


# --- what else helps ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("error", "field"),
    [
        (MEMORY_LIMIT(limit_mb=64.0, needed_mb=300), SettingField.MEMORY_LIMIT),
        (PROOF_TIMED_OUT(seconds=600.0), SettingField.PROVER_SPEED),
        (NODE_UNREACHABLE(reason=Message("Connection refused.")), SettingField.NODE_URL),
        (EXPIRED(age=400.0, limit=300.0), SettingField.MAX_AGE),
    ],
    ids=lambda one: one.code if isinstance(one, TeeRexError) else one.value,
)
@in_app()
async def test_a_button_opens_the_settings_at_the_right_field(
    app: App, error: TeeRexError, field: SettingField
) -> None:
    show(app, error)
    await press(app, field)
    assert app.application.store.state.page is Page.SETTINGS
    page = app.window.pages[Page.SETTINGS]
    assert isinstance(page, SettingsPage)
    focused = QApplication.focusWidget()
    if field is SettingField.PROVER_SPEED:
        assert focused is not None
        assert page.speed.isAncestorOf(focused)
    else:
        assert focused is page.fields[field].edit
    assert app.window.problem.isVisible()  # to try again afterwards


@in_app()
async def test_the_system_check_is_one_press_away(app: App) -> None:
    await app.settled()
    app.application.intents.open_page(Page.HISTORY)
    show(app, BB_START_FAILED(reason=Message("It does not start.")))
    await press(app, Action.SYSTEM_CHECK)
    assert app.application.store.state.page is Page.PROVE
    assert app.window.prove.setup_card.isVisible()


@in_app()
async def test_a_server_can_be_set_up_where_this_computer_cannot_prove(app: App) -> None:
    show(app, BB_CRASHED(reason=Message("It ended.")))
    await press(app, Action.SERVER_MODE)
    assert app.application.store.state.settings_field is SettingField.PROVER_URL


@in_app(environ={"PROVER_URL": "http://127.0.0.1:9"})
async def test_a_server_that_is_set_up_is_chosen(app: App) -> None:
    show(app, BB_CRASHED(reason=Message("It ended.")))
    await press(app, Action.SERVER_MODE)
    assert app.application.store.state.mode is ProvingMode.REMOTE


@pytest.mark.skipif(os.name == "nt", reason="permissions are Unix's")
@in_app()
async def test_a_permission_of_others_is_taken_away(app: App, tmp_path: Path) -> None:
    folder = tmp_path / "genuine"
    folder.mkdir(exist_ok=True)
    folder.chmod(0o777)
    await app.settled()
    show(app, CHANGEABLE_BY_OTHERS(path=str(folder), quoted=str(folder)))
    await press(app, Action.TAKE_FROM_OTHERS)
    await app.until(lambda: app.application.store.state.problem is None)
    assert folder.stat().st_mode & 0o777 == 0o755


def test_a_damaged_file_is_shown_in_its_folder(run_app: RunApp, tmp_path: Path) -> None:
    shown: list[Path] = []

    async def act(app: App) -> None:
        show(app, BAD_SETTING(reason="no TOML", file=str(tmp_path / "settings.toml")))
        await press(app, Action.SHOW_FILE)

    run_app(tmp_path, act, show_in_folder=shown.append)
    assert shown == [tmp_path / "settings.toml"]


@in_app(stop_at=0)
async def test_what_needs_rest_waits_for_a_proof(app: App) -> None:
    await app.begin_sample()
    show(app, BB_CRASHED(reason=Message("It ended.")))
    assert not remedy(app, Action.SERVER_MODE).isEnabled()
    assert remedy(app, Action.DIAGNOSTICS).isEnabled()
    app.backend.gate.set()
    await app.proved()
    assert remedy(app, Action.SERVER_MODE).isEnabled()


# --- the key of a server -----------------------------------------------------------------------------------


def test_a_key_that_has_changed_is_told_in_the_sidebar_and_forgotten_by_a_button(
    run_app: RunApp, tmp_path: Path
) -> None:
    server = ScriptedServer()
    server.scripts["GET /health"] = json_answer({"status": "ok", "available_versions": []})

    async def act(app: App) -> None:
        store, row = app.application.store, app.window.services.rows[ServiceName.REMOTE]
        await app.until(lambda: app.status(ServiceName.REMOTE) is ServiceStatus.READY)
        at, known = datetime.now(UTC), KnownServers.in_folder(tmp_path)
        address = ServerUrl.parse(store.state.service(ServiceName.REMOTE).address)
        await known.compare_or_remember(address, "5f1c" * 10, at)
        app.application.intents.choose_mode(ProvingMode.REMOTE)
        await app.prove_sample()
        assert app.problem.code == "SERVER_KEY_CHANGED"
        await app.until(lambda: app.status(ServiceName.REMOTE) is ServiceStatus.REFUSED)
        assert row.detail.text() == "The server's key has changed."
        await app.until(lambda: Action.FORGET_KEY in row.remedies.buttons)
        breakdown = app.window.prove.breakdown.remedies
        assert Action.FORGET_KEY in breakdown.buttons
        await press(app, Action.FORGET_KEY)
        assert remedy(app, Action.FORGET_KEY).text() == "Forget it?"
        assert app.problem.code == "SERVER_KEY_CHANGED"
        await press(app, Action.FORGET_KEY)
        await app.until(lambda: app.status(ServiceName.REMOTE) is ServiceStatus.READY)
        assert store.state.problem is None
        assert known.key_of(address) is None
        await app.until(lambda: Action.FORGET_KEY not in breakdown.buttons)
        await known.compare_or_remember(address, "a07c" * 10, at)  # the new key, which is trusted by now
        app.application.intents.open_page(Page.HISTORY)
        await app.until(lambda: store.state.remembered_keys)
        page = app.window.pages[Page.HISTORY]
        assert isinstance(page, HistoryPage)
        page.list.selectAll()
        assert Action.LOCAL_MODE in page.remedies.buttons
        assert Action.FORGET_KEY not in page.remedies.buttons

    run_app(tmp_path, act, backend=PacedBackend, serving=serving(server, "PROVER_URL"))


def test_a_key_that_is_not_the_pinned_one_is_told_before_any_proof(run_app: RunApp, tmp_path: Path) -> None:
    server = ScriptedServer()
    server.scripts["GET /health"] = json_answer({"status": "ok", "available_versions": []})
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "settings.toml").write_text(f'server_key = "{"ab" * 20}"\n')

    async def act(app: App) -> None:
        await app.until(lambda: app.status(ServiceName.REMOTE) is ServiceStatus.REFUSED)
        row = app.window.services.rows[ServiceName.REMOTE]
        QTest.mouseClick(row.remedies.buttons[SettingField.SERVER_KEY], Qt.MouseButton.LeftButton)
        assert app.application.store.state.settings_field is SettingField.SERVER_KEY

    run_app(tmp_path, act, serving=serving(server, "PROVER_URL"))


# --- elsewhere ---------------------------------------------------------------------------------------------


def test_a_failed_run_of_the_history_has_the_same_buttons(run_app: RunApp, tmp_path: Path) -> None:
    async def act(app: App) -> None:
        store, window = app.application.store, app.window
        await app.until(lambda: store.state.sample)
        await app.prove_sample()
        window.problem.dismiss.click()
        card = window.prove.breakdown.remedies
        assert list(card.buttons) == [Action.TRY_AGAIN, Action.SERVER_MODE, Action.DIAGNOSTICS]
        assert card.isVisible()
        page = window.pages[Page.HISTORY]
        assert isinstance(page, HistoryPage)
        app.application.intents.open_page(Page.HISTORY)
        await app.until(lambda: store.state.found)
        page.list.selectAll()
        assert list(page.remedies.buttons) == list(card.buttons)
        page.remedies.buttons[Action.TRY_AGAIN].click()
        assert store.state.page is Page.PROVE
        await app.proved()
        assert app.run.stage is RunStage.DONE

    backend = FailingOnce(BB_CRASHED(reason=Message("It ended.")))
    run_app(tmp_path, act, backend=lambda: backend)


@in_app()
async def test_a_memory_limit_below_what_a_proof_needs_is_warned_of_at_once(app: App) -> None:
    app.application.intents.open_page(Page.SETTINGS)
    page = app.window.pages[Page.SETTINGS]
    assert isinstance(page, SettingsPage)
    field = page.fields[SettingField.MEMORY_LIMIT]
    assert "about 300" in field.words.text()
    for text, warns in (("64", True), ("299", True), ("300", False), ("", False), ("5", False)):
        field.edit.setText(text)
        field.edit.textEdited.emit(text)
        assert ("would be stopped" in field.problem.text() and field.problem.isVisible()) is warns, text
    assert str(MEMORY_LIMIT(limit_mb=64.0, needed_mb=300).hint_parts.words).endswith("about 300 MB.")


def test_without_a_network_there_is_one_plain_message(
    run_app: RunApp, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_hosts(monkeypatch, UNKNOWN)
    monkeypatch.setattr("tee_rex.system.failures.has_route", lambda: False)
    backend = PacedBackend()

    async def act(app: App) -> None:
        store = app.application.store
        await app.until(lambda: store.state.sample)
        await app.prove_sample()
        assert store.state.notice is Notice.OFFLINE_SAMPLE
        assert app.window.notice.accessibleName() == "No network connection"
        backend.error = BB_NO_NETWORK(version="4.1.2")  # type: ignore[assignment]  # what a local one raises
        await app.prove_sample()
        assert app.application.store.state.notice is None
        assert app.problem.title == "No network connection"
        assert "no-such-host" not in str(app.problem)

    run_app(tmp_path, act, backend=lambda: backend)


@in_app()
async def test_with_a_network_a_host_that_cannot_be_found_is_not_the_network(
    app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_hosts(monkeypatch, UNKNOWN)
    await app.until(lambda: app.application.store.state.sample)
    await app.prove_sample()
    assert app.application.store.state.notice is Notice.DEVELOPMENT_SAMPLE
    assert app.window.notice.accessibleName() == "The genuine CRS is unavailable now"


@in_app()
async def test_an_error_of_a_website_never_takes_the_place_of_the_users(app: App) -> None:
    context = app.application._context
    context.show_problem(PROOF_TIMED_OUT(seconds=600.0), asked_by="https://app.example")
    assert app.window.problem._asked_by.text().replace("\u200b", "") == "For https://app.example"
    assert "--timeout" not in app.window.problem.accessibleDescription()
    assert Action.TRY_AGAIN not in app.window.problem.remedies.buttons
    show(app, BB_CRASHED(reason=Message("It ended.")))
    assert app.problem.code == "BB_CRASHED"
    context.show_problem(PROOF_TIMED_OUT(seconds=600.0), asked_by="https://app.example")
    assert app.problem.code == "BB_CRASHED"
