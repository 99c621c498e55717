"""Progress of set-up work where there is no terminal."""

from __future__ import annotations

import itertools

import pytest

from tee_rex.errors.catalogue.crs import CRS_NO_NETWORK
from tee_rex.system.progress import TaskProgress
from tee_rex.terminal import console


def test_plain_lines_never_decrease(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    moments = itertools.count(step=10)
    monkeypatch.setattr("tee_rex.terminal.console.time.monotonic", lambda: float(next(moments)))
    with console.show_task_progress() as progress:
        for done, total in ((0, None), (24_000_000, None), (21_000_000, None), (7_000_000, 7_000_000)):
            progress(TaskProgress("libraries", "Fetching", done, total, "bytes"))
    assert capsys.readouterr().err.splitlines() == [
        "Fetching: 0.0 MB",
        "Fetching: 24.0 MB",
        "Fetching: 7.0 of 7.0 MB, 100 %",
    ]


def test_work_without_an_amount_is_named_once(capsys: pytest.CaptureFixture[str]) -> None:
    with console.show_task_progress() as progress:
        progress(TaskProgress("download", "Fetching", 0, 53_900_000, "bytes"))
        for _ in range(2):
            progress(TaskProgress.phase("build", "Building"))
    assert capsys.readouterr().err.splitlines() == ["Fetching: 0.0 of 53.9 MB, 0 %", "Building …"]


def test_a_line_cannot_move_the_cursor(capsys: pytest.CaptureFixture[str]) -> None:
    console.say("Proving \x1b[2Ja.msgpack\r\n  | its log")
    assert capsys.readouterr().err == "Proving �[2Ja.msgpack�\n  | its log\n"


@pytest.mark.parametrize(
    ("arguments", "told"), [((), []), (("--verbose", "crs", "download"), ["  | a: b", "  | c"])]
)
def test_diagnostics_are_printed_on_request_alone(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: tuple[str, ...],
    told: list[str],
) -> None:
    monkeypatch.setattr("sys.argv", ["tee-rex", *arguments])
    console.print_error(CRS_NO_NETWORK(diagnostics="a: b\nc\n"))
    assert capsys.readouterr().err.splitlines()[3:] == told
