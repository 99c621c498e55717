"""Screenshots of every view and state, with tests/ on the path.

Each is taken light and dark, in several sizes, and in the usual size at twice the pixels. A second process
takes those, because QT_SCALE_FACTOR must be set before Qt starts.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from PySide6.QtCore import QEvent, QLocale
from PySide6.QtWidgets import QApplication, QWidget

from support.app_runs import AT, three_modes
from support.app_scenes import attestations, make_window, sample_log, scenes
from support.app_states import NOW, first_start, installing, ready_machine, running, site_question
from tee_rex.settings.file import SettingsFile
from tee_rex.settings.resolve import Settings
from tee_rex.settings.rules import SettingField
from tee_rex.transaction.request import ProvingMode
from tee_rex_app.crash.report import Failure, crash_report
from tee_rex_app.model.comparison import Comparison
from tee_rex_app.model.runs import RunStage
from tee_rex_app.model.state import Page, State
from tee_rex_app.platform.progress import RunProgress
from tee_rex_app.platform.remembered import Remembered
from tee_rex_app.platform.tray import Tray
from tee_rex_app.services.diagnostics import DiagnosticsSources
from tee_rex_app.text.translation import Translations
from tee_rex_app.ui.cards.comparison_view import ComparisonView
from tee_rex_app.ui.dialogs.about_dialog import show_about
from tee_rex_app.ui.dialogs.crash_window import CrashWindow
from tee_rex_app.ui.dialogs.diagnostics_dialog import DiagnosticsDialog
from tee_rex_app.ui.dialogs.help_dialog import show_help
from tee_rex_app.ui.dialogs.introduction import Introduction
from tee_rex_app.ui.dialogs.local_network_dialog import LocalNetworkDialog
from tee_rex_app.ui.dialogs.pin_dialog import PinDialog
from tee_rex_app.ui.dialogs.quit_dialog import QuitDialog, Unfinished
from tee_rex_app.ui.dialogs.shortcuts_dialog import show_shortcuts
from tee_rex_app.ui.dialogs.site_dialog import SiteDialog
from tee_rex_app.ui.dialogs.tray_dialog import TrayDialog
from tee_rex_app.ui.main_window import MainWindow
from tee_rex_app.ui.pages.history_page import HistoryPage
from tee_rex_app.ui.pages.settings_page import SettingsPage
from tee_rex_app.ui.theme import Scheme, Theme

SIZES = ((900, 600), (1280, 820), (1600, 1000))
USUAL = (1280, 820)
SPANISH = (
    "ready",
    "failed",
    "checked",
    "history",
    "compare-three",
    "history-exported",
    "history-deleting",
    "history-proof",
    "history-proof-not-kept",
    "proof-saved",
    "attestation-altered",
    "settings-full",
    "settings-update-ready",
    "update-question",
    "log",
)


def main() -> None:
    """Write screenshots into the folder named on the command line."""
    parser = argparse.ArgumentParser(prog="python -m app.screenshots", description=__doc__.partition("\n")[0])
    parser.add_argument("folder", type=Path, help="is made if it is missing")
    parser.add_argument("scenes", nargs="*", metavar="SCENE", help="how its name begins; without any: all")
    given = parser.parse_args()
    # Qt's own offscreen screen is so small that it cuts dialogs drawn twice as large.
    os.environ.setdefault(
        "QT_QPA_PLATFORM", f"offscreen:configfile={Path(__file__).with_name('screen.json')}"
    )
    folder, wanted = given.folder, given.scenes
    folder.mkdir(parents=True, exist_ok=True)
    twice = os.environ.get("QT_SCALE_FACTOR") == "2"
    qt = QApplication(sys.argv[:1])
    Translations(qt, QLocale("en_GB")).use("en")
    theme = Theme(qt)
    all_scenes = [scene for scene in scenes() if not wanted or any(scene[0].startswith(w) for w in wanted)]
    for scheme in Scheme:
        theme.use(scheme)
        for name, state in all_scenes:
            for width, height in (USUAL,) if twice else SIZES:
                suffix = "@2x" if twice else ""
                file = folder / f"{name}-{scheme}-{width}x{height}{suffix}.png"
                photograph(qt, theme, state, (width, height), file)
        suffix = "@2x" if twice else ""
        ready = ready_machine()
        if scheme is Scheme.LIGHT and not twice:
            photograph_in_spanish(qt, theme, [scene for scene in all_scenes if scene[0] in SPANISH], folder)
            photograph_dialogs_in_spanish(qt, theme, folder)
        photograph_comparison(theme, folder / f"exported-{scheme}{suffix}.png")
        for name, dialog in dialogs(ready, partial(make_window, theme, ready)):
            photograph_dialog(qt, dialog, folder / f"{name}-{scheme}{suffix}.png")
    if not twice:
        command = [sys.executable, "-m", "app.screenshots", "--", str(folder), *wanted]
        subprocess.run(command, env={**os.environ, "QT_SCALE_FACTOR": "2"}, check=True)


def photograph(qt: QApplication, theme: Theme, state: State, size: tuple[int, int], file: Path) -> None:
    """One state at one size."""
    window = make_window(theme, state)
    window.resize(*size)
    window.show()
    if file.name.startswith("settings-wrong"):
        type_invalid_settings(window)
    if "history-deleting" in file.name:
        ask_to_delete(window)
    if state.run is not None and state.run.stage is RunStage.RUNNING and state.notice is None:
        window.prove.run_card.cancel.setFocus()
    for _ in range(3):
        qt.processEvents()
    if file.name.startswith(("settings-update", "es-settings-update")):
        window.settings.area.ensureWidgetVisible(window.settings.updates, 0, 20)
        qt.processEvents()
    if not window.grab().save(str(file)):
        raise OSError(file)
    window.end()
    window.deleteLater()
    qt.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


def photograph_in_spanish(
    qt: QApplication, theme: Theme, chosen: list[tuple[str, State]], folder: Path
) -> None:
    """Scenes in Spanish, in the two smaller sizes."""
    spanish = Translations(qt, QLocale("es_ES"))
    spanish.use("es")
    for name, state in chosen:
        for width, height in SIZES[:2]:
            photograph(qt, theme, state, (width, height), folder / f"es-{name}-{width}x{height}.png")
    spanish.stop()
    QLocale.setDefault(QLocale("en_GB"))


def photograph_dialogs_in_spanish(qt: QApplication, theme: Theme, folder: Path) -> None:
    """All of them."""
    spanish = Translations(qt, QLocale("es_ES"))
    spanish.use("es")
    ready = ready_machine()
    for name, dialog in dialogs(ready, partial(make_window, theme, ready)):
        photograph_dialog(qt, dialog, folder / f"es-{name}.png")
    spanish.stop()
    QLocale.setDefault(QLocale("en_GB"))


def type_invalid_settings(window: MainWindow) -> None:
    """Invalid addresses in a new profile without a name."""
    page = window.pages[Page.SETTINGS]
    assert isinstance(page, SettingsPage)
    page.new_profile.click()
    for field, text in (
        (SettingField.PROFILE_NAME, ""),
        (SettingField.NODE_URL, "ftp://node.example.org"),
        (SettingField.PROVER_URL, "http://prover.example.org"),
        (SettingField.SERVER_KEY, "5f1c"),
    ):
        edit = page.fields[field].edit
        edit.setText(text)
        edit.textEdited.emit(text)


def ask_to_delete(window: MainWindow) -> None:
    """The runs that are compared."""
    page = window.pages[Page.HISTORY]
    assert isinstance(page, HistoryPage)
    page.delete.ask(page.chosen_ids, len(page.chosen_ids))


def photograph_comparison(theme: Theme, file: Path) -> None:
    """The comparison as people export it."""
    view = ComparisonView(theme)
    view.show_comparison(Comparison.of(three_modes()))
    view.setFixedWidth(720)
    view.adjustSize()
    file.write_bytes(view.picture())
    view.deleteLater()


def photograph_dialog(qt: QApplication, dialog: QWidget, file: Path) -> None:
    """A dialog in its own size."""
    dialog.show()
    for _ in range(3):
        qt.processEvents()
    if not dialog.grab().save(str(file)):
        raise OSError(file)
    dialog.close()


def dialogs(state: State, new_window: Callable[[], MainWindow]) -> Iterator[tuple[str, QWidget]]:
    """Every dialog, by its name."""
    window = new_window()
    yield "about", show_about(window, window.context)
    yield "shortcuts", show_shortcuts(window)
    yield "help", show_help(window)
    yield "diagnostics", _diagnostics(window, state)
    yield "pin-build", _pin_dialog(window)
    yield "site-question", SiteDialog(window, site_question(), lambda: NOW)
    remote = site_question(ProvingMode.REMOTE, again=True)
    yield "site-question-remote", SiteDialog(window, remote, lambda: NOW)
    yield "quit-proof", QuitDialog(window, [Unfinished.PROOF], can_save=False)
    yield "quit-all", QuitDialog(window, list(Unfinished), can_save=True)
    yield "local-network", LocalNetworkDialog(window)
    yield "closed-to-tray", TrayDialog(window, websites=True)
    yield "tray-menu", _tray_menu(window)
    for number, screen in enumerate(_introduction(new_window()), start=1):
        yield f"introduction-{number}", screen
    yield "crash", CrashWindow(_failure_report(), can_continue=True)
    window.deleteLater()


def _introduction(window: MainWindow) -> Iterator[QWidget]:
    """Its screens on a computer without anything, and the second while it installs."""
    for steps, state in (
        (0, first_start()),
        (1, first_start()),
        (1, installing(first_start())),
        (2, first_start()),
    ):
        window.store.update(setup=state.setup)
        dialog = Introduction(window, window.context)
        for _ in range(steps):
            dialog._go(1)
        yield dialog


def _tray_menu(window: MainWindow) -> QWidget:
    """As while a proof runs and websites may prove."""
    store = window.store
    written = SettingsFile(let_websites_prove=True)
    settings = Settings.decide(written, flags={}, environ={}, origin="")
    store.update(run=running(), settings=settings)
    remembered = Remembered(Path("no such folder"))
    tray = Tray(window, RunProgress(window, store, lambda: NOW), remembered, lambda _patient: False)
    tray.start(hidden=False)
    return tray.menu


def _pin_dialog(window: MainWindow) -> QWidget:
    return PinDialog(window, attestations()["unapproved"], None, set(), window.theme)


def _diagnostics(window: MainWindow, state: State) -> QWidget:
    parts = DiagnosticsSources(
        state=state,
        settings=Settings.resolve(flags={}, environ={}, file=Path("settings.toml")),
        entries=sample_log().entries(),
        log_folder=Path("no such folder"),
        home=Path("/home/ada"),
        at=AT,
    ).parts()
    tracker = "https://example.org/tee-rex/issues"
    dialog = DiagnosticsDialog(window, window.theme, parts, lambda _file: None, tracker)
    dialog.list.setCurrentRow(4)
    return dialog


def _failure_report() -> str:
    failure = Failure(
        "LookupError",
        "tee_rex_app/ui/widgets/timeline.py:88 leaves",
        (
            "LookupError",
            "  tee_rex_app/ui/cards/breakdown_card.py:120 render_state",
            "  tee_rex_app/ui/widgets/timeline.py:88 leaves",
            "caused by KeyError",
            "  tee_rex_app/ui/widgets/timeline.py:61 _leaf",
        ),
    )
    return crash_report(failure, AT, sample_log().entries())


if __name__ == "__main__":
    main()
