"""The side of the window: what works, what is missing, which address is used and who set it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from tee_rex import __version__
from tee_rex.settings import SettingSource
from tee_rex_app import wording
from tee_rex_app.state import Intents, ServiceName, ServiceState, ServiceStatus, State
from tee_rex_app.theme import Theme
from tee_rex_app.views.parts import (
    BrandMark,
    Look,
    Sign,
    SignMark,
    button,
    label,
    margins,
    rule,
)

SIDEBAR_WIDTH = 264

_SIGNS = {
    ServiceStatus.CHECKING: Sign.HOLLOW,
    ServiceStatus.READY: Sign.DOT,
    ServiceStatus.NOT_CONFIGURED: Sign.HOLLOW,
    ServiceStatus.INCOMPLETE: Sign.DIAMOND,
    ServiceStatus.UNREACHABLE: Sign.DIAMOND,
    ServiceStatus.REFUSED: Sign.DIAMOND,
    ServiceStatus.WRONG_VERSION: Sign.DIAMOND,
}


class ServiceRow(QWidget):
    """One service."""

    def __init__(self, theme: Theme, name: ServiceName) -> None:
        super().__init__()
        self._sign = SignMark(theme)
        self._status = label(Look.SMALL)
        self.detail = label(Look.SMALL, wraps=True)
        self._address = label(Look.MONO)
        self._source = label(Look.SMALL, wraps=True)
        top = QHBoxLayout()
        margins(top, 0, 0, 0, 0, 8)
        top.addWidget(label(Look.STRONG, wording.service_name(name)))
        top.addStretch(1)
        top.addWidget(self._status)
        texts = QVBoxLayout()
        margins(texts, 0, 0, 0, 0, 2)
        texts.addLayout(top)
        for text in (self._address, self.detail, self._source):
            texts.addWidget(text)
        self.texts = texts
        layout = QHBoxLayout(self)
        margins(layout, 0, 10, 0, 10, 10)
        layout.addWidget(self._sign, 0, Qt.AlignmentFlag.AlignTop)
        layout.addLayout(texts, 1)

    def render_service(self, service: ServiceState) -> None:
        """Show how it is."""
        self._sign.show_sign(_SIGNS[service.status])
        status = wording.service_status(service)
        self._status.setText(status)
        metrics = self._address.fontMetrics()
        self._address.setText(
            metrics.elidedText(service.address, Qt.TextElideMode.ElideMiddle, SIDEBAR_WIDTH - 58)
        )
        self._address.setToolTip(service.address)
        detail = service.detail
        if service.status is ServiceStatus.NOT_CONFIGURED:
            detail = wording.service_hint(service)
        self.detail.setText(detail)
        source = ""
        if service.source is SettingSource.ENVIRONMENT:
            source = self.tr("Set by {variable}, which wins over settings.").format(variable=service.origin)
        self._source.setText(source)
        for text in (self._address, self.detail, self._source):
            text.setVisible(bool(text.text()))
        self.setAccessibleName(f"{wording.service_name(service.name)}: {status}")
        self.setAccessibleDescription(" ".join(t for t in (service.address, detail, source) if t))


class ServicesPanel(QWidget):
    """All services, the brand above and the versions below."""

    def __init__(self, theme: Theme, intents: Intents) -> None:
        super().__init__()
        self.setProperty("look", Look.SIDEBAR.value)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedWidth(SIDEBAR_WIDTH)
        self.setAccessibleName(self.tr("Services"))
        brand = QHBoxLayout()
        margins(brand, 0, 0, 0, 0, 8)
        brand.addWidget(BrandMark(theme))
        brand.addWidget(label(Look.BRAND, "TEE-Rex"))
        brand.addStretch(1)
        head = QHBoxLayout()
        margins(head, 0, 0, 0, 0, 8)
        head.addWidget(label(Look.LABEL, self.tr("Services")))
        head.addStretch(1)
        self._again = button(self.tr("Check again"), Look.QUIET)
        self._again.clicked.connect(intents.check_again)
        head.addWidget(self._again)
        layout = QVBoxLayout(self)
        margins(layout, 16, 18, 17, 14, 0)
        layout.addLayout(brand)
        layout.addSpacing(20)
        layout.addLayout(head)
        self.rows: dict[ServiceName, ServiceRow] = {}
        for name in ServiceName:
            if self.rows:
                layout.addWidget(rule())
            self.rows[name] = ServiceRow(theme, name)
            layout.addWidget(self.rows[name])
        self._details = button(self.tr("What was checked"), Look.QUIET)
        self._details.setCheckable(True)
        self._details.toggled.connect(intents.expand_setup)
        embedded = self.rows[ServiceName.EMBEDDED].texts
        line = QHBoxLayout()
        margins(line, 0, 2, 0, 0, 0)
        line.addSpacing(-8)
        line.addWidget(self._details)
        line.addStretch(1)
        embedded.addLayout(line)
        layout.addStretch(1)
        self._versions = label(Look.SMALL)
        layout.addWidget(self._versions)
        layout.addWidget(label(Look.SMALL, self.tr("inspired by nemi.fi")))

    def render_state(self, state: State) -> None:
        """Show every service."""
        for service in state.services:
            self.rows[service.name].render_service(service)
        self._details.setText(
            self.tr("Hide what was checked") if state.setup.expanded else self.tr("What was checked")
        )
        self._details.setChecked(state.setup.expanded)
        self._again.setEnabled(state.setup.items is not None)
        self._versions.setText(
            self.tr("TEE-Rex {own} · Aztec {aztec}").format(own=__version__, aztec=state.setup.bb_version)
        )
