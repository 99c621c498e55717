"""Updates of TEE-Rex, as the window shows them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from tee_rex.system.progress import TaskProgress
from tee_rex.updates.client import UpdateReport, UpdateState
from tee_rex.updates.installed import InstallKind
from tee_rex_app.model.problem import Problem


class UpdateStage(StrEnum):
    """What the application does about updates. FETCHING: downloads, unpacks and tries out a release."""

    IDLE = "idle"
    CHECKING = "checking"
    FETCHING = "fetching"
    INSTALLING = "installing"


class UpdateNews(StrEnum):
    """What is said above every page. QUESTION: whether it may check. WENT_BACK: a release did not start."""

    QUESTION = "question"
    AVAILABLE = "available"
    READY = "ready"
    FAILED = "failed"
    WENT_BACK = "went-back"


@dataclass(frozen=True, slots=True)
class Updates:
    """The updates of this installation.

    host: of the update source; empty for a build without one. report: what the source said last in this
    session. checked: when it last answered, in any. slow: its answer takes long. progress: of a download or
    of unpacking. failure: why the last attempt failed; told: whether that is said above every page, too.
    not_installed: why the release that was to be installed when the application ended was not, until the user
    has seen it.
    failed_version: one that was installed and did not start, as long as that is to be said. put_off: the
    version that the user has seen and does not want now. asks: whether the user may be asked for permission
    to check. on_quit: whether the version that is ready is installed when the application ends. restarts:
    the application ends, and starts as the version that is installed.
    """

    host: str = ""
    installed_by: InstallKind = InstallKind.OTHER
    stage: UpdateStage = UpdateStage.IDLE
    slow: bool = False
    report: UpdateReport | None = None
    checked: datetime | None = None
    progress: TaskProgress | None = None
    failure: Problem | None = None
    told: bool = False
    not_installed: Problem | None = None
    failed_version: str = ""
    put_off: str = ""
    asks: bool = False
    on_quit: bool = False
    restarts: bool = False

    @property
    def available(self) -> bool:
        """Whether this build has an update source."""
        return bool(self.host)

    @property
    def installs(self) -> bool:
        """Whether the application installs releases itself; otherwise it only tells."""
        return self.installed_by is InstallKind.FOLDER

    @property
    def problem(self) -> Problem | None:
        """What has to be said of the last attempt, while there is no new one."""
        if self.failure is not None or self.stage is not UpdateStage.IDLE:
            return self.failure
        return self.not_installed

    def is_state(self, *states: UpdateState) -> bool:
        """Whether the newest release is this to the one that runs."""
        return self.report is not None and self.report.state in states

    def news(self, allowed: bool | None) -> UpdateNews | None:  # noqa: FBT001  # a setting's value
        """What is to be said above every page. allowed: whether it may check; None: not asked yet."""
        if self.failed_version:
            return UpdateNews.WENT_BACK
        if not self.available:
            return None
        if self.problem is not None and (self.told or self.failure is None):
            return UpdateNews.FAILED
        if self.stage is UpdateStage.IDLE and self.report is not None and not self.report.failed_before:
            wanted = self.report.newest != self.put_off
            if self.report.state is UpdateState.READY and wanted and not self.on_quit:
                return UpdateNews.READY  # which needs no network, whatever the last check failed with
            if self.report.state is UpdateState.AVAILABLE and wanted and self.failure is None:
                return UpdateNews.AVAILABLE
        if self.failure is not None:
            return None
        return UpdateNews.QUESTION if self.asks and allowed is None else None
