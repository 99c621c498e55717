"""What each setting can be, in plain words: for whoever is typing it, and before it is saved."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from tee_rex.errors import TeeRexError, UsageError
from tee_rex.http_client.server_url import ServerUrl
from tee_rex.settings.file import (
    MAX_ATTESTATION_AGE_SECONDS,
    MAX_MEMORY_LIMIT_MB,
    MAX_NAME_LENGTH,
    MIN_MEMORY_LIMIT_MB,
    EndpointProfile,
    SettingsFile,
)

_FINGERPRINT = re.compile("[0-9a-f]{40}")
_PCR = re.compile("[0-9a-f]{96}")
_FIELD_MODULUS = 21888242871839275222246405745257275088548364400416034343698204186575808495617
"""Of BN254, which Aztec's fields are of; a salt is one."""


class BadSaltError(UsageError):
    """A text that is no salt."""

    code = "FPC_SALT_INVALID"
    title = "That is no salt"
    default_hint = "Give a number, in decimal or as 0x and hexadecimal digits."


class SettingField(StrEnum):
    """The settings that a text can be wrong for, by their names."""

    PROFILE_NAME = "profile_name"
    NODE_URL = "node_url"
    PROVER_URL = "prover_url"
    TEE_URL = "tee_url"
    SERVER_KEY = "server_key"
    SALT = "sponsored_fpc_salt"
    MAX_AGE = "max_age_seconds"
    MEMORY_LIMIT = "memory_limit_mb"


@dataclass(frozen=True, slots=True)
class SettingProblem:
    """What is wrong with one setting. profile: the one that it is in, None where it is in none."""

    field: SettingField
    message: str
    profile: str | None = None


def address_problem(text: str) -> str | None:
    """What is wrong with the address of a server; an empty one is none, and fine."""
    if not text.strip():
        return None
    try:
        ServerUrl.parse(text.strip())
    except TeeRexError as error:
        return error.message
    return None


def server_key_problem(text: str) -> str | None:
    """What is wrong with a fingerprint; spaces may part its digits."""
    digits = plain_fingerprint(text)
    if not digits or _FINGERPRINT.fullmatch(digits):
        return None
    return f"A fingerprint has 40 hexadecimal digits; this has {len(digits)} characters."


def plain_fingerprint(text: str) -> str:
    """As it is kept: lower case, without spaces."""
    return re.sub(r"\s", "", text).lower()


def salt_problem(text: str) -> str | None:
    """What is wrong with the salt of the sponsored fee contract; an empty one stands for 0, and is fine."""
    if not text.strip():
        return None
    try:
        salt_of(text)
    except BadSaltError as error:
        return error.message
    return None


def salt_of(text: str) -> int:
    """The salt that a text names, in decimal or in hexadecimal after 0x; raises BadSaltError."""
    digits = text.strip()
    try:
        number = int(digits, 16 if digits.lower().startswith("0x") else 10)
    except ValueError:
        raise BadSaltError("A salt is a whole number, such as 0 or 0x2a.") from None
    if not 0 <= number < _FIELD_MODULUS:
        raise BadSaltError("A salt is a number from 0 to below BN254's modulus.")
    return number


def max_age_problem(text: str) -> str | None:
    """What is wrong with the oldest age of an attestation, in seconds."""
    return _whole_number_problem(text, 1, MAX_ATTESTATION_AGE_SECONDS, "seconds")


def memory_limit_problem(text: str) -> str | None:
    """What is wrong with the limit of the prover's memory in MB; empty for none."""
    if not text.strip():
        return None
    return _whole_number_problem(text, MIN_MEMORY_LIMIT_MB, MAX_MEMORY_LIMIT_MB, "MB")


def profile_name_problem(text: str, others: set[str]) -> str | None:
    """What is wrong with the name of a profile among others."""
    name = text.strip()
    if not name:
        return "A profile needs a name."
    if len(name) > MAX_NAME_LENGTH:
        return f"A name has at most {MAX_NAME_LENGTH} characters."
    return "Another profile has this name." if name in others else None


def pcr_problem(text: str) -> str | None:
    """What is wrong with a PCR; an empty one is none, and fine."""
    digits = plain_fingerprint(text)
    if not digits or _PCR.fullmatch(digits):
        return None
    return f"A PCR has 96 hexadecimal digits; this has {len(digits)} characters."


def problems_of(settings: SettingsFile) -> tuple[SettingProblem, ...]:
    """Everything in a file's content that would be in the way."""
    profiles: list[tuple[str | None, EndpointProfile | SettingsFile]] = [(None, settings)]
    profiles += [(profile.name, profile) for profile in settings.profiles]
    found: list[tuple[SettingField, str | None, str | None]] = []
    for name, servers in profiles:
        found += [
            (SettingField.NODE_URL, address_problem(servers.node_url or ""), name),
            (SettingField.PROVER_URL, address_problem(servers.prover_url or ""), name),
            (SettingField.TEE_URL, address_problem(servers.tee_url or ""), name),
            (SettingField.SERVER_KEY, server_key_problem(servers.server_key or ""), name),
        ]
    found.append((SettingField.SALT, salt_problem(settings.sponsored_fpc_salt or ""), None))
    return tuple(SettingProblem(field, message, name) for field, message, name in found if message)


def _whole_number_problem(text: str, least: int, most: int, unit: str) -> str | None:
    try:
        number = int(text.strip())
    except ValueError:
        return f"A whole number of {unit}, please."
    if least <= number <= most:
        return None
    return f"From {least:,} to {most:,} {unit}."
