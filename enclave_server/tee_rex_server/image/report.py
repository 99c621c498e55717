"""measurements.json: what was built, its measurements and inputs; and comparing an image with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal, TypeAlias

import msgspec

from tee_rex.attestation.builds import shipped_builds
from tee_rex.system.files import open_regular
from tee_rex.system.untrusted import UndecodableError, decode_json
from tee_rex_server.errors import image as errors

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_MAX_REPORT_BYTES: Final = 1 << 20

InputKind: TypeAlias = Literal["kernel", "package", "wheel", "bb", "crs", "own"]


class ReportedInput(msgspec.Struct, frozen=True):
    """An input of an image. sha256: of the file; of "own", see ``guest_modules.guest_digest``."""

    kind: InputKind
    name: str
    version: str
    sha256: str


class ReportedPcrs(msgspec.Struct, frozen=True, omit_defaults=True):
    """The registers, 96 hexadecimal digits each; pcr8 of a signed image only."""

    pcr0: str
    pcr1: str
    pcr2: str
    pcr8: str | None = None


class SectionSizes(msgspec.Struct, frozen=True):
    """Sizes in bytes."""

    kernel: int
    ramdisks: tuple[int, ...]


class MeasurementsReport(msgspec.Struct, frozen=True):
    """The file. bytes, sha256: of the EIF. setups: those it proves under; development is for tests only."""

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
    """The file's content."""
    return msgspec.json.format(msgspec.json.encode(report), indent=2) + b"\n"


class EifReport(msgspec.Struct, frozen=True):
    """The output of ``image measure``.

    name, version: from the image's own metadata. pcrs: by index; 8 of a signed image only. release: name and
    version of the release with these PCRs, null if this installation knows none.
    """

    file: str
    bytes: int
    name: str | None
    version: str | None
    cmdline: str
    pcrs: dict[str, str]
    signed: bool
    release: str | None


def expected_pcrs(file: Path) -> ReportedPcrs:
    """The registers in a measurements.json; raises MEASUREMENTS_MALFORMED."""
    try:
        with open_regular(file) as stream:
            content = stream.read(_MAX_REPORT_BYTES + 1)
        if len(content) > _MAX_REPORT_BYTES:
            raise errors.MEASUREMENTS_TOO_LARGE(file=str(file), limit=_MAX_REPORT_BYTES)
        return decode_json(content, MeasurementsReport).pcrs
    except OSError as error:
        raise errors.MEASUREMENTS_UNREADABLE(file=str(file), reason=str(error.strerror)) from error
    except UndecodableError:
        raise errors.MEASUREMENTS_MALFORMED(file=str(file)) from None


def check_equal(pcrs: Mapping[str, str], expected: ReportedPcrs) -> None:
    """Compare PCR0 to PCR2, and PCR8 where one is expected; raises MEASUREMENTS_DIFFER.

    pcrs: by index, in hexadecimal.
    """
    named = {"0": expected.pcr0, "1": expected.pcr1, "2": expected.pcr2}
    if expected.pcr8 is not None:
        named["8"] = expected.pcr8
    different = [f"PCR{index}" for index, value in named.items() if pcrs.get(index) != value.lower()]
    if different:
        raise errors.MEASUREMENTS_DIFFER(registers=", ".join(different))


def released_as(pcrs: Mapping[str, str]) -> str | None:
    """Name and version of the release with these PCRs; None if this installation knows none."""
    measured = (pcrs["0"], pcrs["1"], pcrs["2"])
    for build in shipped_builds():
        if (build.pcr0, build.pcr1, build.pcr2) == measured:
            return f"{build.name} {build.version}"
    return None
