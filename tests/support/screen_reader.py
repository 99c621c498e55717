"""A screen reader on the desktop of a test: it reads windows, and keeps what applications announce."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from support.x11_desktop import Desktop, DesktopApp, until

_PYTHON = "/usr/bin/python3"
_READER = str(Path(__file__).with_name("atspi_reader.py"))
_STATUS = ("org.a11y.Bus", "/org/a11y/bus", "org.freedesktop.DBus.Properties.Set", "string:org.a11y.Status")


@dataclass(frozen=True)
class Element:
    """What a reader gets of an element. labels: the names of what labels it. value: of a progress bar."""

    role: str
    name: str
    description: str
    states: tuple[str, ...]
    labels: tuple[str, ...]
    value: float | None


@dataclass(frozen=True)
class Event:
    """kind: as in Orca. text: of an announcement. detail: of a state, 1 for on."""

    kind: str
    detail: int = 0
    role: str = ""
    name: str = ""
    text: str = ""


def turn_on(desktop: Desktop) -> None:
    """Tell applications that a screen reader runs, as one does when it starts."""
    desktop.call(*_STATUS, "string:ScreenReaderEnabled", "variant:boolean:true")


def read(app: DesktopApp) -> list[Element]:
    """Every visible element of the application, from the top."""
    told = json.loads(app.desktop.run(_PYTHON, _READER, "tree", str(app.process.pid)))
    return [
        Element(**{**one, "states": tuple(one["states"]), "labels": tuple(one["labels"])}) for one in told
    ]


class Heard:
    """What an application said."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def events(self) -> list[Event]:
        """All events so far."""
        return [
            Event(**json.loads(line))
            for line in self._file.read_text().splitlines(keepends=True)
            if line[-1] == "\n"
        ]

    def announced(self) -> list[str]:
        """The announcements so far."""
        return [event.text for event in self.events() if event.kind == "object:announcement"]

    def focused(self) -> list[str]:
        """The names of what had the focus."""
        return [
            event.name
            for event in self.events()
            if event.kind.startswith("object:state-changed") and event.detail
        ]


@contextmanager
def listening(app: DesktopApp) -> Iterator[Heard]:
    """Hear what an application says within the block."""
    file = app.desktop.folder / "heard"
    command = (_PYTHON, _READER, "listen", str(app.process.pid))
    with file.open("w") as output, app.desktop.running(*command, stdout=output):
        heard = Heard(file)
        until(heard.events)
        yield heard
