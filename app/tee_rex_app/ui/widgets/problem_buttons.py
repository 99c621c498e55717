"""What can be done about an error, as buttons: the same wherever an error is shown."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial

from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from tee_rex.settings.rules import SettingField
from tee_rex.transaction.request import ProvingMode
from tee_rex_app.model.actions import Action, Remedy, address_field, file_of, offered, possible
from tee_rex_app.model.intents import Intents
from tee_rex_app.model.problem import Problem, Repeat
from tee_rex_app.model.runs import PROGRAM, SAMPLE, RunRecord, is_website
from tee_rex_app.model.setup import Fix
from tee_rex_app.model.state import Page, State
from tee_rex_app.text import labels
from tee_rex_app.ui.dialogs.file_dialogs import ask_to_open, ask_to_save
from tee_rex_app.ui.widgets.layouts import FlowLayout, empty
from tee_rex_app.ui.widgets.parts import AskingButton, Look, button, link


def problem_of_run(run: RunRecord, intents: Intents) -> Problem | None:
    """Why a recorded run failed, and how it can be repeated; None if it did not fail."""
    if run.error is None:
        return None
    repeat = Repeat(with_file=lambda path: intents.prove_files([path]))
    if run.flow is not None:
        repeat = Repeat(partial(intents.run_flow, run.flow.flow))
    elif run.source == SAMPLE:
        repeat = Repeat(intents.prove_sample)
    elif is_website(run.source) or run.source == PROGRAM:
        repeat = Repeat()
    return Problem.of_report(run.error, repeat)


class ProblemButtons(QWidget):
    """Hidden while there is nothing to offer. Buttons are beside each other, links below each other.

    show_diagnostics: None where the place does not offer it. without: what else the place does not offer,
    such as what it has buttons for. address: the setting of the server that the problem is about, if that is
    not the one of the chosen mode. most: show no more.
    """

    def __init__(
        self,
        intents: Intents,
        show_diagnostics: Callable[[], object] | None = None,
        *,
        links: bool = False,
        without: Iterable[Remedy] = (),
        address: SettingField | None = None,
        most: int = 5,
    ) -> None:
        super().__init__()
        self._intents = intents
        self._show_diagnostics = show_diagnostics
        self._links = links
        self._without = (*without, *(() if show_diagnostics else (Action.DIAGNOSTICS,)))
        self._address = address
        self._most = most
        self._shown: tuple[Remedy, ...] = ()
        self._problem: Problem | None = None
        self._state: State | None = None
        self.buttons: dict[Remedy, QPushButton] = {}
        self._layout = QVBoxLayout(self) if links else FlowLayout(self, spacing=8)
        self._layout.setContentsMargins(0, 0, 0, 0)
        if links:
            self._layout.setSpacing(0)
        self.hide()

    def show_problem(self, problem: Problem | None, state: State) -> None:
        """Show what can be done about a problem; None for none."""
        found = () if problem is None else offered(problem, state)
        remedies = tuple(one for one in found if one not in self._without)[: self._most]
        other = problem is not self._problem
        self._problem, self._state = problem, state
        if remedies != self._shown or other:
            self._shown = remedies
            self._fill(remedies)
        for remedy, made in self.buttons.items():
            made.setEnabled(possible(remedy, state))
        self.setVisible(bool(remedies))

    def _fill(self, remedies: tuple[Remedy, ...]) -> None:
        focused = any(made.hasFocus() for made in self.buttons.values())
        empty(self._layout)
        self.buttons = {}
        look = Look.LINK if self._links else Look.SMALL_BUTTON
        saved = self._problem is not None and self._problem.repeat.saved
        for remedy in remedies:
            act, words = partial(self._act, remedy), labels.remedy_name(remedy, saved=saved)
            questions = {
                Action.FORGET_KEY: self.tr("Forget it?"),
                Action.RESET_SETTINGS: self.tr("Reset them?"),
            }
            if isinstance(remedy, Action) and remedy in questions:
                asking = AskingButton(words, questions[remedy], look)
                asking.confirmed.connect(act)
                made: QPushButton = asking
            else:
                made = link(words, act) if self._links else button(words, look, act)
            self.buttons[remedy] = made
            self._layout.addWidget(made)
        if focused and self.buttons:  # not where Qt would move it
            next(iter(self.buttons.values())).setFocus()

    def _act(self, remedy: Remedy, _checked: bool = False) -> None:  # noqa: FBT001, FBT002  # a signal's
        problem, state, intents = self._problem, self._state, self._intents
        if problem is None or state is None:
            return
        if isinstance(remedy, SettingField):
            intents.open_settings(remedy)
            return
        match remedy:
            case Action.TRY_AGAIN:
                self._repeat(problem.repeat.again)
            case Action.OTHER_FILE:
                self._with_file(problem)
            case Action.LOCAL_MODE:
                intents.choose_mode(ProvingMode.LOCAL)
            case Action.SERVER_MODE:
                self._choose_server(state)
            case Action.SERVER_ADDRESS:
                intents.open_settings(self._address or address_field(state))
            case Action.FORGET_KEY:
                intents.forget_server(str(problem.message.fields["server"]))
            case Action.RESET_SETTINGS:
                intents.reset_settings()
            case Action.INSTALL_BB:
                intents.fix(Fix.BB_GENUINE)
            case Action.BB_FROM_FILE:
                self._install_from_file(Fix.BB_GENUINE)
            case Action.INSTALL_LIBRARIES:
                intents.fix(Fix.LIBRARIES)
            case Action.DOWNLOAD_CRS:
                intents.fix(Fix.CRS_GENUINE)
            case Action.CRS_FROM_FILE:
                self._install_from_file(Fix.CRS_GENUINE)
            case Action.SYSTEM_CHECK:
                intents.open_page(Page.PROVE)
                intents.expand_setup(True)  # noqa: FBT003  # an intent's
            case Action.TAKE_FROM_OTHERS | Action.SHOW_FILE:
                self._about_file(remedy, problem)
            case Action.START_LOCAL_NETWORK:
                intents.start_local_network()
            case Action.OPEN_SITES:
                intents.open_page(Page.SITES)
            case Action.OPEN_ATTESTATION:
                intents.open_page(Page.ATTESTATION)
            case Action.DIAGNOSTICS:
                if self._show_diagnostics is not None:
                    self._show_diagnostics()

    def _repeat(self, again: Callable[[], object] | None) -> None:
        if again is not None:
            self._intents.dismiss_problem()
            again()

    def _with_file(self, problem: Problem) -> None:
        repeat, kinds = problem.repeat, self.tr("All files (*)")
        if repeat.saved:
            name = str(problem.message.fields.get("file", ""))
            path = ask_to_save(self, self.tr("Save elsewhere"), name, kinds)
        else:
            path = ask_to_open(self, self.tr("Choose another file"), kinds)
        if path is not None and repeat.with_file is not None:
            self._repeat(partial(repeat.with_file, path))

    def _install_from_file(self, fix: Fix) -> None:
        path = ask_to_open(self, labels.fix_from_name(fix) or "", self.tr("All files (*)"))
        if path is not None:
            self._intents.fix_from(fix, path)

    def _choose_server(self, state: State) -> None:
        """Choose the first mode that is set up and proves elsewhere, or set one up."""
        for mode in state.modes:
            if mode.mode is not ProvingMode.LOCAL and mode.lock is None:
                self._intents.choose_mode(mode.mode)
                return
        self._intents.open_settings(SettingField.PROVER_URL)

    def _about_file(self, remedy: Action, problem: Problem) -> None:
        path = file_of(problem)
        if path is not None and remedy is Action.SHOW_FILE:
            self._intents.show_in_folder(path)
        elif path is not None:
            self._intents.take_from_others(path)
