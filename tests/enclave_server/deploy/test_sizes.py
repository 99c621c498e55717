"""``tee-rex-server bench --sizes``: what it counts, and the table of the documentation."""

from __future__ import annotations

import asyncio
import re
import subprocess
import sys
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec
import pytest

from support.local_prover import deployment_request
from support.proving_server import GatedBackend
from tee_rex.transaction.events import ProofListener
from tee_rex.transaction.request import ProofRequest, ProofResult
from tee_rex_server.deploy.sizes import Measured, Size, machine, measure, sizes, table

SECONDS = 0.2
"""Of a proof."""


@dataclass
class Bench:
    """threads: of each prover that was made. most: proofs at once."""

    threads: list[int]
    made: list[Prover]
    most: int = 0
    now: int = 0

    def prover(self, threads: int) -> Prover:
        self.threads.append(threads)
        self.made.append(Prover(self))
        return self.made[-1]


class Prover(GatedBackend):
    def __init__(self, bench: Bench) -> None:
        super().__init__(is_open=True)
        self.bench = bench

    async def prove(self, request: ProofRequest, listener: ProofListener) -> ProofResult:
        self.bench.now += 1
        self.bench.most = max(self.bench.most, self.bench.now)
        await asyncio.sleep(SECONDS)
        self.bench.now -= 1
        return replace(await super().prove(request, listener), peak_memory_bytes=272_000_000)


@pytest.mark.parametrize(
    ("cores", "expected"),
    [(1, [(1, 1)]), (2, [(1, 2), (2, 1)]), (6, [(1, 6), (2, 3), (4, 1)])],
    ids=["1 core", "2 cores", "6 cores"],
)
def test_sizes_go_from_one_wide_slot_to_narrow_ones(cores: int, expected: list[tuple[int, int]]) -> None:
    assert [(size.slots, size.threads) for size in sizes(cores)] == expected


async def test_each_slot_proves_as_often_as_it_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    bench = Bench([], [])
    chosen = [Size(1, 4), Size(3, 1)]
    found = [one async for one in measure(bench.prover, deployment_request(), chosen, rounds=2)]
    assert bench.threads == [4, 4, 1, 1, 1], "one to begin with, and one for each slot"
    assert all(prover.closed for prover in bench.made)
    assert bench.most == 3
    assert [(one.slots, one.threads, one.proofs, one.peak_memory_mb) for one in found] == [
        (1, 4, 2, 272.0),
        (3, 1, 6, 272.0),
    ]
    for one in found:
        assert one.seconds >= SECONDS
        # Never more than so many slots make that are always busy; what is printed is rounded.
        assert 0 < one.proofs_per_hour <= one.slots * 3600 / SECONDS
    assert len(table(found).splitlines()) == 4


async def test_a_prover_that_fails_ends_it_and_is_closed() -> None:
    failing = GatedBackend(OSError("no bb"), is_open=True)
    with pytest.raises(OSError, match="no bb"):
        await anext(measure(lambda _threads: failing, deployment_request(), [Size(1, 1)], rounds=1))
    assert failing.closed


def test_a_machine_is_named_by_its_processor(tmp_path: Path) -> None:
    (tmp_path / "cpuinfo").write_text("processor\t: 0\nmodel name\t: Some Processor\n")
    assert re.fullmatch(r"Some Processor, \d+ cores, \d+ GB", machine(tmp_path / "cpuinfo"))
    assert re.fullmatch(r".+, \d+ cores, \d+ GB", machine(tmp_path / "none"))


DATED = re.compile(r"\d{4}-\d\d-\d\d: .+, \d+ cores, \d+ GB; \w+ setup, \d+ proofs? in each slot")
ROW = re.compile(r"\| +\d+ \| +\d+ \| +\d+\.\d \| +\d+ \| +\d+ \|")


def check_output(text: str) -> None:
    """It is what the command prints: the date and machine, and a table."""
    dated, empty, *lines = text.splitlines()
    assert DATED.fullmatch(dated)
    assert (empty, lines[:2]) == ("", table().splitlines())
    assert len(lines) > 2
    assert all(ROW.fullmatch(line) for line in lines[2:]), lines


def test_the_documentation_has_the_commands_own_table(repository: Path) -> None:
    page = (repository / "docs" / "deploying.md").read_text()
    (output,) = re.findall(r"(?m)^\d{4}-\d\d-\d\d: .+\n\n(?:\|.+\n)+", page)
    check_output(output.rstrip("\n"))


def bench_program(*options: str) -> str:
    command = ["bench", "--sizes", "--crs=development", "--rounds=1", *options]
    done = subprocess.run(
        [sys.executable, "-m", "tee_rex_server", *command], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.soak
@pytest.mark.integration
@pytest.mark.timeout(1800)  # of several whole proofs by the real bb
def test_the_command_measures_this_machine() -> None:
    check_output(bench_program())
    (one,) = msgspec.json.decode(bench_program("--slots=1", "--json"), type=list[Measured])
    assert (one.slots, one.proofs) == (1, 1)
    assert one.proofs_per_hour == pytest.approx(3600 / one.seconds, rel=0.05)
    assert one.peak_memory_mb > 100
