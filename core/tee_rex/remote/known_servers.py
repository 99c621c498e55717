"""The keys of servers as they were when each was first used, in one file of the user's."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated, Final, Literal

import msgspec

from tee_rex.http_client.server_url import ServerUrl
from tee_rex.remote.errors import KnownServersUnreadableError, ServerKeyChangedError
from tee_rex.system.files import disk_errors, exclusive, replacing

FILE_NAME: Final = "known-servers.json"
MAX_FILE_BYTES: Final = 1_000_000
"""Some thousands of servers."""

_Fingerprint = Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{40}$")]
_Aware = Annotated[datetime, msgspec.Meta(tz=True)]


class KnownKey(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A server's key: its fingerprint (40 lower-case hex digits) and when it was first used."""

    fingerprint: _Fingerprint
    first_used: _Aware


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    version: Literal[1]
    servers: dict[str, KnownKey]


@dataclass(frozen=True, slots=True)
class KnownServers:
    """The file; several processes may use it at once.

    Every method raises KnownServersUnreadableError for a damaged file, and what a disk can refuse:
    DiskFullError, DiskNotWritableError.
    """

    file: Path

    async def compare_or_remember(self, server: ServerUrl, fingerprint: str, at: datetime) -> None:
        """Remember the key of a server used for the first time; raises ServerKeyChangedError for another."""
        async with self._locked():
            known = self.read()
            name = _name(server)
            if name not in known:
                self._write(known | {name: KnownKey(fingerprint, at)})
            elif known[name].fingerprint != fingerprint:
                raise ServerKeyChangedError(
                    f"It was {known[name].fingerprint} on {known[name].first_used:%Y-%m-%d}, "
                    f"it is {fingerprint} now. Nothing was sent.",
                    hint="Our server makes a new key whenever it starts. If whoever runs it confirms the new "
                    f"fingerprint, accept it with: tee-rex servers forget {name}",
                )

    async def forget(self, server: ServerUrl) -> bool:
        """Forget a server, so that its next key is accepted; False when it is not known."""
        async with self._locked():
            known = self.read()
            forgotten = known.pop(_name(server), None)
            if forgotten is not None:
                self._write(known)
            return forgotten is not None

    def read(self) -> dict[str, KnownKey]:
        """The keys by the servers' addresses."""
        hint = f"Mend {self.file}, or remove it: then every server counts as never used."
        try:
            with self.file.open("rb") as stream:
                content = stream.read(MAX_FILE_BYTES + 1)
        except FileNotFoundError:
            return {}
        except OSError as error:
            raise KnownServersUnreadableError(f"{self.file}: {error.strerror}.", hint=hint) from error
        if len(content) > MAX_FILE_BYTES:
            raise KnownServersUnreadableError(f"It has more than {MAX_FILE_BYTES:,} bytes.", hint=hint)
        try:
            return msgspec.json.decode(content, type=_File).servers
        except (msgspec.DecodeError, UnicodeError, RecursionError):
            raise KnownServersUnreadableError(
                "It is not of the form that TEE-Rex writes.", hint=hint
            ) from None

    def _write(self, servers: dict[str, KnownKey]) -> None:
        content = msgspec.json.format(msgspec.json.encode(_File(1, servers)), indent=2)
        with replacing(self.file, private=True) as new:
            new.write_bytes(content)

    @asynccontextmanager
    async def _locked(self) -> AsyncIterator[None]:
        with disk_errors(self.file.parent):
            self.file.parent.mkdir(parents=True, exist_ok=True)
            async with exclusive(self.file.with_suffix(".lock")):
                yield


def _name(server: ServerUrl) -> str:
    return str(server.base).rstrip("/")
