"""Downloading chunks of the genuine g1.dat: by HTTP range, from one host after the other, resumable."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, ClassVar

from tee_rex.crs.chunk_source import WorkUnit
from tee_rex.crs.errors import CrsDownloadFailedError, CrsRefusedError
from tee_rex.crs.pins import ChunkPin

if TYPE_CHECKING:
    import httpx2

# bb 4.1.2 takes g1.dat from these hosts by plain HTTP, bb.js of the same release by HTTPS. The digests decide
# about the content either way; HTTPS fails early, and tells nobody on the way what is fetched.
AZTEC_CRS_URLS = ("https://crs.aztec-cdn.foundation/g1.dat", "https://crs.aztec-labs.com/g1.dat")

_CONTENT_RANGE = re.compile(r"bytes ([0-9]{1,15})-([0-9]{1,15})/(?:[0-9]{1,15}|\*)")
_MAX_REDIRECTS = 3
# A host that breaks off goes on where it stopped; this bounds one that always breaks off.
_ATTEMPTS_PER_HOST = 5
_MAX_REASON_LENGTH = 200


class _AttemptFailedError(Exception):
    """A request did not bring the chunk. worth_repeating: the same host may do better now."""

    def __init__(self, reason: str, *, worth_repeating: bool = False) -> None:
        super().__init__(reason)
        self.worth_repeating = worth_repeating


class _WrongBytesError(_AttemptFailedError):
    """The chunk came whole, and is not the pinned one."""


@dataclass(frozen=True, slots=True)
class HttpDownload:
    """A source of chunks.

    urls: of g1.dat, tried in this order. stall_seconds: how long a host may be silent. chunk_seconds: how
    long one request for a chunk may take; 8 MiB in ten minutes are 14 kB/s.
    """

    urls: tuple[str, ...] = AZTEC_CRS_URLS
    stall_seconds: float = 20.0
    chunk_seconds: float = 600.0
    work_unit: ClassVar[WorkUnit] = WorkUnit("crs.download", "Downloading the CRS")

    async def fetch(self, chunk: ChunkPin, unfinished: Path, report: Callable[[int], None]) -> bytes:
        """Bring the rest of the chunk from the first host that has it.

        Raises CrsRefusedError if a host had other bytes, else CrsDownloadFailedError. What has arrived of the
        chunk stays in ``unfinished``, unless it was whole and wrong.
        """
        import httpx2

        failures: list[tuple[str, _AttemptFailedError]] = []
        async with httpx2.AsyncClient(
            follow_redirects=True, max_redirects=_MAX_REDIRECTS, timeout=self.stall_seconds
        ) as client:
            for url in self.urls:
                try:
                    return await self._from_host(client, url, chunk, unfinished, report)
                except _AttemptFailedError as failure:
                    failures.append((httpx2.URL(url).host, failure))
        reasons = "; ".join(f"{host}: {failure}" for host, failure in failures)
        refused = any(isinstance(failure, _WrongBytesError) for _, failure in failures)
        error = CrsRefusedError if refused else CrsDownloadFailedError
        raise error(f"Chunk {chunk.index} of g1.dat: {reasons}.")

    async def _from_host(
        self,
        client: httpx2.AsyncClient,
        url: str,
        chunk: ChunkPin,
        unfinished: Path,
        report: Callable[[int], None],
    ) -> bytes:
        attempts = 1
        while True:
            try:
                return await self._attempt(client, url, chunk, unfinished, report)
            except _AttemptFailedError as failure:
                if attempts == _ATTEMPTS_PER_HOST or not failure.worth_repeating:
                    raise
            attempts += 1

    async def _attempt(
        self,
        client: httpx2.AsyncClient,
        url: str,
        chunk: ChunkPin,
        unfinished: Path,
        report: Callable[[int], None],
    ) -> bytes:
        import httpx2

        with _unfinished_chunk(unfinished, chunk.length) as file:
            resumed_at = file.tell()
            try:
                async with asyncio.timeout(self.chunk_seconds):
                    await _stream_rest(client, url, chunk, file, report)
            except TimeoutError:
                raise _AttemptFailedError(f"not finished after {self.chunk_seconds:g} s") from None
            except httpx2.TimeoutException:
                reason = f"silent for {self.stall_seconds:g} s"
                raise _AttemptFailedError(reason, worth_repeating=file.tell() > resumed_at) from None
            except httpx2.HTTPError as error:
                reason = str(error)[:_MAX_REASON_LENGTH] or type(error).__name__
                raise _AttemptFailedError(reason, worth_repeating=file.tell() > resumed_at) from error
            if file.tell() < chunk.length:
                raise _AttemptFailedError("the answer was too short")
        content = await asyncio.to_thread(unfinished.read_bytes)
        if not await asyncio.to_thread(chunk.matches, content):
            await asyncio.to_thread(unfinished.unlink)
            # What an earlier attempt left may have been the cause.
            raise _WrongBytesError("other bytes than the genuine ones", worth_repeating=resumed_at > 0)
        return content


def range_sent(content_range: str) -> tuple[int, int] | None:
    """First and last byte of a ``Content-Range`` (RFC 9110, 14.4); None for what is not one."""
    match = _CONTENT_RANGE.fullmatch(content_range)
    return None if match is None else (int(match[1]), int(match[2]))


@contextmanager
def _unfinished_chunk(path: Path, length: int) -> Iterator[BinaryIO]:
    """The file that has the beginning of a chunk, open for appending; it does not stay if it is empty."""
    try:
        with path.open("ab") as file:
            if file.tell() > length:
                file.truncate(0)
                file.seek(0)
            yield file
    finally:
        if path.exists() and path.stat().st_size == 0:
            path.unlink()


async def _stream_rest(
    client: httpx2.AsyncClient, url: str, chunk: ChunkPin, file: BinaryIO, report: Callable[[int], None]
) -> None:
    """Append what is missing of the chunk, never more, to the file that has its beginning."""
    if file.tell() == chunk.length:
        return
    first, last = chunk.offset + file.tell(), chunk.offset + chunk.length - 1
    headers = {"Range": f"bytes={first}-{last}", "Accept-Encoding": "identity"}
    async with client.stream("GET", url, headers=headers) as response:
        if response.status_code != HTTPStatus.PARTIAL_CONTENT:
            raise _AttemptFailedError(f"it answered {response.status_code} to a request for a range")
        if range_sent(response.headers.get("content-range", "")) != (first, last):
            raise _AttemptFailedError("it sent another range than asked for")
        async for data in response.aiter_raw():
            file.write(data[: chunk.length - file.tell()])
            report(file.tell())
            if file.tell() == chunk.length:
                return
