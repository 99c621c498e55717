"""The settings page: servers by profile, what TEE mode accepts, the local prover, the app's appearance."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QFrame,
    QVBoxLayout,
    QWidget,
)

from tee_rex.local.process import PROOF_MEMORY_MB
from tee_rex.settings.file import ApprovedBuild, LanguageChoice, ProverSpeed, SettingsFile, ThemeChoice
from tee_rex.settings.resolve import Setting, SettingSource
from tee_rex.settings.rules import SettingField
from tee_rex.system.threads import usable_cores
from tee_rex_app.model.settings_draft import SettingsDraft
from tee_rex_app.model.state import Page, State
from tee_rex_app.text import labels
from tee_rex_app.ui.cards.updates_card import UpdatesCard
from tee_rex_app.ui.page_spec import ViewContext
from tee_rex_app.ui.theme import Theme
from tee_rex_app.ui.widgets.copying import CopyableValue
from tee_rex_app.ui.widgets.form import ArrowComboBox, CheckBox, Choice, TextField
from tee_rex_app.ui.widgets.layouts import STRETCH, column_of, empty, grid_of, row_of
from tee_rex_app.ui.widgets.page_area import PageArea, TwoColumns
from tee_rex_app.ui.widgets.parts import (
    AskingButton,
    ElidedLabel,
    Look,
    button,
    card,
    label,
    link,
    rule,
)

_BESIDE_FROM = 1000
_SERVER_FIELDS = (
    SettingField.NODE_URL,
    SettingField.PROVER_URL,
    SettingField.SERVER_KEY,
    SettingField.TEE_URL,
)


class SettingsPage(QWidget):
    """Edits a draft of the settings, which takes effect when saved."""

    def __init__(self, context: ViewContext) -> None:
        super().__init__()
        self._intents = context.intents
        self._theme = context.theme
        self._written: SettingsFile | None = None
        self._starts = False
        self._focused: SettingField | None = None
        self._used_prover = ""
        self._saving = self._saved = False
        self.draft = SettingsDraft.of(context.store.state.settings.written)
        self._language = self.draft.language  # that of this session
        self._make_fields()
        self.builds = BuildList(context.theme, self._intents.unpin_build)
        self.updates = UpdatesCard(
            context.theme, self._intents, self.checks, context.show_diagnostics, context.restart
        )
        self._lay_out()
        shortcut = QShortcut(QKeySequence(QKeySequence.StandardKey.Save), self)
        shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        shortcut.activated.connect(self.save_changes)

    def render_state(self, state: State) -> None:
        """Show the settings, unless they are being edited."""
        written, starts = state.settings.written, bool(state.start_on_login)
        if written is not self._written or starts is not self._starts:
            before, after = self._original, SettingsDraft.of(written, start_on_login=starts)
            self.draft = after if before is None else self.draft.rebased(before, after)
            self._written, self._starts = written, starts
            if self._saving and not self.unsaved:
                self._saved, self._saving = True, False
            self.builds.show_builds(written.attestation.builds)
        self._show_tray(state)
        self.updates.render_state(state)
        self._show_overruled(state)
        self.newer.setText(labels.newer_settings(state.settings.unknown))
        self.newer.setVisible(bool(state.settings.unknown))
        self._show()
        if state.page is Page.SETTINGS and state.settings_field is not self._focused:
            self._focused = state.settings_field
            if self._focused is not None:
                self._focus(self._focused)

    @property
    def unsaved(self) -> bool:
        """Whether something was changed and not saved."""
        return self._original not in (None, self.draft)

    @property
    def _original(self) -> SettingsDraft | None:
        """The draft without changes; None before the first settings."""
        if self._written is None:
            return None
        return SettingsDraft.of(self._written, start_on_login=self._starts)

    def save_changes(self) -> None:
        """Save the draft if it is valid and changed."""
        if self._written is not None and self.save.isEnabled():
            self._saving = True
            if self.draft.applied_to(self._written) != self._written:
                self._intents.save_settings(partial(_changed, self.draft, SettingsDraft.of(self._written)))
            if self.draft.start_on_login is not self._starts:
                self._intents.start_on_login(self.draft.start_on_login)

    def _focus(self, field: SettingField) -> None:
        if field is SettingField.CHECK_FOR_UPDATES:
            if not self.updates.focus():
                self.area.setFocus()
            self.area.ensureWidgetVisible(self.updates, 0, 20)
            return
        if field is SettingField.PROVER_SPEED:
            self.speed.focus()
            self.area.ensureWidgetVisible(self.speed, 0, 60)
            return
        edit = self.fields[field].edit
        edit.setFocus(Qt.FocusReason.ShortcutFocusReason)
        edit.selectAll()
        self.area.ensureWidgetVisible(self.fields[field], 0, 60)

    def _make_fields(self) -> None:
        self.fields = {
            SettingField.PROFILE_NAME: TextField(self.tr("Profile name"), ""),
            SettingField.NODE_URL: TextField(
                self.tr("Aztec node"),
                self.tr("Needed for accounts and tokens, not the sample."),
                example="http://localhost:8080",
                mono=True,
            ),
            SettingField.PROVER_URL: TextField(
                self.tr("Remote prover"),
                self.tr("The operator, and whoever terminates its TLS, could read the witness."),
                example="https://prover.example.org",
                mono=True,
            ),
            SettingField.SERVER_KEY: TextField(
                self.tr("Remote prover's key"),
                self.tr(
                    "Its fingerprint; no other key is accepted. If empty, the first key seen is remembered."
                ),
                example=self.tr("40 hexadecimal digits"),
                mono=True,
            ),
            SettingField.TEE_URL: TextField(
                self.tr("TEE enclave"),
                self.tr("Nothing is sent until it attests a build you approved."),
                example="https://tee.example.org",
                mono=True,
            ),
            SettingField.MAX_AGE: TextField(
                self.tr("Maximum attestation age (seconds)"),
                self.tr("Each request gets a fresh attestation."),
                number=True,
            ),
            SettingField.MEMORY_LIMIT: TextField(
                self.tr("Prover memory limit (MB)"),
                self.tr(
                    "The prover is stopped if it needs more; an account deployment needs about {needed}."
                    " Leave empty for no limit."
                ).format(needed=PROOF_MEMORY_MB),
                number=True,
            ),
            SettingField.SALT: TextField(
                self.tr("Sponsored fee contract's salt"),
                self.tr("0 unless your network uses another one."),
                mono=True,
            ),
        }
        servers = {field.value: self.fields[field] for field in _SERVER_FIELDS}
        for name, field in servers.items():
            field.edited.connect(partial(self._change_servers, name))
        for setting, name in (
            (SettingField.MAX_AGE, "max_age"),
            (SettingField.MEMORY_LIMIT, "memory_limit"),
            (SettingField.SALT, "salt"),
        ):
            self.fields[setting].edited.connect(partial(self._change, name))
        self.fields[SettingField.PROFILE_NAME].edited.connect(partial(self._change_servers, "name"))
        self.profile = ArrowComboBox(self.tr("Profile"))
        self.profile.setProperty("look", Look.WIDE.value)
        self.profile.activated.connect(partial(self._change, "chosen"))
        self.new_profile = button(self.tr("New profile"), Look.SMALL_BUTTON, clicked=self._add_profile)
        self.remove_profile = button(
            self.tr("Remove profile"), Look.SMALL_BUTTON, clicked=self._remove_profile
        )
        self.nonce = CheckBox(self._theme, self.tr("Require a fresh attestation per request"))
        self.nonce.setToolTip(
            self.tr("Turn off only for servers that ignore nonces; replays are then possible.")
        )
        self.nonce.toggled.connect(partial(self._change, "nonce_required"))
        self.forget = AskingButton(self.tr("Forget this server's key"), self.tr("Forget it?"))
        self.forget.confirmed.connect(self._forget)
        cores = usable_cores()
        self.speed: Choice[ProverSpeed] = Choice(
            self.tr("Prover speed"), [(speed, labels.speed_name(speed)) for speed in ProverSpeed]
        )
        self.speed.signals.chosen.connect(partial(self._change, "speed"))
        self._speed_words = label(Look.SMALL)
        self._cores = cores
        self.theme: Choice[ThemeChoice] = Choice(
            self.tr("Colours"), [(theme, labels.theme_name(theme)) for theme in ThemeChoice]
        )
        self.theme.signals.chosen.connect(partial(self._change, "theme"))
        self.language: Choice[LanguageChoice] = Choice(
            self.tr("Language"), [(language, labels.language_name(language)) for language in LanguageChoice]
        )
        self.language.signals.chosen.connect(partial(self._change, "language"))
        self.tray = CheckBox(self._theme, self.tr("Keep TEE-Rex in the tray"))
        self.tray.toggled.connect(partial(self._change, "keep_in_tray"))
        self._tray_words = label(Look.SMALL, wraps=True)
        self.login = CheckBox(self._theme, self.tr("Start on login"))
        self.login.toggled.connect(partial(self._change, "start_on_login"))
        self._login_words = label(Look.SMALL, wraps=True)
        self.checks = CheckBox(self._theme, self.tr("Check for updates daily"))
        self.checks.toggled.connect(partial(self._change, "check_for_updates"))

    def _lay_out(self) -> None:
        columns = TwoColumns(
            (self._servers_card(), self._attestation_card()),
            (self._prover_card(), self._app_card(), self.updates),
            beside_from=_BESIDE_FROM,
        )
        self.area = PageArea()
        self.newer = label(Look.SMALL, wraps=True)
        self.area.fill(self.tr("Settings"), column_of(columns, self.newer, STRETCH))
        self.save = button(self.tr("Save"), Look.PRIMARY)
        self.save.setToolTip("Ctrl+S")
        self.save.clicked.connect(self.save_changes)
        self.discard = button(self.tr("Discard changes"), clicked=self._discard)
        self._state = label(Look.SECOND, wraps=True)
        self._foot = QWidget()
        self._foot.setProperty("look", Look.PANEL.value)
        self._foot.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        foot = (24, 10, 34, 10)
        row_of((self._state, 1), self.discard, self.save, inside=self._foot, around=foot, spacing=10)
        column_of((self.area, 1), self._foot, inside=self, spacing=0)

    def _servers_card(self) -> QFrame:
        made, layout = _card(
            self.tr("Servers"), self.tr("Save server sets as profiles; switch in the sidebar.")
        )
        row = row_of(
            label(Look.STRONG, self.tr("Profile")),
            self.profile,
            self.new_profile,
            self.remove_profile,
            STRETCH,
        )
        layout.addLayout(row)
        layout.addWidget(self.fields[SettingField.PROFILE_NAME])
        layout.addWidget(rule())
        for field in _SERVER_FIELDS:
            layout.addWidget(self.fields[field])
            if field is SettingField.SERVER_KEY:
                layout.addWidget(self.forget)
        return made

    def _attestation_card(self) -> QFrame:
        made, layout = _card(
            self.tr("What TEE mode accepts"),
            self.tr("An attestation that fails any of these checks is refused, and nothing is sent."),
        )
        layout.addWidget(self.fields[SettingField.MAX_AGE])
        layout.addWidget(self.nonce)
        layout.addWidget(rule())
        layout.addWidget(label(Look.STRONG, self.tr("Approved builds")))
        layout.addWidget(self.builds)
        review = link(
            self.tr("Review the enclave's code…"), clicked=lambda: self._intents.open_page(Page.ATTESTATION)
        )
        layout.addWidget(review)
        return made

    def _prover_card(self) -> QFrame:
        made, layout = _card(
            self.tr("Prover on this computer"),
            self.tr("Fewer cores keep this computer responsive while proving."),
        )
        layout.addWidget(label(Look.STRONG, self.tr("Prover speed")))
        layout.addWidget(self.speed)
        layout.addWidget(self._speed_words)
        layout.addWidget(self.fields[SettingField.MEMORY_LIMIT])
        return made

    def _app_card(self) -> QFrame:
        made, layout = _card(self.tr("This app"), "")
        layout.addLayout(column_of(self.tray, self._tray_words, spacing=2))
        layout.addLayout(column_of(self.login, self._login_words, spacing=2))
        layout.addWidget(label(Look.STRONG, self.tr("Colours")))
        layout.addWidget(self.theme)
        layout.addWidget(label(Look.STRONG, self.tr("Language")))
        layout.addWidget(self.language)
        layout.addWidget(label(Look.SMALL, self.tr("The language changes after a restart.")))
        layout.addWidget(self.fields[SettingField.SALT])
        return made

    def _show(self) -> None:
        """Show the draft and its problems."""
        draft, problems = self.draft, self.draft.problems()
        names = [self.tr("Default"), *(one.name or self.tr("(unnamed)") for one in draft.servers[1:])]
        if names != [self.profile.itemText(at) for at in range(self.profile.count())]:
            self.profile.clear()
            self.profile.addItems(names)
        self.profile.setCurrentIndex(draft.chosen)
        self.remove_profile.setVisible(draft.chosen > 0)
        self.fields[SettingField.PROFILE_NAME].setVisible(draft.chosen > 0)
        texts = {
            SettingField.PROFILE_NAME: draft.shown.name,
            SettingField.NODE_URL: draft.shown.node_url,
            SettingField.PROVER_URL: draft.shown.prover_url,
            SettingField.SERVER_KEY: draft.shown.server_key,
            SettingField.TEE_URL: draft.shown.tee_url,
            SettingField.MAX_AGE: draft.max_age,
            SettingField.MEMORY_LIMIT: draft.memory_limit,
            SettingField.SALT: draft.salt,
        }
        for field, text in texts.items():
            self.fields[field].show_text(text)
            self.fields[field].show_problem(problems.get(field, ""))
        self.fields[SettingField.MEMORY_LIMIT].show_warning(self._memory_warning())
        self.nonce.setChecked(draft.nonce_required)
        self.speed.show_value(draft.speed)
        self._speed_words.setText(
            self.tr("{threads} of {cores} cores").format(
                threads=draft.speed.threads(self._cores), cores=self._cores
            )
        )
        self.theme.show_value(draft.theme)
        self.language.show_value(draft.language)
        self.tray.setChecked(draft.keep_in_tray)
        self.login.setChecked(draft.start_on_login)
        self.checks.setChecked(draft.check_for_updates)
        self._show_foot(len(problems))

    def _memory_warning(self) -> str:
        if not self.draft.stops_proofs:
            return ""
        return self.tr(
            "Too little for an account deployment, which needs about {needed} MB: its proof would be stopped."
        ).format(needed=PROOF_MEMORY_MB)

    def _show_foot(self, problems: int) -> None:
        changed = self.unsaved
        elsewhere = self.draft.elsewhere()
        self.save.setEnabled(changed and not problems and not elsewhere)
        self.discard.setEnabled(changed)
        self._saved = self._saved and not changed
        words = self.tr("Changes apply when you save. No restart needed.")
        if self._saved:
            words = self.tr("✓ Saved and applied.")
            if self.draft.language is not self._language:
                words = self.tr("✓ Saved. Restart TEE-Rex to change the language.")
        if problems:
            words = self.tr("! Fix the highlighted fields.")
        elif elsewhere:
            words = self.tr("! Fix the highlighted fields in profile {name}.").format(name=elsewhere)
        elif changed:
            words = self.tr("Unsaved changes.")
        self._state.setText(words)

    def _show_overruled(self, state: State) -> None:
        settings = state.settings
        self._used_prover = settings.prover_url.value
        self.forget.setVisible(state.key_remembered and not settings.server_key.value)
        shown: dict[SettingField, Setting[str]] = {
            SettingField.NODE_URL: settings.node_url,
            SettingField.PROVER_URL: settings.prover_url,
            SettingField.TEE_URL: settings.tee_url,
            SettingField.SALT: settings.sponsored_fpc_salt,
        }
        for field, setting in shown.items():
            wins = setting.source is SettingSource.ENVIRONMENT
            self.fields[field].show_overruled(setting.origin if wins else "", setting.value)

    def _show_tray(self, state: State) -> None:
        """Say what closing the window and starting on login mean on this desktop."""
        closing = self.tr("Closing the window leaves TEE-Rex running. Quit from the tray menu.")
        starting = self.tr("Starts hidden in the tray, or minimised if the tray is off.")
        if not state.tray:
            closing = self.tr(
                "This desktop shows no tray icons, so closing the window quits TEE-Rex. GNOME shows them with"
                " the extension AppIndicator."
            )
            starting = self.tr("Starts minimised, since this desktop shows no tray icons.")
        self._tray_words.setText(closing)
        self._login_words.setText(starting)
        for part in (self.login, self._login_words):
            part.setVisible(state.start_on_login is not None)

    def _change(self, name: str, value: object) -> None:
        changed = replace(self.draft, **{name: value})  # type: ignore[arg-type]  # each of its field's type
        if changed != self.draft:
            self.draft = changed
            self._show()

    def _change_servers(self, name: str, value: str) -> None:
        self.draft = self.draft.with_shown(**{name: value})
        self._show()

    def _forget(self) -> None:
        self._intents.forget_server(self._used_prover)

    def _add_profile(self) -> None:
        taken = {one.name for one in self.draft.servers}
        number = next(n for n in range(1, 10_000) if f"Profile {n}" not in taken)
        self.draft = self.draft.with_new_profile(f"Profile {number}")
        self._show()
        self._focus(SettingField.PROFILE_NAME)

    def _remove_profile(self) -> None:
        self.draft = self.draft.without_shown()
        self._show()
        self.profile.setFocus()

    def _discard(self) -> None:
        if self._original is not None:
            self.draft = self._original
            self._show()


class BuildList(QWidget):
    """The approved builds, each with a button that removes it after a confirmation."""

    def __init__(self, theme: Theme, remove: Callable[[ApprovedBuild], object]) -> None:
        super().__init__()
        self._theme = theme
        self._remove = remove
        self._grid = grid_of(inside=self, across=12, down=6, wide=1)
        self.buttons: list[AskingButton] = []

    def show_builds(self, builds: tuple[ApprovedBuild, ...]) -> None:
        """Show others."""
        empty(self._grid)
        self.buttons = []
        if not builds:
            none = self.tr("None yet: TEE mode stays locked until you review an enclave and pin its build.")
            self._grid.addWidget(label(Look.SECOND, none, wraps=True), 0, 0, 1, 3)
        for row, build in enumerate(builds):
            name = ElidedLabel(Look.STRONG)
            name.setText(build.name)
            name.setToolTip(build.name)
            pcr = CopyableValue(self._theme, self.tr("Copy PCR0 of {name}").format(name=build.name))
            self._grid.addWidget(pcr, row, 1)
            pcr.show_value(build.pcr0, f"PCR0 {build.pcr0[:16]}…{build.pcr0[-8:]}")
            pcr.label.setToolTip(f"PCR0 {build.pcr0}\nPCR1 {build.pcr1 or '-'}\nPCR2 {build.pcr2 or '-'}")
            remove = AskingButton(self.tr("Remove"), self.tr("Remove it?"), Look.SMALL_BUTTON)
            remove.setAccessibleName(self.tr("Remove the build {name}").format(name=build.name))
            remove.confirmed.connect(partial(self._remove, build))
            left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
            self._grid.addWidget(name, row, 0, left)
            self._grid.addWidget(remove, row, 2)
            self.buttons.append(remove)


def _changed(draft: SettingsDraft, before: SettingsDraft, written: SettingsFile) -> SettingsFile:
    """What was edited, from ``before`` to ``draft``, in the file as it is by then."""
    return draft.rebased(before, SettingsDraft.of(written)).applied_to(written)


def _card(title: str, words: str) -> tuple[QFrame, QVBoxLayout]:
    made = card()
    layout = column_of(inside=made, around=(16, 14, 16, 16), spacing=12)
    head = column_of(label(Look.TITLE, title), spacing=2)
    if words:
        head.addWidget(label(Look.SECOND, words, wraps=True))
    layout.addLayout(head)
    return made, layout
