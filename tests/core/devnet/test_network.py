"""Starting, watching and ending a network, with real processes in place of Aztec's."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import sys
import textwrap
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from types import SimpleNamespace

import psutil
import pytest

from support import small_network
from support.errors import raises
from support.ports import free_port, free_ports
from support.small_network import FAILING, SILENT, SmallNetwork, packages, root_of, use
from tee_rex.devnet import network
from tee_rex.devnet.network import Condition, Devnet, running_devnet
from tee_rex.devnet.ports import Ports, is_free
from tee_rex.devnet.run_folder import RunFolder
from tee_rex.errors.catalogue import devnet as errors
from tee_rex.transaction.trusted_setup import TrustedSetup

pytestmark = pytest.mark.integration


@pytest.fixture
async def folder(tmp_path: Path) -> AsyncIterator[Path]:
    """A folder; whatever a failed test leaves running in it is ended."""
    path = tmp_path / "run"
    yield path
    RunFolder(path).end_all()


@pytest.fixture
def ports() -> Ports:
    return free_ports()


@pytest.fixture
def devnet(folder: Path) -> Devnet:
    return Devnet(folder, TrustedSetup.DEVELOPMENT)


@pytest.fixture
def clean(devnet: Devnet, folder: Path, ports: Ports) -> Iterator[Devnet]:
    """A network of which nothing is left after the test."""
    yield devnet
    assert nothing_is_left(folder, ports)


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    use(monkeypatch, SmallNetwork())


def nothing_is_left(folder: Path, ports: Ports) -> bool:
    run = RunFolder(folder)
    zombies = [child for child in psutil.Process().children() if child.status() == psutil.STATUS_ZOMBIE]
    assert ports.l1 is not None
    return (
        not run.members()
        and not zombies
        and is_free(ports.node)
        and is_free(ports.l1)
        and {path.name for path in folder.iterdir()} <= {"logs", "lock"}
    )


async def until(condition: Condition, devnet: Devnet) -> str:
    status = await devnet.status()
    while status.condition is not condition:
        status = await devnet.status()
    return str(status.detail)


async def until_there_are(processes: int, folder: Path) -> None:
    members = RunFolder(folder).members
    while len(await asyncio.to_thread(members)) != processes:
        pass


async def test_up_status_up_again_down(devnet: Devnet, folder: Path, ports: Ports) -> None:
    assert (await devnet.status()).condition is Condition.DOWN
    up = await devnet.up(packages(), ports)
    assert up.condition is Condition.READY
    assert up.node_url == f"http://127.0.0.1:{ports.node}"
    assert set(up.processes) == {"supervisor", "anvil", "aztec"}
    assert up.memory_bytes > 0
    again = await devnet.up(packages(), None)
    assert again.processes == up.processes
    assert await devnet.down()
    assert nothing_is_left(folder, ports)
    assert (folder / "logs" / "aztec.log").read_text() != ""
    assert not await devnet.down()


async def test_a_network_elsewhere_is_not_taken_for_the_wanted_one(devnet: Devnet, ports: Ports) -> None:
    await devnet.up(packages(), ports)
    with raises(errors.DEVNET_RUNS_ELSEWHERE, match=str(ports.node)):
        await devnet.up(packages(), Ports(free_port()))
    other_l1 = Ports(ports.node, free_port())
    with raises(errors.L1_RUNS_ELSEWHERE, match=f"L1 is at .*{ports.l1}"):
        await devnet.up(packages(), other_l1)
    assert (await devnet.status()).condition is Condition.READY


async def test_the_state_can_be_kept_to_look_at(clean: Devnet, folder: Path, ports: Ports) -> None:
    await clean.up(packages(), ports)
    await clean.down(keep_state=True)
    assert (folder / "state" / "data").exists()
    await clean.up(packages(), ports)  # starts anew, on a clean state
    await clean.down()


@pytest.mark.parametrize("victim", ["anvil", "aztec", "supervisor"])
async def test_a_killed_process_is_noticed_and_nothing_stays(
    clean: Devnet, ports: Ports, victim: str
) -> None:
    up = await clean.up(packages(), ports)
    os.kill(up.processes[victim], signal.SIGKILL)
    assert victim in await until(Condition.BROKEN, clean)
    assert await clean.down()


async def test_a_node_that_stands_still_does_not_keep_the_status_waiting(
    devnet: Devnet, ports: Ports, monkeypatch: pytest.MonkeyPatch
) -> None:
    up = await devnet.up(packages(), ports)
    os.kill(up.processes["aztec"], signal.SIGSTOP)
    monkeypatch.setattr("tee_rex.devnet.network._ANSWER_SECONDS", 0.5)
    status = await devnet.status()
    assert (status.condition, str(status.detail)) == (Condition.STARTING, "The node does not answer yet.")
    assert await devnet.down()


async def test_up_mends_a_broken_network(clean: Devnet, ports: Ports) -> None:
    up = await clean.up(packages(), ports)
    os.kill(up.processes["anvil"], signal.SIGKILL)
    await until(Condition.BROKEN, clean)
    again = await clean.up(packages(), ports)
    assert again.condition is Condition.READY
    assert not set(again.processes.values()) & set(up.processes.values())
    await clean.down()


async def test_a_program_that_fails_is_quoted(
    clean: Devnet, ports: Ports, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(monkeypatch, FAILING)
    with raises(errors.DEVNET_ENDED, match="aztec exited with code 7") as raised:
        await clean.up(packages(), ports)
    assert "Error: no" in raised.value.message
    assert "\x1b" not in raised.value.message


async def test_a_node_that_never_answers_is_given_up(
    clean: Devnet, ports: Ports, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(monkeypatch, SILENT)
    with raises(errors.DEVNET_NOT_READY):
        await clean.up(packages(), ports, wait_seconds=1.5)


async def test_cancelling_a_start_leaves_nothing(
    clean: Devnet, folder: Path, ports: Ports, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(monkeypatch, SILENT)
    starting = asyncio.create_task(clean.up(packages(), ports))
    await until_there_are(4, folder)  # the supervisor, anvil and its child, the node
    starting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await starting


async def test_a_start_that_another_command_ends_says_so(
    clean: Devnet, folder: Path, ports: Ports, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(monkeypatch, SILENT)
    starting = asyncio.create_task(clean.up(packages(), ports))
    await until_there_are(4, folder)
    assert await Devnet(folder, TrustedSetup.DEVELOPMENT).down()
    with raises(errors.DEVNET_STOPPED):
        await starting


async def test_a_supervisor_that_cannot_start_is_told(
    clean: Devnet, ports: Ports, monkeypatch: pytest.MonkeyPatch
) -> None:
    command = (sys.executable, "-c", "raise SystemExit('no module of that name')")
    monkeypatch.setattr("tee_rex.devnet.network.supervisor_command", lambda: command)
    with raises(errors.SUPERVISOR_NOT_STARTED, match="no module of that name"):
        await clean.up(packages(), ports)


@pytest.mark.parametrize(
    "other",
    [SmallNetwork(root=root_of(TrustedSetup.GENUINE)), SmallNetwork(root="0x00"), SmallNetwork(chain_id=1)],
    ids=["genuine keys", "unknown keys", "another chain"],
)
async def test_another_network_than_the_expected_one_is_ended(
    clean: Devnet, ports: Ports, monkeypatch: pytest.MonkeyPatch, other: SmallNetwork
) -> None:
    use(monkeypatch, other)
    with raises(errors.UNEXPECTED_NETWORK):
        await clean.up(packages(), ports)


async def test_a_genuine_network_is_expected_to_have_genuine_keys(
    folder: Path, ports: Ports, monkeypatch: pytest.MonkeyPatch
) -> None:
    genuine = TrustedSetup.GENUINE
    use(monkeypatch, SmallNetwork(root=root_of(genuine)))
    devnet = Devnet(folder, genuine)
    assert (await devnet.up(packages(genuine), ports)).setup is genuine


async def test_a_port_in_use_is_said_before_anything_starts(clean: Devnet, ports: Ports) -> None:
    with (
        socket.create_server(("127.0.0.1", ports.node)),
        raises(errors.PORT_IN_USE, match=str(ports.node)) as raised,
    ):
        await clean.up(packages(), ports)
    assert "--port" in raised.value.hint


async def test_too_little_memory_is_said_before_anything_starts(
    clean: Devnet, ports: Ports, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(network, "MEMORY_NEEDED", 1_000_000_000)
    monkeypatch.setattr(psutil, "virtual_memory", lambda: SimpleNamespace(available=700_000_000))
    with raises(errors.NOT_ENOUGH_MEMORY, match=r"0\.7 GB are available"):
        await clean.up(packages(), ports)


async def test_two_starts_at_once_give_one_network(folder: Path, ports: Ports) -> None:
    one, other = (Devnet(folder, TrustedSetup.DEVELOPMENT) for _ in range(2))
    first, second = await asyncio.gather(one.up(packages(), ports), other.up(packages(), ports))
    assert first.processes == second.processes


async def test_a_network_of_ones_own_ends_with_the_block(folder: Path, ports: Ports) -> None:
    async with running_devnet(folder, packages(), ports) as status:
        assert status.condition is Condition.READY
    assert nothing_is_left(folder, ports)


@pytest.mark.parametrize("lifeline", [True, False], ids=["running_devnet", "up"])
async def test_the_process_that_started_it_is_killed(
    clean: Devnet, folder: Path, ports: Ports, lifeline: bool
) -> None:
    """A network of one's own ends with its process; one for everybody is cleaned up by ``down``."""
    program = textwrap.dedent(f"""
        import asyncio, os, signal
        from pathlib import Path
        from support.small_network import SmallNetwork, packages
        from tee_rex.devnet import network
        from tee_rex.devnet.network import Devnet, running_devnet
        from tee_rex.devnet.ports import Ports
        from tee_rex.transaction.trusted_setup import TrustedSetup
        network.network_programs, network.MEMORY_NEEDED = SmallNetwork(), 0
        folder, ports = Path({str(folder)!r}), Ports({ports.node}, {ports.l1})
        async def main():
            if {lifeline}:
                async with running_devnet(folder, packages(), ports):
                    os.kill(os.getpid(), signal.SIGKILL)
            def killed_while_it_starts(progress):
                os.kill(os.getpid(), signal.SIGKILL)
            await Devnet(folder, TrustedSetup.DEVELOPMENT).up(packages(), ports, killed_while_it_starts)
        asyncio.run(main())
    """)
    environment = {**os.environ, "PYTHONPATH": str(Path(small_network.__file__).parents[1])}
    done = subprocess.run([sys.executable, "-c", program], env=environment, check=False)
    assert done.returncode == -signal.SIGKILL
    if lifeline:
        await until_there_are(0, folder)
    await clean.down()
