"""Intents without an application behind them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, replace

from tee_rex_app.controllers.navigation import Navigation
from tee_rex_app.model.intents import Intents
from tee_rex_app.model.state import Store


def quiet_intents(store: Store) -> Intents:
    """Pages and panels open; everything else is ignored."""
    ignored: dict[str, Callable[..., None]] = {field.name: _ignore for field in fields(Intents)}
    navigation = Navigation(store)
    return replace(
        Intents(**ignored),
        open_page=navigation.open_page,
        open_settings=navigation.open_settings,
        open_panel=navigation.open_panel,
    )


def _ignore(*_arguments: object) -> None:
    pass
