from __future__ import annotations

import pytest

from support.openpgp_forge import packet_in_pieces
from tee_rex.openpgp import packets


@pytest.mark.parametrize(
    ("length", "encoded"),
    [  # RFC 9580, sections 4.2.1 and 4.2.3
        (0, "00"),
        (100, "64"),
        (191, "bf"),
        (192, "c000"),
        (1723, "c5fb"),
        (8383, "dfff"),
        (8384, "ff000020c0"),
        (100_000, "ff000186a0"),
    ],
)
def test_lengths_are_written_and_read_as_in_the_rfc(length: int, encoded: str) -> None:
    assert packets.encode_length(length) == bytes.fromhex(encoded)
    data = packets.encode_packet(packets.PacketType.LITERAL_DATA, bytes(length))
    packet = packets.read_packet(data, 0)
    assert (packet.type_id, packet.body_octets, packet.end) == (11, length, len(data))
    assert packet.short_body(length) == bytes(length)


def test_a_body_in_pieces_is_found() -> None:
    body = bytes(range(256)) * 10
    data = b"before" + packet_in_pieces(18, body, [10, 9]) + b"behind"
    packet = packets.read_packet(data, len(b"before"))
    assert packet.body_octets == len(body)
    assert b"".join(data[start:stop] for start, stop in packet.spans()) == body
    assert data[packet.end :] == b"behind"


@pytest.mark.parametrize(
    "data",
    [
        pytest.param("", id="empty"),
        pytest.param("cb", id="no length"),
        pytest.param("cb0501020304", id="body cut short"),
        pytest.param("cbc1", id="two-octet length cut short"),
        pytest.param("cbff000000", id="five-octet length cut short"),
        pytest.param("cbffffffffff00", id="4 GiB that are not there"),
        pytest.param("cbfe00", id="1 GiB piece that is not there"),
        pytest.param("cbe0" + "00" + "00", id="piece of 1 octet"),
        pytest.param("cbe8" + "00" * 256 + "00", id="piece of 256 octets"),
        pytest.param("cbe9" + "00" * 512, id="no last piece"),
        pytest.param("cbe9" + "00" * 512 + "e8" + "00" * 256 + "00", id="second piece of 256 octets"),
        pytest.param("880100", id="legacy header"),
        pytest.param("4b0100", id="no header"),
    ],
)
def test_malformed_packets_are_refused(data: str) -> None:
    with pytest.raises(packets.MalformedError):
        packets.read_packet(bytes.fromhex(data), 0)


def test_a_short_body_is_bounded_and_of_one_piece() -> None:
    with pytest.raises(packets.MalformedError):
        packets.read_packet(packets.encode_packet(packets.PacketType.USER_ID, bytes(11)), 0).short_body(10)
    with pytest.raises(packets.MalformedError):
        packets.read_packet(packet_in_pieces(13, bytes(600), [9]), 0).short_body(1000)


def test_the_reader_copies_only_across_pieces() -> None:
    reader = packets.OctetReader(map(memoryview, (b"abc", b"", b"defg", b"h")))
    reads = [reader.read(count) for count in (2, 3, 2, 1, 0)]
    assert [bytes(octets) for octets in reads] == [b"ab", b"cde", b"fg", b"h", b""]
    assert [isinstance(octets, memoryview) for octets in reads] == [True, False, True, True, False]
