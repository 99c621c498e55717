"""What every controller works with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tee_rex.local.downloading import DownloadingInstallation
    from tee_rex.settings.resolve import Settings
    from tee_rex_app.dependencies import Dependencies
    from tee_rex_app.loop import TaskSet
    from tee_rex_app.model.intents import Intents
    from tee_rex_app.model.state import Store


@dataclass(slots=True)
class ControllerContext:
    """One of it, made by the application; settings and installation change when the settings do."""

    dependencies: Dependencies
    store: Store
    intents: Intents
    tasks: TaskSet
    settings: Settings
    installation: DownloadingInstallation
