"""The attestation page: genuine or not, approved code or not, and every verification step."""

from __future__ import annotations

from datetime import date
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QBoxLayout, QFrame, QHBoxLayout, QLabel, QWidget

from tee_rex.errors.message import printable
from tee_rex.settings.file import ApprovedBuild
from tee_rex.settings.rules import SettingField
from tee_rex_app.model.actions import Action
from tee_rex_app.model.attestation import MEASURED_PCRS, ExaminedAttestation, ImageMeasurements
from tee_rex_app.model.problem import Problem
from tee_rex_app.model.services import ServiceName, ServiceState, ServiceStatus
from tee_rex_app.model.state import State
from tee_rex_app.text.attestation_steps import (
    AttestationStep,
    AttestationVerdict,
    StepVerdict,
    code_verdict,
    genuine_verdict,
    steps_of,
    verdict_name,
)
from tee_rex_app.text.translation import tr
from tee_rex_app.ui.dialogs.file_dialogs import ask_to_open, ask_to_save
from tee_rex_app.ui.dialogs.pin_dialog import PinDialog
from tee_rex_app.ui.page_spec import ViewContext
from tee_rex_app.ui.theme import CARD_RADIUS, Theme, scaled
from tee_rex_app.ui.widgets.copying import CopyableValue, copy_text
from tee_rex_app.ui.widgets.layouts import STRETCH, TOP, add, column_of, empty, grid_of, row_of, set_beside
from tee_rex_app.ui.widgets.menus import offer_menu
from tee_rex_app.ui.widgets.page_area import PageArea
from tee_rex_app.ui.widgets.parts import (
    Look,
    StepMark,
    WrappedLabel,
    button,
    card,
    label,
    link,
    margins,
    rule,
    set_look,
)
from tee_rex_app.ui.widgets.problem_buttons import ProblemButtons

_STACKED_BELOW = 640
_TITLE_WIDTH = 190
_BADGES = {
    StepVerdict.HOLDS: Look.BADGE_GOOD,
    StepVerdict.FAILS: Look.BADGE_BAD,
    StepVerdict.ATTENTION: Look.BADGE_ATTENTION,
    StepVerdict.NOTED: Look.BADGE_NEUTRAL,
    StepVerdict.NOT_REACHED: Look.BADGE_NEUTRAL,
}
_EDGES = {
    StepVerdict.HOLDS: "accent",
    StepVerdict.FAILS: "red",
    StepVerdict.ATTENTION: "amber",
    StepVerdict.NOTED: "line",
    StepVerdict.NOT_REACHED: "line",
}


class VerdictCard(QWidget):
    """One of the two results, shown by its border's colour and its badge. action: a link to the next step."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._edge = "line"
        self.title = label(Look.TITLE, wraps=True)
        self.badge = label(Look.BADGE_ATTENTION)
        self._words = label(Look.SECOND, wraps=True)
        self.action = link()
        self.action.hide()
        head = row_of((self.title, 1), (self.badge, TOP))
        column_of(head, self._words, self.action, STRETCH, inside=self, around=(16, 14, 14, 14), spacing=6)
        theme.changed.connect(self.update)

    def show_verdict(self, verdict: AttestationVerdict) -> None:
        """Show another result."""
        self._edge = _EDGES[verdict.verdict]
        self.title.setText(verdict.title)
        self.badge.setText(verdict.badge)
        set_look(self.badge, _BADGES[verdict.verdict])
        self._words.setText(verdict.words)
        self.setAccessibleName(f"{verdict.title}: {verdict.badge}")
        self.setAccessibleDescription(verdict.words)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802  # Qt's name
        """Paint a card whose border shows the verdict."""
        del event
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(self._theme.color("panel"))
        painter.setPen(QPen(self._theme.color(self._edge), 1.0 if self._edge == "line" else 1.5))
        edge = self.rect().toRectF().adjusted(0.75, 0.75, -0.75, -0.75)
        painter.drawRoundedRect(edge, CARD_RADIUS, CARD_RADIUS)


class AttestationPage(PageArea):
    """The document received from the enclave, or one opened from a file."""

    def __init__(self, context: ViewContext) -> None:
        super().__init__()
        self._theme = context.theme
        self._intents = context.intents
        self._shown: tuple[object, ...] = ()
        self._examined: ExaminedAttestation | None = None
        self._measurements: ImageMeasurements | None = None
        self.title = label(Look.HEADING, wraps=True)
        self._origin = label(Look.SECOND, wraps=True)
        self._origin.setProperty("narrow", True)  # noqa: FBT003  # a property's value
        self.genuine = VerdictCard(self._theme)
        self.code = VerdictCard(self._theme)
        self.steps = card()
        self.steps.setAccessibleName(self.tr("Verification steps"))
        self._grid = grid_of(inside=self.steps, around=(16, 8, 16, 8), across=12, wide=2)
        self.comparison = ComparisonCard(self._theme)
        self.remedies = ProblemButtons(
            self._intents,
            without=(Action.TRY_AGAIN, Action.OPEN_ATTESTATION, Action.LOCAL_MODE),
            address=SettingField.TEE_URL,
        )
        self._make_actions()
        self._lay_out()

    def render_state(self, state: State) -> None:
        """Show the document; rebuilt only when it changes."""
        examined = state.shown_attestation
        service = next((one for one in state.services if one.name is ServiceName.TEE), None)
        shown = (examined, service, state.measurements, state.settings.approved_builds)
        self.remedies.show_problem(_problem_of(examined, service), state)
        self.again.setEnabled(service is not None and service.status is not ServiceStatus.NOT_CONFIGURED)
        if shown == self._shown:
            return
        self._shown, self._examined = shown, examined
        self._measurements = state.measurements
        for part in (self._verdicts, self.steps):
            part.setVisible(examined is not None)
        self._offer(state, examined)
        genuine = examined is not None and examined.examination.genuine
        self.comparison.show_comparison(examined if genuine else None, state.measurements)
        if examined is None:
            self.title.setText(self.tr("Attestation"))
            self._origin.setText(self._empty_text(service))
            return
        self.title.setText(self.tr("Attestation of {source}").format(source=printable(examined.source, 60)))
        self._origin.setText(_origin(examined))
        self.genuine.show_verdict(genuine_verdict(examined))
        self.code.show_verdict(code_verdict(examined))
        self._fill(steps_of(examined))

    def _offer(self, state: State, examined: ExaminedAttestation | None) -> None:
        """Show only the buttons that apply to this document."""
        configured, opened = self.again.isEnabled(), state.opened_document is not None
        document = examined.examination.document if examined is not None else None
        measured = document is not None and not document.debug
        can_be_pinned = measured and examined is not None and examined.approved is None
        self.set_up.setVisible(examined is None and not configured)
        self.back.setVisible(opened)
        self.again.setVisible(configured and not opened)
        self.save.setVisible(examined is not None and examined.examination.untrusted is not None)
        self.compare.setVisible(measured)
        self.pin.setVisible(can_be_pinned)
        self.code.action.setVisible(can_be_pinned)

    def arrange(self) -> None:
        """Put the two results side by side if there is room."""
        set_beside(self._beside, self.width() >= scaled(_STACKED_BELOW))
        self._grid.setColumnMinimumWidth(1, scaled(_TITLE_WIDTH))

    def _empty_text(self, service: ServiceState | None) -> str:
        status = service.status if service is not None else ServiceStatus.NOT_CONFIGURED
        why = service.detail if service is not None else ""
        if status is ServiceStatus.CHECKING:
            return self.tr("Requesting the attestation…")
        if status in (ServiceStatus.UNREACHABLE, ServiceStatus.REFUSED, ServiceStatus.WRONG_VERSION):
            return self.tr("No attestation from the enclave: {why}").format(why=why)
        return self.tr(
            "AWS signs a document proving which code an enclave runs. This page shows how it was"
            " verified, step by step, before anything secret is sent. Set up an enclave, or open a"
            " document that someone gave you."
        )

    def _make_actions(self) -> None:
        self.set_up = button(
            self.tr("Set up an enclave…"),
            Look.PRIMARY,
            clicked=lambda: self._intents.open_settings(SettingField.TEE_URL),
        )
        self.again = button(
            self.tr("Request again"), clicked=lambda: self._intents.check_service(ServiceName.TEE)
        )
        self.back = button(self.tr("Back to the enclave"), clicked=self._intents.close_document)
        self.open = button(self.tr("Open document…"), clicked=self._ask_for_document)
        self.save = button(self.tr("Save document…"), clicked=self._ask_where_to_save)
        self.compare = button(self.tr("Compare with a rebuilt image…"), clicked=self._ask_for_measurements)
        self.pin = button(self.tr("Pin this build…"), clicked=self.ask_to_pin)
        self.code.action.setText(self.tr("Pin this build…"))
        self.code.action.clicked.connect(self.ask_to_pin)

    def _lay_out(self) -> None:
        self._verdicts = QWidget()
        self._beside = QBoxLayout(QBoxLayout.Direction.LeftToRight, self._verdicts)
        margins(self._beside, 0, 0, 0, 0, 12)
        self._beside.addWidget(self.genuine, 1)
        self._beside.addWidget(self.code, 1)
        first, second = QHBoxLayout(), QHBoxLayout()
        for row in (first, second):
            margins(row, 0, 0, 0, 0, 10)
        for made in (self.set_up, self.back, self.again, self.open, self.save):
            first.addWidget(made)
        first.addStretch(1)
        second.addWidget(self.compare)
        second.addStretch(1)
        second.addWidget(self.pin)
        head = QWidget()
        column_of(self.title, self._origin, inside=head, spacing=4)
        column = column_of(
            head,
            first,
            self._verdicts,
            self.remedies,
            self.steps,
            self.comparison,
            second,
            STRETCH,
        )
        self.fill(self.tr("Attestation"), column)

    def _fill(self, steps: tuple[AttestationStep, ...]) -> None:
        empty(self._grid)
        before: QWidget = next(reversed(self.remedies.buttons.values()), self.code.action)
        for at, step in enumerate(steps):
            row = 2 * at
            if at:
                self._grid.addWidget(rule(), row - 1, 0, 1, 3)
            self._grid.addWidget(StepMark(self._theme, step.verdict), row, 0, TOP)
            title = _padded(label(Look.STRONG, step.title, wraps=True))
            self._grid.addWidget(title, row, 1, TOP)
            told = QWidget()
            words = column_of(inside=told, around=(0, 11, 0, 9), spacing=2)
            words.addWidget(label(Look.SECOND, step.words, wraps=True))
            values = [CopyableValue(self._theme, one.copying, wraps=True) for one in step.exact]
            for made, exact in zip(values, step.exact, strict=True):
                words.addWidget(made)
                made.show_value(exact.value, exact.shown)
            words.addStretch(1)
            self._grid.addWidget(told, row, 2)
            for made in values:
                self.setTabOrder(before, made.button)
                before = made.button
            told.setAccessibleName(f"{step.title}: {verdict_name(step.verdict)}")
            told.setAccessibleDescription(" ".join([step.words, *(one.shown for one in step.exact)]))

    def _ask_for_document(self) -> None:
        path = ask_to_open(
            self, self.tr("Open an attestation document"), self.tr("Documents (*.bin *.cbor);;All files (*)")
        )
        if path:
            self._intents.open_document(path)

    def _ask_where_to_save(self) -> None:
        path = ask_to_save(
            self, self.tr("Save the attestation document"), "attestation.bin", self.tr("Documents (*.bin)")
        )
        if path:
            self._intents.save_document(path)

    def _ask_for_measurements(self) -> None:
        path = ask_to_open(
            self, self.tr("Compare with a rebuilt image"), self.tr("Measurements (*.json);;All files (*)")
        )
        if path:
            self._intents.compare_image(path)

    def ask_to_pin(self) -> PinDialog | None:
        """Explain what pinning means, and pin once confirmed."""
        examined = self._examined
        if examined is None or examined.examination.document is None:
            return None
        taken = {build.name for build in examined.builds}
        dialog = PinDialog(self, examined, self._measurements, taken, self._theme)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.accepted.connect(partial(self._pin, dialog, examined))
        dialog.open()
        return dialog

    def _pin(self, dialog: PinDialog, examined: ExaminedAttestation) -> None:
        pcr0, pcr1, pcr2 = (examined.pcr(index) for index in MEASURED_PCRS)
        today = date.today().isoformat()  # noqa: DTZ011  # the day where its user is
        self._intents.pin_build(ApprovedBuild(dialog.build_name, pcr0, pcr1, pcr2, today))


class ComparisonCard(QFrame):
    """An enclave's measurements next to those of a rebuilt image."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setProperty("look", Look.CARD.value)
        self._theme = theme
        self._title = label(Look.TITLE, wraps=True)
        self._words = label(Look.SECOND, wraps=True)
        self._rows = column_of(spacing=6)
        column_of(self._title, self._words, self._rows, inside=self, around=(16, 14, 16, 14))

    def show_comparison(
        self, examined: ExaminedAttestation | None, measurements: ImageMeasurements | None
    ) -> None:
        """Show the comparison, if there is one."""
        self.setVisible(examined is not None and measurements is not None)
        empty(self._rows)
        if examined is None or measurements is None:
            return
        name = printable(measurements.source, 60)
        if examined.matches(measurements):
            self._title.setText(self.tr("✓ The enclave matches {name}").format(name=name))
            self._words.setText(self.tr("All measurements match. You can pin the build."))
        else:
            self._title.setText(self.tr("! The enclave does not match {name}").format(name=name))
            self._words.setText(
                self.tr("Build the release the operator names from its sources, and compare again.")
            )
        for index, digest in sorted(measurements.pcrs.items()):
            equal = examined.pcr(index) == digest
            row = QWidget()
            line = row_of(inside=row, spacing=10)
            mark = StepMark(self._theme, StepVerdict.HOLDS if equal else StepVerdict.FAILS, padded=False)
            add(line, (mark, TOP), (label(Look.STRONG, f"PCR{index}"), TOP))
            here = self.tr("image {digest}").format(digest=_short(digest))
            there = self.tr("enclave {digest}").format(digest=_short(examined.pcr(index)))
            words = here if equal else f"{here}\n{there}"
            line.addWidget(label(Look.MONO, words), 1)
            of_image = self.tr("Copy PCR{index} of the image").format(index=index)
            of_enclave = self.tr("Copy PCR{index} of the enclave").format(index=index)
            entries = [(of_image, partial(copy_text, digest))]
            if examined.pcr(index):
                entries.append((of_enclave, partial(copy_text, examined.pcr(index))))
            offer_menu(row, partial(tuple, entries))
            self._rows.addWidget(row)


def _problem_of(examined: ExaminedAttestation | None, service: ServiceState | None) -> Problem | None:
    """Why the shown document is refused, or why there is none."""
    if examined is None:
        return None if service is None else service.problem
    refusal = examined.examination.refusal
    return None if refusal is None else Problem.of(refusal)


def _padded(made: QLabel) -> QLabel:
    made.setContentsMargins(0, 11, 0, 9)
    if isinstance(made, WrappedLabel):
        made.setMinimumHeight(38)
    made.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
    return made


def _short(digest: str) -> str:
    return f"{digest[:8]} {digest[8:16]} … {digest[-8:]}" if digest else "-"


def _origin(examined: ExaminedAttestation) -> str:
    document = examined.examination.document
    module = printable(document.content.module_id, 80) if document else ""
    if not examined.live:
        words = tr("Opened from a file")
    else:
        form = "%H:%M:%S" if examined.clock_ahead is None else "%Y-%m-%d %H:%M:%S"
        words = tr("Received at {time}").format(time=f"{examined.examination.at.astimezone():{form}}")
    return f"{words} · {module}" if module else words
