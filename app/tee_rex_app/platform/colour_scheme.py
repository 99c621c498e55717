"""Light or dark, as the desktop portal says."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import SLOT, QObject, Qt, Signal, Slot
from PySide6.QtDBus import QDBusConnection, QDBusMessage, QDBusPendingCallWatcher, QDBusVariant

_PORTAL: Final = (
    "org.freedesktop.portal.Desktop",
    "/org/freedesktop/portal/desktop",
    "org.freedesktop.portal.Settings",
)
_SETTING: Final = ("org.freedesktop.appearance", "color-scheme")
_SCHEMES: Final = {1: Qt.ColorScheme.Dark, 2: Qt.ColorScheme.Light}
"""Any other value, and no answer, is no preference."""


class PortalColours(QObject):
    """Asks once, without waiting, and hears of every change (XDG Desktop Portal, interface Settings).

    Qt itself asks the portal under some desktops only. Signals: changed(Qt.ColorScheme), Unknown for no
    preference; never where there is no portal.
    """

    changed = Signal(Qt.ColorScheme)

    def __init__(self, connection: QDBusConnection, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._watcher: QDBusPendingCallWatcher | None = None
        if not connection.isConnected():
            return
        slot = SLOT("heard(QDBusMessage)")
        connection.connect(*_PORTAL, "SettingChanged", self, slot)  # type: ignore[call-overload]  # takes a str
        message = QDBusMessage.createMethodCall(*_PORTAL, "Read")  # ReadOne is missing in old portals
        message.setArguments(list(_SETTING))
        watcher = self._watcher = QDBusPendingCallWatcher(connection.asyncCall(message), self)
        watcher.finished.connect(lambda: self._answered(watcher))

    @Slot(QDBusMessage)
    def heard(self, message: QDBusMessage) -> None:
        """``SettingChanged(s namespace, s key, v value)``."""
        match message.arguments():
            case [namespace, key, value] if (namespace, key) == _SETTING:
                self._tell(value)

    def _answered(self, watcher: QDBusPendingCallWatcher) -> None:
        """``Read`` gives a variant in a variant."""
        match watcher.reply().arguments():
            case [value] if not watcher.isError():
                self._tell(value)

    def _tell(self, value: object) -> None:
        while isinstance(value, QDBusVariant):
            value = value.variant()
        unknown = Qt.ColorScheme.Unknown
        self.changed.emit(_SCHEMES.get(value, unknown) if isinstance(value, int) else unknown)
