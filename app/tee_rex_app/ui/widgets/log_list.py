"""The list of events: time, level as sign and word, message, and a link if there is one."""

from __future__ import annotations

from PySide6.QtCore import (
    QEvent,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QFontMetrics, QHelpEvent, QKeyEvent, QMouseEvent, QPainter, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QToolTip,
    QWidget,
)

from tee_rex_app.log.event_log import Level, LogEntry
from tee_rex_app.text.log_messages import level_name
from tee_rex_app.ui.theme import BAR_RADIUS, Theme, mono_font, scaled, text_font
from tee_rex_app.ui.widgets.log_model import ENTRY_ROLE, SENTENCE_ROLE, LogModel
from tee_rex_app.ui.widgets.parts import Sign, paint_focus, paint_sign

ROW_HEIGHT = 22
_SIDE = 16
_TIME_WIDTH = 104
_SIGN_WIDTH = 18
_LEVEL_GAP = 12
_LINK_GAP = 12
_SIGNS = {Level.DONE: Sign.DOT, Level.WARNING: Sign.DIAMOND, Level.ERROR: Sign.CROSS}
_COLORS = {
    Level.DEBUG: "third",
    Level.INFO: "second",
    Level.DONE: "accent_text",
    Level.WARNING: "amber",
    Level.ERROR: "red",
}

AnyIndex = QModelIndex | QPersistentModelIndex


class _EntryDelegate(QStyledItemDelegate):
    """Paints one event on one line."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._open = self.tr("Open ↗")
        self._measure()
        theme.zoomed.connect(self._measure)

    def _measure(self) -> None:
        self._mono = mono_font()
        self._text = text_font(12)
        self._mono_metrics = QFontMetrics(self._mono)
        self._text_metrics = QFontMetrics(self._text)
        self._level_width = max(self._text_metrics.horizontalAdvance(level_name(level)) for level in Level)

    def sizeHint(self, option: QStyleOptionViewItem, index: AnyIndex) -> QSize:  # noqa: N802  # Qt's name
        """Return the same height for all rows."""
        del option, index
        return QSize(200, scaled(ROW_HEIGHT))

    def sentence_rect(self, rect: QRect, entry: LogEntry) -> QRect:
        """The rectangle of the message."""
        left = rect.left() + _SIDE + scaled(_TIME_WIDTH + _SIGN_WIDTH) + self._level_width + _LEVEL_GAP
        right = self.link_rect(rect).left() - _LINK_GAP if entry.link else rect.right() - _SIDE
        return QRect(left, rect.top(), max(0, right - left), rect.height())

    def link_rect(self, rect: QRect) -> QRect:
        """The rectangle of the link."""
        width = self._text_metrics.horizontalAdvance(self._open)
        return QRect(rect.right() - _SIDE - width, rect.top(), width, rect.height())

    def is_cut(self, rect: QRect, entry: LogEntry, told: str) -> bool:
        """Whether the message does not fit."""
        return self._mono_metrics.horizontalAdvance(told) > self.sentence_rect(rect, entry).width()

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: AnyIndex) -> None:
        """One row."""
        entry = index.data(ENTRY_ROLE)
        if not isinstance(entry, LogEntry):
            return
        rect: QRect = option.rect
        color = self._theme.color
        painter.save()
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, color("hover"))
            painter.fillRect(QRect(rect.left(), rect.top(), 3, rect.height()), color("accent"))
        if option.state & QStyle.StateFlag.State_HasFocus:
            paint_focus(painter, QRectF(rect), color("accent_text"), BAR_RADIUS)
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.setFont(self._mono)
        painter.setPen(color("third"))
        left = rect.left() + _SIDE
        time = f"{entry.at:%H:%M:%S}.{entry.at.microsecond // 1000:03}"
        painter.drawText(QRect(left, rect.top(), scaled(_TIME_WIDTH), rect.height()), middle, time)
        left += scaled(_TIME_WIDTH)
        sign = _SIGNS.get(entry.level)
        tone = color(_COLORS[entry.level])
        if sign is not None:
            centre = QPoint(left + scaled(5), rect.center().y() + 1)
            paint_sign(painter, sign, centre.toPointF(), color("accent") if sign is Sign.DOT else tone)
        left += scaled(_SIGN_WIDTH)
        painter.setFont(self._text)
        painter.setPen(tone)
        level = QRect(left, rect.top(), self._level_width, rect.height())
        painter.drawText(level, middle, level_name(entry.level))
        painter.setFont(self._mono)
        painter.setPen(color("second" if entry.level is Level.DEBUG else "ink"))
        place = self.sentence_rect(rect, entry)
        told = self._mono_metrics.elidedText(
            str(index.data(SENTENCE_ROLE)), Qt.TextElideMode.ElideRight, place.width()
        )
        painter.drawText(place, middle, told)
        if entry.link:
            painter.setFont(self._text)
            painter.setPen(color("accent_text"))
            painter.drawText(self.link_rect(rect), middle, self._open)
        painter.restore()


class LogList(QListView):
    """Follows the newest event until it is scrolled away.

    Signals: link_opened with an http or https address.
    """

    link_opened = Signal(str)
    following_changed = Signal(bool)

    def __init__(self, theme: Theme, model: LogModel) -> None:
        super().__init__()
        self._log_model = model
        self._delegate = _EntryDelegate(theme, self)
        self.setModel(model)
        self.setItemDelegate(self._delegate)
        self.setUniformItemSizes(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setMouseTracking(True)
        self.setAccessibleName(self.tr("Events"))
        self._following = True
        model.batch_shown.connect(self._follow)
        model.modelReset.connect(self._follow)
        self.verticalScrollBar().valueChanged.connect(self._scrolled)
        theme.changed.connect(self.viewport().update)

    @property
    def following(self) -> bool:
        """Whether the list follows the newest event."""
        return self._following

    def follow(self) -> None:
        """Scroll to the newest event and follow it."""
        self._set_following(following=True)
        self.scrollToBottom()

    def selected_entries(self) -> list[LogEntry]:
        """The selected events, oldest first."""
        rows = sorted(index.row() for index in self.selectionModel().selectedRows())
        found = (self._log_model.index(row).data(ENTRY_ROLE) for row in rows)
        return [entry for entry in found if isinstance(entry, LogEntry)]

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  # Qt's name
        """Show whole rows only, and keep following the newest event."""
        super().resizeEvent(event)
        row = self.sizeHintForRow(0)
        self.setViewportMargins(0, self.height() % row if row > 0 else 0, 0, 0)
        self._follow()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802  # Qt's name
        """Open the current event's link on Enter."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.modifiers():
            entry = self.currentIndex().data(ENTRY_ROLE)
            if isinstance(entry, LogEntry) and entry.link:
                self.link_opened.emit(entry.link)
                return
        super().keyPressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802  # Qt's name
        """Open a clicked link."""
        super().mouseReleaseEvent(event)
        link = self._link_at(event.position().toPoint())
        if link and event.button() is Qt.MouseButton.LeftButton:
            self.link_opened.emit(link)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802  # Qt's name
        """Show a hand cursor over a link."""
        super().mouseMoveEvent(event)
        over = bool(self._link_at(event.position().toPoint()))
        self.viewport().setCursor(Qt.CursorShape.PointingHandCursor if over else Qt.CursorShape.ArrowCursor)

    def viewportEvent(self, event: QEvent) -> bool:  # noqa: N802  # Qt's name
        """Show a message that does not fit as a tooltip."""
        if isinstance(event, QHelpEvent) and event.type() is QEvent.Type.ToolTip:
            index = self.indexAt(event.pos())
            entry = index.data(ENTRY_ROLE)
            told = str(index.data(SENTENCE_ROLE) or "")
            if isinstance(entry, LogEntry) and self._delegate.is_cut(self.visualRect(index), entry, told):
                QToolTip.showText(event.globalPos(), _plain(told), self)
            else:
                QToolTip.hideText()
            return True
        return super().viewportEvent(event)

    def _link_at(self, point: QPoint) -> str:
        index = self.indexAt(point)
        entry = index.data(ENTRY_ROLE)
        if isinstance(entry, LogEntry) and entry.link:
            place = self._delegate.link_rect(self.visualRect(index)).adjusted(-6, 0, 6, 0)
            return entry.link if place.contains(point) else ""
        return ""

    def _follow(self) -> None:
        if self._following:
            self.scrollToBottom()

    def _scrolled(self, value: int) -> None:
        self._set_following(following=value >= self.verticalScrollBar().maximum() - ROW_HEIGHT)

    def _set_following(self, *, following: bool) -> None:
        if following is not self._following:
            self._following = following
            self.following_changed.emit(following)


def _plain(text: str) -> str:
    """Escape markup, which a tooltip would interpret."""
    return text.replace("&", "&amp;").replace("<", "&lt;")
