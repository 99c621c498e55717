"""Files that were opened and are not proved yet, and why; each can be proved or removed."""

from __future__ import annotations

from functools import partial

from PySide6.QtWidgets import QFrame, QPushButton, QWidget

from tee_rex.errors.message import printable
from tee_rex_app.model.intents import Intents
from tee_rex_app.model.runs import WaitingFile
from tee_rex_app.model.state import State
from tee_rex_app.text import labels
from tee_rex_app.ui.widgets.layouts import column_of, empty, row_of
from tee_rex_app.ui.widgets.parts import ElidedLabel, Look, announce, button, label

_NAME_SHOWN = 60
_PATH_SHOWN = 400


class WaitingFilesCard(QFrame):
    """Hidden while no file waits."""

    def __init__(self, intents: Intents) -> None:
        super().__init__()
        self._intents = intents
        self.setProperty("look", Look.CARD.value)
        self._shown: tuple[object, ...] = ()
        self._rows = column_of(spacing=8)
        self.prove: list[QPushButton] = []
        self.remove: list[QPushButton] = []
        column_of(
            label(Look.TITLE, self.tr("Not proved yet")),
            self._rows,
            inside=self,
            around=(16, 14, 16, 14),
            spacing=8,
        )

    def render_state(self, state: State) -> None:
        """Show the files; rebuilt only when something about them changes."""
        files = state.waiting_files
        shown = (files, state.mode, state.running, state.busy)
        if shown == self._shown:
            return
        before = self._shown[0] if self._shown else ()
        self._shown = shown
        self.setVisible(bool(files))
        self._fill(state)
        told = [labels.waiting_file(one, state) for one in files]
        self.setAccessibleName(self.tr("Not proved yet"))
        self.setAccessibleDescription(
            " ".join(f"{_name(one)}: {why}" for one, why in zip(files, told, strict=True))
        )
        if files and files != before and files[-1].next_in is None:
            announce(self, f"{_name(files[-1])}: {told[-1]}")

    def _fill(self, state: State) -> None:
        empty(self._rows)
        self.prove, self.remove = [], []
        for file in state.waiting_files:
            name = ElidedLabel(Look.STRONG)
            name.setText(_name(file))
            name.setToolTip(printable(str(file.path), _PATH_SHOWN))
            words = column_of(
                name, label(Look.SECOND, labels.waiting_file(file, state), wraps=True), spacing=0
            )
            line = QWidget()
            row = row_of((words, 1), inside=line, spacing=8)
            if file.next_in is None:
                prove = self._button(self.tr("Prove next") if state.running else self.tr("Prove"), file)
                prove.clicked.connect(partial(self._prove, file))
                prove.setEnabled(state.running or not state.busy)
                self.prove.append(prove)
                row.addWidget(prove)
            remove = self._button(self.tr("Remove"), file)
            remove.clicked.connect(partial(self._remove, file))
            self.remove.append(remove)
            row.addWidget(remove)
            self._rows.addWidget(line)

    def _button(self, words: str, file: WaitingFile) -> QPushButton:
        made = button(words, Look.SMALL_BUTTON)
        made.setAccessibleName(f"{words}: {_name(file)}")
        return made

    def _prove(self, file: WaitingFile, _checked: bool = False) -> None:  # noqa: FBT001, FBT002  # a signal's
        self._intents.prove_waiting(file)

    def _remove(self, file: WaitingFile, _checked: bool = False) -> None:  # noqa: FBT001, FBT002  # a signal's
        self._intents.remove_waiting(file)


def _name(file: WaitingFile) -> str:
    return printable(file.path.name, _NAME_SHOWN)
