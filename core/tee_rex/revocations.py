"""What must not be used any more, whoever approved it: the bb and the enclave builds that were revoked.

A build of TEE-Rex brings a list, and a pins update (``updates.pins``) a newer one, which is read anew
whenever something is about to be used. Its signature was verified when it was fetched, and is not verified
here: to add to it can only refuse, and to take from it needs the right to write the user's files.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final, TypeAlias

import msgspec

from tee_rex.errors.catalogue.updates import PINS_DAMAGED
from tee_rex.settings.paths import Paths
from tee_rex.system.files import open_regular, require_own, resource
from tee_rex.system.text import os_reason
from tee_rex.system.untrusted import Sha256, UndecodableError, decode_json

MAX_PINS_BYTES: Final = 1 << 20
"""Of a pins update; that of release 0.1.0 would have 25 KB."""

Pcr: TypeAlias = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{96}\Z")]


class Revocations(msgspec.Struct, frozen=True):
    """What is revoked. bb: SHA-256 of executables and archives. enclave_builds: PCR0 of images.

    serial: of the newest pins update that is taken into account.
    """

    serial: int = 0
    bb: frozenset[Sha256] = frozenset()
    enclave_builds: frozenset[Pcr] = frozenset()

    @classmethod
    def shipped(cls) -> Revocations:
        """Those of this build, and the serial number of the pins update that it was made after."""
        return decode_json(resource("pins", "revoked.json").read_bytes(), cls)

    @classmethod
    def known(cls, paths: Paths) -> Revocations:
        """Those of this build and of the pins update on this machine; blocking, about 0.1 ms.

        Raises PINS_DAMAGED, CHANGEABLE_BY_OTHERS: what is revoked must not be used because of a damaged file.
        """
        shipped = cls.shipped()
        content = read_pins(paths)
        return shipped if content is None else shipped.joined(decoded_revocations(content, paths))

    def joined(self, others: Revocations) -> Revocations:
        """Everything that either revokes."""
        return Revocations(
            max(self.serial, others.serial),
            self.bb | others.bb,
            self.enclave_builds | others.enclave_builds,
        )


class PinsHead(msgspec.Struct, frozen=True):
    """The part of a pins update that every version of TEE-Rex understands."""

    format: int
    serial: Annotated[int, msgspec.Meta(ge=1, lt=1 << 31)]
    revoked: Revocations


def pins_file(paths: Paths) -> Path:
    """Where the pins update lies that was fetched last."""
    return paths.data / "updates" / "pins.json"


def read_pins(paths: Paths) -> bytes | None:
    """Its content; None if none was fetched. Raises PINS_DAMAGED, CHANGEABLE_BY_OTHERS."""
    path = pins_file(paths)
    require_own(path, paths.data)
    try:
        with open_regular(path) as file:
            content = file.read(MAX_PINS_BYTES + 1)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise PINS_DAMAGED(file=str(path), reason=os_reason(error)) from error
    if len(content) > MAX_PINS_BYTES:
        raise PINS_DAMAGED(file=str(path), reason="Too large")
    return content


def decoded_revocations(content: bytes, paths: Paths) -> Revocations:
    """What a pins update revokes; raises PINS_DAMAGED."""
    try:
        head = decode_json(content, PinsHead)
    except UndecodableError:
        raise PINS_DAMAGED(file=str(pins_file(paths)), reason="Malformed") from None
    return Revocations(head.serial, head.revoked.bb, head.revoked.enclave_builds)
