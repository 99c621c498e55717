"""Qt without a screen; every Qt warning is a failure."""

from __future__ import annotations

import os

os.environ["QT_QPA_PLATFORM"] = "offscreen"

from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial

import pytest
from PySide6.QtCore import (
    QCoreApplication,
    QEvent,
    QLocale,
    QMessageLogContext,
    QtMsgType,
    qInstallMessageHandler,
)
from PySide6.QtWidgets import QApplication

from support.app_window import RunApp, with_app
from support.nitro_fake import FakeNitro
from support.sample_crs import NOBODY
from support.scripted_server import ScriptedServer
from tee_rex.attestation.provers import Prover
from tee_rex.bb.pins import DEVELOPMENT_PLATFORM, BbPins
from tee_rex.transaction.trusted_setup import TrustedSetup
from tee_rex_app.platform.session_end import DesktopApplication
from tee_rex_app.text.translation import Translations
from tee_rex_app.ui.theme import Scheme, Theme

# From the offscreen platform, which has no window manager and no tray.
_HARMLESS = (
    "This plugin does not support propagateSizeHints()",
    "This plugin does not support raise()",
    "This plugin does not support grabbing the keyboard",
    "QObject::connect: No such signal QPlatformNativeInterface::systemTrayWindowChanged(QScreen*)",
)


@pytest.fixture(autouse=True)
def qt_warnings() -> Iterator[list[str]]:
    """Qt's warnings in this test; any at the end fail it."""
    heard: list[str] = []

    def hear(kind: QtMsgType, _context: QMessageLogContext, text: str) -> None:
        if kind is not QtMsgType.QtDebugMsg and text not in _HARMLESS:
            heard.append(text)

    previous = qInstallMessageHandler(hear)
    yield heard
    # Every change of colours would lay the test's windows out again.
    for window in QApplication.topLevelWidgets():
        if window.parent() is None:
            window.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    qInstallMessageHandler(previous)
    assert heard == []


@pytest.fixture(autouse=True)
def no_crs_hosts(monkeypatch: pytest.MonkeyPatch) -> None:
    """No host has the CRS: the sample is that of the development setup, unless a test says otherwise."""
    monkeypatch.setattr("tee_rex.crs.sources.AZTEC_CRS_URLS", (NOBODY,))


@pytest.fixture(scope="session")
def qapp_cls() -> type[QApplication]:
    """The application's own class."""
    return DesktopApplication


@pytest.fixture
def enclave() -> ScriptedServer:
    """An enclave that a fake Nitro vouches for."""
    server = ScriptedServer(nitro=FakeNitro(datetime.now(UTC)))
    pins = BbPins.shipped()
    digest = pins.versions[pins.default_version].digests(TrustedSetup.DEVELOPMENT)[DEVELOPMENT_PLATFORM]
    server.provers = [Prover(str(pins.default_version), digest)]
    return server


@pytest.fixture(scope="session")
def session_theme(qapp: QApplication) -> Theme:
    """One theme for all tests: fonts are loaded once."""
    return Theme(qapp)


@pytest.fixture
def theme(session_theme: Theme) -> Theme:
    """The light theme."""
    session_theme.use(Scheme.LIGHT)
    return session_theme


@pytest.fixture
def spanish(qapp: QApplication) -> Iterator[Translations]:
    """Texts and numbers in Spanish."""
    made = Translations(qapp, QLocale("es_ES"))
    before = QLocale()
    made.use("es")
    yield made
    made.stop()
    QLocale.setDefault(before)


@pytest.fixture
def run_app(qapp: QApplication, theme: Theme) -> RunApp:
    """Runs the application and its window."""
    return partial(with_app, qapp, theme)
