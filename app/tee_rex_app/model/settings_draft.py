"""The settings being edited: texts as typed, and their validation."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

import msgspec

from tee_rex.errors import Message
from tee_rex.http_client.server_url import address_problem
from tee_rex.local.process import PROOF_MEMORY_MB
from tee_rex.settings.file import EndpointProfile, LanguageChoice, ProverSpeed, SettingsFile, ThemeChoice
from tee_rex.settings.resolve import DEFAULT_MAX_AGE_SECONDS
from tee_rex.settings.rules import (
    SettingField,
    max_age_problem,
    memory_limit_problem,
    plain_fingerprint,
    profile_name_problem,
    salt_problem,
    server_key_problem,
)


@dataclass(frozen=True, slots=True)
class ServersDraft:
    """A set of server addresses. name: of the profile; empty for the set outside profiles."""

    name: str
    node_url: str = ""
    prover_url: str = ""
    server_key: str = ""
    tee_url: str = ""

    def problems(self) -> dict[SettingField, Message]:
        """Invalid fields, and why."""
        found = {
            SettingField.NODE_URL: address_problem(self.node_url),
            SettingField.PROVER_URL: address_problem(self.prover_url),
            SettingField.SERVER_KEY: server_key_problem(self.server_key),
            SettingField.TEE_URL: address_problem(self.tee_url),
        }
        return {field: problem for field, problem in found.items() if problem}


@dataclass(frozen=True, slots=True)
class SettingsDraft:
    """Everything the settings page edits. servers: the set outside profiles first. chosen: the active one."""

    servers: tuple[ServersDraft, ...]
    chosen: int
    salt: str
    max_age: str
    nonce_required: bool
    speed: ProverSpeed
    memory_limit: str
    theme: ThemeChoice
    language: LanguageChoice
    keep_in_tray: bool
    start_on_login: bool
    check_for_updates: bool

    @classmethod
    def of(cls, written: SettingsFile, *, start_on_login: bool = False) -> SettingsDraft:
        """A draft of the settings file, with defaults for missing values.

        start_on_login: not in the file, but among the system's own settings.
        """
        plain = ServersDraft(
            "",
            written.node_url or "",
            written.prover_url or "",
            written.server_key or "",
            written.tee_url or "",
        )
        profiles = tuple(
            ServersDraft(one.name, one.node_url, one.prover_url, one.server_key, one.tee_url)
            for one in written.profiles
        )
        names = [one.name for one in profiles]
        attestation = written.attestation
        return cls(
            servers=(plain, *profiles),
            chosen=0 if written.profile is None else names.index(written.profile) + 1,
            salt=written.sponsored_fpc_salt or "0",
            max_age=str(attestation.max_age_seconds or DEFAULT_MAX_AGE_SECONDS),
            nonce_required=attestation.nonce_required is not False,
            speed=written.prover_speed or ProverSpeed.ALL,
            memory_limit="" if written.memory_limit_mb is None else str(written.memory_limit_mb),
            theme=written.theme or ThemeChoice.SYSTEM,
            language=written.language or LanguageChoice.SYSTEM,
            keep_in_tray=_keeps_by_default(written) if written.keep_in_tray is None else written.keep_in_tray,
            start_on_login=start_on_login,
            check_for_updates=bool(written.check_for_updates),
        )

    @property
    def shown(self) -> ServersDraft:
        """The active set of servers."""
        return self.servers[self.chosen]

    def problems(self) -> dict[SettingField, Message]:
        """Invalid fields on the page, and why."""
        found = self.shown.problems()
        if self.chosen:
            others = {one.name.strip() for at, one in enumerate(self.servers) if at not in (0, self.chosen)}
            if problem := profile_name_problem(self.shown.name, others):
                found[SettingField.PROFILE_NAME] = problem
        rest = {
            SettingField.SALT: salt_problem(self.salt),
            SettingField.MAX_AGE: max_age_problem(self.max_age),
            SettingField.MEMORY_LIMIT: memory_limit_problem(self.memory_limit),
        }
        return found | {field: problem for field, problem in rest.items() if problem}

    @property
    def stops_proofs(self) -> bool:
        """Whether the memory limit is less than what an account deployment needs."""
        limit = self.memory_limit.strip()
        return bool(limit) and memory_limit_problem(limit) is None and int(limit) < PROOF_MEMORY_MB

    def elsewhere(self) -> str:
        """The name of the first invalid profile that is not shown; empty if there is none."""
        for at, one in enumerate(self.servers):
            if at != self.chosen and (one.problems() or (at and not one.name.strip())):
                return one.name
        return ""

    def with_shown(self, **changes: str) -> SettingsDraft:
        """Change fields of the active set."""
        at = self.chosen
        shown = replace(self.shown, **changes)
        return replace(self, servers=(*self.servers[:at], shown, *self.servers[at + 1 :]))

    def with_new_profile(self, name: str) -> SettingsDraft:
        """Add a profile, a copy of the active set, and activate it."""
        copy = replace(self.shown, name=name)
        return replace(self, servers=(*self.servers, copy), chosen=len(self.servers))

    def without_shown(self) -> SettingsDraft:
        """Remove the active profile; the set outside profiles stays."""
        if self.chosen == 0:
            return self
        at = self.chosen
        return replace(self, servers=(*self.servers[:at], *self.servers[at + 1 :]), chosen=0)

    def rebased(self, before: SettingsDraft, after: SettingsDraft) -> SettingsDraft:
        """Take over what changed elsewhere from ``before`` to ``after``, but for what is edited here."""
        taken = {
            one.name: getattr(after, one.name)
            for one in fields(self)
            if getattr(self, one.name) == getattr(before, one.name)
        }
        draft = replace(self, **taken)
        chosen_elsewhere = self.chosen == before.chosen and after.shown.name != before.shown.name
        if "servers" not in taken and not chosen_elsewhere:
            return replace(draft, chosen=self.chosen)
        name = after.shown.name if chosen_elsewhere else self.shown.name
        names = [one.name for one in draft.servers]
        return replace(draft, chosen=names.index(name) if name in names else 0)

    def applied_to(self, written: SettingsFile) -> SettingsFile:
        """The settings file with this draft applied; other settings stay. Only for a valid draft."""
        plain, *profiles = self.servers
        return msgspec.structs.replace(
            written,
            node_url=plain.node_url.strip() or None,
            prover_url=plain.prover_url.strip() or None,
            server_key=plain_fingerprint(plain.server_key) or None,
            tee_url=plain.tee_url.strip() or None,
            profiles=tuple(
                EndpointProfile(
                    one.name.strip(),
                    one.node_url.strip(),
                    one.prover_url.strip(),
                    one.tee_url.strip(),
                    plain_fingerprint(one.server_key),
                )
                for one in profiles
            ),
            profile=self.shown.name.strip() if self.chosen else None,
            sponsored_fpc_salt=None if self.salt.strip() in ("", "0") else self.salt.strip(),
            prover_speed=None if self.speed is ProverSpeed.ALL else self.speed,
            memory_limit_mb=int(self.memory_limit) if self.memory_limit.strip() else None,
            theme=None if self.theme is ThemeChoice.SYSTEM else self.theme,
            language=None if self.language is LanguageChoice.SYSTEM else self.language,
            keep_in_tray=None if self.keep_in_tray is _keeps_by_default(written) else self.keep_in_tray,
            check_for_updates=(
                written.check_for_updates
                if self.check_for_updates is bool(written.check_for_updates)
                else self.check_for_updates
            ),
            attestation=msgspec.structs.replace(
                written.attestation,
                max_age_seconds=None if int(self.max_age) == DEFAULT_MAX_AGE_SECONDS else int(self.max_age),
                nonce_required=None if self.nonce_required else False,
            ),
        )


def _keeps_by_default(written: SettingsFile) -> bool:
    return bool(written.let_websites_prove)
