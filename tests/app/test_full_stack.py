"""The real window on the real prover: the sample is proved, another run cancelled, both are remembered."""

from __future__ import annotations

import asyncio
import os
import shutil
from pathlib import Path
from time import monotonic, thread_time

import psutil
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from support.app_window import App, with_app
from support.local_prover import deployment_request, real_installation
from tee_rex.crs.crs import MIN_POINTS
from tee_rex.paths import Paths
from tee_rex.task_progress import ignore_progress
from tee_rex_app.state import Outcome, ServiceName, ServiceStatus
from tee_rex_app.theme import Theme

pytestmark = pytest.mark.integration

LONGEST_STALL = 0.05


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A data folder with what is installed, and no history."""
    request, installation = deployment_request(), real_installation()

    async def bring() -> None:
        await installation.bb(request.version, request.setup, ignore_progress)
        await installation.crs(request.setup, MIN_POINTS, ignore_progress)

    asyncio.run(bring())
    installed = Paths.from_environment(os.environ).data
    for name in ("genuine", "development", "runtime"):
        if (installed / name).exists():
            shutil.copytree(installed / name, tmp_path / name)
    return tmp_path


def running_bbs() -> list[int]:
    """The bb processes of this one."""
    children = psutil.Process().children(recursive=True)
    return [child.pid for child in children if "msgpack" in child.cmdline()]


def test_prove_cancel_and_remember(qapp: QApplication, theme: Theme, home: Path) -> None:
    stalls: list[float] = []
    worked: list[float] = []

    async def probe() -> None:
        while True:
            wall, processor = monotonic(), thread_time()
            await asyncio.sleep(0.005)
            stalls.append(monotonic() - wall - 0.005)
            worked.append(thread_time() - processor)

    async def act(app: App) -> None:
        window, store = app.window, app.application.store
        await app.settled()
        services = {service.name: service for service in store.state.services}
        assert services[ServiceName.EMBEDDED].status is ServiceStatus.READY
        assert not window.setup_card.isVisible()

        probing = asyncio.create_task(probe())
        QTest.mouseClick(window.prove_sample, Qt.MouseButton.LeftButton)
        await app.proved(200.0)
        probing.cancel()
        (proved,) = store.state.history or ()
        assert proved.outcome is Outcome.VERIFIED
        assert proved.report is not None
        assert len(proved.report.circuits) == 11
        assert "verified" in window.run_card.accessibleName()

        window.prove_sample.click()
        await app.until(lambda: store.state.run and (store.state.run.current or 0) >= 1, 60.0)
        assert running_bbs()
        begin = monotonic()
        window.run_card.cancel.click()
        await app.proved(5.0)
        assert monotonic() - begin < 1
        assert running_bbs() == []
        assert [run.outcome for run in store.state.history or ()] == [Outcome.CANCELLED, Outcome.VERIFIED]

    with_app(qapp, theme, home, act)
    # Nothing of ours holds the loop; that bb fills both cores may make it wait for one now and then.
    assert max(worked) < LONGEST_STALL
    assert sorted(stalls)[len(stalls) * 99 // 100] < LONGEST_STALL
