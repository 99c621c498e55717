"""What a wallet keeps on this machine: the keys of its accounts, and a store that can be made again."""

from __future__ import annotations

import os
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Final, Literal

import msgspec
from filelock import FileLock, Timeout

from tee_rex.aztec.errors import WalletDataError, WalletInUseError
from tee_rex.bb.files import disk_errors
from tee_rex.paths import Paths
from tee_rex.trusted_setup import TrustedSetup

MAX_ACCOUNTS_BYTES: Final = 1 << 20
"""Some thousands of accounts."""
_SCALAR_MODULUS: Final = 0x30644E72E131A029B85045B68181585D2833E84879B9709143E1F593F0000001
_ACCOUNTS_FILE: Final = "accounts.json"

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
    """The wallet's folder for one network, open to its owner alone.

    Every method raises WalletDataError for a damaged file of keys, which is never overwritten, and what a
    disk can refuse: DiskFullError, DiskNotWritableError.
    """

    folder: Path

    @classmethod
    def of_network(cls, paths: Paths, setup: TrustedSetup, chain_id: int, rollup_address: str) -> WalletData:
        """The folder for the rollup at ``rollup_address`` of Ethereum's chain ``chain_id``."""
        return cls(paths.setup_dir(setup) / "wallet" / f"{chain_id}-{rollup_address}")

    @property
    def store_folder(self) -> Path:
        """Where PXE keeps what it can read from the chain again."""
        return self.folder / "pxe"

    @contextmanager
    def in_use(self) -> Iterator[None]:
        """Make the folder, and keep other processes out of it; raises WalletInUseError."""
        with disk_errors(self.folder):
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            lock = FileLock(self.folder / ".lock", mode=0o600, thread_local=False)
            try:
                lock.acquire(blocking=False)
            except Timeout:
                raise WalletInUseError("Another flow runs with the same keys on the same network.") from None
        try:
            yield
        finally:
            lock.release()

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

    def clear_store(self) -> None:
        """Remove what can be read from the chain again; the keys stay."""
        with disk_errors(self.folder), suppress(FileNotFoundError):
            shutil.rmtree(self.store_folder)

    def _read(self) -> _AccountsFile:
        path = self.folder / _ACCOUNTS_FILE
        hint = f"Mend {path}, or move it away: its accounts are lost without it."
        try:
            with path.open("rb") as stream:
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
        with disk_errors(self.folder):
            descriptor, name = tempfile.mkstemp(prefix=f".{_ACCOUNTS_FILE}-", dir=self.folder)  # 0600
            try:
                with os.fdopen(descriptor, "wb") as stream:
                    stream.write(msgspec.json.encode(file))
                    stream.flush()
                    os.fsync(descriptor)
                Path(name).replace(self.folder / _ACCOUNTS_FILE)
            except BaseException:
                with suppress(OSError):
                    Path(name).unlink()
                raise


def _random_scalar() -> str:
    return f"0x{1 + secrets.randbelow(_SCALAR_MODULUS - 1):064x}"
