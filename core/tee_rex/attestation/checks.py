"""What a policy demands of a genuine document: one function for each of the checks 11 to 16.

:func:`tee_rex.attestation.examination.examine` makes them, each once.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Final

from tee_rex.attestation.builds import ExpectedPcrs
from tee_rex.attestation.provers import Prover
from tee_rex.attestation.verifier import GenuineDocument
from tee_rex.errors import AttestationError, UsageError
from tee_rex.errors.catalogue import attestation as errors
from tee_rex.transaction.generations import same_circuits
from tee_rex.transaction.versions import AztecVersion

MAX_AGE: Final = timedelta(minutes=5)
"""A document is made when it is asked for; minutes allow for slow networks and clocks that are off."""
FUTURE_TOLERANCE: Final = timedelta(seconds=30)
"""How far the enclave's clock may be ahead of ours."""


@dataclass(frozen=True, slots=True)
class AttestationPolicy:
    """What must hold of a server's document before anything secret is encrypted to its key.

    builds: the approved ones, any of which will do. provers: the bb binaries that may see the witness.
    aztec_version: the version to prove for, of a known generation; None before it is known. nonce_required:
    False for servers that ignore nonces; a document may then be an old one, replayed, and proves only that it
    is recent. revoked_builds: PCR0 (96 hex digits) of images that nothing approves any more.
    """

    builds: tuple[ExpectedPcrs, ...]
    provers: frozenset[Prover]
    aztec_version: AztecVersion | None = None
    nonce_required: bool = True
    max_age: timedelta = MAX_AGE
    future_tolerance: timedelta = FUTURE_TOLERANCE
    revoked_builds: frozenset[str] = frozenset()

    @property
    def whole_builds(self) -> tuple[ExpectedPcrs, ...]:
        """Those that pin PCR0: PCR1 or PCR2 alone leave a part of the image to the operator."""
        return tuple(build for build in self.builds if build.pcr0 is not None)


class Check(StrEnum):
    """The subjects of a policy."""

    AGE = "age"
    DEBUG = "debug"
    CODE = "code"
    NONCE = "nonce"
    PROVERS = "provers"
    KEY = "key"


@dataclass(frozen=True, slots=True)
class Finding:
    """The result of one check; refusal is None when it holds."""

    check: Check
    refusal: AttestationError | None


def check_age(document: GenuineDocument, max_age: timedelta, future_tolerance: timedelta) -> None:
    """Raises EXPIRED, FROM_FUTURE."""
    seconds = document.age.total_seconds()
    if document.age > max_age:
        raise errors.EXPIRED(age=seconds, limit=max_age.total_seconds())
    if -document.age > future_tolerance:
        raise errors.FROM_FUTURE(ahead=-seconds)


def check_not_debug(document: GenuineDocument) -> None:
    """Raises DEBUG_MODE."""
    if document.debug:
        raise errors.DEBUG_MODE()


def check_not_revoked(document: GenuineDocument, revoked: frozenset[str]) -> None:
    """revoked: PCR0 in hex. Raises BUILD_REVOKED."""
    if document.content.pcrs.get(0, b"").hex() in revoked:
        raise errors.BUILD_REVOKED()


def check_code(document: GenuineDocument, builds: Sequence[ExpectedPcrs]) -> None:
    """Any of the builds will do. Raises POLICY_MISSING, PCR_MISMATCH."""
    if not builds:
        raise errors.POLICY_MISSING()
    differing = [build.differing(document.content.pcrs) for build in builds]
    if all(differing):
        nearest = ", ".join(f"PCR{index}" for index in min(differing, key=len))
        if len(builds) == 1:
            raise errors.PCR_MISMATCH_ONE_BUILD(pcrs=nearest)
        raise errors.PCR_MISMATCH(count=len(builds), pcrs=nearest)


def check_nonce(document: GenuineDocument, expected: bytes) -> None:
    """Raises NONCE_MISMATCH."""
    if document.content.nonce is None:
        raise errors.NONCE_ABSENT()
    if not hmac.compare_digest(document.content.nonce, expected):
        raise errors.NONCE_MISMATCH()


def check_provers(carried: Sequence[Prover], policy: AttestationPolicy) -> None:
    """All carried provers are allowed, and one of them proves for the wanted version.

    All: the enclave has one key, so any of them could decrypt the witness. Raises PROVER_NOT_ALLOWED.
    """
    for prover in carried:
        if prover not in policy.provers:
            raise errors.PROVER_NOT_ALLOWED(version=prover.version, sha256=prover.sha256)
    wanted = policy.aztec_version
    if wanted is not None and prover_for(carried, wanted) is None:
        raise errors.PROVER_VERSION_ABSENT(version=str(wanted), carried=listed_versions(carried))


def prover_for(provers: Iterable[Prover], wanted: AztecVersion) -> Prover | None:
    """The one that proves for this version: its own, else one with the same circuits; None if there is none.

    Raises AZTEC_GENERATION_UNKNOWN.
    """
    by_version: dict[AztecVersion, Prover] = {}
    for prover in provers:
        with suppress(UsageError):  # a name that is no version proves for none
            by_version.setdefault(AztecVersion.parse(prover.version), prover)
    found = same_circuits(wanted, by_version)
    return None if found is None else by_version[found]


def listed_versions(provers: Iterable[Prover]) -> str:
    """Their versions, each once, for people."""
    return ", ".join(dict.fromkeys(prover.version for prover in provers))


def check_key(document: GenuineDocument, untrusted_key: bytes | None) -> None:
    """There is an attested key, and a key sent beside the document is the same.

    Raises MISSING_KEY, KEY_MISMATCH.
    """
    attested = document.content.public_key
    if attested is None:
        raise errors.MISSING_KEY()
    if untrusted_key is not None and not hmac.compare_digest(untrusted_key, attested):
        raise errors.KEY_MISMATCH()
