"""The sample is the genuine one wherever its CRS can be had, and the other one at once where it cannot."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from support.errors import raises
from support.patience import PATIENCE, SOON
from support.range_server import Fault, range_server
from support.sample_crs import FIRST_POINT, G1, NOBODY, TWO_SECONDS, UNKNOWN, use_hosts
from support.small_disk import fill, small_disk
from tee_rex.bb.pins import BbPins
from tee_rex.crs.crs import MIN_POINTS
from tee_rex.crs.provision import import_crs
from tee_rex.errors.catalogue.files import DISK_FULL
from tee_rex.local import sample
from tee_rex.local.downloading import DownloadingInstallation
from tee_rex.local.sample import SampleChoice, choose_sample
from tee_rex.settings.paths import Paths
from tee_rex.system.platform import Platform
from tee_rex.system.progress import TaskProgress, ignore_progress
from tee_rex.transaction.samples import account_deployment
from tee_rex.transaction.steps import ExecutionSteps
from tee_rex.transaction.trusted_setup import TrustedSetup

pytestmark = pytest.mark.integration

GENUINE, DEVELOPMENT = TrustedSetup.GENUINE, TrustedSetup.DEVELOPMENT
CHUNK = (0, len(G1) - 1)
PROBE = (0, len(FIRST_POINT) - 1)


@pytest.fixture(autouse=True)
def on_linux(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sample, "Platform", type("Here", (), {"current": lambda: Platform.AMD64_LINUX}))


@pytest.fixture
def here(tmp_path: Path) -> DownloadingInstallation:
    return DownloadingInstallation(Paths(tmp_path / "data", tmp_path / "config"), BbPins.shipped())


def crs_files(installation: DownloadingInstallation) -> list[str]:
    """What there is of the genuine CRS, but its lock."""
    folder = installation.paths.crs_dir(GENUINE)
    return sorted(path.name for path in folder.glob("*") if path.name != "lock")


async def test_a_newcomer_with_a_network_gets_the_genuine_sample(
    here: DownloadingInstallation, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[TaskProgress] = []
    async with range_server(G1) as server:
        use_hosts(monkeypatch, server.url)
        assert await choose_sample(here, seen.append) == SampleChoice(GENUINE, DEVELOPMENT)
        assert server.ranges == [PROBE, CHUNK]
        assert {(one.task, one.total) for one in seen} == {("crs.download", len(G1))}
        assert (seen[0].done, seen[-1].done) == (0, len(G1))
        assert crs_files(here) == ["g1-00.dat"]
        assert (await choose_sample(here, seen.append)).setup is GENUINE
        assert len(server.ranges) == 2  # the second one needs no network
    assert (await choose_sample(here, seen.append)).setup is GENUINE


WITHOUT_A_CRS = [
    pytest.param([Fault.SILENCE], "no answer within 2 s", id="hangs"),
    pytest.param([Fault.NO_ANSWER], "disconnected", id="hangs up"),
    pytest.param([Fault.NOT_FOUND], "answered 404", id="404"),
    pytest.param([Fault.OTHER_BYTES], "different bytes than the genuine ones", id="wrong first bytes"),
    pytest.param([Fault.WHOLE_FILE], "answered 200 to a range request", id="no ranges"),
    pytest.param([Fault.OTHER_RANGE], "a different range", id="another range"),
    pytest.param([Fault.HALF_THEN_SILENCE], "no answer within 2 s", id="half a point"),
    pytest.param([Fault.LOGIN_PAGE], "answered 200 to a range request", id="captive portal"),
    pytest.param([Fault.REDIRECT_TO_ITSELF], "redirects", id="redirects"),
    pytest.param([None, Fault.OTHER_BYTES], "different bytes than the genuine ones", id="wrong bytes later"),
    pytest.param([None, Fault.NOT_FOUND], "answered 404", id="404 later"),
    pytest.param([None, Fault.LOGIN_PAGE], "answered 200", id="captive portal later"),
    pytest.param([None, Fault.SILENCE], "silent for 0.2 s", id="hangs later"),
    pytest.param([None, Fault.HALF_THEN_SILENCE], "silent for 0.2 s", id="hangs in the middle"),
]


@pytest.mark.parametrize(("faults", "said"), WITHOUT_A_CRS)
async def test_a_host_that_does_not_deliver_ends_in_the_development_sample(
    faults: Sequence[Fault | None], said: str, here: DownloadingInstallation, monkeypatch: pytest.MonkeyPatch
) -> None:
    stalls = faults[0] is None and faults[-1] in (Fault.SILENCE, Fault.HALF_THEN_SILENCE)
    monkeypatch.setattr(sample, "_STALL_SECONDS", 0.2 if stalls else PATIENCE)
    silent_at_once = faults[0] in (Fault.SILENCE, Fault.HALF_THEN_SILENCE)
    async with range_server(G1, *faults, forever=True) as server:
        use_hosts(monkeypatch, server.url, probe_seconds=TWO_SECONDS if silent_at_once else PATIENCE)
        async with asyncio.timeout(SOON):  # not the 30 seconds that such a host takes
            choice = await choose_sample(here, ignore_progress)
    assert (choice.setup, choice.alternative) == (DEVELOPMENT, GENUINE)
    assert choice.obstacle is not None
    assert said in choice.obstacle.message
    assert choice.obstacle.message.startswith("Chunk 0 of g1.dat: 127.0.0.1: ")
    monkeypatch.setattr(sample, "_STALL_SECONDS", PATIENCE)
    async with range_server(G1) as good:  # the network is back
        use_hosts(monkeypatch, good.url)
        assert (await choose_sample(here, ignore_progress)).setup is GENUINE
    in_the_middle = list(faults) == [None, Fault.HALF_THEN_SILENCE]
    assert (good.ranges[1][0] > 0) is in_the_middle  # what has arrived is kept
    assert crs_files(here) == ["g1-00.dat"]


@pytest.mark.parametrize(
    ("urls", "said"),
    [
        ([NOBODY], "connection"),
        ([UNKNOWN], "Can't find the host no-such-host.invalid."),
        ([UNKNOWN, "http://nor-this.invalid/"], "the host no-such-host.invalid or nor-this.invalid."),
        ([NOBODY, UNKNOWN], "; can't find the host no-such-host.invalid."),
    ],
    ids=["refused", "no such name", "no such names", "both"],
)
async def test_without_a_host_it_is_decided_at_once(
    urls: list[str], said: str, here: DownloadingInstallation, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_hosts(monkeypatch, *urls)
    choice = await choose_sample(here, ignore_progress)
    assert (choice.setup, crs_files(here)) == (DEVELOPMENT, [])
    assert choice.obstacle is not None
    assert said in choice.obstacle.message
    assert choice.obstacle.title == "The CRS could not be downloaded"  # there is a network
    assert "no answer within" not in choice.obstacle.message  # which would have taken two seconds


async def test_one_good_host_is_enough(
    here: DownloadingInstallation, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with range_server(G1, Fault.SILENCE, forever=True) as silent, range_server(G1) as good:
        use_hosts(monkeypatch, silent.url, NOBODY, good.url)
        monkeypatch.setattr(sample, "_STALL_SECONDS", 1.0)
        assert (await choose_sample(here, ignore_progress)).setup is GENUINE


def test_a_name_server_that_is_silent_holds_up_neither_the_choice_nor_the_end(
    here: DownloadingInstallation, monkeypatch: pytest.MonkeyPatch
) -> None:
    answered = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_: answered.wait(PATIENCE))
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    use_hosts(monkeypatch, "http://silent.invalid/g1.dat", probe_seconds=TWO_SECONDS)
    begin = time.monotonic()
    choice = asyncio.run(choose_sample(here, ignore_progress))
    assert TWO_SECONDS <= time.monotonic() - begin < SOON
    answered.set()
    assert choice.obstacle is not None
    assert "no answer within 2 s" in choice.obstacle.message


async def test_cancelling_while_the_hosts_are_asked(
    here: DownloadingInstallation, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with range_server(G1, Fault.SILENCE, forever=True) as server:
        use_hosts(monkeypatch, server.url)
        choosing = asyncio.ensure_future(choose_sample(here, ignore_progress))
        await server.silent.wait()
        await cancelled(choosing)
    assert crs_files(here) == []


async def test_cancelling_the_download_keeps_what_has_arrived(
    here: DownloadingInstallation, monkeypatch: pytest.MonkeyPatch
) -> None:
    half = asyncio.Event()

    def listen(progress: TaskProgress) -> None:
        if progress.done >= len(G1) // 2:
            half.set()

    async with range_server(G1, None, Fault.HALF_THEN_SILENCE) as server:
        use_hosts(monkeypatch, server.url)
        choosing = asyncio.ensure_future(choose_sample(here, listen))
        await half.wait()
        await cancelled(choosing)
        assert crs_files(here) == ["g1-00.unfinished"]
        assert (await choose_sample(here, ignore_progress)).setup is GENUINE
    assert server.ranges[-1] == (len(G1) // 2, len(G1) - 1)


async def cancelled(task: asyncio.Future[SampleChoice]) -> None:
    """Cancel it, and see that it leaves no other task."""
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    names = [str(one.get_coro()) for one in asyncio.all_tasks()]
    assert not [name for name in names if "_require" in name or "choose_sample" in name]


async def test_a_full_disk_is_told_and_ends_in_no_sample(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with small_disk(tmp_path / "disk", "2m") as disk:
        fill(disk)
        installation = DownloadingInstallation(Paths(disk, disk), BbPins.shipped())
        async with range_server(G1) as server:
            use_hosts(monkeypatch, server.url)
            with raises(DISK_FULL):
                await choose_sample(installation, ignore_progress)


async def test_nothing_is_asked_where_nothing_may_be_downloaded_or_there_is_one_setup(
    here: DownloadingInstallation, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    async with range_server(G1) as server:
        use_hosts(monkeypatch, server.url)
        offline = await choose_sample(replace(here, allow_download=False), ignore_progress)
        assert offline.setup is DEVELOPMENT
        assert offline.obstacle is not None
        own_bb = replace(here, bb_binary_path=tmp_path / "bb")
        assert await choose_sample(own_bb, ignore_progress) == SampleChoice(GENUINE)
        monkeypatch.setattr(sample, "Platform", type("Mac", (), {"current": lambda: Platform.ARM64_MACOS}))
        assert await choose_sample(here, ignore_progress) == SampleChoice(GENUINE)
        assert server.ranges == []


async def test_points_from_a_file_make_the_sample_genuine_without_a_network(
    here: DownloadingInstallation, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    use_hosts(monkeypatch, NOBODY)
    (tmp_path / "g1.dat").write_bytes(G1 + bytes(100))
    assert (await import_crs(here.paths, tmp_path / "g1.dat")).points == MIN_POINTS
    assert await choose_sample(here, ignore_progress) == SampleChoice(GENUINE, DEVELOPMENT)


@pytest.mark.parametrize("setup", TrustedSetup)
def test_the_samples_are_the_same_transaction(setup: TrustedSetup) -> None:
    names = ExecutionSteps.from_bytes(account_deployment(setup)).function_names
    assert names == ExecutionSteps.from_bytes(account_deployment(GENUINE)).function_names
    assert len(names) == 11
