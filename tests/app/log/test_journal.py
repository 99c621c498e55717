"""The events of a session, and that nothing secret is among them."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.app_window import App, PacedBackend, RunApp, in_app
from tee_rex.errors import message
from tee_rex.errors.catalogue.proving import BB_CRASHED
from tee_rex_app.log.event_log import Level
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
    assert events(app)[-2:] == ["error", "proof.failed"] or events(app)[-2:] == ["proof.failed", "error"]
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
