"""``POST /prove/ultra-honk``: the form in which websites ask for the proof of a Noir circuit, and get it."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol

import msgspec

from tee_rex.browser.origins import Origin
from tee_rex.errors import InputError, RefusedError, TeeRexError, UsageError
from tee_rex.errors.catalogue.browser import CIRCUIT_NOT_READ, INVALID_REQUEST
from tee_rex.local.ultra_honk import (
    MAX_BYTECODE_BYTES,
    MAX_KEY_BYTES,
    MAX_WITNESS_BYTES,
    UltraHonkRequest,
    VerifierTarget,
)
from tee_rex.system.untrusted import decode_json
from tee_rex.transaction.events import ignore_events
from tee_rex.transaction.trusted_setup import TrustedSetup
from tee_rex.transaction.versions import AztecVersion

if TYPE_CHECKING:
    from tee_rex.local.ultra_honk import UltraHonkProver, UltraHonkResult

MAX_CIRCUIT_BODY_BYTES: Final = (64 << 10) + sum(
    (bytes_ + 2) // 3 * 4 for bytes_ in (MAX_BYTECODE_BYTES, MAX_WITNESS_BYTES, MAX_KEY_BYTES)
)
"""Of a body: the longest parts in base64, and 64 KiB for the rest of its JSON."""
_PIECE_CHARACTERS: Final = 1 << 20


class CircuitRequest(msgspec.Struct, frozen=True):
    """A request's JSON: bytecode and witness gzip'ed, all but the target in base64."""

    bytecode: str
    witness: str
    verifier_target: str
    vk: str | None = None


class CircuitAnswer(msgspec.Struct, frozen=True, omit_defaults=True):
    """The answer's JSON, in base64: fields of 32 bytes; vk: only if the request had none.

    crs: the trusted setup under which the proof verifies, "genuine" or "development"; Presto's has no such
    field.
    """

    proof: bytes
    public_inputs: bytes
    crs: TrustedSetup
    vk: bytes | None = None


class SiteCircuits(Protocol):
    """What proves circuits for websites, on this machine."""

    @property
    def setup(self) -> TrustedSetup:
        """The trusted setup of every proof; no website chooses it."""

    async def prove(self, origin: Origin | None, request: UltraHonkRequest) -> UltraHonkResult:
        """Make one proof; raises CIRCUIT_NOT_READ, or as UltraHonkProver."""


@dataclass(frozen=True, slots=True)
class HeadlessCircuits:
    """SiteCircuits without a window. seconds: for one proof."""

    prover: UltraHonkProver
    seconds: float
    setup: TrustedSetup = TrustedSetup.GENUINE

    async def prove(self, origin: Origin | None, request: UltraHonkRequest) -> UltraHonkResult:
        """Make one proof."""
        del origin
        try:
            return await self.prover.prove(request, ignore_events, time_limit=self.seconds)
        except InputError as error:
            raise CIRCUIT_NOT_READ(reason=error.message_parts) from None


def read_circuit(
    untrusted: bytearray, version: AztecVersion, setup: TrustedSetup
) -> UltraHonkRequest | TeeRexError:
    """The request in a body, which is emptied; gzip is not read yet. Blocking.

    Else INVALID_REQUEST or INVALID_VERIFIER_TARGET: returned, without a traceback, whose frames would keep
    the witness.
    """
    try:
        return _read(untrusted, version, setup)
    except (RefusedError, UsageError) as error:
        error.__context__ = None
        return error.with_traceback(None)
    except InputError as error:
        return CIRCUIT_NOT_READ(reason=error.message_parts)
    finally:
        untrusted.clear()


def _read(untrusted: bytearray, version: AztecVersion, setup: TrustedSetup) -> UltraHonkRequest:
    try:
        fields = decode_json(untrusted, CircuitRequest)
        target = VerifierTarget.parse(fields.verifier_target)
        request = UltraHonkRequest(
            bytecode=_base64(fields.bytecode),
            witness=_base64(fields.witness),
            target=target,
            version=version,
            verification_key=None if fields.vk is None else _base64(fields.vk),
            setup=setup,
        )
    except ValueError:  # also UndecodableError and binascii.Error
        raise INVALID_REQUEST() from None
    request.check_lengths()
    return request


def _base64(text: str) -> bytes:
    """Raises ValueError for anything but base64 (RFC 4648, section 4), whose padding may be missing.

    In pieces, between which others run: decoding 32 MiB takes 0.2 s.
    """
    padded = text + "=" * (-len(text) % 4)
    pieces = [
        base64.b64decode(padded[start : start + _PIECE_CHARACTERS], validate=True)
        for start in range(0, len(padded), _PIECE_CHARACTERS)
    ]
    if any(len(piece) != _PIECE_CHARACTERS // 4 * 3 for piece in pieces[:-1]):  # padding in the middle
        raise ValueError
    return b"".join(pieces)
