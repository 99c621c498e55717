"""The settings file: its format, its reader, and a writer that keeps comments and survives a crash.

A newer version may have written it. Names that this version does not know are kept and have no effect; a
build with such a name is not approved, since it may narrow what its user approved. A value that a known
setting cannot have is an error, which leaves the other settings usable.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Final, TypeAlias, get_args, get_origin

import msgspec

from tee_rex.errors.catalogue import settings as errors
from tee_rex.errors.catalogue.extras import TOMLKIT_MISSING
from tee_rex.errors.tree import BadSettingError
from tee_rex.system.files import disk_errors, open_regular, replacing
from tee_rex.system.newer_fields import with_changes
from tee_rex.system.text import os_reason, quoted

MAX_SETTINGS_BYTES = 64 * 1024
MAX_NAME_LENGTH = 60
MAX_ATTESTATION_AGE_SECONDS = 86_400
MIN_MEMORY_LIMIT_MB = 50
"""bb does not even start with less; what a proof takes is ``tee_rex.local.process.PROOF_MEMORY_MB``."""
MAX_MEMORY_LIMIT_MB = 1_000_000
SERVERS: Final = ("node_url", "prover_url", "tee_url", "server_key")
"""The settings that a profile has in place of those beside it."""

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


class EndpointProfile(msgspec.Struct, frozen=True, omit_defaults=True):
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


class AttestationSettings(msgspec.Struct, frozen=True, omit_defaults=True):
    """What TEE mode accepts; None for the default."""

    max_age_seconds: Annotated[int, msgspec.Meta(ge=1, le=MAX_ATTESTATION_AGE_SECONDS)] | None = None
    nonce_required: bool | None = None
    builds: tuple[ApprovedBuild, ...] = ()


class SettingsFile(msgspec.Struct, frozen=True, omit_defaults=True):
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


@dataclass(frozen=True, slots=True)
class SettingsReading:
    """What the file says to this version.

    settings: all that can be used. unknown: names that this version does not know. fault: why other settings
    cannot be used, if there are any.
    """

    settings: SettingsFile
    unknown: tuple[str, ...] = ()
    fault: BadSettingError | None = None

    @classmethod
    def of(cls, file: Path) -> SettingsReading:
        """Read the file; a missing one says nothing. Raises BadSettingError where it is no TOML file."""
        return _understood(_toml(_read(file), file)).reading(file)

    def require(self) -> SettingsReading:
        """Raise the fault, if there is one; else return this."""
        if self.fault is not None:
            raise self.fault
        return self


def change_settings_file(
    file: Path, change: SettingsChange, known: SettingsFile
) -> tuple[SettingsReading, Path | None]:
    """Apply a change to what the file says now; return what it says then.

    A file that is no TOML is copied beside itself first; ``known`` takes its place, and the copy is returned
    too. Raises as :func:`write_settings_file`.
    """
    content, kept = _read(file), None
    try:
        present = _understood(_toml(content, file)).settings
    except BadSettingError:
        present, kept = known, _copied(file, content)
    try:
        changed = change(present)
    except ValueError as error:  # a profile that was removed by hand
        raise errors.BAD_SETTING(reason=str(error), file=str(file)) from None
    return write_settings_file(file, changed), kept


def write_settings_file(file: Path, settings: SettingsFile) -> SettingsReading:
    """Write the settings; return what the file says then.

    What is not different stays as it is: comments, order, and what this version does not know or cannot use.
    Raises BadSettingError if they are too large or the present file cannot be read, DISK_FULL,
    DISK_NOT_WRITABLE, EXTRA_MISSING without tomlkit.
    """
    content = _read(file)
    try:
        before = _toml(content, file)
    except BadSettingError:
        before = {}
    present = _understood(before).settings
    wanted = with_changes(before, present, settings)
    gone = isinstance(before.get("profile"), str) and present.profile is None and settings.profile is None
    if gone and _servers(present) != _servers(settings):
        # Chosen in place of a profile that is gone, and of those that were beside it.
        wanted = {name: value for name, value in wanted.items() if name not in ("profile", *SERVERS)}
        wanted |= _servers(settings)
    return _write(file, content, wanted)


def _servers(settings: SettingsFile) -> dict[str, str]:
    found = {name: getattr(settings, name) for name in SERVERS}
    return {name: server for name, server in found.items() if server is not None}


def reset_settings_file(file: Path, known: SettingsFile) -> tuple[SettingsReading, Path]:
    """Remove what cannot be used; return what the file says then, and a copy of what it said.

    A file that is no TOML is replaced by ``known``. Raises as :func:`write_settings_file`.
    """
    content = _read(file)
    try:
        usable = _understood(_toml(content, file)).usable
    except BadSettingError:
        usable = with_changes({}, SettingsFile(), known)
    kept = _copied(file, content)
    return _write(file, content, usable), kept


def _copied(file: Path, content: bytes) -> Path:
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%f")
    kept = file.with_name(f"{file.stem}-unreadable-{stamp}{file.suffix}")
    with disk_errors(file.parent), replacing(kept, private=True) as new:
        new.write_bytes(content)
    return kept


def _write(file: Path, present: bytes, wanted: dict[str, Any]) -> SettingsReading:
    content = _edited(present, wanted).encode()
    if len(content) > MAX_SETTINGS_BYTES:
        raise errors.SETTINGS_TOO_LARGE(limit=MAX_SETTINGS_BYTES)
    reading = _understood(_toml(content, file)).reading(file)
    with disk_errors(file.parent):
        file.parent.mkdir(parents=True, exist_ok=True)
        with replacing(file, private=True) as new:
            new.write_bytes(content)
    return reading


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


def _toml(content: bytes, file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(content.decode())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError):
        raise errors.SETTINGS_NOT_TOML(file=str(file)) from None


@dataclass(slots=True)
class _Understood:
    """settings: that can be used. usable: the file without what cannot. faults: what is wrong with that."""

    settings: SettingsFile = field(default_factory=SettingsFile)
    usable: dict[str, Any] = field(default_factory=dict)
    unknown: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    def reading(self, file: Path) -> SettingsReading:
        fault = errors.BAD_SETTING(reason=self.faults[0], file=str(file)) if self.faults else None
        return SettingsReading(self.settings, tuple(self.unknown), fault)

    def fail(self, name: str, reason: object) -> None:
        self.faults.append(f"{name}: {quoted(str(reason))}")


def _understood(written: dict[str, Any]) -> _Understood:
    """Convert one value at a time, so that one that cannot be used spoils no other."""
    found = _Understood()
    values, found.usable = _values(written, SettingsFile, "", found)
    active, profiles = values.get("profile"), values.get("profiles", ())
    if active is not None and active not in {profile.name for profile in profiles}:
        found.fail("profile", "the profile in use is not among the profiles")
        found.usable.pop("profile")
        for name in ("profile", *SERVERS):  # those beside the profiles are not what its user chose
            values.pop(name, None)
    found.settings = SettingsFile(**values)
    return found


def _values(
    written: dict[str, Any], form: type[msgspec.Struct], where: str, found: _Understood
) -> tuple[dict[str, Any], dict[str, Any]]:
    """The values of one table that can be used, and the table without those that cannot."""
    fields = {one.encode_name: one for one in msgspec.structs.fields(form)}
    found.unknown += [f"{where}{name}" for name in written if name not in fields]
    usable = dict(written)
    values: dict[str, Any] = {}
    for name in filter(fields.__contains__, written):
        kind, value = fields[name].type, written[name]
        try:
            if get_origin(kind) is tuple and isinstance(value, list):
                values[name], usable[name] = _entries(value, get_args(kind)[0], f"{where}{name}", found)
            elif kind is AttestationSettings and isinstance(value, dict):
                inner, usable[name] = _values(value, kind, f"{where}{name}.", found)
                values[name] = kind(**inner)
            else:
                values[name] = msgspec.convert(value, kind)
        except msgspec.ValidationError as error:
            found.fail(f"{where}{name}", error)
            usable.pop(name)
    return values, usable


def _entries(
    written: list[Any], form: type[EndpointProfile | ApprovedBuild], where: str, found: _Understood
) -> tuple[tuple[Any, ...], list[Any]]:
    entries: list[Any] = []
    usable: list[Any] = []
    known = {one.encode_name for one in msgspec.structs.fields(form)}
    for place, value in enumerate(written):
        name = f"{where}[{place}]"
        newer = [one for one in value if one not in known] if isinstance(value, dict) else []
        found.unknown += [f"{name}.{one}" for one in newer]
        if newer and form is ApprovedBuild:
            usable.append(value)
            continue
        try:
            entry = msgspec.convert(value, form)
        except msgspec.ValidationError as error:
            found.fail(name, error)
            continue
        if form is EndpointProfile and entry.name in {one.name for one in entries}:
            found.fail(name, "two profiles have the same name")
            continue
        entries.append(entry)
        usable.append(value)
    return tuple(entries), usable
