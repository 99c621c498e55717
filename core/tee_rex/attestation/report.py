"""The report on an attestation; apart from what makes it, so that readers load no cryptography."""

from __future__ import annotations

from datetime import datetime

import msgspec

# msgspec reads the annotations.
from tee_rex.attestation.provers import Prover


class ReportedCertificate(msgspec.Struct, frozen=True):
    """A certificate of the chain; times in ISO 8601, UTC; sha256 of the DER, hex."""

    subject: str
    not_before: datetime
    not_after: datetime
    sha256: str


class AttestationReport(msgspec.Struct, frozen=True):
    """The JSON of ``tee-rex attest --json``: hashes and bytes as lower-case hex, null where not reached.

    genuine: AWS vouches for the document. code: of the first refusal, null when every check holds.
    """

    genuine: bool
    debug: bool | None = None
    expected_code: bool | None = None
    code: str | None = None
    module_id: str | None = None
    timestamp_ms: int | None = None
    pcrs: dict[str, str] | None = None
    public_key: str | None = None
    user_data: str | None = None
    nonce: str | None = None
    bb: tuple[Prover, ...] | None = None
    chain: tuple[ReportedCertificate, ...] | None = None

    def to_json(self) -> str:
        """One line."""
        return msgspec.json.encode(self).decode()
