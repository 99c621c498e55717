from __future__ import annotations

from dataclasses import replace
from hashlib import sha384

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.eif_by_hand import CMDLINE, KERNEL, METADATA, RAMDISK, SIGNATURE, eif_by_hand, with_right_crc
from support.errors import raises
from tee_rex.attestation.eif import (
    MAX_SIGNATURE_BYTES,
    Eif,
    EifError,
    extended_once,
    image_pcrs,
    read_eif,
    signer_pcr,
)
from tee_rex_server.errors.image import SECTION_TOO_LARGE
from tee_rex_server.image.eif import eif_parts

SECTIONS = [
    (KERNEL, b"kernel"),
    (CMDLINE, b"reboot=k"),
    (METADATA, b"{}"),
    (RAMDISK, b"first"),
    (RAMDISK, b"second"),
    (SIGNATURE, b"\x80"),
]
IMAGE = Eif(b"kernel", b"reboot=k", (b"first", b"second"), b"{}", b"\x80")


def _written(eif: Eif) -> bytes:
    return b"".join(eif_parts(eif))


def test_the_file_is_as_the_format_says() -> None:
    assert _written(IMAGE) == eif_by_hand(SECTIONS)
    assert _written(replace(IMAGE, arm64=True, default_memory=7, default_cpus=1)) == eif_by_hand(
        SECTIONS, flags=1, memory=7, cpus=1
    )
    plain = replace(IMAGE, metadata=None, signature=None, ramdisks=(b"first",))
    assert _written(plain) == eif_by_hand([SECTIONS[0], SECTIONS[1], SECTIONS[3]])


def test_what_is_read_is_what_was_written() -> None:
    assert read_eif(eif_by_hand(SECTIONS)) == IMAGE


@given(
    kernel=st.binary(max_size=50),
    cmdline=st.binary(max_size=50).filter(lambda text: b"\0" not in text),
    ramdisks=st.lists(st.binary(max_size=50), min_size=1, max_size=28).map(tuple),
    metadata=st.none() | st.binary(max_size=50),
    signature=st.none() | st.binary(max_size=50),
    memory=st.integers(0, 2**64 - 1),
)
def test_every_image_survives_the_round_trip(
    kernel: bytes,
    cmdline: bytes,
    ramdisks: tuple[bytes, ...],
    metadata: bytes | None,
    signature: bytes | None,
    memory: int,
) -> None:
    image = Eif(kernel, cmdline, ramdisks, metadata, signature, memory)
    assert read_eif(_written(image)) == image


def test_metadata_may_stand_anywhere_after_the_command_line() -> None:
    reordered = [SECTIONS[0], SECTIONS[1], SECTIONS[3], SECTIONS[4], SECTIONS[5], SECTIONS[2]]
    assert read_eif(eif_by_hand(reordered)) == IMAGE


@pytest.mark.parametrize(
    ("file", "part"),
    [
        (b"", "header"),
        (eif_by_hand(SECTIONS)[:547], "header"),
        (eif_by_hand(SECTIONS, magic=b".elf"), "header"),
        (eif_by_hand(SECTIONS, version=3), "version 3"),
        (eif_by_hand(SECTIONS, flags=2), "values"),
        (eif_by_hand(SECTIONS, reserved=1), "values"),
        (with_right_crc(eif_by_hand(SECTIONS)[:540] + b"\1" + eif_by_hand(SECTIONS)[541:]), "values"),
        (eif_by_hand(SECTIONS, crc=0), "checksum"),
        (eif_by_hand(SECTIONS, gap=b"\0"), "gaps"),
        (eif_by_hand([]), "0 sections"),
        (eif_by_hand([*SECTIONS[:3], *([SECTIONS[3]] * 30)]), "33 sections"),
        (eif_by_hand(SECTIONS, after=b"\0"), "after its last"),
        (with_right_crc(eif_by_hand(SECTIONS)[:-1]), "exceed"),
        (eif_by_hand([*SECTIONS, (6, b"")]), "kind 6"),
        (eif_by_hand([*SECTIONS, (0, b"")]), "kind 0"),
        (eif_by_hand(SECTIONS[1:]), "start"),
        (eif_by_hand([SECTIONS[1], SECTIONS[0], SECTIONS[3]]), "start"),
        (eif_by_hand([*SECTIONS, SECTIONS[0]]), "start"),
        (eif_by_hand([*SECTIONS, SECTIONS[5]]), "start"),
        (eif_by_hand(SECTIONS[:3]), "ramdisk"),
        (eif_by_hand([SECTIONS[0], (CMDLINE, b"a\0b"), SECTIONS[3]]), "NUL"),
        (eif_by_hand([SECTIONS[0], (CMDLINE, b"a" * 4097), SECTIONS[3]]), "4,097"),
        (eif_by_hand([*SECTIONS[:5], (SIGNATURE, bytes(MAX_SIGNATURE_BYTES + 1))]), "65,537"),
    ],
)
def test_anything_else_is_refused(file: bytes, part: str) -> None:
    with pytest.raises(EifError, match=part):
        read_eif(file)


def test_a_section_that_contradicts_the_header_is_refused() -> None:
    file = bytearray(eif_by_hand(SECTIONS))
    file[548 + 11] += 1  # the size in the first section's own head
    with pytest.raises(EifError, match="contradict"):
        read_eif(with_right_crc(bytes(file)))


@given(position=st.integers(0, len(eif_by_hand(SECTIONS)) - 1), change=st.integers(1, 255))
def test_a_changed_byte_never_goes_unnoticed(position: int, change: int) -> None:
    file = bytearray(eif_by_hand(SECTIONS))
    file[position] ^= change
    with pytest.raises(EifError):
        read_eif(bytes(file))


@given(
    changes=st.lists(
        st.tuples(st.integers(0, len(eif_by_hand(SECTIONS)) - 1), st.binary(min_size=1, max_size=9)),
        min_size=1,
        max_size=4,
    ),
    length=st.integers(0, len(eif_by_hand(SECTIONS)) + 3),
)
def test_what_is_accepted_has_only_one_meaning(changes: list[tuple[int, bytes]], length: int) -> None:
    file = bytearray(eif_by_hand(SECTIONS))
    for position, replacement in changes:
        file[position : position + len(replacement)] = replacement
    untrusted = bytes(file[:length].ljust(length, b"\0"))
    if length >= 548:
        untrusted = with_right_crc(untrusted)
    try:
        image = read_eif(untrusted)
    except EifError:
        return
    assert sorted(_written(image)[548:]) == sorted(untrusted[548:])
    assert read_eif(_written(image)) == image


@given(st.binary(max_size=2000))
def test_noise_is_refused(noise: bytes) -> None:
    with pytest.raises(EifError):
        read_eif(noise)


def test_what_the_format_cannot_hold_is_not_written() -> None:
    with raises(SECTION_TOO_LARGE, "cmdline"):
        _written(replace(IMAGE, cmdline=b"a" * 5000))
    with pytest.raises(ValueError, match="at least one ramdisk"):
        _written(replace(IMAGE, ramdisks=()))
    with pytest.raises(ValueError, match="at most 32"):
        _written(replace(IMAGE, ramdisks=(b"",) * 29))


MEASURED = Eif(b"kernel", b"cmdline", (b"one", b"two", b"three"), b"metadata", b"signature")


def test_the_registers_are_what_openssl_computes() -> None:
    # printf kernelcmdlineonetwothree | openssl dgst -sha384 -binary > d
    # (head -c 48 /dev/zero; cat d) | openssl dgst -sha384; and likewise for the others
    pcrs = image_pcrs(MEASURED)
    assert pcrs.pcr0.hex() == (
        "35a447dfee15e050602d3430724ce945ab7401aaa7dcd4f542dc5c2ee5b9f5558ccd34a7d6a5fb62634e398e2f929738"
    )
    assert pcrs.pcr1.hex() == (
        "ebc2c9f48f0ffdffa87e10b4140dd32d381704a41be310c2aeeaffdad14ffe2f4617f94daf8d1ef75cbde564588c492b"
    )
    assert pcrs.pcr2.hex() == (
        "7034cb63945c9fb9a6b5fca214be26860c914bd39f93715290bbbba69d5209c51b1c8ecdab0a9da30e26122767f43358"
    )


def test_an_image_with_one_ramdisk_has_an_empty_application() -> None:
    pcrs = image_pcrs(replace(MEASURED, ramdisks=(b"one",)))
    assert pcrs.pcr0 == pcrs.pcr1
    assert pcrs.pcr2 == sha384(bytes(48) + sha384(b"").digest()).digest()


def test_metadata_and_signature_are_not_measured() -> None:
    assert image_pcrs(replace(MEASURED, metadata=None, signature=None)) == image_pcrs(MEASURED)


def test_pcr0_hashes_no_borders_between_ramdisks_but_pcr1_does() -> None:
    moved = replace(MEASURED, ramdisks=(b"onet", b"wo", b"three"))
    assert image_pcrs(moved).pcr0 == image_pcrs(MEASURED).pcr0
    assert image_pcrs(moved).pcr1 != image_pcrs(MEASURED).pcr1


def test_pcr8_is_that_of_the_certificate() -> None:
    assert signer_pcr(b"der") == extended_once([b"de", b"r"])
