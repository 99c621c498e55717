"""ASCII armor of public keys (RFC 9580, section 6), parsed strictly: one block and nothing around it."""

from __future__ import annotations

import base64
import binascii
import re

from tee_rex.openpgp.packets import MalformedError

_BEGIN = b"-----BEGIN PGP PUBLIC KEY BLOCK-----"
_END = b"-----END PGP PUBLIC KEY BLOCK-----"
# Three times a key of OpenPGP.js with a long user id; the attestation document allows 1,024 octets.
MAX_ARMORED_OCTETS = 4096
_LINE_OCTETS = 64
_HEADER = re.compile(rb"[A-Za-z]+: [\x20-\x7e]*")
_CRC24_INITIAL, _CRC24_GENERATOR = 0xB704CE, 0x864CFB


def crc24(data: bytes) -> bytes:
    """The 3-octet checksum of RFC 9580, section 6.1."""
    crc = _CRC24_INITIAL
    for octet in data:
        crc ^= octet << 16
        for _ in range(8):
            crc <<= 1
            if crc & 0x1000000:
                crc ^= 0x1000000 | _CRC24_GENERATOR
    return crc.to_bytes(3)


def armor(packets: bytes) -> str:
    """``packets`` as an armored public key, without the checksum (the RFC advises against writing it)."""
    text = base64.b64encode(packets)
    lines = [text[start : start + _LINE_OCTETS] for start in range(0, len(text), _LINE_OCTETS)]
    return b"\n".join([_BEGIN, b"", *lines, _END, b""]).decode("ascii")


def _decode_base64(text: bytes) -> bytes:
    try:
        data = base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise MalformedError("its armor is not base64") from error
    if base64.b64encode(data) != text:
        raise MalformedError("its armor is not canonical base64")
    return data


def unarmor(untrusted: str | bytes) -> bytes:
    """The packets inside an armored public key; raises MalformedError for anything else.

    Either line ending, white space around the block and armor headers are allowed. A checksum may be
    missing, but not wrong: the RFC would let it pass, yet it can only mean damage.
    """
    if len(untrusted) > MAX_ARMORED_OCTETS:
        raise MalformedError(f"it is longer than {MAX_ARMORED_OCTETS} octets")
    if isinstance(untrusted, str):
        if not untrusted.isascii():
            raise MalformedError("its armor is not ASCII")
        untrusted = untrusted.encode("ascii")
    begin, *lines = untrusted.strip().replace(b"\r\n", b"\n").split(b"\n")
    if begin != _BEGIN or not lines or lines.pop() != _END or b"" not in lines:
        raise MalformedError("it is not an armored OpenPGP public key")
    blank = lines.index(b"")
    headers, body = lines[:blank], lines[blank + 1 :]
    if not all(_HEADER.fullmatch(header) for header in headers):
        raise MalformedError("its armor headers are malformed")
    checksum = body.pop() if body and body[-1].startswith(b"=") else None
    packets = _decode_base64(b"".join(body))
    if checksum is not None and _decode_base64(checksum[1:]) != crc24(packets):
        raise MalformedError("its checksum is wrong")
    return packets
