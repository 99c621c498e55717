"""The settings file: its format, a strict reader, and a writer that keeps comments and survives a crash."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, TypeAlias

import msgspec

from tee_rex.errors.catalogue import settings as errors
from tee_rex.errors.catalogue.extras import TOMLKIT_MISSING
from tee_rex.errors.tree import BadSettingError
from tee_rex.system.files import disk_errors, open_regular, replacing
from tee_rex.system.text import os_reason

MAX_SETTINGS_BYTES = 64 * 1024
MAX_NAME_LENGTH = 60
MAX_ATTESTATION_AGE_SECONDS = 86_400
MIN_MEMORY_LIMIT_MB = 50
"""bb does not even start with less; what a proof takes is ``tee_rex.local.process.PROOF_MEMORY_MB``."""
MAX_MEMORY_LIMIT_MB = 1_000_000

_Name = Annotated[str, msgspec.Meta(min_length=1, max_length=MAX_NAME_LENGTH)]
_Pcr = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{96}\Z")]
_OptionalPcr = Annotated[str, msgspec.Meta(pattern=r"^([0-9a-f]{96})?\Z")]


class ProverSpeed(StrEnum):
    """The share of this machine's cores that the embedded prover uses."""

    QUARTER = "1/4"
    THREE_EIGHTHS = "3/8"
    HALF = "1/2"
    THREE_QUARTERS = "3/4"
    ALL = "all"

    def threads(self, cores: int) -> int:
        """The number of threads on this many cores; at least one."""
        eighths = {"1/4": 2, "3/8": 3, "1/2": 4, "3/4": 6, "all": 8}[self]
        return max(1, round(cores * eighths / 8))


class ThemeChoice(StrEnum):
    """The app's colours."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"


class LanguageChoice(StrEnum):
    """The app's language."""

    SYSTEM = "system"
    ENGLISH = "en"
    SPANISH = "es"


class EndpointProfile(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A named set of servers; empty for none. server_key: fingerprint of the remote prover's key."""

    name: _Name
    node_url: str = ""
    prover_url: str = ""
    tee_url: str = ""
    server_key: str = ""


class ApprovedBuild(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """An enclave build that the user approved: PCRs in lower-case hex; empty ones are not compared.

    approved_on: a day, ISO 8601.
    """

    name: _Name
    pcr0: _Pcr
    pcr1: _OptionalPcr = ""
    pcr2: _OptionalPcr = ""
    approved_on: str = ""


class AttestationSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What TEE mode accepts; None for the default."""

    max_age_seconds: Annotated[int, msgspec.Meta(ge=1, le=MAX_ATTESTATION_AGE_SECONDS)] | None = None
    nonce_required: bool | None = None
    builds: tuple[ApprovedBuild, ...] = ()


class SettingsFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Everything that the file can hold; None where it says nothing.

    profile: name of the active one of ``profiles``; without it the addresses beside it apply.
    """

    node_url: str | None = None
    prover_url: str | None = None
    tee_url: str | None = None
    server_key: str | None = None
    sponsored_fpc_salt: str | None = None
    bb_binary_path: str | None = None
    prover_speed: ProverSpeed | None = None
    memory_limit_mb: Annotated[int, msgspec.Meta(ge=MIN_MEMORY_LIMIT_MB, le=MAX_MEMORY_LIMIT_MB)] | None = (
        None
    )
    let_websites_prove: bool | None = None
    keep_in_tray: bool | None = None
    check_for_updates: bool | None = None
    theme: ThemeChoice | None = None
    language: LanguageChoice | None = None
    profile: str | None = None
    profiles: tuple[EndpointProfile, ...] = ()
    attestation: AttestationSettings = AttestationSettings()

    def __post_init__(self) -> None:
        names = [profile.name for profile in self.profiles]
        if len(set(names)) != len(names):
            raise ValueError("two profiles have the same name")
        if self.profile is not None and self.profile not in names:
            raise ValueError("the profile in use is not among the profiles")

    @property
    def active(self) -> EndpointProfile | None:
        """The active profile."""
        return next((profile for profile in self.profiles if profile.name == self.profile), None)


SettingsChange: TypeAlias = Callable[[SettingsFile], SettingsFile]
"""What is to be changed, applied to what the file says by then."""


def read_settings_file(file: Path) -> SettingsFile:
    """Read the file; a missing one says nothing. Raises BadSettingError."""
    return _from_text(_read(file), file)


def change_settings_file(
    file: Path, change: SettingsChange, known: SettingsFile
) -> tuple[SettingsFile, Path | None]:
    """Apply a change to what the file says now; return what it says then.

    A file with invalid settings is copied beside itself first; ``known`` takes its place, and the copy is
    returned too. Raises as :func:`write_settings_file`.
    """
    content, kept = _read(file), None
    try:
        present = _from_text(content, file)
    except BadSettingError:
        stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%f")
        present, kept = known, file.with_name(f"{file.stem}-unreadable-{stamp}{file.suffix}")
        with disk_errors(file.parent), replacing(kept, private=True) as new:
            new.write_bytes(content)
    try:
        changed = change(present)
    except ValueError as error:  # a profile that was removed by hand
        raise errors.BAD_SETTING(reason=str(error), file=str(file)) from None
    write_settings_file(file, changed)
    return changed, kept


def write_settings_file(file: Path, settings: SettingsFile) -> None:
    """Write the settings; comments and the order of unchanged entries are kept.

    Raises BadSettingError if they are too large or the present file cannot be read, DISK_FULL,
    DISK_NOT_WRITABLE, EXTRA_MISSING without tomlkit.
    """
    wanted = msgspec.json.decode(msgspec.json.encode(settings))
    text = _edited(_read(file), wanted)
    content = text.encode()
    if len(content) > MAX_SETTINGS_BYTES:
        raise errors.SETTINGS_TOO_LARGE(limit=MAX_SETTINGS_BYTES)
    _from_text(content, file)
    with disk_errors(file.parent):
        file.parent.mkdir(parents=True, exist_ok=True)
        with replacing(file, private=True) as new:
            new.write_bytes(content)


def _edited(present: bytes, wanted: dict[str, Any]) -> str:
    try:
        import tomlkit
        from tomlkit.exceptions import TOMLKitError
    except ModuleNotFoundError:
        raise TOMLKIT_MISSING() from None
    try:
        document = tomlkit.parse(present)
        before = document.unwrap()
        for name in before.keys() - wanted.keys():
            del document[name]
        for name, value in wanted.items():
            if before.get(name) != value:
                document[name] = value
        text = tomlkit.dumps(document)
        if tomllib.loads(text) == wanted:
            return text
    except (TOMLKitError, tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError):
        pass
    return tomlkit.dumps(wanted)


def _read(file: Path) -> bytes:
    try:
        with open_regular(file) as stream:
            content = stream.read(MAX_SETTINGS_BYTES + 1)
    except FileNotFoundError:
        return b""
    except OSError as error:
        raise errors.SETTINGS_UNREADABLE(reason=os_reason(error), file=str(file)) from error
    if len(content) > MAX_SETTINGS_BYTES:
        raise errors.SETTINGS_FILE_TOO_LARGE(limit=MAX_SETTINGS_BYTES, file=str(file))
    return content


def _from_text(content: bytes, file: Path) -> SettingsFile:
    try:
        return msgspec.convert(tomllib.loads(content.decode()), SettingsFile)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError):
        raise errors.SETTINGS_NOT_TOML(file=str(file)) from None
    except msgspec.ValidationError as error:
        raise errors.BAD_SETTING(reason=str(error), file=str(file)) from None
