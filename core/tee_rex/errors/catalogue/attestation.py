"""Why an attestation is refused; the codes are part of the JSON report."""

from tee_rex.errors import AttestationError, ErrorKind, UsageError
from tee_rex.errors.tree import (
    ChainFailedError,
    MalformedDocumentError,
    ProverNotAllowedError,
    SignatureFailedError,
)

# The document itself: checks 1 to 10.

UNREADABLE = ErrorKind(MalformedDocumentError, "UNREADABLE", "Not an attestation document").says(
    "The {count:,} bytes are not CBOR.",
    "Provide the binary Nitro attestation document exactly as the enclave made it, not a text form of it.",
)
UNREADABLE_BASE64 = UNREADABLE.says("The server's attestation is not valid base64.")

INVALID_COSE = ErrorKind(
    MalformedDocumentError, "INVALID_COSE", "Not signed the way Nitro enclaves sign"
).says(
    "Invalid COSE_Sign1 envelope: {reason}.",
    "Nothing in it can be trusted. Emulated enclaves make such documents.",
)

INVALID_DOCUMENT = ErrorKind(
    MalformedDocumentError, "INVALID_DOCUMENT", "Malformed attestation document"
).says(
    "Invalid payload: {reason}.",
    "Nothing in it can be trusted. Ask the server's operator which software made it.",
)
DOCUMENT_TOO_LARGE = INVALID_DOCUMENT.says("Expected at most {limit:,} bytes.")

CHAIN_FAILED = ErrorKind(ChainFailedError, "CHAIN_FAILED", "Amazon does not vouch for this enclave").says(
    "The certificates do not form a valid path.", "Nothing in the document can be trusted."
)
CHAIN_OTHER_ROOT = CHAIN_FAILED.says("The first certificate is not the pinned root.")
CHAIN_CERTIFICATE = CHAIN_FAILED.says("Certificate {position} {problem}.")
CHAIN_EXPIRED = CHAIN_FAILED.says(
    "Certificate {position} expired on {end} UTC; it was checked for {moment} UTC.",
    "Check this machine's clock.",
    "A saved document can be checked as of the time it was made: tee-rex attest --file FILE --at TIME",
)
CHAIN_NOT_YET_VALID = CHAIN_FAILED.says(
    "Certificate {position} is valid from {start} UTC on; it was checked for {moment} UTC.",
    "Check this machine's clock.",
)
CHAIN_COMMON_NAME = CHAIN_FAILED.says("The enclave's certificate must have exactly one common name.")
CHAIN_OTHER_ENCLAVE = CHAIN_FAILED.says("The certificate belongs to another enclave than the document.")
CHAIN_OTHER_PATH = CHAIN_FAILED.says("The certificates form another path than the one given.")

SIGNATURE_FAILED = ErrorKind(SignatureFailedError, "SIGNATURE_FAILED", "The attestation was altered").says(
    "The enclave's certificate did not sign these bytes.",
    "Nothing in it can be trusted. Something between you and the enclave may be tampering.",
)

# What a genuine document says: checks 11 to 16.

EXPIRED = ErrorKind(AttestationError, "EXPIRED", "The attestation is too old").says(
    "It is {age:,.0f} s old; at most {limit:,.0f} s are allowed.",
    "Ask the server again, and check this machine's clock.",
)

FROM_FUTURE = ErrorKind(AttestationError, "FROM_FUTURE", "The attestation comes from the future").says(
    "Its time is {ahead:,.0f} s ahead of this machine's clock.", "Check this machine's clock."
)

DEBUG_MODE = ErrorKind(AttestationError, "DEBUG_MODE", "The enclave runs in debug mode").says(
    "PCR0, PCR1 and PCR2 are zero: nothing was measured.", "Its operator can look inside. Send nothing to it."
)

PCR_MISMATCH = ErrorKind(
    AttestationError, "PCR_MISMATCH", "The enclave runs code you have not approved"
).says(
    "Its measurements match none of the {count} approved builds (the nearest has another {pcrs}).",
    "Rebuild the image and compare its PCRs, then pin the build. Until then send nothing to it.",
)
PCR_MISMATCH_ONE_BUILD = PCR_MISMATCH.says("Its measurements do not match the approved build: {pcrs}.")

BUILD_REVOKED = ErrorKind(AttestationError, "BUILD_REVOKED", "The enclave's build was revoked").says(
    "TEE-Rex's maintainers have revoked the image with this PCR0, also if you approved it yourself.",
    "Send nothing to it. Ask its operator for an enclave of a newer release.",
)

POLICY_MISSING = ErrorKind(AttestationError, "POLICY_MISSING", "No approved enclave code").says(
    "Without an expected PCR0, any AWS customer's enclave would pass.",
    "Approve the build that you trust, by its PCR0 (and PCR1, PCR2 if you have them).",
    "--pcr0 PCR approves it for one proof.",
)

NONCE_MISMATCH = ErrorKind(
    AttestationError, "NONCE_MISMATCH", "The attestation was not made for this request"
).says(
    "Its nonce is not the one that was sent.",
    "It may be a replay of an old one. Some servers ignore nonces; you can accept that explicitly.",
    "Option: --no-nonce",
)
NONCE_ABSENT = NONCE_MISMATCH.says("It contains no nonce.")

PROVER_NOT_ALLOWED = ErrorKind(
    ProverNotAllowedError, "PROVER_NOT_ALLOWED", "The enclave's prover is not approved"
).says(
    "It carries a bb for Aztec {version} that is not on the list ({sha256}).",
    "A prover sees the witness. Update TEE-Rex, or ask the operator which bb the enclave carries.",
)
PROVER_VERSION_ABSENT = PROVER_NOT_ALLOWED.says(
    "It carries no bb for the circuits of Aztec {version}, only for {carried}.",
    "An enclave proves for the versions that its image lists. Ask its operator for a newer image, or use "
    "another enclave.",
)
PROVER_SETUP_ABSENT = PROVER_VERSION_ABSENT.says(
    "It carries no bb for the circuits of Aztec {version} under the {setup} setup, only for {carried}."
)
PROVERS_NOT_NAMED = PROVER_NOT_ALLOWED.says("The document does not name the enclave's provers.")
PROVER_MANIFEST_ABSENT = PROVER_NOT_ALLOWED.says(
    "The server did not send the list of provers that the document refers to."
)
PROVER_MANIFEST_ALTERED = PROVER_NOT_ALLOWED.says(
    "The list of provers is not the one that the document refers to."
)
PROVER_REFUSED_BY_SERVER = PROVER_NOT_ALLOWED.says("The server answered: {answer}.")

MISSING_KEY = ErrorKind(AttestationError, "MISSING_KEY", "The attestation contains no encryption key").says(
    "The document's public_key field is empty.",
    "Without an attested key nothing can be encrypted to the enclave.",
)

KEY_MISMATCH = ErrorKind(AttestationError, "KEY_MISMATCH", "The server's key is not the attested one").says(
    "The key sent beside the document differs from the key inside it.",
    "Something between you and the enclave may have substituted its own key. Send nothing.",
)

# Servers and files.

NO_TEE = ErrorKind(AttestationError, "NO_TEE", "This server has no TEE").says(
    "It reports standard mode, outside of a TEE.",
    "Its operator could read what it proves. To use it anyway, choose remote mode.",
)

ATTEST_OPTIONS_INVALID = ErrorKind(UsageError, "USAGE", "Invalid usage").says(
    "Give either a URL, or --file with an optional --at.", "", "Run: tee-rex attest --help"
)

PCR_INVALID = ErrorKind(UsageError, "PCR_INVALID", "Invalid PCR").says(
    "--pcr0, --pcr1 and --pcr2 take 96 hexadecimal digits each.",
    "Copy the PCRs as the image's builder prints them.",
)
