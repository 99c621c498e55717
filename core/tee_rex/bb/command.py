"""A bb that can be started, and the store that finds it."""

from __future__ import annotations

from dataclasses import dataclass

from tee_rex.bb.executable import BbExecutable
from tee_rex.bb.pins import BbPins
from tee_rex.bb.platform import Platform
from tee_rex.bb.store import BbSource, BbStore
from tee_rex.settings.paths import Paths


@dataclass(frozen=True, slots=True)
class BbCommand:
    """A checked bb and the beginning of every command line that starts it."""

    executable: BbExecutable
    argv: tuple[str, ...]


def bb_store(paths: Paths, pins: BbPins, *sources: BbSource) -> BbStore:
    """The store for this machine. Raises BbUnavailableHereError."""
    return BbStore(paths, pins, Platform.current(), sources)
