"""The runs of the history as Qt's lists want them: all have a row, and are read when they come in sight."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QAbstractListModel, QItemSelection, Qt, QTimer, Signal

from tee_rex_app.model.runs import PAGE, FoundRuns, RunRecord
from tee_rex_app.text.translation import tr
from tee_rex_app.ui.widgets.run_list import RECORD_ROLE, AnyIndex, run_in_words

ID_ROLE = RECORD_ROLE + 1


class FoundRunsModel(QAbstractListModel):
    """A row for each run that was found; those whose records are not there are asked for.

    Signals: wanted with the ids of a page of runs around those that were asked for.
    """

    wanted = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.ids: tuple[int, ...] = ()
        self._records: Mapping[int, RunRecord | None] = {}
        self._missing: set[int] = set()
        self._asking = QTimer(self)
        self._asking.setSingleShot(True)
        self._asking.setInterval(0)
        self._asking.timeout.connect(self._ask)

    def show_found(self, found: FoundRuns) -> None:
        """Show what was found, or more of it."""
        self._missing.clear()
        self._records = found.records
        if found.ids != self.ids:
            self.beginResetModel()
            self.ids = found.ids
            self.endResetModel()
        elif self.ids:
            self.dataChanged.emit(self.index(0), self.index(len(self.ids) - 1))

    def ids_within(self, selection: QItemSelection) -> list[int]:
        """The runs of a selection, however many."""
        ids: list[int] = []
        for part in selection.toList():
            ids += self.ids[part.top() : part.bottom() + 1]
        return ids

    def rowCount(self, parent: AnyIndex | None = None) -> int:  # noqa: N802  # Qt's name
        """How many were found."""
        return 0 if parent is not None and parent.isValid() else len(self.ids)

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """The record itself for painting, its words for everything else."""
        if not index.isValid() or index.row() >= len(self.ids):
            return None
        number = self.ids[index.row()]
        if role == ID_ROLE:
            return number
        if role == RECORD_ROLE:
            return self._record(number, index.row())
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            run = self._record(number, index.row())
            if run is not None:
                return run_in_words(run)
            unreadable = number in self._records
            words = tr("Run {number} is unreadable") if unreadable else tr("Run {number}")
            return words.format(number=number)
        return None

    def _record(self, number: int, row: int) -> RunRecord | None:
        if number in self._records:
            return self._records[number]
        self._missing.add(row)
        self._asking.start()
        return None

    def _ask(self) -> None:
        """A page of what is missing around the rows that were last asked for, within one turn of the loop."""
        if not self._missing:
            return
        middle = (min(self._missing) + max(self._missing)) // 2
        start = max(0, min(middle - PAGE // 2, len(self.ids) - PAGE))
        self._missing.clear()
        around = self.ids[start : start + PAGE]
        if missing := tuple(number for number in around if number not in self._records):
            self.wanted.emit(missing)
