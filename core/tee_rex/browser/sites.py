"""The websites that may prove, in one file in the user's data folder."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Annotated, Final, Literal, TypeAlias

import msgspec

from tee_rex.browser.origins import Origin
from tee_rex.errors import TeeRexError, message
from tee_rex.errors.catalogue.browser import SITES_UNREADABLE
from tee_rex.system.files import disk_errors, exclusive
from tee_rex.system.newer_fields import read_own, write_own
from tee_rex.system.untrusted import UndecodableError, decode_json
from tee_rex.transaction.request import ProvingMode

MAX_FILE_BYTES: Final = 1_000_000
"""Thousands of sites."""

Readers: TypeAlias = tuple[str, ...]
"""The sorted URLs of the servers whose operators can read the witness; empty where nobody else can."""


def server_name(url: str) -> str:
    """A server's address as readers are listed; raises SERVER_URL_INVALID, SERVER_URL_INSECURE."""
    from tee_rex.http_client.server_url import ServerUrl  # its import takes longer than a list of sites

    return str(ServerUrl.parse(url).base).rstrip("/")


def readers_in(mode: ProvingMode, prover_url: str) -> Readers:
    """Who else can read the witness: in remote mode the server's operator, in the others nobody.

    prover_url: of remote mode; raises as ``server_name`` does.
    """
    return (server_name(prover_url),) if mode is ProvingMode.REMOTE else ()


_Aware = Annotated[datetime, msgspec.Meta(tz=True)]


@dataclass(frozen=True, slots=True)
class Site:
    """A website that may prove.

    readers: those that the user accepted. last_used, proofs: when it last got a proof, and how many so far.
    """

    origin: Origin
    approved_at: datetime
    readers: Readers
    last_used: datetime | None = None
    proofs: int = 0


class _Entry(msgspec.Struct, frozen=True):
    approved_at: _Aware
    readers: tuple[str, ...]
    last_used: _Aware | None
    proofs: Annotated[int, msgspec.Meta(ge=0)]


class _File(msgspec.Struct, frozen=True):
    version: Literal[1]
    sites: dict[str, _Entry]


@dataclass(frozen=True, slots=True)
class SiteStore:
    """The file of approved sites; several processes may use it at once.

    Every method raises SITES_UNREADABLE for a damaged file, of which no site counts as approved; those that
    write raise DISK_FULL, DISK_NOT_WRITABLE.
    """

    file: Path

    @classmethod
    def in_folder(cls, data: Path) -> SiteStore:
        """The file in a data folder."""
        return cls(data / "sites.json")

    def read(self) -> dict[Origin, Site]:
        """The approved sites, in the order of their approval."""
        content = self._content()
        if content is None:
            return {}
        try:
            entries = decode_json(content, _File).sites
            sites = [_site(name, entry) for name, entry in entries.items()]
        except (UndecodableError, TeeRexError):
            reason = message("not in the format that TEE-Rex writes")
            raise SITES_UNREADABLE(file=str(self.file), reason=reason) from None
        return {site.origin: site for site in sites}

    async def approve(self, origin: Origin, readers: Readers, at: datetime) -> None:
        """Let a site prove, also where ``readers`` can read the witness, besides those accepted before."""
        async with self._locked():
            sites = self.read()
            known = sites.pop(origin, Site(origin, at, ()))
            both = tuple(sorted({*known.readers, *readers}))
            self._write([*sites.values(), replace(known, approved_at=at, readers=both)])

    async def count_proof(self, origin: Origin, at: datetime) -> None:
        """Note that an approved site got a proof; one that has been revoked meanwhile stays so."""
        if origin not in self.read():  # nothing is made, not even a folder, where nothing has to be noted
            return
        async with self._locked():
            sites = self.read()
            if (site := sites.get(origin)) is not None:
                sites[origin] = replace(site, last_used=at, proofs=site.proofs + 1)
                self._write(sites.values())

    async def revoke(self, origin: Origin) -> bool:
        """Take the permission away; False when there was none."""
        if not self.read() and not self.file.parent.is_dir():  # it is not made to find nothing in it
            return False
        async with self._locked():
            sites = self.read()
            revoked = sites.pop(origin, None)
            if revoked is not None:
                self._write(sites.values())
            return revoked is not None

    def _write(self, sites: Iterable[Site]) -> None:
        entries = {
            str(site.origin): _Entry(site.approved_at, site.readers, site.last_used, site.proofs)
            for site in sites
        }
        write_own(self.file, self._content(), _File(1, entries))

    def _content(self) -> bytes | None:
        """None if there is no file."""
        return read_own(
            self.file, MAX_FILE_BYTES, lambda reason: SITES_UNREADABLE(file=str(self.file), reason=reason)
        )

    @asynccontextmanager
    async def _locked(self) -> AsyncIterator[None]:
        with disk_errors(self.file.parent):
            self.file.parent.mkdir(parents=True, exist_ok=True)
            async with exclusive(self.file.with_suffix(".lock")):
                yield


def _site(name: str, entry: _Entry) -> Site:
    origin = Origin.parse(name)
    if str(origin) != name or list(entry.readers) != sorted(set(entry.readers)):
        raise UndecodableError
    return Site(origin, entry.approved_at, entry.readers, entry.last_used, entry.proofs)
