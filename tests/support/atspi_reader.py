"""Reads the desktop over AT-SPI as Orca does, with its library; run by the system's Python, which has it.

``tree PID``: an application's visible elements as JSON. ``listen PID``: what it says, one event a line.
"""

from __future__ import annotations

import json
import sys
from typing import Any

import gi  # type: ignore[import-not-found]  # of the system's Python

gi.require_version("Atspi", "2.0")
from gi.repository import Atspi, GLib  # type: ignore[import-not-found]  # noqa: E402  # of that version

EVENTS = ("object:announcement", "object:state-changed:focused", "object:property-change:accessible-value")
Element = Any
"""An Atspi.Accessible: the library has no types."""


def application(pid: int) -> Element | None:
    desktop = Atspi.get_desktop(0)
    children = (desktop.get_child_at_index(at) for at in range(desktop.get_child_count()))
    return next((one for one in children if one is not None and one.get_process_id() == pid), None)


def node(element: Element) -> dict[str, Any]:
    return {
        "role": element.get_role_name(),
        "name": element.get_name(),
        "description": element.get_description(),
        "states": sorted(state.value_nick for state in element.get_state_set().get_states()),
        "labels": [
            relation.get_target(at).get_name()
            for relation in element.get_relation_set()
            if relation.get_relation_type() == Atspi.RelationType.LABELLED_BY
            for at in range(relation.get_n_targets())
        ],
        "value": element.get_current_value() if "Value" in element.get_interfaces() else None,
    }


def tree(element: Element) -> list[dict[str, Any]]:
    try:
        found = node(element)
    except GLib.Error:  # it is gone meanwhile
        return []
    if "showing" not in found["states"] and found["role"] != "application":
        return []
    children = (element.get_child_at_index(at) for at in range(element.get_child_count()))
    return [found, *(below for child in children if child is not None for below in tree(child))]


def listen(pid: int) -> None:
    def hear(event: Element) -> None:
        source = event.source
        if source is not None and source.get_process_id() == pid:
            text = event.any_data if isinstance(event.any_data, str) else ""
            told = {"role": source.get_role_name(), "name": source.get_name(), "text": text}
            say({"kind": event.type, "detail": event.detail1, **told})

    listener = Atspi.EventListener.new(hear)
    for kind in EVENTS:
        listener.register(kind)
    say({"kind": "listening"})
    GLib.MainLoop().run()


def say(told: object) -> None:
    sys.stdout.write(f"{json.dumps(told)}\n")
    sys.stdout.flush()


what, number = sys.argv[1], int(sys.argv[2])
if what == "listen":
    listen(number)
else:
    said_by = application(number)
    say([] if said_by is None else tree(said_by))
