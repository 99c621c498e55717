from __future__ import annotations

import asyncio
import sys
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest
from filelock import FileLock
from hypothesis import given, settings
from hypothesis import strategies as st

from support.errors import raises, raises_code
from support.patience import PATIENCE
from tee_rex.errors import UnusableEnvironmentError
from tee_rex.errors.catalogue.files import DISK_NOT_WRITABLE
from tee_rex.errors.catalogue.servers import KNOWN_SERVERS_UNREADABLE, SERVER_KEY_CHANGED
from tee_rex.http_client.server_url import ServerUrl
from tee_rex.remote.known_servers import MAX_FILE_BYTES, KnownKey, KnownServers

AT = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
ONE, TWO = "ab" * 20, "cd" * 20
FILE_OF_ONE = b'{"version":1,"servers":{"https://a.example":{"fingerprint":"%s","first_used":"%s"}}}'
SERVER = ServerUrl.parse("https://prover.example/base")


@pytest.fixture
def known(tmp_path: Path) -> KnownServers:
    return KnownServers(tmp_path / "data" / "known-servers.json")


async def test_the_first_key_is_remembered_and_only_that_one_passes(known: KnownServers) -> None:
    await known.compare_or_remember(SERVER, ONE, AT)
    await known.compare_or_remember(SERVER, ONE, AT)
    with raises_code(SERVER_KEY_CHANGED) as changed:
        await known.compare_or_remember(SERVER, TWO, AT)
    assert ONE in changed.value.message
    assert TWO in changed.value.message
    assert "tee-rex servers forget https://prover.example/base" in changed.value.hint
    assert known.read() == {"https://prover.example/base": KnownKey(ONE, AT)}


async def test_forgetting_lets_the_next_key_pass(known: KnownServers) -> None:
    assert not await known.forget(SERVER)
    assert not known.file.parent.exists()
    await known.compare_or_remember(SERVER, ONE, AT)
    assert await known.forget(SERVER)
    await known.compare_or_remember(SERVER, TWO, AT)


@pytest.mark.parametrize(
    ("url", "same"),
    [
        ("https://PROVER.example:443/base/", True),
        ("https://prover.example/other", False),
        ("https://prover.example:8443/base", False),
    ],
)
async def test_a_server_is_known_by_its_whole_address(known: KnownServers, url: str, same: bool) -> None:
    await known.compare_or_remember(SERVER, ONE, AT)
    assert await known.forget(ServerUrl.parse(url)) is same


async def test_many_at_once_remember_everything_and_agree_on_one_key(known: KnownServers) -> None:
    servers = [ServerUrl.parse(f"https://{name}.example") for name in "abcdefgh"]
    await asyncio.gather(*(known.compare_or_remember(server, ONE, AT) for server in servers))
    assert len(known.read()) == len(servers)
    outcomes = await asyncio.gather(
        *(known.compare_or_remember(SERVER, key, AT) for key in (ONE, TWO) * 3), return_exceptions=True
    )
    assert [getattr(outcome, "code", None) for outcome in outcomes].count(SERVER_KEY_CHANGED.code) == 3


async def test_another_process_is_waited_for(known: KnownServers) -> None:
    known.file.parent.mkdir()
    with FileLock(known.file.with_suffix(".lock")):
        remembering = asyncio.create_task(known.compare_or_remember(SERVER, ONE, AT))
        await asyncio.sleep(0.05)
        assert not known.file.exists()
    await asyncio.wait_for(remembering, PATIENCE)
    assert known.file.exists()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{}",
        b"[" * 100_000,
        b'{"version":2,"servers":{}}',
        FILE_OF_ONE % (b"AB", b"2026-03-01T12:00:00Z"),
        FILE_OF_ONE % (ONE.encode(), b"2026-03-01T12:00:00"),
        b'{"version":1,"servers":{}}' + b" " * MAX_FILE_BYTES,
        b"\xff",
    ],
)
async def test_a_damaged_file_stops_instead_of_accepting_any_key(known: KnownServers, content: bytes) -> None:
    known.file.parent.mkdir()
    known.file.write_bytes(content)
    with raises_code(KNOWN_SERVERS_UNREADABLE) as unreadable:
        await known.compare_or_remember(SERVER, ONE, AT)
    assert str(known.file) in unreadable.value.hint
    assert known.file.read_bytes() == content


@given(st.binary(max_size=300) | st.text(max_size=300).map(str.encode))
@settings(max_examples=200)
def test_whatever_the_file_holds_it_is_read_or_refused(tmp_path: Path, content: bytes) -> None:
    known = KnownServers(tmp_path / "known-servers.json")
    known.file.write_bytes(content)
    with suppress(UnusableEnvironmentError):
        assert known.read() == {}


async def test_nothing_half_written_is_left_when_the_disk_refuses(
    known: KnownServers, monkeypatch: pytest.MonkeyPatch
) -> None:
    await known.compare_or_remember(SERVER, ONE, AT)
    before = known.file.read_bytes()

    def refuse(_descriptor: int) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("os.fsync", refuse)
    with raises(DISK_NOT_WRITABLE):
        await known.compare_or_remember(ServerUrl.parse("https://b.example"), ONE, AT)
    assert known.file.read_bytes() == before
    assert {file.name for file in known.file.parent.iterdir()} <= {known.file.name, "known-servers.lock"}


@pytest.mark.skipif(sys.platform == "win32", reason="modes of files: POSIX")
async def test_the_file_is_for_its_owner_alone(known: KnownServers) -> None:
    await known.compare_or_remember(SERVER, ONE, AT)
    assert known.file.stat().st_mode & 0o777 == 0o600
