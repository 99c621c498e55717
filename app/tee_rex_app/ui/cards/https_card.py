"""The card for HTTPS on the page Sites: what it means, the browsers that trust it, and the buttons."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QWidget

from tee_rex.browser.https import EXPLANATION, CertificateState, CertificateStatus, HttpsStatus
from tee_rex.browser.trust_stores import StoreStatus, TrustState
from tee_rex_app.model.actions import Action
from tee_rex_app.model.intents import Intents
from tee_rex_app.model.problem import Problem
from tee_rex_app.model.state import State
from tee_rex_app.text import formats
from tee_rex_app.text.translation import translated
from tee_rex_app.ui.theme import Theme
from tee_rex_app.ui.widgets.layouts import STRETCH, TOP, column_of, empty, row_of
from tee_rex_app.ui.widgets.parts import AskingButton, Look, Sign, SignMark, button, label, set_look
from tee_rex_app.ui.widgets.problem_buttons import ProblemButtons

_SIGNS = {
    TrustState.TRUSTED: Sign.DOT,
    TrustState.OUTDATED: Sign.DIAMOND,
    TrustState.NOT_TRUSTED: Sign.HOLLOW,
    TrustState.UNKNOWN: Sign.CROSS,
    TrustState.UNREACHABLE: Sign.HOLLOW,
}
_LACKS_TRUST = (TrustState.OUTDATED, TrustState.NOT_TRUSTED, TrustState.UNKNOWN)


class HttpsCard(QFrame):
    """The explanation is there before the button that trusts, whenever browsers would be told something."""

    def __init__(self, theme: Theme, intents: Intents) -> None:
        super().__init__()
        self._theme = theme
        self._intents = intents
        self._shown: HttpsStatus | None = None
        self.setProperty("look", Look.CARD.value)
        self.words = label(Look.SECOND, wraps=True)
        self.explanation = QWidget()
        paragraphs = (label(Look.SECOND, translated(text), wraps=True) for text in EXPLANATION)
        column_of(*paragraphs, inside=self.explanation, spacing=6)
        self.trust = button("", Look.SMALL_BUTTON, clicked=intents.enable_https)
        self.remove = AskingButton(self.tr("Remove"), self.tr("Remove it?"), Look.SMALL_BUTTON)
        self.remove.confirmed.connect(intents.disable_https)
        self.stores = QWidget()
        self.stores.setAccessibleName(self.tr("Browsers"))
        self._rows = column_of(inside=self.stores, spacing=6)
        self.notes = label(Look.SMALL, wraps=True)
        for text in (self.words, self.notes):
            text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        head = row_of(label(Look.TITLE, self.tr("HTTPS for browsers")), STRETCH, spacing=8)
        head.addWidget(self.trust)
        head.addWidget(self.remove)
        parts = (head, self.words, self.explanation, self.stores, self.notes)
        column_of(*parts, inside=self, around=(16, 14, 16, 16), spacing=10)

    def render_state(self, state: State) -> None:
        """Show the certificate and the browsers."""
        status, changing = state.https.status, state.https.changing
        self.trust.setEnabled(not changing)
        self.remove.setEnabled(not changing)
        if status is not self._shown:
            self._shown = status
            self.remove.withdraw()
            if status is not None:
                self._show_stores(status, state)
        self.setVisible(status is not None)
        if status is None:
            return
        certificate = status.certificate
        self.words.setText(self.tr("Updating your browsers…") if changing else self._told(certificate))
        set_look(self.words, self._look_of(certificate))
        self.explanation.setVisible(certificate.state is not CertificateState.READY)
        trust = self._what_trusting_does(status)
        self.trust.setText(trust)
        self.trust.setVisible(bool(trust))
        kept = any(store.state in (TrustState.TRUSTED, TrustState.OUTDATED) for store in status.stores)
        self.remove.setVisible(kept or certificate.state is not CertificateState.DISABLED)
        notes = "\n".join(map(translated, status.notes))
        self.notes.setText(formats.breakable(notes))
        self.notes.setVisible(bool(notes))

    def _told(self, certificate: CertificateStatus) -> str:
        if certificate.problem is not None:
            return f"! {translated(certificate.problem.message_parts)}"
        if certificate.expires is None:
            return self.tr("Off. Most websites look for TEE-Rex only over HTTPS.")
        day = formats.day(certificate.expires)
        if certificate.state is CertificateState.RENEWAL_DUE:
            return self.tr("! The certificate expires on {date}.").format(date=day)
        return self.tr("On, until {date}.").format(date=day)

    def _look_of(self, certificate: CertificateStatus) -> Look:
        if certificate.problem is not None:
            return Look.RED
        return Look.AMBER if certificate.state is CertificateState.RENEWAL_DUE else Look.SECOND

    def _what_trusting_does(self, status: HttpsStatus) -> str:
        """The text of its button; empty where nothing is left to do."""
        state = status.certificate.state
        if state is CertificateState.DISABLED:
            return self.tr("Trust")
        if state is not CertificateState.READY:
            return self.tr("Renew")
        lacking = any(store.state in _LACKS_TRUST for store in status.stores)
        return self.tr("Trust") if lacking else ""

    def _show_stores(self, status: HttpsStatus, state: State) -> None:
        empty(self._rows)
        for store in status.stores:
            self._rows.addWidget(StoreRow(self._theme, store, self._intents, state))
        if not status.stores:
            self._rows.addWidget(label(Look.SECOND, self.tr("No browser was found."), wraps=True))


class StoreRow(QWidget):
    """The browsers of one store: whether they trust this computer, and what is in the way."""

    def __init__(self, theme: Theme, store: StoreStatus, intents: Intents, state: State) -> None:
        super().__init__()
        browsers = translated(store.browsers)
        trusted = {
            TrustState.TRUSTED: self.tr("trusts it"),
            TrustState.OUTDATED: self.tr("trusts an old one"),
            TrustState.NOT_TRUSTED: self.tr("does not trust it"),
            TrustState.UNKNOWN: self.tr("unknown"),
            TrustState.UNREACHABLE: self.tr("not reachable"),
        }[store.state]
        lines = [f"{browsers}: {trusted}"]
        problem = store.problem
        if problem is not None:
            lines.append(f"{translated(problem.message_parts)} {translated(problem.hint_parts.words)}")
        told = label(None, lines[0], wraps=True)
        place = label(Look.SMALL, formats.breakable("\n".join([store.place, *lines[1:]])), wraps=True)
        place.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        sign = SignMark(theme, _SIGNS[store.state])
        remedies = ProblemButtons(intents, links=True, without=(Action.TRY_AGAIN, Action.OPEN_SITES))
        remedies.show_problem(None if problem is None else Problem.of(problem), state)
        row_of((sign, TOP), (column_of(told, place, remedies, spacing=0), 1), inside=self, spacing=10)
        self.setAccessibleName(lines[0])
        self.setAccessibleDescription(" ".join([store.place, *lines[1:]]))
