"""Whole flows on a real local network under the development setup, in every mode; every proof is real."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from support.devnet import ON_DEVNET
from support.early_resets import EarlyResets
from support.errors import raises
from support.fake_tee import FakeTee
from support.interrupted_flows import programs
from support.local_prover import real_backend, real_installation
from support.node_front import NodeFront
from support.proving_server import server_process, serving, small_api
from support.real_flows import flow_on, ignore_flow_events
from support.recording_backend import RecordingBackend
from support.remote_client import now
from tee_rex.aztec.flows.events import FlowEvent, ProofProgress
from tee_rex.aztec.flows.report import FlowKind, FlowReport, FlowStep
from tee_rex.aztec.node import AztecNode, TransactionStatus
from tee_rex.aztec.wallet.runtime import InstalledBridges
from tee_rex.devnet.network import NetworkStatus
from tee_rex.errors.catalogue.aztec import FEE_CONTRACT_MISSING
from tee_rex.http_client.server_url import ServerUrl
from tee_rex.remote.client import RemoteBackend
from tee_rex.remote.known_servers import KnownServers
from tee_rex.remote.trust import TrustOnFirstUse
from tee_rex.settings.paths import Paths
from tee_rex.transaction.events import ProofRestarted
from tee_rex.transaction.request import ProvingMode
from tee_rex.transaction.trusted_setup import TrustedSetup

pytestmark = [*ON_DEVNET, pytest.mark.timeout(1500), pytest.mark.asyncio(loop_scope="session")]


@pytest.fixture
def node_url(devnet: NetworkStatus) -> str:
    assert devnet.node_url is not None
    return devnet.node_url


async def assert_in_blocks(url: str, report: FlowReport) -> None:
    async with AztecNode.open(url) as node:
        for step in report.steps:
            if step.transaction is not None:
                receipt = await node.receipt(step.transaction)
                assert (receipt.block, receipt.reverted) == (step.block, False)
                assert receipt.status is not TransactionStatus.DROPPED


def restarts(report: FlowReport) -> int:
    """How often bb had to start again, because the wallet had predicted other circuits."""
    return sum(step.proof.restarts for step in report.steps if step.proof)


async def test_the_token_flow_in_local_mode(node_url: str, tmp_path: Path) -> None:
    backend = RecordingBackend(real_backend())
    flow = flow_on(node_url, FlowKind.TOKEN, tmp_path, backend=backend)

    report = await flow.run(ignore_flow_events)

    assert [step.step for step in report.steps] == list(FlowStep)
    assert [balance.amount for balance in report.steps[-1].balances] == [500, 500]
    assert len(backend.proved) == 5
    assert await backend.verdicts() == [True] * 5
    assert {request.setup for request, _ in backend.proved} == {TrustedSetup.DEVELOPMENT}
    assert restarts(report) == 0
    assert [len(request.steps.steps) for request, _ in backend.proved] == [11, 11, 9, 9, 9]
    for step in report.steps[:-1]:
        assert step.proof is not None
        assert step.proof.verified
        assert step.simulate is not None
        assert step.simulate.functions
    await assert_in_blocks(node_url, report)
    assert not programs("bridge.mjs")
    secrets = (tmp_path / "development" / "wallet").glob("*/accounts.json")
    assert json.loads(next(secrets).read_text())["accounts"][0]["secret"] not in report.to_json()


async def test_a_reset_between_calls_starts_bb_again(
    node_url: str, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    bridges = EarlyResets(tmp_path / "bridge", InstalledBridges(Paths.from_environment(os.environ)))
    backend = RecordingBackend(real_backend())
    flow = flow_on(node_url, FlowKind.ACCOUNT, tmp_path / "wallet", backend=backend, bridges=bridges)
    lost: list[float] = []

    def listen(event: FlowEvent) -> None:
        if isinstance(event, ProofProgress) and isinstance(event.event, ProofRestarted):
            lost.append(event.event.lost_ms)

    report = await flow.run(listen)

    names = [step.function_name for step in backend.proved[0][0].steps.steps]
    assert names.count("private_kernel_reset") == 2
    assert names.index("private_kernel_reset") < names.index("SponsoredFPC:sponsor_unconditionally")
    assert len(names) == 12
    assert restarts(report) == len(lost) == 1
    record_property("lost_ms", lost[0])
    record_property("prove_ms", report.steps[0].prove_ms)
    assert await backend.verdicts() == [True]
    await assert_in_blocks(node_url, report)


async def test_another_release_of_the_same_circuits_gets_its_own_bb(node_url: str, tmp_path: Path) -> None:
    front = NodeFront(node_url)
    front.version = "4.4.0"
    async with front.serving() as url:
        backend = RecordingBackend(real_backend())
        report = await flow_on(url, FlowKind.ACCOUNT, tmp_path, backend=backend).run(ignore_flow_events)

    assert report.aztec_version == "4.4.0"
    assert report.steps[0].proof is not None
    assert report.steps[0].proof.bb is not None
    assert report.steps[0].proof.bb.version == "4.4.0"
    assert await backend.verdicts() == [True]
    await assert_in_blocks(node_url, report)


async def test_an_account_in_remote_mode(node_url: str, tmp_path: Path) -> None:
    trust = TrustOnFirstUse(KnownServers(tmp_path / "known-servers.json"), now)
    with server_process() as server:
        backend = RecordingBackend(RemoteBackend(ServerUrl.parse(server.url), trust, real_installation()))
        flow = flow_on(node_url, FlowKind.ACCOUNT, tmp_path, backend=backend, mode=ProvingMode.REMOTE)
        report = await flow.run(ignore_flow_events)

    assert report.mode == "remote"
    assert restarts(report) == 0
    assert await backend.verdicts() == [True]
    await assert_in_blocks(node_url, report)


async def test_an_account_in_tee_mode(node_url: str, tmp_path: Path) -> None:
    tee = FakeTee()
    async with serving(small_api(real_backend(), tee=tee)) as server:
        backend = RecordingBackend(RemoteBackend(ServerUrl.parse(server), tee.trust(), real_installation()))
        flow = flow_on(node_url, FlowKind.ACCOUNT, tmp_path, backend=backend, mode=ProvingMode.TEE)
        report = await flow.run(ignore_flow_events)

    assert report.mode == "tee"
    assert restarts(report) == 0
    assert report.steps[0].proof is not None
    assert report.steps[0].proof.attestation is not None
    assert report.steps[0].proof.attestation.genuine
    assert await backend.verdicts() == [True]
    await assert_in_blocks(node_url, report)


async def test_a_salt_without_a_contract(node_url: str, tmp_path: Path) -> None:
    flow = flow_on(node_url, FlowKind.ACCOUNT, tmp_path, salt=12345)

    with raises(FEE_CONTRACT_MISSING, match="12345"):
        await flow.run(ignore_flow_events)
    assert not programs("bridge.mjs")
