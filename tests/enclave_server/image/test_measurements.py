from __future__ import annotations

from dataclasses import replace
from hashlib import sha384

from tee_rex_server.image.eif import Eif
from tee_rex_server.image.measurements import (
    extended_once,
    image_pcrs,
    instance_pcr,
    role_pcr,
    signer_pcr,
)

IMAGE = Eif(b"kernel", b"cmdline", (b"one", b"two", b"three"), b"metadata", b"signature")


def test_the_registers_are_what_openssl_computes() -> None:
    # printf kernelcmdlineonetwothree | openssl dgst -sha384 -binary > d
    # (head -c 48 /dev/zero; cat d) | openssl dgst -sha384; and likewise for the others
    pcrs = image_pcrs(IMAGE)
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
    pcrs = image_pcrs(replace(IMAGE, ramdisks=(b"one",)))
    assert pcrs.pcr0 == pcrs.pcr1
    assert pcrs.pcr2 == sha384(bytes(48) + sha384(b"").digest()).digest()


def test_metadata_and_signature_are_not_measured() -> None:
    assert image_pcrs(replace(IMAGE, metadata=None, signature=None)) == image_pcrs(IMAGE)


def test_pcr0_hashes_no_borders_between_ramdisks_but_pcr1_does() -> None:
    moved = replace(IMAGE, ramdisks=(b"onet", b"wo", b"three"))
    assert image_pcrs(moved).pcr0 == image_pcrs(IMAGE).pcr0
    assert image_pcrs(moved).pcr1 != image_pcrs(IMAGE).pcr1


def test_role_instance_and_signer() -> None:
    assert role_pcr("arn:aws:iam::1:role/r") == extended_once([b"arn:aws:iam::1:role/r"])
    assert instance_pcr("i-0123") == extended_once([b"i-0123"])
    assert signer_pcr(b"der") == extended_once([b"de", b"r"])
