"""The set-up card in the window: sizes before downloads, rows that follow each part, pauses and failures."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QWidget

from support.app_window import App, PacedBackend, RunApp, in_app, serving
from support.patience import PATIENCE
from support.range_server import Fault, range_server
from support.sample_crs import G1, NOBODY, use_hosts
from support.scripted_flow import NETWORK, ScriptedFlow
from support.scripted_node import ScriptedNode
from tee_rex.aztec.flows.events import FlowListener, NetworkFound, PreparationEnded, PreparationStarted
from tee_rex.aztec.flows.report import FlowReport, Preparation
from tee_rex.doctor import Finding, FindingId, Verdict
from tee_rex.errors import Hint
from tee_rex.errors.catalogue.crs import CRS_DOWNLOAD_FAILED
from tee_rex.errors.message import message
from tee_rex.settings.file import SettingsFile
from tee_rex.system.progress import ProgressListener, TaskProgress
from tee_rex.transaction.events import ProofListener
from tee_rex.transaction.request import ProofRequest, ProofResult, ProvingMode
from tee_rex_app.model.runs import Outcome, RunStage
from tee_rex_app.model.services import ServiceName, ServiceStatus
from tee_rex_app.model.setup import Fix, SetupItem
from tee_rex_app.model.state import State
from tee_rex_app.services.readiness import Readiness
from tee_rex_app.ui.cards.setup_card import SetupCard
from tee_rex_app.ui.main_window import SMALLEST

CRS_BYTES = 8_388_608


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tee_rex.local.sample._STALL_SECONDS", PATIENCE)


def rows(app: App) -> dict[str, str]:
    """The words of every row that is shown, by its name."""
    grid = app.window.prove.setup_card._grid
    found = {}
    for row in range(grid.rowCount()):
        cells = [grid.itemAtPosition(row, column) for column in (1, 2)]
        words = [_words(cell.widget()) for cell in cells if cell is not None]
        if len(words) == 2:
            found[words[0]] = words[1]
    return found


def _words(cell: QWidget | None) -> str:
    """The first text in a cell."""
    assert cell is not None
    text = cell if isinstance(cell, QLabel) else cell.findChild(QLabel)
    assert isinstance(text, QLabel)
    return text.text().replace("\u200b", "")


def card(app: App) -> SetupCard:
    return app.window.prove.setup_card


class Parts:
    """Installs nothing: each part is there once its gate is open. Pretends to examine."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.gates = {fix: asyncio.Event() for fix in Fix}
        self.there: set[Fix] = set()
        self.begun: list[Fix] = []
        self._examine = Readiness.examine
        parts = self

        async def examine(readiness: Readiness) -> tuple[SetupItem, ...]:
            return tuple(map(parts._seen, await parts._examine(readiness)))

        async def fix(_readiness: Readiness, fix: Fix, progress: ProgressListener) -> None:
            parts.begun.append(fix)
            progress(TaskProgress("bb.download", "bb", 21_000_000, 54_003_981, "bytes"))
            await parts.gates[fix].wait()
            parts.there.add(fix)

        monkeypatch.setattr(Readiness, "examine", examine)
        monkeypatch.setattr(Readiness, "fix", fix)

    def _seen(self, item: SetupItem) -> SetupItem:
        if item.fix not in self.there:
            return item
        return replace(item, finding=replace(item.finding, verdict=Verdict.READY, detail=message("there")))


@pytest.mark.parametrize(
    ("glibc", "total", "libraries"),
    [
        ("2.36", "about 76 MB to download", "Not installed · about 13 MB"),
        ("2.39", "62 MB to download", "Needed only on older systems."),
    ],
)
def test_the_total_includes_the_libraries_where_the_system_is_old(
    run_app: RunApp,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    glibc: str,
    total: str,
    libraries: str,
) -> None:
    monkeypatch.setattr("platform.libc_ver", lambda: ("glibc", glibc))

    async def act(app: App) -> None:
        await app.settled()
        assert total in card(app)._text.text()
        assert rows(app)["System libraries"] == libraries

    run_app(tmp_path, act, backend=PacedBackend)


@in_app()
async def test_each_row_changes_when_its_part_is_there(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    parts = Parts(monkeypatch)
    store = app.application.store
    await app.settled()
    assert " MB to download" in card(app)._text.text()
    assert rows(app) == {
        "Prover (bb)": "Not installed · 54 MB",
        "System libraries": rows(app)["System libraries"],  # depends on this system
        "CRS for real networks": "Not installed · 8.4 MB",
    }
    card(app).fix_all.click()
    await app.until(lambda: parts.begun == [Fix.BB_GENUINE])
    assert rows(app)["Prover (bb)"] == "Installing · 54 MB"
    assert rows(app)["CRS for real networks"] == "Waiting · 8.4 MB"
    assert card(app).progress.doing.text() == "Downloading the prover · 21.0 of 54.0 MB · 38 %"
    assert card(app).progress.bar.value() == 38
    assert not card(app).buttons
    parts.gates[Fix.BB_GENUINE].set()
    await app.until(lambda: rows(app)["Prover (bb)"] == "there")  # while the others are not
    assert store.state.setup.fixing
    assert store.state.service(ServiceName.EMBEDDED).detail.startswith("2 item")
    for gate in parts.gates.values():
        gate.set()
    await app.until(lambda: not store.state.busy)
    await app.until(lambda: app.status(ServiceName.EMBEDDED) is ServiceStatus.READY)
    assert not card(app).isVisible()


@in_app()
async def test_pausing_keeps_what_is_there_and_resuming_goes_on(
    app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    parts = Parts(monkeypatch)
    store = app.application.store
    await app.settled()
    parts.gates[Fix.BB_GENUINE].set()
    card(app).fix_all.setFocus()
    QTest.keyClick(card(app).fix_all, Qt.Key.Key_Space)
    await app.until(lambda: parts.begun[-1:] == [Fix.LIBRARIES])
    assert app.window.focusWidget() is card(app).stop
    assert card(app).stop.text() == "Pause"
    QTest.keyClick(card(app).stop, Qt.Key.Key_Space)
    await app.until(lambda: not store.state.busy)
    await app.until(lambda: store.state.setup.paused and card(app).fix_all.isVisible())
    assert card(app).fix_all.text() == "Resume"
    assert card(app)._text.text().startswith("Paused. What is installed is kept")
    assert rows(app)["Prover (bb)"] == "there"
    assert store.state.problem is None
    assert app.window.focusWidget() is card(app).fix_all
    for gate in parts.gates.values():
        gate.set()
    card(app).fix_all.click()
    await app.until(lambda: app.status(ServiceName.EMBEDDED) is ServiceStatus.READY)
    assert parts.begun == [Fix.BB_GENUINE, Fix.LIBRARIES, Fix.LIBRARIES, Fix.CRS_GENUINE]
    assert not store.state.setup.paused


def test_a_failed_download_keeps_its_row_with_the_reason_and_try_again(
    run_app: RunApp, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The real download, first from nobody, then from a server; dismissing the message changes nothing."""

    async def act(app: App) -> None:
        store = app.application.store
        use_hosts(monkeypatch, NOBODY)
        await app.settled()
        card(app).buttons[Fix.CRS_GENUINE].click()
        await app.until(lambda: store.state.problem)
        assert app.problem.code == "CRS_DOWNLOAD_FAILED"
        await app.until(lambda: not store.state.busy)
        app.window.problem.dismiss.click()
        app.application.intents.check_again()
        await app.until(lambda: rows(app)["CRS for real networks"].startswith("Failed: Chunk 0"))
        again = card(app).buttons[Fix.CRS_GENUINE]
        assert again.accessibleName() == "CRS for real networks: Try again"
        async with range_server(G1) as server:
            use_hosts(monkeypatch, server.url)
            QTest.mouseClick(again, Qt.MouseButton.LeftButton)
            await app.until(lambda: rows(app).get("CRS for real networks", "").startswith("131,072 points"))
        assert store.state.setup.failures == {}

    run_app(tmp_path, act, backend=PacedBackend)


def test_a_download_that_is_resumed_goes_on_where_it_stopped(
    run_app: RunApp, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def act(app: App) -> None:
        store = app.application.store
        await app.settled()
        async with range_server(G1, Fault.HALF_THEN_SILENCE) as server:
            use_hosts(monkeypatch, server.url)
            app.application.intents.fix(Fix.CRS_GENUINE)
            await server.half_sent.wait()
            await app.until(lambda: store.state.setup.progress and store.state.setup.progress.done)
            card(app).stop.click()
            await app.until(lambda: not store.state.busy)
            assert card(app).fix_all.text() == "Resume"
        async with range_server(G1) as server:
            use_hosts(monkeypatch, server.url)
            app.application.intents.fix(Fix.CRS_GENUINE)
            await app.until(lambda: not store.state.busy)
            await app.until(lambda: item(app, FindingId.CRS_GENUINE).finding.verdict is Verdict.READY)
            ((first, _last),) = server.ranges
            assert first > 0

    run_app(tmp_path, act, backend=PacedBackend)


def item(app: App, which: FindingId) -> SetupItem:
    items = app.application.store.state.setup.items or ()
    return next(one for one in items if one.finding.id is which)


def test_a_proof_that_installs_something_changes_the_card_at_once(
    run_app: RunApp, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The sample's CRS comes from a server; the proof then waits at a circuit."""
    backend = PacedBackend(stop_at=5)
    shown: list[str] = []

    def note(app: App, state: State) -> None:
        if state.run is not None and state.run.task is not None:
            shown.append(f"{rows(app).get('CRS for real networks')} | {card(app).progress.doing.text()}")

    async def act(app: App) -> None:
        store = app.application.store
        await app.settled()
        store.changed.connect(lambda state: note(app, state))
        async with range_server(G1) as server:
            use_hosts(monkeypatch, server.url)
            app.window.prove.prove_sample.click()
            await app.until(lambda: app.run.current == 5)
        await app.until(lambda: rows(app)["CRS for real networks"].startswith("131,072 points"))
        assert app.run.stage is RunStage.RUNNING  # not only when it has ended
        assert not card(app).fix_all.isEnabled()
        backend.gate.set()
        await app.proved()

    run_app(tmp_path, act, backend=lambda: backend)
    assert "Installing · 8.4 MB | Downloading the CRS · 0.0 of 8.4 MB · 0 % · 0 s" in shown


def test_progress_that_stands_still_counts_seconds_and_keeps_the_rows(
    run_app: RunApp, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the prover come the libraries; the development setup follows where there is no CRS."""
    gates = {fix: asyncio.Event() for fix in Fix}

    async def fix(_readiness: Readiness, fix: Fix, progress: ProgressListener) -> None:
        if fix is Fix.BB_GENUINE:
            progress(TaskProgress("runtime.lists", "", 9_700_000, 9_700_000, "bytes"))
        if fix is Fix.CRS_GENUINE:
            raise CRS_DOWNLOAD_FAILED(index=0, reasons=message("nobody answers"))
        if fix is Fix.CRS_DEVELOPMENT:
            progress(TaskProgress("crs.development", "", 1000, 131_072, "points"))
        await gates[fix].wait()

    async def act(app: App) -> None:
        monkeypatch.setattr(Readiness, "fix", fix)
        await app.settled()
        card(app).fix_all.click()
        await app.until(lambda: card(app).progress.doing.text().endswith("100 % · 1 s"))
        assert rows(app)["Prover (bb)"] == "Installing · 54 MB"
        assert rows(app)["System libraries"].startswith("Installing")
        for one in (Fix.BB_GENUINE, Fix.LIBRARIES, Fix.BB_DEVELOPMENT):
            gates[one].set()
        await app.until(lambda: card(app).progress.doing.text().startswith("Computing the development CRS"))
        assert "to download" not in card(app)._text.text()
        gates[Fix.CRS_DEVELOPMENT].set()
        await app.until(lambda: not app.application.store.state.busy)

    run_app(tmp_path, act, backend=PacedBackend)


def in_sight(widget: QWidget) -> bool:
    """Whether all of it can be seen."""
    return widget.visibleRegion().boundingRect() == widget.rect()


def test_a_proof_comes_before_what_is_missing(run_app: RunApp, tmp_path: Path) -> None:
    """The development setup is proved, with its notice, while the genuine parts are missing."""
    backend = PacedBackend(stop_at=5)

    async def act(app: App) -> None:
        page = app.window.prove
        app.window.setMinimumSize(0, 0)  # although this screen is smaller than the window's usual least size
        app.window.resize(*SMALLEST)
        await app.settled()
        page.verticalScrollBar().setValue(page.verticalScrollBar().maximum())
        QTest.keyClick(app.window, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
        await app.until(lambda: app.run.current == 5)
        assert app.application.store.state.notice is not None
        assert app.application.store.state.setup.missing
        await app.until(lambda: in_sight(page.run_card.cancel) and in_sight(page.run_card.row))
        assert app.status(ServiceName.EMBEDDED) is ServiceStatus.READY
        page.run_card.cancel.setFocus()
        page.run_card.cancel.click()
        await app.proved()
        await app.until(lambda: page.prove_sample.hasFocus() and in_sight(page.prove_sample))
        await app.until(card(app).fix_all.isVisible)
        assert in_sight(page.prove_sample)
        assert app.status(ServiceName.EMBEDDED) is ServiceStatus.INCOMPLETE

    run_app(tmp_path, act, backend=lambda: backend)


class Unreachable(PacedBackend):
    """Downloads, in vain."""

    async def _prove(self, request: ProofRequest, listener: ProofListener) -> ProofResult:
        listener(TaskProgress("crs.download", "Downloading the CRS", 0, CRS_BYTES, "bytes"))
        raise CRS_DOWNLOAD_FAILED(index=0, reasons=message("nobody answers"))


@in_app(backend=Unreachable)
async def test_what_a_proof_could_not_install_is_remembered(app: App) -> None:
    await app.settled()
    await app.prove_sample()
    assert app.run.stage is RunStage.FAILED
    reason = "Failed: Chunk 0 of g1.dat: nobody answers."
    await app.until(lambda: rows(app)["CRS for real networks"] == reason)
    assert Fix.CRS_GENUINE in card(app).buttons


class DownloadingFlow(ScriptedFlow):
    """Downloads the wallet, until its gate opens."""

    async def run(self, listener: FlowListener) -> FlowReport:
        listener(NetworkFound(NETWORK))
        listener(PreparationStarted(Preparation.RUNTIME))
        listener(TaskProgress("bridge.download", "Downloading Aztec's wallet", 0, 159_118_229, "bytes"))
        await self.gate.wait()
        listener(PreparationEnded(Preparation.RUNTIME, 5.0))
        return await super().run(listener)


@pytest.mark.integration
def test_a_flow_that_installs_the_wallet_shows_that_in_its_row(run_app: RunApp, tmp_path: Path) -> None:
    made: list[DownloadingFlow] = []

    def flow(*given: object) -> DownloadingFlow:
        made.append(DownloadingFlow(*given))  # type: ignore[arg-type]
        return made[-1]

    async def act(app: App) -> None:
        store = app.application.store
        await app.settled()
        await app.until(lambda: app.status(ServiceName.NODE) is ServiceStatus.READY)
        app.window.prove.deploy.click()
        await app.until(lambda: "Development wallet" in rows(app))
        assert rows(app)["Development wallet"] == "Installing · 159 MB plus npm metadata"
        told = card(app).progress.doing.text()
        assert told.startswith("Downloading Aztec's wallet · 0 of 159 MB · 0 %")
        before = store.state.setup.items
        made[0].gate.set()
        await app.until(lambda: store.state.setup.items is not before)  # looked at again, by itself
        assert "Development wallet" not in rows(app)
        await app.proved()

    node = serving(ScriptedNode(), "AZTEC_NODE_URL")
    run_app(tmp_path, act, backend=PacedBackend, serving=node, flow=flow)


@in_app()
async def test_the_usual_time_is_that_of_proving_alone(app: App) -> None:
    """PacedBackend prepares for 80 ms, in which a newcomer's downloads would be."""
    await app.prove_sample()
    (run,) = app.application.store.state.history or ()
    assert run.outcome is Outcome.VERIFIED
    assert run.report is not None
    phases = {phase.name: phase.ms for phase in run.report.phases}
    assert phases.pop("prepare") == 80.0
    usual = next(
        mode.usual_ms for mode in app.application.store.state.modes if mode.mode is ProvingMode.LOCAL
    )
    assert usual == sum(phases.values())


@in_app()
async def test_a_memory_limit_that_stops_every_proof_is_not_ready(app: App) -> None:
    store, row = app.application.store, app.window.services.rows[ServiceName.EMBEDDED]
    await app.settled()
    store.update(setup=replace(store.state.setup, items=()))  # nothing is missing
    app.application.intents.save_settings(lambda _: SettingsFile(memory_limit_mb=64))
    await app.until(lambda: "limit 64 MB: too low" in row.detail.text())
    assert app.status(ServiceName.EMBEDDED) is ServiceStatus.INCOMPLETE
    app.application.intents.save_settings(lambda _: SettingsFile(memory_limit_mb=600))
    await app.until(lambda: "limit 600 MB" in row.detail.text())
    assert app.status(ServiceName.EMBEDDED) is ServiceStatus.READY


@in_app()
async def test_a_problem_and_what_to_do_about_it_are_two_sentences(app: App) -> None:
    store = app.application.store
    await app.settled()
    hint = Hint(message("Free 300 MB."))
    for detail in ("0.1 GB free for /tmp", "/tmp is not writable."):
        finding = Finding(FindingId.DISK, Verdict.PROBLEM, message(detail), hint)
        store.update(
            setup=replace(store.state.setup, items=(SetupItem(finding, None, optional=False),), expanded=True)
        )
        assert f"{detail.removesuffix('.')}. Free 300 MB." in rows(app).values()


@in_app()
async def test_the_system_check_shows_everything_and_can_be_hidden(app: App) -> None:
    await app.settled()
    assert "Cores" not in rows(app)
    app.window.services._details.click()
    assert {"Cores", "Wallet for real networks", "Development CRS"} <= rows(app).keys()
    assert (
        rows(app)["Wallet for real networks"]
        == "Not installed · 159 MB plus npm metadata. Only accounts and tokens need it."
    )
    assert card(app).buttons[Fix.WALLET_GENUINE].accessibleName() == "Wallet for real networks: Install"
    app.window.services._details.click()
    assert "Cores" not in rows(app)
