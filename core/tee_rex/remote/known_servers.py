"""The key that each server had when it was first used, in one file in the user's data folder."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated, Final, Literal

import msgspec

from tee_rex.errors import message
from tee_rex.errors.catalogue.servers import KNOWN_SERVERS_UNREADABLE, SERVER_KEY_CHANGED
from tee_rex.http_client.server_url import ServerUrl
from tee_rex.system.files import disk_errors, exclusive
from tee_rex.system.newer_fields import read_own, write_own
from tee_rex.system.untrusted import UndecodableError, decode_json

MAX_FILE_BYTES: Final = 1_000_000
"""Thousands of servers."""

_Fingerprint = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{40}\Z")]
_Aware = Annotated[datetime, msgspec.Meta(tz=True)]


class KnownKey(msgspec.Struct, frozen=True):
    """A server's key: its fingerprint (40 lower-case hex digits) and when it was first used."""

    fingerprint: _Fingerprint
    first_used: _Aware

    def require(self, found: str, server: ServerUrl) -> None:
        """Raise SERVER_KEY_CHANGED if the server has another one by now."""
        if found != self.fingerprint:
            raise SERVER_KEY_CHANGED(
                known=self.fingerprint,
                first_used=f"{self.first_used:%Y-%m-%d}",
                found=found,
                server=known_name(server),
            )


class _File(msgspec.Struct, frozen=True):
    version: Literal[1]
    servers: dict[str, KnownKey]


@dataclass(frozen=True, slots=True)
class KnownServers:
    """The file of remembered keys; several processes may use it at once.

    Every method raises KNOWN_SERVERS_UNREADABLE for a damaged file, since a new one would accept any key
    silently; DISK_FULL, DISK_NOT_WRITABLE.
    """

    file: Path

    @classmethod
    def in_folder(cls, data: Path) -> KnownServers:
        """The file in a data folder."""
        return cls(data / "known-servers.json")

    async def compare_or_remember(self, server: ServerUrl, fingerprint: str, at: datetime) -> None:
        """Remember the key at a server's first use, and compare it later; raises SERVER_KEY_CHANGED."""
        async with self._locked():
            known = self.read()
            if (key := known.get(known_name(server))) is not None:
                key.require(fingerprint, server)
            else:
                self._write(known | {known_name(server): KnownKey(fingerprint, at)})

    def key_of(self, server: ServerUrl) -> KnownKey | None:
        """The remembered key of a server."""
        return self.read().get(known_name(server))

    async def forget(self, server: ServerUrl) -> bool:
        """Forget a server, so that its next key is accepted; False when it was not known."""
        if not self.read() and not self.file.parent.is_dir():  # it is not made to find nothing in it
            return False
        async with self._locked():
            known = self.read()
            forgotten = known.pop(known_name(server), None)
            if forgotten is not None:
                self._write(known)
            return forgotten is not None

    def read(self) -> dict[str, KnownKey]:
        """The keys by the servers' addresses."""
        content = self._content()
        if content is None:
            return {}
        try:
            return decode_json(content, _File).servers
        except UndecodableError:
            reason = message("not in the format that TEE-Rex writes")
            raise KNOWN_SERVERS_UNREADABLE(file=str(self.file), reason=reason) from None

    def _write(self, servers: dict[str, KnownKey]) -> None:
        write_own(self.file, self._content(), _File(1, servers))

    def _content(self) -> bytes | None:
        """None if there is no file."""
        return read_own(
            self.file,
            MAX_FILE_BYTES,
            lambda reason: KNOWN_SERVERS_UNREADABLE(file=str(self.file), reason=reason),
        )

    @asynccontextmanager
    async def _locked(self) -> AsyncIterator[None]:
        with disk_errors(self.file.parent):
            self.file.parent.mkdir(parents=True, exist_ok=True)
            async with exclusive(self.file.with_suffix(".lock")):
                yield


def known_name(server: ServerUrl) -> str:
    """The address under which a server's key is remembered."""
    return str(server.base).rstrip("/")
