"""The About dialog: versions, components and their licences."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, QUrl, qVersion
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QDialog, QLabel, QListWidget, QListWidgetItem, QPlainTextEdit, QWidget

from tee_rex import __version__
from tee_rex_app.model.licences import COMPONENTS
from tee_rex_app.ui.icon import application_icon
from tee_rex_app.ui.page_spec import ViewContext
from tee_rex_app.ui.theme import mono_font
from tee_rex_app.ui.widgets.layouts import STRETCH, TOP, column_of, row_of
from tee_rex_app.ui.widgets.parts import Look, button, label

_ICON = 64
_ROW_HEIGHT = 28


class AboutDialog(QDialog):
    """The program, its components and their licences. aztec: the version that it proves for."""

    def __init__(self, window: QWidget, aztec: str) -> None:
        super().__init__(window)
        self.setWindowTitle(self.tr("About TEE-Rex"))
        self.resize(900, 620)
        self.parts = QListWidget()
        self.parts.setAccessibleName(self.tr("Made with"))
        self.parts.setFixedWidth(220)
        self.licence = QPlainTextEdit()
        self.licence.setFont(mono_font())
        self.licence.setReadOnly(True)
        self.licence.setTabChangesFocus(True)
        self.licence.setAccessibleName(self.tr("Licence"))
        self._name = label(Look.STRONG)
        self._terms = label(Look.SMALL)
        self.visit = button(self.tr("Website ↗"), Look.QUIET, clicked=self._visit)
        self.close_button = button(self.tr("Close"), clicked=self.reject)
        for component in COMPONENTS:
            item = QListWidgetItem(f"{component.name} {component.version}".strip())
            item.setSizeHint(QSize(0, _ROW_HEIGHT))
            self.parts.addItem(item)
        self.parts.currentRowChanged.connect(self._show_component)
        self._lay_out(aztec)
        self.parts.setCurrentRow(0)
        self.close_button.setFocus()

    def _lay_out(self, aztec: str) -> None:
        icon = QLabel()
        icon.setPixmap(application_icon().pixmap(QSize(_ICON, _ICON), self.devicePixelRatioF()))
        words = column_of(spacing=2)
        versions = self.tr("Version {own} · Aztec and bb {aztec} · Qt {qt}").format(
            own=__version__, aztec=aztec, qt=qVersion()
        )
        for look, text in (
            (Look.TITLE, "TEE-Rex"),
            (
                None,
                self.tr(
                    "Proves private Aztec transactions on this computer, on a server, or in an attested"
                    " enclave."
                ),
            ),
            (Look.MONO, versions),
        ):
            made = label(look, text, wraps=look is None)
            made.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            words.addWidget(made)
        head = row_of((icon, TOP), (words, 1), spacing=16)
        right_head = row_of(self._name, self._terms, STRETCH, self.visit)
        right = column_of(right_head, (self.licence, 1), spacing=4)
        beside = row_of(self.parts, (right, 1), spacing=16)
        foot = row_of(
            label(Look.SMALL, self.tr("GNU Affero General Public License 3 or later · inspired by nemi.fi")),
            STRETCH,
            self.close_button,
        )
        column_of(
            head,
            label(
                Look.SMALL,
                self.tr(
                    "It sends your data only to the servers you set up, and verifies every download by"
                    " built-in digests or signatures."
                ),
                wraps=True,
            ),
            label(Look.LABEL, self.tr("Made with")),
            (beside, 1),
            foot,
            inside=self,
            around=(24, 20, 24, 20),
            spacing=12,
        )

    def _show_component(self, row: int) -> None:
        component = COMPONENTS[row]
        self._name.setText(component.name)
        self._terms.setText(component.licence)
        self.licence.setPlainText(component.text())
        self.visit.setToolTip(component.home)
        self.visit.setAccessibleDescription(component.home)

    def _visit(self) -> None:
        QDesktopServices.openUrl(QUrl(COMPONENTS[self.parts.currentRow()].home))


def show_about(window: QWidget, context: ViewContext) -> AboutDialog:
    """Open the dialog without blocking the window."""
    dialog = AboutDialog(window, context.store.state.setup.bb_version)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.open()
    return dialog
