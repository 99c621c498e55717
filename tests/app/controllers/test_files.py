"""Files that are opened, dropped and chosen: shown, proved at once, or waiting in sight until one says so."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from support.app_window import App, PacedBackend, RunApp, in_app
from support.dragging import drag
from support.nitro_fake import FakeNitro
from support.recorded_steps import development_deployment
from support.vectors import vector_path
from tee_rex.attestation.document import MAX_DOCUMENT_BYTES
from tee_rex.errors import message
from tee_rex.errors.catalogue.proving import BB_CRASHED
from tee_rex.transaction.request import ProvingMode
from tee_rex_app.main import serve
from tee_rex_app.model.runs import Outcome, RunStage
from tee_rex_app.model.setup import Fix
from tee_rex_app.model.state import Page
from tee_rex_app.platform.remembered import FILE_NAME
from tee_rex_app.services.attestation import is_document
from tee_rex_app.ui.cards.waiting_files_card import WaitingFilesCard

pytestmark = pytest.mark.filterwarnings("ignore:Function. 'QDragEnterEvent:DeprecationWarning")

AWAY = {"PROVER_URL": "http://127.0.0.1:9"}


@pytest.fixture
def steps(tmp_path: Path) -> Path:
    return steps_in(tmp_path / "given.msgpack")


def steps_in(file: Path) -> Path:
    file.write_bytes(development_deployment())
    return file


def card_of(app: App) -> WaitingFilesCard:
    return app.window.prove.files


def waiting(app: App) -> list[str]:
    return [file.path.name for file in app.application.store.state.waiting_files]


def proved(app: App) -> list[tuple[str, Outcome]]:
    """Runs of the history, the oldest first."""
    return [(run.source, run.outcome) for run in reversed(app.application.store.state.history or ())]


async def opened(app: App, *paths: Path) -> None:
    """Open files from outside, and wait until they wait."""
    app.application.intents.open_files(paths)
    await app.until(lambda: [path.name for path in paths if path.name in waiting(app)])


async def ended(app: App, count: int) -> None:
    """Wait until so many runs have ended."""
    await app.until(
        lambda: len(proved(app)) == count and Outcome.RUNNING not in [outcome for _, outcome in proved(app)]
    )


@in_app()
async def test_a_file_is_proved_at_once_where_its_witness_stays(app: App, steps: Path) -> None:
    app.application.intents.open_page(Page.HISTORY)
    app.application.intents.open_files([steps])
    await ended(app, 1)
    assert proved(app) == [("given.msgpack", Outcome.VERIFIED)]
    assert app.application.store.state.page is Page.PROVE
    assert not card_of(app).isVisible()


def test_a_file_given_at_the_start_is_proved_and_recorded(
    run_app: RunApp, tmp_path: Path, steps: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("support.app_window.serve", lambda app, window: serve(app, window, [steps]))

    async def act(app: App) -> None:
        await ended(app, 1)
        assert proved(app) == [("given.msgpack", Outcome.VERIFIED)]

    run_app(tmp_path, act, backend=PacedBackend)


@pytest.mark.parametrize("sends", [True, False])
@in_app(environ=AWAY)
async def test_nothing_leaves_this_computer_unconfirmed(app: App, steps: Path, sends: bool) -> None:
    app.application.intents.choose_mode(ProvingMode.REMOTE)
    await opened(app, steps)
    card = card_of(app)
    assert card.isVisible()
    assert card.accessibleDescription() == "given.msgpack: Remote: The operator could read your witness."
    assert app.application.store.state.run is None
    (card.prove if sends else card.remove)[0].click()
    assert waiting(app) == []
    assert (app.application.store.state.run is not None) is sends
    if sends:
        assert app.run.mode is ProvingMode.REMOTE
        app.application.intents.cancel()
        await app.proved()


@in_app(stop_at=2)
async def test_a_file_opened_during_a_proof_waits_in_sight_and_never_starts_by_itself(
    app: App, steps: Path
) -> None:
    await app.begin_sample()
    app.application.intents.open_page(Page.HISTORY)
    await opened(app, steps)
    card = card_of(app)
    assert card.isVisible()
    assert card.accessibleDescription() == "given.msgpack: Another proof is running."
    app.application.intents.cancel()
    await app.proved()
    assert waiting(app) == ["given.msgpack"]
    assert app.run.stage is RunStage.CANCELLED
    app.backend.gate.set()
    assert card.prove[0].text() == "Prove"
    card.prove[0].click()
    await ended(app, 2)
    assert proved(app)[1] == ("given.msgpack", Outcome.VERIFIED)


@in_app(stop_at=2)
async def test_an_agreed_file_starts_when_the_proof_is_done(app: App, steps: Path, tmp_path: Path) -> None:
    await app.begin_sample()
    await opened(app, steps, steps_in(tmp_path / "unwanted.msgpack"))
    card = card_of(app)
    assert [button.text() for button in card.prove] == ["Prove next"] * 2
    card.prove[0].click()
    assert "given.msgpack: Starts after the running proof · Local" in card.accessibleDescription()
    card.prove[0].click()
    assert card.prove == []
    card.remove[1].click()
    app.backend.gate.set()
    await ended(app, 2)
    assert [source for source, _ in proved(app)][1:] == ["given.msgpack"]
    assert waiting(app) == []


@in_app(stop_at=2)
async def test_cancelling_starts_nothing_that_was_agreed(app: App, steps: Path) -> None:
    await app.begin_sample()
    await opened(app, steps)
    card_of(app).prove[0].click()
    app.application.intents.cancel()
    await app.proved()
    await app.until(lambda: card_of(app).prove)
    assert waiting(app) == ["given.msgpack"]
    assert [outcome for _, outcome in proved(app)] == [Outcome.CANCELLED]


def test_a_failure_starts_nothing_and_stays_in_sight(run_app: RunApp, tmp_path: Path, steps: Path) -> None:
    backend = PacedBackend(BB_CRASHED(reason=message("It received SIGSEGV.")), stop_at=2)

    async def act(app: App) -> None:
        await app.until(lambda: app.application.store.state.sample)
        app.window.prove.prove_sample.click()
        await app.until(lambda: backend.proving)
        await opened(app, steps)
        card_of(app).prove[0].click()
        backend.gate.set()
        await app.proved()
        await app.until(lambda: card_of(app).prove)
        assert app.problem.code == "BB_CRASHED"
        assert [outcome for _, outcome in proved(app)] == [Outcome.FAILED]

    run_app(tmp_path, act, backend=lambda: backend)


def test_quitting_starts_nothing_that_was_agreed(run_app: RunApp, tmp_path: Path, steps: Path) -> None:
    backend = PacedBackend(stop_at=2)

    async def act(app: App) -> None:
        await app.until(lambda: app.application.store.state.sample)
        app.window.prove.prove_sample.click()
        await app.until(lambda: backend.proving)
        await opened(app, steps)
        card_of(app).prove[0].click()

    run_app(tmp_path, act, backend=lambda: backend)

    async def again(app: App) -> None:
        await app.until(lambda: app.application.store.state.history)
        assert [outcome for _, outcome in proved(app)] == [Outcome.CANCELLED]
        assert waiting(app) == []

    run_app(tmp_path, again)


@in_app()
async def test_several_dropped_files_are_proved_one_after_another(app: App, tmp_path: Path) -> None:
    files = [steps_in(tmp_path / f"{name}.msgpack") for name in ("one", "two", "three")]
    assert drag(app.window, files, then_drop=True)
    await ended(app, 3)
    expected = [(f"{name}.msgpack", Outcome.VERIFIED) for name in ("one", "two", "three")]
    assert proved(app) == expected


@in_app()
async def test_an_unreadable_file_starts_nothing_and_stays_in_sight(app: App, tmp_path: Path) -> None:
    await app.prove_sample()  # which is shown again, as if it had ended just now
    bad, good = tmp_path / "bad.msgpack", steps_in(tmp_path / "good.msgpack")
    bad.write_bytes(b"\x91\x01")
    app.application.intents.prove_files([bad, good])
    await app.until(lambda: app.application.store.state.problem)
    await app.until(lambda: [file.next_in for file in app.application.store.state.waiting_files] == [None])
    await app.until(lambda: not card_of(app).isHidden())
    assert waiting(app) == ["good.msgpack"]
    assert app.problem.code == "STEPS_MALFORMED"
    assert app.application.store.state.recent_files == ()


@in_app(stop_at=2)
async def test_a_file_dropped_during_a_proof_is_next_in_sight(app: App, steps: Path) -> None:
    await app.begin_sample()
    drag(app.window, [steps], then_drop=True)
    await app.until(lambda: waiting(app))
    assert "after the running proof" in card_of(app).accessibleDescription()
    app.backend.gate.set()
    await ended(app, 2)


@in_app()
async def test_a_file_waits_for_an_installation(app: App, steps: Path) -> None:
    store = app.application.store
    await app.settled()
    store.update(setup=replace(store.state.setup, fixing=(Fix.CRS_GENUINE,)))
    await opened(app, steps)
    assert not card_of(app).prove[0].isEnabled()
    assert "An installation is running." in card_of(app).accessibleDescription()
    store.update(setup=replace(store.state.setup, fixing=()))
    assert card_of(app).prove[0].isEnabled()
    assert store.state.run is None


@in_app(stop_at=2)
async def test_the_same_file_waits_once(app: App, steps: Path) -> None:
    await app.begin_sample()
    await opened(app, steps)
    await opened(app, steps)
    assert waiting(app) == ["given.msgpack"]


# --- attestation documents ----------------------------------------------------------------------------------


@in_app(stop_at=2)
async def test_a_document_is_shown_and_never_proved(app: App, steps: Path) -> None:
    document = vector_path("nitro/turnkey-2025-07-prod-indef.bin")
    store = app.application.store
    drag(app.window, [document], then_drop=True)
    await app.until(lambda: store.state.opened_document)
    assert store.state.page is Page.ATTESTATION
    assert store.state.opened_document is not None
    assert store.state.opened_document.source == document.name
    assert store.state.run is None
    app.application.intents.close_document()
    await app.begin_sample()
    app.application.intents.open_files([document, steps])
    await app.until(lambda: store.state.opened_document and waiting(app))
    assert waiting(app) == ["given.msgpack"]


@pytest.mark.parametrize("folder", ["nitro", "nitro/negative"])
def test_documents_are_recognised_whoever_made_them(folder: str) -> None:
    found = {path.stem: is_document(path) for path in vector_path(folder).glob("*.bin")}
    assert found
    assert all(found.values()), found


def test_other_files_are_no_documents(tmp_path: Path) -> None:
    nitro = FakeNitro.__name__.encode()
    file = tmp_path / "file"
    for content in (
        development_deployment(),
        b"",
        b"\x84",
        b"\x84\xa1\xa1\xa1",
        b"\x84" + nitro,
        b"\xd2\x83\x01\x02\x03",
        b"\x84" + b"\x00" * MAX_DOCUMENT_BYTES,
        b"\x94\x01\x02\x03\x04",
    ):
        file.write_bytes(content)
        assert not is_document(file), content[:10]


@in_app()
async def test_an_unreadable_file_is_an_error_and_no_run(app: App, tmp_path: Path) -> None:
    app.application.intents.open_files([tmp_path / "missing.msgpack"])
    await app.until(lambda: app.application.store.state.problem)
    assert app.problem.code == "FILE_UNREADABLE"
    assert app.application.store.state.history == ()
    assert app.application.store.state.recent_files == ()
    assert waiting(app) == []


# --- recent files -------------------------------------------------------------------------------------------


def recent(app: App) -> list[str]:
    return [action.text() for action in app.window.prove.recent.menu().actions() if action.text()]


def test_recent_files_are_offered_again_and_can_be_forgotten(
    run_app: RunApp, tmp_path: Path, steps: Path
) -> None:
    async def first(app: App) -> None:
        await app.until(lambda: app.application.store.state.sample)
        assert not app.window.prove.recent.isVisible()
        for number in range(10):
            await app.begin_file(steps_in(tmp_path / f"{number}.msgpack"))
            await app.proved()
        await app.begin_file(steps)
        await app.proved()
        assert recent(app)[:3] == ["given.msgpack", "9.msgpack", "8.msgpack"]
        assert len(recent(app)) == 9
        assert recent(app)[-1] == "Clear list"

    async def second(app: App) -> None:
        prove = app.window.prove
        await app.until(lambda: app.application.store.state.sample)
        assert prove.recent.isVisible()
        before = len(proved(app))
        next(one for one in prove.recent.menu().actions() if one.text() == "5.msgpack").trigger()
        await ended(app, before + 1)
        assert recent(app)[:2] == ["5.msgpack", "given.msgpack"]
        prove.recent.menu().actions()[-1].trigger()
        assert not prove.recent.isVisible()

    run_app(tmp_path, first, backend=PacedBackend)
    kept = (tmp_path / "config" / FILE_NAME).read_text()
    assert str(steps) in kept
    assert (tmp_path / "config" / FILE_NAME).stat().st_mode & 0o077 == 0
    run_app(tmp_path, second, backend=PacedBackend)
    assert "msgpack" not in (tmp_path / "config" / FILE_NAME).read_text()
