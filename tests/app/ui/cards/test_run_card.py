"""The card of a running proof: what it names, what it estimates, and that it shows no invented time."""

from __future__ import annotations

import asyncio
import re
import threading
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QHelpEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QToolTip, QWidget

from support.app_runs import request
from support.app_scenes import make_window
from support.app_states import NOW, ready_machine, running, running_noir_circuit
from support.app_window import App, PacedBackend, RunApp, in_app, installed_home, serving
from support.proving_server import server_process
from support.recorded_steps import development_deployment
from support.remote_client import no_bb_here
from support.scripted_server import JOB, TIMINGS, Answer, Request, ScriptedServer, done, event, status
from tee_rex.provers import ProverConfig, make_backend
from tee_rex.transaction.events import Phase, PhaseTiming
from tee_rex.transaction.request import ProofResult, ProverBackend, ProvingMode
from tee_rex_app.model.breakdown import spans_of_run
from tee_rex_app.model.runs import Outcome, RunStage
from tee_rex_app.model.state import Success
from tee_rex_app.text import formats
from tee_rex_app.text.log_messages import sentence
from tee_rex_app.ui.announcer import end_in_words
from tee_rex_app.ui.main_window import MainWindow
from tee_rex_app.ui.theme import Theme

NAMES = request().steps.function_names
FIGURE = re.compile(r"\d+(?:[.:]\d+)? ?(?:s|ms|min)?\b")


class Told:
    """The events of a job, as the test tells them."""

    def __init__(self) -> None:
        self._pieces: asyncio.Queue[bytes] = asyncio.Queue()

    def __call__(self, **fields: object) -> None:
        self._pieces.put_nowait(event(status("proving", **fields)))

    def circuit(self, index: int) -> None:
        self(circuit={"index": index, "count": len(NAMES), "name": ""})

    def end(self, **fields: object) -> None:
        self._pieces.put_nowait(event({**done(), **fields}))

    async def _body(self) -> AsyncIterator[bytes | None]:
        yield event(status("queued", position=2))
        while True:
            yield await self._pieces.get()

    async def answer(self, _request: Request) -> Answer:
        return Answer(self._body(), headers={"Content-Type": "text/event-stream"})


def nothing_installed(config: ProverConfig, mode: ProvingMode) -> ProverBackend:
    """The app's own backends, without a bb to verify with."""
    return make_backend(replace(config, installation=no_bb_here(config.installation.paths)), mode)


def tooltip(window: MainWindow, block: int) -> str:
    """What the pointer on a block of the running proof is told."""
    row = window.prove.run_card.row
    at = row.block_rects()[block].center().toPoint()
    QApplication.sendEvent(row, QHelpEvent(QEvent.Type.ToolTip, at, row.mapToGlobal(QPoint(at))))
    return QToolTip.text()


def title(app: App) -> str:
    return app.window.prove.run_card._title.text()


def left(app: App) -> str:
    return app.window.prove.run_card._left.text()


async def begun(app: App, told: Told, circuit: int) -> None:
    """The server begins a circuit, and the app has heard of it."""
    told.circuit(circuit)
    await app.until(lambda: app.run.current == circuit)


async def prove_on_the_server(app: App, mode: ProvingMode = ProvingMode.REMOTE) -> None:
    """Start a proof of the sample in this mode."""
    await app.until(lambda: app.application.store.state.sample)
    await app.until(lambda: app.lock(mode) is None)
    key = Qt.Key.Key_2 if mode is ProvingMode.REMOTE else Qt.Key.Key_3
    QTest.keyClick(app.window, key, Qt.KeyboardModifier.ControlModifier)
    assert app.application.store.state.mode is mode
    app.window.prove.prove_sample.click()


@pytest.mark.parametrize("mode", [ProvingMode.REMOTE, ProvingMode.TEE])
def test_of_a_proof_on_a_server_no_time_is_shown_that_was_not_measured(
    run_app: RunApp, tmp_path: Path, enclave: ScriptedServer, mode: ProvingMode
) -> None:
    remote = mode is ProvingMode.REMOTE
    server, told = ScriptedServer() if remote else enclave, Told()
    server.scripts[f"GET /v1/proofs/{JOB}/events"] = told.answer
    circuits = [
        {"name": "", "load_ms": 1.0, "accumulate_ms": 200.0 + 10 * index} for index in range(len(NAMES))
    ]

    async def act(app: App) -> None:
        window, store = app.window, app.application.store
        await prove_on_the_server(app, mode)
        await app.until(lambda: title(app) == "Waiting for the server's prover · 2 ahead")
        assert left(app) == ""
        for index in range(3):
            await begun(app, told, index)
            await asyncio.sleep(0.05)
        assert title(app) == "Proving · circuit 3 of 11"
        assert tooltip(window, 0) == f"{NAMES[0]} · done"
        assert tooltip(window, 2) == NAMES[2]
        assert tooltip(window, 11) == "final proof and self-check"
        await app.until(lambda: left(app) == "almost done" or left(app).startswith("about "))
        await begun(app, told, 10)
        assert title(app) == "Proving · last circuit and final proof"
        told(circuit={"index": 10, "count": 11, "name": ""}, final_proof=True)
        await app.until(lambda: title(app) == "Final proof and self-check")
        logged = [entry for entry in app.application.log.entries() if entry.event == "proof.circuit"]
        assert len(logged) == len(NAMES)
        assert not any(entry.field("ms") for entry in logged)
        assert sentence(logged[-1]) == f"Circuit 11 of 11, {NAMES[10]}: done"
        told.end(timings=TIMINGS | {"circuits": circuits, "final_proof_ms": 400.0})
        await app.proved()
        (record,) = store.state.history or ()
        assert record.outcome is Outcome.UNVERIFIED
        assert tooltip(window, 10) == f"{NAMES[10]} · took 0.30 s"
        total = window.prove.breakdown.tree.topLevelItem(0)
        assert total is not None
        rows = [total.child(at) for at in range(total.childCount())]
        proving = next(row for row in rows if row is not None and row.text(0) == "Prove on the server")
        last = proving.child(10)
        assert last is not None
        assert (last.text(0), last.text(1)) == (NAMES[10], "0.30 s")

    serves = serving(server, "PROVER_URL" if remote else "TEE_URL")
    run_app(tmp_path, act, serving=serves, nitro=server.nitro, make_backend=nothing_installed)


@pytest.mark.integration
@pytest.mark.parametrize("how", ["killed", "frozen"])
def test_a_server_that_dies_while_proving_is_said_within_seconds(
    run_app: RunApp, tmp_path: Path, how: str
) -> None:
    with server_process() as server:

        async def act(app: App) -> None:
            await prove_on_the_server(app)
            await app.until(lambda: app.run.current is not None and app.run.current > 0)
            if how == "killed":
                server.process.kill()
            else:
                server.process.send_signal(19)  # SIGSTOP
            died = asyncio.get_running_loop().time()
            await app.until(lambda: title(app) == "! The server does not respond")
            assert asyncio.get_running_loop().time() - died < 10
            assert re.fullmatch(r"for \d+ s, retrying", left(app))
            share = app.window.prove.run_card.row.grab().toImage()
            before = left(app)
            await app.until(lambda: left(app) != before)
            assert app.window.prove.run_card.row.grab().toImage() == share
            events = [entry.event for entry in app.application.log.entries()]
            assert events.count("proof.server-silent") == 1
            if how == "frozen":
                server.process.send_signal(18)  # SIGCONT
                await app.until(lambda: title(app).startswith("Proving"))
                assert "retrying" not in left(app)
                assert app.application.log.entries()[-1].event != "proof.server-silent"
            app.window.prove.run_card.cancel.click()
            await app.proved()
            assert app.run.stage is RunStage.CANCELLED

        run_app(installed_home(tmp_path), act, environ={"PROVER_URL": server.url})


@in_app(stop_at=5)
async def test_the_card_names_the_file_and_no_earlier_breakdown_stands_below_it(
    app: App, tmp_path: Path
) -> None:
    window, store = app.window, app.application.store
    app.backend.gate.set()
    await app.prove_sample()
    assert store.state.selected is not None
    app.backend.gate.clear()
    steps = tmp_path / "transfer to the cold wallet.msgpack"
    steps.write_bytes(development_deployment())
    app.application.intents.prove_files([steps])
    await app.until(lambda: app.run.current == 5)
    card, breakdown = window.prove.run_card, window.prove.breakdown
    assert card._source.isVisible()
    assert card._source.text() == steps.name
    assert not breakdown.tree.isVisible()
    assert not window.prove.runs.list.currentIndex().isValid()
    assert breakdown._empty.text().startswith("When the run ends, this shows where the time went.")
    window.prove.runs.list.setFocus()
    QTest.keyClick(window.prove.runs.list, Qt.Key.Key_Home)
    assert breakdown.tree.isVisible() is (store.state.selected is not None)
    QTest.keyClick(window.prove.runs.list, Qt.Key.Key_End)
    assert breakdown.tree.isVisible()
    assert breakdown._which.text().startswith("Earlier run: Sample: deploy account")
    app.backend.gate.set()
    await app.proved()
    assert breakdown._which.text().startswith(steps.name)


@pytest.mark.parametrize("stage", [RunStage.CANCELLED, RunStage.FAILED])
def test_a_stopped_row_keeps_its_position(qapp: QApplication, theme: Theme, stage: RunStage) -> None:
    ready, live = ready_machine(), running()
    window = make_window(theme, replace(ready, run=live), lambda: NOW)
    window.resize(1280, 820)
    window.show()
    qapp.processEvents()
    row = window.prove.run_card.row
    assert live.current is not None
    block = row.block_rects()[live.current]
    at = block.topLeft().toPoint() + QPoint(6, round(block.height() / 2))
    track = theme.color("track")
    before = row.value()
    assert row.grab().toImage().pixelColor(at) == theme.color("accent")
    window.store.update(run=replace(live, stage=stage, ended=NOW))
    qapp.processEvents()
    assert row.grab().toImage().pixelColor(at) not in (track, theme.color("accent"))
    assert row.value() == before
    window.end()
    window.deleteLater()


def test_of_a_noir_circuit_nothing_is_expected(qapp: QApplication, theme: Theme) -> None:
    window = make_window(theme, replace(ready_machine(), run=running_noir_circuit()))
    window.show()
    qapp.processEvents()
    card = window.prove.run_card
    assert (card._title.text(), card._left.text()) == ("Proving a Noir circuit", "")
    assert tooltip(window, 0) == "Noir circuit"
    assert "circuit; the last is the final proof" not in card._explains.text()
    assert not FIGURE.search(card.row.accessibleDescription().replace("0 of 1", ""))
    window.end()
    window.deleteLater()


@in_app(stop_at=2)
async def test_a_run_that_is_recorded_late_is_not_shown_below_the_next_one(app: App) -> None:
    window, store = app.window, app.application.store
    await app.begin_sample()
    first, recorded = app.application.runs.task, threading.Event()
    assert first is not None
    app.application.history._thread.submit(recorded.wait)
    app.backend.gate.set()
    await app.until(lambda: not store.state.running)
    app.backend.gate.clear()
    await app.begin_sample()
    recorded.set()
    await app.until(first.done)
    await app.until(lambda: len(store.state.history or ()) == 2)
    assert store.state.selected is None
    assert not window.prove.breakdown.tree.isVisible()
    app.backend.gate.set()
    await app.proved()
    assert window.prove.breakdown.tree.isVisible()


@in_app(stop_at=2)
async def test_what_was_done_is_said_until_the_next_run_begins(app: App) -> None:
    app.application.intents.tell_saved(Path("/somewhere/one.proof"), Success.PROOF_SAVED)
    assert app.window.bottom.success.isVisible()
    await app.begin_sample()
    assert not app.window.bottom.success.isVisible()


@pytest.mark.parametrize("ms", [99_000.0, 42_740.0])
def test_there_is_one_total_and_one_estimate(run_app: RunApp, tmp_path: Path, ms: float) -> None:
    class Slow(PacedBackend):
        async def prove(self, *arguments: object) -> ProofResult:
            result = await super().prove(*arguments)  # type: ignore[arg-type]
            phases = (*result.timings.phases[:2], PhaseTiming(Phase.ACCUMULATE, ms))
            return replace(result, timings=replace(result.timings, total_ms=ms, phases=phases))

    async def act(app: App) -> None:
        store = app.application.store
        await app.until(lambda: store.state.sample)
        await app.prove_sample()
        (run,) = store.state.history or ()
        assert run.report is not None
        total = spans_of_run(run)
        assert total is not None
        assert app.window.prove.run_card._elapsed.text() == formats.seconds(total.ms)
        assert run.total_ms == pytest.approx(total.ms)
        assert formats.seconds(total.ms) in end_in_words(app.run)
        await app.until(lambda: store.state.modes[0].usual_ms)
        store.update(run=None)
        usual = formats.estimate(store.state.modes[0].usual_ms or 0.0)
        assert app.window.prove.run_card._left.text() == f"about {usual}"
        assert usual in app.window.prove.modes.accessibleDescription() + " ".join(
            one.accessibleDescription() for one in app.window.prove.modes.findChildren(QWidget)
        )

    run_app(tmp_path, act, backend=Slow)
