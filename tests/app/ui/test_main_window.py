"""The real window around a fake prover: what people see and do."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QDragLeaveEvent, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QWidget

from support.app_window import App, PacedBackend, RunApp, in_app
from support.dragging import drag
from support.recorded_steps import development_deployment
from tee_rex.errors import message
from tee_rex.errors.catalogue.proving import BB_CRASHED
from tee_rex.settings.resolve import SettingSource
from tee_rex.transaction.request import ProvingMode
from tee_rex_app.model.expected_times import proving_ms
from tee_rex_app.model.runs import Outcome, RunStage
from tee_rex_app.model.services import Lock, ServiceName
from tee_rex_app.model.setup import Fix, SetupItem
from tee_rex_app.model.state import Page
from tee_rex_app.services.readiness import Readiness
from tee_rex_app.text.labels import who_reads

CONTROL = Qt.KeyboardModifier.ControlModifier


def stage_of(app: App) -> RunStage | None:
    run = app.application.store.state.run
    return None if run is None else run.stage


@in_app()
async def test_the_sample_is_proved_and_its_breakdown_shown(app: App) -> None:
    window, store = app.window, app.application.store
    QTest.mouseClick(window.prove.prove_sample, Qt.MouseButton.LeftButton)
    assert store.state.running
    await app.proved()
    run = store.state.run
    assert run is not None
    assert run.stage is RunStage.DONE
    assert all(block.spent_ms is not None for block in run.blocks)
    (record,) = store.state.history or ()
    assert record.outcome is Outcome.VERIFIED
    assert store.state.selected == record
    total = window.prove.breakdown.tree.topLevelItem(0)
    assert total is not None
    circuits = total.child(2)
    assert circuits is not None
    assert circuits.childCount() == 11
    assert window.prove.run_card._title.text() == "✓ Proof generated and verified"
    assert window.prove.run_card._warning.isVisible()
    assert record.report is not None
    assert store.state.modes[0].usual_ms == proving_ms(record.report)


@in_app(stop_at=5)
async def test_while_proving_modes_and_actions_are_locked_and_progress_is_shown(app: App) -> None:
    window, store = app.window, app.application.store
    QTest.keyClick(window, Qt.Key.Key_Return, CONTROL)
    await app.until(lambda: store.state.run and store.state.run.current == 5)
    assert window.prove.run_card._title.text() == "Proving · circuit 6 of 11"
    assert window.prove.run_card._circuit.text() == "private_kernel_inner"
    assert window.prove.run_card.row.accessibleDescription() == "5 of 12 parts done"
    assert not window.prove.prove_sample.isEnabled()
    assert not window.prove.modes.cards[ProvingMode.REMOTE].isEnabled()
    app.backend.gate.set()
    await app.proved()
    assert window.prove.prove_sample.isEnabled()


@pytest.mark.parametrize("by", ["button", "escape"])
@in_app(stop_at=2)
async def test_cancelling_ends_the_proof_and_leaves_nothing(app: App, by: str) -> None:
    window, store = app.window, app.application.store
    await app.begin_sample()
    if by == "button":
        window.prove.run_card.cancel.click()
    else:
        QTest.keyClick(window, Qt.Key.Key_Escape)
        assert window.prove.run_card.question.isVisible()
        assert stage_of(app) is RunStage.RUNNING
        QTest.keyClick(window, Qt.Key.Key_Escape)
    await app.proved()
    assert app.backend.proving == 0
    assert stage_of(app) is RunStage.CANCELLED
    assert not window.prove.run_card.question.isVisible()
    assert [run.outcome for run in store.state.history or ()] == [Outcome.CANCELLED]


def test_closing_the_window_ends_a_proof(run_app: RunApp, tmp_path: Path) -> None:
    backend = PacedBackend(stop_at=0)

    async def act(app: App) -> None:
        await app.until(lambda: app.application.store.state.sample)
        app.window.prove.prove_sample.click()
        await app.until(lambda: backend.proving)

    run_app(tmp_path, act, backend=lambda: backend)
    assert backend.proving == 0

    async def again(app: App) -> None:
        await app.until(lambda: app.application.store.state.history)
        (run,) = app.application.store.state.history or ()
        assert run.outcome is Outcome.CANCELLED

    run_app(tmp_path, again)


def test_an_error_is_shown_with_its_hint_and_can_be_copied_and_dismissed(
    run_app: RunApp, tmp_path: Path
) -> None:
    error = BB_CRASHED(reason=message("It ended with SIGSEGV."), diagnostics="field 0x1234 of the witness")

    async def act(app: App) -> None:
        window, store = app.window, app.application.store
        await app.until(lambda: store.state.sample)
        await app.prove_sample()
        assert window.problem.isVisible()
        window.problem.copy.click()
        copied = QGuiApplication.clipboard().text()
        assert window.problem.copy.text() == "Copied"
        assert copied.startswith("BB_CRASHED: The prover crashed\nIt ended with SIGSEGV.\nClose other")
        assert "0x1234" not in copied
        (run,) = store.state.history or ()
        assert run.outcome is Outcome.FAILED
        assert run.report is not None
        assert run.report.error is not None
        window.problem.dismiss.click()
        assert not window.problem.isVisible()
        await app.prove_sample()
        assert window.problem.copy.text() == "Copy details"

    run_app(tmp_path, act, backend=lambda: PacedBackend(error))


def test_a_bug_does_not_leave_the_run_running(run_app: RunApp, tmp_path: Path) -> None:
    def broken() -> PacedBackend:
        raise LookupError("0x1234")

    async def act(app: App) -> None:
        store = app.application.store
        await app.until(lambda: store.state.sample)
        await app.prove_sample()
        await app.until(lambda: store.state.problem)
        assert app.problem.code == "BUG"
        assert "0x1234" not in str(store.state.problem)
        assert app.run.stage is RunStage.FAILED

    run_app(tmp_path, act, backend=broken)


# Qt 6.12 has another constructor for it, and 6.11 only this one.
@pytest.mark.filterwarnings("ignore:Function. 'QDragEnterEvent:DeprecationWarning")
def test_a_dropped_file_is_proved(run_app: RunApp, tmp_path: Path) -> None:
    steps = tmp_path / "mine.msgpack"
    steps.write_bytes(development_deployment())

    async def act(app: App) -> None:
        store = app.application.store
        await app.until(lambda: store.state.sample)
        assert drag(app.window, [steps], then_drop=True)
        await app.until(lambda: store.state.run)
        await app.proved()
        (run,) = app.application.store.state.history or ()
        assert (run.source, run.outcome) == ("mine.msgpack", Outcome.VERIFIED)

    run_app(tmp_path / "home", act, backend=PacedBackend)


@pytest.mark.filterwarnings("ignore:Function. 'QDragEnterEvent:DeprecationWarning")
@in_app(stop_at=0)
async def test_the_drop_hint_shows_what_dropping_does(app: App, tmp_path: Path) -> None:
    window, hint = app.window, app.window.drop_hint
    app.application.intents.open_page(Page.HISTORY)
    assert drag(window, [tmp_path / "my\nsteps.msgpack"])
    assert hint.isVisible()
    assert hint.accessibleName() == "Drop to prove my\N{REPLACEMENT CHARACTER}steps.msgpack · Local"
    assert hint.accessibleDescription() == who_reads(ProvingMode.LOCAL)
    QApplication.sendEvent(window, QDragLeaveEvent())
    assert not hint.isVisible()
    await app.begin_sample()
    assert drag(window, [tmp_path / "steps.msgpack", tmp_path / "document.bin"])
    assert hint.accessibleName() == "Drop to prove 2 files after the running proof · Local"
    assert "attestation document is shown" in hint.accessibleDescription()
    QApplication.sendEvent(window, QDragLeaveEvent())
    assert not drag(window, [Path("/somewhere")], scheme="https")
    assert not hint.isVisible()


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="Windows has no such files")
def test_a_pipe_is_refused_and_not_waited_for(run_app: RunApp, tmp_path: Path) -> None:
    pipe = tmp_path / "pipe.msgpack"
    os.mkfifo(pipe)

    async def act(app: App) -> None:
        store = app.application.store
        await app.until(lambda: store.state.sample)
        for path in (pipe, tmp_path):
            app.application.intents.prove_files([path])
            await app.until(lambda: store.state.problem)
            assert app.problem.code == "FILE_UNREADABLE"
            app.application.intents.dismiss_problem()
        assert store.state.run is None

    run_app(tmp_path / "home", act, backend=PacedBackend)


@in_app(stop_at=0)
async def test_nothing_is_installed_during_a_proof(app: App) -> None:
    await app.settled()
    card = app.window.prove.setup_card
    assert card.fix_all.isEnabled()
    await app.begin_sample()
    assert not [made.text() for made in card.buttons.values() if made.isEnabled()]
    assert not card.fix_all.isEnabled()
    assert not card.stop.isVisible()


@pytest.mark.parametrize(("content", "code"), [(b"\x91\x01", "STEPS_MALFORMED"), (b"", "STEPS_EMPTY")])
def test_a_file_without_a_transaction_is_explained(
    run_app: RunApp, tmp_path: Path, content: bytes, code: str
) -> None:
    steps = tmp_path / "mine.msgpack"
    steps.write_bytes(content)

    async def act(app: App) -> None:
        store = app.application.store
        await app.until(lambda: store.state.sample)
        await app.begin_file(steps)
        await app.proved()
        assert app.problem.code == code

    run_app(tmp_path / "home", act, backend=PacedBackend)


@in_app()
async def test_locked_modes_show_what_is_missing_and_cannot_be_chosen(app: App) -> None:
    store, cards = app.application.store, app.window.prove.modes.cards
    assert [mode.lock for mode in store.state.modes] == [None, Lock.NO_ADDRESS, Lock.NO_ADDRESS]
    cards[ProvingMode.REMOTE].click()
    QTest.keyClick(app.window, Qt.Key.Key_3, CONTROL)
    assert store.state.mode is ProvingMode.LOCAL
    assert cards[ProvingMode.LOCAL].isChecked()
    assert not cards[ProvingMode.REMOTE].isChecked()
    assert "no server set up" in cards[ProvingMode.REMOTE].accessibleDescription()
    QTest.mouseClick(cards[ProvingMode.REMOTE].unlock, Qt.MouseButton.LeftButton)
    assert store.state.page is Page.SETTINGS
    focused = QApplication.focusWidget()
    assert focused is not None
    assert focused.accessibleName() == "Remote prover"


def test_the_environment_overrides_the_settings_and_is_shown(run_app: RunApp, tmp_path: Path) -> None:
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "settings.toml").write_text(
        'prover_url = "http://localhost:2"\ntee_url = "ftp://x"\n'
    )

    async def act(app: App) -> None:
        store = app.application.store
        services = {service.name: service for service in store.state.services}
        assert services[ServiceName.REMOTE].address == "http://localhost:1"
        assert services[ServiceName.REMOTE].source is SettingSource.ENVIRONMENT
        words = app.window.services.rows[ServiceName.REMOTE].accessibleDescription()
        assert "Set by PROVER_URL" in words
        assert [mode.lock for mode in store.state.modes] == [None, None, Lock.BAD_ADDRESS]
        await app.until(lambda: store.state.sample)
        QTest.keyClick(app.window, Qt.Key.Key_2, CONTROL)
        assert store.state.mode is ProvingMode.REMOTE

    run_app(tmp_path, act, environ={"PROVER_URL": "http://localhost:1"})


def test_an_unreadable_settings_file_is_explained(run_app: RunApp, tmp_path: Path) -> None:
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "settings.toml").write_text("= 1")

    async def act(app: App) -> None:
        assert app.window.problem.isVisible()
        assert "settings.toml" in app.window.problem.details()

    run_app(tmp_path, act)


@in_app()
async def test_selecting_a_run_shows_its_breakdown(app: App) -> None:
    window, store = app.window, app.application.store
    for _ in range(2):
        await app.prove_sample()
    newest, oldest = store.state.history or ()
    assert store.state.selected == newest
    window.prove.runs.list.setFocus()
    QTest.keyClick(window.prove.runs.list, Qt.Key.Key_Down)
    assert store.state.selected == oldest


def test_repeated_requests_check_again_once(
    run_app: RunApp, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks: list[int] = []
    examine = Readiness.examine

    async def counted(readiness: Readiness) -> tuple[SetupItem, ...]:
        looks.append(1)
        return await examine(readiness)

    async def act(app: App) -> None:
        await app.settled()
        monkeypatch.setattr(Readiness, "examine", counted)
        for _ in range(5):
            app.window.services._again.click()
        assert app.application.setup._examined_again is not None
        await app.application.setup._examined_again
        assert len(looks) == 1
        app.window.services._again.click()
        await app.application.setup._examined_again
        assert len(looks) == 2

    run_app(tmp_path, act)


@in_app(stop_at=3)
async def test_starting_and_cancelling_quickly_leaves_nothing(app: App) -> None:
    window, store = app.window, app.application.store
    for turn in range(10):
        QTest.keyClick(window, Qt.Key.Key_Return, CONTROL)
        assert store.state.running
        if turn % 2:
            await app.until(lambda: app.backend.proving)
        window.prove.run_card.cancel.click()
        QTest.keyClick(window, Qt.Key.Key_Return, CONTROL)  # too early: it is still being cancelled
        await app.proved()
    assert [run.outcome for run in store.state.history or ()] == [Outcome.CANCELLED] * 10
    assert app.backend.proving == 0


@in_app()
async def test_an_empty_machine_lists_what_is_missing_with_buttons(app: App) -> None:
    await app.settled()
    card = app.window.prove.setup_card
    assert card.isVisible()
    assert card.fix_all.isVisible()
    assert [*card.buttons] == [Fix.BB_GENUINE, Fix.LIBRARIES, Fix.CRS_GENUINE]
    app.application.intents.expand_setup(True)
    assert card.isVisible()
    assert card.buttons[Fix.CRS_DEVELOPMENT].accessibleName() == "Development CRS: Compute"


@in_app()
async def test_everything_that_can_be_focused_has_a_name(app: App) -> None:
    await app.settled()
    nameless = [
        widget
        for widget in app.window.findChildren(QWidget)
        if widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        and widget.isVisible()
        and not (widget.accessibleName() or (isinstance(widget, QAbstractButton) and widget.text()))
    ]
    assert nameless == []


@pytest.mark.integration
@in_app()
async def test_installing_can_be_paused_and_resumed(app: App) -> None:
    store, card = app.application.store, app.window.prove.setup_card
    await app.settled()
    app.application.intents.fix(Fix.CRS_DEVELOPMENT)
    await app.until(lambda: store.state.setup.progress)
    assert card.stop.isVisible()
    assert not app.window.prove.prove_sample.isEnabled()
    card.stop.click()
    await app.until(lambda: not store.state.setup.fixing)
    assert card.fix_all.isVisible()
    assert app.window.prove.prove_sample.isEnabled()
    app.application.intents.fix(Fix.CRS_DEVELOPMENT)
    await app.until(lambda: store.state.setup.fixing)
    await app.until(lambda: not store.state.setup.fixing, 120.0)
    await app.until(lambda: Fix.CRS_DEVELOPMENT not in {item.fix for item in store.state.setup.missing})
    assert store.state.problem is None
