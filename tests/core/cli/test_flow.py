from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from msgspec.structs import replace
from rich.cells import cell_len
from typer.testing import CliRunner

from support.errors import some_error
from support.scripted_flow import NETWORK
from tee_rex.aztec.flows import events as flow_events
from tee_rex.aztec.flows import report as flow_report
from tee_rex.cli.commands import app
from tee_rex.cli.flow import warn_of_unconfirmed
from tee_rex.cli.flow_view import show_flow, show_report
from tee_rex.errors import ExitCode, TeeRexError
from tee_rex.errors.catalogue.aztec import TRANSACTION_DROPPED
from tee_rex.errors.report import ErrorReport
from tee_rex.settings.paths import Paths
from tee_rex.transaction.events import CircuitStarted, QueuePosition
from tee_rex.transaction.report import ProofReport

TRANSACTION = "0x" + "ab" * 32
MINT = flow_report.StepReport(
    step=flow_report.FlowStep.MINT,
    simulate=flow_report.SimulationReport(1000.0),
    prove_ms=15_000.0,
    send_ms=100.0,
    confirm_ms=4000.0,
    total_ms=20_100.0,
    overhead_ms=300.0,
    transaction=TRANSACTION,
    block=7,
)
BALANCES = flow_report.StepReport(
    step=flow_report.FlowStep.CHECK_BALANCES,
    simulate=flow_report.SimulationReport(200.0),
    total_ms=201.0,
    balances=(flow_report.BalanceReport("0x1", 500), flow_report.BalanceReport("0x2", 500)),
)
REPORT = flow_report.FlowReport(
    flow=flow_report.FlowKind.TOKEN,
    mode="local",
    network=NETWORK,
    accounts=(flow_report.AccountReport("first", "0x1", True),),
    token=flow_report.TokenReport("0x3", "TeeRex", "TREX", 18),
    steps=(MINT, BALANCES),
    steps_ms=20_301.0,
    overhead_ms=301.0,
)
EVENTS: tuple[flow_events.FlowEvent, ...] = (
    flow_events.WalletRetried(1, 3, ErrorReport("CODE", "The wallet", "It broke.", "")),
    flow_events.NetworkFound(NETWORK),
    flow_events.FlowStepStarted(flow_report.FlowStep.MINT, 0, 2),
    flow_events.StepPhaseStarted(flow_report.FlowStep.MINT, flow_report.StepPhase.SIMULATE),
    flow_events.TransactionSimulated(flow_report.FlowStep.MINT, flow_report.SimulationReport(1000.0)),
    flow_events.ProofProgress(flow_report.FlowStep.MINT, QueuePosition(2)),
    flow_events.ProofProgress(flow_report.FlowStep.MINT, CircuitStarted(0, 9, "private_kernel_init")),
    flow_events.TransactionProved(
        flow_report.FlowStep.MINT, ProofReport(mode="local", verified=True, total_ms=15_000.0)
    ),
    flow_events.TransactionSent(flow_report.FlowStep.MINT, TRANSACTION, None),
    flow_events.TransactionConfirmed(flow_report.FlowStep.MINT, TRANSACTION, 7),
    flow_events.FlowStepEnded(BALANCES, 1, 2),
)


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEE_REX_HOME", str(tmp_path))
    for name in ("AZTEC_NODE_URL", "PROVER_URL", "TEE_URL", "SPONSORED_FPC_SALT"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize(
    ("arguments", "code", "exit_code"),
    [
        ((), "NODE_NOT_CONFIGURED", ExitCode.BAD_INPUT),
        (("--node", "nonsense"), "NODE_URL_INVALID", ExitCode.USAGE),
        (("--node", "http://127.0.0.1:1"), "NODE_UNREACHABLE", ExitCode.ENVIRONMENT),
        (("--fpc-salt", "x"), "FPC_SALT_INVALID", ExitCode.USAGE),
        (("--pcr0", "00" * 48), "OPTION_NOT_FOR_MODE", ExitCode.USAGE),
        (("--mode", "remote"), "MODE_NOT_CONFIGURED", ExitCode.USAGE),
        (("--mode", "tee", "--url", "http://127.0.0.1:2", "--pcr0", "00"), "PCR_INVALID", ExitCode.USAGE),
    ],
)
def test_bad_input_is_told_with_a_hint_and_a_report(
    arguments: tuple[str, ...], code: str, exit_code: ExitCode
) -> None:
    result = CliRunner().invoke(app, ["flow", "account", "--json", *arguments])

    assert result.exit_code == exit_code
    report = json.loads(result.stdout)
    assert report["error"]["code"] == code
    assert report["error"]["hint"]
    assert report["flow"] == "account"
    assert f"[{code}]" in result.stderr


def test_the_node_of_the_environment_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AZTEC_NODE_URL", "http://127.0.0.1:1/of/the/environment")

    result = CliRunner().invoke(app, ["flow", "token"])

    assert "NODE_UNREACHABLE" in result.stderr
    assert result.exit_code == ExitCode.ENVIRONMENT


def lines_of_a_flow(capsys: pytest.CaptureFixture[str]) -> str:
    with show_flow() as listener:
        for event in EVENTS:
            listener(event)
    return capsys.readouterr().err


def test_lines_of_a_flow(capsys: pytest.CaptureFixture[str]) -> None:
    lines = lines_of_a_flow(capsys)

    for text in (
        "INSECURE",
        "chain 31337",
        "1/2 Mint 1,000",
        "third in line",
        "verified",
        TRANSACTION,
        "block 7",
    ):
        assert text in lines
    assert "balances 500, 500" in lines


def test_a_terminal_shows_the_same(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)

    assert "1/2 Mint 1,000" in lines_of_a_flow(capsys)


def test_a_report_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    show_report(REPORT, Paths(Path("/data"), Path("/config")))

    shown = capsys.readouterr().out
    for text in ("✓ Done", "INSECURE", "Mint 1,000", "15.00 s", "TeeRex (TREX)", "0x1", "1.5%"):
        assert text in shown


@pytest.mark.parametrize("width", [40, 66, 80, 200])
def test_no_line_of_a_report_is_wider_than_the_terminal(
    width: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    show_report(REPORT, Paths(Path("/data"), Path("/config")))

    shown = capsys.readouterr()
    assert "…" not in shown.out
    assert all(cell_len(line) <= width for line in re.sub(r"\x1b\[[0-9;]*m", "", shown.out).splitlines())
    assert "/data/development/wallet" in shown.err


def test_a_cancelled_flow_warns_of_an_unconfirmed_transaction(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    sent = flow_report.StepReport(step=flow_report.FlowStep.DEPLOY_ACCOUNT, transaction=TRANSACTION)
    failed = flow_report.FlowReport(flow=flow_report.FlowKind.ACCOUNT, mode="local", steps=(sent,))
    cancelled = replace(failed, cancelled=True)
    warn_of_unconfirmed(cancelled, some_error(TeeRexError))
    assert f"may still be confirmed: {TRANSACTION}" in capsys.readouterr().err

    dropped = TRANSACTION_DROPPED(transaction=TRANSACTION)
    warn_of_unconfirmed(failed, dropped)
    warn_of_unconfirmed(replace(cancelled, steps=(MINT,)), some_error(TeeRexError))
    assert not capsys.readouterr().err
