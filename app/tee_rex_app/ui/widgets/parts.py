"""Basic widgets: labels, buttons, cards, signs."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QAccessible,
    QAccessibleAnnouncementEvent,
    QColor,
    QFocusEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPolygonF,
)
from PySide6.QtWidgets import (
    QFrame,
    QLabel,
    QLayout,
    QPushButton,
    QScrollArea,
    QScrollBar,
    QSizePolicy,
    QWidget,
)

from tee_rex_app.text.attestation_steps import StepVerdict
from tee_rex_app.ui.theme import Theme, mono_font, scaled


class Look(StrEnum):
    """The names of the style sheet's rules."""

    PAGE = "page"
    SIDEBAR = "sidebar"
    SIDEBAR_PART = "sidebar-part"
    PANEL = "panel"
    CARD = "card"
    PROBLEM = "problem"
    NOTICE = "notice"
    NEWS = "news"
    RULE = "rule"
    BRAND = "brand"
    TITLE = "title"
    LOCKED_TITLE = "locked-title"
    STRONG = "strong"
    SECOND = "second"
    SMALL = "small"
    LABEL = "label"
    NUMBER = "number"
    MONO = "mono"
    VERIFIED = "verified"
    FAILED = "failed"
    ATTENTION = "attention"
    TAG = "tag"
    GOOD = "good"
    AMBER = "amber"
    KEY = "key"
    PRIMARY = "primary"
    DANGER = "danger"
    QUIET = "quiet"
    SMALL_BUTTON = "small"
    SMALL_DANGER = "small-danger"
    TAB = "tab"
    COPY = "copy"
    LINK = "link"
    HEADING = "heading"
    SEGMENT = "segment"
    BADGE_GOOD = "badge-good"
    BADGE_ATTENTION = "badge-attention"
    BADGE_BAD = "badge-bad"
    BADGE_NEUTRAL = "badge-neutral"
    RED = "red"
    SUCCESS = "success"
    CHIP = "chip"
    DONE = "done"
    WIDE = "wide"


def set_look(widget: QWidget, look: Look) -> None:
    """Apply another rule of the style sheet, unless it is already applied."""
    set_property(widget, "look", look.value)


def set_property(widget: QWidget, name: str, value: str | bool) -> None:  # noqa: FBT001  # a property's value
    """Set what the style sheet selects by, unless it is already set."""
    if widget.property(name) != value:
        widget.setProperty(name, value)
        widget.style().unpolish(widget)
        widget.style().polish(widget)


class WrappedLabel(QLabel):
    """A wrapping label without a minimum width."""

    def minimumSizeHint(self) -> QSize:  # noqa: N802  # Qt's name
        """Return one line's height: Qt's own is the height at zero width, which makes pages endless."""
        return QSize(40, self.fontMetrics().height())


class ElidedLabel(QLabel):
    """A one-line label that is elided if there is no room.

    elide: the middle of names and hashes, the end of sentences.
    """

    def __init__(self, look: Look, elide: Qt.TextElideMode = Qt.TextElideMode.ElideMiddle) -> None:
        super().__init__()
        self._elide = elide
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setProperty("look", look.value)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)

    def minimumSizeHint(self) -> QSize:  # noqa: N802  # Qt's name
        """Return the width of a few letters."""
        return QSize(min(24, self.sizeHint().width()), self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802  # Qt's name
        """Paint as much text as fits."""
        del event
        painter = QPainter(self)
        painter.setPen(self.palette().color(self.foregroundRole()))
        shown = self.fontMetrics().elidedText(self.text(), self._elide, self.width())
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignVCenter, shown)


def label(look: Look | None = None, text: str = "", *, wraps: bool = False) -> QLabel:
    """A plain-text label: texts from outside must not be interpreted as markup."""
    made = WrappedLabel(text) if wraps else QLabel(text)
    made.setTextFormat(Qt.TextFormat.PlainText)
    if look is not None:
        made.setProperty("look", look.value)
    if look is Look.MONO:
        made.setFont(mono_font())
    if wraps:
        made.setWordWrap(True)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        made.setSizePolicy(policy)
    return made


def button(text: str, look: Look | None = None, clicked: Callable[..., object] | None = None) -> QPushButton:
    """A button that the keyboard can reach."""
    made = QPushButton(text)
    if look is not None:
        made.setProperty("look", look.value)
    made.setCursor(Qt.CursorShape.PointingHandCursor)
    made.setAutoDefault(False)
    if clicked is not None:
        made.clicked.connect(clicked)
    return made


def link(text: str = "", clicked: Callable[..., object] | None = None) -> QPushButton:
    """A button that looks like a link."""
    made = button(text, Look.LINK, clicked)
    made.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
    return made


def announce(widget: QWidget, words: str, *, urgent: bool = False) -> None:
    """Let screen readers say something, without moving the focus; at once if it is urgent."""
    event = QAccessibleAnnouncementEvent(widget, words)
    if urgent:
        event.setPoliteness(QAccessible.AnnouncementPoliteness.Assertive)
    QAccessible.updateAccessibility(event)


class AskingButton(QPushButton):
    """A button that asks once, in its own place, before it acts; it forgets that when the focus leaves it.

    Signals: confirmed.
    """

    confirmed = Signal()

    def __init__(self, text: str, question: str, look: Look = Look.LINK) -> None:
        super().__init__(text)
        self._words = (text, question)
        self.setProperty("look", look.value)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAutoDefault(False)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.clicked.connect(self._press)

    @property
    def asks(self) -> bool:
        """Whether it shows the question."""
        return self.text() == self._words[1]

    def sizeHint(self) -> QSize:  # noqa: N802  # Qt's name
        """Return the size for the longer text, so that the second click is where the first was."""
        hint = super().sizeHint()
        own, *widths = (self._width_of(text) for text in (self.text(), *self._words))
        return QSize(hint.width() + max(widths) - own, hint.height())

    def withdraw(self) -> None:
        """Show its own text again."""
        self.setText(self._words[0])

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802  # Qt's name
        """Ask anew the next time."""
        super().focusOutEvent(event)
        self.withdraw()

    def _width_of(self, text: str) -> int:
        """Its width as a button measures it."""
        return self.fontMetrics().size(Qt.TextFlag.TextShowMnemonic.value, text).width()

    def _press(self) -> None:
        if self.asks:
            self.withdraw()
            self.confirmed.emit()
        else:
            self.setFocus()
            self.setText(self._words[1])
            announce(self, self._words[1])


def card(look: Look = Look.CARD) -> QFrame:
    """A panel with rounded corners."""
    made = QFrame()
    made.setProperty("look", look.value)
    return made


def rule() -> QFrame:
    """A hairline separator."""
    return card(Look.RULE)


class _ScrollBar(QScrollBar):
    """Keeps its room and shows nothing while there is nothing to scroll."""

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802  # Qt's name
        """Paint its handle."""
        if self.maximum() > self.minimum():
            super().paintEvent(event)


class ScrollPage(QScrollArea):
    """A page that scrolls up and down. A ring shows the focus where Tab brought it.

    Its bar always has its room: else the content would move when the bar comes or goes.
    """

    def __init__(self) -> None:
        super().__init__()
        self.setVerticalScrollBar(_ScrollBar(self))
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: N802  # Qt's name
        """Show the ring, unless the page was just opened."""
        super().focusInEvent(event)
        by_tab = event.reason() in (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason)
        set_property(self, "ring", by_tab)

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802  # Qt's name
        """Hide the ring."""
        super().focusOutEvent(event)
        set_property(self, "ring", False)  # noqa: FBT003  # a property's value


def margins(layout: QLayout, left: int, top: int, right: int, bottom: int, spacing: int) -> None:
    """Set margins and spacing, in steps of 4."""
    layout.setContentsMargins(left, top, right, bottom)
    layout.setSpacing(spacing)


class Sign(StrEnum):
    """The shape of a state, so that colour is never the only signal."""

    DOT = "dot"
    HOLLOW = "hollow"
    RUNNING = "running"
    DIAMOND = "diamond"
    CROSS = "cross"


_SIGN_COLORS = {
    Sign.DOT: "accent",
    Sign.HOLLOW: "third",
    Sign.RUNNING: "accent",
    Sign.DIAMOND: "amber",
    Sign.CROSS: "red",
}
_SIGN_SIZE = 10.0


class SignMark(QWidget):
    """One sign, painted."""

    def __init__(self, theme: Theme, sign: Sign = Sign.HOLLOW) -> None:
        super().__init__()
        self._theme = theme
        self._sign = sign
        theme.changed.connect(self.update)

    def show_sign(self, sign: Sign) -> None:
        """Show another one."""
        if sign is not self._sign:
            self._sign = sign
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802  # Qt's name
        """Paint it on the first line of the text beside it."""
        del event
        painter = QPainter(self)
        middle = QPointF(self.width() / 2, self.height() / 2)
        paint_sign(painter, self._sign, middle, self._theme.color(_SIGN_COLORS[self._sign]))


def paint_sign(painter: QPainter, sign: Sign, middle: QPointF, color: QColor) -> None:
    """Paint a sign around a point, ten pixels large at the usual text size."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(middle)
    scale = scaled(_SIGN_SIZE) / _SIGN_SIZE
    painter.scale(scale, scale)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    middle = QPointF()
    half = _SIGN_SIZE / 2
    match sign:
        case Sign.DOT:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(color)
            painter.drawEllipse(middle, half - 0.5, half - 0.5)
        case Sign.HOLLOW:
            painter.setPen(QPen(color, 1.5))
            painter.drawEllipse(middle, half - 1.25, half - 1.25)
        case Sign.RUNNING:
            painter.setPen(QPen(color, 1.5))
            painter.drawEllipse(middle, half - 1.25, half - 1.25)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(color)
            painter.drawEllipse(middle, 1.75, 1.75)
        case Sign.DIAMOND:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(color)
            corners = ((0, -half), (half, 0), (0, half), (-half, 0))
            painter.drawPolygon(QPolygonF([middle + QPointF(x, y) for x, y in corners]))
        case Sign.CROSS:
            pen = QPen(color, 2.0)
            pen.setCapStyle(Qt.PenCapStyle.RoundCap)
            painter.setPen(pen)
            reach = half - 1.5
            painter.drawLine(middle + QPointF(-reach, -reach), middle + QPointF(reach, reach))
            painter.drawLine(middle + QPointF(-reach, reach), middle + QPointF(reach, -reach))
    painter.restore()


def paint_focus(painter: QPainter, rect: QRectF, color: QColor, radius: float) -> None:
    """Paint the ring around what has the focus, in its inside."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(color, 1.5, Qt.PenStyle.DotLine))
    painter.drawRoundedRect(rect.adjusted(1.5, 1.5, -1.5, -1.5), radius, radius)


class BrandMark(QWidget):
    """The diamond of the brand."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        theme.changed.connect(self.update)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802  # Qt's name
        """A filled diamond within a thin one."""
        del event
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        color = self._theme.color("accent")
        painter.scale(self.width() / 28, self.height() / 28)
        painter.translate(14, 14)
        painter.rotate(45)
        painter.setPen(QPen(color, 1))
        painter.drawRoundedRect(QRectF(-9.5, -9.5, 19, 19), 4, 4)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color)
        painter.drawRoundedRect(QRectF(-6, -6, 12, 12), 1.5, 1.5)


_COLORS = {
    StepVerdict.HOLDS: "accent_text",
    StepVerdict.FAILS: "red",
    StepVerdict.ATTENTION: "amber",
    StepVerdict.NOTED: "third",
    StepVerdict.NOT_REACHED: "third",
}


class StepMark(QWidget):
    """Painted, so that it looks the same on every system."""

    def __init__(self, theme: Theme, verdict: StepVerdict, *, padded: bool = True) -> None:
        super().__init__()
        self._theme = theme
        self._verdict = verdict
        self.setProperty("padded", padded)
        theme.changed.connect(self.update)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802  # Qt's name
        """Paint it on the first line of the text next to it."""
        del event
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        color = self._theme.color(_COLORS[self._verdict])
        pen = QPen(color, 2.0)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        painter.setPen(pen)
        painter.translate(0, self.height() / 2)
        painter.scale(self.width() / 16, self.width() / 16)
        middle = QPointF(7, 0)
        match self._verdict:
            case StepVerdict.HOLDS:
                points = ((-4.0, 0.0), (-1.0, 3.0), (4.5, -3.5))
                painter.drawPolyline(QPolygonF([middle + QPointF(x, y) for x, y in points]))
            case StepVerdict.FAILS:
                painter.drawLine(middle + QPointF(-3.5, -3.5), middle + QPointF(3.5, 3.5))
                painter.drawLine(middle + QPointF(-3.5, 3.5), middle + QPointF(3.5, -3.5))
            case StepVerdict.ATTENTION:
                painter.drawLine(middle + QPointF(0, -4.5), middle + QPointF(0, 0.5))
                painter.drawPoint(middle + QPointF(0, 4))
            case StepVerdict.NOTED:
                painter.setBrush(color)
                painter.drawEllipse(middle, 1.5, 1.5)
            case _:
                painter.drawLine(middle + QPointF(-3.5, 0), middle + QPointF(3.5, 0))
