from __future__ import annotations

import copy
import pickle
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from support.errors import raises_code
from support.openpgp_forge import CREATED, SIGNATURE, USER_ID, KeyParts, packet
from tee_rex.errors import ExitCode
from tee_rex.errors.catalogue.openpgp import INVALID_PUBLIC_KEY
from tee_rex.openpgp import PrivateKey, PublicKey, decrypt, encrypt, signatures
from tee_rex.openpgp.armor import armor
from tee_rex.openpgp.keys import MAX_USER_ID_OCTETS

MADE = datetime.fromtimestamp(CREATED, UTC)
NOW = MADE + timedelta(days=1)
# Of OpenPGP.js 6.3.2: type 'curve25519', aeadProtect; it carries a salt notation and the checksum.
OPENPGPJS_KEY = """-----BEGIN PGP PUBLIC KEY BLOCK-----

xiYEawLx4hsPcWCpOLuHS6+guvabjD4Ojbq8Oo1DgfB3/fE8Y+ZUF80XVEVF
LVJleCA8YUBleGFtcGxlLm9yZz7CwB0EExsKAJMFgmsC8eIDCwkHCRBH4Qly
x6Wc9UUUAAAAAAAcACBzYWx0QG5vdGF0aW9ucy5vcGVucGdwanMub3JnsXn5
LfwOOKkq8RDets2n4y5hh8D5Hg458apOZdr+R8cFFQoIDgwEFgACAQIZAQKb
AwIeCRYhBLNs9dpTiYyeMUsDTkfhCXLHpZz1DScJAwcDCQEHAQkCBwIAAJyW
QMR07hGrgb/3gDeGdOWz8H9UJDY5hZ42RaArGJe33p75m8e1Jf6lwMMt7YBP
/OmPNpzV/nLKfJ05ZBsVfGckAM4mBGsC8eIZdYFmgaSvODF4nJn4aw3OzSCY
hcTjMsDlVHAnQTpKDwvCugQYGwoAcAWCawLx4gkQR+EJcselnPVFFAAAAAAA
HAAgc2FsdEBub3RhdGlvbnMub3BlbnBncGpzLm9yZ+0UmW+Jthp7xugnQjrJ
bRuLGaiaxqmBGaMFcWqPfC+DApsMFiEEs2z12lOJjJ4xSwNOR+EJcselnPUA
ANJWST8LKH+VQO4s9mw+p8fkMXVIbGRA3vjJ0hnuKaKKZGRiaQiAez2+8VSN
THMcLQyjEt7DFktWeKBTnxnw+Ti5Cw==
=Uaof
-----END PGP PUBLIC KEY BLOCK-----
"""


def test_our_key_is_read_back_the_same(key: PrivateKey) -> None:
    armored = key.public_key.armored()
    assert PublicKey.parse_armored(armored, at=NOW) == key.public_key
    assert PublicKey.parse_armored(armored.encode(), at=NOW).armored() == armored
    assert key.public_key.user_id == "TEE-Rex"
    assert key.public_key.packets[3:7] == int(datetime(2026, 1, 1, tzinfo=UTC).timestamp()).to_bytes(4)


@pytest.mark.parametrize(("user_id", "most"), [("TEE-Rex", 512), ("é" * (MAX_USER_ID_OCTETS // 2), 1024)])
def test_our_key_fits_into_an_attestation_document(user_id: str, most: int) -> None:
    key = PrivateKey.generate(user_id, NOW).public_key
    assert key.user_id == user_id
    assert len(key.armored()) <= most


@pytest.mark.parametrize("user_id", ["", "a\nb", "a\u202eb", "a" * (MAX_USER_ID_OCTETS + 1)])
def test_no_key_is_made_for_a_user_id_that_would_be_refused(user_id: str) -> None:
    with pytest.raises(ValueError, match="user id"):
        PrivateKey.generate(user_id, NOW)


def test_times_carry_a_time_zone(key: PrivateKey) -> None:
    naive = datetime(2026, 1, 1)  # noqa: DTZ001 - what is refused here
    with pytest.raises(ValueError, match="time zone"):
        PrivateKey.generate("TEE-Rex", naive)
    with pytest.raises(ValueError, match="time zone"):
        PublicKey.parse_armored(key.public_key.armored(), at=naive)


def test_the_secret_is_neither_shown_nor_copied_nor_exported(key: PrivateKey) -> None:
    secret = key._secret.private_bytes_raw()
    for text in (repr(key), str(key), repr(key.public_key)):
        assert secret.hex() not in text
        assert repr(secret)[2:-1] not in text
    assert secret not in key.public_key.packets
    for attempt in (pickle.dumps, copy.copy, copy.deepcopy):
        with pytest.raises(TypeError, match="cannot be pickled or copied"):
            attempt(key)


def test_halves_of_two_keys_are_not_joined(key: PrivateKey) -> None:
    other = PrivateKey.generate("TEE-Rex", NOW)
    with pytest.raises(ValueError, match="another key"):
        PrivateKey(other.public_key, key._secret)


def test_a_key_of_openpgpjs_is_accepted() -> None:
    key = PublicKey.parse_armored(OPENPGPJS_KEY, at=NOW)
    assert key.fingerprint == "b36cf5da53898c9e314b034e47e10972c7a59cf5"
    assert key.user_id == "TEE-Rex <a@example.org>"


def test_an_error_says_why_and_what_to_do() -> None:
    with raises_code(INVALID_PUBLIC_KEY) as caught:
        PublicKey.parse_armored("hello", at=NOW)
    assert caught.value.code == "INVALID_PUBLIC_KEY"
    assert caught.value.exit_code is ExitCode.BAD_INPUT
    assert caught.value.message == "Invalid public key: it is not an armored OpenPGP public key."
    assert caught.value.hint


def parse(packets: bytes, at: datetime = NOW) -> PublicKey:
    return PublicKey.parse_armored(armor(packets), at=at)


TIME = CREATED.to_bytes(4)
DAY, YEAR = (86_400).to_bytes(4), (31_536_000).to_bytes(4)
GOOD_CERTIFICATION = {2: TIME, 30: b"\x09", 39: b"\x09\x03"}
GOOD_BINDING = {2: TIME, 27: b"\x0c"}


def certified(changes: dict[int, bytes]) -> dict[str, Any]:
    """Parts of a key whose certification has these subpackets besides or instead of the good ones."""
    return {"certification": GOOD_CERTIFICATION | changes}


def bound(changes: dict[int, bytes]) -> dict[str, Any]:
    """The same for the binding of its subkey."""
    return {"binding": GOOD_BINDING | changes}


LOW_ORDER_POINTS = [
    bytes(32),
    b"\x01" + bytes(31),
    bytes.fromhex("e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800"),
    bytes.fromhex("5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157"),
    bytes.fromhex("ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"),
    bytes.fromhex("edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"),
    bytes.fromhex("eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"),
]


class IdentityPoint:
    """Stands in for a key pair whose public key is the curve's identity: one signature holds for anything."""

    def public_key(self) -> IdentityPoint:
        return self

    def public_bytes_raw(self) -> bytes:
        return b"\x01" + bytes(31)

    def sign(self, _digest: bytes) -> bytes:
        return self.public_bytes_raw() + bytes(32)


def test_a_primary_key_that_anybody_can_sign_for_is_refused() -> None:
    forged = KeyParts(certifier=IdentityPoint())  # type: ignore[arg-type]  # has what is used of a key
    Ed25519PublicKey.from_public_bytes(IdentityPoint().public_bytes_raw()).verify(
        IdentityPoint().sign(b""), b"anything"
    )
    with raises_code(INVALID_PUBLIC_KEY, match="primary key is a point of low order"):
        parse(forged.packets())


P = 2**255 - 19
D = -121665 * pow(121666, -1, P) % P


def order_divides_8(y: int) -> bool:
    """By the curve's equation and three doublings (RFC 8032, section 5.1.4), without the library's list."""
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    x = x if x * x % P == square else x * pow(2, (P - 1) // 4, P) % P
    if x * x % P != square:
        return False  # no point has this y
    for _ in range(3):
        product = D * x * x * y * y
        x, y = 2 * x * y * pow(1 + product, -1, P) % P, (y * y + x * x) * pow(1 - product, -1, P) % P
    return (x, y) == (0, 1)


@pytest.mark.parametrize("sign", [0, 1 << 255])
def test_every_point_of_low_order_is_known(sign: int) -> None:
    found = [y for y in (*signatures._LOW_ORDER, 2, 3, 4, P - 2) if order_divides_8(y)]
    assert set(found) == signatures._LOW_ORDER
    for y in (*found, P, P + 1, P + 18):
        assert signatures.is_low_order((y | sign).to_bytes(32, "little"))
    for y in (3, 4, P - 2):
        assert not signatures.is_low_order((y | sign).to_bytes(32, "little"))


@pytest.mark.parametrize(
    "parts",
    [
        pytest.param({}, id="plain"),
        pytest.param(certified({9: YEAR, 3: YEAR}), id="not yet expired"),
        pytest.param(certified({9: bytes(4), 3: bytes(4)}), id="never expires"),
        pytest.param(certified({39: b"\x07\x02\x09\x03"}), id="second suite"),
        pytest.param(certified({20: b"note"}), id="notation"),
        pytest.param(certified({100: b"x"}), id="unknown subpacket"),
        pytest.param(certified({20: bytes(190)}), id="longest subpacket"),
        pytest.param(certified({11 | 0x80: b"\x09"}), id="known and critical"),
        pytest.param(bound({27: b"\x04"}), id="for communications alone"),
    ],
)
def test_other_good_keys_are_accepted(parts: dict[str, Any]) -> None:
    assert parse(KeyParts(**parts).packets()).user_id == "TEE-Rex"


@pytest.mark.parametrize(
    ("parts", "reason"),
    [
        pytest.param({"primary_head": bytes([3, *TIME, 27])}, "version 4", id="version 3"),
        pytest.param({"primary_head": bytes([4, *TIME, 22])}, "algorithm 27", id="Ed25519Legacy"),
        pytest.param({"primary_head": bytes([4, *TIME, 27, 0])}, "version 4", id="primary key too long"),
        pytest.param({"subkey_head": bytes([4, *TIME, 18])}, "algorithm 25", id="ECDH subkey"),
        pytest.param({"certification_type": 0x10}, "0x13", id="generic certification"),
        pytest.param({"certification_type": 0x30}, "0x13", id="certification revocation"),
        pytest.param({"binding_type": 0x28}, "0x18", id="subkey revocation"),
        pytest.param({"binding_type": 0x13}, "0x18", id="certification instead of binding"),
        pytest.param({"certification": {2: TIME, 39: b"\x09\x03"}}, "version 2", id="no features"),
        pytest.param(certified({30: b""}), "version 2", id="empty features"),
        pytest.param(certified({30: b"\x01"}), "version 2", id="version 1 alone"),
        pytest.param({"certification": {2: TIME, 30: b"\x09"}}, "AES-256-GCM", id="no ciphersuites"),
        pytest.param(certified({39: b"\x09\x02"}), "AES-256-GCM", id="OCB alone"),
        pytest.param(certified({39: b"\x07\x09\x03"}), "AES-256", id="shifted pair"),
        pytest.param({"certification": {30: b"\x09", 39: b"\x09\x03"}}, "undated", id="no creation time"),
        pytest.param(certified({2: bytes(4)}), "older", id="older than the key"),
        pytest.param(certified({2: b"\0"}), "malformed", id="short creation time"),
        pytest.param(certified({2 | 0x80: TIME}), "twice", id="two creation times"),
        pytest.param(certified({9: DAY}), "expired", id="key expired"),
        pytest.param(certified({3: DAY}), "expired", id="certification expired"),
        pytest.param(certified({0x80 | 100: b""}), "not understood", id="critical"),
        pytest.param(certified({0x80 | 20: b""}), "not understood", id="critical note"),
        pytest.param(certified({20: bytes(191)}), "malformed", id="long subpacket"),
        pytest.param(bound({9: DAY}), "expired", id="subkey expired"),
        pytest.param(bound({0x80 | 100: b""}), "not understood", id="critical in binding"),
        pytest.param({"binding": {2: TIME}}, "not for encryption", id="no key flags"),
        pytest.param(bound({27: b"\x02"}), "not for encryption", id="for signing"),
        pytest.param({"user_id": b"\xff"}, "UTF-8", id="user id not UTF-8"),
        pytest.param({"user_id": b"\x1b[2J"}, "unprintable characters", id="terminal escape"),
        pytest.param({"user_id": "a\u202eb".encode()}, "unprintable characters", id="reversed text"),
        pytest.param({"user_id": bytes(1025)}, "too long", id="long user id"),
        *(
            pytest.param({"point": point}, "low order", id=f"low order {point.hex()[:8]}")
            for point in LOW_ORDER_POINTS
        ),
    ],
)
def test_other_keys_are_refused(parts: dict[str, Any], reason: str) -> None:
    with raises_code(INVALID_PUBLIC_KEY, match=reason):
        parse(KeyParts(**parts).packets())


def joined(bodies: list[bytes]) -> bytes:
    """The five packets of a key."""
    return b"".join(map(packet, (6, 13, 2, 14, 2), bodies))


def test_signatures_of_another_key_are_refused() -> None:
    mine, other = KeyParts(), KeyParts()
    for taken in (2, 4):
        bodies = mine.bodies()
        bodies[taken] = replace(mine, certifier=other.certifier).bodies()[taken]
        with raises_code(INVALID_PUBLIC_KEY, match="signature is wrong"):
            parse(joined(bodies))


@pytest.mark.parametrize("taken", [1, 3])
def test_a_user_id_or_subkey_of_another_key_is_refused(taken: int) -> None:
    bodies, others = KeyParts().bodies(), KeyParts(user_id=b"Somebody else").bodies()
    bodies[taken] = others[taken]
    with raises_code(INVALID_PUBLIC_KEY, match="signature is wrong"):
        parse(joined(bodies))


def packets_of(*chosen: int) -> bytes:
    bodies = KeyParts().bodies()
    return b"".join(packet((6, 13, 2, 14, 2)[at], bodies[at]) for at in chosen)


@pytest.mark.parametrize(
    "packets",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(packets_of(0), id="primary key alone"),
        pytest.param(packets_of(0, 1, 2), id="no subkey"),
        pytest.param(packets_of(0, 1, 2, 3), id="no binding"),
        pytest.param(packets_of(0, 1, 3, 4), id="no certification"),
        pytest.param(packets_of(0, 2, 1, 2, 3, 4), id="key signature, such as a revocation"),
        pytest.param(packets_of(0, 1, 2, 1, 2, 3, 4), id="two user ids"),
        pytest.param(packets_of(0, 1, 2, 3, 4, 3, 4), id="two subkeys"),
        pytest.param(packets_of(0, 1, 2, 3, 4, 4), id="two bindings"),
        pytest.param(packets_of(0, 1, 2, 3, 4) + b"\0", id="an octet behind"),
        pytest.param(packets_of(0, 1, 2, 3, 4) + packet(10, b"PGP"), id="marker behind"),
        pytest.param(packet(10, b"PGP") + packets_of(0, 1, 2, 3, 4), id="marker before"),
        pytest.param(packets_of(0, 1, 2, 3, 4)[:-1], id="cut short"),
        pytest.param(packet(USER_ID, b"") * 500, id="user ids alone"),
        pytest.param(packet(SIGNATURE, b"") * 1000, id="signatures alone"),
    ],
)
def test_other_sequences_of_packets_are_refused(packets: bytes) -> None:
    with raises_code(INVALID_PUBLIC_KEY):
        parse(packets)


def with_signature(change: Callable[[bytes], bytes]) -> bytes:
    bodies = KeyParts().bodies()
    bodies[2] = change(bodies[2])
    return joined(bodies)


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda body: body[:3] + b"\x08" + body[4:], id="SHA-256"),
        pytest.param(lambda body: body[:2] + b"\x16" + body[3:], id="EdDSALegacy"),
        pytest.param(lambda body: b"\x06" + body[1:], id="version 6"),
        pytest.param(lambda body: body[:-68] + b"\0\x0a\x09\x10" + bytes(8) + body[-66:], id="unhashed"),
        pytest.param(lambda body: body[:-66] + bytes([body[-66] ^ 1]) + body[-65:], id="left 16 bits"),
        pytest.param(lambda body: body[:-1], id="short"),
        pytest.param(lambda body: body + b"\0", id="long"),
        pytest.param(lambda body: body[:4] + b"\xff\xff" + body[6:], id="hashed length"),
        pytest.param(lambda body: body[:5], id="nothing behind the head"),
        pytest.param(lambda body: b"", id="empty"),
    ],
)
def test_malformed_signatures_are_refused(change: Callable[[bytes], bytes]) -> None:
    with raises_code(INVALID_PUBLIC_KEY, match="signature"):
        parse(with_signature(change))


def test_every_changed_octet_of_a_key_is_noticed() -> None:
    good = bytearray(KeyParts().packets())
    for at in range(len(good)):
        good[at] ^= 0x01
        with raises_code(INVALID_PUBLIC_KEY):
            parse(bytes(good))
        good[at] ^= 0x01
    assert parse(bytes(good)).user_id == "TEE-Rex"


def test_a_key_that_was_parsed_is_encrypted_to(key: PrivateKey) -> None:
    recipient = PublicKey.parse_armored(
        key.public_key.armored(), at=NOW.astimezone(timezone(timedelta(hours=9)))
    )
    assert decrypt(key, encrypt(recipient, b"steps"), max_plaintext=5) == b"steps"
