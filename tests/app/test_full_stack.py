"""The real window on the real prover: the sample is proved, another run cancelled, both are remembered."""

from __future__ import annotations

from pathlib import Path
from time import monotonic

import psutil
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from support.app_window import App, installed_home, with_app
from tee_rex_app.state import Outcome, ServiceName, ServiceStatus
from tee_rex_app.theme import Theme

pytestmark = pytest.mark.integration


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A data folder with what is installed, and no history."""
    return installed_home(tmp_path)


def running_bbs() -> list[int]:
    """The bb processes of this one."""
    children = psutil.Process().children(recursive=True)
    return [child.pid for child in children if "msgpack" in child.cmdline()]


def test_prove_cancel_and_remember(qapp: QApplication, theme: Theme, home: Path) -> None:
    async def act(app: App) -> None:
        window, store = app.window, app.application.store
        await app.settled()
        services = {service.name: service for service in store.state.services}
        assert services[ServiceName.EMBEDDED].status is ServiceStatus.READY
        assert not window.prove.setup_card.isVisible()

        QTest.mouseClick(window.prove.prove_sample, Qt.MouseButton.LeftButton)
        await app.proved(200.0)
        (proved,) = store.state.history or ()
        assert proved.outcome is Outcome.VERIFIED
        assert proved.report is not None
        assert len(proved.report.circuits) == 11
        assert "verified" in window.prove.run_card.accessibleName()

        window.prove.prove_sample.click()
        await app.until(lambda: store.state.run and (store.state.run.current or 0) >= 1, 60.0)
        assert running_bbs()
        begin = monotonic()
        window.prove.run_card.cancel.click()
        await app.proved(5.0)
        assert monotonic() - begin < 1
        assert running_bbs() == []
        assert [run.outcome for run in store.state.history or ()] == [Outcome.CANCELLED, Outcome.VERIFIED]

    with_app(qapp, theme, home, act)
