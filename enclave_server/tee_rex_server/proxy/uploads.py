"""Uploading to an enclave the bb and CRS that its image lists, from this host's disk."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

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
from tee_rex.wire import control
from tee_rex.wire.protocol import ErrorAnswer
from tee_rex_server.errors.proxy import UPLOAD_REFUSED, EnclaveAnswerError, EnclaveUnreachableError
from tee_rex_server.proxy.exchange import connected, get, parsed, send_and_receive, time_limit

if TYPE_CHECKING:
    from collections.abc import AsyncIterable, AsyncIterator
    from pathlib import Path

    from structlog.typing import FilteringBoundLogger

    from tee_rex.local.downloading import DownloadingInstallation
    from tee_rex_server.proxy.enclaves import Enclave

_PART_BYTES: Final = 256 * 1024
_CHECK_SECONDS: Final = 0.2
_RETRY_SECONDS: Final = 30.0
_WAIT_SECONDS: Final = 60.0
_UPLOAD_SECONDS: Final = 2 * (BODY_SECONDS + control.MAX_BB_BYTES / BODY_BYTES_PER_SECOND)
"""Half of it is as long as an enclave lets an upload take; the other half is for its checks."""


@dataclass(frozen=True, slots=True)
class UploadTiming:
    """Milliseconds for one bb: to download it onto this host, and to upload it into the enclave."""

    download_ms: float
    upload_ms: float


class Uploads:
    """Gives one enclave everything that its image lists and that this host can get."""

    def __init__(
        self,
        enclave: Enclave,
        control_port: int,
        installation: DownloadingInstallation,
        log: FilteringBoundLogger,
    ) -> None:
        """installation: this host's bb and CRS, downloaded when missing."""
        self._enclave = enclave
        self._control_port = control_port
        self._installation = installation
        self._log = log.bind(enclave=enclave.name)
        self._pending: dict[tuple[str, TrustedSetup], asyncio.Future[UploadTiming]] = {}

    async def run(self) -> None:
        """Upload what is missing after every start of the enclave, forever."""
        done = 0
        while True:
            start = self._enclave.starts
            if self._enclave.state == "ok" and start != done:
                try:
                    await self.upload_missing()
                    done = start
                except TeeRexError as error:
                    self._log.warning("uploads failed", code=error.code, message=error.message)
                    await asyncio.sleep(_RETRY_SECONDS)
                except Exception as bug:  # noqa: BLE001  # an enclave without bb is worse than a retry
                    self._log.error("bug", trace=traced(bug))  # without texts, which may quote data
                    await asyncio.sleep(_RETRY_SECONDS)
            await asyncio.sleep(_CHECK_SECONDS)

    async def wait_for(self, version: AztecVersion) -> UploadTiming | None:
        """Wait for the bb that proves for that Aztec version, at most a minute; None if none is pending."""
        pending = [
            future
            for (its_version, _setup), future in self._pending.items()
            if AztecVersion.parse(its_version).major == version.major
        ]
        if not pending:
            return None
        await asyncio.wait(pending, timeout=_WAIT_SECONDS)
        timings = [future.result() for future in pending if future.done() and not future.cancelled()]
        if not timings:
            return None
        return UploadTiming(sum(one.download_ms for one in timings), sum(one.upload_ms for one in timings))

    async def upload_missing(self) -> None:
        """Upload what is missing, in this order: the first chunk of the CRS, every bb, the other chunks.

        Every proof needs the first two. A bb that this host cannot get, or the enclave refuses, is raised
        after the rest. Raises EnclaveUnreachableError, EnclaveAnswerError, UPLOAD_REFUSED, and what
        installing bb or the CRS on this host raises.
        """
        inventory = await self._inventory()
        failures: list[TeeRexError] = []
        for entry in inventory.bb:
            if not entry.present:
                self._pending[entry.version, entry.setup] = asyncio.get_running_loop().create_future()
        try:
            await self._upload_chunks([chunk for chunk in inventory.crs if chunk.index == 0])
            # Asked again: a bb that the image itself holds is present once it has this chunk.
            for entry in (await self._inventory()).bb:
                if entry.present or not self._is_known(entry):
                    continue
                # Absent if the enclave was restarted, with another image, between the two inventories.
                pending = self._pending.get((entry.version, entry.setup))
                try:
                    timing = await self._upload_bb(entry)
                except (EnclaveUnreachableError, EnclaveAnswerError):
                    raise  # no other would come through
                except TeeRexError as error:
                    failures.append(error)
                    if pending is not None:
                        pending.cancel()
                else:
                    if pending is not None and not pending.done():
                        pending.set_result(timing)
        finally:
            for pending in self._pending.values():
                pending.cancel()
            self._pending.clear()
        # More development points than transactions need would take a minute to compute.
        await self._upload_chunks(
            [chunk for chunk in inventory.crs if chunk.index > 0 and chunk.setup is TrustedSetup.GENUINE]
        )
        if failures:
            raise failures[0]

    async def _inventory(self) -> control.Inventory:
        async with self._enclave.request():
            return await get(
                self._enclave.address,
                self._control_port,
                control.INVENTORY_PATH,
                control.Inventory,
                limit=control.CONTROL_ANSWER_BYTES,
            )

    def _is_known(self, entry: control.BbEntry) -> bool:
        """Whether this release pins the same bb, and so can install it."""
        pinned = self._installation.pins.pinned(entry.setup, Platform.current())
        known = pinned.get(AztecVersion.parse(entry.version)) == entry.sha256
        if not known:
            self._log.warning("unknown bb", version=entry.version, setup=entry.setup, sha256=entry.sha256)
        return known

    async def _upload_bb(self, entry: control.BbEntry) -> UploadTiming:
        started = time.perf_counter()
        path = await self._bb(entry)
        installed = time.perf_counter()
        size = (await asyncio.to_thread(path.stat)).st_size
        await self._put(control.bb_path(entry.sha256), size, _file_parts(path))
        timing = UploadTiming((installed - started) * 1000, (time.perf_counter() - installed) * 1000)
        self._log.info(
            "bb uploaded",
            version=entry.version,
            setup=entry.setup,
            download_ms=round(timing.download_ms),
            upload_ms=round(timing.upload_ms),
        )
        return timing

    async def _bb(self, entry: control.BbEntry) -> Path:
        """The bb on this host's disk, just compared with its pin; downloaded or built when it is missing."""
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
            version,
            self._report,
            allow_download=installation.allow_download,
        )
        return made.path

    async def _upload_chunks(self, chunks: list[control.CrsEntry]) -> None:
        for setup in dict.fromkeys(chunk.setup for chunk in chunks):
            missing = [chunk for chunk in chunks if chunk.setup is setup and not chunk.present]
            if not missing:
                continue
            started = time.perf_counter()
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
                await self._put(control.crs_path(setup, chunk.index), size, _memory_parts(part))
            self._log.info(
                "crs uploaded",
                setup=setup,
                chunks=len(missing),
                ms=round((time.perf_counter() - started) * 1000),
            )

    async def _put(self, path: str, size: int, parts: AsyncIterable[bytes]) -> None:
        headers = [(b"content-length", b"%d" % size), (b"content-type", b"application/octet-stream")]
        async with (
            self._enclave.request(),
            time_limit(_UPLOAD_SECONDS, self._enclave.name),
            connected(self._enclave.address, self._control_port) as exchange,
        ):
            await exchange.send_head("PUT", path.encode(), headers)
            head, body = await send_and_receive(
                exchange.send_body(parts), exchange.short_answer(control.CONTROL_ANSWER_BYTES)
            )
        if head.status >= HTTPStatus.MULTIPLE_CHOICES:
            refusal = parsed(body, ErrorAnswer, self._enclave.name, path)
            raise UPLOAD_REFUSED(path=path, code=refusal.code)

    def _report(self, progress: TaskProgress) -> None:
        self._log.debug("preparing", task=progress.task, done=progress.done, total=progress.total)


async def _file_parts(path: Path) -> AsyncIterator[bytes]:
    with path.open("rb") as file:
        while part := await asyncio.to_thread(file.read, _PART_BYTES):
            yield part


async def _memory_parts(content: memoryview) -> AsyncIterator[bytes]:
    for start in range(0, len(content), _PART_BYTES):
        yield bytes(content[start : start + _PART_BYTES])
