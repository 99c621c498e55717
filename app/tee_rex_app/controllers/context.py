"""What every controller works with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tee_rex.local.installation import Installation
    from tee_rex.settings.resolve import Settings
    from tee_rex_app.dependencies import Surroundings
    from tee_rex_app.loop import TaskSet
    from tee_rex_app.model.state import Intents, Store


@dataclass(slots=True)
class Shared:
    """One of it, made by the application; settings and installation change when the settings do."""

    around: Surroundings
    store: Store
    intents: Intents
    tasks: TaskSet
    settings: Settings
    installation: Installation
