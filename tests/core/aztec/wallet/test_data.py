from __future__ import annotations

import asyncio
import fcntl
import os
import signal
import stat
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from support.errors import raises
from support.processes import python_program, running
from tee_rex.aztec.wallet.data import MAX_ACCOUNTS_BYTES, AccountKeys, WalletData
from tee_rex.errors import ErrorKind
from tee_rex.errors.catalogue import aztec as errors
from tee_rex.errors.tree import WalletDataError


@pytest.fixture
async def wallet(tmp_path: Path) -> WalletData:
    data = WalletData(tmp_path / "wallet" / "31337-0x1")
    async with data.in_use():
        pass
    return data


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_keys_are_accessible_to_their_owner_only(wallet: WalletData) -> None:
    keys = [AccountKeys.generate() for _ in range(3)]
    for one in keys:
        wallet.add(one)

    assert [(k.secret, k.salt) for k in wallet.accounts()] == [(k.secret, k.salt) for k in keys]
    assert mode(wallet.folder) == 0o700
    assert mode(wallet.folder / "accounts.json") == 0o600
    assert sorted(path.name for path in wallet.folder.iterdir()) == [".lock", "accounts.json"]


def test_keys_are_never_shown() -> None:
    keys = AccountKeys.generate()

    assert keys.secret[2:] not in repr(keys)
    assert keys.secret[2:] not in f"{keys}"


def test_keys_are_scalars_of_the_curve() -> None:
    keys = {AccountKeys.generate().secret for _ in range(50)}

    assert len(keys) == 50
    assert all(0 < int(one, 16) < 2**254 and len(one) == 66 for one in keys)


def test_the_store_goes_with_its_chain_and_the_keys_stay(wallet: WalletData) -> None:
    wallet.use_chain("a")
    wallet.add(AccountKeys.generate())
    (wallet.store_folder).mkdir()
    wallet.use_chain("a")
    assert wallet.store_folder.exists()

    wallet.use_chain("b")

    assert not wallet.store_folder.exists()
    assert len(wallet.accounts()) == 1
    wallet.clear_store()  # there is none: nothing to do


async def test_one_flow_at_a_time(wallet: WalletData) -> None:
    async with wallet.in_use():
        with raises(errors.WALLET_IN_USE):
            async with WalletData(wallet.folder).in_use():
                pass
    async with wallet.in_use():
        pass


HOLDER = """
import asyncio, subprocess, sys
from pathlib import Path
from tee_rex.aztec.wallet.data import WalletData
async def main():
    async with WalletData(Path(sys.argv[1])).in_use() as lock:
        child = subprocess.Popen(["sleep", "1000"], pass_fds=[lock])
        print(child.pid, flush=True)
        await asyncio.sleep(1000)
asyncio.run(main())
"""


async def test_the_bridge_of_a_killed_flow_holds_the_lock_until_it_ends(wallet: WalletData) -> None:
    with python_program(HOLDER, wallet.folder) as (_holder, pid), raises(errors.WALLET_IN_USE):
        async with wallet.in_use():
            pass
    orphan = int(pid)
    asyncio.get_running_loop().call_later(0.3, os.kill, orphan, signal.SIGKILL)
    async with wallet.in_use():
        assert not running(orphan)


async def test_an_orphan_that_does_not_end_is_reported(
    wallet: WalletData, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tee_rex.aztec.wallet.data._SECONDS_FOR_ORPHAN", 0.2)
    with (wallet.folder / ".lock").open("r+") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        other.truncate(0)
        with raises(errors.WALLET_STILL_ENDING):
            async with wallet.in_use():
                pass


@pytest.mark.parametrize("umask", [0o000, 0o077, 0o177])
async def test_folders_are_private_whatever_the_umask(tmp_path: Path, umask: int) -> None:
    wallet = WalletData(tmp_path / "wallet" / "31337-0x1")
    before = os.umask(umask)
    try:
        async with wallet.in_use():
            wallet.add(AccountKeys.generate())
    finally:
        os.umask(before)
    assert [mode(path) for path in (wallet.folder.parent, wallet.folder)] == [0o700, 0o700]
    assert mode(wallet.folder / "accounts.json") == 0o600
    assert mode(wallet.folder / ".lock") & 0o077 == 0


async def test_permissions_of_others_are_removed(wallet: WalletData) -> None:
    wallet.add(AccountKeys.generate())
    wallet.folder.chmod(0o755)
    (wallet.folder / "accounts.json").chmod(0o644)

    async with wallet.in_use():
        wallet.accounts()

    assert mode(wallet.folder) == 0o700
    assert mode(wallet.folder / "accounts.json") == 0o600


async def test_another_users_folder_is_not_used(wallet: WalletData, monkeypatch: pytest.MonkeyPatch) -> None:
    wallet.add(AccountKeys.generate())
    monkeypatch.setattr(os, "getuid", lambda: 12345)
    with raises(errors.WALLET_OF_ANOTHER_USER):
        async with wallet.in_use():
            pass
    with raises(errors.WALLET_OF_ANOTHER_USER):
        wallet.accounts()


async def test_keys_of_a_write_that_was_killed_do_not_stay(wallet: WalletData) -> None:
    left = wallet.folder / ".accounts.json-abc"
    left.write_text("keys")
    async with wallet.in_use():
        assert not left.exists()


def test_a_full_file_takes_no_more_and_stays_readable(
    wallet: WalletData, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tee_rex.aztec.wallet.data.MAX_ACCOUNTS_BYTES", 600)
    for _ in range(3):
        wallet.add(AccountKeys.generate())
    with raises(errors.ACCOUNTS_FULL):
        wallet.add(AccountKeys.generate())
    assert len(wallet.accounts()) == 3


@given(st.binary(max_size=200))
@settings(max_examples=50)
def test_a_damaged_file_is_reported_and_kept(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    wallet = WalletData(tmp_path_factory.mktemp("wallet"))
    file = wallet.folder / "accounts.json"
    file.write_bytes(content)

    for use in (wallet.accounts, lambda: wallet.add(AccountKeys.generate()), lambda: wallet.use_chain("b")):
        with raises(errors.ACCOUNTS_DAMAGED, match=r"accounts\.json"):
            use()
    assert file.read_bytes() == content


SHORT_SECRET = b'{"version":1,"chain_marker":"","accounts":[{"secret":"0x5ec12e7","salt":"0x1"}]}'


@pytest.mark.parametrize(
    ("content", "kind"),
    [(SHORT_SECRET, errors.ACCOUNTS_DAMAGED), (b" " * (MAX_ACCOUNTS_BYTES + 1), errors.ACCOUNTS_TOO_LARGE)],
)
def test_no_key_is_quoted_from_a_damaged_file(
    wallet: WalletData, content: bytes, kind: ErrorKind[WalletDataError]
) -> None:
    (wallet.folder / "accounts.json").write_bytes(content)

    with raises(kind) as raised:
        wallet.accounts()
    assert "5ec12e7" not in str(raised.value) + raised.value.hint
    assert raised.value.__cause__ is None
