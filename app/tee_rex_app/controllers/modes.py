"""The choice of the proving mode: which modes are locked, and what a proof of the sample takes in it."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from tee_rex.http_client.server_url import address_problem
from tee_rex.settings.resolve import Setting
from tee_rex.transaction.request import ProofRequest, ProvingMode
from tee_rex.transaction.samples import account_deployment
from tee_rex.transaction.trusted_setup import TrustedSetup
from tee_rex_app.controllers.context import ControllerContext
from tee_rex_app.controllers.history import HistoryController
from tee_rex_app.model.expected_times import expected_blocks
from tee_rex_app.model.runs import SAMPLE, RunState
from tee_rex_app.model.services import Lock, ModeState, ServiceName, ServiceState, ServiceStatus
from tee_rex_app.model.state import Notice
from tee_rex_app.platform.remembered import Remembered
from tee_rex_app.services.files import read_request
from tee_rex_app.text.translation import tr


class ModesController:
    """Locks modes whose service cannot prove, and leaves a mode that becomes locked."""

    def __init__(
        self, context: ControllerContext, history: HistoryController, remembered: Remembered
    ) -> None:
        self._context = context
        self._history = history
        self._remembered = remembered
        self._restored = remembered.mode
        self._sample: ProofRequest | None = None

    async def read_sample(self) -> None:
        """Read the sample, and show what a proof of it would take."""
        self._sample = await read_request(partial(account_deployment, TrustedSetup.GENUINE))
        self.show_sample()

    def show_sample(self) -> None:
        """Show what a proof of the sample would take in the chosen mode."""
        if self._sample is not None:
            run = RunState(source=SAMPLE, mode=self._context.store.state.mode, started=0.0)
            self._context.store.update(sample=self.with_expected_times(run, self._sample))

    def with_expected_times(self, run: RunState, request: ProofRequest) -> RunState:
        """The run with the blocks of its transaction, as long as earlier proofs in its mode took."""
        names = request.steps.function_names
        to_come = len(request.steps.kinds) - len(names)
        blocks, measured = expected_blocks(
            [*names, *[""] * to_come], self._history.earlier(run.mode), tr("final proof and self-check")
        )
        return replace(run, setup=request.setup, blocks=blocks, measured_here=measured)

    def choose(self, mode: ProvingMode) -> None:
        """Prove in another mode from now on, unless it is locked or something runs."""
        store = self._context.store
        state = store.state
        locked = next(one.lock for one in state.modes if one.mode is mode) is not None
        if state.running or locked:
            # Clicking a card may have changed what it shows; the state has not changed.
            store.update()
            return
        self._restored, self._remembered.mode = None, mode
        self._use(mode)

    def _use(self, mode: ProvingMode) -> None:
        self._context.store.update(mode=mode)
        self.show_sample()

    def _restore(self) -> None:
        """Choose the mode of the last session as soon as it is unlocked, until its service has answered."""
        state, mode = self._context.store.state, self._restored
        if mode is None:
            return
        lock = next((one.lock for one in state.modes if one.mode is mode), None)
        checking = mode is ProvingMode.TEE and self._status(ServiceName.TEE) is ServiceStatus.CHECKING
        if lock is not None and checking and not state.running:
            return
        self._restored = None
        if lock is None and not state.running:
            self._use(mode)

    def show_service(self, service: ServiceState) -> None:
        """Replace the state of one service, and lock or unlock the modes that depend on it."""
        store = self._context.store
        if service not in store.state.services:
            services = (service if one.name is service.name else one for one in store.state.services)
            store.update(services=tuple(services))
            self.update_locks()

    def update_locks(self) -> None:
        """Lock and unlock modes by the present settings and services."""
        store = self._context.store
        locks = {ProvingMode.REMOTE: self._remote_lock(), ProvingMode.TEE: self._tee_lock()}
        shown = store.state.modes or tuple(map(ModeState, ProvingMode))
        modes = tuple(replace(mode, lock=locks.get(mode.mode)) for mode in shown)
        if modes != store.state.modes:
            store.update(modes=modes)
        self._restore()
        self.leave_locked_mode()

    def leave_locked_mode(self) -> None:
        """Switch to local proving, with a notice, if the chosen mode is locked; not while something runs."""
        store = self._context.store
        state = store.state
        lock = next((one.lock for one in state.modes if one.mode is state.mode), None)
        if lock is not None and not state.running:
            store.update(notice=state.notice or Notice.MODE_LEFT)
            self._use(ProvingMode.LOCAL)

    def _remote_lock(self) -> Lock | None:
        lock = _address_lock(self._context.settings.prover_url)
        if lock is None and self._status(ServiceName.REMOTE) is ServiceStatus.WRONG_VERSION:
            return Lock.WRONG_VERSION
        return lock

    def _tee_lock(self) -> Lock | None:
        lock = _address_lock(self._context.settings.tee_url)
        if lock is not None:
            return lock
        if not self._context.approved_builds:
            return Lock.NO_APPROVED_BUILD
        status = self._status(ServiceName.TEE)
        if status is ServiceStatus.WRONG_CLOCK:
            return Lock.WRONG_CLOCK
        return None if status is ServiceStatus.READY else Lock.NOT_ATTESTED

    def _status(self, name: ServiceName) -> ServiceStatus:
        return self._context.store.state.service(name).status


def _address_lock(setting: Setting[str]) -> Lock | None:
    if not setting.value:
        return Lock.NO_ADDRESS
    return Lock.BAD_ADDRESS if address_problem(setting.value) else None
