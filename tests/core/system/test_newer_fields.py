"""Files that a newer version wrote keep what this one does not know, whatever this one changes in them."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from tee_rex.aztec.wallet.data import AccountKeys, WalletData
from tee_rex.browser.origins import Origin
from tee_rex.browser.sites import SiteStore
from tee_rex.http_client.server_url import ServerUrl
from tee_rex.remote.known_servers import KnownServers
from tee_rex.settings.paths import Paths
from tee_rex.system.newer_fields import with_changes
from tee_rex.transaction.trusted_setup import TrustedSetup

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)


class Entry(msgspec.Struct, omit_defaults=True):
    name: str
    size: int = 0


class Form(msgspec.Struct, omit_defaults=True):
    title: str = ""
    entries: tuple[Entry, ...] = ()
    words: tuple[str, ...] = ()


def test_what_is_not_known_stays() -> None:
    before = {
        "new": 1,
        "title": "a",
        "words": ["x"],
        "entries": [{"colour": "red", "name": "one", "size": 1}, {"name": "two", "size": 2}],
    }
    present = Form("a", (Entry("one", 1), Entry("two", 2)), ("x",))
    assert with_changes(before, present, present) == before
    assert with_changes(before, present, Form("b", (Entry("three"), Entry("one")), ("y", "z"))) == {
        "new": 1,
        "title": "b",
        "words": ["y", "z"],
        "entries": [{"name": "three"}, {"colour": "red", "name": "one"}],
    }
    assert with_changes(before, present, Form()) == {"new": 1}
    partly = Form("a", (Entry("two", 2),), ("x",))  # one cannot be used
    assert with_changes(before, partly, Form()) == {"new": 1, "entries": before["entries"][:1]}  # type: ignore[index]


def _with_news(file: Path, *inside: str) -> None:
    """As a newer version would have written it."""
    content = json.loads(file.read_text())
    place = content
    for name in inside:
        place = place[name] if isinstance(place, dict) else place[int(name)]
    content["news"], place["note"] = {"more": [1]}, "of the next version"
    file.write_text(json.dumps(content))


def _news(file: Path, *inside: str) -> tuple[object, object]:
    content = place = json.loads(file.read_text())
    for name in inside:
        place = place[name] if isinstance(place, dict) else place[int(name)]
    return content["news"], place["note"]


KEPT = ({"more": [1]}, "of the next version")


async def test_approved_sites(tmp_path: Path) -> None:
    store, site = SiteStore.in_folder(tmp_path), Origin.parse("https://app.example")
    await store.approve(site, (), AT)
    _with_news(store.file, "sites", str(site))
    assert list(store.read()) == [site]
    await store.count_proof(site, AT)
    await store.approve(Origin.parse("https://b.example"), (), AT)
    assert store.read()[site].proofs == 1
    assert _news(store.file, "sites", str(site)) == KEPT
    await store.revoke(site)
    assert list(store.read()) == [Origin.parse("https://b.example")]


async def test_known_servers(tmp_path: Path) -> None:
    known, server = KnownServers.in_folder(tmp_path), ServerUrl.parse("https://a.example")
    await known.compare_or_remember(server, "ab" * 20, AT)
    _with_news(known.file, "servers", "https://a.example")
    await known.compare_or_remember(server, "ab" * 20, AT)
    await known.compare_or_remember(ServerUrl.parse("https://b.example"), "cd" * 20, AT)
    assert _news(known.file, "servers", "https://a.example") == KEPT


async def test_accounts_of_the_wallet(tmp_path: Path) -> None:
    wallet = WalletData.of_network(Paths(tmp_path, tmp_path), TrustedSetup.DEVELOPMENT, 31337, "0x5e")
    first, second = AccountKeys.generate(), AccountKeys.generate()
    async with wallet.in_use():
        wallet.add(first)
        file = wallet.folder / "accounts.json"
        _with_news(file, "accounts", "0")
        wallet.use_chain("another")
        wallet.add(second)
        assert wallet.accounts() == [first, second]
    assert _news(file, "accounts", "0") == KEPT
