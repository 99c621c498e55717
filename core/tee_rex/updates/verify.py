"""Checking a downloaded file: who signed it, what its SBOM lists, what an enclave image measures to."""

from __future__ import annotations

import mmap
import os
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

import msgspec

from tee_rex.attestation.eif import EifError, image_pcrs, read_eif
from tee_rex.errors.catalogue import updates as errors
from tee_rex.errors.catalogue.files import FILE_UNREADABLE
from tee_rex.system import files
from tee_rex.system.text import os_reason
from tee_rex.system.threads import in_thread, read_in_thread
from tee_rex.system.untrusted import UndecodableError, decode_json
from tee_rex.updates.download import download
from tee_rex.updates.releases import IMAGE

if TYPE_CHECKING:
    from tee_rex.updates.metadata import UpdateMetadata
    from tee_rex.updates.releases import SignedFile, SignedFiles

MAX_SBOM_BYTES: Final = 4 << 20
"""That of the app of 0.1.0 has about 0.2 MB."""


@dataclass(frozen=True, slots=True)
class VerifiedFile:
    """A file that the maintainers signed.

    sha256: 64 hex digits. signed_as: its path in the update source. offered: whether its release is promoted.
    targets_version: of the metadata that lists it. sbom: the path of the signed SBOM that names this file,
    its SHA-256, and how many components it lists; a path without the others was not compared (offline).
    pcrs: of an enclave image, PCR0 to PCR2, measured here and equal to the signed ones; 96 hex digits each.
    """

    file: Path
    sha256: str
    signed_as: str
    version: str
    kind: str
    platform: str
    offered: bool
    targets_version: int
    sbom: str = ""
    sbom_sha256: str = ""
    components: int = 0
    pcrs: tuple[str, ...] = ()


class _Hash(msgspec.Struct, frozen=True):
    alg: str
    content: str


class _Component(msgspec.Struct, frozen=True):
    hashes: tuple[_Hash, ...] = ()


class _SbomMetadata(msgspec.Struct, frozen=True):
    component: _Component


class _Sbom(msgspec.Struct, frozen=True, rename={"format": "bomFormat"}):
    """Of CycloneDX 1.6, what is looked at."""

    format: Literal["CycloneDX"]
    metadata: _SbomMetadata
    components: tuple[msgspec.Raw, ...] = ()


@dataclass(frozen=True, slots=True)
class DownloadedFile:
    """A file that somebody downloaded. opened: what was hashed. sha256: 64 hex digits."""

    file: Path
    opened: files.OpenFile
    sha256: str

    @classmethod
    async def read(cls, file: Path) -> DownloadedFile:
        """Hash a file; raises FILE_UNREADABLE."""
        try:
            opened = await read_in_thread(files.OpenFile, file)
            return cls(file, opened, await in_thread(opened.sha256))
        except (OSError, ValueError) as error:  # ValueError: a null character
            reason = os_reason(error) if isinstance(error, OSError) else "Invalid name"
            raise FILE_UNREADABLE(file=str(file), reason=reason) from error

    @property
    def size(self) -> int:
        """In bytes."""
        return os.fstat(self.opened.descriptor).st_size


async def verify_file(
    metadata: UpdateMetadata, downloaded: DownloadedFile, folder: Path, *, offline: bool = False
) -> VerifiedFile:
    """Check a file against the metadata in the cache, and its SBOM, which is downloaded unless offline.

    folder: where the SBOM may be meanwhile. Raises NOT_A_RELEASE, UPDATE_REFUSED, DISK_FULL,
    DISK_NOT_WRITABLE, and as ``download`` does.
    """
    listed = await metadata.files()
    file, sha256 = downloaded.file, downloaded.sha256
    signed = listed.with_digest(sha256)
    if signed is None:
        whole = max((one.length for one in listed.files if one.name == file.name), default=0)
        if downloaded.size < whole:
            raise errors.DOWNLOAD_INCOMPLETE(file=str(file), size=downloaded.size, whole=whole)
        raise errors.NOT_A_RELEASE(file=str(file), sha256=sha256)
    found = VerifiedFile(
        file,
        sha256,
        signed.path,
        signed.description.version,
        signed.description.kind,
        signed.description.platform,
        signed.description.promoted,
        listed.version,
    )
    if signed.description.kind == IMAGE:
        found = replace(found, pcrs=await read_in_thread(_measured, downloaded.opened, file, signed))
    if signed.description.sbom and offline:
        found = replace(found, sbom=signed.description.sbom)
    elif signed.description.sbom:
        found = await _with_sbom(found, metadata, listed, signed, folder)
    return found


def _measured(opened: files.OpenFile, file: Path, signed: SignedFile) -> tuple[str, ...]:
    try:
        # Closed when nothing refers to it any more, as the image's parts do.
        content = mmap.mmap(opened.descriptor, 0, access=mmap.ACCESS_READ)
        measured = image_pcrs(read_eif(memoryview(content)))
    except (EifError, ValueError) as error:
        raise errors.IMAGE_UNREADABLE(file=str(file), reason=str(error)) from error
    pcrs = tuple(pcr.hex() for pcr in (measured.pcr0, measured.pcr1, measured.pcr2))
    wanted = signed.description.pcrs or ()
    other = [f"PCR{index}" for index, pcr in enumerate(pcrs) if wanted[index : index + 1] != (pcr,)]
    if other:
        raise errors.IMAGE_MEASUREMENTS_DIFFER(file=str(file), registers=", ".join(other))
    return pcrs


async def _with_sbom(
    found: VerifiedFile, metadata: UpdateMetadata, listed: SignedFiles, signed: SignedFile, folder: Path
) -> VerifiedFile:
    path = signed.description.sbom
    sbom = listed.at(path)
    if sbom is None or sbom.length > MAX_SBOM_BYTES:
        raise errors.SBOM_UNREADABLE(sbom=path)
    with files.disk_errors(folder):
        async with files.temporary_folder(folder, "sbom") as temporary:
            target = temporary / "sbom.json"
            await download(metadata.source, sbom, target, lambda _done, _total: None)
            content = await read_in_thread(target.read_bytes)
    try:
        described, components = await read_in_thread(read_sbom, content)
    except UndecodableError:
        raise errors.SBOM_UNREADABLE(sbom=path) from None
    if found.sha256 not in described:
        raise errors.SBOM_OF_ANOTHER(sbom=path, file=str(found.file))
    return replace(found, sbom=sbom.path, sbom_sha256=sbom.sha256, components=components)


def read_sbom(untrusted: bytes) -> tuple[list[str], int]:
    """The SHA-256 of the files that a CycloneDX SBOM describes, and how many components it lists.

    Raises UndecodableError.
    """
    sbom = decode_json(untrusted, _Sbom)
    hashes = [one.content for one in sbom.metadata.component.hashes if one.alg == "SHA-256"]
    return hashes, len(sbom.components)
