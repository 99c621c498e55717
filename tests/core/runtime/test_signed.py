from __future__ import annotations

import base64

import pytest

from tee_rex.runtime.signed import binary_keys, digest_in_release, digests_in_list, size_in_release

ONE, OTHER = "1" * 64, "2" * 64
RELEASE = f"""\
Suite: stable
MD5Sum:
 {"3" * 32} 9 main/binary-amd64/Packages
SHA256:
 {OTHER} 9 main/binary-arm64/Packages
 {ONE} 9 main/binary-amd64/Packages
 {OTHER} 9 main/binary-amd64/Packages.xz
Last: field
 {OTHER} 9 main/binary-amd64/Release
""".encode()
LIST = f"""\
Package: libc6
Version: 1
SHA256: {ONE}

Package: libc6-dev
SHA256: {OTHER}

Package: libc6
Version: 2
SHA256: {OTHER}
""".encode()


def test_the_digest_of_a_list_is_found_in_its_section() -> None:
    assert digest_in_release(RELEASE, "main/binary-amd64/Packages") == ONE
    assert digest_in_release(RELEASE, "main/binary-amd64/Release") is None
    assert digest_in_release(b"\xff\n \n", "main") is None


@pytest.mark.parametrize(
    ("said", "size"), [("9", 9), ("-9", None), ("9" * 13, None), ("nine", None), ("", None)]
)
def test_the_size_of_a_list_is_found_beside_it(said: str, size: int | None) -> None:
    release = RELEASE.replace(b" 9 main", f" {said} main".encode())
    assert size_in_release(release, "main/binary-amd64/Packages") == size


def test_the_digests_of_a_package_are_those_of_that_name_alone() -> None:
    assert digests_in_list(LIST, "libc6") == [ONE, OTHER]
    assert digests_in_list(LIST, "libc6-dev") == [OTHER]
    assert digests_in_list(LIST, "ibc6") == []
    assert digests_in_list(b"Package: a\nSHA256: " + b"z" * 64, "a") == []


ARMORED = b"""-----BEGIN PGP PUBLIC KEY BLOCK-----
%s

AAEC
AwQF
=abcd
-----END PGP PUBLIC KEY BLOCK-----
"""


@pytest.mark.parametrize("header", [b"", b"Comment: a key\n"])
def test_armored_keys_are_read_as_gpgv_wants_them(header: bytes) -> None:
    armored = ARMORED % header if header else ARMORED.replace(b"%s\n", b"")
    assert binary_keys(armored) == base64.b64decode("AAECAwQF")
    assert binary_keys(armored * 2) == base64.b64decode("AAECAwQF") * 2


def test_other_keyrings_are_left_as_they_are() -> None:
    assert binary_keys(b"\x99\x02") == b"\x99\x02"
    assert binary_keys(ARMORED.replace(b"AAEC", b"A*EC")) == b""
