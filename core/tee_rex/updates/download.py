"""Downloading signed files; their digests decide about the content, so redirects are followed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from tee_rex.errors.catalogue import updates as errors
from tee_rex.http_client.server_url import ServerUrl
from tee_rex.system.failures import host_not_found
from tee_rex.system.files import write_hashed
from tee_rex.system.progress import ByteCount
from tee_rex.system.text import quoted
from tee_rex.updates.releases import SignedFile
from tee_rex.updates.source import UpdateSource

if TYPE_CHECKING:
    import httpx2

SLOWEST_BYTES_PER_SECOND: Final = 20_000
"""A slower download is given up: 100 MB in 83 minutes."""

_LEAST_SECONDS: Final = 60.0
_STALLED_SECONDS: Final = 30.0
_MAX_REDIRECTS: Final = 5


async def download(
    source: UpdateSource,
    file: SignedFile,
    target: Path,
    report: ByteCount,
    *,
    seconds: float | None = None,
) -> None:
    """Store a file that is exactly what was signed at ``target``, which is new.

    seconds: in all; by default at SLOWEST_BYTES_PER_SECOND. Raises UPDATE_SOURCE_FAILED, UPDATE_REFUSED, or
    OSError from the disk; then ``target`` may hold a part.
    """
    import httpx2

    base = ServerUrl.parse(source.targets_url)
    limit = seconds or _LEAST_SECONDS + file.length // SLOWEST_BYTES_PER_SECOND

    async def require_protected(request: httpx2.Request) -> None:
        if request.url.scheme != "https" and not (base.is_loopback and ServerUrl(request.url).is_loopback):
            raise errors.UPDATE_SOURCE_REDIRECTS()

    try:
        async with (
            asyncio.timeout(limit),
            httpx2.AsyncClient(
                follow_redirects=True,
                max_redirects=_MAX_REDIRECTS,
                timeout=_STALLED_SECONDS,
                trust_env=not base.is_loopback,
                event_hooks={"request": [require_protected]},
            ) as client,
            client.stream(
                "GET", base.at(f"/{quote(file.stored_path)}"), headers={"Accept-Encoding": "identity"}
            ) as response,
        ):
            if response.status_code != httpx2.codes.OK:
                raise errors.UPDATE_SOURCE_FAILED(status=response.status_code)
            report(0, file.length)
            sha256 = await write_hashed(target, _bounded(response, file.length, report))
    except TimeoutError:
        raise errors.UPDATE_SOURCE_SLOW(seconds=limit) from None
    except httpx2.HTTPError as error:
        if host_not_found(error):
            raise errors.UPDATE_HOST_NOT_FOUND(host=error.request.url.host) from error
        reason = quoted(str(error)) or type(error).__name__
        raise errors.UPDATE_DOWNLOAD_BROKE_OFF(reason=reason) from error
    if sha256 != file.sha256:
        raise errors.UPDATE_CONTENT_DIFFERS(file=file.name)


async def _bounded(response: httpx2.Response, limit: int, report: ByteCount) -> AsyncIterator[bytes]:
    received = 0
    async for part in response.aiter_raw():
        received += len(part)
        if received > limit:
            raise errors.UPDATE_TOO_LARGE(limit=limit)
        report(received, limit)
        yield part
