"""The recipients of a message, read from its beginning without a key, as a proxy needs them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tee_rex.openpgp.messages import MAX_RECIPIENTS
from tee_rex.openpgp.packets import MalformedError, PacketType, read_packet
from tee_rex.openpgp.session_key import MAX_PKESK_OCTETS, PKESK_VERSION

if TYPE_CHECKING:
    from tee_rex.openpgp.packets import Octets

_PACKET_HEADER_OCTETS: Final = 6
MAX_HEAD_OCTETS: Final = MAX_RECIPIENTS * (MAX_PKESK_OCTETS + _PACKET_HEADER_OCTETS) + 1
"""Enough octets for everything that names recipients and the first octet after it."""
_OPENPGP_FORMAT: Final = 0xC0
_KEY_VERSION: Final = 4
_FINGERPRINT_OCTETS: Final = 20
_FINGERPRINT: Final = slice(3, 3 + _FINGERPRINT_OCTETS)


def read_recipients(untrusted: Octets) -> tuple[bytes, ...] | None:
    """The fingerprints (20 octets) of the version 4 subkeys that a message is encrypted to, in its order.

    untrusted: the beginning of a binary message, of which at most MAX_HEAD_OCTETS are read. None when it is
    too short. Recipients with other key versions and anonymous ones are skipped; anything but a message of
    the subset (RFC 9580, section 5.1.2, version 6) has none. Only ``decrypt`` shows whether the message can
    be decrypted.
    """
    head = memoryview(untrusted).cast("B")[:MAX_HEAD_OCTETS]
    fingerprints: list[bytes] = []
    offset = 0
    try:
        for _ in range(MAX_RECIPIENTS):
            if offset < len(head) and head[offset] != (
                _OPENPGP_FORMAT | PacketType.PUBLIC_KEY_ENCRYPTED_SESSION_KEY
            ):
                break
            packet = read_packet(head, offset)
            body = packet.short_body(MAX_PKESK_OCTETS)
            if body[:1] != bytes([PKESK_VERSION]):
                return ()
            if body[1:3] == bytes([1 + _FINGERPRINT_OCTETS, _KEY_VERSION]) and len(body) > _FINGERPRINT.stop:
                fingerprints.append(body[_FINGERPRINT])
            offset = packet.end
    except MalformedError:
        # Truncated and malformed look the same until there are enough octets for everything.
        return () if len(head) == MAX_HEAD_OCTETS else None
    return tuple(fingerprints)
