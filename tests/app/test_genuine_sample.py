"""Servers that prove under one setup alone get the sample of that one."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.app_window import App, PacedBackend, RunApp
from support.errors import some_error
from support.recorded_steps import development_deployment
from support.sample_crs import G1, NOBODY, use_hosts
from tee_rex.errors import TeeRexError
from tee_rex.errors.tree import NotServedError, ProverNotAllowedError
from tee_rex.settings.paths import Paths
from tee_rex.transaction.events import ProofListener
from tee_rex.transaction.request import ProofRequest, ProofResult, ProvingMode
from tee_rex.transaction.trusted_setup import TrustedSetup
from tee_rex_app.model.runs import Outcome
from tee_rex_app.model.state import Notice

GENUINE, DEVELOPMENT = TrustedSetup.GENUINE, TrustedSetup.DEVELOPMENT


class Refusing(PacedBackend):
    """A server that does not prove under some setups; records what it was asked for."""

    def __init__(self, refusal: TeeRexError, *refused: TrustedSetup) -> None:
        super().__init__()
        self.asked: list[TrustedSetup] = []
        self._refusal = refusal
        self._refuses = refused

    async def prove(self, request: ProofRequest, listener: ProofListener) -> ProofResult:
        self.asked.append(request.setup)
        if request.setup in self._refuses:
            raise self._refusal
        return await super().prove(request, listener)


def prove_sample(
    run_app: RunApp, home: Path, server: Refusing, mode: ProvingMode
) -> tuple[Outcome, TrustedSetup | None, Notice | None]:
    ends: list[tuple[Outcome, TrustedSetup | None, Notice | None]] = []

    async def act(app: App) -> None:
        store = app.application.store
        await app.settled()
        store.update(mode=mode)
        app.application.intents.prove_sample()
        await app.proved()
        (run,) = store.state.history or ()
        ends.append((run.outcome, run.setup, store.state.notice))

    run_app(home, act, make_backend=lambda _config, _mode: server)
    return ends[0]


@pytest.mark.parametrize(
    ("mode", "refusal"),
    [(ProvingMode.REMOTE, some_error(NotServedError)), (ProvingMode.TEE, some_error(ProverNotAllowedError))],
)
def test_the_genuine_sample_replaces_a_refused_development_one(
    run_app: RunApp, tmp_path: Path, mode: ProvingMode, refusal: TeeRexError
) -> None:
    server = Refusing(refusal, DEVELOPMENT)
    end = prove_sample(run_app, tmp_path, server, mode)
    assert server.asked == [TrustedSetup.DEVELOPMENT, TrustedSetup.GENUINE]
    assert end == (Outcome.VERIFIED, TrustedSetup.GENUINE, Notice.GENUINE_SAMPLE)


def test_a_server_that_proves_neither_is_asked_exactly_twice(run_app: RunApp, tmp_path: Path) -> None:
    server = Refusing(some_error(NotServedError), *TrustedSetup)
    outcome, _, _ = prove_sample(run_app, tmp_path, server, ProvingMode.REMOTE)
    assert server.asked == [TrustedSetup.DEVELOPMENT, TrustedSetup.GENUINE]
    assert outcome is Outcome.FAILED


def test_the_development_sample_replaces_a_refused_genuine_one(
    run_app: RunApp, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_hosts(monkeypatch, NOBODY)
    points = Paths(tmp_path, tmp_path).crs_dir(GENUINE) / "g1-00.dat"
    points.parent.mkdir(parents=True)
    points.write_bytes(G1)
    server = Refusing(some_error(NotServedError), GENUINE)
    end = prove_sample(run_app, tmp_path, server, ProvingMode.REMOTE)
    assert server.asked == [GENUINE, DEVELOPMENT]
    assert end == (Outcome.VERIFIED, DEVELOPMENT, Notice.DEVELOPMENT_SERVED)


def test_a_file_is_never_replaced(run_app: RunApp, tmp_path: Path) -> None:
    server = Refusing(some_error(NotServedError), DEVELOPMENT)
    file = tmp_path / "steps.msgpack"
    file.write_bytes(development_deployment())

    async def act(app: App) -> None:
        await app.settled()
        await app.begin_file(file)
        await app.proved()

    run_app(tmp_path, act, make_backend=lambda _config, _mode: server)
    assert server.asked == [TrustedSetup.DEVELOPMENT]
