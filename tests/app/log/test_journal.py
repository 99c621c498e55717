"""The events of a session, and that nothing secret is among them."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from support.app_window import App, PacedBackend, RunApp, in_app
from tee_rex.doctor import Finding, FindingId, Verdict
from tee_rex.errors import message
from tee_rex.errors.catalogue.proving import BB_CRASHED
from tee_rex.transaction.events import CircuitStarted, Phase, PhaseEnded, PhaseStarted, ProofEvent
from tee_rex.transaction.request import ProvingMode
from tee_rex_app.log.event_log import EventLog, Level
from tee_rex_app.log.journal import Journal
from tee_rex_app.model.runs import Block, RunState
from tee_rex_app.model.setup import SetupItem, SetupState
from tee_rex_app.model.state import State, Store
from tee_rex_app.services.followers import RunFollower
from tee_rex_app.text.log_messages import sentence


def events(app: App, start: str = "") -> list[str]:
    return [entry.event for entry in app.application.log.entries() if entry.event.startswith(start)]


@in_app()
async def test_a_proof_is_logged_from_start_to_end(app: App) -> None:
    await app.settled()
    await app.prove_sample()
    told = [entry for entry in app.application.log.entries() if entry.event.startswith("proof.")]
    names = [entry.event for entry in told if entry.level > Level.DEBUG]
    assert names == ["proof.started", "proof.read", *["proof.circuit"] * 11, "proof.final", "proof.verified"]
    circuits = [sentence(entry) for entry in told if entry.event == "proof.circuit"]
    assert circuits[0] == "Circuit 1 of 11, MultiCallEntrypoint:entrypoint: 0.13 s"
    assert "setup.missing" in events(app)
    assert all(sentence(entry) for entry in app.application.log.entries())


@in_app(backend=lambda: PacedBackend(BB_CRASHED(reason=message("It received SIGSEGV."))))
async def test_an_error_is_logged_with_its_code(app: App) -> None:
    await app.settled()
    await app.prove_sample()
    assert [*events(app)].count("error") == 1
    assert [*events(app)].count("proof.failed") == 1
    error = next(entry for entry in app.application.log.entries() if entry.event == "error")
    assert error.level is Level.ERROR
    assert error.field("code") == "BB_CRASHED"


@in_app(stop_at=1)
async def test_cancelling_is_logged(app: App) -> None:
    await app.settled()
    await app.begin_sample()
    app.window.prove.run_card.cancel.click()
    await app.proved()
    assert events(app, "proof.")[-2:] == ["proof.cancelling", "proof.cancelled"]


@pytest.mark.parametrize("address", ["http://ada:SECRET@127.0.0.1:9/SECRET?key=SECRET"])
def test_services_are_logged_without_credentials(run_app: RunApp, tmp_path: Path, address: str) -> None:
    async def act(app: App) -> None:
        await app.settled()
        await app.until(
            lambda: any(
                entry.field("service") == "node" and entry.event == "service.changed"
                for entry in app.application.log.entries()
            ),
            10.0,
        )
        assert "SECRET" not in repr(app.application.log.entries())

    run_app(tmp_path, act, environ={"AZTEC_NODE_URL": address})


def test_times_that_a_server_does_not_tell_are_not_in_the_log() -> None:
    blocks = (Block("a", 1000.0), Block("b", 1000.0), Block("final", 6000.0))
    run = RunState(source="x", mode=ProvingMode.REMOTE, started=0.0, blocks=blocks)
    store, log = Store(State(run=run)), EventLog(lambda: datetime.now(UTC))
    journal = Journal(log, store, lambda: 0.0)
    follower = RunFollower(run, lambda: 0.0)
    told: tuple[ProofEvent, ...] = (
        PhaseStarted(Phase.PROVING),
        CircuitStarted(0, 2, "a"),
        CircuitStarted(1, 2, "b"),
        PhaseEnded(Phase.PROVING, 900.0),
    )
    for event in told:
        follower.on_event(event)
        store.show_run(follower.run)
    assert [block.spent_ms for block in follower.run.blocks] == [None] * 3
    assert all(block.done for block in follower.run.blocks)
    done = [entry for entry in log.entries() if entry.event in ("proof.circuit", "proof.final")]
    assert [sentence(entry) for entry in done] == [
        "Circuit 1 of 2, a: done",
        "Circuit 2 of 2, b: done",
        "Final proof and self-check: done",
    ]
    assert not any(entry.field("ms") for entry in done)
    del journal


@pytest.mark.usefixtures("spanish")
def test_the_system_check_is_logged_in_the_users_language() -> None:
    store, log = Store(State()), EventLog(lambda: datetime.now(UTC))
    journal = Journal(log, store, lambda: 0.0)

    def show(free: float) -> None:
        detail = message("{free:.1f} GB free of {total:.1f} GB", free=free, total=8.0)
        memory = SetupItem(Finding(FindingId.MEMORY, Verdict.READY, detail), None, optional=False)
        missing = [
            SetupItem(Finding(one, Verdict.ON_FIRST_USE, message("not installed")), None, optional=False)
            for one in (FindingId.BB_GENUINE, FindingId.CRS_GENUINE)
        ]
        store.update(setup=SetupState(items=(memory, *missing)))

    show(4.01)
    show(4.02)
    (memory,) = (entry for entry in log.entries() if entry.field("part") == "Memory")
    assert memory.field("detail") == "4.0 GB free of 8.0 GB"
    assert sentence(memory) == "Memoria: 4.0 GB libres de 8.0 GB"
    (missing,) = (entry for entry in log.entries() if entry.event == "setup.missing")
    assert missing.field("parts") == "bb, genuine; CRS, genuine"
    assert sentence(missing) == "Falta por instalar: bb, auténtico; CRS, auténtico"
    del journal
