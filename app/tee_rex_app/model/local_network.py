"""The local network, a real Aztec network on this computer, as the window shows it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from tee_rex.system.progress import TaskProgress


class NetworkStage(StrEnum):
    """Its stage. ASKED: the user is asked whether to download its programs."""

    OFF = "off"
    ASKED = "asked"
    STARTING = "starting"
    RUNNING = "running"
    STOPPING = "stopping"


@dataclass(frozen=True, slots=True)
class LocalNetwork:
    """The local network.

    available: whether it runs on this kind of system. ours: whether this application starts it, and ends it
    when it quits; a command may have started it too. progress: of its start. node_url, since: while it runs.
    """

    available: bool = False
    stage: NetworkStage = NetworkStage.OFF
    ours: bool = False
    progress: TaskProgress | None = None
    node_url: str = ""
    since: datetime | None = None

    @property
    def running(self) -> bool:
        """Whether its node answers, or did when it was last asked."""
        return self.stage is NetworkStage.RUNNING

    @property
    def ends_with_us(self) -> bool:
        """Whether quitting ends it, or its start."""
        return self.ours and self.stage in (NetworkStage.STARTING, NetworkStage.RUNNING)
