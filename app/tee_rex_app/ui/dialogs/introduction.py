"""The introduction: what TEE-Rex does and who can read the witness, what is downloaded, where to go next."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
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
from tee_rex.devnet.packages import devnet_download_bytes, runs_here
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
from tee_rex_app.ui.widgets.layouts import RIGHT, STRETCH, TOP, column_of, empty, grid_of, row_of, set_beside
from tee_rex_app.ui.widgets.parts import (
    Look,
    ScrollPage,
    Sign,
    SignMark,
    announce,
    button,
    card,
    label,
)
from tee_rex_app.ui.widgets.pictures import (
    Picture,
    mode_picture,
    sample_picture,
    server_picture,
    sites_picture,
)

_SIZE = (760, 520)
_BESIDE_FROM = 600
"""Width of a screen, before the text scale, from which there are columns."""
_AMOUNT_WIDTH = 130


class Introduction(QDialog):
    """Three screens, which can be skipped at any time."""

    def __init__(self, window: QWidget, context: ViewContext) -> None:
        super().__init__(window)
        self.setWindowTitle(self.tr("Introduction"))
        self._intents = context.intents
        self._store = context.store
        self.modes = _ModesScreen(context.theme)
        self.downloads = _DownloadsScreen(context)
        self.next_steps = _NextScreen(context.theme)
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
        self.skip.setAccessibleDescription(self.tr("You can open it again from the menu"))
        self._place = label(Look.SMALL)
        self.back = button(self.tr("Back"), clicked=lambda: self._go(-1))
        self.later = button(self.tr("Later"), clicked=lambda: self._go(1))
        self.forward = button("", Look.PRIMARY, clicked=self._act)
        self.forward.setDefault(True)
        keeps_its_place = self.skip.sizePolicy()
        keeps_its_place.setRetainSizeWhenHidden(True)
        self.skip.setSizePolicy(keeps_its_place)
        foot = row_of(self.skip, self._place, STRETCH, self.back, self.later, self.forward, spacing=10)
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
        announce(self, self.accessibleDescription())

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
        self._beside: QBoxLayout | None = None
        self.body = column_of(spacing=14)
        column_of(
            label(Look.HEADING, title, wraps=True),
            label(Look.SECOND, text, wraps=True),
            self.body,
            STRETCH,
            inside=self,
            around=(24, 22, 14, 12),
            spacing=10,
        )

    def told(self) -> str:
        """All of it, for screen readers."""
        return f"{self._title}. {self._text}"

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  # Qt's name
        """Put what stands beside each other below each other where there is little room."""
        if self._beside is not None:
            set_beside(self._beside, self.width() >= scaled(_BESIDE_FROM))
        super().resizeEvent(event)


class _ModesScreen(_Screen):
    def __init__(self, theme: Theme) -> None:
        super().__init__(
            tr("Prove private Aztec transactions"),
            tr(
                "A private transaction needs a proof. Making it takes the witness: your keys, amounts and"
                " recipients. You choose where it is made, and so who could read them."
            ),
        )
        self._told: list[str] = []
        self._beside = row_of(*((self._card(theme, mode), 1) for mode in ProvingMode), spacing=12)
        self.body.addLayout(self._beside)
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
            mode_picture(theme, mode),
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
            tr("Once, to prove on this computer. Every file is verified before it is used."),
        )
        self._theme = context.theme
        self._shown: object = None
        self._size = label(Look.NUMBER)
        self.summary = label(Look.SMALL, wraps=True)
        self._rows = _grid()
        self.progress = InstallProgress(context.clock)
        now, later = card(), card()
        amount = QWidget()
        amount.setMinimumWidth(scaled(_AMOUNT_WIDTH))
        column_of(self._size, self.summary, STRETCH, inside=amount, spacing=0)
        parts = column_of(self._rows, STRETCH, spacing=0)
        self._beside = row_of((amount, TOP), (parts, 1), spacing=16)
        column_of(
            self._beside,
            self.progress,
            inside=now,
            around=(18, 14, 18, 16),
            spacing=14,
        )
        others = _grid()
        self._later = _downloaded_later()
        for row, (name, why, size) in enumerate(self._later):
            _add_row(others, row, SignMark(self._theme), name, why, size)
        column_of(
            label(Look.LABEL, tr("Later, when you need it")),
            others,
            inside=later,
            around=(18, 12, 18, 14),
            spacing=8,
        )
        later.setVisible(bool(self._later))
        now.setAccessibleName(tr("Downloads"))
        later.setAccessibleName(tr("Later, when you need it"))
        self.body.addWidget(now)
        self.body.addWidget(later)
        self.render_state(context.store.state)

    def told(self) -> str:
        """Also the sizes."""
        later = (f"{name}, {why}: {size}." for name, why, size in self._later)
        return " ".join((super().told(), self._size.text(), self.summary.text(), *later))

    def render_state(self, state: State) -> None:
        """Show each part with its size, and what has been installed of it."""
        self.progress.render_state(state)
        setup, installing = state.setup, state.installing
        shown = (setup.items, setup.fixing, setup.failures, installing and installing[0])
        if shown == self._shown:
            return
        self._shown = shown
        empty(self._rows)
        parts = [item for item in setup.items or () if item.fix is not None and not item.optional]
        for row, item in enumerate(parts):
            size = tr("installed") if item.finding.verdict is Verdict.READY else labels.download_size(item)
            mark = SignMark(self._theme, _sign(item, state))
            _add_row(self._rows, row, mark, labels.part_name(item), _purpose(item), size)
        self._size.setText(labels.total_size(setup))
        self._size.setVisible(bool(setup.download_bytes))
        self.summary.setText(_summary(state))


def _grid() -> QGridLayout:
    return grid_of(across=12, down=8, wide=2)


def _add_row(grid: QGridLayout, row: int, mark: SignMark, name: str, why: str, size: str) -> None:
    grid.addWidget(mark, row, 0, TOP)
    grid.addWidget(label(Look.STRONG, name), row, 1, TOP)
    grid.addWidget(label(Look.SECOND, why, wraps=True), row, 2, TOP)
    grid.addWidget(label(Look.SECOND, size), row, 3, TOP | RIGHT)


def _sign(item: SetupItem, state: State) -> Sign:
    if item.finding.verdict is Verdict.READY:
        return Sign.DOT
    if state.installing is not None and state.installing[0] is item.fix:
        return Sign.RUNNING
    return Sign.CROSS if item.fix in state.setup.failures else Sign.HOLLOW


def _purpose(item: SetupItem) -> str:
    if item.fix is None:
        return ""
    return {
        Fix.BB_GENUINE: tr("Aztec's program that makes proofs"),
        Fix.LIBRARIES: tr("only where the system's are too old for it"),
        Fix.CRS_GENUINE: tr("public points that every proof needs"),
    }.get(item.fix, "")


def _summary(state: State) -> str:
    setup = state.setup
    if setup.items is None:
        return tr("Checking what is already installed…")
    if not setup.missing:
        return tr("✓ Everything is installed.")
    if setup.fixing:
        return tr("Installing. You can continue meanwhile.")
    if setup.failures:
        return tr("Could not be installed. The Prove page says why.")
    return tr("To download now, or with the first proof.")


def _downloaded_later() -> list[tuple[str, str, str]]:
    """Names, reasons and sizes of what only flows need."""
    wallet, network = (
        sum(bridge.download_bytes() or 0 for bridge in shipped_bridges()),
        devnet_download_bytes(),
    )
    found = []
    if wallet:
        found.append(
            (
                tr("Aztec's wallet"),
                tr("for accounts and tokens (plus npm metadata)"),
                formats.megabytes(wallet),
            )
        )
    if network and runs_here():
        found.append(
            (
                tr("Local network"),
                tr("to try them without risk (plus npm metadata)"),
                formats.megabytes(network),
            )
        )
    return found


class _NextScreen(_Screen):
    def __init__(self, theme: Theme) -> None:
        super().__init__(tr("Where to go next"), tr("You can open this introduction again from the menu."))
        self._told: list[str] = []
        self.prove = self._choice(
            sample_picture(theme),
            tr("Prove the sample"),
            tr("A recorded account deployment, to see how long a proof takes here."),
            tr("Prove sample"),
        )
        self.sites = self._choice(
            sites_picture(theme),
            tr("Let websites prove"),
            tr("A dapp in your browser asks TEE-Rex for its proofs. You allow each website once."),
            tr("Open Sites"),
        )
        self.server = self._choice(
            server_picture(theme),
            tr("Use a server or an enclave"),
            tr("Enter its address, and a faster machine proves for you."),
            tr("Open Settings"),
        )

    def told(self) -> str:
        """Also the choices."""
        return " ".join((super().told(), *self._told))

    def render_state(self, state: State) -> None:
        """A proof waits for the installation."""
        self.prove.setEnabled(not state.busy)
        self.prove.setToolTip(tr("Available once the installation is done") if state.setup.fixing else "")

    def _choice(self, picture: Picture, title: str, text: str, act: str) -> QPushButton:
        made = button(act)
        made.setAccessibleDescription(text)
        self._told.append(f"{title}: {text}")
        box = card()
        box.setAccessibleName(title)
        words = column_of(
            STRETCH,
            label(Look.TITLE, title, wraps=True),
            label(Look.SECOND, text, wraps=True),
            STRETCH,
            spacing=3,
        )
        row_of(picture, (words, 1), made, inside=box, around=(14, 12, 18, 12), spacing=16)
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
