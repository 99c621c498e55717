"""One attestation, examined once: what people read and what opens the encryptor come from the same object."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from dataclasses import InitVar, dataclass
from datetime import datetime
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes

from tee_rex.attestation.builds import ExpectedPcrs
from tee_rex.attestation.checks import (
    AttestationPolicy,
    Check,
    Finding,
    check_age,
    check_code,
    check_key,
    check_nonce,
    check_not_debug,
    check_not_revoked,
    check_provers,
)
from tee_rex.attestation.provers import Prover, read_provers
from tee_rex.attestation.verifier import GenuineDocument, verify_document
from tee_rex.errors import AttestationError
from tee_rex.errors.tree import ProverNotAllowedError
from tee_rex.transaction.events import AttestationReport, BbReport, ReportedCertificate

NONCE_BYTES: Final = 32

_SEAL: Final = object()


def new_nonce() -> bytes:
    """32 fresh random bytes, for one request only."""
    return secrets.token_bytes(NONCE_BYTES)


@dataclass(frozen=True, slots=True)
class UntrustedAttestation:
    """What a server sent: the raw document, the key beside it (UTF-8, armored), the manifest beside it."""

    document: bytes
    key: bytes | None = None
    manifest: bytes | None = None


@dataclass(frozen=True, slots=True)
class VerifiedAttestation:
    """A genuine document that the caller's policy accepts; the only thing that opens the encryptor.

    public_key: the attested key, the UTF-8 of an armored OpenPGP key, not yet parsed.
    provers: the allowed binaries that the enclave carries. Only Examination.require gives one.
    """

    document: GenuineDocument
    public_key: bytes
    provers: tuple[Prover, ...]
    seal: InitVar[object] = None

    def __post_init__(self, seal: object) -> None:
        if seal is not _SEAL:
            raise TypeError("only an Examination gives a VerifiedAttestation")


@dataclass(frozen=True, slots=True)
class Examination:
    """What was found out about one attestation.

    1. ``examine`` verifies the document (checks 1 to 10). One that is not genuine ends here: nothing it
       says is used or reported.
    2. ``examine`` makes the policy's checks (11 to 16), each once and each whatever the others found.
       ``examine_saved`` makes only those that fit a document kept from an earlier request.
    3. ``findings``, ``refusal`` and ``report()`` show people and programs the result.
    4. ``require()`` is the gate: it raises the first refusal, or gives the VerifiedAttestation whose key the
       witness may be encrypted to.

    untrusted: the raw document, None when there is none. document: None when it is not genuine.
    at: the moment it was checked for. findings: in the order of the checks, empty when it is not genuine.
    refusal: the first reason against it, None when every check holds. provers: those that the document
    names, allowed or not; None when it names none. expected_code: whether it runs an approved build; None
    when no build was given, or that is not known.
    """

    untrusted: bytes | None
    document: GenuineDocument | None
    at: datetime
    findings: tuple[Finding, ...] = ()
    refusal: AttestationError | None = None
    provers: tuple[Prover, ...] | None = None
    expected_code: bool | None = None
    _verified: VerifiedAttestation | None = None

    @classmethod
    def refused(
        cls, refusal: AttestationError, *, at: datetime, untrusted: bytes | None = None
    ) -> Examination:
        """The examination of what is not a genuine document, or no document at all."""
        return cls(untrusted, None, at, refusal=refusal)

    @property
    def genuine(self) -> bool:
        """Whether AWS vouches for the document."""
        return self.document is not None

    def require(self) -> VerifiedAttestation:
        """The attestation with every check passed; raises the AttestationError of the first that fails.

        Raises TypeError for a saved document, since nothing shows that it was made for a request of now.
        """
        if self.refusal is not None:
            raise self.refusal
        if self._verified is None:
            raise TypeError("a saved document does not open the encryptor")
        return self._verified

    def report(self) -> AttestationReport:
        """All of it, as JSON has it."""
        code = self.refusal.code if self.refusal else None
        if self.document is None:
            return AttestationReport(genuine=False, code=code)
        content = self.document.content
        return AttestationReport(
            genuine=True,
            debug=self.document.debug,
            expected_code=self.expected_code,
            code=code,
            module_id=content.module_id,
            timestamp_ms=content.timestamp_ms,
            pcrs={str(index): digest.hex() for index, digest in sorted(content.pcrs.items())},
            public_key=_hex(content.public_key),
            user_data=_hex(content.user_data),
            nonce=_hex(content.nonce),
            bb=None
            if self.provers is None
            else tuple(BbReport(prover.version, prover.sha256) for prover in self.provers),
            chain=tuple(map(_reported_certificate, self.document.chain)),
        )


def examine(
    untrusted: UntrustedAttestation,
    policy: AttestationPolicy,
    *,
    nonce: bytes,
    root: x509.Certificate,
    at: datetime,
) -> Examination:
    """Examine what a server has just sent: checks 1 to 10 and, of a genuine document, 11 to 16.

    nonce: the 32 bytes sent with this request. root: the only trust anchor. at: now, aware. The key and the
    manifest beside the document are compared with what it attests, and never used on their own.
    """
    if len(nonce) != NONCE_BYTES:
        raise ValueError(f"a nonce has {NONCE_BYTES} bytes")
    try:
        document = verify_document(untrusted.document, root, at)
    except AttestationError as refusal:
        return Examination.refused(refusal, at=at, untrusted=untrusted.document)
    carried, unreadable = _carried_provers(document, untrusted.manifest)

    def check_carried_provers() -> None:
        if unreadable is not None:
            raise unreadable
        check_provers(carried, policy)

    findings = _findings(
        # 11. Fresh: not older than allowed, not from the future.
        (Check.AGE, lambda: check_age(document, policy.max_age, policy.future_tolerance)),
        # 12. Not in debug mode, whatever else the policy says.
        (Check.DEBUG, lambda: check_not_debug(document)),
        # 13. The measured code is an approved build that was not revoked.
        (Check.CODE, lambda: _check_code(document, policy.whole_builds, policy.revoked_builds)),
        # 14. Made for this request, unless the policy does not require this.
        *([(Check.NONCE, lambda: check_nonce(document, nonce))] if policy.nonce_required else []),
        # 15. Every prover that the enclave carries is an allowed one.
        (Check.PROVERS, check_carried_provers),
        # 16. There is an attested key, and a key beside the document is the same.
        (Check.KEY, lambda: check_key(document, untrusted.key)),
    )
    first_refusal, key = _first_refusal(findings), document.content.public_key
    return Examination(
        untrusted.document,
        document,
        at,
        findings=findings,
        refusal=first_refusal,
        provers=None if unreadable else carried,
        expected_code=_expected_code(findings, policy.whole_builds),
        _verified=(
            VerifiedAttestation(document, key, carried, seal=_SEAL)
            if first_refusal is None and key is not None
            else None
        ),
    )


def examine_saved(
    untrusted: bytes,
    builds: Sequence[ExpectedPcrs],
    *,
    root: x509.Certificate,
    at: datetime,
    revoked_builds: frozenset[str] = frozenset(),
) -> Examination:
    """Examine a document kept from an earlier request: checks 1 to 10, 12 and, if builds are given, 13.

    revoked_builds: as in AttestationPolicy; such a build is refused also if no builds are given.
    """
    try:
        document = verify_document(untrusted, root, at)
    except AttestationError as refusal:
        return Examination.refused(refusal, at=at, untrusted=untrusted)
    carried, unreadable = _carried_provers(document, None)
    revoked = _refusal(lambda: check_not_revoked(document, revoked_builds)) is not None
    findings = _findings(
        (Check.DEBUG, lambda: check_not_debug(document)),
        *([(Check.CODE, lambda: _check_code(document, builds, revoked_builds))] if builds or revoked else []),
    )
    return Examination(
        untrusted,
        document,
        at,
        findings=findings,
        refusal=_first_refusal(findings),
        provers=None if unreadable else carried,
        expected_code=_expected_code(findings, builds),
    )


def _check_code(document: GenuineDocument, builds: Sequence[ExpectedPcrs], revoked: frozenset[str]) -> None:
    check_not_revoked(document, revoked)
    check_code(document, builds)


def _findings(*checks: tuple[Check, Callable[[], None]]) -> tuple[Finding, ...]:
    return tuple(Finding(check, _refusal(run)) for check, run in checks)


def _refusal(check: Callable[[], None]) -> AttestationError | None:
    try:
        check()
    except AttestationError as refusal:
        return refusal
    return None


def _first_refusal(findings: Sequence[Finding]) -> AttestationError | None:
    return next((finding.refusal for finding in findings if finding.refusal), None)


def _expected_code(findings: Sequence[Finding], builds: Sequence[ExpectedPcrs]) -> bool | None:
    if not builds:
        return None
    return next(finding.refusal is None for finding in findings if finding.check is Check.CODE)


def _carried_provers(
    document: GenuineDocument, untrusted_manifest: bytes | None
) -> tuple[tuple[Prover, ...], ProverNotAllowedError | None]:
    """The provers that the document names, or why it names none; another project's enclave has none."""
    try:
        return read_provers(document.content.user_data, untrusted_manifest), None
    except ProverNotAllowedError as error:
        return (), error


def _reported_certificate(certificate: x509.Certificate) -> ReportedCertificate:
    return ReportedCertificate(
        subject=certificate.subject.rfc4514_string(),
        not_before=certificate.not_valid_before_utc,
        not_after=certificate.not_valid_after_utc,
        sha256=certificate.fingerprint(hashes.SHA256()).hex(),
    )


def _hex(content: bytes | None) -> str | None:
    return None if content is None else content.hex()
