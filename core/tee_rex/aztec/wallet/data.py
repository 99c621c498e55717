"""What a wallet keeps on this machine: the keys of its accounts, and a store that can be made again."""

from __future__ import annotations

import asyncio
import os
import secrets
import shutil
import stat
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Final, Literal

import msgspec

from tee_rex.aztec.errors import WalletDataError, WalletInUseError
from tee_rex.settings.paths import Paths
from tee_rex.system.files import disk_errors, replacing, require_free_space
from tee_rex.transaction.trusted_setup import TrustedSetup

MAX_ACCOUNTS_BYTES: Final = 1 << 20
"""Some thousands of accounts."""
_SCALAR_MODULUS: Final = 0x30644E72E131A029B85045B68181585D2833E84879B9709143E1F593F0000001
_ACCOUNTS_FILE: Final = "accounts.json"
_LOCK_FILE: Final = ".lock"
_OTHERS: Final = 0o077
_BYTES_NEEDED: Final = 32 << 20
"""A store with a few accounts and contracts has 3 MB; it also needs room while it writes."""
_SECONDS_FOR_ORPHANS: Final = 10.0
_SECONDS_BETWEEN_ATTEMPTS: Final = 0.1

_Field = Annotated[str, msgspec.Meta(pattern="^0x[0-9a-f]{64}$")]


@dataclass(frozen=True, slots=True, repr=False)
class AccountKeys:
    """The secret of an account, and its address's salt: two BN254 scalars as 0x and 64 hex digits."""

    secret: str
    salt: str

    @classmethod
    def generate(cls) -> AccountKeys:
        """New ones from the system's randomness."""
        return cls(_random_scalar(), _random_scalar())


class _StoredAccount(msgspec.Struct, forbid_unknown_fields=True):
    secret: _Field
    salt: _Field


class _AccountsFile(msgspec.Struct, forbid_unknown_fields=True):
    version: Literal[1]
    chain_marker: str
    accounts: list[_StoredAccount]


@dataclass(frozen=True, slots=True)
class WalletData:
    """The wallet's folder for one network, open to its owner alone, whatever the umask.

    Every method raises WalletDataError for a damaged file of keys, which is never overwritten, or for keys
    that are another user's, and what a disk can refuse: DiskFullError, DiskNotWritableError.
    """

    folder: Path

    @classmethod
    def of_network(cls, paths: Paths, setup: TrustedSetup, chain_id: int, rollup_address: str) -> WalletData:
        """The folder for the rollup at ``rollup_address`` of Ethereum's chain ``chain_id``."""
        return cls(wallets_folder(paths, setup) / f"{chain_id}-{rollup_address}")

    @property
    def store_folder(self) -> Path:
        """Where PXE keeps what it can read from the chain again."""
        return self.folder / "pxe"

    @asynccontextmanager
    async def in_use(self) -> AsyncIterator[int]:
        """Make the folder, and keep other processes out of it; raises WalletInUseError.

        Yields the lock's file descriptor. A process that inherits it keeps the folder until it too has ended;
        where the flow that started it was killed, it is waited for.
        """
        with disk_errors(self.folder):
            for folder in (self.folder.parent, self.folder):
                _make_private(folder)
            descriptor = os.open(self.folder / _LOCK_FILE, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            await _lock(descriptor)
            with disk_errors(self.folder):
                os.ftruncate(descriptor, 0)
                os.pwrite(descriptor, str(os.getpid()).encode(), 0)
                for left in self.folder.glob(f".{_ACCOUNTS_FILE}-*"):  # of a process killed while it wrote
                    left.unlink()
            yield descriptor
        finally:
            os.close(descriptor)

    def accounts(self) -> list[AccountKeys]:
        """All accounts, in the order in which they were made."""
        return [AccountKeys(stored.secret, stored.salt) for stored in self._read().accounts]

    def add(self, keys: AccountKeys) -> None:
        """Keep an account; it is on the disk when this returns."""
        file = self._read()
        file.accounts.append(_StoredAccount(keys.secret, keys.salt))
        self._write(file)

    def belong_to_chain(self, marker: str) -> None:
        """Clear the store when it is of another chain: a local network that was started anew."""
        file = self._read()
        if file.chain_marker != marker:
            self.clear_store()
            self._write(_AccountsFile(1, marker, file.accounts))

    def require_space(self) -> None:
        """Raise NOT_ENOUGH_SPACE unless a store has room; the store's own error would not say so."""
        require_free_space(self.folder, _BYTES_NEEDED)

    def clear_store(self) -> None:
        """Remove what can be read from the chain again; the keys stay."""
        with disk_errors(self.folder), suppress(FileNotFoundError):
            shutil.rmtree(self.store_folder)

    def _read(self) -> _AccountsFile:
        path = self.folder / _ACCOUNTS_FILE
        hint = f"Mend {path}, or move it away: its accounts are lost without it."
        try:
            with path.open("rb") as stream:
                _require_own(path, os.fstat(stream.fileno()))
                if os.fstat(stream.fileno()).st_mode & _OTHERS:
                    os.fchmod(stream.fileno(), 0o600)
                content = stream.read(MAX_ACCOUNTS_BYTES + 1)
        except FileNotFoundError:
            return _AccountsFile(1, "", [])
        except OSError as error:
            raise WalletDataError(f"{path}: {error.strerror}.", hint=hint) from error
        if len(content) > MAX_ACCOUNTS_BYTES:
            raise WalletDataError(f"{path} is too large.", hint=hint)
        try:
            return msgspec.json.decode(content, type=_AccountsFile)
        except (msgspec.MsgspecError, UnicodeError, RecursionError):
            # Not "from" it: msgspec's messages can quote what they read.
            raise WalletDataError(f"{path} is damaged.", hint=hint) from None

    def _write(self, file: _AccountsFile) -> None:
        content = msgspec.json.encode(file)
        if len(content) > MAX_ACCOUNTS_BYTES:
            path = self.folder / _ACCOUNTS_FILE
            raise WalletDataError(
                f"{path} has {len(file.accounts):,} accounts and takes no more.",
                hint="Move it to another place: these accounts need it, and new ones get a new file.",
            )
        with disk_errors(self.folder), replacing(self.folder / _ACCOUNTS_FILE, private=True) as new:
            new.write_bytes(content)


def wallets_folder(paths: Paths, setup: TrustedSetup) -> Path:
    """Where the wallets of all networks of one trusted setup are, with their keys."""
    return paths.setup_dir(setup) / "wallet"


def _make_private(folder: Path) -> None:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    status = folder.stat()
    _require_own(folder, status)
    if stat.S_IMODE(status.st_mode) != stat.S_IRWXU:
        folder.chmod(stat.S_IRWXU)


def _require_own(path: Path, status: os.stat_result) -> None:
    if status.st_uid != os.getuid():
        raise WalletDataError(
            f"{path} belongs to another user.",
            hint="Run this as that user, or set TEE_REX_HOME to a folder of your own.",
        )


async def _lock(descriptor: int) -> None:
    """Lock the file; one whose owner has been killed is waited for, as its wallet's process ends soon."""
    import fcntl  # not on Windows

    deadline = time.monotonic() + _SECONDS_FOR_ORPHANS
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if _is_alive(os.pread(descriptor, 20, 0)):
                raise WalletInUseError("Another flow runs with the same keys on the same network.") from None
            if time.monotonic() > deadline:
                raise WalletInUseError("The wallet of a flow that was killed has not ended yet.") from None
            await asyncio.sleep(_SECONDS_BETWEEN_ATTEMPTS)
        except OSError as error:
            raise WalletDataError(f"Its folder cannot be locked: {error.strerror}.") from error
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
