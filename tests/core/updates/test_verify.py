from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path

import pytest

from release.feed import NewFile
from support.eif_by_hand import CMDLINE, KERNEL, RAMDISK, eif_by_hand
from support.errors import raises, raises_code
from support.http_files import closed_port
from support.update_feed import PLATFORM, Stage, tampered
from tee_rex.attestation.eif import image_pcrs, read_eif
from tee_rex.errors.catalogue import updates as errors
from tee_rex.errors.catalogue.files import FILE_UNREADABLE
from tee_rex.updates.client import UpdateClient
from tee_rex.updates.releases import FOLDER, IMAGE, SBOM, Description

IMAGE_FILE = eif_by_hand(
    [(KERNEL, b"kernel"), (CMDLINE, b"reboot=k"), (RAMDISK, b"first"), (RAMDISK, b"second")]
)


def sbom_of(content: bytes, **changes: object) -> bytes:
    hashes = [{"alg": "SHA-256", "content": sha256(content).hexdigest()}]
    component = {"type": "application", "name": "tee-rex", "hashes": hashes}
    sbom = {"bomFormat": "CycloneDX", "specVersion": "1.6", "metadata": {"component": component}}
    return json.dumps({**sbom, "components": [{"name": "one"}, {"name": "two"}], **changes}).encode()


def publish(stage: Stage, files: dict[str, tuple[bytes, Description]]) -> None:
    new = []
    for path, (content, described) in files.items():
        file = stage.home.parent / "new" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
        new.append(NewFile(path, file, described))
    stage.feed.feed.add(new)
    stage.feed.publish()


def downloaded(stage: Stage, content: bytes) -> Path:
    file = stage.home.parent / "downloaded"
    file.write_bytes(content)
    return file


async def test_a_signed_file_is_named_whatever_it_is_called_here(stage: Stage) -> None:
    archive = stage.feed.release("0.2.0", promoted=False)
    found = await stage.client().verify(downloaded(stage, archive.read_bytes()))
    assert (found.signed_as, found.version, found.kind) == (f"0.2.0/{archive.name}", "0.2.0", FOLDER)
    assert (found.offered, found.platform) == (False, PLATFORM)
    assert found.sha256 == sha256(archive.read_bytes()).hexdigest()
    stage.feed.feed.promote("0.2.0")
    stage.feed.publish()
    assert (await stage.client().verify(archive)).offered


async def test_a_download_that_broke_off_is_told_from_a_forgery(stage: Stage) -> None:
    archive = stage.feed.release("0.2.0")
    size = archive.stat().st_size
    part = stage.home.parent / "part" / archive.name
    part.parent.mkdir()
    for rest in (archive.read_bytes()[:-1], b""):
        part.write_bytes(rest)
        with raises(errors.DOWNLOAD_INCOMPLETE, match=f"has {len(rest):,} bytes; .* has {size:,}"):
            await stage.client().verify(part)
    part.write_bytes(archive.read_bytes()[:-1] + b"\1")
    with raises(errors.NOT_A_RELEASE):
        await stage.client().verify(part)


@pytest.mark.parametrize("more", [b"", b"\0"], ids=["less", "more"])
async def test_what_nobody_signed_is_refused(stage: Stage, more: bytes) -> None:
    content = stage.feed.release("0.2.0").read_bytes()
    file = downloaded(stage, content + more if more else content[:-1])
    with raises(errors.NOT_A_RELEASE, match=sha256(file.read_bytes()).hexdigest()):
        await stage.client().verify(file)


@pytest.mark.parametrize("name", ["nothing", ".", "null\0"])
async def test_a_file_that_cannot_be_read(stage: Stage, name: str) -> None:
    asked = len(stage.server.asked)
    with raises(FILE_UNREADABLE):
        await stage.client().verify(Path(stage.home.parent, name))
    assert len(stage.server.asked) == asked, "a wrong name needs no network"


async def test_without_a_network_what_was_fetched_last_decides(stage: Stage) -> None:
    archive = stage.feed.release("0.2.0")
    await stage.client().check()
    with closed_port() as url:
        client = stage.client()
        away = UpdateClient(stage.feed.source(url), client.paths, client.installed, client.platform)
        with raises_code(errors.UPDATE_SOURCE_FAILED):
            await away.verify(archive)
        assert (await away.verify(archive, offline=True)).version == "0.2.0"


# SBOM


def with_sbom(stage: Stage, sbom: bytes, described_by: str = "0.2.0/app.cdx.json") -> Path:
    content = b"the app"
    publish(
        stage,
        {
            "0.2.0/app.tar.xz": (content, Description("0.2.0", FOLDER, PLATFORM, sbom=described_by)),
            "0.2.0/app.cdx.json": (sbom, Description("0.2.0", SBOM, PLATFORM)),
        },
    )
    return downloaded(stage, content)


async def test_the_sbom_is_fetched_and_has_to_describe_the_file(stage: Stage) -> None:
    sbom = sbom_of(b"the app")
    found = await stage.client().verify(with_sbom(stage, sbom))
    assert (found.sbom, found.components) == ("0.2.0/app.cdx.json", 2)
    assert found.sbom_sha256 == sha256(sbom).hexdigest()
    stage.server.faults[".cdx.json"] = tampered
    with raises(errors.UPDATE_CONTENT_DIFFERS):
        await stage.client().verify(stage.home.parent / "downloaded")
    assert {path.name for path in (stage.home / "updates").iterdir()} == {".lock", "metadata"}


async def test_without_a_network_the_sbom_is_named_and_not_compared(stage: Stage) -> None:
    file = with_sbom(stage, sbom_of(b"another app"))
    await stage.client().check()
    asked = len(stage.server.asked)
    found = await stage.client().verify(file, offline=True)
    assert (found.sbom, found.sbom_sha256, found.components) == ("0.2.0/app.cdx.json", "", 0)
    assert len(stage.server.asked) == asked


async def test_an_sbom_of_another_file_is_refused(stage: Stage) -> None:
    with raises(errors.SBOM_OF_ANOTHER):
        await stage.client().verify(with_sbom(stage, sbom_of(b"another app")))


@pytest.mark.parametrize(
    "sbom",
    [b"", b"{}", b"[" * 1000, sbom_of(b"the app", bomFormat="SPDX")],
    ids=["empty", "none", "nested", "SPDX"],
)
async def test_an_sbom_that_is_none_is_refused(stage: Stage, sbom: bytes) -> None:
    with raises(errors.SBOM_UNREADABLE):
        await stage.client().verify(with_sbom(stage, sbom))


async def test_an_sbom_that_nobody_signed_is_refused(stage: Stage) -> None:
    with raises(errors.SBOM_UNREADABLE):
        await stage.client().verify(with_sbom(stage, sbom_of(b"the app"), "0.2.0/other.cdx.json"))


# Enclave images


def with_image(stage: Stage, content: bytes, pcrs: tuple[str, str, str] | None) -> Path:
    publish(stage, {"0.2.0/tee-rex.eif": (content, Description("0.2.0", IMAGE, PLATFORM, pcrs=pcrs))})
    return downloaded(stage, content)


def pcrs() -> tuple[str, str, str]:
    measured = image_pcrs(read_eif(IMAGE_FILE))
    return measured.pcr0.hex(), measured.pcr1.hex(), measured.pcr2.hex()


async def test_an_image_is_measured(stage: Stage) -> None:
    assert (await stage.client().verify(with_image(stage, IMAGE_FILE, pcrs()))).pcrs == pcrs()


async def test_an_image_that_measures_otherwise_is_refused(stage: Stage) -> None:
    zero, one, two = pcrs()
    with raises(errors.IMAGE_MEASUREMENTS_DIFFER, match="signed ones: PCR1, PCR2"):
        await stage.client().verify(with_image(stage, IMAGE_FILE, (zero, two, one)))


async def test_an_image_without_signed_measurements_is_refused(stage: Stage) -> None:
    with raises(errors.IMAGE_MEASUREMENTS_DIFFER, match="PCR0, PCR1, PCR2"):
        await stage.client().verify(with_image(stage, IMAGE_FILE, None))


@pytest.mark.parametrize("content", [b"", b"no image", IMAGE_FILE[:-1]], ids=["empty", "other", "short"])
async def test_an_image_that_is_none_is_refused(stage: Stage, content: bytes) -> None:
    with raises(errors.IMAGE_UNREADABLE):
        await stage.client().verify(with_image(stage, content, pcrs()))
