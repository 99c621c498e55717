"""Real flows that are cancelled, killed, or lose their node: nothing is left, and the next one works."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
import pytest_asyncio

from support.devnet import ON_DEVNET, RestartableNetwork
from support.interrupted_flows import Interrupted, circuit, phase, programs
from support.node_front import NodeFront
from support.processes import running
from support.proving_server import eventually
from support.real_flows import flow_on, home_with_installed_wallet, ignore_flow_events
from tee_rex.aztec.flows import step as step_module
from tee_rex.aztec.flows.events import FlowEvent, FlowListener
from tee_rex.aztec.flows.report import FlowKind, FlowReport, StepPhase
from tee_rex.aztec.flows.runner import AztecFlow
from tee_rex.aztec.node import AztecNode, TransactionStatus
from tee_rex.aztec.wallet import client as client_module
from tee_rex.aztec.wallet.watchdog import CallTimeouts
from tee_rex.errors import ErrorKind, TeeRexError
from tee_rex.errors.catalogue.aztec import BRIDGE_CRASHED, NODE_UNREACHABLE
from tee_rex.system.progress import TaskProgress

pytestmark = [*ON_DEVNET, pytest.mark.timeout(900), pytest.mark.asyncio(loop_scope="session")]

# What the wallet asks late in a simulation.
IN_SIMULATION = "node_getPublicDataWitness"


class Stage:
    """Flows with one wallet, on the real node behind a front."""

    def __init__(self, front: NodeFront, url: str, folder: Path) -> None:
        self.front = front
        self.url = url
        self.folder = folder

    def flow(self, *, proofs: bool) -> AztecFlow:
        return flow_on(self.url, FlowKind.ACCOUNT, self.folder, proofs=proofs)

    def interrupted(self, moment: Callable[[FlowEvent], bool], *, proofs: bool) -> Interrupted:
        return Interrupted(self.flow(proofs=proofs), moment)

    def interrupted_at_call(self, method: str) -> Interrupted:
        flow = Interrupted(self.flow(proofs=False))
        self.front.on_call = lambda called: flow.cancel() if called == method else None
        return flow

    async def fails(
        self, expected: ErrorKind[TeeRexError], listener: FlowListener, *, proofs: bool
    ) -> FlowReport:
        """Nothing runs any more; the error has a hint."""
        flow = self.flow(proofs=proofs)
        with pytest.raises(expected.error_type) as raised:
            await flow.run(listener)
        assert raised.value.code == expected.code
        assert raised.value.hint
        assert not programs()
        return flow.report(raised.value)

    async def works(self) -> None:
        """The next flow with the same wallet; its keys are all there still."""
        before = self.keys()
        report = await self.flow(proofs=False).run(ignore_flow_events)
        assert report.steps[0].block
        after = self.keys()
        assert (after[: len(before)], len(after)) == (before, len(before) + 1)
        assert not programs()

    def keys(self) -> list[dict[str, str]]:
        files = list(self.folder.glob("development/wallet/*/accounts.json"))
        return [keys for file in files for keys in json.loads(file.read_bytes())["accounts"]]


@pytest_asyncio.fixture(loop_scope="session")
async def stage(network: RestartableNetwork, tmp_path: Path) -> AsyncIterator[Stage]:
    front = NodeFront(network.url)
    async with front.serving() as url:
        yield Stage(front, url, tmp_path)


async def known_to(node: AztecNode, transaction: str) -> None:
    for _ in range(100):  # it was on its way
        if (await node.receipt(transaction)).status is not TransactionStatus.DROPPED:
            return
        await asyncio.sleep(0.1)
    raise AssertionError(transaction)


async def test_cancelling_in_every_phase(stage: Stage, network: RestartableNetwork) -> None:
    connecting = await stage.interrupted_at_call("node_registerContractFunctionSignatures").report()
    assert not connecting.steps

    simulating = await stage.interrupted_at_call(IN_SIMULATION).report()
    assert simulating.steps[0].simulate is None
    stage.front.on_call = None

    proving = await stage.interrupted(circuit(2), proofs=True).report()
    assert proving.steps[0].simulate is not None
    assert [report.unconfirmed for report in (connecting, simulating, proving)] == [None] * 3

    sending = await stage.interrupted_at_call("node_sendTx").report()
    stage.front.on_call = None
    confirming = await stage.interrupted(phase(StepPhase.CONFIRM), proofs=False).report()
    async with AztecNode.open(network.url) as node:
        for report in (sending, confirming):  # what cannot be undone is said
            step = report.unconfirmed
            assert step is not None
            assert step.transaction is not None
            await known_to(node, step.transaction)
    stage.front.lost.add("node_sendTx")  # its answer does not arrive; that is no transaction lost
    await stage.works()
    assert not stage.front.lost


async def test_a_node_that_disappears_or_is_silent(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(step_module, "_GRACE_SECONDS", 2.0)
    stage.front.slow["node_getCheckpoints"] = 2.5
    events: list[FlowEvent] = []
    for moment in (phase(StepPhase.SIMULATE), phase(StepPhase.CONFIRM)):

        def listen(event: FlowEvent, moment: Callable[[FlowEvent], bool] = moment) -> None:
            events.append(event)
            stage.front.away = stage.front.away or moment(event)

        report = await stage.fails(NODE_UNREACHABLE, listen, proofs=False)
        assert report.steps[0].block is None
        assert (report.unconfirmed is None) is (report.steps[0].simulate is None)
        stage.front.away = False
    synchronised = [one for one in events if isinstance(one, TaskProgress) and one.task == "wallet.sync"]
    assert synchronised[-1].total
    assert synchronised[-1].done == synchronised[-1].total

    monkeypatch.setattr(client_module, "CALL_TIMEOUTS", CallTimeouts(node=3))
    stage.front.silent.add(IN_SIMULATION)
    await stage.fails(NODE_UNREACHABLE, ignore_flow_events, proofs=False)
    stage.front.silent.clear()
    monkeypatch.undo()
    await stage.works()


async def test_a_killed_bridge(stage: Stage) -> None:
    for moment in (phase(StepPhase.SIMULATE), circuit(1)):

        def listen(event: FlowEvent, moment: Callable[[FlowEvent], bool] = moment) -> None:
            if moment(event):
                (bridge,) = programs("bridge.mjs")
                bridge.send_signal(signal.SIGKILL)

        await stage.fails(BRIDGE_CRASHED, listen, proofs=True)
    await stage.works()


async def test_the_command_is_killed_and_the_next_one_works(
    network: RestartableNetwork, tmp_path: Path
) -> None:
    home = await home_with_installed_wallet(tmp_path / "home")
    command = [str(Path(sys.executable).with_name("tee-rex")), "flow", "account", "--node", network.url]
    environment = {**os.environ, "TEE_REX_HOME": str(home)}

    process = await asyncio.create_subprocess_exec(*command, env=environment, stderr=subprocess.PIPE)
    assert process.stderr is not None
    while b"simulated" not in await asyncio.wait_for(process.stderr.readline(), 120):
        pass
    await eventually(lambda: len(programs(parent=process.pid)) == 2, seconds=60)  # the bridge, and bb
    started = programs(parent=process.pid)
    process.kill()
    await process.communicate()
    next_one = await asyncio.create_subprocess_exec(
        *command, "--no-proofs", "--json", env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    stdout, stderr = await next_one.communicate()

    assert next_one.returncode == 0, stderr.decode()
    assert not [one for one in started if running(one.pid)]
    report = FlowReport.from_json(stdout)
    assert report.steps[0].proof is None
    assert report.steps[0].block
    assert b"INSECURE" in stderr
