from __future__ import annotations

import stat
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tee_rex.aztec.errors import WalletDataError, WalletInUseError
from tee_rex.aztec.wallet_data import MAX_ACCOUNTS_BYTES, AccountKeys, WalletData


@pytest.fixture
def wallet(tmp_path: Path) -> WalletData:
    data = WalletData(tmp_path / "wallet")
    with data.in_use():
        pass
    return data


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_keys_are_kept_for_their_owner_alone(wallet: WalletData) -> None:
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
    wallet.belong_to_chain("a")
    wallet.add(AccountKeys.generate())
    (wallet.store_folder).mkdir()
    wallet.belong_to_chain("a")
    assert wallet.store_folder.exists()

    wallet.belong_to_chain("b")

    assert not wallet.store_folder.exists()
    assert len(wallet.accounts()) == 1
    wallet.clear_store()  # there is none: nothing to do


def test_one_flow_at_a_time(wallet: WalletData) -> None:
    with wallet.in_use(), pytest.raises(WalletInUseError), WalletData(wallet.folder).in_use():
        pass
    with wallet.in_use():
        pass


@given(st.binary(max_size=200))
@settings(max_examples=50)
def test_a_damaged_file_is_told_and_left_alone(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    wallet = WalletData(tmp_path_factory.mktemp("wallet"))
    file = wallet.folder / "accounts.json"
    file.write_bytes(content)

    for use in (
        wallet.accounts,
        lambda: wallet.add(AccountKeys.generate()),
        lambda: wallet.belong_to_chain("b"),
    ):
        with pytest.raises(WalletDataError, match=r"accounts\.json"):
            use()
    assert file.read_bytes() == content


@pytest.mark.parametrize(
    "content",
    [
        b'{"version":1,"chain_marker":"","accounts":[{"secret":"0x5ec12e7","salt":"0x1"}]}',
        b" " * (MAX_ACCOUNTS_BYTES + 1),
    ],
)
def test_no_key_is_quoted_from_a_damaged_file(wallet: WalletData, content: bytes) -> None:
    (wallet.folder / "accounts.json").write_bytes(content)

    with pytest.raises(WalletDataError) as raised:
        wallet.accounts()
    assert "5ec12e7" not in str(raised.value) + raised.value.hint
    assert raised.value.__cause__ is None
