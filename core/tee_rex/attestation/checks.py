"""The second step: whether a genuine document says what the caller accepts.

Each check stands alone, so a report can tell what holds and what does not (``judge``); the gate
(``apply_policy``) lets nothing through unless every one of them holds.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Callable, Sequence
from dataclasses import InitVar, dataclass
from datetime import timedelta
from enum import Enum, StrEnum
from typing import Final, Literal, TypeAlias

from tee_rex.attestation.builds import shipped_builds
from tee_rex.attestation.document import PCR_BYTES
from tee_rex.attestation.errors import (
    AttestationError,
    DebugModeError,
    ExpiredError,
    FromFutureError,
    KeyMismatchError,
    MissingKeyError,
    NonceMismatchError,
    PcrMismatchError,
    PolicyMissingError,
    ProverNotAllowedError,
)
from tee_rex.attestation.provers import AllowedProvers, Prover, read_provers
from tee_rex.attestation.verifier import GenuineDocument
from tee_rex.transaction.trusted_setup import TrustedSetup
from tee_rex.transaction.versions import AztecVersion

NONCE_BYTES: Final = 32
MAX_AGE: Final = timedelta(minutes=5)
"""A document is made when it is asked for; minutes allow for slow networks and clocks that are off."""
FUTURE_TOLERANCE: Final = timedelta(seconds=30)
"""How far the enclave's clock may be ahead of ours."""

_SEAL: Final = object()


def new_nonce() -> bytes:
    """32 fresh random bytes, for one request only."""
    return secrets.token_bytes(NONCE_BYTES)


class NonceRule(Enum):
    """What may stand in place of an expected nonce."""

    NOT_REQUIRED = "not required"
    """For servers that ignore nonces: a document then proves no more than that it is recent."""


@dataclass(frozen=True, slots=True)
class ExpectedPcrs:
    """One approved build: the PCRs (48 bytes each) its image measures to; None is not compared.

    PCR0 measures the whole image, PCR1 the kernel and its first ramdisk, PCR2 the application.
    """

    pcr0: bytes | None = None
    pcr1: bytes | None = None
    pcr2: bytes | None = None

    def __post_init__(self) -> None:
        expected = self._expected()
        if not expected or any(len(digest) != PCR_BYTES for _index, digest in expected):
            raise ValueError(f"an approved build has at least one PCR, and PCRs have {PCR_BYTES} bytes")

    @classmethod
    def shipped(cls) -> tuple[ExpectedPcrs, ...]:
        """The builds that this release of TEE-Rex approves unless its user says otherwise."""
        return tuple(
            cls(bytes.fromhex(build.pcr0), bytes.fromhex(build.pcr1), bytes.fromhex(build.pcr2))
            for build in shipped_builds()
        )

    def _expected(self) -> list[tuple[int, bytes]]:
        return [
            (index, digest)
            for index, digest in enumerate((self.pcr0, self.pcr1, self.pcr2))
            if digest is not None
        ]

    def differing(self, document: GenuineDocument) -> list[int]:
        """Indices of the PCRs that are not as expected."""
        return [
            index
            for index, digest in self._expected()
            if not hmac.compare_digest(document.content.pcrs.get(index, b""), digest)
        ]


@dataclass(frozen=True, slots=True)
class AttestationPolicy:
    """What must hold of one document before anything secret is encrypted to its key.

    builds: the approved ones, any of which will do. nonce: the 32 bytes sent with this request.
    aztec_version: the version to prove for, None before it is known.
    """

    builds: tuple[ExpectedPcrs, ...]
    nonce: bytes | Literal[NonceRule.NOT_REQUIRED]
    provers: AllowedProvers
    setup: TrustedSetup
    aztec_version: AztecVersion | None = None
    max_age: timedelta = MAX_AGE
    future_tolerance: timedelta = FUTURE_TOLERANCE

    def __post_init__(self) -> None:
        if self.nonce is not NonceRule.NOT_REQUIRED and len(self.nonce) != NONCE_BYTES:
            raise ValueError(f"a nonce has {NONCE_BYTES} bytes")


@dataclass(frozen=True, slots=True)
class VerifiedAttestation:
    """A genuine document that the caller's policy accepts; the only thing that opens the encryptor.

    public_key: the attested key, the UTF-8 of an armored OpenPGP key, not yet parsed.
    provers: the allowed binaries that the enclave carries. Only apply_policy makes one.
    """

    document: GenuineDocument
    public_key: bytes
    provers: tuple[Prover, ...]
    seal: InitVar[object] = None

    def __post_init__(self, seal: object) -> None:
        if seal is not _SEAL:
            raise TypeError("only apply_policy makes a VerifiedAttestation")


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
    """What came of one check; refusal is None when it holds."""

    check: Check
    refusal: AttestationError | None


Checks: TypeAlias = Sequence[tuple[Check, Callable[[GenuineDocument], object]]]
"""Each callable raises the AttestationError of its check, or returns."""


def server_checks(
    policy: AttestationPolicy, *, untrusted_key: bytes | None, untrusted_manifest: bytes | None
) -> Checks:
    """Checks 11 to 16, for a document that a server has just sent; the verifier makes the first ten.

    untrusted_key, untrusted_manifest: what came beside the document.
    """
    nonce = policy.nonce
    return (
        # 11. Fresh: not older than allowed, not from the future.
        (Check.AGE, lambda document: check_age(document, policy.max_age, policy.future_tolerance)),
        # 12. Not in debug mode, whatever else the policy says.
        (Check.DEBUG, check_not_debug),
        # 13. The measured code is an approved build.
        (Check.CODE, lambda document: check_code(document, _whole_builds(policy.builds))),
        # 14. Made for this request, unless the policy says that this is not required.
        *(
            ((Check.NONCE, lambda document: check_nonce(document, nonce)),)
            if isinstance(nonce, bytes)
            else ()
        ),
        # 15. Every prover that the enclave carries is an allowed one.
        (Check.PROVERS, lambda document: check_provers(document, policy, untrusted_manifest)),
        # 16. There is an attested key, and a key beside the document is the same.
        (Check.KEY, lambda document: check_key(document, untrusted_key)),
    )


def file_checks(builds: Sequence[ExpectedPcrs]) -> Checks:
    """Checks 12 and, if builds are given, 13: all that can be asked of a document that was kept."""
    code: Checks = ((Check.CODE, lambda document: check_code(document, builds)),)
    return ((Check.DEBUG, check_not_debug), *(code if builds else ()))


def judge(document: GenuineDocument, checks: Checks) -> tuple[Finding, ...]:
    """What comes of every check, each made whatever the others found; for reports, never as the gate."""
    return tuple(Finding(name, _refusal(document, check)) for name, check in checks)


def apply_policy(
    document: GenuineDocument,
    policy: AttestationPolicy,
    *,
    untrusted_key: bytes | None = None,
    untrusted_manifest: bytes | None = None,
) -> VerifiedAttestation:
    """The gate: every one of server_checks must hold.

    untrusted_key, untrusted_manifest: what the server sent beside the document. The key is never used.
    Raises the AttestationError of the first check that does not hold.
    """
    for _name, check in server_checks(
        policy, untrusted_key=untrusted_key, untrusted_manifest=untrusted_manifest
    ):
        check(document)
    return VerifiedAttestation(
        document,
        public_key=check_key(document, untrusted_key),
        provers=check_provers(document, policy, untrusted_manifest),
        seal=_SEAL,
    )


def check_age(document: GenuineDocument, max_age: timedelta, future_tolerance: timedelta) -> None:
    """Raises ExpiredError, FromFutureError."""
    seconds = document.age.total_seconds()
    if document.age > max_age:
        raise ExpiredError(f"It is {seconds:,.0f} s old; {max_age.total_seconds():,.0f} s are allowed.")
    if -document.age > future_tolerance:
        raise FromFutureError(f"Its time is {-seconds:,.0f} s ahead of this machine's.")


def check_not_debug(document: GenuineDocument) -> None:
    """Raises DebugModeError."""
    if document.debug:
        raise DebugModeError("PCR0, PCR1 and PCR2 are zero: nothing was measured.")


def check_code(document: GenuineDocument, builds: Sequence[ExpectedPcrs]) -> None:
    """Any of the builds will do. Raises PolicyMissingError, PcrMismatchError."""
    if not builds:
        raise PolicyMissingError("No PCR0 to expect is given, and so any AWS customer's enclave would pass.")
    differing = [build.differing(document) for build in builds]
    if all(differing):
        nearest = ", ".join(f"PCR{index}" for index in min(differing, key=len))
        count = "the expected ones" if len(builds) == 1 else f"those of the {len(builds)} approved builds"
        raise PcrMismatchError(f"Its measurements are not {count} ({nearest} differ).")


def check_nonce(document: GenuineDocument, expected: bytes) -> None:
    """Raises NonceMismatchError."""
    if document.content.nonce is None:
        raise NonceMismatchError("It carries no nonce.")
    if not hmac.compare_digest(document.content.nonce, expected):
        raise NonceMismatchError("Its nonce is another one than was sent.")


def check_provers(
    document: GenuineDocument, policy: AttestationPolicy, untrusted_manifest: bytes | None
) -> tuple[Prover, ...]:
    """The enclave's provers. One that is not allowed spoils them all, for the enclave has one key only.

    Raises ProverNotAllowedError.
    """
    provers = read_provers(document.content.user_data, untrusted_manifest)
    allowed = policy.provers.under(policy.setup)
    for prover in provers:
        if prover not in allowed:
            raise ProverNotAllowedError(
                f"It carries a bb for Aztec {prover.version} that is not on the list ({prover.sha256})."
            )
    wanted = policy.aztec_version
    if wanted is not None and all(prover.version != str(wanted) for prover in provers):
        raise ProverNotAllowedError(f"It carries no bb for Aztec {wanted}.")
    return provers


def check_key(document: GenuineDocument, untrusted_key: bytes | None) -> bytes:
    """The attested key. Raises MissingKeyError, KeyMismatchError."""
    attested = document.content.public_key
    if attested is None:
        raise MissingKeyError("The document's field public_key is empty.")
    if untrusted_key is not None and not hmac.compare_digest(untrusted_key, attested):
        raise KeyMismatchError("The key that came beside the document is not the one inside it.")
    return attested


def _whole_builds(builds: Sequence[ExpectedPcrs]) -> list[ExpectedPcrs]:
    """Those that pin PCR0: PCR1 or PCR2 alone leave a part of the image to whoever runs it."""
    return [build for build in builds if build.pcr0 is not None]


def _refusal(
    document: GenuineDocument, check: Callable[[GenuineDocument], object]
) -> AttestationError | None:
    try:
        check(document)
    except AttestationError as refusal:
        return refusal
    return None
