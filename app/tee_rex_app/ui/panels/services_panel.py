"""The sidebar: the services with their status, address and who set it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QProgressBar, QWidget

from tee_rex import __version__
from tee_rex.settings.resolve import SettingSource
from tee_rex.settings.rules import SettingField
from tee_rex_app.model.actions import Action
from tee_rex_app.model.intents import Intents
from tee_rex_app.model.local_network import LocalNetwork, NetworkStage
from tee_rex_app.model.services import ServiceName, ServiceState, ServiceStatus
from tee_rex_app.model.state import Page, State
from tee_rex_app.text import labels
from tee_rex_app.text.translation import tr
from tee_rex_app.ui.theme import Theme
from tee_rex_app.ui.widgets.copying import CopyableValue
from tee_rex_app.ui.widgets.form import ArrowComboBox
from tee_rex_app.ui.widgets.layouts import STRETCH, TOP, column_of, row_of
from tee_rex_app.ui.widgets.menus import Entry, offer_menu
from tee_rex_app.ui.widgets.parts import (
    AskingButton,
    BrandMark,
    Look,
    ScrollPage,
    Sign,
    SignMark,
    button,
    label,
    link,
    rule,
    set_look,
)
from tee_rex_app.ui.widgets.problem_buttons import ProblemButtons

_FIELDS = {
    ServiceName.NODE: SettingField.NODE_URL,
    ServiceName.REMOTE: SettingField.PROVER_URL,
    ServiceName.TEE: SettingField.TEE_URL,
}
_NOT_BESIDE = (
    Action.TRY_AGAIN,
    Action.OTHER_FILE,
    Action.LOCAL_MODE,
    Action.SERVER_MODE,
    Action.OPEN_ATTESTATION,
    Action.START_LOCAL_NETWORK,
)
"""What a row has a link for already, or what is about proofs and not about the service."""

_SIGNS = {
    ServiceStatus.CHECKING: Sign.HOLLOW,
    ServiceStatus.READY: Sign.DOT,
    ServiceStatus.NOT_CONFIGURED: Sign.HOLLOW,
    ServiceStatus.NOT_OFFERED: Sign.HOLLOW,
    ServiceStatus.INCOMPLETE: Sign.DIAMOND,
    ServiceStatus.UNREACHABLE: Sign.DIAMOND,
    ServiceStatus.REFUSED: Sign.DIAMOND,
    ServiceStatus.WRONG_CLOCK: Sign.DIAMOND,
    ServiceStatus.WRONG_VERSION: Sign.DIAMOND,
    ServiceStatus.FAILED: Sign.CROSS,
}

_EXAMINED = (ServiceStatus.READY, ServiceStatus.REFUSED, ServiceStatus.WRONG_CLOCK)
"""There is a document to look at."""


class ServiceRow(QWidget):
    """One service."""

    def __init__(self, theme: Theme, intents: Intents, name: ServiceName) -> None:
        super().__init__()
        self._name = name
        self._intents = intents
        self._leads: Callable[[], object] | None = None
        self._sign = SignMark(theme)
        self._status = label(Look.SMALL)
        self.detail = label(Look.SMALL, wraps=True)
        self._address = CopyableValue(
            theme, self.tr("Copy the address: {service}").format(service=labels.service_name(name))
        )
        self._source = label(Look.SMALL, wraps=True)
        top = row_of(label(Look.STRONG, labels.service_name(name)), STRETCH, self._status)
        texts = column_of(top, spacing=2)
        for part in (self._address, self.detail, self._source):
            texts.addWidget(part)
        self.action = link(clicked=self._act)
        texts.addWidget(self.action)
        self.remedies = ProblemButtons(
            intents, links=True, without=_NOT_BESIDE, address=_FIELDS.get(name), most=2
        )
        texts.addWidget(self.remedies)
        self.texts = texts
        offer_menu(self, self._offered)
        row_of((self._sign, TOP), (texts, 1), inside=self, around=(0, 10, 0, 10), spacing=10)

    def render_service(self, service: ServiceState, state: State) -> None:
        """Show how it is."""
        self._sign.show_sign(_SIGNS[service.status])
        status = labels.service_status(service)
        self._status.setText(status)
        self._address.show_value(service.address)
        self._render_action(service.status)
        self.remedies.show_problem(service.problem, state)
        detail = service.detail
        if service.status is ServiceStatus.NOT_CONFIGURED:
            detail = labels.service_hint(service)
        self.detail.setText(detail)
        source = ""
        if service.source is SettingSource.ENVIRONMENT:
            source = self.tr("Set by {variable} (overrides Settings)").format(variable=service.origin)
        self._source.setText(source)
        for text in (self.detail, self._source):
            text.setVisible(bool(text.text()))
        self.setAccessibleName(f"{labels.service_name(service.name)}: {status}")
        self.setAccessibleDescription(" ".join(t for t in (service.address, detail, source) if t))

    def _offered(self) -> list[Entry]:
        """What the context menu offers."""
        offered: list[Entry] = []
        if self._name in _FIELDS:
            offered += [
                (self.tr("Check again"), partial(self._intents.check_service, self._name)),
                (self.tr("Settings…"), partial(self._intents.open_settings, _FIELDS[self._name])),
            ]
        if self._address.button.value:
            offered.append((self.tr("Copy the address"), self._address.button.copy))
        return offered

    def _render_action(self, status: ServiceStatus) -> None:
        if status is ServiceStatus.CHECKING and self._leads is not None:
            return  # it was just pressed and may have the focus
        words, self._leads = "", None
        if self._name in _FIELDS:
            if status is ServiceStatus.NOT_CONFIGURED:
                words = self.tr("Set up…")
                self._leads = partial(self._intents.open_settings, _FIELDS[self._name])
            elif self._name is ServiceName.TEE and status in _EXAMINED:
                words = self.tr("Review…")
                self._leads = partial(self._intents.open_page, Page.ATTESTATION)
            elif status in (ServiceStatus.UNREACHABLE, ServiceStatus.WRONG_VERSION):
                words = self.tr("Try again")
                self._leads = partial(self._intents.check_service, self._name)
        self.action.setText(words)
        self.action.setVisible(bool(words))
        self.action.setAccessibleName(f"{labels.service_name(self._name)}: {words}")

    def _act(self) -> None:
        if self._leads is not None:
            self._leads()


class LocalNetworkPart(QWidget):
    """The local network, below the node's row: how far its start is, since when it runs, and its buttons."""

    def __init__(self, intents: Intents) -> None:
        super().__init__()
        self.words = label(Look.SMALL, wraps=True)
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName(self.tr("Progress of the local network's start"))
        self.start = link(self.tr("Start local network…"), clicked=intents.start_local_network)
        self.cancel = link(self.tr("Cancel"), clicked=intents.stop_local_network)
        self.cancel.setAccessibleName(self.tr("Cancel the local network's start"))
        self.stop = AskingButton(self.tr("Stop local network"), self.tr("Stop and delete its chain?"))
        self.stop.confirmed.connect(intents.stop_local_network)
        column_of(self.words, self.bar, self.start, self.cancel, self.stop, inside=self, spacing=2)

    def render_state(self, state: State) -> None:
        """Show it, or offer to start it where there is no node."""
        network = state.local_network
        stage = network.stage
        missing = any(
            one.name is ServiceName.NODE
            and one.status in (ServiceStatus.NOT_CONFIGURED, ServiceStatus.UNREACHABLE)
            for one in state.services
        )
        offered = network.available and missing and stage in (NetworkStage.OFF, NetworkStage.ASKED)
        buttons = (self.start, self.cancel, self.stop)
        focused = next((one for one in buttons if one.hasFocus()), None)
        self.words.setText(labels.local_network(network, state.settings.node_url.value))
        self.words.setVisible(bool(self.words.text()))
        self._show_progress(network)
        self.start.setVisible(offered)
        self.cancel.setVisible(stage is NetworkStage.STARTING)
        self.stop.setVisible(stage is NetworkStage.RUNNING)
        self.setVisible(offered or stage not in (NetworkStage.OFF, NetworkStage.ASKED))
        if focused is not None and focused.isHidden():
            other = next((one for one in buttons if not one.isHidden()), None)
            if other is not None:
                other.setFocus()

    def _show_progress(self, network: LocalNetwork) -> None:
        task = network.progress
        known = network.stage is NetworkStage.STARTING and task is not None and bool(task.total)
        self.bar.setVisible(known)
        if task is not None and task.total:
            self.bar.setValue(min(100, 100 * task.done // task.total))


class ProfileCard(QWidget):
    """Shows and switches the profile in use; hidden if there are no profiles."""

    def __init__(self, intents: Intents) -> None:
        super().__init__()
        self._intents = intents
        self.choice = ArrowComboBox(self.tr("Profile in use"))
        self.choice.activated.connect(self._choose)
        column_of(
            label(Look.LABEL, self.tr("Profile")), self.choice, inside=self, around=(0, 0, 9, 12), spacing=4
        )

    def render_state(self, state: State) -> None:
        """Show the profiles."""
        written = state.settings.written
        self.setVisible(bool(written.profiles))
        self.choice.setEnabled(not state.running)
        names = [self.tr("Default"), *(profile.name for profile in written.profiles)]
        if names != [self.choice.itemText(at) for at in range(self.choice.count())]:
            self.choice.clear()
            self.choice.addItems(names)
        self.choice.setCurrentIndex(0 if written.profile is None else names.index(written.profile, 1))

    def _choose(self, index: int) -> None:
        self._intents.use_profile(None if index == 0 else self.choice.itemText(index))


class ServicesPanel(QWidget):
    """The brand, all services, and the versions."""

    def __init__(self, theme: Theme, intents: Intents) -> None:
        super().__init__()
        self.setProperty("look", Look.SIDEBAR.value)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAccessibleName(self.tr("Services"))
        brand = row_of(BrandMark(theme), label(Look.BRAND, "TEE-Rex"), STRETCH)
        head = row_of(label(Look.LABEL, self.tr("Services")), STRETCH)
        self._again = button(self.tr("Check again"), Look.QUIET, clicked=intents.check_again)
        head.addWidget(self._again)
        self._versions = label(Look.SMALL, wraps=True)
        self.profile = ProfileCard(intents)
        self.rows: dict[ServiceName, ServiceRow] = {}
        services = QWidget()
        rows = column_of(inside=services, spacing=0)
        for name in ServiceName:
            if self.rows:
                rows.addWidget(rule())
            self.rows[name] = ServiceRow(theme, intents, name)
            rows.addWidget(self.rows[name])
        rows.addStretch(1)
        self.local_network = LocalNetworkPart(intents)
        self.rows[ServiceName.NODE].texts.addWidget(self.local_network)
        self._expanded = False
        self._details = link(self.tr("Show system check"))
        self._details.clicked.connect(lambda: intents.expand_setup(not self._expanded))
        self.rows[ServiceName.EMBEDDED].texts.addWidget(self._details)
        self.area = ScrollPage()
        self.area.setWidget(services)
        self.area.setAccessibleName(self.tr("Services"))
        self.area.setProperty("look", Look.SIDEBAR_PART.value)
        services.setProperty("look", Look.SIDEBAR_PART.value)
        self.setTabOrder(self.area, self._details)
        column_of(
            brand,
            16,
            self.profile,
            head,
            (self.area, 1),
            8,
            self._versions,
            label(Look.SMALL, self.tr("inspired by nemi.fi")),
            inside=self,
            around=(16, 18, 7, 14),
            spacing=0,
        )

    def render_state(self, state: State) -> None:
        """Show every service."""
        self.profile.render_state(state)
        for service in state.services:
            self.rows[service.name].render_service(service, state)
        self.local_network.render_state(state)
        self._details.setText(
            self.tr("Hide system check") if state.setup.expanded else self.tr("Show system check")
        )
        self._expanded = state.setup.expanded
        self._versions.setText(_versions(state))
        set_look(self._versions, Look.AMBER if _other_versions(state) else Look.SMALL)


def _other_versions(state: State) -> list[str]:
    """The services with versions that do not match this app's, each with its own."""
    return [
        f"{labels.service_name(service.name)} {', '.join(service.versions)}"
        for service in state.services
        if service.status is ServiceStatus.WRONG_VERSION and service.versions
    ]


def _versions(state: State) -> str:
    ours = state.setup.bb_version
    if others := _other_versions(state):
        return tr("! Versions differ: this app {ours}, {others}").format(ours=ours, others=", ".join(others))
    told = [service.versions for service in state.services if service.versions]
    if len(told) > 1 and all(ours in versions for versions in told):
        everywhere = tr("Aztec {aztec} everywhere ✓").format(aztec=ours)
        return f"{everywhere}\nTEE-Rex {__version__}"
    return tr("TEE-Rex {own} · Aztec {aztec}").format(own=__version__, aztec=ours)
