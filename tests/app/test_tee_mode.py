"""TEE mode is unlocked by an enclave that attests an approved build, and by no other."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from support.app_window import App, RunApp, serving
from support.nitro_fake import PRODUCTION_PCRS
from support.scripted_server import ScriptedServer
from tee_rex.transaction.request import ProvingMode
from tee_rex_app.model.services import Lock, ServiceName, ServiceStatus
from tee_rex_app.model.state import Notice

pytestmark = pytest.mark.integration

CONTROL = Qt.KeyboardModifier.ControlModifier


def chosen(app: App) -> ProvingMode:
    return app.application.store.state.mode


def test_an_approved_build_unlocks_the_mode_and_another_locks_it(
    run_app: RunApp, tmp_path: Path, enclave: ScriptedServer
) -> None:
    async def act(app: App) -> None:
        assert app.lock(ProvingMode.TEE) is Lock.NOT_ATTESTED
        await app.until(lambda: app.status(ServiceName.TEE) is ServiceStatus.READY)
        QTest.keyClick(app.window, Qt.Key.Key_3, CONTROL)
        assert chosen(app) is ProvingMode.TEE

        enclave.attested["pcrs"] = {**PRODUCTION_PCRS, 0: bytes([7]) * 48}
        app.window.services._again.click()
        await app.until(lambda: app.status(ServiceName.TEE) is ServiceStatus.REFUSED)
        assert app.lock(ProvingMode.TEE) is Lock.NOT_ATTESTED
        assert chosen(app) is ProvingMode.LOCAL
        assert app.application.store.state.notice is Notice.MODE_LEFT
        sample = app.application.store.state.sample
        assert sample is not None
        assert sample.mode is ProvingMode.LOCAL
        assert enclave.received_secrets == []

    run_app(tmp_path, act, serving=serving(enclave, "TEE_URL"), nitro=enclave.nitro)


def test_without_an_approved_build_the_mode_stays_locked(
    run_app: RunApp, tmp_path: Path, enclave: ScriptedServer
) -> None:
    async def act(app: App) -> None:
        await app.until(lambda: app.status(ServiceName.TEE) is ServiceStatus.REFUSED)
        assert app.lock(ProvingMode.TEE) is Lock.NO_APPROVED_BUILD
        assert "no approved build" in app.window.prove.modes.cards[ProvingMode.TEE].accessibleDescription()

    run_app(tmp_path, act, serving=serving(enclave, "TEE_URL"), nitro=enclave.nitro, approved=False)
