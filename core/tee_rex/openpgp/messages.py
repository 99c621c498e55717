"""Encrypted messages: session keys for 1 to 8 recipients, then encrypted data with one literal packet."""

from __future__ import annotations

import secrets
from contextlib import suppress
from typing import TYPE_CHECKING

from tee_rex.errors.catalogue.openpgp import DECRYPTION_FAILED
from tee_rex.openpgp.encrypted_data import AES_128_GCM, AES_256_GCM, SALT_OCTETS, MessageCipher
from tee_rex.openpgp.packets import (
    MIN_PARTIAL_BODY_OCTETS,
    MalformedError,
    OctetReader,
    PacketType,
    encode_packet,
    packet_header,
    read_packet,
)
from tee_rex.openpgp.session_key import MAX_PKESK_OCTETS, PKESK_VERSION, encrypt_session_key

if TYPE_CHECKING:
    from tee_rex.openpgp.keys import PrivateKey, PublicKey
    from tee_rex.openpgp.packets import Octets

MAX_RECIPIENTS = 8
_SUITES = {suite.header: suite for suite in (AES_256_GCM, AES_128_GCM)}
_SUITE_OCTETS = 4
_BINARY = b"b"
_LITERAL_FIELDS = _BINARY + bytes(5)  # no file name, no date: they would be metadata about the witness
_MIN_LITERAL_FIELDS = len(_LITERAL_FIELDS)
# What a literal packet adds to its content: header and fields (at most 267 octets, with the longest file
# name) and a length for each piece. Rounded up; the content itself is measured at the end.
_MAX_LITERAL_OCTETS = MIN_PARTIAL_BODY_OCTETS


def encrypt(recipient: PublicKey, plaintext: Octets) -> bytearray:
    """A binary message of AES-256-GCM to ``recipient``; ``plaintext`` is below 4 GiB and is not copied."""
    content = memoryview(plaintext).cast("B")
    literal_header = packet_header(PacketType.LITERAL_DATA, len(_LITERAL_FIELDS) + len(content))
    literal_header += _LITERAL_FIELDS
    octets = len(literal_header) + len(content)
    session_key = secrets.token_bytes(AES_256_GCM.key_octets)
    salt = secrets.token_bytes(SALT_OCTETS)

    head = encode_packet(
        PacketType.PUBLIC_KEY_ENCRYPTED_SESSION_KEY, encrypt_session_key(recipient.subkey, session_key)
    )
    sealed_octets = AES_256_GCM.sealed_octets(octets)
    head += packet_header(PacketType.ENCRYPTED_DATA, _SUITE_OCTETS + SALT_OCTETS + sealed_octets)
    head += AES_256_GCM.header + salt
    message = bytearray(len(head) + sealed_octets)
    message[: len(head)] = head
    literal = OctetReader([memoryview(literal_header), content])
    MessageCipher(AES_256_GCM, session_key, salt).seal(literal, octets, memoryview(message)[len(head) :])
    return message


def decrypt(private_key: PrivateKey, untrusted: Octets, *, max_plaintext: int) -> bytearray:
    """The content of a binary message of at most ``max_plaintext`` octets.

    Allocates memory for the content once, and only after checking the message's length against the limit;
    returns only after checking the final tag. Raises DECRYPTION_FAILED, always the same, for anything but
    1 to 8 version 6 encrypted session keys, exactly one of them for this key, and version 2 encrypted data
    under AES-GCM with chunks of 256 KiB that hold one binary literal packet.
    """
    with suppress(MalformedError):
        view = memoryview(untrusted).cast("B")
        return _literal_content(_decrypt_packets(private_key, view, max_plaintext), max_plaintext)
    # Raised here, the error has no context whose frames would keep the session key and the content alive.
    raise DECRYPTION_FAILED()


def _decrypt_packets(private_key: PrivateKey, untrusted: memoryview, max_plaintext: int) -> bytearray:
    encrypted_session_keys: list[bytes] = []
    packet = read_packet(untrusted, 0)
    while packet.type_id == PacketType.PUBLIC_KEY_ENCRYPTED_SESSION_KEY:
        body = packet.short_body(MAX_PKESK_OCTETS)
        if body[:1] != bytes([PKESK_VERSION]) or len(encrypted_session_keys) == MAX_RECIPIENTS:
            raise MalformedError("the recipients are malformed or too many")
        encrypted_session_keys.append(body)
        packet = read_packet(untrusted, packet.end)
    if packet.type_id != PacketType.ENCRYPTED_DATA or packet.end != len(untrusted):
        raise MalformedError("it is not session keys and encrypted data alone")
    if packet.body_octets < _SUITE_OCTETS + SALT_OCTETS:
        raise MalformedError("the encrypted data is cut short")

    data = OctetReader(untrusted[start:stop] for start, stop in packet.spans())
    suite = _SUITES.get(bytes(data.read(_SUITE_OCTETS)))
    if suite is None:
        raise MalformedError("the encrypted data is not AES-GCM in chunks of 256 KiB")
    salt = bytes(data.read(SALT_OCTETS))
    octets = suite.plaintext_octets(packet.body_octets - _SUITE_OCTETS - SALT_OCTETS)
    if octets > max_plaintext + max_plaintext // MIN_PARTIAL_BODY_OCTETS + _MAX_LITERAL_OCTETS:
        raise MalformedError("it is too large")
    session_key = private_key.decrypt_session_key(encrypted_session_keys)
    if len(session_key) != suite.key_octets:
        raise MalformedError("the session key does not fit the cipher")
    packets = bytearray(octets)
    MessageCipher(suite, session_key, salt).unseal(data, memoryview(packets))
    return packets


def _literal_content(packets: bytearray, max_plaintext: int) -> bytearray:
    """The content of the one binary literal packet in ``packets``: ``packets`` itself, trimmed.

    The pieces are joined in place, since a second buffer would hold the content twice.
    """
    literal = read_packet(packets, 0)
    if literal.type_id != PacketType.LITERAL_DATA or literal.end != len(packets):
        raise MalformedError("it does not hold one literal packet alone")
    spans = literal.spans()
    begin, end = next(spans)
    with memoryview(packets) as view:
        for start, stop in spans:
            view[end : end + stop - start] = view[start:stop]
            end += stop - start
    if literal.body_octets < _MIN_LITERAL_FIELDS or packets[begin : begin + 1] != _BINARY:
        raise MalformedError("the literal packet is not binary")
    begin += _MIN_LITERAL_FIELDS + packets[begin + 1]
    if not 0 <= end - begin <= max_plaintext:
        raise MalformedError("the literal packet is cut short or too large")
    del packets[end:]
    del packets[:begin]
    return packets
