"""A data folder that commit 6bf9c24 wrote: settings, keys of servers, a wallet's accounts, a history."""

from __future__ import annotations

import shutil
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from tee_rex.aztec.wallet.data import WalletData
from tee_rex.remote.known_servers import KnownServers
from tee_rex.settings.paths import Paths
from tee_rex.settings.resolve import Settings
from tee_rex.transaction.trusted_setup import TrustedSetup
from tee_rex_app.model.runs import Outcome, RunKind
from tee_rex_app.services.history import History

WRITTEN = Path(__file__).parents[1] / "support" / "data_folder_of_6bf9c24"


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    shutil.copytree(WRITTEN, tmp_path / "home")
    for path in (tmp_path / "home").rglob("*"):
        path.chmod(0o700 if path.is_dir() else 0o600)  # as they were written; git keeps no such modes
    return Paths.from_environment({"TEE_REX_HOME": str(tmp_path / "home")})


def test_settings(paths: Paths) -> None:
    settings = Settings.resolve(flags={}, environ={}, file=paths.settings_file)
    assert settings.prover_url.value == "https://office.example.org"  # of the profile in use
    assert settings.server_key.value == "b2" * 20
    assert settings.memory_limit_mb.value == 4000
    assert settings.max_age_seconds.value == timedelta(minutes=2).total_seconds()
    assert [(build.name, build.pcr0) for build in settings.approved_builds] == [("0.1.0", "c3" * 48)]


def test_known_servers(paths: Paths) -> None:
    known = KnownServers.in_folder(paths.data).read()
    assert [key.fingerprint for key in known.values()] == ["d4" * 20]


async def test_accounts_of_the_wallet(paths: Paths) -> None:
    wallet = WalletData.of_network(paths, TrustedSetup.DEVELOPMENT, 31337, "0x" + "5e" * 20)
    async with wallet.in_use():
        assert [keys.secret for keys in wallet.accounts()] == ["0x" + "11" * 32]


def test_history(paths: Paths) -> None:
    with closing(History.open(paths.data)) as history:
        assert not history.started_anew
        runs = history.recent()
    assert [run.outcome for run in reversed(runs)] == [
        Outcome.VERIFIED,
        Outcome.UNVERIFIED,
        Outcome.FAILED,
        Outcome.FAILED,
        Outcome.CANCELLED,
        Outcome.VERIFIED,
        Outcome.INTERRUPTED,
    ]
    flow = next(run for run in runs if run.kind is RunKind.FLOW)
    assert flow.flow is not None
    assert len(flow.flow.steps) == 6
    codes = [run.error.code for run in runs if run.error is not None]
    assert codes == ["SERVER_BUSY", "DISK_FULL"]
    assert "Nothing more can be stored in /data." in [run.error.message for run in runs if run.error]
