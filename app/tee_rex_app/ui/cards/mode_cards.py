"""The choice of Local, Remote or TEE mode, each with its time and who can read the witness."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QEnterEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QAbstractButton, QBoxLayout, QSizePolicy, QWidget

from tee_rex.settings.rules import SettingField
from tee_rex.transaction.request import ProvingMode
from tee_rex_app.model.intents import Intents
from tee_rex_app.model.services import Lock, ModeState
from tee_rex_app.model.state import Page, State
from tee_rex_app.text import formats, labels
from tee_rex_app.ui.theme import CARD_RADIUS, Theme
from tee_rex_app.ui.widgets.layouts import STRETCH, column_of, row_of
from tee_rex_app.ui.widgets.parts import Look, label, link, margins, paint_focus, set_look

_WIDTH = 240
_AROUND = 44
"""The margins, and the gap between the name and the key."""
_KEYS = {ProvingMode.LOCAL: "1", ProvingMode.REMOTE: "2", ProvingMode.TEE: "3"}


class ModeCard(QAbstractButton):
    """A mode, as one of a group of radio buttons; arrow keys move between cards, locked ones included.

    A locked card shows the reason; it can be focused, but not chosen.
    """

    def __init__(self, theme: Theme, mode: ProvingMode) -> None:
        super().__init__()
        self.mode = mode
        self._theme = theme
        self._locked = False
        self._hovered = False
        self.setCheckable(True)
        self.setAutoExclusive(True)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self._name = label(Look.TITLE, labels.mode_name(mode))
        self._key = label(Look.KEY, self.tr("Ctrl {digit}").format(digit=_KEYS[mode]))
        self._speed = label(Look.SMALL, wraps=True)
        self._privacy = label(Look.SMALL, wraps=True)
        self.unlock = link()
        self._lock: Lock | None = None
        top = row_of(self._name, STRETCH, self._key)
        column_of(
            top,
            2,
            self._speed,
            self._privacy,
            self.unlock,
            STRETCH,
            inside=self,
            around=(16, 12, 14, 14),
            spacing=2,
        )
        for child in (self._name, self._key, self._speed, self._privacy):
            child.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        theme.changed.connect(self.update)

    def render_mode(self, state: ModeState, *, chosen: bool, running: bool) -> None:
        """Show a mode's state."""
        self._locked = state.lock is not None
        self._lock = state.lock
        if state.lock is not None:
            first, second = (
                labels.lock_reason(state.lock, self.mode),
                labels.how_to_unlock(state.lock, self.mode),
            )
        else:
            first, second = self._speed_text(state), labels.who_reads(self.mode)
        self._speed.setText(first)
        self._privacy.setText(second)
        self.unlock.setVisible(state.lock is not None)
        if state.lock is not None:
            self.unlock.setText(labels.unlock_button(state.lock))
            self.unlock.setAccessibleName(f"{labels.mode_name(self.mode)}: {self.unlock.text()}")
        set_look(self._name, Look.LOCKED_TITLE if self._locked else Look.TITLE)
        self.setChecked(chosen)
        self.setEnabled(not running or chosen)
        self.setToolTip(self.tr("Locked while a proof is running.") if running and not chosen else "")
        self.setAccessibleName(labels.mode_name(self.mode))
        self.setAccessibleDescription(f"{first} {second}")
        self.update()

    @property
    def lock(self) -> Lock | None:
        """The reason why it cannot be chosen."""
        return self._lock

    def _speed_text(self, state: ModeState) -> str:
        if state.usual_ms is not None:
            time = formats.estimate(state.usual_ms)
            if self.mode is ProvingMode.LOCAL:
                return self.tr("About {time} here.").format(time=time)
            return self.tr("About {time} on the server.").format(time=time)
        if self.mode is ProvingMode.LOCAL:
            return self.tr("Uses this computer's cores.")
        return self.tr("Not measured yet.")

    def nextCheckState(self) -> None:  # noqa: N802  # Qt's name
        """Ignore clicks: only the state decides which card is checked."""

    def sizeHint(self) -> QSize:  # noqa: N802  # Qt's name
        """Return a fixed width, so that all cards are equally wide."""
        layout = self.layout()
        return QSize(_WIDTH, layout.sizeHint().height() if layout else 0)

    def minimumSizeHint(self) -> QSize:  # noqa: N802  # Qt's name
        """Allow a narrower width than the size hint."""
        return QSize(_WIDTH // 2, self.sizeHint().height())

    def hasHeightForWidth(self) -> bool:  # noqa: N802  # Qt's name
        """Wrap texts."""
        return True

    def heightForWidth(self, width: int) -> int:  # noqa: N802  # Qt's name
        """Return the height with wrapped texts."""
        layout = self.layout()
        return layout.heightForWidth(width) if layout else -1

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  # Qt's name
        """Leave the key out where it would cut the name."""
        super().resizeEvent(event)
        both = self._name.sizeHint().width() + self._key.sizeHint().width()
        self._key.setVisible(self.width() >= both + _AROUND)

    def enterEvent(self, event: QEnterEvent) -> None:  # noqa: N802  # Qt's name
        """Note that the pointer is over the card."""
        self._hovered = True
        self.update()
        super().enterEvent(event)

    def leaveEvent(self, event: QEvent) -> None:  # noqa: N802  # Qt's name
        """Note that the pointer left the card."""
        self._hovered = False
        self.update()
        super().leaveEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802  # Qt's name
        """Paint the card: an accent border when chosen, an inner ring when focused."""
        del event
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        chosen = self.isChecked()
        ground = "background" if self._locked else "panel"
        if self._hovered and self.isEnabled() and not self._locked and not chosen:
            ground = "hover"
        painter.setBrush(self._theme.color(ground))
        width = 2.0 if chosen else 1.0
        painter.setPen(QPen(self._theme.color("accent" if chosen else "line"), width))
        edge = width / 2
        painter.drawRoundedRect(
            QRectF(self.rect()).adjusted(edge, edge, -edge, -edge), CARD_RADIUS, CARD_RADIUS
        )
        if self.hasFocus():
            inside = QRectF(self.rect()).adjusted(2.5, 2.5, -2.5, -2.5)
            paint_focus(painter, inside, self._theme.color("accent_text"), CARD_RADIUS - 4)


class ModeCards(QWidget):
    """The three cards in a row."""

    def __init__(self, theme: Theme, intents: Intents) -> None:
        super().__init__()
        self._intents = intents
        self.setAccessibleName(self.tr("Where to prove"))
        self.cards = {mode: ModeCard(theme, mode) for mode in ProvingMode}
        layout = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        margins(layout, 0, 0, 0, 0, 12)
        for made in self.cards.values():
            layout.addWidget(made, 1)
            made.clicked.connect(partial(self._clicked, made))
            made.unlock.clicked.connect(partial(self._unlock, made))

    def _clicked(self, card: ModeCard) -> None:
        self._intents.choose_mode(card.mode)

    def _unlock(self, card: ModeCard) -> None:
        """Open the place where the lock's reason can be fixed."""
        if card.lock in (Lock.NO_APPROVED_BUILD, Lock.NOT_ATTESTED, Lock.WRONG_CLOCK):
            self._intents.open_page(Page.ATTESTATION)
        else:
            tee = card.mode is ProvingMode.TEE
            self._intents.open_settings(SettingField.TEE_URL if tee else SettingField.PROVER_URL)

    def render_state(self, state: State) -> None:
        """Show all three."""
        for mode in state.modes:
            self.cards[mode.mode].render_mode(mode, chosen=mode.mode is state.mode, running=state.running)
