"""Bringing an enclave what it proves with: bb and CRS of this host's disk, as far as its image lists them."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

import msgspec

from tee_rex.bb.install import downloading_store
from tee_rex.crs.crs import MIN_POINTS, POINT_BYTES
from tee_rex.crs.provision import ensure_crs, ensure_development_bb
from tee_rex.errors import TeeRexError
from tee_rex.errors.tree import BbCorruptError, BbMissingError
from tee_rex.system.platform import Platform
from tee_rex.system.progress import TaskProgress
from tee_rex.transaction.trusted_setup import TrustedSetup
from tee_rex.transaction.versions import AztecVersion
from tee_rex.web.bodies import BODY_BYTES_PER_SECOND, BODY_SECONDS
from tee_rex.web.log import traced
from tee_rex.wire.control import (
    CONTROL_ANSWER_BYTES,
    INVENTORY_PATH,
    MAX_BB_BYTES,
    BbEntry,
    CrsEntry,
    Inventory,
    bb_path,
    crs_path,
)
from tee_rex.wire.protocol import ErrorAnswer
from tee_rex_server.proxy.errors import EnclaveAnswerError, UploadRefusedError
from tee_rex_server.proxy.exchange import answered, answering_within, connected, fetch

if TYPE_CHECKING:
    from collections.abc import AsyncIterable, AsyncIterator
    from pathlib import Path

    from structlog.typing import FilteringBoundLogger

    from tee_rex.local.downloading import DownloadingInstallation
    from tee_rex_server.proxy.enclaves import Enclave

_PART_BYTES: Final = 256 * 1024
_LOOK_SECONDS: Final = 0.2
_RETRY_SECONDS: Final = 30.0
_WAIT_SECONDS: Final = 60.0
_UPLOAD_SECONDS: Final = 2 * (BODY_SECONDS + MAX_BB_BYTES / BODY_BYTES_PER_SECOND)
"""An enclave ends an upload that is too slow after half of it; the other half is for its checks."""


@dataclass(frozen=True, slots=True)
class Brought:
    """How long one bb took: to get it onto this host, and from here into the enclave (milliseconds)."""

    download_ms: float
    upload_ms: float


class Uploads:
    """Sees to it that one enclave has everything that its image lists and that this host can get."""

    def __init__(
        self,
        enclave: Enclave,
        control_port: int,
        installation: DownloadingInstallation,
        log: FilteringBoundLogger,
    ) -> None:
        """installation: where this host has bb and the CRS, or downloads them to."""
        self._enclave = enclave
        self._control_port = control_port
        self._installation = installation
        self._log = log.bind(enclave=enclave.name)
        self._coming: dict[tuple[str, TrustedSetup], asyncio.Future[Brought]] = {}

    async def keep_bringing(self) -> None:
        """After every start of the enclave, for ever."""
        done = 0
        while True:
            generation = self._enclave.generation
            if self._enclave.state == "ok" and generation != done:
                try:
                    await self.bring()
                    done = generation
                except TeeRexError as error:
                    self._log.warning("uploads failed", code=error.code, message=error.message)
                    await asyncio.sleep(_RETRY_SECONDS)
                except Exception as bug:  # noqa: BLE001  # an enclave without bb is worse than one more try
                    self._log.error("bug", trace=traced(bug))  # as everywhere, no texts
                    await asyncio.sleep(_RETRY_SECONDS)
            await asyncio.sleep(_LOOK_SECONDS)

    async def wait_for(self, version: str) -> Brought | None:
        """What it took, when the bb of that Aztec version was just being brought; None when it was not."""
        coming = [future for (its_version, _setup), future in self._coming.items() if its_version == version]
        if not coming:
            return None
        await asyncio.wait(coming, timeout=_WAIT_SECONDS)
        brought = [future.result() for future in coming if future.done() and not future.cancelled()]
        if not brought:
            return None
        return Brought(sum(one.download_ms for one in brought), sum(one.upload_ms for one in brought))

    async def bring(self) -> None:
        """Upload what is missing: first what every proof needs, then the rest of the CRS.

        Raises EnclaveUnreachableError, EnclaveAnswerError, UploadRefusedError, and what keeps bb or the CRS
        from this host.
        """
        inventory = await self._inventory()
        for entry in inventory.bb:
            if not entry.present:
                self._coming[entry.version, entry.setup] = asyncio.get_running_loop().create_future()
        try:
            await self._upload_chunks([chunk for chunk in inventory.crs if chunk.index == 0])
            # One whose image holds bb lacked no more than that.
            for entry in (await self._inventory()).bb:
                if not entry.present and self._is_known(entry):
                    brought = await self._upload_bb(entry)
                    # Another one than before, when the enclave was started anew between the two lists.
                    coming = self._coming.get((entry.version, entry.setup))
                    if coming is not None and not coming.done():
                        coming.set_result(brought)
        finally:
            for coming in self._coming.values():
                coming.cancel()
            self._coming.clear()
        await self._upload_chunks([chunk for chunk in inventory.crs if chunk.index > 0])

    async def _inventory(self) -> Inventory:
        async with self._enclave.attached():
            body = await fetch(
                self._enclave.address, self._control_port, INVENTORY_PATH, limit=CONTROL_ANSWER_BYTES
            )
        try:
            return msgspec.json.decode(body, type=Inventory)
        except (msgspec.DecodeError, UnicodeError):
            raise EnclaveAnswerError("Its inventory has another form.") from None

    def _is_known(self, entry: BbEntry) -> bool:
        """Whether this release knows the same bb, and so can get it."""
        by_setup = self._installation.pins.digests.get(AztecVersion.parse(entry.version), {})
        known = by_setup.get(entry.setup, {}).get(Platform.current()) == entry.sha256
        if not known:
            self._log.warning("unknown bb", version=entry.version, setup=entry.setup, sha256=entry.sha256)
        return known

    async def _upload_bb(self, entry: BbEntry) -> Brought:
        begin = time.perf_counter()
        path = await self._bb(entry)
        here = time.perf_counter()
        size = (await asyncio.to_thread(path.stat)).st_size
        await self._put(bb_path(entry.sha256), size, _file_parts(path))
        brought = Brought((here - begin) * 1000, (time.perf_counter() - here) * 1000)
        self._log.info(
            "bb uploaded",
            version=entry.version,
            setup=entry.setup,
            download_ms=round(brought.download_ms),
            upload_ms=round(brought.upload_ms),
        )
        return brought

    async def _bb(self, entry: BbEntry) -> Path:
        """The bb on this host's disk, just compared with its pin; downloaded or made when it is missing."""
        installation = self._installation
        version = AztecVersion.parse(entry.version)
        store = downloading_store(installation.paths, installation.pins)
        try:
            return (await store.find(version, entry.setup)).path
        except (BbMissingError, BbCorruptError):
            if entry.setup is TrustedSetup.GENUINE and not installation.allow_download:
                raise
        if entry.setup is TrustedSetup.GENUINE:
            return (await store.install(version, self._report)).path
        made = await ensure_development_bb(
            installation.paths,
            installation.pins,
            self._report,
            allow_download=installation.allow_download,
        )
        return made.path

    async def _upload_chunks(self, chunks: list[CrsEntry]) -> None:
        for setup in dict.fromkeys(chunk.setup for chunk in chunks):
            missing = [chunk for chunk in chunks if chunk.setup is setup and not chunk.present]
            if not missing:
                continue
            begin = time.perf_counter()
            size = MIN_POINTS * POINT_BYTES
            crs = await ensure_crs(
                self._installation.paths,
                setup,
                (missing[-1].index + 1) * MIN_POINTS,
                self._report,
                allow_download=self._installation.allow_download,
            )
            for chunk in missing:
                part = crs.g1[chunk.index * size : (chunk.index + 1) * size]
                await self._put(crs_path(setup, chunk.index), size, _memory_parts(part))
            self._log.info(
                "crs uploaded",
                setup=setup,
                chunks=len(missing),
                ms=round((time.perf_counter() - begin) * 1000),
            )

    async def _put(self, path: str, size: int, parts: AsyncIterable[bytes]) -> None:
        headers = [(b"content-length", b"%d" % size), (b"content-type", b"application/octet-stream")]
        async with (
            self._enclave.attached(),
            answering_within(_UPLOAD_SECONDS, self._enclave.name),
            connected(self._enclave.address, self._control_port) as exchange,
        ):
            await exchange.send_head("PUT", path.encode(), headers)
            head, body = await answered(
                exchange.send_body(parts), exchange.short_answer(CONTROL_ANSWER_BYTES)
            )
        if head.status >= HTTPStatus.MULTIPLE_CHOICES:
            try:
                refusal = msgspec.json.decode(body, type=ErrorAnswer)
            except (msgspec.DecodeError, UnicodeError):
                raise EnclaveAnswerError(f"It answers an upload with status {head.status}.") from None
            raise UploadRefusedError(f"{path}: {refusal.code}.")

    def _report(self, progress: TaskProgress) -> None:
        self._log.debug("preparing", task=progress.task, done=progress.done, total=progress.total)


async def _file_parts(path: Path) -> AsyncIterator[bytes]:
    with path.open("rb") as file:
        while part := await asyncio.to_thread(file.read, _PART_BYTES):
            yield part


async def _memory_parts(content: memoryview) -> AsyncIterator[bytes]:
    for start in range(0, len(content), _PART_BYTES):
        yield bytes(content[start : start + _PART_BYTES])
