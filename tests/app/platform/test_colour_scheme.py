"""Light or dark as the desktop portal says, over a real session bus."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator

import pytest
from PySide6.QtCore import ClassInfo, QObject, Qt, Slot
from PySide6.QtDBus import QDBusConnection, QDBusMessage, QDBusVariant
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from support.patience import PATIENCE
from tee_rex.settings.file import ThemeChoice
from tee_rex_app.platform.colour_scheme import PortalColours
from tee_rex_app.ui.theme import Scheme, Theme

_SERVICE, _PATH = "org.freedesktop.portal.Desktop", "/org/freedesktop/portal/desktop"
_INTERFACE = "org.freedesktop.portal.Settings"


@ClassInfo({"D-Bus Interface": _INTERFACE})  # type: ignore[call-arg]
class Portal(QObject):  # type: ignore[operator]
    """The portal's interface: 0 no preference, 1 dark, 2 light; in a variant within a variant."""

    def __init__(self, scheme: int) -> None:
        super().__init__()
        self.scheme = scheme

    @Slot(str, str, result="QDBusVariant")
    def Read(self, namespace: str, key: str) -> QDBusVariant:  # noqa: N802  # D-Bus's name
        assert (namespace, key) == ("org.freedesktop.appearance", "color-scheme")
        return QDBusVariant(QDBusVariant(self.scheme))


@pytest.fixture
def bus() -> Iterator[str]:
    """The address of a session bus of its own."""
    program = shutil.which("dbus-daemon")
    assert program is not None, "dbus-daemon is missing: make test-host"
    with subprocess.Popen(
        [program, "--session", "--nofork", "--print-address=1"], stdout=subprocess.PIPE, text=True
    ) as daemon:
        assert daemon.stdout is not None
        yield daemon.stdout.readline().strip()
        daemon.terminate()
    for name in ("portal", "app"):
        QDBusConnection.disconnectFromBus(name)


def changed(value: int, namespace: str = "org.freedesktop.appearance") -> QDBusMessage:
    message = QDBusMessage.createSignal(_PATH, _INTERFACE, "SettingChanged")
    message.setArguments([namespace, "color-scheme", QDBusVariant(value)])
    return message


@pytest.mark.integration
@pytest.mark.skipif(sys.platform != "linux", reason="the desktop portal is Linux's")
def test_the_window_follows_the_portal_unless_another_scheme_is_chosen(
    qtbot: QtBot, theme: Theme, bus: str
) -> None:
    portal, served = Portal(1), QDBusConnection.connectToBus(bus, "portal")
    assert served.registerService(_SERVICE)
    assert served.registerObject(_PATH, portal, QDBusConnection.RegisterOption.ExportAllSlots)
    colours = PortalColours(QDBusConnection.connectToBus(bus, "app"))
    colours.changed.connect(theme.prefer)

    def shows(scheme: Scheme) -> None:
        qtbot.waitUntil(lambda: theme.scheme is scheme, timeout=int(1000 * PATIENCE))

    shows(Scheme.DARK)
    served.send(changed(1, "org.example.other"))
    served.send(changed(2))
    shows(Scheme.LIGHT)
    served.send(changed(1))
    shows(Scheme.DARK)
    theme.choose(ThemeChoice.LIGHT)
    shows(Scheme.LIGHT)
    theme.choose(ThemeChoice.SYSTEM)
    shows(Scheme.DARK)
    served.send(changed(0))
    shows(Scheme.LIGHT)  # as Qt finds on this test's platform
    theme.prefer(Qt.ColorScheme.Unknown)


@pytest.mark.integration
@pytest.mark.skipif(sys.platform != "linux", reason="the desktop portal is Linux's")
def test_where_there_is_no_portal_qt_decides(qtbot: QtBot, bus: str) -> None:
    heard: list[object] = []
    colours = PortalColours(QDBusConnection.connectToBus(bus, "app"))
    colours.changed.connect(heard.append)
    qtbot.wait(500)
    assert heard == []


def test_without_a_bus_nothing_is_asked(qapp: QApplication) -> None:
    PortalColours(QDBusConnection("no such connection"))
