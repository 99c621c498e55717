"""Whether an image is the one that somebody published: its PCRs beside theirs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec

from tee_rex.attestation.builds import shipped_builds
from tee_rex_server.image.errors import MeasurementsDifferError, MeasurementsMalformedError
from tee_rex_server.image.report import MeasurementsReport, ReportedPcrs

if TYPE_CHECKING:
    from collections.abc import Mapping

_MAX_REPORT_BYTES: Final = 1 << 20


def expected_pcrs(file: Path) -> ReportedPcrs:
    """Those that a measurements.json names; raises MeasurementsMalformedError."""
    try:
        with file.open("rb") as stream:
            content = stream.read(_MAX_REPORT_BYTES + 1)
        if len(content) > _MAX_REPORT_BYTES:
            raise MeasurementsMalformedError(f"{file} has more than {_MAX_REPORT_BYTES:,} bytes.")
        return msgspec.json.decode(content, type=MeasurementsReport).pcrs
    except OSError as error:
        raise MeasurementsMalformedError(f"{file} cannot be read: {error.strerror}.") from error
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        raise MeasurementsMalformedError(f"{file} is not of the form that `image build` writes.") from None


def check_equal(pcrs: Mapping[str, str], expected: ReportedPcrs) -> None:
    """Raises MeasurementsDifferError unless PCR0 to 2, and PCR8 where one is expected, are the same.

    pcrs: by index, in hexadecimal.
    """
    named = {"0": expected.pcr0, "1": expected.pcr1, "2": expected.pcr2}
    if expected.pcr8 is not None:
        named["8"] = expected.pcr8
    different = [f"PCR{index}" for index, value in named.items() if pcrs.get(index) != value.lower()]
    if different:
        raise MeasurementsDifferError(f"Different from what is expected: {', '.join(different)}.")


def released_as(pcrs: Mapping[str, str]) -> str | None:
    """Name and version of the release whose image this is, as far as this installation knows."""
    measured = (pcrs["0"], pcrs["1"], pcrs["2"])
    for build in shipped_builds():
        if (build.pcr0, build.pcr1, build.pcr2) == measured:
            return f"{build.name} {build.version}"
    return None
