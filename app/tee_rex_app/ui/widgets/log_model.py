"""A list model of the event log: filtered, and updated in batches."""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import dataclass

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, Qt, QTimer, Signal

from tee_rex_app.log.event_log import CAPACITY, EventLog, Level, LogEntry
from tee_rex_app.text.log_messages import level_name, sentence

BATCH_MS = 100
"""Rows are added at most ten times a second, unless more than a batch is waiting."""
BATCH_ROWS = 200
"""Takes a few milliseconds; events that arrive faster drop out of the log unseen."""
_BETWEEN_FULL_BATCHES_MS = 10
ENTRY_ROLE = Qt.ItemDataRole.UserRole
SENTENCE_ROLE = Qt.ItemDataRole.UserRole + 1

AnyIndex = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True, slots=True)
class _Row:
    entry: LogEntry
    sentence: str
    searched: str


class LogModel(QAbstractListModel):
    """The entries that pass the filter, oldest first.

    Signals: batch_shown after rows were added; batch_kept after entries were, shown or not.
    """

    batch_shown = Signal()
    batch_kept = Signal()
    _written = Signal()

    def __init__(self, log: EventLog, level: Level = Level.INFO) -> None:
        super().__init__()
        self._log = log
        self._level = level
        self._search = ""
        self._rows: deque[_Row] = deque(maxlen=CAPACITY)
        self._shown: list[_Row] = []
        self._seen = 0
        self._pending = threading.Event()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(BATCH_MS)
        self._timer.timeout.connect(self.bring_up_to_date)
        # Queued: any thread emits it, and no slot may run within a write.
        self._written.connect(self._timer.start, Qt.ConnectionType.QueuedConnection)
        log.listen(self._hear)
        self.bring_up_to_date()

    @property
    def kept(self) -> int:
        """The number of kept entries, shown or not."""
        return len(self._rows)

    def show_from(self, level: Level) -> None:
        """Show entries of this level and above."""
        if level is not self._level:
            self._level = level
            self._filter()

    def search(self, words: str) -> None:
        """Show entries that contain every word, ignoring case."""
        if words != self._search:
            self._search = words
            self._filter()

    def bring_up_to_date(self) -> None:
        """Add the entries written since the last update; the rest of a flood follows a moment later."""
        self._pending.clear()
        new = self._log.since(self._seen, BATCH_ROWS)
        if len(new) == BATCH_ROWS:
            self._pending.set()
            QTimer.singleShot(_BETWEEN_FULL_BATCHES_MS, self, self.bring_up_to_date)
        if not new:
            return
        self._seen = new[-1].number
        rows = [_row(entry) for entry in new]
        self._rows.extend(rows)
        self._drop_what_is_gone()
        added = [row for row in rows if self._passes(row)]
        if added:
            at = len(self._shown)
            self.beginInsertRows(QModelIndex(), at, at + len(added) - 1)
            self._shown.extend(added)
            self.endInsertRows()
            self.batch_shown.emit()
        self.batch_kept.emit()

    def entries(self) -> list[LogEntry]:
        """The shown entries, oldest first."""
        return [row.entry for row in self._shown]

    def rowCount(self, parent: AnyIndex | None = None) -> int:  # noqa: N802  # Qt's name
        """The number of shown entries."""
        return 0 if parent is not None and parent.isValid() else len(self._shown)

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """The entry for painting, its text for every other role."""
        if not index.isValid() or index.row() >= len(self._shown):
            return None
        row = self._shown[index.row()]
        if role == ENTRY_ROLE:
            return row.entry
        if role == SENTENCE_ROLE:
            return row.sentence
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return f"{row.entry.at:%H:%M:%S}, {level_name(row.entry.level)}, {row.sentence}"
        return None

    def _hear(self, _entry: LogEntry) -> None:
        if not self._pending.is_set():
            self._pending.set()
            self._written.emit()

    def _passes(self, row: _Row) -> bool:
        return row.entry.level >= self._level and all(
            word in row.searched for word in self._search.casefold().split()
        )

    def _filter(self) -> None:
        self.beginResetModel()
        self._shown = [row for row in self._rows if self._passes(row)]
        self.endResetModel()

    def _drop_what_is_gone(self) -> None:
        """Remove rows whose entries dropped out of the log."""
        if not self._rows or not self._shown:
            return
        oldest = self._rows[0].entry.number
        gone = 0
        while gone < len(self._shown) and self._shown[gone].entry.number < oldest:
            gone += 1
        if gone:
            self.beginRemoveRows(QModelIndex(), 0, gone - 1)
            del self._shown[:gone]
            self.endRemoveRows()


def _row(entry: LogEntry) -> _Row:
    told = sentence(entry)
    fields = " ".join(value for _, value in entry.fields)
    return _Row(entry, told, f"{entry.event} {level_name(entry.level)} {told} {fields}".casefold())
