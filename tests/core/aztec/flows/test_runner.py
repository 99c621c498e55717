from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from support.errors import raises, some_error
from support.flow_parts import FormBackend, ScriptedBridges, bridges_running
from support.proving_server import GatedBackend, eventually, serving, small_api
from support.remote_client import pinned, remote_backend
from support.scripted_node import GENUINE_ROOT, IN_BLOCK, V5_ROOT, ScriptedNode
from support.scripted_server import Answer
from tee_rex.aztec.flows import events as flow_events
from tee_rex.aztec.flows import step as step_module
from tee_rex.aztec.flows.interface import FlowOptions
from tee_rex.aztec.flows.report import FlowKind, FlowReport, FlowStep, Preparation, StepPhase
from tee_rex.aztec.flows.runner import AztecFlow
from tee_rex.aztec.wallet.data import AccountKeys, WalletData
from tee_rex.bb.pins import BbPins
from tee_rex.errors import ErrorKind, TeeRexError, UnusableEnvironmentError, UsageError
from tee_rex.errors.catalogue import aztec as errors
from tee_rex.local.downloading import DownloadingInstallation
from tee_rex.remote.client import RemoteBackend
from tee_rex.remote.jobs import JobsApi
from tee_rex.settings.paths import Paths
from tee_rex.system.progress import TaskProgress
from tee_rex.transaction.events import ProofListener
from tee_rex.transaction.request import ProofRequest, ProofResult, ProvingMode
from tee_rex.transaction.trusted_setup import TrustedSetup

AnyKind = ErrorKind[TeeRexError]


PULSE_MS = 8 * 400
"""What ``pulse`` takes a scripted bridge."""


class ServedBackend(FormBackend):
    """Has a server prove."""

    def __init__(self, remote: RemoteBackend) -> None:
        super().__init__(ProvingMode.REMOTE)
        self._remote = remote

    async def prove(self, request: ProofRequest, listener: ProofListener) -> ProofResult:
        return await self._remote.prove(request, listener)


class Stage:
    """A node, a bridge, a prover and a data folder, and flows on them."""

    def __init__(self, folder: Path, url: str, node: ScriptedNode) -> None:
        self.folder = folder
        self.node = node
        self.url = url
        self.backend = FormBackend()
        self.events: list[flow_events.FlowEvent] = []
        self.paths = Paths(folder / "data", folder / "config")
        self.flow: AztecFlow | None = None

    def make(self, kind: FlowKind, *behaviours: str, **options: object) -> AztecFlow:
        bridges = ScriptedBridges(self.folder / "bridge", *behaviours)
        self.flow = AztecFlow(
            kind,
            FlowOptions(**({"node_url": self.url} | options)),  # type: ignore[arg-type]
            self.backend.prover(),
            DownloadingInstallation(self.paths, BbPins.shipped()),
            bridges=bridges,
        )
        return self.flow

    async def run(self, kind: FlowKind, *behaviours: str, **options: object) -> FlowReport:
        return await self.make(kind, *behaviours, **options).run(self.events.append)

    async def fails(
        self,
        expected: AnyKind | type[TeeRexError],
        *behaviours: str,
        kind: FlowKind = FlowKind.ACCOUNT,
        **options: object,
    ) -> FlowReport:
        """Run a flow that must fail so, with nothing left of it and the keys intact; its report."""
        with raises(expected) if isinstance(expected, ErrorKind) else pytest.raises(expected) as raised:
            await self.run(kind, *behaviours, **options)
        assert not bridges_running(self.folder)
        assert self.flow is not None
        report = self.flow.report(raised.value)
        assert FlowReport.from_json(report.to_json()) == report
        assert report.error is not None
        assert report.error.hint
        self.wallet().accounts()
        async with self.wallet().in_use():
            pass
        return report

    def wallet(self) -> WalletData:
        address = self.node.results["getNodeInfo"]["l1ContractAddresses"]["rollupAddress"]
        return WalletData.of_network(self.paths, TrustedSetup.DEVELOPMENT, 31337, address)

    def dies_when(self, reached: Callable[[flow_events.FlowEvent], bool]) -> flow_events.FlowListener:
        """A listener with which the node dies at an event."""

        def listen(event: flow_events.FlowEvent) -> None:
            self.node.dead = self.node.dead or reached(event)

        return listen

    @property
    def sent(self) -> list[str]:
        file = self.folder / "bridge" / "sent"
        return file.read_text().split() if file.exists() else []


@pytest.fixture
async def stage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Stage]:
    monkeypatch.setattr(step_module, "LOCAL_POLL_SECONDS", 0.01)
    node = ScriptedNode()
    async with node.serving() as url:
        yield Stage(tmp_path, url, node)


async def test_a_token_flow_from_nothing(stage: Stage) -> None:
    report = await stage.run(FlowKind.TOKEN)

    assert [step.step for step in report.steps] == list(FlowStep)
    assert [balance.amount for balance in report.steps[-1].balances] == [500, 500]
    assert [account.deployed for account in report.accounts] == [True, True]
    assert report.token is not None
    assert (report.token.name, report.token.symbol, report.token.decimals) == ("TeeRex", "TREX", 18)
    assert report.network is not None
    assert (report.network.crs, report.network.name) == ("development", "local network")
    assert [part.name for part in report.preparation] == list(Preparation)
    assert report.bridge is not None
    assert report.bridge.peak_memory_bytes
    assert FlowReport.from_json(report.to_json()) == report
    for step in report.steps[:-1]:
        assert step.simulate is not None
        assert [function.name for function in step.simulate.functions] == ["SchnorrAccount:entrypoint"]
        assert step.simulate.kernels_ms == 1.0
        assert step.proof is not None
        assert step.proof.crs == "development"
        assert step.block == 7
        assert step.transaction is not None
        assert step.total_ms is not None
        assert step.overhead_ms is not None
        assert step.overlap_ms is not None
        assert 0 < step.overlap_ms <= step.total_ms
        assert 0 <= step.overhead_ms <= step.total_ms
    assert len(stage.wallet().accounts()) == 2
    assert all(request.setup is TrustedSetup.DEVELOPMENT for request in stage.backend.requests)


async def test_nothing_is_proved_meanwhile_where_the_server_takes_no_parts(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def lacking(_api: JobsApi) -> bool:
        return False

    monkeypatch.setattr(JobsApi, "streams", lacking)
    api = small_api(GatedBackend(is_open=True))
    async with serving(api) as url:
        stage.backend = ServedBackend(remote_backend(url, pinned(api.key.fingerprint)))
        report = await stage.run(FlowKind.ACCOUNT, "pulse@step-5")
    (step,) = report.steps
    assert step.overlap_ms is None
    assert step.prove_ms is not None
    assert step.prove_ms < PULSE_MS, "the wait for the wallet is no proving"
    assert step.proof is not None
    assert sum(one.ms for one in step.proof.phases) < PULSE_MS


async def test_event_order(stage: Stage) -> None:
    await stage.run(FlowKind.ACCOUNT)

    assert [type(event) for event in stage.events] == [
        *(flow_events.PreparationStarted, flow_events.PreparationEnded, flow_events.NetworkFound),
        *(flow_events.PreparationStarted, flow_events.PreparationEnded) * 3,
        *(flow_events.FlowPlanned, flow_events.FlowStepStarted, flow_events.StepPhaseStarted),
        *(flow_events.StepPhaseStarted, flow_events.ProofProgress),
        *(flow_events.StepPhaseEnded, flow_events.TransactionSimulated),
        *(flow_events.ProofProgress, flow_events.StepPhaseEnded, flow_events.TransactionProved),
        flow_events.StepPhaseStarted,
        *(flow_events.StepPhaseEnded, flow_events.TransactionSent, flow_events.StepPhaseStarted),
        *(flow_events.StepPhaseEnded, flow_events.TransactionConfirmed, flow_events.FlowStepEnded),
    ]
    phases = [event.phase for event in stage.events if isinstance(event, flow_events.StepPhaseStarted)]
    assert phases == list(StepPhase)


async def test_accounts_that_are_deployed_are_used_again(stage: Stage) -> None:
    await stage.run(FlowKind.ACCOUNT)
    second = await stage.run(FlowKind.TOKEN)
    third = await stage.run(FlowKind.TOKEN)

    assert [step.step for step in second.steps] == list(FlowStep)[1:]
    assert [account.deployed for account in second.accounts] == [False, True]
    assert [step.step for step in third.steps] == list(FlowStep)[2:]
    assert len(stage.wallet().accounts()) == 2


async def test_an_account_flow_always_makes_a_new_one(stage: Stage) -> None:
    first = await stage.run(FlowKind.ACCOUNT)
    second = await stage.run(FlowKind.ACCOUNT)

    assert first.accounts[0].address != second.accounts[0].address


@pytest.mark.parametrize(
    ("root", "info", "expected"),
    [
        (None, {}, errors.NODE_KEYS_UNNAMED),
        (GENUINE_ROOT, {"nodeVersion": "5.0.0"}, errors.NODE_CIRCUITS_MISMATCH),
        ("0x" + "0" * 64, {}, errors.NODE_VERSION_MISMATCH),
    ],
)
async def test_another_version_ends_before_anything_is_installed(
    tmp_path: Path, root: str | None, info: dict[str, object], expected: AnyKind
) -> None:
    node = ScriptedNode(root=root, **info)  # type: ignore[arg-type]
    async with node.serving() as url:
        report = await Stage(tmp_path, url, node).fails(expected)
    assert report.network is None
    assert [part.name for part in report.preparation] == []


@pytest.mark.parametrize(("version", "namespace"), [("5.2.0", "node"), ("5.2.0", "aztec")])
async def test_a_network_without_a_wallet_ends_before_anything_is_installed(
    tmp_path: Path, version: str, namespace: str
) -> None:
    node = ScriptedNode(root=V5_ROOT, namespaces=(namespace,), nodeVersion=version, l1ChainId=1)
    async with node.serving() as url:
        report = await Stage(tmp_path, url, node).fails(errors.BRIDGE_VERSION_UNSUPPORTED)
    assert report.network is not None
    assert report.network.node_version == version
    assert not report.preparation
    assert "getBlockHeader" not in str(node.requests)  # other versions may lack it


async def test_a_live_network_of_the_development_setup_is_refused(tmp_path: Path) -> None:
    node = ScriptedNode(l1ChainId=1)
    async with node.serving() as url:
        await Stage(tmp_path, url, node).fails(errors.DEVELOPMENT_NETWORK_REFUSED)


async def test_a_live_network_needs_proofs(tmp_path: Path) -> None:
    node = ScriptedNode(root=GENUINE_ROOT, l1ChainId=11155111)
    async with node.serving() as url:
        await Stage(tmp_path, url, node).fails(errors.PROOFS_REQUIRED, proofs=False)


async def test_no_node_and_a_wrong_one(stage: Stage) -> None:
    await stage.fails(errors.NODE_NOT_CONFIGURED, node_url="")
    await stage.fails(errors.NODE_UNREACHABLE, node_url="http://127.0.0.1:1")


async def test_no_funded_fee_contract(stage: Stage) -> None:
    await stage.fails(errors.FEE_CONTRACT_MISSING, "poor")
    await stage.fails(errors.FEE_CONTRACT_MISSING, sponsored_fpc_salt=5)
    assert not stage.sent


async def test_a_wallet_that_sees_another_network(stage: Stage) -> None:
    await stage.fails(errors.NETWORK_CHANGED, "elsewhere")


@pytest.mark.parametrize(
    ("behaviour", "expected"),
    [
        ("simulation@deployAccount", errors.SIMULATION_FAILED),
        ("send@deployAccount", errors.SEND_FAILED),
        ("crash@simulate", errors.BRIDGE_CRASHED),
        ("crash@prove", errors.BRIDGE_CRASHED),
        ("crash@send", errors.BRIDGE_CRASHED),
        ("garbage@simulate", errors.BRIDGE_PROTOCOL),
    ],
)
async def test_a_failing_step_is_reported_with_the_previous_ones(
    stage: Stage, behaviour: str, expected: AnyKind
) -> None:
    report = await stage.fails(expected, behaviour)

    assert [step.step for step in report.steps] == [FlowStep.DEPLOY_ACCOUNT]
    assert report.steps[0].total_ms is None
    assert report.bridge is not None


async def test_steps_that_are_none_never_reach_the_prover(stage: Stage) -> None:
    await stage.fails(TeeRexError, "bad-steps@simulate")
    assert [request.steps.steps for request in stage.backend.requests] == [()]
    assert not stage.backend.proving


async def test_the_provers_error_ends_the_flow_and_sends_nothing(stage: Stage) -> None:
    stage.backend.error = some_error(UsageError, "of the prover", "a hint")
    await stage.fails(UsageError)
    assert not stage.sent


async def test_a_node_that_dies_during_a_flow_is_reported(stage: Stage) -> None:
    dies = stage.dies_when(lambda event: isinstance(event, flow_events.FlowStepStarted))
    with raises(errors.NODE_UNREACHABLE):
        await stage.make(FlowKind.ACCOUNT, "simulation@deployAccount").run(dies)
    assert stage.wallet().accounts()


async def test_a_short_outage_of_the_node_before_confirmation_is_retried(stage: Stage) -> None:
    def stumble(event: flow_events.FlowEvent) -> None:
        if isinstance(event, flow_events.TransactionSent):
            stage.node.dead = True
            asyncio.get_running_loop().call_later(0.2, recover)

    def recover() -> None:
        stage.node.dead = False

    report = await stage.make(FlowKind.ACCOUNT).run(stumble)

    assert report.steps[0].block == 7


async def test_a_node_that_stays_away_ends_the_flow(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(step_module, "_GRACE_SECONDS", 0.1)

    dies = stage.dies_when(lambda event: isinstance(event, flow_events.TransactionSent))
    with raises(errors.NODE_UNREACHABLE):
        await stage.make(FlowKind.ACCOUNT).run(dies)


@pytest.mark.parametrize(
    ("receipt", "expected"),
    [
        ({"status": "dropped"}, errors.TRANSACTION_DROPPED),
        (
            {"status": "checkpointed", "executionResult": "both_reverted", "blockNumber": 9},
            errors.TRANSACTION_REVERTED,
        ),
        ({"status": "pending"}, errors.TRANSACTION_TIMED_OUT),
    ],
)
async def test_outcomes_of_a_sent_transaction(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, receipt: dict[str, object], expected: AnyKind
) -> None:
    monkeypatch.setattr(step_module, "_GRACE_SECONDS", 0.05)
    monkeypatch.setattr(step_module, "CONFIRM_SECONDS", 0.2)
    stage.node.results["getTxReceipt"] = receipt

    report = await stage.fails(expected)

    assert report.steps[0].transaction == stage.sent[0]
    assert report.steps[0].block is None
    assert report.accounts[0].deployed is False


async def test_a_transaction_may_be_unknown_for_a_moment(stage: Stage) -> None:
    stage.node.results["getTxReceipt"].insert(0, {"status": "dropped"})

    report = await stage.run(FlowKind.ACCOUNT)

    assert report.steps[0].block == 7


async def test_wrong_balances_are_an_error(stage: Stage) -> None:
    report = await stage.fails(errors.BALANCES_WRONG, "thief", kind=FlowKind.TOKEN)

    assert [balance.amount for balance in report.steps[-1].balances] == [499, 501]


async def test_stale_data_is_cleared_and_the_keys_stay(stage: Stage) -> None:
    await stage.run(FlowKind.ACCOUNT)
    (stage.wallet().store_folder / "stale").touch()

    await stage.run(FlowKind.ACCOUNT, "stale")

    assert [type(event) for event in stage.events].count(flow_events.WalletRetried) == 1
    assert len(stage.wallet().accounts()) == 2


async def test_opening_fails_after_three_attempts(stage: Stage) -> None:
    await stage.fails(errors.WALLET_DATA_UNUSABLE, "store@open")
    retried = [event for event in stage.events if isinstance(event, flow_events.WalletRetried)]
    assert [(one.attempt, one.attempts) for one in retried] == [(1, 3), (2, 3)]


async def test_a_full_disk_is_reported_and_nothing_is_cleared(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    await stage.run(FlowKind.ACCOUNT)
    (stage.wallet().store_folder / "something").touch()
    monkeypatch.setattr("tee_rex.aztec.wallet.data._BYTES_NEEDED", 1 << 62)

    await stage.fails(UnusableEnvironmentError)

    assert (stage.wallet().store_folder / "something").exists()


async def test_a_store_is_not_cleared_because_the_node_has_gone(stage: Stage) -> None:
    await stage.run(FlowKind.ACCOUNT)
    (stage.wallet().store_folder / "something").touch()

    dies = stage.dies_when(a_preparation(Preparation.WALLET))
    with raises(errors.NODE_UNREACHABLE):
        await stage.make(FlowKind.ACCOUNT, "store@open").run(dies)
    assert (stage.wallet().store_folder / "something").exists()


async def test_a_wallet_that_does_not_start_is_not_the_stores_fault(stage: Stage) -> None:
    await stage.run(FlowKind.ACCOUNT)
    (stage.wallet().store_folder / "something").touch()

    await stage.fails(errors.BRIDGE_CRASHED, "exit@start")

    assert (stage.wallet().store_folder / "something").exists()
    assert flow_events.WalletRetried not in map(type, stage.events)


async def test_a_network_restarted_during_a_flow_is_reported(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(step_module, "_GRACE_SECONDS", 0.05)

    def start_anew(event: flow_events.FlowEvent) -> None:
        if isinstance(event, flow_events.TransactionSent):
            stage.node.results["getBlockHeader"] = {"lastArchive": "0x02"}
            stage.node.results["getTxReceipt"] = {"status": "dropped"}

    with raises(errors.NETWORK_RESTARTED) as raised:
        await stage.make(FlowKind.ACCOUNT).run(start_anew)
    assert "again" in raised.value.hint


@pytest.mark.parametrize("answer", [Answer(b"<html>", 502), RuntimeError("busy")])
async def test_a_transient_error_before_confirmation_is_ignored(
    stage: Stage, answer: Answer | Exception
) -> None:
    stage.node.results["getTxReceipt"] = [{"status": "pending"}, answer, {"status": "dropped"}, IN_BLOCK]
    assert (await stage.run(FlowKind.ACCOUNT)).steps[0].block == 7


async def test_only_as_many_accounts_as_are_needed_are_opened(stage: Stage) -> None:
    for _ in range(4):
        await stage.run(FlowKind.ACCOUNT)
    known = stage.folder / "bridge" / "opened"
    known.unlink(missing_ok=True)

    await stage.run(FlowKind.TOKEN)

    assert len(known.read_text().split()) == 2


async def test_a_long_synchronisation_is_reported(stage: Stage) -> None:
    await stage.run(FlowKind.ACCOUNT, "pulse@simulate")
    reported = [event for event in stage.events if isinstance(event, TaskProgress)]
    assert reported[-1] == TaskProgress("wallet.sync", "Synchronising the wallet", 70, 70, "blocks")


async def test_a_restarted_local_network_clears_the_store(stage: Stage) -> None:
    await stage.run(FlowKind.ACCOUNT)
    (stage.wallet().store_folder / "something").touch()
    stage.node.results["getBlockHeader"] = {"lastArchive": "0x02"}

    await stage.run(FlowKind.ACCOUNT)

    assert not (stage.wallet().store_folder / "something").exists()


async def test_a_wallet_in_use_is_refused(stage: Stage) -> None:
    async with stage.wallet().in_use():
        with raises(errors.WALLET_IN_USE):
            await stage.run(FlowKind.ACCOUNT)


async def test_damaged_keys_stop_the_flow_and_stay(stage: Stage) -> None:
    async with stage.wallet().in_use():
        file = stage.wallet().folder / "accounts.json"
        file.write_text("{")

    with raises(errors.ACCOUNTS_DAMAGED):
        await stage.run(FlowKind.ACCOUNT)
    assert file.read_text() == "{"


async def test_keys_are_on_the_disk_before_anything_is_sent(stage: Stage) -> None:
    kept: list[list[AccountKeys]] = []

    def look(event: flow_events.FlowEvent) -> None:
        if isinstance(event, flow_events.FlowPlanned):
            kept.append(stage.wallet().accounts())

    await stage.make(FlowKind.ACCOUNT).run(look)

    assert len(kept[0]) == 1


def a_preparation(preparation: Preparation) -> Callable[[flow_events.FlowEvent], bool]:
    return lambda event: (
        isinstance(event, flow_events.PreparationStarted) and event.preparation is preparation
    )


def a_phase(phase: StepPhase) -> Callable[[flow_events.FlowEvent], bool]:
    return lambda event: isinstance(event, flow_events.StepPhaseStarted) and event.phase is phase


@pytest.mark.parametrize(
    ("behaviour", "moment", "sent"),
    [
        ("", a_preparation(Preparation.NODE), False),
        ("hang@start", a_preparation(Preparation.BRIDGE), False),
        ("hang@open", a_preparation(Preparation.WALLET), False),
        ("hang@simulate", a_phase(StepPhase.SIMULATE), False),
        ("", a_phase(StepPhase.PROVE), False),
        ("hang@send", a_phase(StepPhase.SEND), True),
        ("", a_phase(StepPhase.CONFIRM), True),
    ],
)
async def test_cancelling_in_every_phase_leaves_nothing(
    stage: Stage, behaviour: str, moment: Callable[[flow_events.FlowEvent], bool], sent: bool
) -> None:
    stage.backend.gate.clear() if sent is False else None
    stage.node.results["getTxReceipt"] = {"status": "pending"}
    running = asyncio.create_task(stage.run(FlowKind.ACCOUNT, behaviour))
    await eventually(lambda: any(map(moment, stage.events)))

    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running

    assert not bridges_running(stage.folder)
    assert stage.backend.proving == 0
    assert bool(stage.sent) is sent
    # The node's connections end when it notices that we have left.
    await eventually(lambda: asyncio.all_tasks() == {asyncio.current_task()} | _of_the_node())
    assert stage.flow is not None
    report = stage.flow.report(cancelled=True)
    assert report.cancelled
    assert report.total_ms is not None
    async with stage.wallet().in_use():
        pass


@pytest.mark.parametrize("turns", [0, 1, 2, 5])
@pytest.mark.parametrize(
    ("behaviour", "moment"),
    [("hang@open", a_preparation(Preparation.WALLET)), ("", a_phase(StepPhase.PROVE))],
    ids=["opening", "proving"],
)
async def test_cancelling_again_while_it_ends_leaves_nothing(
    stage: Stage, behaviour: str, moment: Callable[[flow_events.FlowEvent], bool], turns: int
) -> None:
    stage.backend.gate.clear()
    running = asyncio.create_task(stage.run(FlowKind.ACCOUNT, behaviour))
    await eventually(lambda: any(map(moment, stage.events)))

    running.cancel()
    for _ in range(turns):  # of the event loop
        await asyncio.sleep(0)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running

    await eventually(lambda: not bridges_running(stage.folder))
    await eventually(lambda: stage.backend.proving == 0)
    assert not stage.sent
    async with stage.wallet().in_use():
        pass


def _of_the_node() -> set[asyncio.Task[object]]:
    return {task for task in asyncio.all_tasks() if "_connection" in repr(task) or "fixture" in repr(task)}
