from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from release.feed import NewFile
from release.health import feed_health
from support.errors import raises_code
from support.update_feed import Stage, stage_in, tampered, truncated
from tee_rex.errors.catalogue.updates import UPDATE_REFUSED
from tee_rex.updates.releases import PINS, Description

pytestmark = pytest.mark.integration


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    with stage_in(tmp_path) as stage:
        yield stage


def now() -> datetime:
    return datetime.now(UTC)


async def test_a_feed_that_is_renewed_is_healthy(stage: Stage) -> None:
    stage.feed.release("0.2.0")
    stage.feed.release("0.3.0", promoted=False)
    (stage.home.parent / "pins-4.json").write_bytes(b"{}")
    pins = NewFile(
        "pins-4/pins-4.json", stage.home.parent / "pins-4.json", Description("4", PINS, promoted=True)
    )
    stage.feed.feed.add([pins])
    stage.feed.publish()

    found = await feed_health(stage.source, now())

    assert found.overdue == []
    assert {role: round(left / timedelta(days=1)) for role, left in found.left.items()} == {
        "root": 365,
        "targets": 90,
        "snapshot": 30,
        "timestamp": 7,
    }
    assert [one.path for one in found.files] == [
        "0.2.0/tee-rex-0.2.0-amd64-linux.tar.xz",
        "pins-4/pins-4.json",
    ]


@pytest.mark.parametrize(
    ("days", "overdue"),
    [
        (1, []),
        (3, ["timestamp"]),
        (17, ["snapshot", "timestamp"]),
        (330, ["root", "targets", "snapshot", "timestamp"]),
    ],
)
async def test_what_nobody_renews_is_overdue(stage: Stage, days: int, overdue: list[str]) -> None:
    """A day of grace: the daily run may come late."""
    found = await feed_health(stage.source, now() + timedelta(days=days, hours=1))
    assert found.overdue == overdue


async def test_files_that_are_offered_have_to_be_there(stage: Stage) -> None:
    for fault in (tampered, truncated):
        stage.server.faults["amd64-linux.tar.xz"] = fault
        with raises_code(UPDATE_REFUSED):
            await feed_health(stage.source, now())
