"""The question before the local network's programs are downloaded: what it is, and what it takes."""

from __future__ import annotations

from PySide6.QtCore import QObject
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QDialog, QWidget

from tee_rex.devnet.packages import INSTALLED_BYTES, MEMORY_USED, devnet_download_bytes
from tee_rex_app.model.intents import Intents
from tee_rex_app.model.local_network import NetworkStage
from tee_rex_app.model.state import State
from tee_rex_app.text import formats
from tee_rex_app.ui.widgets.layouts import STRETCH, TOP, WholeDialog, column_of, grid_of, row_of
from tee_rex_app.ui.widgets.parts import Look, button, label


class LocalNetworkDialog(WholeDialog):
    """Accepted to download and start it."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        title = self.tr("Start a local network?")
        self.setWindowTitle(title)
        self.setMinimumWidth(480)
        what = self.tr(
            "A real Aztec network on this computer, to deploy accounts and move tokens without risk. Nobody"
            " else can reach it. It stops when you quit TEE-Rex, and its chain is deleted."
        )
        download = devnet_download_bytes()
        size = (
            self.tr("Packages from npm, once")
            if download is None
            else self.tr("{size} plus npm metadata, once").format(size=formats.megabytes(download))
        )
        facts = (
            (self.tr("Download"), size),
            (self.tr("On disk"), self.tr("about {size}").format(size=formats.megabytes(INSTALLED_BYTES))),
            (
                self.tr("Memory"),
                self.tr("about {size} while it runs").format(size=formats.gigabytes(MEMORY_USED)),
            ),
            (
                self.tr("Time"),
                self.tr("starts in about half a minute on an idle computer; the first start also downloads"),
            ),
        )
        grid = grid_of(across=16, down=6, wide=1)
        for row, (name, value) in enumerate(facts):
            grid.addWidget(label(Look.SECOND, name), row, 0, TOP)
            grid.addWidget(label(Look.STRONG, value, wraps=True), row, 1)
        warning = self.tr("! Uses the INSECURE development setup and public test keys: for tests only.")
        self.refuse = button(self.tr("Not now"), clicked=self.reject)
        self.start = button(self.tr("Download and start"), Look.PRIMARY, clicked=self.accept)
        self.start.setDefault(True)
        column_of(
            label(Look.TITLE, title),
            label(None, what, wraps=True),
            grid,
            label(Look.AMBER, warning, wraps=True),
            STRETCH,
            row_of(STRETCH, self.refuse, self.start, spacing=10),
            inside=self,
            around=(24, 20, 24, 20),
            spacing=14,
        )
        read_aloud = [what, *(f"{name}: {value}" for name, value in facts), warning]
        self.setAccessibleDescription(" ".join(read_aloud))

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802  # Qt's name
        """Be as high as the wrapped texts need at this width, of which a dialog's size hint knows nothing."""
        super().showEvent(event)
        layout = self.layout()
        if layout is not None:
            layout.activate()
            self.resize(self.width(), max(self.height(), layout.totalHeightForWidth(self.width())))


class LocalNetworkPrompt(QObject):
    """Shows the dialog while the state asks."""

    def __init__(self, window: QWidget, intents: Intents) -> None:
        super().__init__(window)
        self._window = window
        self._intents = intents
        self.dialog: LocalNetworkDialog | None = None

    def render_state(self, state: State) -> None:
        """Show the question, or take it away."""
        asked = state.local_network.stage is NetworkStage.ASKED
        if asked and self.dialog is None:
            self.dialog = LocalNetworkDialog(self._window)
            self.dialog.finished.connect(self._answered)
            self.dialog.open()
        elif not asked and self.dialog is not None:
            self.dialog.close()

    def _answered(self, result: int) -> None:
        if self.dialog is not None:
            self.dialog.deleteLater()
            self.dialog = None
            self._intents.download_local_network(result == QDialog.DialogCode.Accepted)
