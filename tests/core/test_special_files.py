"""Whatever stands in place of a file that is read, nothing waits for it or reads without end."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from support.errors import raises
from support.settings_files import settings_in
from support.special_files import MAKERS
from tee_rex.aztec.wallet.data import WalletData
from tee_rex.aztec.wallet.runtime import is_intact
from tee_rex.bb.pins import BbPins
from tee_rex.bb.store import BbStore
from tee_rex.bb.user_store import UserBbStore
from tee_rex.browser.certificates import CertificateFolder
from tee_rex.browser.sites import SiteStore
from tee_rex.crs.crs import MIN_POINTS, POINT_BYTES, CrsPins
from tee_rex.crs.sources import LocalFile
from tee_rex.crs.store import CrsStore
from tee_rex.errors import TeeRexError
from tee_rex.errors.catalogue.files import DISK_NOT_WRITABLE
from tee_rex.errors.tree import BadSettingError, BbCorruptError, CrsMissingError, WalletDataError
from tee_rex.local.session import read_grumpkin_points
from tee_rex.remote.known_servers import KnownServers
from tee_rex.settings.paths import Paths
from tee_rex.system.files import open_regular
from tee_rex.system.platform import Platform
from tee_rex.transaction.trusted_setup import TrustedSetup
from tee_rex.transaction.versions import AztecVersion

PINS = BbPins.shipped()


@pytest.fixture(params=MAKERS)
def put(request: pytest.FixtureRequest) -> Callable[[Path], None]:
    def put(path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        MAKERS[request.param](path)

    return put


async def read_bb(path: Path) -> None:
    store = BbStore(Paths(path.parents[3], path), PINS, Platform.AMD64_LINUX)
    await store.find(PINS.default_version, TrustedSetup.GENUINE)


async def read_bb_record(path: Path) -> None:
    store = UserBbStore(Paths(path.parents[3], path), PINS, Platform.AMD64_LINUX)
    await store.find(AztecVersion(6, 1, 0), TrustedSetup.GENUINE)


async def read_crs(path: Path) -> None:
    await CrsStore(path.parent, CrsPins.shipped(TrustedSetup.GENUINE)).load(MIN_POINTS)


async def read_crs_from_a_file(path: Path) -> None:
    pins = CrsPins.shipped(TrustedSetup.GENUINE)
    await LocalFile(path).fetch(pins.chunks(MIN_POINTS)[0], path, lambda _done: None)


async def read_settings(path: Path) -> None:
    settings_in(path)


async def read_known_servers(path: Path) -> None:
    KnownServers.in_folder(path.parent).read()


async def read_sites(path: Path) -> None:
    SiteStore.in_folder(path.parent).read()


async def read_https_certificates(path: Path) -> None:
    CertificateFolder(path.parent).read()


async def read_keys(path: Path) -> None:
    WalletData(path.parent).accounts()


async def lock_wallet(path: Path) -> None:
    async with WalletData(path.parent).in_use():
        pass


READERS: list[tuple[str, Callable[[Path], Coroutine[Any, Any, None]], type[TeeRexError]]] = [
    (f"genuine/bb/{PINS.default_version}/bb", read_bb, BbCorruptError),
    ("genuine/bb/6.1.0/record.json", read_bb_record, BbCorruptError),
    ("g1-00.dat", read_crs, CrsMissingError),
    ("g1.dat", read_crs_from_a_file, TeeRexError),
    ("settings.toml", read_settings, BadSettingError),
    ("known-servers.json", read_known_servers, TeeRexError),
    ("sites.json", read_sites, TeeRexError),
    ("server.pem", read_https_certificates, TeeRexError),
    ("accounts.json", read_keys, WalletDataError),
    (".lock", lock_wallet, TeeRexError),
]


@pytest.mark.timeout(20)
@pytest.mark.parametrize(("name", "read", "error"), READERS, ids=[name for name, *_ in READERS])
async def test_what_is_no_file_is_refused_at_once(
    name: str,
    read: Callable[[Path], Coroutine[Any, Any, None]],
    error: type[TeeRexError],
    put: Callable[[Path], None],
    tmp_path: Path,
) -> None:
    path = tmp_path / "data" / name
    put(path)
    with pytest.raises(error):
        await read(path)


@pytest.mark.timeout(20)
def test_what_can_be_made_again_counts_as_missing(put: Callable[[Path], None], tmp_path: Path) -> None:
    put(tmp_path / "grumpkin")
    put(tmp_path / "manifest.json")
    assert read_grumpkin_points(tmp_path / "grumpkin", "0" * 64) is None
    assert not is_intact(tmp_path, lambda _done: None)


@pytest.mark.timeout(20)
async def test_what_is_in_place_of_an_unfinished_chunk_is_replaced(
    put: Callable[[Path], None], tmp_path: Path
) -> None:
    content = bytes(POINT_BYTES)
    store = CrsStore(tmp_path, CrsPins(TrustedSetup.GENUINE, bytes(128), (sha256(content).hexdigest(),), 1))
    (chunk,) = store.pinned_chunks
    put(tmp_path / "g1-00.unfinished")
    if (tmp_path / "g1-00.unfinished").is_dir():
        with raises(DISK_NOT_WRITABLE):
            await store.keep(chunk, content)
    else:
        await store.keep(chunk, content)
        assert bytes((await store.load(1)).g1) == content


def test_a_link_to_a_file_is_one(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"content")
    (tmp_path / "link").symlink_to("file")
    with open_regular(tmp_path / "link") as file:
        assert file.read() == b"content"
