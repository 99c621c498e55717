"""``tee-rex-app``: starts the process, shows the window, and ends everything that was started."""

from __future__ import annotations

import asyncio
import logging
import os
import sys
import time
from collections.abc import Sequence
from contextlib import ExitStack
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from PySide6.QtCore import QLocale, QTimer
from PySide6.QtDBus import QDBusConnection

from tee_rex.errors.catalogue.files import DISK_NOT_WRITABLE
from tee_rex.settings.paths import Paths
from tee_rex.system.child_process import environment_for_programs
from tee_rex.system.failures import explained
from tee_rex.system.memory import forbid_core_dumps
from tee_rex.system.text import os_reason
from tee_rex.updates.installed import confirm_start, forget_start
from tee_rex_app import __version__, loop
from tee_rex_app.application import Application
from tee_rex_app.crash.hooks import CrashHooks
from tee_rex_app.crash.native import NativeCrashFile
from tee_rex_app.crash.reporter import CrashReporter
from tee_rex_app.dependencies import Dependencies
from tee_rex_app.errors import ALREADY_RUNNING
from tee_rex_app.log.event_log import EventLog, Level
from tee_rex_app.log.library_log import LibraryLog
from tee_rex_app.log.log_file import LogFile, log_folder
from tee_rex_app.model.state import Notice
from tee_rex_app.platform.autostart import autostart_of
from tee_rex_app.platform.colour_scheme import PortalColours
from tee_rex_app.platform.command_line import CommandLine
from tee_rex_app.platform.folder_view import FolderView, start_program
from tee_rex_app.platform.notifications import StateNotifier, desktop_notifier
from tee_rex_app.platform.progress import LauncherEntry, RunProgress
from tee_rex_app.platform.session_end import DesktopApplication, SessionEnd, ShutdownInhibitor
from tee_rex_app.platform.single_instance import ENDING_MS, OpenRequest, SingleInstance, hand_over
from tee_rex_app.platform.tray import Tray, tray_available
from tee_rex_app.platform.window_place import WindowPlace
from tee_rex_app.text.translation import SYSTEM, Translations, translated
from tee_rex_app.ui.dialogs.introduction import show_introduction
from tee_rex_app.ui.dialogs.startup_error import show_and_wait
from tee_rex_app.ui.icon import application_icon
from tee_rex_app.ui.main_window import MainWindow
from tee_rex_app.ui.theme import Theme

FAILED = 1


def main() -> int:
    """Show the window until it is closed, and return the exit code.

    Other processes of this user can still read the app's memory, as a debugger does: desktop portals, which
    show notifications and tell the colours, refuse a process that forbids it.
    """
    forbid_core_dumps()
    try:
        command_line = CommandLine.parse(sys.argv[1:])
    except SystemExit:  # --help, --version, a mistake
        forget_start()
        raise
    qt = DesktopApplication(sys.argv[:1])
    qt.setApplicationName("TEE-Rex")
    qt.setApplicationVersion(__version__)
    qt.setDesktopFileName("tee-rex")
    log = EventLog(_now)
    folders = FolderView(sys.platform, QDBusConnection.sessionBus, start_program)
    reporter = CrashReporter(log, _now, folders.show)
    hooks = CrashHooks(reporter.report)
    hooks.install()
    try:
        return _run(qt, command_line, log, reporter, folders)
    except Exception as error:  # noqa: BLE001  # the last place to report it
        told = explained(error)
        if told is None:
            reporter.report_before_the_loop(error)
        else:
            show_and_wait(
                translated(told.title), translated(told.message_parts), translated(told.hint_parts.words)
            )
        return FAILED
    finally:
        hooks.remove()


def _run(
    qt: DesktopApplication,
    command_line: CommandLine,
    log: EventLog,
    reporter: CrashReporter,
    folders: FolderView,
) -> int:
    paths = Paths.from_environment(os.environ)
    request = OpenRequest.of(command_line.files, os.environ.get("XDG_ACTIVATION_TOKEN", ""))
    translations = Translations(qt, QLocale.system())
    translations.use(SYSTEM)  # until the settings are read
    instance = _claimed(paths.data)
    if instance is None:
        beside = command_line.hidden  # a start on login beside one by hand
        if beside or hand_over(paths.data, request):
            forget_start()
            return 0
        instance = _claimed(paths.data, ENDING_MS)
        if instance is None:
            forget_start()
            raise ALREADY_RUNNING()
    program: list[str] = []
    with ExitStack() as ends:
        ends.callback(instance.release)
        crashed = _keep_on_disk(log, ends)
        qt.setWindowIcon(application_icon())
        theme = Theme(qt)
        application = Application(
            Dependencies(
                paths=paths,
                environ=os.environ,
                clock=time.monotonic,
                now=_now,
                on_bug=reporter.report,
                show_in_folder=folders.show,
            ),
            log,
            autostart_of(sys.platform, os.environ, Path.home()),
        )
        translations.use(application.store.state.settings.language.value)
        window = MainWindow(
            theme,
            application.store,
            application.intents,
            time.monotonic,
            log=log,
            diagnostics=lambda: application.diagnostics(log_folder(os.environ), Path.home()),
            folders=application.remembered,
        )
        if crashed:
            application.store.update(notice=Notice.CRASHED_LAST_TIME)
        place = WindowPlace(window, application.remembered)
        place.keep_zoom(theme)
        first_run = not application.remembered.introduced
        place.restore()
        bus = QDBusConnection.sessionBus()
        colours = PortalColours(bus, qt)
        colours.changed.connect(theme.prefer)
        progress = RunProgress(window, application.store, time.monotonic)
        # Variables, because connections do not keep what they call.
        launcher, inhibitor = LauncherEntry(bus), ShutdownInhibitor(QDBusConnection.systemBus())
        progress.changed.connect(launcher.show)
        progress.changed.connect(inhibitor.show)
        tray = Tray(window, progress, application.remembered, partial(tray_available, bus))
        notifier = desktop_notifier(sys.platform, bus, lambda: tray.icon)
        StateNotifier(window, application.store, notifier, time.monotonic)
        instance.asked.connect(partial(show_request, window))
        window.closed.connect(instance.stop_listening)
        reporter.quit_asked.connect(window.end)
        SessionEnd(qt, window)
        tray.start(hidden=command_line.hidden)
        files = command_line.files
        if first_run and not command_line.hidden and not files:
            application.remembered.remember_introduced()
            QTimer.singleShot(0, partial(show_introduction, window, window.context))  # once it is painted
        loop.run(qt, lambda: serve(application, window, files), reporter.on_loop_error)
        program = application.restarts_as
    if program:
        # PyInstaller's own variables name the version that ends.
        environ = {**environment_for_programs(os.environ), "PYINSTALLER_RESET_ENVIRONMENT": "1"}
        os.execve(program[0], program, environ)  # noqa: S606  # the link that this very app started by
    return 0


def show_request(window: MainWindow, request: OpenRequest) -> None:
    """Show the window in front, for a second start, and take the files that it brings."""
    window.present(request.activation_token)
    if request.paths:
        window.intents.open_files(request.paths)


async def serve(application: Application, window: MainWindow, files: Sequence[Path] = ()) -> None:
    """Run the application until its window ends, then end everything that it started.

    files: that it was started with.
    """
    closed = asyncio.Event()
    window.closed.connect(closed.set)
    loop.on_interrupt(window.end)
    await application.start()
    confirm_start()
    if files:
        application.intents.open_files(files)
    try:
        if not window.ended:  # it may have been closed before the loop started
            await closed.wait()
    finally:
        await application.close()


def _claimed(folder: Path, wait_ms: int = 0) -> SingleInstance | None:
    """As ``SingleInstance.claim``. Raises DISK_NOT_WRITABLE."""
    try:
        return SingleInstance.claim(folder, wait_ms)
    except OSError as error:
        raise DISK_NOT_WRITABLE(folder=error.filename or str(folder), reason=os_reason(error)) from error


def _keep_on_disk(log: EventLog, ends: ExitStack) -> bool:
    """Write events and native crashes to files; return whether the last session ended in such a crash.

    A folder that is not writable does not keep the application from starting.
    """
    folder = log_folder(os.environ)
    crashed = False
    try:
        file = LogFile(folder)
        log.listen(file.write)
        ends.callback(file.close)
        native = NativeCrashFile(folder)
        ends.callback(native.close)
        crashed = native.happened_last_time
    except OSError as error:
        log.write(Level.WARNING, "log.not-kept", reason=os_reason(error))
    handler = LibraryLog(log)
    logging.getLogger().addHandler(handler)
    ends.callback(logging.getLogger().removeHandler, handler)
    log.write(Level.INFO, "app.started", version=__version__)
    if crashed:
        log.write(Level.ERROR, "app.native-crash")
    ends.callback(_note_end, log)
    return crashed


def _note_end(log: EventLog) -> None:
    log.write(Level.INFO, "app.ended")


def _now() -> datetime:
    return datetime.now(UTC)
