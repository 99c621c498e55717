"""What a host does when an enclave changes while it uploads, or when the host itself has a bug."""

from __future__ import annotations

import asyncio
import io
import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from support.errors import raises
from support.patience import PATIENCE
from support.proving_server import eventually
from tee_rex.bb.pins import BbPins
from tee_rex.errors.catalogue.bb import BB_MISSING
from tee_rex.local.downloading import DownloadingInstallation
from tee_rex.settings.paths import Paths
from tee_rex.transaction.trusted_setup import TrustedSetup
from tee_rex.transaction.versions import AztecVersion
from tee_rex.wire.control import BbEntry, CrsEntry, Inventory
from tee_rex_server.http.monitoring import HealthAnswer, Runtime
from tee_rex_server.logs import json_logger
from tee_rex_server.proxy import uploads as uploads_module
from tee_rex_server.proxy.enclaves import Enclave, HealthPolicy
from tee_rex_server.proxy.uploads import Uploads, UploadTiming
from tee_rex_server.vsock import VhostSocket

VERSION = "4.1.2"
CLIENT_VERSION = AztecVersion.parse(f"{VERSION}-rc.1")  # has the same circuits


def entry(setup: TrustedSetup, *, version: str = VERSION) -> BbEntry:
    return BbEntry(version, setup, "ab" * 32, present=False)


def inventory(*entries: BbEntry) -> Inventory:
    return Inventory(bb=[*entries], crs=[], ready=False)


class ScriptedUploads(Uploads):
    """Real decisions, with an enclave that answers from a script; uploaded: what it was given."""

    def __init__(self, folder: Path, log: io.StringIO, inventories: Sequence[Inventory]) -> None:
        enclave = Enclave(VhostSocket(folder / "one"), 5000, HealthPolicy())
        installation = DownloadingInstallation(Paths(folder, folder), BbPins.shipped(), allow_download=False)
        super().__init__(enclave, 5001, installation, json_logger(log))
        self.enclave = enclave
        self.uploaded: list[BbEntry | CrsEntry] = []
        self.unobtainable: Sequence[BbEntry] = ()
        self.waiting = asyncio.Event()
        self.go_on = asyncio.Event()
        self._inventories = [*inventories]

    async def _inventory(self) -> Inventory:
        return self._inventories.pop(0)

    def _is_known(self, entry: BbEntry) -> bool:
        return True

    async def _upload_bb(self, entry: BbEntry) -> UploadTiming:
        self.waiting.set()
        await self.go_on.wait()
        if entry in self.unobtainable:
            raise BB_MISSING(path="bb")
        self.uploaded.append(entry)
        return UploadTiming(1, 2)

    async def _upload_chunks(self, chunks: list[CrsEntry]) -> None:
        self.uploaded += chunks


async def test_a_version_of_both_setups_is_uploaded_twice(tmp_path: Path) -> None:
    both = inventory(entry(TrustedSetup.GENUINE), entry(TrustedSetup.DEVELOPMENT))
    uploads = ScriptedUploads(tmp_path, io.StringIO(), [both, both])
    running = asyncio.create_task(uploads.upload_missing())
    await asyncio.wait_for(uploads.waiting.wait(), PATIENCE)
    waiting = asyncio.create_task(uploads.wait_for(CLIENT_VERSION))
    await asyncio.sleep(0)
    uploads.go_on.set()
    await running
    assert await waiting == UploadTiming(2, 4)
    assert [one.setup for one in uploads.uploaded] == [TrustedSetup.GENUINE, TrustedSetup.DEVELOPMENT]
    assert await uploads.wait_for(CLIENT_VERSION) is None


async def test_an_enclave_restarted_between_two_inventories_gets_what_the_new_one_lacks(
    tmp_path: Path,
) -> None:
    other = entry(TrustedSetup.GENUINE, version="4.2.0")
    uploads = ScriptedUploads(
        tmp_path, io.StringIO(), [inventory(entry(TrustedSetup.GENUINE)), inventory(other)]
    )
    uploads.go_on.set()
    await uploads.upload_missing()
    assert uploads.uploaded == [other]


async def test_a_bb_that_the_host_cannot_get_holds_up_nothing_else(tmp_path: Path) -> None:
    first, second = entry(TrustedSetup.GENUINE), entry(TrustedSetup.GENUINE, version="5.0.0")
    chunks = [CrsEntry(TrustedSetup.GENUINE, index, "cd" * 32, present=False) for index in range(2)]
    listed = Inventory(bb=[first, second], crs=chunks, ready=False)
    uploads = ScriptedUploads(tmp_path, io.StringIO(), [listed, listed])
    uploads.unobtainable = [first]
    running = asyncio.create_task(uploads.upload_missing())
    await asyncio.wait_for(uploads.waiting.wait(), PATIENCE)
    waiting = [asyncio.create_task(uploads.wait_for(AztecVersion(major, 0, 0))) for major in (4, 5)]
    await asyncio.sleep(0)
    uploads.go_on.set()
    with raises(BB_MISSING):
        await running
    assert uploads.uploaded == [chunks[0], second, chunks[1]]
    assert await asyncio.gather(*waiting) == [None, UploadTiming(1, 2)]


async def test_a_bug_while_uploading_is_logged_and_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uploads_module, "_RETRY_SECONDS", 0)
    monkeypatch.setattr(uploads_module, "_CHECK_SECONDS", 0)
    log = io.StringIO()
    there = inventory(entry(TrustedSetup.GENUINE))
    uploads = ScriptedUploads(tmp_path, log, [there])  # the second answer is missing: IndexError
    uploads.go_on.set()
    uploads.enclave.health = HealthAnswer([], Runtime("1", 1, 1, "nitro"), True, True, 1, 0, 0, 0, [])
    uploads.enclave.starts = 1
    running = asyncio.create_task(uploads.run())
    await eventually(lambda: '"bug"' in log.getvalue(), seconds=60)
    uploads._inventories = [there, there]
    await asyncio.wait_for(uploads.waiting.wait(), PATIENCE)
    running.cancel()
    await asyncio.wait([running])
    line = json.loads(log.getvalue().splitlines()[0])
    assert (line["event"], line["level"], line["trace"][0]) == ("bug", "error", "IndexError")
