"""``make attacks``: what its table says, and how it ends. The weekly workflow runs the attacks themselves."""

from __future__ import annotations

import pytest

from attacks import __main__ as command
from attacks.record import Attack, NotTriedError, Record


def _not_tried(_record: Record) -> None:
    message = "this machine has no network"
    raise NotTriedError(message)


def _broken(_record: Record) -> None:
    message = "text"
    raise LookupError(message)


async def _held(record: Record) -> None:
    for _ in range(record.count(100)):
        record.expect(held=True, fault="never")


def _not_held(record: Record) -> None:
    for number in range(record.count(100)):
        record.expect(number % 2, "an odd fault")


@pytest.mark.parametrize(
    ("run", "row", "code"),
    [
        (_held, "| 10 | held |", 0),
        (_not_held, "| 10 | NOT HELD: 5 times: an odd fault |", 1),
        (_not_tried, "| 0 | not tried: this machine has no network |", 0),
        (_broken, "| 0 | NOT HELD: the attack itself failed: LookupError |", 1),
    ],
)
def test_the_table_and_the_exit_code(
    run: object, row: str, code: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(command, "ATTACKS", (Attack("one", "something", run),))  # type: ignore[arg-type]
    monkeypatch.setattr("sys.argv", ["attacks", "--scale", "0.1"])
    assert command.main() == code
    assert row in capsys.readouterr().out


def test_names_are_unique_and_unknown_ones_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    names = [attack.name for attack in command.ATTACKS]
    assert len(names) == len(set(names))
    monkeypatch.setattr("sys.argv", ["attacks", "unknown"])
    with pytest.raises(SystemExit) as ended:
        command.main()
    assert ended.value.code == 2
