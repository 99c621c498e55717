"""The question before quitting while something would be lost."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from tee_rex_app.model.runs import FlowState
from tee_rex_app.model.state import State
from tee_rex_app.model.updates import UpdateStage
from tee_rex_app.text.translation import tr
from tee_rex_app.ui.widgets.layouts import STRETCH, WholeDialog, column_of, row_of
from tee_rex_app.ui.widgets.parts import Look, button, label


class Unfinished(StrEnum):
    """What quitting ends or discards."""

    PROOF = "proof"
    FLOW = "flow"
    INSTALLATION = "installation"
    LOCAL_NETWORK = "local-network"
    WAITING_FILES = "waiting-files"
    UPDATE = "update"
    SETTINGS = "settings"


def unfinished(state: State, *, unsaved: bool) -> tuple[Unfinished, ...]:
    """What quitting would end now. unsaved: whether the settings page has changes."""
    found = []
    if state.running:
        found.append(Unfinished.FLOW if isinstance(state.last_run, FlowState) else Unfinished.PROOF)
    if state.setup.fixing:
        found.append(Unfinished.INSTALLATION)
    if state.local_network.ends_with_us:
        found.append(Unfinished.LOCAL_NETWORK)
    if state.waiting_files:
        found.append(Unfinished.WAITING_FILES)
    if state.updates.stage is UpdateStage.FETCHING:
        found.append(Unfinished.UPDATE)
    if unsaved:
        found.append(Unfinished.SETTINGS)
    return tuple(found)


class QuitDialog(WholeDialog):
    """Says what quitting ends; the way out is the default.

    Signals: quit_chosen, save_chosen: to quit once the settings are saved.
    """

    quit_chosen = Signal()
    save_chosen = Signal()

    def __init__(
        self, window: QWidget, work: Sequence[Unfinished], *, can_save: bool, restarts: bool = False
    ) -> None:
        """can_save: whether the changed settings are valid. restarts: to start again at once."""
        super().__init__(window)
        title = self.tr("Restart TEE-Rex?") if restarts else self.tr("Quit TEE-Rex?")
        self.setWindowTitle(title)
        self.setMinimumWidth(440)
        lines = [label(None, _consequence(one), wraps=True) for one in work]
        stay = self.tr("Don't restart") if restarts else self.tr("Don't quit")
        self.stay = button(stay, clicked=self.reject)
        self.stay.setDefault(True)
        leave = self.tr("Restart") if restarts else self.tr("Quit")
        self.quit = button(leave, Look.DANGER, clicked=self._quit)
        save = self.tr("Save and restart") if restarts else self.tr("Save and quit")
        self.save = button(save, clicked=self._save)
        self.save.setVisible(can_save and Unfinished.SETTINGS in work)
        buttons = row_of(STRETCH, self.quit, self.save, self.stay, spacing=10)
        column_of(
            label(Look.TITLE, title),
            *lines,
            STRETCH,
            buttons,
            inside=self,
            around=(24, 20, 24, 20),
            spacing=14,
        )

    def _quit(self) -> None:
        self.accept()
        self.quit_chosen.emit()

    def _save(self) -> None:
        self.accept()
        self.save_chosen.emit()


def _consequence(work: Unfinished) -> str:
    return {
        Unfinished.PROOF: tr("A proof is running. Its progress will be lost."),
        Unfinished.FLOW: tr("A flow is running. Transactions already sent stay sent; the rest is not sent."),
        Unfinished.INSTALLATION: tr("An installation is running. Unfinished downloads start again."),
        Unfinished.LOCAL_NETWORK: tr("The local network stops, and its chain is deleted."),
        Unfinished.WAITING_FILES: tr(
            "Files under “Not proved yet” will not be proved. The files themselves are kept."
        ),
        Unfinished.UPDATE: tr("An update is being downloaded. The download starts again."),
        Unfinished.SETTINGS: tr("Changes in Settings are not saved."),
    }[work]
