"""A tray of the newer kind, as KDE has: prints each icon's name on the bus. Run it as a module."""

from __future__ import annotations

from PySide6.QtCore import ClassInfo, Property, QCoreApplication, QObject, Signal, Slot
from PySide6.QtDBus import QDBusConnection

WATCHER = "org.kde.StatusNotifierWatcher"


@ClassInfo({"D-Bus Interface": WATCHER})  # type: ignore[call-arg]
class Watcher(QObject):  # type: ignore[operator]
    """The interface of the StatusNotifierItem specification."""

    StatusNotifierItemRegistered = Signal(str)
    StatusNotifierHostRegistered = Signal()

    @Slot(str)
    def RegisterStatusNotifierItem(self, name: str) -> None:  # noqa: N802  # D-Bus's name
        print(name, flush=True)  # noqa: T201  # what it is for

    def _host(self) -> bool:
        return True

    IsStatusNotifierHostRegistered = Property(bool, _host)


def main() -> None:
    """Serve until killed."""
    qt = QCoreApplication([])
    bus, watcher = QDBusConnection.sessionBus(), Watcher()
    everything = QDBusConnection.RegisterOption.ExportAllContents
    assert bus.registerObject("/StatusNotifierWatcher", watcher, everything)
    assert bus.registerService(WATCHER)
    qt.exec()


if __name__ == "__main__":
    main()
