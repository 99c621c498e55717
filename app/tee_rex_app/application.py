"""The application: its controllers, created and closed together around the store that the views show."""

from __future__ import annotations

import traceback
from pathlib import Path

from tee_rex.bb.pins import BbPins
from tee_rex.errors.tree import BadSettingError
from tee_rex.settings.file import SettingsFile, SettingsReading
from tee_rex.settings.resolve import Settings
from tee_rex.system.failures import explained
from tee_rex.system.threads import usable_cores
from tee_rex_app.controllers.attestation import AttestationController
from tee_rex_app.controllers.context import ControllerContext
from tee_rex_app.controllers.files import FilesController
from tee_rex_app.controllers.flows import FlowsController
from tee_rex_app.controllers.history import HistoryController
from tee_rex_app.controllers.https import HttpsController
from tee_rex_app.controllers.local_network import LocalNetworkController
from tee_rex_app.controllers.modes import ModesController
from tee_rex_app.controllers.navigation import Navigation
from tee_rex_app.controllers.proofs import ProofsController
from tee_rex_app.controllers.proving import ProvingController
from tee_rex_app.controllers.runs import RunsController
from tee_rex_app.controllers.services import ServicesController, WalletController
from tee_rex_app.controllers.settings import SettingsController
from tee_rex_app.controllers.setup import SetupController
from tee_rex_app.controllers.sites import SitesController
from tee_rex_app.controllers.updates import UpdatesController
from tee_rex_app.dependencies import Dependencies
from tee_rex_app.errors import BUG
from tee_rex_app.log.event_log import EventLog
from tee_rex_app.log.journal import Journal
from tee_rex_app.loop import TaskSet
from tee_rex_app.model.diagnostics import DiagnosticsPart
from tee_rex_app.model.intents import Intents
from tee_rex_app.model.problem import Problem, Repeat
from tee_rex_app.model.setup import SetupState
from tee_rex_app.model.sites import Listening
from tee_rex_app.model.state import State, Store
from tee_rex_app.platform.autostart import Autostart
from tee_rex_app.platform.remembered import Remembered
from tee_rex_app.services.diagnostics import DiagnosticsSources


class Application:
    """Everything but widgets.

    1. The constructor reads the settings, creates the controllers and wires their methods into ``intents``.
    2. :meth:`start`, within Qt's loop, opens the history, examines this machine and polls the services.
    3. Views call ``intents``; controllers update ``store``; views render its state.
    4. :meth:`close` ends runs, downloads and polling, and closes the history.
    """

    def __init__(
        self, dependencies: Dependencies, log: EventLog | None = None, autostart: Autostart | None = None
    ) -> None:
        """Create it; what of the settings file cannot be used is shown as the problem, and all else used.

        log: receives events; None for a new list. autostart: None where starting on login is not offered.
        """
        paths, environ = dependencies.paths, dependencies.environ
        invalid: BadSettingError | None = None
        try:
            reading = SettingsReading.of(paths.settings_file)
            invalid = reading.fault
        except BadSettingError as error:
            invalid, reading = error, SettingsReading(SettingsFile())
        settings = Settings.read(reading, flags={}, environ=environ, origin=str(paths.settings_file))
        threads = settings.prover_speed.value.threads(usable_cores())
        setup = SetupState(threads=threads, bb_version=str(BbPins.shipped().default_version))
        self.store = Store(State(setup=setup, settings=settings))
        self.log = log or EventLog(dependencies.now)
        self.remembered = Remembered(paths.config)
        self._on_bug = dependencies.on_bug
        self._tasks = TaskSet(self._show_failure)
        self._context = context = ControllerContext(
            dependencies=dependencies, store=self.store, tasks=self._tasks, settings=settings
        )
        self.history = HistoryController(context)
        self.proofs = ProofsController(context, self.history)
        self.modes = ModesController(context, self.history, self.remembered)
        self.setup = SetupController(context, self.modes)
        wallet = WalletController(context, self.modes)
        self.services = ServicesController(context, self.modes, wallet)
        self.local_network = LocalNetworkController(context, self.services)
        self.runs = RunsController(context, self.history, self.modes)
        proving = ProvingController(context, self.runs, self.modes)
        flows = FlowsController(context, self.runs, self.services, wallet)
        self.sites = SitesController(context, self.runs, self.modes, self.log)
        self.https = HttpsController(context, self.sites, self.log)
        self.editing = editing = SettingsController(context, self.services, self.setup, self.sites, autostart)
        self.updates = UpdatesController(context, self.remembered, self.log, self._pins_changed)
        attestation = AttestationController(context)
        files = FilesController(context, proving, attestation, self.remembered)
        navigation = Navigation(self.store)
        self.services.show_initial()
        self.journal = Journal(self.log, self.store, dependencies.clock)
        if invalid is not None:
            context.show_problem(invalid, Repeat(editing.read_again))
        self.intents = Intents(
            open_page=navigation.open_page,
            open_settings=navigation.open_settings,
            open_panel=navigation.open_panel,
            select_run=navigation.select_run,
            expand_setup=navigation.expand_setup,
            dismiss_problem=navigation.dismiss_problem,
            dismiss_notice=navigation.dismiss_notice,
            dismiss_success=navigation.dismiss_success,
            choose_mode=self.modes.choose,
            prove_sample=proving.prove_sample,
            prove_development_sample=proving.prove_development_sample,
            prove_files=files.prove_files,
            open_files=files.open_files,
            prove_waiting=files.prove_waiting,
            remove_waiting=files.remove_waiting,
            clear_recent=files.clear_recent,
            run_flow=flows.run_flow,
            cancel=self.runs.cancel,
            fix=self.setup.fix,
            fix_from=self.setup.fix_from,
            fix_all=self.setup.fix_all,
            stop_fixing=self.setup.stop_fixing,
            take_from_others=self.setup.take_from_others,
            check_again=self._check_again,
            check_service=self.services.check_again,
            start_local_network=self.local_network.start,
            download_local_network=self.local_network.download,
            stop_local_network=self.local_network.stop,
            let_websites_prove=editing.let_websites_prove,
            listen_again=self.sites.listen_again,
            pause_sites=navigation.pause_sites,
            answer_site=self.sites.answer,
            revoke_site=self.sites.revoke,
            enable_https=self.https.enable,
            disable_https=self.https.disable,
            choose_speed=editing.choose_speed,
            start_on_login=editing.start_on_login,
            save_settings=editing.save_settings,
            reset_settings=editing.reset,
            use_profile=editing.use_profile,
            forget_server=editing.forget_server,
            pin_build=editing.pin_build,
            unpin_build=editing.unpin_build,
            check_for_updates=editing.check_for_updates,
            check_for_update_now=self.updates.check,
            download_update=self.updates.download,
            cancel_update=self.updates.cancel,
            install_update_on_quit=self.updates.install_on_quit,
            restart_into_update=self.updates.restart,
            put_off_update=self.updates.put_off,
            open_document=attestation.open_document,
            close_document=navigation.close_document,
            save_document=attestation.save_document,
            compare_image=attestation.compare_image,
            find_runs=self.history.find_runs,
            read_runs=self.history.read_runs,
            export_runs=self.history.export_runs,
            save_picture=self.history.save_picture,
            delete_runs=self.history.delete_runs,
            save_proof=self.proofs.save,
            stage_proof=self.proofs.stage,
            unstage_proof=self.proofs.unstage,
            tell_saved=navigation.tell_saved,
            show_in_folder=dependencies.show_in_folder,
        )

    async def start(self) -> None:
        """Start working in the background."""
        self._tasks.start(self._begin())

    async def close(self) -> None:
        """End proofs, downloads and polling, record the end of a run, install, and close the history."""
        await self._tasks.close()
        await self.updates.close()
        await self.proofs.remove_all()
        await self.history.close()

    def diagnostics(self, log_folder: Path, home: Path) -> tuple[DiagnosticsPart, ...]:
        """The parts of a diagnostics archive as of now. home: the user's folder, whose name is removed."""
        context = self._context
        return DiagnosticsSources(
            state=self.store.state,
            settings=context.settings,
            entries=self.log.entries(),
            log_folder=log_folder,
            home=home,
            at=context.dependencies.now(),
        ).parts()

    @property
    def restarts_as(self) -> list[str]:
        """The program that is to be started after the end; empty for none."""
        return self.updates.program if self.store.state.updates.restarts else []

    def _pins_changed(self) -> None:
        """Look again at everything that depends on which bb and which enclave builds may be used."""
        self.setup.check_again()
        self.services.settings_changed(policy=True)
        if self.store.state.sites.listening is not Listening.OFF:
            self.sites.listen_again()

    def _check_again(self) -> None:
        self.services.check_again()
        self.setup.check_again()

    async def _begin(self) -> None:
        await self.updates.start()
        await self.proofs.remove_all()
        await self.history.open()
        await self.modes.read_sample()
        self._tasks.start(self.setup.examine())
        self._tasks.start(self.editing.read_start_on_login())
        self.editing.follow_keys()
        self.services.start()
        self._tasks.start(self.local_network.follow())
        self.sites.start()
        self.https.start()

    def _show_failure(self, failure: BaseException) -> None:
        """Show an error, or what this machine lacks; of anything else, which is a bug, where it happened.

        A bug's text could contain anything.
        """
        told = explained(failure)
        if told is not None:
            self._context.show_problem(told)
            return
        if self._on_bug is not None:
            self._on_bug(failure)
            return
        frames = traceback.extract_tb(failure.__traceback__)
        place = f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
        self.store.update(problem=Problem.of(BUG(exception=type(failure).__name__, place=place)))
