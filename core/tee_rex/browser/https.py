"""HTTPS for this machine's own browsers: enabled, renewed and disabled by one action each."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from tee_rex.browser.certificates import LEAF_LIFE, CertificateFolder, Certificates
from tee_rex.browser.trust_stores import StoreStatus, TrustState, TrustStore, find_trust_stores
from tee_rex.errors import Message, TeeRexError, message
from tee_rex.errors.catalogue.browser import HTTPS_CERTIFICATE_EXPIRED
from tee_rex.system.files import disk_errors, exclusive
from tee_rex.system.threads import finish_in_thread

if TYPE_CHECKING:
    import ssl

EXPLANATION: Final = (
    message(
        "TEE-Rex creates a certificate authority for this machine and makes your browsers trust it. It can "
        "vouch only for 127.0.0.1, ::1 and localhost: for TEE-Rex on this machine, and for no website."
    ),
    message(
        "The authority signs one certificate, then its key is destroyed: nobody can sign another one. The "
        "certificate's own key stays in TEE-Rex's data folder, readable only by you. After {days} days you "
        "are asked again.",
        days=LEAF_LIFE.days,
    ),
    message("Removing it takes one step and leaves nothing behind."),
)
"""What people read before they decide."""

_Changed: TypeAlias = tuple[TrustStore, TeeRexError | None]
"""A store, and why it refused."""


class CertificateState(StrEnum):
    """RENEWAL_DUE: it works, and ends within 30 days. UNUSABLE: expired, damaged, or readable by others."""

    DISABLED = "disabled"
    READY = "ready"
    RENEWAL_DUE = "renewal-due"
    UNUSABLE = "unusable"


@dataclass(frozen=True, slots=True)
class CertificateStatus:
    """The certificate of this machine's listener.

    authority_file: for programs to import. expires, fingerprint (SHA-256 of the authority, 64 hex digits): of
    one that can be read. problem: why it is unusable.
    """

    state: CertificateState
    authority_file: Path
    expires: datetime | None = None
    fingerprint: str | None = None
    problem: TeeRexError | None = None

    @property
    def usable(self) -> bool:
        """Whether the listener can serve HTTPS with it."""
        return self.state in (CertificateState.READY, CertificateState.RENEWAL_DUE)

    def fields(self) -> dict[str, str | None]:
        """For JSON."""
        return {
            "state": self.state.value,
            "expires": self.expires.isoformat() if self.expires else None,
            "authority_file": str(self.authority_file) if self.fingerprint else None,
            "authority_sha256": self.fingerprint,
            "reason": self.problem.message if self.problem else "",
        }


@dataclass(frozen=True, slots=True)
class HttpsStatus:
    """The certificate, and which browsers trust its authority."""

    certificate: CertificateStatus
    stores: tuple[StoreStatus, ...]

    @property
    def notes(self) -> tuple[Message, ...]:
        """What is left to the user."""
        notes = []
        if any(store.state is not TrustState.UNREACHABLE for store in self.stores):
            # Firefox always; a Chromium keeps its refusal of a certificate that it has met before.
            notes.append(message("Restart browsers that are open: they notice a change at their next start."))
        if self.certificate.usable and any(store.state is TrustState.UNREACHABLE for store in self.stores):
            notes.append(
                message(
                    "TEE-Rex cannot reach what browsers in a Snap or a Flatpak trust. In their settings, "
                    "open Certificates, then Authorities, and import {file}.",
                    file=str(self.certificate.authority_file),
                )
            )
        return tuple(notes)

    def fields(self) -> dict[str, Any]:
        """The JSON of ``tee-rex https``."""
        stores = [store.fields() for store in self.stores]
        return {"certificate": self.certificate.fields(), "stores": stores}


class Https:
    """The certificates in a data folder, and the stores of the browsers that are to trust them.

    A certificate is renewed together with its authority, whose key was never kept, so browsers have to trust
    again: :meth:`enable` does both, and removes the authority before.
    """

    def __init__(
        self, data: Path, find_stores: Callable[[], Sequence[TrustStore]], now: Callable[[], datetime]
    ) -> None:
        """data: the data folder. find_stores: each time anew, as browsers come and go. now: aware."""
        self._folder = CertificateFolder(data / "https")
        self._lock = data / "https.lock"
        self._find_stores = find_stores
        self._now = now

    @classmethod
    def of_user(
        cls, data: Path, environ: Mapping[str, str], now: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> Https:
        """Of the user whose process this is; HOME of ``environ`` is the home folder."""
        home = Path(environ.get("HOME") or Path.home())
        find_stores = partial(find_trust_stores, sys.platform, home, environ)
        return cls(data, find_stores, now)

    def certificate(self) -> CertificateStatus:
        """The certificate alone."""
        return self._certificate(*self._read())

    def server_context(self) -> ssl.SSLContext | None:
        """What the listener serves HTTPS with, None before HTTPS was enabled.

        Raises HTTPS_CERTIFICATE_UNUSABLE, HTTPS_CERTIFICATE_EXPIRED.
        """
        certificates, problem = self._read()
        if problem is not None:
            raise problem
        return None if certificates is None else self._folder.server_context()

    async def status(self) -> HttpsStatus:
        """What there is; changes nothing."""
        return await self._status([(store, None) for store in self._find_stores()])

    async def enable(self) -> HttpsStatus:
        """Make certificates where none are that last for 30 days more, and let every store trust them.

        What a store refuses is told in its status. Raises DISK_FULL, DISK_NOT_WRITABLE.
        """
        async with self._locked():
            certificates, problem = self._read()
            if certificates is None or problem is not None or certificates.renewal_due(self._now()):
                certificates = await finish_in_thread(Certificates.make, self._now())
            await finish_in_thread(self._folder.write, certificates)
            authority, file = certificates.authority, self._folder.authority_file
            changed = await self._each(lambda store: store.add(authority, file))
            return await self._status(changed)

    async def disable(self) -> HttpsStatus:
        """Remove every authority of ours from every store, and the certificates.

        What a store refuses is told in its status. Raises DISK_NOT_WRITABLE.
        """
        async with self._locked():
            changed = await self._each(lambda store: store.remove())
            await finish_in_thread(self._folder.remove)
            return await self._status(changed)

    async def _each(self, change: Callable[[TrustStore], Awaitable[None]]) -> list[_Changed]:
        """Change every store."""
        changed: list[_Changed] = []
        for store in self._find_stores():
            problem = None
            try:
                await change(store)
            except TeeRexError as error:
                problem = error
            changed.append((store, problem))
        return changed

    async def _status(self, changed: Sequence[_Changed]) -> HttpsStatus:
        certificates, problem = self._read()
        authority = certificates.authority if certificates else None
        stores = []
        for store, refusal in changed:
            status = await store.status(authority)
            stores.append(replace(status, problem=status.problem or refusal))
        return HttpsStatus(self._certificate(certificates, problem), tuple(stores))

    def _read(self) -> tuple[Certificates | None, TeeRexError | None]:
        """The certificates, if they can be read, and why they cannot be used."""
        try:
            certificates = self._folder.read()
        except TeeRexError as error:
            return None, error
        if certificates is None or certificates.valid(self._now()):
            return certificates, None
        begin, end = (f"{moment:%Y-%m-%d}" for moment in (certificates.begins, certificates.expires))
        return certificates, HTTPS_CERTIFICATE_EXPIRED(begin=begin, end=end)

    def _certificate(
        self, certificates: Certificates | None, problem: TeeRexError | None
    ) -> CertificateStatus:
        state = CertificateState.READY
        if problem is not None:
            state = CertificateState.UNUSABLE
        elif certificates is None:
            state = CertificateState.DISABLED
        elif certificates.renewal_due(self._now()):
            state = CertificateState.RENEWAL_DUE
        return CertificateStatus(
            state,
            self._folder.authority_file,
            certificates.expires if certificates else None,
            certificates.authority.fingerprint if certificates else None,
            problem,
        )

    @asynccontextmanager
    async def _locked(self) -> AsyncIterator[None]:
        """Exclude other processes."""
        with disk_errors(self._lock.parent):
            self._lock.parent.mkdir(parents=True, exist_ok=True)
            async with exclusive(self._lock):
                yield
