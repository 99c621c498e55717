from __future__ import annotations

import json
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from aztec import __main__ as program
from aztec.check import Report, State, check
from aztec.packages import packages_needed
from aztec.registry import RecordedRegistry, record_name
from aztec.releases import GitHubReleases, ReleasesUnreachableError, release_times
from support.http_files import Answer, closed_port, http_files
from support.recorded_steps import V5
from tee_rex.bb.pins import BbPins
from tee_rex.transaction.versions import AztecVersion

ROOT = Path(__file__).parents[3]
NOW = datetime(2026, 11, 29, tzinfo=UTC)
WEEK = timedelta(days=7)


def registry(folder: Path, versions: dict[str, datetime]) -> RecordedRegistry:
    record = {version: {"published": published.isoformat()} for version, published in versions.items()}
    (folder / record_name("@aztec/bb.js")).write_text(json.dumps(record))
    return RecordedRegistry(folder, None)


async def checked(registry: RecordedRegistry, releases: GitHubReleases | None = None) -> Report:
    return await check(ROOT, registry, releases, now=NOW, min_age=WEEK)


def states(report: Report) -> dict[str, State]:
    pinned = (State.PINNED, State.SEEN_ONCE)
    return {one.version: one.state for one in report.versions if one.state not in pinned}


async def test_what_is_pinned_is_nothing_to_do(tmp_path: Path) -> None:
    report = await checked(registry(tmp_path, dict.fromkeys(map(str, BbPins.shipped().versions), NOW)))
    assert states(report) == {}
    assert report.new == ()
    by_version = {one.version: one.state for one in report.versions}
    assert (by_version["5.0.0"], by_version["5.2.0"]) == (State.SEEN_ONCE, State.PINNED)


async def test_versions_are_new_from_a_certain_age_on(tmp_path: Path) -> None:
    versions = {"5.8.0": NOW - WEEK, "5.9.0": NOW - WEEK + timedelta(seconds=1)}
    report = await checked(registry(tmp_path, versions))
    assert states(report) == {"5.8.0": State.NEW, "5.9.0": State.TOO_YOUNG}
    assert report.new == ("5.8.0",)


async def test_an_unknown_generation_is_something_to_do_for_people(tmp_path: Path) -> None:
    report = await checked(registry(tmp_path, {"7.0.0": NOW}))
    assert states(report) == {"7.0.0": State.NEW_GENERATION}
    assert report.new == ("7.0.0",)


async def test_old_versions_and_unreleased_ones_are_left_out(tmp_path: Path) -> None:
    long_ago = NOW - 10 * WEEK
    versions = dict.fromkeys(["4.0.4", "0.87.2", "5.8.0-rc.1", "6.0.0-nightly.20260101"], long_ago)
    assert states(await checked(registry(tmp_path, versions))) == {}


async def test_each_package_is_looked_for_at_the_exact_version(tmp_path: Path) -> None:
    known = registry(tmp_path, {"5.8.0": NOW - WEEK})
    (tmp_path / record_name("@aztec/pxe")).write_text('{"5.8.0": {"published": "2026-01-01T00:00:00Z"}}')
    (tmp_path / record_name("@aztec/stdlib")).write_text('{"5.9.0": {"published": "2026-01-01T00:00:00Z"}}')
    (new,) = (one for one in (await checked(known)).versions if one.state is State.NEW)
    assert list(new.packages) == packages_needed(ROOT, V5)
    assert (new.packages["@aztec/pxe"], new.packages["@aztec/stdlib"]) == (True, False)


def releases(*listed: dict[str, object]) -> bytes:
    return json.dumps(listed).encode()


@pytest.mark.integration
async def test_releases_count_as_well_and_the_later_day_decides(tmp_path: Path) -> None:
    answer = releases(
        {"tag_name": "v5.8.0", "published_at": "2026-11-28T00:00:00Z"},
        {"tag_name": "v6.1.0", "published_at": "2026-11-19T00:00:00Z"},
        {"tag_name": "v6.2.0", "published_at": "2026-11-01T00:00:00Z", "draft": True},
        {"tag_name": "bb-latest", "published_at": "2026-11-01T00:00:00Z"},
    )
    path = "/repos/AztecProtocol/barretenberg/releases?per_page=100"
    with http_files({path: Answer(answer)}) as url:
        report = await checked(registry(tmp_path, {"5.8.0": NOW - WEEK}), GitHubReleases("", url))
    assert states(report) == {"5.8.0": State.TOO_YOUNG, "6.1.0": State.NEW}
    assert report.unasked == ("AztecProtocol/aztec-packages: GitHub answered 404",)


@pytest.mark.integration
async def test_an_unreachable_host_of_releases_is_named(tmp_path: Path) -> None:
    with closed_port() as url:
        report = await checked(registry(tmp_path, {}), GitHubReleases("", url))
    assert len(report.unasked) == 2
    assert "cannot be reached" in report.unasked[0]


@pytest.mark.parametrize("answer", [b"", b"{}", b'[{"tag_name": 1}]', b'[{"published_at": "x"}]'])
def test_another_answer_than_releases_is_refused(answer: bytes) -> None:
    with pytest.raises(ReleasesUnreachableError):
        release_times(answer)


def test_a_release_without_a_time_is_left_out() -> None:
    listed = releases(
        {"tag_name": "v5.8.0", "published_at": None},
        {"tag_name": "v5.9.0", "published_at": "2026-11-01T00:00:00"},
    )
    assert release_times(listed) == {}


def run(monkeypatch: pytest.MonkeyPatch, *arguments: object) -> int:
    monkeypatch.setattr(sys, "argv", ["aztec", *map(str, arguments)])
    return program.main()


def test_the_command_says_by_its_exit_code_whether_there_is_something_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    registry(tmp_path, {"5.8.0": datetime(2026, 1, 1, tzinfo=UTC)})
    assert run(monkeypatch, "check", "--offline-registry", tmp_path, "--json") == 1
    report = msgspec.json.decode(capfdbinary.readouterr().out, type=Report)
    assert report.new == ("5.8.0",)
    registry(tmp_path, {})
    assert run(monkeypatch, "check", "--offline-registry", tmp_path) == 0
    assert b"new: none" in capfdbinary.readouterr().out
    (tmp_path / record_name("@aztec/bb.js")).write_text("<html>")
    assert run(monkeypatch, "check", "--offline-registry", tmp_path) == 4


@pytest.mark.parametrize(
    "arguments",
    [
        ["check", "--min-age", "week"],
        ["update", "latest"],
        ["update", "../5"],
        ["digests", "5.9.0"],
        ["trial", "5.9.0", "--to", str(ROOT)],
        ["combine", "../5", "digests", "trial"],
        [],
    ],
    ids=str,
)
def test_a_wrong_command_line(monkeypatch: pytest.MonkeyPatch, arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        run(monkeypatch, *arguments)
    assert ended.value.code == 2


def test_an_update_that_needs_a_human_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ("update", AztecVersion(5, 9, 0), "--offline-registry", tmp_path)
    assert run(monkeypatch, *arguments) == 3
    assert "executables: needs-human" in capsys.readouterr().out
