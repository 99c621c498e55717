"""Settings: flag > environment variable > settings file > default, each with its source."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Final, Generic, TypeVar

from tee_rex.settings.file import (
    SERVERS,
    ApprovedBuild,
    LanguageChoice,
    ProverSpeed,
    SettingsFile,
    SettingsReading,
    ThemeChoice,
)

DEFAULT_MAX_AGE_SECONDS: Final = 300
"""The default of the attestation policy."""

T = TypeVar("T")


class SettingSource(StrEnum):
    """Where a value came from."""

    FLAG = "flag"
    ENVIRONMENT = "environment"
    FILE = "file"
    DEFAULT = "default"


@dataclass(frozen=True, slots=True)
class Setting(Generic[T]):
    """A value and where it came from; ``origin`` names the flag, variable or file."""

    value: T
    source: SettingSource
    origin: str


# The variables are those of the original system.
_VARIABLES: Final = {
    "node_url": "AZTEC_NODE_URL",
    "prover_url": "PROVER_URL",
    "tee_url": "TEE_URL",
    "sponsored_fpc_salt": "SPONSORED_FPC_SALT",
    "bb_binary_path": "BB_BINARY_PATH",
}
_DEFAULTS: Final = {"sponsored_fpc_salt": "0"}


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings, each with its source; an empty text is not set.

    server_key: the fingerprint that the remote prover's key must have. memory_limit_mb: of the embedded
    prover, None for no limit. let_websites_prove: whether the app listens for them. keep_in_tray: whether
    closing the app's window leaves it running; by default while websites may prove. check_for_updates:
    whether the app does so daily; None until its user is asked. approved_builds: the enclave builds that the
    user pinned. written: the content of the file. unknown: names in it that this version does not know.
    """

    node_url: Setting[str]
    prover_url: Setting[str]
    tee_url: Setting[str]
    server_key: Setting[str]
    sponsored_fpc_salt: Setting[str]
    bb_binary_path: Setting[str]
    prover_speed: Setting[ProverSpeed]
    memory_limit_mb: Setting[int | None]
    let_websites_prove: Setting[bool]
    keep_in_tray: Setting[bool]
    check_for_updates: Setting[bool | None]
    theme: Setting[ThemeChoice]
    language: Setting[LanguageChoice]
    max_age_seconds: Setting[int]
    nonce_required: Setting[bool]
    approved_builds: tuple[ApprovedBuild, ...]
    written: SettingsFile
    unknown: tuple[str, ...] = ()

    @classmethod
    def resolve(cls, *, flags: Mapping[str, str | None], environ: Mapping[str, str], file: Path) -> Settings:
        """Resolve every setting; raises BadSettingError for an unusable settings file.

        flags: by field name; None for those not given. file: TOML, may be missing.
        """
        return cls.read(SettingsReading.of(file).require(), flags=flags, environ=environ, origin=str(file))

    @classmethod
    def read(
        cls,
        reading: SettingsReading,
        *,
        flags: Mapping[str, str | None],
        environ: Mapping[str, str],
        origin: str,
    ) -> Settings:
        """As ``decide``, with what of the file can be used."""
        settings = cls.decide(reading.settings, flags=flags, environ=environ, origin=origin)
        return replace(settings, unknown=reading.unknown)

    @classmethod
    def decide(
        cls,
        written: SettingsFile,
        *,
        flags: Mapping[str, str | None],
        environ: Mapping[str, str],
        origin: str,
    ) -> Settings:
        """Resolve with the content of the file that ``origin`` names."""

        def text(name: str) -> Setting[str]:
            return _text(name, flags, environ, written, origin)

        attestation = written.attestation
        websites = _written_or(written.let_websites_prove, False, origin)  # noqa: FBT003  # a value
        return cls(
            node_url=text("node_url"),
            prover_url=text("prover_url"),
            tee_url=text("tee_url"),
            server_key=text("server_key"),
            sponsored_fpc_salt=text("sponsored_fpc_salt"),
            bb_binary_path=text("bb_binary_path"),
            prover_speed=_written_or(written.prover_speed, ProverSpeed.ALL, origin),
            memory_limit_mb=_written_or(written.memory_limit_mb, None, origin),
            let_websites_prove=websites,
            keep_in_tray=_written_or(written.keep_in_tray, websites.value, origin),
            check_for_updates=_written_or(written.check_for_updates, None, origin),
            theme=_written_or(written.theme, ThemeChoice.SYSTEM, origin),
            language=_written_or(written.language, LanguageChoice.SYSTEM, origin),
            max_age_seconds=_written_or(attestation.max_age_seconds, DEFAULT_MAX_AGE_SECONDS, origin),
            nonce_required=_written_or(attestation.nonce_required, True, origin),  # noqa: FBT003  # a value
            approved_builds=attestation.builds,
            written=written,
        )


def _text(
    name: str,
    flags: Mapping[str, str | None],
    environ: Mapping[str, str],
    written: SettingsFile,
    origin: str,
) -> Setting[str]:
    flag = flags.get(name)
    if flag is not None:
        return Setting(flag, SettingSource.FLAG, "--" + name.replace("_", "-"))
    variable = _VARIABLES.get(name)
    if variable and environ.get(variable):
        return Setting(environ[variable], SettingSource.ENVIRONMENT, variable)
    profile = written.active if name in SERVERS else None
    # A profile without a server has none; it does not inherit one.
    in_file = getattr(profile, name) or None if profile is not None else getattr(written, name)
    return _written_or(in_file, _DEFAULTS.get(name, ""), origin)


def _written_or(written: T | None, default: T, origin: str) -> Setting[T]:
    if written is None:
        return Setting(default, SettingSource.DEFAULT, "default")
    return Setting(written, SettingSource.FILE, origin)
