"""The signed metadata of the update source (TUF 1.0): fetched by python-tuf, kept on disk, verified offline.

``refresh`` follows the client's workflow of TUF's specification, section 5, with all its checks: signatures
and thresholds, versions that never go back, expiry. ``files`` reads what it left, verifies the signatures
again from the build's own root on, and does not ask whether anything has expired: without a network, what was
verified last holds.
"""

from __future__ import annotations

import asyncio
import concurrent.futures
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from http import HTTPStatus
from pathlib import Path
from typing import Final

import msgspec
from tuf.api.exceptions import DownloadHTTPError, ExpiredMetadataError, RepositoryError
from tuf.api.metadata import Metadata, Root, TargetFile, Targets
from tuf.ngclient import FetcherInterface, Updater, UpdaterConfig

from tee_rex.errors.catalogue import updates as errors
from tee_rex.errors.tree import BadServerAnswerError, ServerCertificateError, ServerUnreachableError
from tee_rex.http_client.connection import ServerConnection
from tee_rex.http_client.server_url import ServerUrl
from tee_rex.system import files
from tee_rex.system.text import quoted
from tee_rex.system.threads import Checkpoint, in_thread, read_in_thread
from tee_rex.system.untrusted import Sha256
from tee_rex.updates.releases import Description, SignedFile, SignedFiles
from tee_rex.updates.source import UpdateSource

FILE_SECONDS: Final = 60.0
"""For one file of metadata, from connecting to its last byte."""

_MAX_ROOT_BYTES: Final = 256 << 10
_MAX_TIMESTAMP_BYTES: Final = 16 << 10
_MAX_SNAPSHOT_BYTES: Final = 64 << 10
MAX_TARGETS_BYTES: Final = 2 << 20
"""Of four, twelve and about 500 files of releases; a release adds at most 8 KB to the targets."""
_MAX_FILES: Final = 10_000
_SECONDS_BETWEEN_CHECKPOINTS: Final = 0.1

_LIMITS: Final = UpdaterConfig(
    root_max_length=_MAX_ROOT_BYTES,
    timestamp_max_length=_MAX_TIMESTAMP_BYTES,
    snapshot_max_length=_MAX_SNAPSHOT_BYTES,
    targets_max_length=MAX_TARGETS_BYTES,
)


@dataclass(frozen=True, slots=True)
class UpdateMetadata:
    """The metadata of one source. folder: its cache, for one process at a time; the caller holds a lock.

    file_seconds: for one file.
    """

    source: UpdateSource
    folder: Path
    file_seconds: float = FILE_SECONDS

    async def refresh(self) -> None:
        """Fetch what is new.

        Raises UPDATE_SOURCE_FAILED, UPDATE_EXPIRED, UPDATE_REFUSED, DISK_FULL, DISK_NOT_WRITABLE.
        """
        with files.disk_errors(self.folder):
            async with ServerConnection.open(
                ServerUrl.parse(self.source.metadata_url), trust_env=True
            ) as connection:
                fetching = _Fetching(connection, self.file_seconds)
                try:
                    await in_thread(partial(self._refresh, fetching))
                finally:
                    await fetching.ended()

    async def files(self) -> SignedFiles:
        """What the newest metadata in the cache lists; raises UPDATE_NOT_FETCHED, UPDATE_REFUSED."""
        return await read_in_thread(self.read)

    def read(self) -> SignedFiles:
        """As ``files``, blocking."""
        with _refused():
            targets = self._targets()
        if targets.version < self.source.least_targets_version:
            least = self.source.least_targets_version
            raise errors.UPDATE_METADATA_OLD(found=targets.version, least=least)
        listed = (_signed_file(target) for target in targets.targets.values())
        return SignedFiles(targets.version, tuple(one for one in listed if one is not None)[:_MAX_FILES])

    def _refresh(self, fetching: _Fetching, checkpoint: Checkpoint) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        with _refused():
            Updater(
                str(self.folder),
                "/",  # the fetcher gets paths below the source's metadata_url
                fetcher=_Fetcher(partial(fetching.bytes_of, checkpoint=checkpoint)),
                config=_LIMITS,
                bootstrap=self.source.root,
            ).refresh()

    def _targets(self) -> Targets:
        root = self._root()
        content = self._cached("targets.json", MAX_TARGETS_BYTES)
        if content is None:
            raise errors.UPDATE_NOT_FETCHED()
        metadata = Metadata[Targets].from_bytes(content)
        if metadata.signed.type != Targets.type:
            raise RepositoryError("targets.json has another type")
        root.verify_delegate(Targets.type, metadata.signed_bytes, metadata.signatures)
        return metadata.signed

    def _root(self) -> Root:
        """The newest root in the cache to which the build's own one leads."""
        root = Metadata[Root].from_bytes(self.source.root).signed
        while content := self._cached(f"root_history/{root.version + 1}.root.json", _MAX_ROOT_BYTES):
            metadata = Metadata[Root].from_bytes(content)
            newer = metadata.signed
            if newer.type != Root.type or newer.version != root.version + 1:
                raise RepositoryError("a root in the cache is not the one after its predecessor")
            root.verify_delegate(Root.type, metadata.signed_bytes, metadata.signatures)
            newer.verify_delegate(Root.type, metadata.signed_bytes, metadata.signatures)
            root = newer
        return root

    def _cached(self, name: str, limit: int) -> bytes | None:
        path = self.folder / name
        try:
            with files.open_regular(path) as file:
                content = file.read(limit + 1)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise RepositoryError(f"{name} in the cache cannot be read") from error
        if len(content) > limit:
            raise RepositoryError(f"{name} in the cache is too large")
        return content


@dataclass(slots=True)
class _Fetching:
    """Fetches files for python-tuf, whose thread asks one at a time, by the HTTP client of the event loop."""

    connection: ServerConnection
    seconds: float
    loop: asyncio.AbstractEventLoop = field(default_factory=asyncio.get_running_loop)
    one_at_a_time: asyncio.Lock = field(default_factory=asyncio.Lock)

    def bytes_of(self, route: str, limit: int, *, checkpoint: Checkpoint) -> bytes:
        """From the thread: a whole file of at most ``limit`` bytes; ``checkpoint`` raises to give up."""
        asked = asyncio.run_coroutine_threadsafe(self._fetch(route, limit), self.loop)
        try:
            while not asked.done():
                concurrent.futures.wait([asked], _SECONDS_BETWEEN_CHECKPOINTS)
                checkpoint(0)
            return asked.result()
        finally:
            asked.cancel()

    async def ended(self) -> None:
        """Wait until a request that was given up has been closed."""
        async with self.one_at_a_time:
            pass

    async def _fetch(self, route: str, limit: int) -> bytes:
        async with self.one_at_a_time:
            try:
                async with asyncio.timeout(self.seconds):
                    answer = await self.connection.exchange("GET", route, limit=limit)
            except TimeoutError:
                raise errors.UPDATE_SOURCE_SLOW(seconds=self.seconds) from None
            except ServerUnreachableError as error:
                raise errors.UPDATE_SOURCE_UNREACHABLE(reason=error.message_parts) from error
            except ServerCertificateError as error:
                raise errors.UPDATE_SOURCE_UNPROVEN(reason=error.message_parts) from error
            except BadServerAnswerError as error:
                raise errors.UPDATE_REFUSED(reason=error.message.rstrip(".")) from error
        if answer.status != HTTPStatus.OK:
            raise DownloadHTTPError(f"status {answer.status}", answer.status)
        return answer.body


class _Fetcher(FetcherInterface):
    """python-tuf's interface to the network; it takes whole files, which ``_LIMITS`` bounds."""

    def __init__(self, bytes_of: Callable[[str, int], bytes]) -> None:
        self._bytes_of = bytes_of

    def download_bytes(self, url: str, max_length: int) -> bytes:
        return self._bytes_of(url, max_length)

    def _fetch(self, url: str) -> Iterator[bytes]:
        return iter((self._bytes_of(url, MAX_TARGETS_BYTES),))


@contextmanager
def _refused() -> Iterator[None]:
    """Turn python-tuf's errors into ours. Its texts can quote the source's answers."""
    try:
        yield
    except ExpiredMetadataError as error:
        raise errors.UPDATE_EXPIRED(reason=quoted(str(error))) from error
    except DownloadHTTPError as error:
        raise errors.UPDATE_SOURCE_FAILED(status=error.status_code) from error
    except RepositoryError as error:
        raise errors.UPDATE_METADATA_REFUSED(reason=quoted(str(error)) or type(error).__name__) from error


def _signed_file(target: TargetFile) -> SignedFile | None:
    """None for a target that this version of TEE-Rex does not know."""
    sha256 = target.hashes.get("sha256", "")
    try:
        description = msgspec.convert(target.custom, Description)
        return SignedFile(target.path, target.length, msgspec.convert(sha256, Sha256), description)
    except msgspec.ValidationError:
        return None
