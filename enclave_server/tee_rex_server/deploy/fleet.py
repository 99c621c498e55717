"""What is deployed, and where: releases, the hosts of a fleet, and what the bucket knows of both."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Annotated, Final, TypeAlias

import msgspec

from tee_rex.attestation.builds import shipped_builds
from tee_rex.errors.message import printable
from tee_rex.http_client.server_url import address_problem
from tee_rex.revocations import Pcr
from tee_rex.system.files import read_named, sha256_of
from tee_rex.system.untrusted import Sha256, UndecodableError, decode_json
from tee_rex.transaction.trusted_setup import TrustedSetup
from tee_rex_server.errors import deploy as errors
from tee_rex_server.errors.image import MEASUREMENTS_MALFORMED
from tee_rex_server.image.command import eif_report
from tee_rex_server.image.report import MeasurementsReport, check_equal
from tee_rex_server.vsock import FIRST_GUEST_CID, MAX_VSOCK_NUMBER

MEASUREMENTS: Final = "measurements.json"
_MAX_FILE_BYTES: Final = 1 << 20
_MAX_FLEET_BYTES: Final = 32 * 1024
"""A hundred hosts. tomllib's time grows with the square of a key's length."""
MAX_BY: Final = 200
"""Characters of who deploys."""

Version: TypeAlias = Annotated[str, msgspec.Meta(pattern=r"^[0-9A-Za-z][0-9A-Za-z.+_-]{0,59}\Z")]
CidNumber: TypeAlias = Annotated[int, msgspec.Meta(ge=FIRST_GUEST_CID, le=MAX_VSOCK_NUMBER)]
_MAX_IMAGE_BYTES: Final = 10**11 - 1
"""What the document of Systems Manager allows."""
_Name: TypeAlias = Annotated[str, msgspec.Meta(pattern=r"^[0-9A-Za-z][0-9A-Za-z._-]{0,59}\Z")]
_Prefix: TypeAlias = Annotated[str, msgspec.Meta(pattern=r"^[0-9A-Za-z][0-9A-Za-z/._-]{0,199}\Z")]


class Release(msgspec.Struct, frozen=True):
    """An image and what it measures to. sha256, bytes: of the EIF. setups: those it proves under."""

    version: Version
    sha256: Sha256
    bytes: Annotated[int, msgspec.Meta(gt=0, le=_MAX_IMAGE_BYTES)]
    pcr0: Pcr
    pcr1: Pcr
    pcr2: Pcr
    setups: Annotated[tuple[TrustedSetup, ...], msgspec.Meta(min_length=1)]

    def __str__(self) -> str:
        return f"{self.version} ({self.sha256[:12]})"


class FleetHost(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An EC2 instance. url: of its proxy, from outside. cids: of its enclaves."""

    name: _Name
    instance: Annotated[str, msgspec.Meta(pattern=r"^i-[0-9a-f]{8,17}\Z")]
    url: str
    cids: Annotated[tuple[CidNumber, ...], msgspec.Meta(min_length=1)]


class Fleet(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The file that an operator writes, or OpenTofu.

    bucket, prefix: where releases and the state lie. document: the SSM document that runs the hosts'
    commands.
    """

    region: _Name
    bucket: _Name
    prefix: _Prefix
    document: _Name
    hosts: Annotated[tuple[FleetHost, ...], msgspec.Meta(min_length=1)]

    @classmethod
    def read(cls, file: Path) -> Fleet:
        """Read the file (TOML); raises FLEET_INVALID, FILE_UNREADABLE."""
        try:
            content = read_named(file, _MAX_FLEET_BYTES)
            if len(content) > _MAX_FLEET_BYTES:
                raise ValueError(f"it has more than {_MAX_FLEET_BYTES:,} bytes")  # noqa: TRY301
            return msgspec.convert(tomllib.loads(content.decode()), cls)
        except ValueError as error:  # also what msgspec, tomllib and decoding raise
            raise errors.FLEET_INVALID(
                file=str(file), reason=printable(str(error), 300).rstrip(".")
            ) from error
        except RecursionError:
            raise errors.FLEET_INVALID(file=str(file), reason="its lists are nested too deeply") from None

    def __post_init__(self) -> None:
        for names in ([host.name for host in self.hosts], [host.instance for host in self.hosts]):
            if len(set(names)) < len(names):
                raise ValueError("a host is listed twice")
        for host in self.hosts:
            problem = address_problem(host.url)
            if problem is not None or not host.url:
                raise ValueError(f"the url of {host.name} is not one: {problem or 'it is empty'}")
            if len(set(host.cids)) < len(host.cids):
                raise ValueError(f"{host.name} lists an enclave twice")


class Deployment(msgspec.Struct, frozen=True):
    """A deployment that has not ended.

    target: what all enclaves are to run. back: what they ran, None at a fleet's first one. going_back:
    whether they are to run ``back`` again. by: who started it, for people. held: False once its deployer has
    let go of it, so that another one may resume at once. taking_back: whether the target is the release
    before, to which somebody returns. claim: random, of the deployer that holds it.
    """

    target: Release
    back: Release | None
    by: Annotated[str, msgspec.Meta(max_length=MAX_BY)]
    going_back: bool = False
    held: bool = True
    taking_back: bool = False
    claim: Annotated[str, msgspec.Meta(max_length=64)] = ""


class FleetState(msgspec.Struct, frozen=True):
    """What the bucket knows. current: what all enclaves run. previous: what ``rollback`` goes back to."""

    current: Release | None = None
    previous: Release | None = None
    deployment: Deployment | None = None


def read_release(path: Path) -> tuple[Release, Path]:
    """A release, and its EIF, measured anew.

    path: a folder with a measurements.json, or the EIF alone of a release that this installation knows.
    Raises MEASUREMENTS_MALFORMED, EIF_MALFORMED, MEASUREMENTS_DIFFER, RELEASE_INVALID.
    """
    if not path.is_dir():
        report = eif_report(path)
        for build in shipped_builds():
            if [report.pcrs[str(index)] for index in range(3)] == [build.pcr0, build.pcr1, build.pcr2]:
                pcrs = (build.pcr0, build.pcr1, build.pcr2)
                return Release(
                    build.version, _sha256(path), report.bytes, *pcrs, (TrustedSetup.GENUINE,)
                ), path
        raise errors.RELEASE_UNKNOWN(folder=str(path))
    try:
        measurements = decode_json(read_named(path / MEASUREMENTS, _MAX_FILE_BYTES), MeasurementsReport)
    except UndecodableError:
        raise MEASUREMENTS_MALFORMED(file=str(path / MEASUREMENTS)) from None
    file = path / Path(measurements.file).name
    check_equal(eif_report(file).pcrs, measurements.pcrs)
    fields = {
        "version": measurements.version,
        "sha256": _sha256(file),
        "bytes": measurements.bytes,
        "pcr0": measurements.pcrs.pcr0,
        "pcr1": measurements.pcrs.pcr1,
        "pcr2": measurements.pcrs.pcr2,
        "setups": measurements.setups,
    }
    if fields["sha256"] != measurements.sha256:
        raise errors.RELEASE_INVALID(folder=str(path), reason="the image has another SHA-256")
    try:
        return msgspec.convert(fields, Release), file
    except msgspec.ValidationError as error:
        raise errors.RELEASE_INVALID(folder=str(path), reason=str(error)) from error


def _sha256(file: Path) -> str:
    return sha256_of(file, lambda _done: None)
