"""What each setting can be: for text being typed, and before it is saved.

Each ``…_problem`` returns what is wrong with a text, or None.
"""

from __future__ import annotations

import re
from enum import StrEnum

from tee_rex.errors import Message, message
from tee_rex.errors.catalogue.settings import FPC_SALT_INVALID
from tee_rex.settings.file import (
    MAX_ATTESTATION_AGE_SECONDS,
    MAX_MEMORY_LIMIT_MB,
    MAX_NAME_LENGTH,
    MIN_MEMORY_LIMIT_MB,
)

_FINGERPRINT = re.compile("[0-9a-f]{40}")
_PCR = re.compile("[0-9a-f]{96}")
_FIELD_MODULUS = 21888242871839275222246405745257275088548364400416034343698204186575808495617
"""Of BN254's scalar field, which salts and all fields of Aztec are elements of."""


class SettingField(StrEnum):
    """The settings that people can be led to, by their names; all but the last two are typed as text."""

    PROFILE_NAME = "profile_name"
    NODE_URL = "node_url"
    PROVER_URL = "prover_url"
    TEE_URL = "tee_url"
    SERVER_KEY = "server_key"
    SALT = "sponsored_fpc_salt"
    MAX_AGE = "max_age_seconds"
    MEMORY_LIMIT = "memory_limit_mb"
    PROVER_SPEED = "prover_speed"
    CHECK_FOR_UPDATES = "check_for_updates"


def server_key_problem(text: str) -> Message | None:
    """For a key's fingerprint, whose digits may be separated by spaces; empty is fine."""
    digits = plain_fingerprint(text)
    if not digits or _FINGERPRINT.fullmatch(digits):
        return None
    return message("Expected 40 hexadecimal digits; characters given: {count}.", count=len(digits))


def plain_fingerprint(text: str) -> str:
    """A fingerprint or PCR in lower case, without spaces."""
    return re.sub(r"\s", "", text).lower()


def salt_problem(text: str) -> Message | None:
    """For the salt of the sponsored fee contract; empty stands for 0."""
    salt = _salt(text) if text.strip() else 0
    return salt if isinstance(salt, Message) else None


def salt_of(text: str) -> int:
    """Parse a salt, in decimal or in hexadecimal after 0x; raises FPC_SALT_INVALID."""
    salt = _salt(text)
    if isinstance(salt, Message):
        raise FPC_SALT_INVALID(reason=salt)
    return salt


def _salt(text: str) -> int | Message:
    digits = text.strip()
    try:
        number = int(digits, 16 if digits.lower().startswith("0x") else 10)
    except ValueError:
        return message("Enter a whole number, such as 0 or 0x2a.")
    if not 0 <= number < _FIELD_MODULUS:
        return message("The salt must be at least 0 and below BN254's modulus.")
    return number


def max_age_problem(text: str) -> Message | None:
    """For the maximum age of an attestation, in seconds."""
    return _whole_number_problem(text, 1, MAX_ATTESTATION_AGE_SECONDS)


def memory_limit_problem(text: str) -> Message | None:
    """For the limit of the prover's memory in MB; empty for none."""
    if not text.strip():
        return None
    return _whole_number_problem(text, MIN_MEMORY_LIMIT_MB, MAX_MEMORY_LIMIT_MB)


def profile_name_problem(text: str, others: set[str]) -> Message | None:
    """For the name of a profile or build among others."""
    name = text.strip()
    if not name:
        return message("Enter a name.")
    if len(name) > MAX_NAME_LENGTH:
        return message("Use at most {count} characters.", count=MAX_NAME_LENGTH)
    return message("This name is already in use.") if name in others else None


def pcr_problem(text: str) -> Message | None:
    """For a PCR; empty is fine."""
    digits = plain_fingerprint(text)
    if not digits or _PCR.fullmatch(digits):
        return None
    return message("Expected 96 hexadecimal digits; characters given: {count}.", count=len(digits))


def _whole_number_problem(text: str, least: int, most: int) -> Message | None:
    try:
        number = int(text.strip())
    except ValueError:
        return message("Enter a whole number.")
    if least <= number <= most:
        return None
    return message("Enter a number from {least:,} to {most:,}.", least=least, most=most)
