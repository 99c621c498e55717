"""measurements.json: what was built, what it measures to, and from what."""

from __future__ import annotations

from typing import Literal, TypeAlias

import msgspec

InputKind: TypeAlias = Literal["kernel", "package", "wheel", "bb", "crs", "own"]


class ReportedInput(msgspec.Struct, frozen=True):
    """Something that went into an image; sha256 is of the file, of "own" see ``own_modules.guest_digest``."""

    kind: InputKind
    name: str
    version: str
    sha256: str


class ReportedPcrs(msgspec.Struct, frozen=True, omit_defaults=True):
    """96 hex digits each; pcr8 only of a signed image."""

    pcr0: str
    pcr1: str
    pcr2: str
    pcr8: str | None = None


class SectionSizes(msgspec.Struct, frozen=True):
    """Bytes."""

    kernel: int
    ramdisks: tuple[int, ...]


class MeasurementsReport(msgspec.Struct, frozen=True):
    """bytes, sha256: of the EIF. setups: whose transactions it proves, development is for tests only."""

    name: str
    version: str
    file: str
    bytes: int
    sha256: str
    setups: tuple[str, ...]
    cmdline: str
    pcrs: ReportedPcrs
    sections: SectionSizes
    inputs: tuple[ReportedInput, ...]


def encode_report(report: MeasurementsReport) -> bytes:
    """As it is written."""
    return msgspec.json.format(msgspec.json.encode(report), indent=2) + b"\n"


class EifReport(msgspec.Struct, frozen=True):
    """What ``image measure`` tells of a file.

    name, version: what it says of itself. pcrs: by index; 8 of a signed image only. release: name and version
    of the release whose image this is by its PCRs, null when it is of none that this installation knows.
    """

    file: str
    bytes: int
    name: str | None
    version: str | None
    cmdline: str
    pcrs: dict[str, str]
    signed: bool
    release: str | None
