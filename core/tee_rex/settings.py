"""Settings: flag > environment variable > settings file > default, and which of them won."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Generic, TypeVar

from tee_rex.errors import UsageError

MAX_SETTINGS_BYTES = 64 * 1024

T = TypeVar("T")


class BadSettingError(UsageError):
    """A value that its setting cannot have."""

    code = "BAD_SETTING"
    title = "A setting cannot be used"


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


@dataclass(frozen=True, slots=True)
class _Definition:
    name: str
    variable: str
    default: str


# The variables are those of the original system.
_DEFINITIONS = (
    _Definition("node_url", "AZTEC_NODE_URL", ""),
    _Definition("prover_url", "PROVER_URL", ""),
    _Definition("tee_url", "TEE_URL", ""),
    _Definition("sponsored_fpc_salt", "SPONSORED_FPC_SALT", "0"),
    _Definition("bb_binary_path", "BB_BINARY_PATH", ""),
)


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings, each with its source; an empty text means that it is not set."""

    node_url: Setting[str]
    prover_url: Setting[str]
    tee_url: Setting[str]
    sponsored_fpc_salt: Setting[str]
    bb_binary_path: Setting[str]

    @classmethod
    def resolve(cls, *, flags: Mapping[str, str | None], environ: Mapping[str, str], file: Path) -> Settings:
        """Decide every setting; raises BadSettingError for a settings file that cannot be read.

        flags: by the names of the fields; None means not given. file: TOML, may be absent.
        """
        in_file = _read(file)
        return cls(**{d.name: _decide(d, flags, environ, in_file, file) for d in _DEFINITIONS})


def _decide(
    definition: _Definition,
    flags: Mapping[str, str | None],
    environ: Mapping[str, str],
    in_file: Mapping[str, str],
    file: Path,
) -> Setting[str]:
    flag = flags.get(definition.name)
    if flag is not None:
        return Setting(flag, SettingSource.FLAG, "--" + definition.name.replace("_", "-"))
    if environ.get(definition.variable):
        return Setting(environ[definition.variable], SettingSource.ENVIRONMENT, definition.variable)
    if definition.name in in_file:
        return Setting(in_file[definition.name], SettingSource.FILE, str(file))
    return Setting(definition.default, SettingSource.DEFAULT, "default")


def _read(file: Path) -> dict[str, str]:
    hint = f"Mend or remove {file}."
    try:
        with file.open("rb") as stream:
            content = stream.read(MAX_SETTINGS_BYTES + 1)
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise BadSettingError(f"The settings file cannot be read ({error.strerror}).", hint=hint) from error
    if len(content) > MAX_SETTINGS_BYTES:
        raise BadSettingError("The settings file is too large.", hint=hint)
    try:
        table = tomllib.loads(content.decode())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError):
        raise BadSettingError("The settings file is not valid TOML.", hint=hint) from None
    known = {definition.name for definition in _DEFINITIONS}
    for name, value in table.items():
        if name not in known:
            raise BadSettingError(f"The settings file has an unknown setting {name!r}.", hint=hint)
        if not isinstance(value, str):
            raise BadSettingError(f"The setting {name!r} must be a text.", hint=hint)
    return table
