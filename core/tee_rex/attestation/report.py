"""What people and programs are told about an attestation: genuine or not, expected code or not, and why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import msgspec
from cryptography import x509
from cryptography.hazmat.primitives import hashes

from tee_rex.attestation.checks import Check, Checks, Finding, judge
from tee_rex.attestation.errors import (
    AttestationError,
    PolicyMissingError,
    ProverNotAllowedError,
)
from tee_rex.attestation.provers import Prover, read_provers
from tee_rex.attestation.report_fields import ReportedCertificate, ReportFields
from tee_rex.attestation.verifier import GenuineDocument, verify_document
from tee_rex.errors import TeeRexError


@dataclass(frozen=True, slots=True)
class AttestationReport:
    """A document's two results, kept apart.

    document: None when it is not genuine; nothing of its content is told then.
    findings: of every check that was asked for, empty when it is not genuine.
    refusal: the first reason against it, None when all holds.
    """

    document: GenuineDocument | None
    findings: tuple[Finding, ...]
    refusal: TeeRexError | None
    provers: tuple[Prover, ...] | None

    @classmethod
    def of_refusal(cls, refusal: TeeRexError) -> AttestationReport:
        """The report on what is not a genuine document, or no document at all."""
        return cls(None, (), refusal, None)

    @property
    def genuine(self) -> bool:
        """Whether AWS vouches for the document."""
        return self.document is not None

    @property
    def expected_code(self) -> bool | None:
        """Whether the enclave runs an approved build; None when nothing was expected, or it is not known."""
        for finding in self.findings:
            if finding.check is Check.CODE and not isinstance(finding.refusal, PolicyMissingError):
                return finding.refusal is None
        return None

    def to_json(self) -> str:
        """The JSON of ``tee-rex attest --json``."""
        return msgspec.json.encode(self.fields()).decode()

    def fields(self) -> ReportFields:
        """All of it, in the form of the JSON."""
        code = self.refusal.code if self.refusal else None
        if self.document is None:
            return ReportFields(genuine=False, code=code)
        content = self.document.content
        return ReportFields(
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
            bb=self.provers,
            chain=tuple(map(reported_certificate, self.document.chain)),
        )


def examine(
    untrusted: bytes,
    *,
    root: x509.Certificate,
    at: datetime,
    checks: Checks,
    untrusted_manifest: bytes | None = None,
) -> AttestationReport:
    """Verify a document and make the given checks; a refusal becomes part of the report.

    A report opens nothing: what encrypts needs apply_policy.
    """
    try:
        document = verify_document(untrusted, root, at)
    except AttestationError as error:
        return AttestationReport.of_refusal(error)
    findings = judge(document, checks)
    return AttestationReport(
        document,
        findings,
        refusal=next((finding.refusal for finding in findings if finding.refusal), None),
        provers=_provers_if_named(document, untrusted_manifest),
    )


def reported_certificate(certificate: x509.Certificate) -> ReportedCertificate:
    """What a report says of one certificate."""
    return ReportedCertificate(
        subject=certificate.subject.rfc4514_string(),
        not_before=certificate.not_valid_before_utc,
        not_after=certificate.not_valid_after_utc,
        sha256=certificate.fingerprint(hashes.SHA256()).hex(),
    )


def _provers_if_named(
    document: GenuineDocument, untrusted_manifest: bytes | None
) -> tuple[Prover, ...] | None:
    try:
        return read_provers(document.content.user_data, untrusted_manifest)
    except ProverNotAllowedError:  # another project's enclave; whether that matters, the checks say
        return None


def _hex(content: bytes | None) -> str | None:
    return None if content is None else content.hex()
