"""What every controller works with."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

from tee_rex.attestation.builds import ExpectedPcrs, shipped_builds
from tee_rex.bb.pins import BbPins
from tee_rex.errors import TeeRexError, UnusableEnvironmentError
from tee_rex.local.downloading import DownloadingInstallation
from tee_rex.provers import Prover, ProverConfig
from tee_rex.remote.attestation import AllowedProvers
from tee_rex.revocations import Revocations
from tee_rex.settings.file import ApprovedBuild
from tee_rex.settings.resolve import Setting, Settings, SettingSource
from tee_rex.system.failures import explained
from tee_rex.system.threads import read_in_thread
from tee_rex.transaction.request import ProvingMode
from tee_rex.updates.client import UpdateClient
from tee_rex.updates.pins import current_pins
from tee_rex_app.dependencies import Dependencies
from tee_rex_app.loop import TaskSet
from tee_rex_app.model.attestation import AttestationRules
from tee_rex_app.model.problem import Problem, Repeat
from tee_rex_app.model.state import Store, Success
from tee_rex_app.services.files import write_file


@dataclass(slots=True)
class ControllerContext:
    """Shared by all controllers; what follows from the settings is replaced when they change.

    tasks: the work in the background; the errors that it raises are shown. pins: what may be used of bb.
    updates: None in a build without an update source.
    """

    dependencies: Dependencies
    store: Store
    tasks: TaskSet
    settings: Settings
    installation: DownloadingInstallation = field(init=False)
    pins: BbPins = field(init=False)
    updates: UpdateClient | None = field(default=None, init=False)
    _release_builds: tuple[ApprovedBuild, ...] = field(init=False)
    _prover: Prover | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        with suppress(UnusableEnvironmentError):
            self.updates = self.dependencies.updates(self.dependencies.paths)
        # Those of the release, until ``read_pins``: nothing is proved or asked before it.
        self.pins = BbPins.shipped()
        self._release_builds = tuple(build.approved() for build in shipped_builds())
        self.use(self.settings)

    def use(self, settings: Settings) -> None:
        """Work by these settings from now on; a run keeps those that it began with."""
        explicit_bb = settings.bb_binary_path.value
        self.settings = settings
        self.installation = DownloadingInstallation(
            self.dependencies.paths, self.pins, Path(explicit_bb) if explicit_bb else None
        )
        self._prover = None

    async def read_pins(self) -> bool:
        """Work by what has been signed and revoked since this release; return whether anything has changed.

        A run keeps what it began with, but what was revoked is refused at its next use. Raises PINS_DAMAGED,
        CHANGEABLE_BY_OTHERS; then nothing has changed.
        """
        before = (self.pins, self._release_builds)
        self.pins, self._release_builds = await read_in_thread(self._current)
        self.use(self.settings)
        return before != (self.pins, self._release_builds)

    def _current(self) -> tuple[BbPins, tuple[ApprovedBuild, ...]]:
        paths = self.dependencies.paths
        source = None if self.updates is None else self.updates.source
        return current_pins(paths, source), self.dependencies.approved_builds(paths, source)

    @property
    def node_url(self) -> Setting[str]:
        """The node in use.

        That is the local network while it runs, if this application started it or no node is set.
        """
        network, node = self.store.state.local_network, self.settings.node_url
        if network.running and (network.ours or not node.value):
            return Setting(network.node_url, SettingSource.DEFAULT, "")
        return node

    @property
    def approved_builds(self) -> tuple[ApprovedBuild, ...]:
        """The builds that TEE mode accepts: those of releases and those of the settings."""
        return (*self._release_builds, *self.settings.approved_builds)

    def attestation_rules(self) -> AttestationRules:
        """What TEE mode accepts."""
        return AttestationRules(
            builds=self.approved_builds,
            provers=AllowedProvers.pinned(self.installation.pins),
            root=self.dependencies.attestation_root(),
            now=self.dependencies.now,
            nonce_required=self.settings.nonce_required.value,
            max_age=timedelta(seconds=self.settings.max_age_seconds.value),
            revocations=partial(Revocations.known, self.dependencies.paths),
        )

    @asynccontextmanager
    async def prover(self, mode: ProvingMode) -> AsyncIterator[Prover]:
        """The one prover of the application, switched to ``mode``.

        bb stays warm inside the block and is ended after it. Raises what the mode lacks, such as an address.
        """
        if self._prover is None:
            self._prover = Prover(partial(self.dependencies.make_backend, self.prover_config()), mode)
        prover = self._prover
        prover.mode = mode
        try:
            yield prover
        finally:
            await prover.close()

    async def save(self, path: Path, content: bytes, success: Success) -> None:
        """Write a file for the user in a thread, and say so. Raises NOT_SAVED."""
        await asyncio.to_thread(write_file, path, content)
        self.store.succeed(success, path)

    def attempt(
        self,
        act: Callable[[], Coroutine[Any, Any, object]],
        with_file: Callable[[Path], object] | None = None,
        *,
        again: Callable[[], object] | None = None,
        saved: bool = False,
        to_its_end: bool = False,
    ) -> asyncio.Task[None]:
        """Do in the background what the user asked for; if it fails, it can be tried again.

        again: how, if more is to be done than this. with_file, saved: as Repeat's. to_its_end: as TaskSet's.
        """
        same = partial(self.attempt, act, with_file, again=again, saved=saved, to_its_end=to_its_end)
        work = self._attempted(act, Repeat(again or same, with_file, saved))
        return self.tasks.start(work, to_its_end=to_its_end)

    async def _attempted(self, act: Callable[[], Coroutine[Any, Any, object]], repeat: Repeat) -> None:
        try:
            await act()
        except (TeeRexError, OSError, MemoryError) as failure:
            error = explained(failure)
            if error is None:
                raise
            self.show_problem(error, repeat)

    def show_problem(self, error: TeeRexError, repeat: Repeat | None = None, asked_by: str = "") -> None:
        """Show an error in the window. asked_by: as Problem's; such an error never replaces the user's."""
        shown = self.store.state.problem
        if not asked_by or shown is None or shown.asked_by:
            self.store.update(problem=Problem.of(error, repeat, asked_by))

    def prover_config(self) -> ProverConfig:
        """What the present settings say of proofs."""
        return replace(
            ProverConfig.from_settings(self.settings, self.installation),
            keep_warm=True,
            approved_builds=tuple(ExpectedPcrs.of(build) for build in self.approved_builds),
            attestation_root=self.dependencies.attestation_root,
            now=self.dependencies.now,
        )
