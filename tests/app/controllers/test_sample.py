"""The sample in the window: genuine where its CRS can be had, else of the development setup, and said so."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from support.app_window import App, PacedBackend, RunApp, in_app
from support.installed import link_libraries
from support.local_prover import real_installation
from support.patience import PATIENCE, SOON
from support.range_server import Fault, range_server
from support.sample_crs import G1, NOBODY, TWO_SECONDS, use_hosts
from tee_rex.doctor import FindingId, Verdict
from tee_rex.errors.catalogue.crs import CRS_FILE_REFUSED
from tee_rex.settings.paths import Paths
from tee_rex.system.progress import ignore_progress
from tee_rex.transaction.trusted_setup import TrustedSetup
from tee_rex_app.model.runs import Outcome, RunStage
from tee_rex_app.model.setup import Fix
from tee_rex_app.model.state import Notice
from tee_rex_app.services.readiness import Readiness
from tee_rex_app.ui.cards import setup_card

GENUINE, DEVELOPMENT = TrustedSetup.GENUINE, TrustedSetup.DEVELOPMENT


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tee_rex.local.sample._STALL_SECONDS", PATIENCE)


def test_the_first_proof_of_a_newcomer_is_a_genuine_one(
    run_app: RunApp, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown: list[str] = []

    async def act(app: App) -> None:
        async with range_server(G1) as server:
            use_hosts(monkeypatch, server.url)
            await app.until(lambda: app.application.store.state.sample)
            app.application.store.changed.connect(
                lambda _state: shown.append(app.window.prove.run_card._title.text())
            )
            QTest.mouseClick(app.window.prove.prove_sample, Qt.MouseButton.LeftButton)
            await app.proved()
        assert app.run.setup is GENUINE
        assert app.application.store.state.notice is None
        assert not app.window.prove.run_card._warning.isVisible()
        (record,) = app.application.store.state.history or ()
        assert (record.outcome, record.setup) == (Outcome.VERIFIED, GENUINE)
        await app.until(lambda: verdict_of(app, FindingId.CRS_GENUINE) is Verdict.READY)  # by itself

    run_app(tmp_path, act, backend=PacedBackend)
    downloading = [title for title in shown if title.startswith("Downloading the CRS · ")]
    assert downloading[0] == "Downloading the CRS · 0.0 of 8.4 MB · 0 %"
    assert downloading[-1] == "Downloading the CRS · 8.4 of 8.4 MB · 100 %"


@pytest.mark.parametrize(
    "faults",
    [[Fault.SILENCE], [Fault.LOGIN_PAGE], [Fault.OTHER_BYTES], [Fault.NOT_FOUND], [None, Fault.SILENCE]],
    ids=["hangs", "captive portal", "wrong bytes", "404", "hangs later"],
)
def test_without_the_crs_the_development_setup_is_used_and_said(
    faults: Sequence[Fault | None], run_app: RunApp, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def act(app: App) -> None:
        window, store = app.window, app.application.store
        await app.until(lambda: store.state.sample)
        if faults[0] is None:
            monkeypatch.setattr("tee_rex.local.sample._STALL_SECONDS", 0.3)
        seconds = TWO_SECONDS if faults == [Fault.SILENCE] else PATIENCE
        async with range_server(G1, *faults, forever=True) as server:
            use_hosts(monkeypatch, server.url, probe_seconds=seconds)
            window.prove.prove_sample.click()
            await app.proved(SOON)
        assert (app.run.stage, app.run.setup) == (RunStage.DONE, DEVELOPMENT)
        assert store.state.problem is None
        assert store.state.notice is Notice.DEVELOPMENT_SAMPLE
        assert window.prove.run_card._warning.isVisible()
        monkeypatch.setattr("tee_rex.local.sample._STALL_SECONDS", PATIENCE)
        async with range_server(G1) as server:  # later attempts go on as usual
            use_hosts(monkeypatch, server.url)
            window.prove.prove_sample.click()
            await app.proved()
        ended = (app.run.setup, app.application.store.state.notice)
        assert ended == (GENUINE, None)

    run_app(tmp_path, act, backend=PacedBackend)


def test_cancelling_while_the_crs_is_downloaded(
    run_app: RunApp, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def cancelled_at(app: App, *faults: Fault | None) -> None:
        async with range_server(G1, *faults, forever=True) as server:
            use_hosts(monkeypatch, server.url)
            app.window.prove.prove_sample.click()
            await (server.silent if faults == (Fault.SILENCE,) else server.half_sent).wait()
            if faults != (Fault.SILENCE,):
                await app.until(lambda: len(server.ranges) == 2)
            app.window.prove.run_card.cancel.click()
            await app.proved(SOON)
        assert app.run.stage is RunStage.CANCELLED
        assert app.window.prove.run_card._explains.text() == "Stopped. Nothing was saved."

    async def act(app: App) -> None:
        await app.until(lambda: app.application.store.state.sample)
        await cancelled_at(app, Fault.SILENCE)
        await cancelled_at(app, None, Fault.HALF_THEN_SILENCE)
        assert app.application.store.state.notice is None
        names = [str(task.get_coro()) for task in asyncio.all_tasks()]
        assert not [name for name in names if "_require" in name or "choose_sample" in name]

    run_app(tmp_path, act, backend=PacedBackend)
    left = Paths(tmp_path, tmp_path).crs_dir(GENUINE)
    assert sorted(path.name for path in left.iterdir()) in (["lock"], ["g1-00.unfinished", "lock"])


def test_the_development_setup_by_choice_asks_no_host(
    run_app: RunApp, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def act(app: App) -> None:
        async with range_server(G1) as server:
            use_hosts(monkeypatch, server.url)
            await app.settled()
            link = app.window.prove.run_card.development
            assert link.isVisible()
            QTest.mouseClick(link, Qt.MouseButton.LeftButton)
            await app.proved()
            assert server.ranges == []
        assert (app.run.setup, app.application.store.state.notice) == (DEVELOPMENT, None)
        assert not link.isVisible()  # it belongs to what could be proved next

    run_app(tmp_path, act, backend=PacedBackend)


def test_install_everything_takes_the_development_setup_where_there_is_no_crs(
    run_app: RunApp, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fixed: list[Fix] = []
    really = Readiness.fix

    async def fix(self: Readiness, fix: Fix, progress: object) -> None:
        fixed.append(fix)
        if fix is Fix.CRS_GENUINE:
            await really(self, fix, progress)  # type: ignore[arg-type]

    monkeypatch.setattr(Readiness, "fix", fix)

    async def act(app: App) -> None:
        use_hosts(monkeypatch, NOBODY)
        await app.settled()
        needed = [item.finding.id for item in app.application.store.state.setup.missing]
        assert needed == [FindingId.BB_GENUINE, FindingId.LIBRARIES, FindingId.CRS_GENUINE]
        app.window.prove.setup_card.fix_all.click()
        await app.until(lambda: fixed[-1:] == [Fix.CRS_DEVELOPMENT])
        await app.until(lambda: not app.application.store.state.busy)
        assert app.application.store.state.notice is Notice.DEVELOPMENT_SAMPLE
        assert app.application.store.state.problem is None
        app.application.intents.fix(Fix.CRS_GENUINE)  # what was asked for by name has no substitute
        await app.until(lambda: app.application.store.state.problem)
        assert app.problem.code == "CRS_DOWNLOAD_FAILED"

    run_app(tmp_path, act, backend=PacedBackend)
    assert fixed == [
        Fix.BB_GENUINE,
        Fix.LIBRARIES,
        Fix.CRS_GENUINE,
        Fix.BB_DEVELOPMENT,
        Fix.CRS_DEVELOPMENT,
        Fix.CRS_GENUINE,
    ]


def test_the_crs_from_a_file_by_a_button(
    run_app: RunApp, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "g1.dat"
    monkeypatch.setattr(setup_card, "ask_to_open", lambda *_: file)

    async def act(app: App) -> None:
        use_hosts(monkeypatch, NOBODY)
        store = app.application.store
        await app.settled()
        file.write_bytes(b"x" + G1[1:])
        app.window.prove.setup_card.from_file[Fix.CRS_GENUINE].click()
        await app.until(lambda: store.state.problem)
        assert app.problem.code == CRS_FILE_REFUSED.code
        assert str(file) in str(app.problem.message)
        await app.until(lambda: not store.state.busy)
        file.write_bytes(G1)
        app.window.prove.setup_card.from_file[Fix.CRS_GENUINE].click()
        await app.until(lambda: verdict_of(app, FindingId.CRS_GENUINE) is Verdict.READY)
        assert store.state.problem is None

    run_app(tmp_path / "home", act, backend=PacedBackend)


@pytest.mark.integration
def test_bb_from_a_file_by_a_button(run_app: RunApp, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = real_installation()
    bb = asyncio.run(real.bb(real.pins.default_version, GENUINE, ignore_progress)).executable
    file = tmp_path / "given"
    monkeypatch.setattr(setup_card, "ask_to_open", lambda *_: file)

    async def act(app: App) -> None:
        store = app.application.store
        await app.settled()
        file.write_bytes(b"another program")
        app.window.prove.setup_card.from_file[Fix.BB_GENUINE].click()
        await app.until(lambda: store.state.problem)
        assert (app.problem.code, "pinned SHA-256" in str(app.problem.message)) == ("BB_FILE_UNUSABLE", True)
        await app.until(lambda: not store.state.busy)
        file.write_bytes(bb.path.read_bytes())
        app.window.prove.setup_card.from_file[Fix.BB_GENUINE].click()
        await app.until(lambda: verdict_of(app, FindingId.BB_GENUINE) is Verdict.READY)
        assert store.state.problem is None

    home = Paths(tmp_path / "home", tmp_path / "home" / "config")
    link_libraries(real.paths, home)
    run_app(tmp_path / "home", act, backend=PacedBackend)
    assert (home.bb_dir(GENUINE) / str(bb.version) / "bb").read_bytes() == bb.path.read_bytes()


def verdict_of(app: App, subject: FindingId) -> Verdict:
    items = app.application.store.state.setup.items or ()
    return next(item.finding.verdict for item in items if item.finding.id is subject)


@in_app(stop_at=2)
async def test_a_cancelled_sample_takes_its_notice_with_it(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    store = app.application.store
    use_hosts(monkeypatch, NOBODY)
    await app.begin_sample()
    assert store.state.notice in (Notice.DEVELOPMENT_SAMPLE, Notice.OFFLINE_SAMPLE)
    assert app.window.notice.isVisible()
    app.window.prove.run_card.cancel.click()
    await app.proved()
    assert app.run.stage is RunStage.CANCELLED
    assert not app.window.notice.isVisible()
