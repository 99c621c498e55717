"""The page Sites: whether websites find TEE-Rex, and which of them may prove."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from tee_rex.browser.origins import Origin
from tee_rex.browser.sites import Site
from tee_rex_app.model.intents import Intents
from tee_rex_app.model.problem import Problem
from tee_rex_app.model.sites import Listening
from tee_rex_app.model.state import State
from tee_rex_app.text import formats, labels
from tee_rex_app.text.translation import translated
from tee_rex_app.ui.cards.https_card import HttpsCard
from tee_rex_app.ui.dialogs.help_dialog import WEBSITES, show_help
from tee_rex_app.ui.page_spec import ViewContext
from tee_rex_app.ui.theme import Theme
from tee_rex_app.ui.widgets.form import CheckBox
from tee_rex_app.ui.widgets.layouts import MIDDLE, STRETCH, TOP, column_of, empty, row_of
from tee_rex_app.ui.widgets.page_area import PageArea, TwoColumns
from tee_rex_app.ui.widgets.parts import AskingButton, Look, Sign, SignMark, button, card, label, link, rule
from tee_rex_app.ui.widgets.problem_buttons import ProblemButtons

_BESIDE_FROM = 1000


class SitesPage(PageArea):
    """The switch with the state of both listeners, and the approved websites."""

    def __init__(self, context: ViewContext) -> None:
        super().__init__()
        self._intents = intents = context.intents
        self.switch = CheckBox(context.theme, self.tr("Let websites prove"))
        self.switch.setAccessibleDescription(self._purpose())
        self.switch.clicked.connect(self._switch)
        self.again = button(self.tr("Try again"), Look.SMALL_BUTTON, clicked=intents.listen_again)
        self.http = ListenerRow(context.theme, "HTTP", self.again)
        self.https = ListenerRow(context.theme, "HTTPS")
        self.paused = label(Look.AMBER, self.tr("! Paused: websites prove without TEE-Rex."), wraps=True)
        self.resume = button(self.tr("Resume"), Look.SMALL_BUTTON, clicked=self._resume)
        self.waiting = label(Look.SECOND, wraps=True)
        self.https_card = HttpsCard(context.theme, intents)
        self.sites = SiteList(intents)
        self.none = label(Look.SECOND, wraps=True)
        self.none.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._count = label(Look.SECOND)
        self.remedies = ProblemButtons(intents)
        self._lay_out()

    def render_state(self, state: State) -> None:
        """Show the listeners and the websites."""
        self.https_card.render_state(state)
        sites = state.sites
        wanted = state.settings.let_websites_prove.value
        self.switch.setChecked(wanted)
        self.http.show_listening(sites.listening, sites.http_port, sites.failure)
        self.https.show_listening(sites.listening, sites.https_port, None)
        self.again.setVisible(sites.listening is Listening.FAILED)
        paused = state.sites_paused and wanted
        self.paused.setVisible(paused)
        self.resume.setVisible(paused)
        waiting = ", ".join(map(labels.source_name, sites.waiting))
        self.waiting.setText(self.tr("Waiting for a proof: {sites}").format(sites=formats.breakable(waiting)))
        self.waiting.setVisible(bool(sites.waiting))
        known = sites.known or ()
        self.sites.show_sites(known)
        self.sites.setVisible(bool(known))
        self._count.setText(self.tr("%Ln website(s)", "", len(known)) if known else "")
        self.none.setText(self._words_for_none(sites.unreadable))
        self.none.setVisible(not known)
        self.remedies.show_problem(sites.unreadable, state)

    def _purpose(self) -> str:
        return self.tr(
            "Dapps and wallets in your browser can ask TEE-Rex for proofs. It makes them faster than the"
            " browser, in the mode you chose. You approve each website once."
        )

    def _words_for_none(self, unreadable: Problem | None) -> str:
        if unreadable is not None:
            return f"! {translated(unreadable.message)} {translated(unreadable.hint)}"
        return self.tr(
            "Websites that you allow appear here, with their proofs. Turn on the switch above, open a dapp"
            " that uses Presto's client, and answer TEE-Rex's question."
        )

    def _switch(self, checked: bool) -> None:  # noqa: FBT001  # a signal's
        self._intents.let_websites_prove(checked)

    def _resume(self) -> None:
        self._intents.pause_sites(False)  # noqa: FBT003  # an intent's

    def _lay_out(self) -> None:
        guide = self.tr("For dapp developers: a few lines of JavaScript are enough.")
        self.code = link(self.tr("Show the code"), lambda: show_help(self, WEBSITES))
        listeners, column = _card(self.tr("Websites"))
        column.addWidget(self.switch)
        column.addWidget(label(Look.SECOND, self._purpose(), wraps=True))
        column.addWidget(self.http)
        column.addWidget(self.https)
        column.addLayout(row_of((self.paused, 1), self.resume))
        column.addWidget(self.waiting)
        column.addWidget(label(Look.SMALL, guide, wraps=True))
        column.addWidget(self.code)
        allowed, below = _card(self.tr("Allowed websites"), self._count)
        below.addWidget(self.sites)
        below.addWidget(self.none)
        below.addWidget(self.remedies)
        columns = TwoColumns((listeners, self.https_card), (allowed,), beside_from=_BESIDE_FROM)
        self.fill(self.tr("Sites"), column_of(columns, STRETCH))


class ListenerRow(QWidget):
    """One listener: its sign, its protocol, and where it listens or why it does not."""

    def __init__(self, theme: Theme, protocol: str, *below: QWidget) -> None:
        """below: what is shown below its words."""
        super().__init__()
        self._protocol = protocol
        self._sign = SignMark(theme)
        self.words = label(None, wraps=True)
        name = label(Look.STRONG, protocol)
        for text in (name, self.words):
            text.setAlignment(Qt.AlignmentFlag.AlignTop)
        told = column_of(self.words, *(row_of(part, STRETCH) for part in below), spacing=6)
        row_of((self._sign, TOP), (name, TOP), (told, 1), inside=self, spacing=10)

    def show_listening(self, listening: Listening, port: int | None, failure: Problem | None) -> None:
        """Show its state. failure: why nothing listens."""
        sign, words = Sign.HOLLOW, self.tr("off")
        if failure is not None:
            sign, words = Sign.CROSS, f"{translated(failure.message)} {translated(failure.hint)}"
        elif listening is Listening.STARTING:
            words = self.tr("starting…")
        elif port is not None:
            sign, words = (
                Sign.DOT,
                self.tr("on 127.0.0.1:{port}, reachable from this computer only").format(port=port),
            )
        elif listening is Listening.ON:
            words = self.tr("not set up")
        self._sign.show_sign(sign)
        self.words.setText(words)
        self.setAccessibleName(f"{self._protocol}: {words}")


class SiteList(QWidget):
    """The allowed websites, each with a button that revokes it after a confirmation."""

    def __init__(self, intents: Intents) -> None:
        super().__init__()
        self._intents = intents
        self.setAccessibleName(self.tr("Allowed websites"))
        self._rows = column_of(inside=self, spacing=10)
        self.rows: dict[Origin, SiteRow] = {}

    def show_sites(self, sites: tuple[Site, ...]) -> None:
        """Show others; rows of the same websites stay, with what was asked in their buttons."""
        if [site.origin for site in sites] != list(self.rows):
            empty(self._rows)
            self.rows = {site.origin: SiteRow(site.origin, self._intents) for site in sites}
            for number, row in enumerate(self.rows.values()):
                if number:
                    self._rows.addWidget(rule())
                self._rows.addWidget(row)
        for site in sites:
            self.rows[site.origin].show_site(site)


class SiteRow(QWidget):
    """One allowed website: its whole origin, since when, its proofs, and who else could read the witness."""

    def __init__(self, origin: Origin, intents: Intents) -> None:
        super().__init__()
        name = label(Look.STRONG, formats.breakable(str(origin)), wraps=True)
        self.facts = label(Look.SMALL, wraps=True)
        self.revoke = AskingButton(self.tr("Revoke"), self.tr("Revoke it?"), Look.SMALL_BUTTON)
        self.revoke.confirmed.connect(partial(intents.revoke_site, origin))
        self.revoke.setAccessibleName(self.tr("Revoke {website}").format(website=origin))
        words = column_of(name, self.facts, spacing=2)
        row_of((words, 1), (self.revoke, MIDDLE), inside=self, spacing=16)

    def show_site(self, site: Site) -> None:
        """Show what is known of it."""
        facts = [
            self.tr("Allowed {date}").format(date=formats.day_and_time(site.approved_at)),
            self.tr("%Ln proof(s)", "", site.proofs),
        ]
        if site.last_used is not None:
            facts.insert(1, self.tr("last used {date}").format(date=formats.day_and_time(site.last_used)))
        readers = labels.who_a_site_lets_read(site.readers, None)
        reads = self.tr("Who else could read the witness: {readers}").format(readers=readers)
        self.facts.setText(f"{' · '.join(facts)}\n{formats.breakable(reads)}")
        self.setAccessibleName(f"{site.origin}: {', '.join(facts)}. {reads}")


def _card(title: str, *beside: QWidget) -> tuple[QFrame, QVBoxLayout]:
    made = card()
    layout = column_of(inside=made, around=(16, 14, 16, 16), spacing=10)
    layout.addLayout(row_of(label(Look.TITLE, title), *beside, STRETCH, spacing=12))
    return made, layout
