"""HTTPS for this machine's own browsers: enabled, renewed and disabled by one action each."""

from __future__ import annotations

import ssl
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import Any, Final, TypeAlias

from tee_rex.browser.certificates import LEAF_LIFE, CertificateFolder, Certificates
from tee_rex.browser.trust_stores import StoreStatus, TrustState, TrustStore, find_trust_stores
from tee_rex.errors import Message, TeeRexError, message
from tee_rex.system.files import disk_errors, exclusive
from tee_rex.system.threads import finish_in_thread

EXPLANATION: Final = (
    message(
        "TEE-Rex makes a certificate authority for this machine, and your browsers are told to trust it. It "
        "can vouch for 127.0.0.1, ::1 and localhost: for TEE-Rex on this machine, and for no website."
    ),
    message(
        "The authority signs one certificate, and its key is destroyed at once: nobody can sign another one. "
        "The certificate's own key stays in TEE-Rex's data folder, for you alone to read. After {days} days "
        "you are asked again.",
        days=LEAF_LIFE.days,
    ),
    message("Removing it is one action too, and leaves nothing behind."),
)
"""What people read before they decide."""

_Changed: TypeAlias = tuple[TrustStore, TeeRexError | None]
"""A store, and why it refused."""


class CertificateState(StrEnum):
    """RENEWAL_DUE: it works, and ends within 30 days. UNUSABLE: expired, damaged, or readable by others."""

    READY = "ready"
    RENEWAL_DUE = "renewal-due"
    UNUSABLE = "unusable"
    DISABLED = "disabled"


@dataclass(frozen=True, slots=True)
class HttpsStatus:
    """The certificate of this machine's listener, and which browsers trust its authority.

    expires, fingerprint (SHA-256 of the authority, 64 hex digits): of a certificate that can be read.
    authority_file: for programs to import. problem: why the certificate is unusable.
    """

    certificate: CertificateState
    authority_file: Path
    stores: tuple[StoreStatus, ...]
    expires: datetime | None = None
    fingerprint: str | None = None
    problem: TeeRexError | None = None

    def fields(self) -> dict[str, Any]:
        """The JSON of ``tee-rex https status``."""
        return {
            "certificate": self.certificate.value,
            "expires": self.expires,
            "authority_file": None if self.fingerprint is None else str(self.authority_file),
            "authority_sha256": self.fingerprint,
            "reason": self.problem.message if self.problem else "",
            "stores": [store.fields() for store in self.stores],
        }


class Https:
    """The certificates in a data folder, and the stores of the browsers that are to trust them.

    A certificate is renewed by a new authority, because the old one's key was never kept, so browsers have to
    trust again: :meth:`enable` does both, and removes the old authority.
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
    def of_user(cls, data: Path, environ: Mapping[str, str]) -> Https:
        """Of the user whose process this is."""
        find_stores = partial(find_trust_stores, sys.platform, Path.home(), environ)
        return cls(data, find_stores, lambda: datetime.now(UTC))

    def server_context(self) -> ssl.SSLContext | None:
        """As :meth:`CertificateFolder.server_context`, now."""
        return self._folder.server_context(self._now())

    async def status(self) -> HttpsStatus:
        """What there is; changes nothing."""
        return await self._status([(store, None) for store in self._find_stores()])

    async def enable(self) -> HttpsStatus:
        """Make certificates where none are that last for 30 days more, and let every store trust them.

        What a store refuses is told in its status. Raises DISK_FULL, DISK_NOT_WRITABLE.
        """
        async with self._locked():
            certificates = self._lasting()
            if certificates is None:
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
            status = await self._status(changed)
            with suppress(OSError):  # Windows keeps what is open
                self._lock.unlink()
            return status

    def _lasting(self) -> Certificates | None:
        """The certificates, if they can be used and are not due to be renewed."""
        try:
            certificates = self._folder.read()
        except TeeRexError:
            return None
        return None if certificates is None or certificates.renewal_due(self._now()) else certificates

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
        certificates = problem = None
        try:
            certificates = self._folder.read()
            self.server_context()
        except TeeRexError as error:
            problem = error
        authority = certificates.authority if certificates else None
        stores = []
        for store, refusal in changed:
            status = await store.status(authority)
            stores.append(replace(status, problem=status.problem or refusal))
        if problem is not None:
            state = CertificateState.UNUSABLE
        elif certificates is None:
            state = CertificateState.DISABLED
        else:
            due = certificates.renewal_due(self._now())
            state = CertificateState.RENEWAL_DUE if due else CertificateState.READY
        return HttpsStatus(
            state,
            self._folder.authority_file,
            tuple(stores),
            expires=certificates.expires if certificates else None,
            fingerprint=authority.fingerprint if authority else None,
            problem=problem,
        )

    @asynccontextmanager
    async def _locked(self) -> AsyncIterator[None]:
        """Exclude other processes."""
        with disk_errors(self._lock.parent):
            self._lock.parent.mkdir(parents=True, exist_ok=True)
            async with exclusive(self._lock):
                yield


def unreachable_hint(status: HttpsStatus) -> Message | None:
    """What the user can do about browsers that are not reachable; None without any, or a certificate."""
    if status.fingerprint is None or TrustState.UNREACHABLE not in {store.state for store in status.stores}:
        return None
    return message(
        "TEE-Rex cannot reach what browsers in a Snap or a Flatpak trust. In their settings, open "
        "Certificates, then Authorities, and import {file}.",
        file=str(status.authority_file),
    )
