"""Sources of the genuine g1.dat: a resumable download by HTTP ranges, or a file on this machine."""

from __future__ import annotations

import asyncio
import os
import re
import socket
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from functools import reduce
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, ClassVar
from urllib.request import getproxies

from tee_rex.crs import bn254
from tee_rex.crs.crs import POINT_BYTES, ChunkPin, CrsPins
from tee_rex.crs.store import WorkUnit
from tee_rex.errors import Message, message
from tee_rex.errors.catalogue import crs as errors
from tee_rex.errors.tree import CrsDownloadError
from tee_rex.system.failures import host_not_found, no_network
from tee_rex.system.files import open_regular
from tee_rex.system.text import os_reason, quoted, size_text
from tee_rex.system.threads import finish_in_thread, read_in_thread

if TYPE_CHECKING:
    import httpx2

# bb 4 downloads g1.dat from these hosts by plain HTTP, bb.js of the same release by HTTPS. The digests
# decide about the content either way; HTTPS fails early, and hides what is downloaded.
AZTEC_CRS_URLS = ("https://crs.aztec-cdn.foundation/g1.dat", "https://crs.aztec-labs.com/g1.dat")

_CONTENT_RANGE = re.compile(r"bytes ([0-9]{1,15})-([0-9]{1,15})/(?:[0-9]{1,15}|\*)")
_MAX_REDIRECTS = 3
PROBE_SECONDS = 2.0
"""For the first 64 bytes of g1.dat, from the name of the host on."""
# An interrupted download resumes where it stopped; this bounds a host that always breaks off.
_ATTEMPTS_PER_HOST = 5


class _AttemptFailedError(Exception):
    """A request did not deliver the chunk.

    worth_repeating: the same host may do better now. wrong_bytes: complete, but not the pinned chunk.
    unknown_host: what no name server knows; after redirects, it may be another host. Its cause tells whether
    there is a network.
    """

    def __init__(
        self,
        reason: Message | str,
        *,
        worth_repeating: bool = False,
        wrong_bytes: bool = False,
        unknown_host: str = "",
    ) -> None:
        super().__init__(reason)
        self.reason = reason
        self.worth_repeating = worth_repeating
        self.wrong_bytes = wrong_bytes
        self.unknown_host = unknown_host


@dataclass(frozen=True, slots=True)
class HttpDownload:
    """Downloads chunks of g1.dat.

    urls: of g1.dat, tried in this order. stall_seconds: how long a host may be silent. chunk_seconds: how
    long one request for a chunk may take; 8 MiB in ten minutes are 14 kB/s.
    """

    urls: tuple[str, ...] = field(default_factory=lambda: AZTEC_CRS_URLS)
    stall_seconds: float = 20.0
    chunk_seconds: float = 600.0
    work_unit: ClassVar[WorkUnit] = WorkUnit("crs.download", "Downloading the CRS")

    async def probe(self) -> None:
        """Ask every host at once for the first point; returns as soon as one of them sends it.

        Raises as :meth:`fetch` when none does within PROBE_SECONDS; at once where no host can be reached.
        """
        import httpx2

        async with httpx2.AsyncClient(
            follow_redirects=True, max_redirects=_MAX_REDIRECTS, timeout=PROBE_SECONDS
        ) as client:
            asked = [asyncio.create_task(_require_first_point(client, url)) for url in self.urls]
            try:
                left = set(asked)
                while left:
                    done, left = await asyncio.wait(left, return_when=asyncio.FIRST_COMPLETED)
                    if any(one.exception() is None for one in done):
                        return
            finally:
                for one in asked:
                    one.cancel()
                await asyncio.wait(asked)
        failures = []
        for url, one in zip(self.urls, asked, strict=True):
            try:
                one.result()
            except _AttemptFailedError as failure:
                failures.append((url, failure))
        raise _failed(0, failures)

    async def fetch(self, chunk: ChunkPin, unfinished: Path, report: Callable[[int], None]) -> bytes:
        """Download the rest of the chunk from the first host that has it.

        Raises CRS_REFUSED if a host sent other bytes, else CRS_DOWNLOAD_FAILED. What has arrived stays in
        ``unfinished``, unless it was complete and wrong.
        """
        import httpx2

        failures = []
        async with httpx2.AsyncClient(
            follow_redirects=True, max_redirects=_MAX_REDIRECTS, timeout=self.stall_seconds
        ) as client:
            for url in self.urls:
                try:
                    return await self._from_host(client, url, chunk, unfinished, report)
                except _AttemptFailedError as failure:
                    failures.append((url, failure))
        raise _failed(chunk.index, failures)

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
                reason = message("timed out after {seconds:g} s", seconds=self.chunk_seconds)
                raise _AttemptFailedError(reason) from None
            except httpx2.TimeoutException:
                reason = message("silent for {seconds:g} s", seconds=self.stall_seconds)
                raise _AttemptFailedError(reason, worth_repeating=file.tell() > resumed_at) from None
            except httpx2.HTTPError as error:
                raise _broken_off(error, worth_repeating=file.tell() > resumed_at) from error
            if file.tell() < chunk.length:
                raise _AttemptFailedError(message("the response was too short"))
        content = await read_in_thread(_content, unfinished, chunk.length)
        if not await read_in_thread(chunk.matches, content):
            await finish_in_thread(unfinished.unlink)
            # The part of an earlier attempt may have been the cause.
            raise _wrong_bytes(worth_repeating=resumed_at > 0)
        return content


def _content(path: Path, length: int) -> bytes:
    with open_regular(path) as file:
        return file.read(length + 1)


def _failed(index: int, failures: Sequence[tuple[str, _AttemptFailedError]]) -> CrsDownloadError:
    """The error of a chunk that no host delivered. failures: URL by URL."""
    import httpx2

    reasons = [
        one.reason
        if one.unknown_host
        else message("{host}: {reason}", host=httpx2.URL(url).host, reason=one.reason)
        for url, one in failures
    ]
    told = reduce(_joined, reasons)
    if all(no_network(one) for _url, one in failures):
        return errors.CRS_NO_NETWORK(diagnostics=str(told))
    if all(one.unknown_host for _url, one in failures):
        first, *others = dict.fromkeys(one.unknown_host for _url, one in failures)
        hosts: Message | str = first
        for host in others:
            hosts = message("{before} or {host}", before=hosts, host=host)
        return errors.CRS_HOST_NOT_FOUND(hosts=hosts)
    wrong = any(one.wrong_bytes for _url, one in failures)
    kind = errors.CRS_REFUSED if wrong else errors.CRS_DOWNLOAD_FAILED
    return kind(index=index, reasons=told)


def _joined(before: Message | str, reason: Message | str) -> Message | str:
    return message("{before}; {reason}", before=before, reason=reason)


def _broken_off(error: httpx2.HTTPError, *, worth_repeating: bool = False) -> _AttemptFailedError:
    if host_not_found(error):
        return _unknown(error.request.url.host)
    words = quoted(str(error)) or type(error).__name__
    return _AttemptFailedError(words, worth_repeating=worth_repeating)


def _unknown(host: str) -> _AttemptFailedError:
    return _AttemptFailedError(message("can't find the host {host}", host=host), unknown_host=host)


def _wrong_bytes(*, worth_repeating: bool = False) -> _AttemptFailedError:
    reason = message("different bytes than the genuine ones")
    return _AttemptFailedError(reason, worth_repeating=worth_repeating, wrong_bytes=True)


async def _require_first_point(client: httpx2.AsyncClient, url: str) -> None:
    """Raises _AttemptFailedError unless the host sends it within PROBE_SECONDS."""
    import httpx2

    content = b""
    try:
        async with asyncio.timeout(PROBE_SECONDS):
            await _require_name(url)
            async with _range(client, url, 0, POINT_BYTES - 1) as response:
                async for data in response.aiter_raw():
                    content += data
                    if len(content) >= POINT_BYTES:
                        break
    except (TimeoutError, httpx2.TimeoutException):
        reason = message("no answer within {seconds:g} s", seconds=PROBE_SECONDS)
        raise _AttemptFailedError(reason) from None
    except socket.gaierror as error:
        raise _unknown(httpx2.URL(url).host) from error
    except OSError as error:
        raise _AttemptFailedError(os_reason(error)) from error
    except httpx2.HTTPError as error:
        raise _broken_off(error) from error
    if content[:POINT_BYTES] != bn254.encode(bn254.GENERATOR):
        raise _wrong_bytes()


async def _require_name(url: str) -> None:
    """Raises OSError for a host that has no address.

    Asked in a thread that is left alone when there is no time left: asyncio's own would keep the program from
    ending for as long as a name server is silent. A proxy looks names up by itself.
    """
    import httpx2

    if not getproxies():
        await read_in_thread(socket.getaddrinfo, httpx2.URL(url).host, None)


def range_sent(content_range: str) -> tuple[int, int] | None:
    """First and last byte of a ``Content-Range`` (RFC 9110, 14.4); None for what is not one."""
    match = _CONTENT_RANGE.fullmatch(content_range)
    return None if match is None else (int(match[1]), int(match[2]))


@contextmanager
def _unfinished_chunk(path: Path, length: int) -> Iterator[BinaryIO]:
    """The file that has the beginning of a chunk, open for appending; it does not stay if it is empty."""
    try:
        if path.exists() and not path.is_file():
            path.unlink()
        with path.open("ab") as file:
            if file.tell() > length:
                file.truncate(0)
                file.seek(0)
            yield file
    finally:
        if path.exists() and path.stat().st_size == 0:
            path.unlink()


@asynccontextmanager
async def _range(
    client: httpx2.AsyncClient, url: str, first: int, last: int
) -> AsyncIterator[httpx2.Response]:
    """The response with these bytes; raises _AttemptFailedError where the host sends something else."""
    headers = {"Range": f"bytes={first}-{last}", "Accept-Encoding": "identity"}
    async with client.stream("GET", url, headers=headers) as response:
        if response.status_code != HTTPStatus.PARTIAL_CONTENT:
            reason = message("answered {status} to a range request", status=response.status_code)
            raise _AttemptFailedError(reason)
        if range_sent(response.headers.get("content-range", "")) != (first, last):
            raise _AttemptFailedError(message("sent a different range than requested"))
        yield response


async def _stream_rest(
    client: httpx2.AsyncClient, url: str, chunk: ChunkPin, file: BinaryIO, report: Callable[[int], None]
) -> None:
    """Append what is missing of the chunk, never more, to the file that has its beginning."""
    if file.tell() == chunk.length:
        return
    first, last = chunk.offset + file.tell(), chunk.offset + chunk.length - 1
    async with _range(client, url, first, last) as response:
        async for data in response.aiter_raw():
            file.write(data[: chunk.length - file.tell()])
            report(file.tell())
            if file.tell() == chunk.length:
                return


@dataclass(frozen=True, slots=True)
class LocalFile:
    """Reads chunks from Aztec's g1.dat, or a prefix of it, such as bb's own ``bn254_g1.dat``."""

    path: Path

    work_unit: ClassVar[WorkUnit] = WorkUnit("crs.import", "Importing the CRS")

    def points(self, pins: CrsPins) -> int:
        """The number of points in its whole chunks, at most all pinned ones. Raises CRS_FILE_REFUSED."""
        try:
            with open_regular(self.path) as file:
                size = os.fstat(file.fileno()).st_size
        except OSError as error:
            raise errors.CRS_FILE_UNREADABLE(file=str(self.path), reason=os_reason(error)) from error
        chunk_bytes = pins.chunks(pins.chunk_points)[0].length
        if size < chunk_bytes:
            needed = size_text(chunk_bytes)
            raise errors.CRS_FILE_TOO_SHORT(file=str(self.path), size=size_text(size), needed=needed)
        return min(size // chunk_bytes * pins.chunk_points, pins.max_points)

    async def fetch(self, chunk: ChunkPin, unfinished: Path, report: Callable[[int], None]) -> bytes:
        """Read the chunk; raises CRS_FILE_REFUSED if the file cannot be read or differs."""
        del unfinished
        content = await read_in_thread(self._read, chunk)
        if not await read_in_thread(chunk.matches, content):
            raise errors.CRS_FILE_REFUSED(file=str(self.path), offset=chunk.offset)
        report(chunk.length)
        return content

    def _read(self, chunk: ChunkPin) -> bytes:
        try:
            with open_regular(self.path) as file:
                file.seek(chunk.offset)
                return file.read(chunk.length)
        except OSError as error:
            raise errors.CRS_FILE_UNREADABLE(file=str(self.path), reason=os_reason(error)) from error
