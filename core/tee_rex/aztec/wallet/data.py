"""The wallet's data on this machine: the keys of its accounts, and a store that can be rebuilt."""

from __future__ import annotations

import asyncio
import os
import secrets
import shutil
import stat
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Final, Literal

import msgspec

from tee_rex.errors.catalogue import aztec as errors
from tee_rex.settings.paths import Paths
from tee_rex.system.files import disk_errors, open_regular, remove_unfinished, replacing, require_free_space
from tee_rex.system.newer_fields import json_with_changes
from tee_rex.system.text import os_reason
from tee_rex.system.untrusted import UndecodableError, decode_json
from tee_rex.transaction.trusted_setup import TrustedSetup

MAX_ACCOUNTS_BYTES: Final = 1 << 20
"""Several thousand accounts."""
_SCALAR_MODULUS: Final = 0x30644E72E131A029B85045B68181585D2833E84879B9709143E1F593F0000001
_ACCOUNTS_FILE: Final = "accounts.json"
_LOCK_FILE: Final = ".lock"
_PERMISSIONS_OF_OTHERS: Final = 0o077
_BYTES_NEEDED: Final = 32 << 20
"""A store with a few accounts and contracts takes 3 MB; writing needs more."""
_SECONDS_FOR_ORPHAN: Final = 10.0
_SECONDS_BETWEEN_ATTEMPTS: Final = 0.1

_Field = Annotated[str, msgspec.Meta(pattern=r"^0x[0-9a-f]{64}\Z")]


@dataclass(frozen=True, slots=True, repr=False)
class AccountKeys:
    """An account's secret and the salt of its address: two BN254 scalars as 0x and 64 hex digits."""

    secret: str
    salt: str

    @classmethod
    def generate(cls) -> AccountKeys:
        """New keys from the system's random number generator."""
        return cls(_random_scalar(), _random_scalar())


class _StoredAccount(msgspec.Struct):
    secret: _Field
    salt: _Field


class _AccountsFile(msgspec.Struct):
    version: Literal[1]
    chain_marker: str
    accounts: list[_StoredAccount]


@dataclass(frozen=True, slots=True)
class WalletData:
    """The wallet's folder for one network, accessible to its owner only, whatever the umask.

    Every method raises WalletDataError if the file of keys is damaged (it is never overwritten) or belongs to
    another user, and the errors of ``disk_errors``.
    """

    folder: Path

    @classmethod
    def of_network(cls, paths: Paths, setup: TrustedSetup, chain_id: int, rollup_address: str) -> WalletData:
        """The folder for the rollup at ``rollup_address`` on the Ethereum chain ``chain_id``."""
        return cls(wallets_folder(paths, setup) / f"{chain_id}-{rollup_address}")

    @property
    def store_folder(self) -> Path:
        """PXE's store, which can be rebuilt from the chain."""
        return self.folder / "pxe"

    @asynccontextmanager
    async def in_use(self) -> AsyncIterator[int]:
        """Create the folder and lock it against other processes; raises WALLET_IN_USE.

        Yields the lock's file descriptor. A process that inherits it holds the lock until it too has ended;
        if the flow that started it was killed, its end is awaited.
        """
        if sys.platform == "win32":
            raise errors.WALLET_NOT_ON_WINDOWS()
        with disk_errors(self.folder):
            for folder in (self.folder.parent, self.folder):
                _make_private(folder)
            descriptor = os.open(self.folder / _LOCK_FILE, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            _require_file(descriptor)
            await _lock(descriptor)
            with disk_errors(self.folder):
                os.ftruncate(descriptor, 0)
                os.pwrite(descriptor, str(os.getpid()).encode(), 0)
                remove_unfinished(self.folder / _ACCOUNTS_FILE)
            yield descriptor
        finally:
            os.close(descriptor)

    def accounts(self) -> list[AccountKeys]:
        """All accounts, oldest first."""
        return [AccountKeys(stored.secret, stored.salt) for stored in self._read().accounts]

    def add(self, keys: AccountKeys) -> None:
        """Store an account; it is on disk when this returns."""
        file = self._read()
        file.accounts.append(_StoredAccount(keys.secret, keys.salt))
        self._write(file)

    def use_chain(self, marker: str) -> None:
        """Clear the store if it belongs to another chain: a local network that was restarted."""
        file = self._read()
        if file.chain_marker != marker:
            self.clear_store()
            self._write(_AccountsFile(1, marker, file.accounts))

    def require_space(self) -> None:
        """Raise NOT_ENOUGH_SPACE if a store has no room; the store's own error would not name the cause."""
        require_free_space(self.folder, _BYTES_NEEDED)

    def clear_store(self) -> None:
        """Delete what can be rebuilt from the chain; the keys stay."""
        with disk_errors(self.folder), suppress(FileNotFoundError):
            shutil.rmtree(self.store_folder)

    def _read(self) -> _AccountsFile:
        content = self._content()
        if content is None:
            return _AccountsFile(1, "", [])
        try:
            return decode_json(content, _AccountsFile)
        except UndecodableError:
            raise errors.ACCOUNTS_DAMAGED(path=str(self.folder / _ACCOUNTS_FILE)) from None

    def _content(self) -> bytes | None:
        """None if there is no file."""
        path = self.folder / _ACCOUNTS_FILE
        try:
            with open_regular(path) as stream:
                _require_own(path, os.fstat(stream.fileno()))
                others = os.fstat(stream.fileno()).st_mode & _PERMISSIONS_OF_OTHERS
                if sys.platform != "win32" and others:
                    os.fchmod(stream.fileno(), 0o600)
                content = stream.read(MAX_ACCOUNTS_BYTES + 1)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise errors.ACCOUNTS_UNREADABLE(path=str(path), reason=os_reason(error)) from error
        if len(content) > MAX_ACCOUNTS_BYTES:
            raise errors.ACCOUNTS_TOO_LARGE(path=str(path))
        return content

    def _write(self, file: _AccountsFile) -> None:
        content = json_with_changes(self._content(), file)
        if len(content) > MAX_ACCOUNTS_BYTES:
            raise errors.ACCOUNTS_FULL(path=str(self.folder / _ACCOUNTS_FILE), count=len(file.accounts))
        with disk_errors(self.folder), replacing(self.folder / _ACCOUNTS_FILE, private=True) as new:
            new.write_bytes(content)


def wallets_folder(paths: Paths, setup: TrustedSetup) -> Path:
    """The folder of the wallets, with their keys, of all networks of one trusted setup."""
    return paths.setup_dir(setup) / "wallet"


def _make_private(folder: Path) -> None:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    status = folder.stat()
    _require_own(folder, status)
    if stat.S_IMODE(status.st_mode) != stat.S_IRWXU:
        folder.chmod(stat.S_IRWXU)


def _require_own(path: Path, status: os.stat_result) -> None:
    if sys.platform != "win32" and status.st_uid != os.getuid():
        raise errors.WALLET_OF_ANOTHER_USER(path=str(path))


def _require_file(descriptor: int) -> None:
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        raise errors.WALLET_FOLDER_NOT_LOCKED(reason="not a regular file")


async def _lock(descriptor: int) -> None:
    """Lock the file. If its owner was killed, wait: the wallet's process, which inherited it, ends soon."""
    if sys.platform == "win32":
        raise errors.WALLET_NOT_ON_WINDOWS()
    import fcntl

    deadline = time.monotonic() + _SECONDS_FOR_ORPHAN
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if _is_alive(os.pread(descriptor, 20, 0)):
                raise errors.WALLET_IN_USE() from None
            if time.monotonic() > deadline:
                raise errors.WALLET_STILL_ENDING() from None
            await asyncio.sleep(_SECONDS_BETWEEN_ATTEMPTS)
        except OSError as error:
            raise errors.WALLET_FOLDER_NOT_LOCKED(reason=os_reason(error)) from error
        else:
            return


def _is_alive(owner: bytes) -> bool:
    try:
        os.kill(int(owner), 0)
    except PermissionError:
        return True
    except (ValueError, ProcessLookupError, OverflowError):
        return False
    return True


def _random_scalar() -> str:
    return f"0x{1 + secrets.randbelow(_SCALAR_MODULUS - 1):064x}"
