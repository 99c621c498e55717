"""The settings file: its form, reading it strictly, and writing it so that comments and a crash survive."""

from __future__ import annotations

import tomllib
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import msgspec

from tee_rex.errors.catalogue.extras import TOMLKIT_MISSING
from tee_rex.settings.bad_setting import BadSettingError
from tee_rex.system.files import disk_errors, replacing

if TYPE_CHECKING:
    from tee_rex.attestation.builds import ExpectedPcrs, ShippedBuild

MAX_SETTINGS_BYTES = 64 * 1024
MAX_NAME_LENGTH = 60
MAX_ATTESTATION_AGE_SECONDS = 86_400
MIN_MEMORY_LIMIT_MB = 50
"""A proof of eleven circuits takes 270 MB; less than this, bb does not start with."""
MAX_MEMORY_LIMIT_MB = 1_000_000

_Name = Annotated[str, msgspec.Meta(min_length=1, max_length=MAX_NAME_LENGTH)]
_Pcr = Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{96}$")]
_OptionalPcr = Annotated[str, msgspec.Meta(pattern="^([0-9a-f]{96})?$")]


class ProverSpeed(StrEnum):
    """How many of this machine's cores the embedded prover takes."""

    QUARTER = "1/4"
    THREE_EIGHTHS = "3/8"
    HALF = "1/2"
    THREE_QUARTERS = "3/4"
    ALL = "all"

    def threads(self, cores: int) -> int:
        """Of so many cores; at least one."""
        eighths = {"1/4": 2, "3/8": 3, "1/2": 4, "3/4": 6, "all": 8}[self]
        return max(1, round(cores * eighths / 8))


class ThemeChoice(StrEnum):
    """Which colours the app shows itself in."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"


class LanguageChoice(StrEnum):
    """Which language the app speaks."""

    SYSTEM = "system"
    ENGLISH = "en"
    SPANISH = "es"


class EndpointProfile(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A named set of servers; empty means that it has none. server_key: fingerprint that must be met."""

    name: _Name
    node_url: str = ""
    prover_url: str = ""
    tee_url: str = ""
    server_key: str = ""


class ApprovedBuild(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """An enclave build that its user approved: PCRs in lower-case hex, those empty are not compared.

    approved_on: a day, ISO 8601.
    """

    name: _Name
    pcr0: _Pcr
    pcr1: _OptionalPcr = ""
    pcr2: _OptionalPcr = ""
    approved_on: str = ""

    @classmethod
    def shipped(cls, build: ShippedBuild) -> ApprovedBuild:
        """A release's image, approved because its measurements came with this software."""
        return cls(f"{build.name} {build.version}", build.pcr0, build.pcr1, build.pcr2)

    def expected(self) -> ExpectedPcrs:
        """As the attestation policy takes it."""
        from tee_rex.attestation.builds import ExpectedPcrs

        return ExpectedPcrs(
            *(bytes.fromhex(digest) if digest else None for digest in (self.pcr0, self.pcr1, self.pcr2))
        )


class AttestationSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What TEE mode accepts; None stands for the default."""

    max_age_seconds: Annotated[int, msgspec.Meta(ge=1, le=MAX_ATTESTATION_AGE_SECONDS)] | None = None
    nonce_required: bool | None = None
    builds: tuple[ApprovedBuild, ...] = ()


class SettingsFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """All that the file can hold; None where it does not say.

    profile: name of the one of ``profiles`` that is in use; without it the addresses beside it count.
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
        """The profile in use."""
        return next((profile for profile in self.profiles if profile.name == self.profile), None)


def read_settings_file(file: Path) -> SettingsFile:
    """What the file says, nothing where there is none. Raises BadSettingError."""
    return _from_text(_read(file), file)


def write_settings_file(file: Path, settings: SettingsFile) -> None:
    """Make the file say this; comments and order of what stays are kept.

    Raises BadSettingError when it would be too large or the present file cannot be read, DiskFullError,
    DiskNotWritableError, EXTRA_MISSING without tomlkit.
    """
    wanted = msgspec.json.decode(msgspec.json.encode(settings))
    text = _edited(_read(file), wanted)
    content = text.encode()
    if len(content) > MAX_SETTINGS_BYTES:
        raise BadSettingError("The settings are more than their file may hold.", hint="Remove some of them.")
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
    except (TOMLKitError, tomllib.TOMLDecodeError, UnicodeDecodeError):
        pass
    return tomlkit.dumps(wanted)


def _read(file: Path) -> bytes:
    try:
        with file.open("rb") as stream:
            content = stream.read(MAX_SETTINGS_BYTES + 1)
    except FileNotFoundError:
        return b""
    except OSError as error:
        raise BadSettingError(
            f"The settings file cannot be read ({error.strerror}).", hint=_hint(file)
        ) from error
    if len(content) > MAX_SETTINGS_BYTES:
        raise BadSettingError("The settings file is too large.", hint=_hint(file))
    return content


def _from_text(content: bytes, file: Path) -> SettingsFile:
    try:
        return msgspec.convert(tomllib.loads(content.decode()), SettingsFile)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError):
        raise BadSettingError("The settings file is not valid TOML.", hint=_hint(file)) from None
    except msgspec.ValidationError as error:
        raise BadSettingError(f"In the settings file: {error}.", hint=_hint(file)) from None


def _hint(file: Path) -> str:
    return f"Mend or remove {file}."
