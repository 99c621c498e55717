"""The wire models of a proving server; the server imports them too.

``POST /prove`` and its companions are those of the original TypeScript system; ``/v1/proofs`` is TEE-Rex's.
Both sides treat everything as untrusted until these strict, bounded models have parsed it.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal, TypeAlias

import msgspec

from tee_rex.errors.catalogue.http import PAYLOAD_MALFORMED, PAYLOAD_OF_OTHER_FORM
from tee_rex.system.untrusted import Sha256, UndecodableError, decode_msgpack
from tee_rex.transaction.generations import StepKind
from tee_rex.transaction.steps import MAX_CIRCUITS, MAX_STEPS_BYTES, ExecutionSteps
from tee_rex.transaction.trusted_setup import TrustedSetup
from tee_rex.transaction.versions import AztecVersion

PUBLIC_KEY_PATH = "/encryption-public-key"
ATTESTATION_PATH = "/attestation"
PROVE_PATH = "/prove"
PROOFS_PATH = "/v1/proofs"
HEALTH_PATH = "/health"

VERSION_HEADER = "X-Aztec-Version"
REQUEST_ID_HEADER = "X-Request-Id"
PROVE_DURATION_HEADER = "x-prove-duration-ms"
DECRYPT_DURATION_HEADER = "x-decrypt-duration-ms"
BB_VERSION_HEADER = "x-bb-version"
"""The version of the bb that proved, which has the circuits of the version that the request names."""
DOWNLOAD_DURATION_HEADER = "x-download-duration-ms"
UPLOAD_DURATION_HEADER = "x-upload-duration-ms"
"""These two if an enclave's host had to download the bb for this request, or upload it to the enclave."""

_OPENPGP_OVERHEAD_BYTES = 64 * 1024
"""Packet headers, 16 bytes for each 256 KiB, and the payload around the steps: about 4 KB for 50 MB."""
MAX_MESSAGE_BYTES = MAX_STEPS_BYTES + _OPENPGP_OVERHEAD_BYTES
MAX_JSON_BODY_BYTES = (MAX_MESSAGE_BYTES + 2) // 3 * 4 + 1024

TeeMode: TypeAlias = Literal["standard", "nitro"]
"""Whether a server attests its key: not at all, or by a Nitro enclave."""

JOB_ID_HEX_DIGITS = 32
"""128 random bits: the only credential of a job."""

PAYLOAD_FORM = 1
STREAM_FEATURE = "stream"
"""In the features of ``GET /health``: the server takes steps in parts, while they are made."""
STREAM_SECRET_BYTES = 32


class AttestationAnswer(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True):
    """Answer of ``GET /attestation``.

    attestation_document, prover_manifest (where user_data points to one): base64. public_key: armored.
    """

    mode: TeeMode
    public_key: str | None = None
    attestation_document: str | None = None
    prover_manifest: str | None = None


class PublicKeyAnswer(msgspec.Struct, frozen=True, rename="camel"):
    """Answer of ``GET /encryption-public-key``; public_key: armored."""

    public_key: str


# In JSON, msgspec writes and reads ``bytes`` as base64 (RFC 4648 section 4, with padding, nothing else).


class ProveBody(msgspec.Struct):
    """Body of ``POST /prove``; data: the binary OpenPGP message, base64 in JSON."""

    data: bytes


class ProveAnswer(msgspec.Struct):
    """Answer of ``POST /prove``; proof: the wire form of a ChonkProof, base64 in JSON."""

    proof: bytes


class ErrorAnswer(msgspec.Struct, rename="camel", omit_defaults=True):
    """Any error of a server; error: for people, code: machine-readable (absent from the original's)."""

    error: str
    request_id: str
    code: str = ""
    title: str = ""
    hint: str = ""


class JobState(StrEnum):
    """The life of a proving job."""

    QUEUED = "queued"
    PROVING = "proving"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def ended(self) -> bool:
        """Whether this state is final."""
        return self in (JobState.DONE, JobState.FAILED, JobState.CANCELLED)


class JobAccepted(msgspec.Struct):
    """202 of ``POST /v1/proofs``; position: proofs before this one in the queue."""

    id: str
    state: JobState
    position: int


class JobCircuit(msgspec.Struct):
    """The circuit in progress; index from 0."""

    index: int
    count: int
    name: str


class JobCircuitTiming(msgspec.Struct):
    """bb's milliseconds for one circuit; waited_ms: before that, for the client's part with it."""

    name: str
    load_ms: float
    accumulate_ms: float
    waited_ms: float = 0.0


class JobTimings(msgspec.Struct):
    """The server's milliseconds; prove_ms is what the header x-prove-duration-ms means.

    restarts: how often bb had to start again, because the steps were others than announced.
    """

    queue_ms: float
    decrypt_ms: float
    prove_ms: float
    final_proof_ms: float
    circuits: list[JobCircuitTiming]
    restarts: int = 0


class JobBb(msgspec.Struct):
    """The bb that made a proof: the version it was pinned as, and its SHA-256 in hex."""

    version: Annotated[str, msgspec.Meta(pattern=r"^[0-9A-Za-z.-]+\Z", max_length=64)]
    sha256: Sha256


class JobError(msgspec.Struct):
    """Why a job failed."""

    code: str
    title: str
    message: str
    hint: str


class JobStatus(msgspec.Struct):
    """``GET /v1/proofs/{id}``, and the data of each server-sent event.

    final_proof: whether the circuits are accumulated, and the final proof is being made. proof: its wire form
    (base64).
    """

    id: str
    state: JobState
    position: int
    circuit: JobCircuit | None = None
    final_proof: bool = False
    proof: bytes | None = None
    timings: JobTimings | None = None
    bb: JobBb | None = None
    error: JobError | None = None


class JobEvent(StrEnum):
    """Names of the server-sent events of ``GET /v1/proofs/{id}/events``."""

    STATE = "state"
    CIRCUIT = "circuit"
    DONE = "done"
    FAILED = "failed"


class _WirePayload(msgspec.Struct, forbid_unknown_fields=True):
    v: int
    aztec_version: str
    bb_sha256: Annotated[bytes, msgspec.Meta(min_length=32, max_length=32)] | None
    crs: TrustedSetup
    steps: msgspec.Raw


def encode_payload(
    steps: bytes, version: AztecVersion, setup: TrustedSetup, bb_sha256: bytes | None
) -> bytes:
    """The plaintext of a ProofPayload (msgpack), from steps in their wire form."""
    return msgspec.msgpack.encode(
        _WirePayload(PAYLOAD_FORM, str(version), bb_sha256, setup, msgspec.Raw(steps))
    )


_Kinds: TypeAlias = Annotated[list[StepKind], msgspec.Meta(min_length=1, max_length=MAX_CIRCUITS)]
_StreamSecret: TypeAlias = Annotated[
    bytes, msgspec.Meta(min_length=STREAM_SECRET_BYTES, max_length=STREAM_SECRET_BYTES)
]


class StreamOpening(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The encrypted content of a ``POST /v1/proofs`` whose steps will follow in parts.

    kinds: those announced, see ExecutionSteps. stream: random, and known to client and server alone, which
    only parts of this client can repeat. The others are as in ProofPayload.
    """

    aztec_version: str
    bb_sha256: Annotated[bytes, msgspec.Meta(min_length=32, max_length=32)] | None
    crs: TrustedSetup
    kinds: _Kinds
    stream: _StreamSecret
    v: Literal[2] = 2

    def __repr__(self) -> str:
        return "StreamOpening()"

    def to_bytes(self) -> bytes:
        """The plaintext."""
        return msgspec.msgpack.encode(self)


class StreamPart(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The encrypted content of a ``POST /v1/proofs/{id}/steps``.

    stream: that of the opening. part: its number, from 0. kinds: those announced now. steps: the next ones,
    in their wire form; may be empty. last: whether they were all.
    """

    stream: _StreamSecret
    part: Annotated[int, msgspec.Meta(ge=0)]
    kinds: _Kinds
    steps: Annotated[list[bytes], msgspec.Meta(max_length=MAX_CIRCUITS)]
    last: bool
    v: Literal[2] = 2

    def __repr__(self) -> str:
        return "StreamPart()"

    def to_bytes(self) -> bytes:
        """The plaintext."""
        return msgspec.msgpack.encode(self)

    @classmethod
    def from_bytes(cls, untrusted: bytes | bytearray | memoryview) -> StreamPart:
        """Read a decrypted part; raises PAYLOAD_MALFORMED."""
        try:
            return decode_msgpack(untrusted, cls)
        except UndecodableError:
            raise PAYLOAD_MALFORMED() from None


class ProofPayload(msgspec.Struct, frozen=True):
    """The encrypted content of ``POST /v1/proofs``: steps, and the version, setup and bb to prove them with.

    bb_sha256: 32 bytes of the bb that the client allows; None lets the server choose.
    """

    version: AztecVersion
    setup: TrustedSetup
    bb_sha256: bytes | None
    steps: ExecutionSteps

    @classmethod
    def from_bytes(cls, untrusted: bytes | bytearray | memoryview) -> ProofPayload:
        """Read a decrypted payload; see also :func:`read_payload`.

        Raises PAYLOAD_MALFORMED, INVALID_VERSION, or what ExecutionSteps.from_bytes raises.
        """
        try:
            wire = decode_msgpack(untrusted, _WirePayload)
        except UndecodableError:
            raise PAYLOAD_MALFORMED() from None
        if wire.v != PAYLOAD_FORM:
            raise PAYLOAD_OF_OTHER_FORM(found=wire.v, expected=PAYLOAD_FORM)
        steps = ExecutionSteps.from_bytes(memoryview(wire.steps))
        return cls(AztecVersion.parse(wire.aztec_version), wire.crs, wire.bb_sha256, steps)


def read_payload(untrusted: bytes | bytearray | memoryview) -> ProofPayload | StreamOpening:
    """Read the decrypted content of a ``POST /v1/proofs``; raises as ``ProofPayload.from_bytes``."""
    try:
        return decode_msgpack(untrusted, StreamOpening)
    except UndecodableError:
        return ProofPayload.from_bytes(untrusted)


def steps_path(job: str) -> str:
    """Where to POST the parts of a job's steps."""
    return f"{PROOFS_PATH}/{job}/steps"
