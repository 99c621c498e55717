from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import psutil
import pytest

from support.errors import raises, some_error
from support.flow_parts import bridges_running, scripted
from support.patience import PATIENCE
from support.processes import python_program, running
from support.proving_server import eventually, some_proof, wait_until
from support.recorded_steps import development_deployment
from tee_rex.aztec.wallet.client import BridgeClient
from tee_rex.aztec.wallet.process import BridgeCommand, environment
from tee_rex.aztec.wallet.protocol import OpenedWallet, SentTransaction, Simulation, Synchronisation
from tee_rex.aztec.wallet.watchdog import CallTimeouts
from tee_rex.errors import ErrorKind, TeeRexError, UsageError
from tee_rex.errors.catalogue import aztec as errors
from tee_rex.errors.catalogue import transaction as steps_errors
from tee_rex.transaction.request import ProofRequest, StreamedRequest
from tee_rex.transaction.steps import ExecutionSteps, unnamed_kinds
from tee_rex.transaction.trusted_setup import TrustedSetup
from tee_rex.transaction.versions import AztecVersion

NOT_THE_PROTOCOL = ("garbage", "huge", "no-json", "no-rpc")
FAULTS: list[tuple[str, ErrorKind[TeeRexError]]] = [
    ("crash", errors.BRIDGE_CRASHED),
    ("exit", errors.BRIDGE_CRASHED),
    ("cut", errors.BRIDGE_CRASHED),
    ("hang", errors.BRIDGE_SILENT),
    *((fault, errors.BRIDGE_PROTOCOL) for fault in (*NOT_THE_PROTOCOL, "asks")),
]
PLACES = ("simulate", "step-0", "step-1", "step-6", "step-10", "prove", "send")

LONG = CallTimeouts(silence=PATIENCE, node=PATIENCE)


class Handler:
    """Proves at once unless it has a gate. idle_seconds: before it looks at the steps."""

    def __init__(self, idle_seconds: float = 0.0) -> None:
        self.idle_seconds = idle_seconds
        self.simulations: list[Simulation] = []
        self.steps: list[bytes] = []
        self.sent: list[str] = []
        self.gate: asyncio.Event | None = None
        self.error: Exception | None = None
        self.proofs = 0
        self.proofs_given_up = 0

    def simulated(self, simulation: Simulation) -> None:
        self.simulations.append(simulation)

    def announced(self, circuits: int) -> StreamedRequest:
        return StreamedRequest(unnamed_kinds(circuits), TrustedSetup.DEVELOPMENT, AztecVersion(4, 1, 2))

    async def prove(self, request: ProofRequest) -> bytes:
        self.proofs += 1
        try:
            await asyncio.sleep(self.idle_seconds)
            await request.steps.ended()
            self.steps.append(request.steps.to_bytes())
            if self.gate is not None:
                await self.gate.wait()
        except asyncio.CancelledError:
            self.proofs_given_up += 1
            raise
        if self.error is not None:
            raise self.error
        return some_proof().to_wire()

    def sending(self, transaction: str, finish_ms: float) -> None:
        self.sent.append(transaction)


@asynccontextmanager
async def bridge(folder: Path, behaviour: str = "") -> AsyncIterator[BridgeClient]:
    client = await BridgeClient.start(scripted(folder, behaviour))
    try:
        yield client
    finally:
        await client.close()
        assert not psutil.pid_exists(client.pid)


async def deploy(client: BridgeClient, handler: Handler, patience: CallTimeouts = LONG) -> SentTransaction:
    return await client.transaction(
        "deployAccount", SentTransaction, handler, {"address": "0x" + "0" * 64}, timeouts=patience
    )


async def open_wallet(client: BridgeClient, folder: Path, patience: CallTimeouts = LONG) -> OpenedWallet:
    params = {"nodeUrl": "", "dataDirectory": str(folder / "pxe"), "proofs": True, "sponsoredFpcSalt": "0"}
    return await client.call("open", OpenedWallet, params, timeouts=patience)


async def test_a_transaction_is_simulated_proved_and_sent(tmp_path: Path) -> None:
    handler = Handler()
    async with bridge(tmp_path) as client:
        sent = await deploy(client, handler)
        assert client.start_ms > 0
        assert client.peak_memory_bytes > 1_000_000

    assert [ExecutionSteps.from_bytes(one) for one in handler.steps] == [
        ExecutionSteps.from_bytes(development_deployment())
    ]
    assert handler.sent == [sent.transaction]
    assert [one.name for one in handler.simulations[0].functions] == [
        "SchnorrAccount:entrypoint",
        "hiding_kernel",
    ]


@pytest.mark.parametrize("place", ["open", *PLACES])
@pytest.mark.parametrize(("fault", "expected"), FAULTS)
async def test_every_fault_ends_in_a_typed_error_and_no_process(
    tmp_path: Path, fault: str, expected: ErrorKind[TeeRexError], place: str
) -> None:
    patience = CallTimeouts(silence=0.3) if fault == "hang" else LONG
    async with bridge(tmp_path, f"{fault}@{place}") as client:
        calling = (
            open_wallet(client, tmp_path, patience)
            if place == "open"
            else deploy(client, Handler(), patience)
        )
        with raises(expected) as raised:
            await calling
        assert "0x1234" not in str(raised.value)
        with pytest.raises(TeeRexError):  # it stays broken
            await open_wallet(client, tmp_path)
        await eventually(lambda: not running(client.pid))


async def test_a_bridge_that_closed_its_pipe_and_does_not_exit_is_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tee_rex.aztec.wallet.process._SECONDS_TO_EXIT", 0.1)
    async with bridge(tmp_path, "silent-close@open") as client:
        with raises(errors.BRIDGE_CRASHED, match="did not exit"):
            await open_wallet(client, tmp_path)
        assert not running(client.pid)


@pytest.mark.parametrize(
    ("behaviour", "expected"),
    [("crash@start", errors.BRIDGE_CRASHED), ("exit@start", errors.BRIDGE_CRASHED)]
    + [(f"{fault}@start", errors.BRIDGE_PROTOCOL) for fault in NOT_THE_PROTOCOL],
)
async def test_a_bridge_that_does_not_start(
    tmp_path: Path, behaviour: str, expected: ErrorKind[TeeRexError]
) -> None:
    with raises(expected):
        await BridgeClient.start(scripted(tmp_path, behaviour))
    assert not bridges_running(tmp_path)


async def test_a_bridge_that_is_never_ready(tmp_path: Path) -> None:
    with raises(errors.BRIDGE_HUNG, match=r"0\.2 seconds"):
        await BridgeClient.start(scripted(tmp_path, "hang@start"), seconds=0.2)
    assert not bridges_running(tmp_path)


async def test_a_program_that_is_not_there(tmp_path: Path) -> None:
    with raises(errors.BRIDGE_START_FAILED):
        await BridgeClient.start(BridgeCommand((str(tmp_path / "nothing"),), tmp_path))


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("node", errors.NODE_UNREACHABLE_FROM_WALLET),
        ("store", errors.WALLET_DATA_UNUSABLE),
        ("simulation", errors.SIMULATION_FAILED),
        ("send", errors.SEND_FAILED),
        ("anything", errors.BRIDGE_FAILED),
    ],
)
async def test_errors_of_the_bridge_have_types(
    tmp_path: Path, kind: str, expected: ErrorKind[TeeRexError]
) -> None:
    async with bridge(tmp_path, f"{kind}@deployAccount") as client:
        with raises(expected):
            await deploy(client, Handler())


async def test_an_answer_of_another_form_is_refused(tmp_path: Path) -> None:
    async with bridge(tmp_path, "wrong-answer@open") as client:
        with raises(errors.BRIDGE_ANSWER_INVALID, match="open"):
            await open_wallet(client, tmp_path)


async def test_two_proofs_at_once_are_refused(tmp_path: Path) -> None:
    handler = Handler()
    handler.gate = asyncio.Event()
    async with bridge(tmp_path, "prove-twice@prove") as client:
        with raises(errors.BRIDGE_PROTOCOL):
            await deploy(client, handler)
    assert handler.proofs_given_up == 1


@pytest.mark.parametrize("idle_seconds", [0.0, 0.5])
@pytest.mark.parametrize(
    ("behaviour", "expected"),
    [
        ("again@step-1", steps_errors.STEPS_OUT_OF_ORDER),
        ("one-more@step-5", steps_errors.STEPS_CUT_SHORT),
        ("fewer@step-5", steps_errors.STEPS_NOT_AS_ANNOUNCED),
        ("too-many@step-5", steps_errors.STEPS_TOO_MANY_CIRCUITS),
        ("early-end@step-5", steps_errors.STEPS_CUT_SHORT),
        ("bad-steps@simulate", steps_errors.STEPS_MALFORMED),
    ],
)
async def test_steps_that_are_not_as_announced_end_the_transaction(
    tmp_path: Path, behaviour: str, expected: ErrorKind[TeeRexError], idle_seconds: float
) -> None:
    """With the reason, whether the prover or the bridge is the first to notice."""
    handler = Handler(idle_seconds)
    async with bridge(tmp_path, behaviour) as client:
        with raises(expected):
            await deploy(client, handler)
    assert handler.proofs == 1
    assert not handler.sent


@pytest.mark.parametrize("place", ["step-0", "step-1", "step-6", "step-10"])
async def test_cancelling_while_steps_are_made_ends_the_proof(tmp_path: Path, place: str) -> None:
    handler = Handler()
    async with bridge(tmp_path, f"hang@{place}") as client:
        deploying = asyncio.create_task(deploy(client, handler))
        await eventually(lambda: handler.proofs)
        deploying.cancel()
        with pytest.raises(asyncio.CancelledError):
            await deploying
        assert handler.proofs_given_up == 1
    assert not (tmp_path / "sent").exists()


async def test_the_error_of_the_proof_reaches_the_caller(tmp_path: Path) -> None:
    handler = Handler()
    handler.error = some_error(UsageError, "of the prover")
    async with bridge(tmp_path) as client:
        with pytest.raises(UsageError, match="of the prover"):
            await deploy(client, handler)
    assert not handler.sent


async def test_a_handler_that_fails_ends_the_transaction(tmp_path: Path) -> None:
    class Failing(Handler):
        def simulated(self, simulation: Simulation) -> None:
            raise RuntimeError("of the listener")

    async with bridge(tmp_path) as client:
        with pytest.raises(RuntimeError, match="of the listener"):
            await deploy(client, Failing())


async def test_the_time_of_the_proof_is_not_the_bridges_silence(tmp_path: Path) -> None:
    handler = Handler()
    handler.gate = asyncio.Event()
    async with bridge(tmp_path) as client:
        deploying = asyncio.create_task(deploy(client, handler, CallTimeouts(silence=2)))
        await eventually(lambda: handler.steps)
        await asyncio.sleep(2.5)
        handler.gate.set()
        assert (await deploying).transaction


async def test_heartbeats_extend_the_silence_timeout(tmp_path: Path) -> None:
    reported: list[Synchronisation] = []
    client = await BridgeClient.start(scripted(tmp_path, "pulse@simulate"), on_sync=reported.append)
    try:
        assert (await deploy(client, Handler(), CallTimeouts(silence=2, node=2))).transaction
    finally:
        await client.close()
    assert reported == [Synchronisation(10 * received, 70) for received in range(8)]


async def test_a_node_that_keeps_the_bridge_waiting_is_reported(tmp_path: Path) -> None:
    async with bridge(tmp_path, "stalled@simulate") as client:
        with raises(errors.NODE_STALLED):
            await deploy(client, Handler(), CallTimeouts(silence=20, node=0.3))
        await eventually(lambda: not running(client.pid))


async def test_a_late_sending_reaches_the_cancelled_handler(tmp_path: Path) -> None:
    handler = Handler()
    async with bridge(tmp_path, "sends-unseen") as client:
        deploying = asyncio.create_task(deploy(client, handler))
        await eventually((tmp_path / "sending").exists)
        deploying.cancel()
        with pytest.raises(asyncio.CancelledError):
            await deploying
        assert not handler.sent
        (tmp_path / "cancelled").touch()
        while not (tmp_path / "sent").exists():  # blocking: nothing is read meanwhile
            time.sleep(0.01)
        await client.abort()
    assert handler.sent == (tmp_path / "sent").read_text().split()


async def test_cancelling_during_the_proof_ends_it_and_sends_nothing(tmp_path: Path) -> None:
    handler = Handler()
    handler.gate = asyncio.Event()
    async with bridge(tmp_path) as client:
        deploying = asyncio.create_task(deploy(client, handler))
        await eventually(lambda: handler.steps)
        deploying.cancel()
        with pytest.raises(asyncio.CancelledError):
            await deploying
        assert handler.proofs_given_up == 1
    assert not (tmp_path / "sent").exists()


@pytest.mark.parametrize("place", ["start", "open"])
async def test_cancelling_leaves_no_process(tmp_path: Path, place: str) -> None:
    async def use() -> None:
        async with bridge(tmp_path, f"hang@{place}") as client:
            await open_wallet(client, tmp_path)

    using = asyncio.create_task(use())
    await eventually(lambda: bridges_running(tmp_path))
    await asyncio.sleep(0.1)
    using.cancel()
    with pytest.raises(asyncio.CancelledError):
        await using
    assert not bridges_running(tmp_path)


def test_a_killed_parent_takes_the_bridge_with_it(tmp_path: Path) -> None:
    program = (
        "import asyncio, sys; from pathlib import Path; from support.flow_parts import scripted;"
        "from tee_rex.aztec.wallet.client import BridgeClient\n"
        "async def main():\n"
        f"    client = await BridgeClient.start(scripted(Path({str(tmp_path)!r})))\n"
        "    print(client.pid, flush=True)\n"
        "    await asyncio.sleep(60)\n"
        "asyncio.run(main())"
    )
    with python_program(program) as (_parent, pid):
        pass
    wait_until(lambda: not running(int(pid)))


def test_the_environment_has_only_proxies_and_certificates() -> None:
    own = {
        "HTTPS_PROXY": "http://proxy",
        "NODE_OPTIONS": "--require evil",
        "LD_PRELOAD": "x",
        "no_proxy": "a",
    }

    passed = environment(own)

    assert passed["HTTPS_PROXY"] == "http://proxy"
    assert passed["NO_PROXY"] == "a,localhost,127.0.0.1,[::1]"
    assert not {"NODE_OPTIONS", "LD_PRELOAD"} & passed.keys()
