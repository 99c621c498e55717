"""Why an attestation is refused; the codes are part of the JSON report."""

from __future__ import annotations

from tee_rex.errors import TeeRexError


class AttestationError(TeeRexError):
    """Base of every refusal; ends a command with exit code 1."""

    code = "ATTESTATION_FAILED"
    title = "The attestation is refused"


class UnreadableError(AttestationError):
    """The bytes are not CBOR."""

    code = "UNREADABLE"
    title = "This is not an attestation document"
    default_hint = (
        "Give the bytes of a Nitro attestation document as the enclave made them, whole and not as text."
    )


class InvalidCoseError(AttestationError):
    """CBOR, but not the COSE_Sign1 envelope that Nitro makes: shape, headers, signature length."""

    code = "INVALID_COSE"
    title = "This is not signed the way Nitro enclaves sign"
    default_hint = "Nothing in it can be trusted. An emulated enclave makes such documents."


class InvalidDocumentError(AttestationError):
    """The payload is not of the form, or not within the limits, that AWS describes."""

    code = "INVALID_DOCUMENT"
    title = "The attestation document is malformed"
    default_hint = "Nothing in it can be trusted. Ask the server's operator which software made it."


class ChainFailedError(AttestationError):
    """The certificates do not lead from the pinned root to the enclave, now and at the document's time."""

    code = "CHAIN_FAILED"
    title = "Amazon does not vouch for this enclave"
    default_hint = "Nothing in the document can be trusted."


class SignatureFailedError(AttestationError):
    """The enclave's certificate is genuine, but did not sign these bytes."""

    code = "SIGNATURE_FAILED"
    title = "The attestation was altered"
    default_hint = "Nothing in it can be trusted. Something between you and the enclave may be tampering."


class ExpiredError(AttestationError):
    """The document is older than the policy allows."""

    code = "EXPIRED"
    title = "The attestation is too old"
    default_hint = "Ask the server again, and check this machine's clock."


class FromFutureError(AttestationError):
    """The document's time lies ahead of ours by more than clocks may differ."""

    code = "FROM_FUTURE"
    title = "The attestation comes from the future"
    default_hint = "Check this machine's clock."


class DebugModeError(AttestationError):
    """PCR0, 1 and 2 are zero: the code is not measured, and the operator can read the console."""

    code = "DEBUG_MODE"
    title = "The enclave runs in debug mode"
    default_hint = "Its operator can look inside. Send nothing to it."


class PcrMismatchError(AttestationError):
    """The measured code is none of the builds that the caller approved."""

    code = "PCR_MISMATCH"
    title = "The enclave runs code you have not approved"
    default_hint = (
        "Rebuild the image and compare its PCRs, then pin the build; until then send nothing to it."
    )


class PolicyMissingError(AttestationError):
    """No approved build was given, so any AWS customer's enclave would pass."""

    code = "POLICY_MISSING"
    title = "Nothing says which code to expect"
    default_hint = "Give the PCR0 of the build you trust (and PCR1, PCR2 if you have them)."


class NonceMismatchError(AttestationError):
    """The document does not carry the nonce of this request: it may be a replay."""

    code = "NONCE_MISMATCH"
    title = "The attestation was not made for this request"
    default_hint = (
        "It may be an old one sent again. Some servers ignore nonces; accepting that has to be asked for."
    )


class ProverNotAllowedError(AttestationError):
    """The enclave names no prover binary, a wrong one, or one that is not on the list."""

    code = "PROVER_NOT_ALLOWED"
    title = "The enclave's prover is not an approved one"
    default_hint = (
        "A prover sees the witness. Update this program, or ask the operator which bb the enclave carries."
    )


class MissingKeyError(AttestationError):
    """The document carries no public key, so nothing can be encrypted to this enclave."""

    code = "MISSING_KEY"
    title = "The attestation carries no encryption key"
    default_hint = "Without an attested key nothing can be encrypted to the enclave."


class KeyMismatchError(AttestationError):
    """The key sent beside the document is not the attested one."""

    code = "KEY_MISMATCH"
    title = "The server's key is not the attested one"
    default_hint = "Something between you and the enclave may have put its own key there. Send nothing."
