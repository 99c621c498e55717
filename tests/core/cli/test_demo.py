"""``tee-rex demo`` and ``setup``: the sample is the genuine one wherever its CRS can be had."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import cast

import pytest
from typer.testing import CliRunner, Result

from support.errors import some_error
from support.own_network import own_network
from support.patience import PATIENCE
from support.range_server import Fault, range_server
from support.sample_crs import G1, NOBODY, TWO_SECONDS, UNKNOWN, use_hosts
from tee_rex.bb.store import BbCommand
from tee_rex.cli.commands import app
from tee_rex.cli.prover_config import ChosenProver
from tee_rex.crs.crs import Crs
from tee_rex.errors.tree import NotServedError
from tee_rex.local.downloading import DownloadingInstallation
from tee_rex.provers import Prover
from tee_rex.system.progress import ProgressListener
from tee_rex.transaction.events import ProofListener
from tee_rex.transaction.request import ProofRequest, ProofResult, ProverBackend, ProvingMode
from tee_rex.transaction.trusted_setup import TrustedSetup
from tee_rex.transaction.versions import AztecVersion

pytestmark = pytest.mark.integration

GENUINE, DEVELOPMENT = TrustedSetup.GENUINE, TrustedSetup.DEVELOPMENT
UNAVAILABLE = ", so the development setup is used."


class Asked(ProverBackend):
    """Notes what it is asked for, and refuses it."""

    def __init__(self) -> None:
        self.setups: list[TrustedSetup] = []

    async def prove(self, request: ProofRequest, listener: ProofListener) -> ProofResult:
        self.setups.append(request.setup)
        raise some_error(NotServedError)

    async def close(self) -> None:
        pass


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[TrustedSetup]:
    """The setups of what is to be proved, in order."""
    backend = Asked()
    monkeypatch.setenv("TEE_REX_HOME", str(tmp_path))
    monkeypatch.setattr(
        ChosenProver, "prover", lambda _self: Prover(lambda _mode: backend, ProvingMode.LOCAL)
    )
    monkeypatch.setattr("tee_rex.local.sample._STALL_SECONDS", PATIENCE)
    return backend.setups


@contextmanager
def host(*faults: Fault | None) -> Iterator[str]:
    """A host of the CRS in another thread, because commands have a loop of their own."""
    url: list[str] = []
    ready, stop = threading.Event(), asyncio.Event()

    async def serve() -> None:
        async with range_server(G1, *faults, forever=bool(faults)) as server:
            url.append(server.url)
            ready.set()
            await stop.wait()

    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_until_complete, args=(serve(),))
    thread.start()
    assert ready.wait()
    try:
        yield url[0]
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join()
        loop.close()


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, arguments)


def test_a_genuine_proof_comes_first(asked: list[TrustedSetup], monkeypatch: pytest.MonkeyPatch) -> None:
    with host() as url:
        use_hosts(monkeypatch, url)
        done = run("demo")
    assert asked == [GENUINE, DEVELOPMENT]  # what refuses the one may prove the other
    assert "Downloading the CRS: 8.4 of 8.4 MB" in done.stderr
    assert UNAVAILABLE not in done.stderr
    assert done.stderr.index("genuine setup") < done.stderr.index("INSECURE development setup")


@pytest.mark.parametrize(
    ("faults", "title"),
    [
        ([Fault.SILENCE], "The CRS could not be downloaded"),
        ([Fault.LOGIN_PAGE], "The CRS could not be downloaded"),
        ([None, Fault.OTHER_BYTES], "The download is not the genuine CRS"),
    ],
    ids=["hangs", "captive portal", "wrong bytes"],
)
def test_without_the_crs_it_says_so_in_one_line(
    faults: list[Fault | None], title: str, asked: list[TrustedSetup], monkeypatch: pytest.MonkeyPatch
) -> None:
    with host(*faults) as url:
        use_hosts(monkeypatch, url, probe_seconds=TWO_SECONDS if faults == [Fault.SILENCE] else PATIENCE)
        done = run("demo")
    (line,) = [one for one in done.stderr.splitlines() if UNAVAILABLE in one]
    assert line == f"! {title}{UNAVAILABLE} For the reason, run: tee-rex crs download"
    assert ("Downloading the CRS" in done.stderr) is (faults[0] is None)  # once a host has answered
    assert asked[0] is DEVELOPMENT


@pytest.mark.parametrize(
    ("command", "line"),
    [
        ("demo", f"! No network connection{UNAVAILABLE}"),
        ("setup", "✗ No network connection [BB_DOWNLOAD_FAILED]"),
    ],
    ids=["demo", "setup"],
)
def test_without_a_network_there_is_one_plain_line(command: str, line: str, tmp_path: Path) -> None:
    """In a network namespace of its own, where nothing is installed and nothing can be."""
    told = subprocess.run(
        [*own_network(), str(Path(sys.executable).with_name("tee-rex")), command],
        env={**os.environ, "TEE_REX_HOME": str(tmp_path)},
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
    ).stderr
    assert told.splitlines().count(line) == 1
    assert "Can't find" not in told
    assert "Downloading the CRS" not in told


@pytest.mark.parametrize("command", ["demo", "setup"])
def test_with_a_network_a_host_that_cannot_be_found_is_not_the_network(
    command: str, asked: list[TrustedSetup], monkeypatch: pytest.MonkeyPatch
) -> None:
    use_hosts(monkeypatch, UNKNOWN)
    told = run(command).stderr
    assert (
        f"! The CRS could not be downloaded{UNAVAILABLE} For the reason, run: tee-rex crs download\n" in told
    )
    assert "o network connection" not in told
    assert "Can't find the host no-such-host.invalid." in run("crs", "download").stderr


@pytest.mark.parametrize("setup", TrustedSetup)
def test_the_setup_by_choice_asks_no_host_and_has_no_substitute(
    setup: TrustedSetup, asked: list[TrustedSetup], monkeypatch: pytest.MonkeyPatch
) -> None:
    use_hosts(monkeypatch, NOBODY)
    done = run("demo", "--crs", setup)
    assert asked == [setup]
    assert "g1.dat" not in done.stderr


def test_set_up_takes_the_same_setup(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEE_REX_HOME", str(tmp_path))
    installed: list[TrustedSetup] = []

    class Noting(DownloadingInstallation):
        async def bb(
            self, version: AztecVersion, setup: TrustedSetup, progress: ProgressListener
        ) -> BbCommand:
            installed.append(setup)
            return cast("BbCommand", None)

        async def crs(self, setup: TrustedSetup, points: int, progress: ProgressListener) -> Crs:
            installed.append(setup)
            return cast("Crs", None)

    monkeypatch.setattr("tee_rex.local.downloading.DownloadingInstallation", Noting)
    with host() as url:
        use_hosts(monkeypatch, url)
        assert UNAVAILABLE not in run("setup").stderr
    assert set(installed) == {GENUINE}
    (tmp_path / "genuine" / "crs" / "g1-00.dat").unlink()
    use_hosts(monkeypatch, NOBODY)
    assert UNAVAILABLE in run("setup").stderr
    assert installed[-1] is DEVELOPMENT
