"""The introduction: what TEE-Rex does and who can read the witness, what is downloaded, where to go next."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QDialog,
    QFrame,
    QGridLayout,
    QPushButton,
    QStackedWidget,
    QWidget,
)

from tee_rex.aztec.wallet.sources import shipped_bridges
from tee_rex.devnet.packages import devnet_download_bytes
from tee_rex.doctor import Verdict
from tee_rex.settings.rules import SettingField
from tee_rex.transaction.request import ProvingMode
from tee_rex_app.model.setup import Fix, SetupItem
from tee_rex_app.model.state import Page, State
from tee_rex_app.text import formats, labels
from tee_rex_app.text.translation import tr
from tee_rex_app.ui.cards.setup_card import InstallProgress
from tee_rex_app.ui.page_spec import ViewContext
from tee_rex_app.ui.theme import Theme, scaled
from tee_rex_app.ui.widgets.layouts import STRETCH, column_of, empty, row_of
from tee_rex_app.ui.widgets.mode_picture import ModePicture
from tee_rex_app.ui.widgets.parts import Look, ScrollPage, Sign, SignMark, button, card, label, margins

_SIZE = (760, 540)
_BESIDE_FROM = 600
"""Width of a screen, before the text scale; the modes stand below each other if it is narrower."""


class Introduction(QDialog):
    """Three screens, which can be skipped at any time."""

    def __init__(self, window: QWidget, context: ViewContext) -> None:
        super().__init__(window)
        self.setWindowTitle(self.tr("Introduction"))
        self._intents = context.intents
        self._store = context.store
        self.modes = _ModesScreen(context.theme)
        self.downloads = _DownloadsScreen(context)
        self.next_steps = _NextScreen()
        self._screens = (self.modes, self.downloads, self.next_steps)
        self._stack = QStackedWidget()
        for screen in self._screens:
            self._stack.addWidget(_scrolling(screen))
        for made, act in (
            (self.next_steps.prove, self._intents.prove_sample),
            (self.next_steps.sites, partial(self._intents.open_page, Page.SITES)),
            (self.next_steps.server, partial(self._intents.open_settings, SettingField.PROVER_URL)),
        ):
            made.clicked.connect(partial(self._leave_for, act))
        self.skip = button(self.tr("Skip"), Look.QUIET, clicked=self.reject)
        self.skip.setAccessibleDescription(self.tr("It stays in the menu"))
        self._place = label(Look.SMALL)
        self.back = button(self.tr("Back"), clicked=lambda: self._go(-1))
        self.later = button(self.tr("Later"), clicked=lambda: self._go(1))
        self.forward = button("", Look.PRIMARY, clicked=self._act)
        self.forward.setDefault(True)
        foot = row_of(
            self.skip, STRETCH, self._place, STRETCH, self.back, self.later, self.forward, spacing=10
        )
        column_of((self._stack, 1), foot, inside=self, around=(0, 0, 0, 0), spacing=0)
        foot.setContentsMargins(24, 12, 24, 18)
        self._fit(window)
        self._store.changed.connect(self.render_state)
        self._show()

    def render_state(self, state: State) -> None:
        """Follow the installation."""
        self.downloads.render_state(state)
        self.next_steps.render_state(state)
        at = self._stack.currentIndex()
        to_install = at == 1 and self._can_install(state)
        self.later.setVisible(to_install)
        self.forward.setText(
            self.tr("Install now") if to_install else self.tr("Next") if at < 2 else self.tr("Close")
        )

    def _can_install(self, state: State) -> bool:
        return bool(state.setup.missing) and not state.busy

    def _act(self) -> None:
        at = self._stack.currentIndex()
        if at == 1 and self._can_install(self._store.state):
            self._intents.fix_all()
        elif at == len(self._screens) - 1:
            self.accept()
        else:
            self._go(1)

    def _go(self, steps: int) -> None:
        self._stack.setCurrentIndex(self._stack.currentIndex() + steps)
        self._show()
        # The new screen's text has no focus, so it is read aloud.
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, self.accessibleDescription()))

    def _show(self) -> None:
        at = self._stack.currentIndex()
        self.render_state(self._store.state)
        self._place.setText(self.tr("{number} of {count}").format(number=at + 1, count=len(self._screens)))
        self.back.setVisible(at > 0)
        self.skip.setVisible(at < len(self._screens) - 1)
        self.setAccessibleDescription(f"{self._place.text()}. {self._screens[at].told()}")
        self.forward.setFocus()

    def _leave_for(self, act: Callable[[], object], _checked: bool = False) -> None:  # noqa: FBT001, FBT002  # a signal's
        self.accept()
        act()

    def _fit(self, window: QWidget) -> None:
        """Be as large as the texts want, but within the screen."""
        wanted = QSize(*map(scaled, _SIZE))
        self.resize(wanted.boundedTo(window.screen().availableSize() - QSize(40, 60)))


class _Screen(QWidget):
    """A heading, a sentence, and what the screen shows."""

    def __init__(self, title: str, text: str) -> None:
        super().__init__()
        self.setProperty("look", Look.PAGE.value)
        self._title, self._text = title, text
        self.body = column_of(spacing=14)
        column_of(
            label(Look.HEADING, title, wraps=True),
            label(Look.SECOND, text, wraps=True),
            self.body,
            STRETCH,
            inside=self,
            around=(24, 22, 24, 12),
            spacing=10,
        )

    def told(self) -> str:
        """All of it, for screen readers."""
        return f"{self._title}. {self._text}"


class _ModesScreen(_Screen):
    def __init__(self, theme: Theme) -> None:
        super().__init__(
            tr("Prove private Aztec transactions"),
            tr(
                "A private transaction needs a proof. Making it takes the witness: your keys, amounts and"
                " recipients. You choose where it is made, and so who could read them."
            ),
        )
        self._cards = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        margins(self._cards, 0, 0, 0, 0, 12)
        self._told: list[str] = []
        for mode in ProvingMode:
            self._cards.addWidget(self._card(theme, mode), 1)
        self.body.addLayout(self._cards)
        self.body.addWidget(
            label(
                Look.SMALL,
                tr("TEE-Rex verifies every proof on this computer, wherever it was made."),
                wraps=True,
            )
        )

    def told(self) -> str:
        """Also the modes."""
        return " ".join((super().told(), *self._told))

    def resizeEvent(self, event: object) -> None:  # noqa: N802  # Qt's name
        """Put the modes below each other where there is little room."""
        beside = self.width() >= scaled(_BESIDE_FROM)
        self._cards.setDirection(
            QBoxLayout.Direction.LeftToRight if beside else QBoxLayout.Direction.TopToBottom
        )
        super().resizeEvent(event)  # type: ignore[arg-type]

    def _card(self, theme: Theme, mode: ProvingMode) -> QFrame:
        where, why = {
            ProvingMode.LOCAL: (
                tr("On this computer"),
                tr("bb runs here, with as many cores as you give it."),
            ),
            ProvingMode.REMOTE: (tr("On a server"), tr("Faster, if you trust who runs it.")),
            ProvingMode.TEE: (
                tr("In an enclave"),
                tr("AWS attests which code runs there. Even the operator can't look inside."),
            ),
        }[mode]
        reads = labels.who_reads(mode)
        self._told.append(f"{labels.mode_name(mode)}, {where}: {reads} {why}")
        made = card()
        look = Look.AMBER if mode is ProvingMode.REMOTE else Look.GOOD
        column_of(
            ModePicture(theme, mode),
            label(Look.TITLE, labels.mode_name(mode)),
            label(Look.STRONG, where, wraps=True),
            label(look, reads, wraps=True),
            label(Look.SMALL, why, wraps=True),
            STRETCH,
            inside=made,
            around=(14, 14, 14, 14),
            spacing=6,
        )
        return made


class _DownloadsScreen(_Screen):
    def __init__(self, context: ViewContext) -> None:
        super().__init__(
            tr("What is downloaded"),
            tr(
                "Once, for proving on this computer. Every file is checked against a digest that ships with"
                " TEE-Rex, and nothing about you is sent."
            ),
        )
        self._theme = context.theme
        self._shown: object = None
        self._rows = QGridLayout()
        margins(self._rows, 0, 0, 0, 0, 6)
        self._rows.setHorizontalSpacing(12)
        self._rows.setColumnStretch(2, 1)
        self.summary = label(Look.STRONG, wraps=True)
        self.progress = InstallProgress(context.clock)
        self._later = label(Look.SMALL, _downloaded_later(), wraps=True)
        box = card()
        box.setAccessibleName(tr("Downloads"))
        column_of(self._rows, self.summary, self.progress, inside=box, around=(16, 14, 16, 14), spacing=12)
        self.body.addWidget(box)
        self.body.addWidget(self._later)
        self.render_state(context.store.state)

    def told(self) -> str:
        """Also the sizes."""
        return " ".join((super().told(), self.summary.text(), self._later.text()))

    def render_state(self, state: State) -> None:
        """Show each part with its size, and what has been installed of it."""
        self.progress.render_state(state)
        setup, installing = state.setup, state.installing
        shown = (setup.items, setup.fixing, setup.paused, setup.failures, installing and installing[0])
        if shown == self._shown:
            return
        self._shown = shown
        empty(self._rows)
        parts = [item for item in setup.items or () if item.fix is not None and not item.optional]
        for row, item in enumerate(parts):
            self._add(row, item, state)
        self.summary.setText(_summary(state))

    def _add(self, row: int, item: SetupItem, state: State) -> None:
        ready = item.finding.verdict is Verdict.READY
        now = state.installing is not None and state.installing[0] is item.fix
        failed = item.fix in state.setup.failures
        sign = Sign.DOT if ready else Sign.RUNNING if now else Sign.CROSS if failed else Sign.HOLLOW
        why = {
            Fix.BB_GENUINE: tr("Aztec's program that makes proofs"),
            Fix.LIBRARIES: tr("Only for systems that are older than the prover"),
            Fix.CRS_GENUINE: tr("Public points that every proof needs"),
        }
        size = tr("installed") if ready else labels.download_size(item)
        self._rows.addWidget(SignMark(self._theme, sign), row, 0)
        self._rows.addWidget(label(Look.STRONG, labels.part_name(item)), row, 1)
        self._rows.addWidget(
            label(Look.SECOND, why.get(item.fix, "") if item.fix else "", wraps=True), row, 2
        )
        self._rows.addWidget(label(Look.SECOND, size), row, 3, Qt.AlignmentFlag.AlignRight)


def _summary(state: State) -> str:
    setup = state.setup
    if setup.items is None:
        return tr("Checking what is there already…")
    if not setup.missing:
        return tr("✓ Everything is installed.")
    if setup.fixing:
        return tr("You can go on; the installation continues.")
    if setup.failures:
        return tr("Not everything could be installed. The Prove page says why, and tries again.")
    if not setup.download_bytes:
        return tr("You can also do it later: proving installs what is missing.")
    size = formats.megabytes(setup.download_bytes)
    return tr("{size} in all. You can also do it later: proving installs what is missing.").format(size=size)


def _downloaded_later() -> str:
    wallet = sum(bridge.download_bytes() or 0 for bridge in shipped_bridges())
    network = devnet_download_bytes()
    words = []
    if wallet:
        words.append(
            tr("Aztec's wallet follows when you first use accounts or tokens: {size}.").format(
                size=formats.megabytes(wallet)
            )
        )
    if network:
        words.append(
            tr("A local test network, if you start one: {size}.").format(size=formats.megabytes(network))
        )
    return " ".join(words)


class _NextScreen(_Screen):
    def __init__(self) -> None:
        super().__init__(tr("Where to go next"), tr("You find this introduction again in the menu."))
        self._told: list[str] = []
        self.prove = self._choice(
            tr("Prove the sample"),
            tr("A recorded account deployment, to see how long a proof takes here."),
            tr("Prove sample"),
        )
        self.sites = self._choice(
            tr("Let websites prove"),
            tr("A dapp in your browser asks TEE-Rex for its proofs. You allow each website once."),
            tr("Open Sites"),
        )
        self.server = self._choice(
            tr("Use a server or an enclave"),
            tr("Enter its address, and TEE-Rex proves there: faster, with the witness encrypted on its way."),
            tr("Open Settings"),
        )

    def told(self) -> str:
        """Also the choices."""
        return " ".join((super().told(), *self._told))

    def render_state(self, state: State) -> None:
        """A proof waits for the installation."""
        self.prove.setEnabled(not state.busy)
        self.prove.setToolTip(tr("As soon as the installation has ended") if state.setup.fixing else "")

    def _choice(self, title: str, text: str, act: str) -> QPushButton:
        made = button(act)
        made.setAccessibleDescription(text)
        self._told.append(f"{title}: {text}")
        box = card()
        box.setAccessibleName(title)
        words = column_of(label(Look.STRONG, title), label(Look.SECOND, text, wraps=True), spacing=2)
        row_of((words, 1), made, inside=box, around=(16, 12, 16, 12), spacing=16)
        self.body.addWidget(box)
        return made


def _scrolling(screen: QWidget) -> ScrollPage:
    area = ScrollPage()
    area.setWidget(screen)
    return area


def show_introduction(window: QWidget, context: ViewContext) -> Introduction:
    """Open it without blocking the window."""
    dialog = Introduction(window, context)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.open()
    return dialog
