"""Messages of a fleet: tickets between clients and a dispatcher, and provers that join it.

A ticket is a place in the queue, without the request itself. When it is ready, the interface of the prover
that was assigned to it answers below :func:`prover_path`, and the client encrypts to that prover alone. If
the prover is lost, and the ticket assigned again, that path has another number.
"""

from __future__ import annotations

import hashlib
from enum import StrEnum
from typing import Annotated, Final, TypeAlias

import msgspec

from tee_rex.transaction.trusted_setup import TrustedSetup
from tee_rex.wire.protocol import MAX_MESSAGE_BYTES, AttestationAnswer, JobBb, PublicKeyAnswer, TeeMode

TICKETS_PATH: Final = "/v1/tickets"
PROVERS_PATH: Final = "/v1/provers"
TICKETS_FEATURE: Final = "tickets"
"""In the features of ``GET /health``: proofs are made with tickets."""
TICKET_ID_HEX_DIGITS: Final = 32
"""128 random bits: the only credential of a ticket."""
MAX_SLOTS: Final = 64
"""Of one prover; as many as ``tee-rex-server serve --slots`` allows."""

_Version: TypeAlias = Annotated[str, msgspec.Meta(pattern=r"^[0-9A-Za-z][0-9A-Za-z.+-]{0,63}\Z")]
_Nonce: TypeAlias = Annotated[str, msgspec.Meta(pattern=r"^(?:[0-9a-fA-F]{2}){1,64}\Z")]
_Name: TypeAlias = Annotated[str, msgspec.Meta(pattern=r"^[0-9A-Za-z][0-9A-Za-z._-]{0,63}\Z")]
_Url: TypeAlias = Annotated[str, msgspec.Meta(pattern=r"^https?://[!-~]{1,255}\Z")]
_Path: TypeAlias = Annotated[str, msgspec.Meta(pattern=r"^(?:/[0-9A-Za-z._-]{1,64}){0,4}\Z")]
_Count: TypeAlias = Annotated[int, msgspec.Meta(ge=0, le=1_000_000)]


class TicketRequest(msgspec.Struct, frozen=True):
    """Body of ``POST /v1/tickets``.

    size: of the encrypted message in bytes, 0 if unknown. nonce: 1 to 64 bytes in hex, which the attestation
    of the ready ticket then includes.
    """

    version: _Version
    setup: TrustedSetup
    size: Annotated[int, msgspec.Meta(ge=0, le=MAX_MESSAGE_BYTES)] = 0
    nonce: _Nonce | None = None


class TicketState(StrEnum):
    """The life of a ticket.

    waiting: for a prover. ready: a prover waits for the upload. proving: the request was sent. The others are
    final; lost: the prover ended after the request was sent.
    """

    WAITING = "waiting"
    READY = "ready"
    PROVING = "proving"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    LOST = "lost"

    @property
    def ended(self) -> bool:
        """Whether this state is final."""
        return self not in (TicketState.WAITING, TicketState.READY, TicketState.PROVING)


class TicketProver(msgspec.Struct, frozen=True, omit_defaults=True):
    """The prover that was assigned to a ticket.

    path: below which its interface answers for this ticket alone. attestation: as ``GET path/attestation``
    with the ticket's nonce; None where the ticket has no nonce.
    """

    name: str
    path: str
    attestation: AttestationAnswer | None = None


class TicketStatus(msgspec.Struct, frozen=True, omit_defaults=True):
    """``POST /v1/tickets``, ``GET /v1/tickets/{id}``, and the data of each server-sent event.

    position: tickets that are served before this one. seconds: until it is ready, estimated; None where
    nothing is known.
    """

    id: str
    state: TicketState
    position: int = 0
    seconds: float | None = None
    prover: TicketProver | None = None


class FleetKeyAnswer(PublicKeyAnswer, frozen=True, rename="camel", omit_defaults=True):
    """Answer of ``GET /encryption-public-key`` of a dispatcher: a prover's key, for which the fleet vouches.

    fleet_key: Ed25519, 32 bytes. signature: with it, of :func:`fleet_statement`. Both are empty for a server
    that is no fleet's.
    """

    fleet_key: bytes = b""
    signature: bytes = b""


class JoinRequest(msgspec.Struct, frozen=True):
    """Body of ``POST /v1/provers``: what one prover is.

    url: where the dispatcher reaches it. path: what stands before ``/attestation`` and
    ``/encryption-public-key`` there, for one of several enclaves behind a proxy. setups: by the pins of the
    prover's host. public_key: armored. bb: what it proves with; an enclave attests it.
    """

    name: _Name
    url: _Url
    path: _Path
    tee_mode: TeeMode
    public_key: Annotated[str, msgspec.Meta(max_length=4_096)]
    setups: Annotated[list[TrustedSetup], msgspec.Meta(min_length=1, max_length=2)]
    versions: Annotated[list[_Version], msgspec.Meta(max_length=64)]
    bb: Annotated[list[JobBb], msgspec.Meta(max_length=64)]
    slots: Annotated[int, msgspec.Meta(ge=0, le=MAX_SLOTS)]


class Heartbeat(msgspec.Struct, frozen=True):
    """Body of ``PUT /v1/provers/{id}``.

    busy: requests that it proves or that wait in its own queue, with tickets or not. accepting: ready to
    prove, and not draining.
    """

    slots: Annotated[int, msgspec.Meta(ge=0, le=MAX_SLOTS)]
    busy: _Count
    accepting: bool
    versions: Annotated[list[_Version], msgspec.Meta(max_length=64)]


class JoinAnswer(msgspec.Struct, frozen=True):
    """Answer of ``POST /v1/provers``; heartbeat_seconds: between two heartbeats."""

    id: int
    heartbeat_seconds: float


class HeartbeatAnswer(msgspec.Struct, frozen=True):
    """Answer of ``PUT /v1/provers/{id}``; crowded: tickets wait that more slots would serve sooner."""

    crowded: bool


def fleet_statement(armored: str) -> bytes:
    """What a fleet's key signs: that a prover has this key."""
    return b"TEE-Rex fleet: key of a prover\0" + armored.encode()


def fleet_fingerprint(fleet_key: bytes) -> str:
    """What clients pin or remember of a fleet: 40 lower-case hex digits, as of a server's key."""
    return hashlib.sha256(fleet_key).hexdigest()[:40]


def ticket_path(ticket: str) -> str:
    """Where a ticket is."""
    return f"{TICKETS_PATH}/{ticket}"


def prover_path(ticket: str, assignment: int) -> str:
    """Below which the ticket's prover answers. assignment: how often the ticket was given back before."""
    return f"{TICKETS_PATH}/{ticket}/provers/{assignment}"
