"""Parts of a fleet, as processes, are killed at random moments while clients prove.

Every client gets its proof in the end, and no request is proved twice. An attempt may fail, with a code that
says that the client may start again.
"""

from __future__ import annotations

import asyncio
import gzip
import hashlib
import os
import random
import signal
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import httpx2
import pytest

from support.fleet import emptied, new_token, own_postgres, rows, until
from support.ports import free_port
from support.proving_server import wait_until
from support.remote_client import now, remote_backend, small_request
from tee_rex.errors import TeeRexError
from tee_rex.remote.known_servers import KnownServers
from tee_rex.remote.trust import TrustOnFirstUse
from tee_rex.system.child_process import dying_with_parent
from tee_rex.transaction.events import ignore_events
from tee_rex_server.fleet.postgres import OwnPostgres
from tee_rex_server.joining import TOKEN_VARIABLE

pytestmark = pytest.mark.integration

CLIENTS = 10
PROVERS = 2
PROOF_SECONDS = 0.5
MAY_START_AGAIN = {
    "JOB_LOST",
    "PROVER_LOST",
    "SERVER_BUSY",
    "SERVER_FAILED",
    "SERVER_REFUSED",
    "SERVER_UNREACHABLE",
    "TICKET_EXPIRED",
}


@dataclass
class Part:
    """A process that is started again after it was killed."""

    name: str
    start: Callable[[], Awaitable[asyncio.subprocess.Process]]
    process: asyncio.subprocess.Process | None = None

    async def up(self) -> None:
        self.process = await self.start()

    async def killed(self) -> None:
        assert self.process is not None
        self.process.kill()
        await self.process.wait()


@dataclass
class Fleet:
    """All parts.

    proved: how often each request was begun. failures: codes of attempts. recovered: seconds. served: clients
    that have got a proof since the last loss.
    """

    postgres: OwnPostgres
    folder: Path
    token: str
    dispatchers: list[str] = field(default_factory=list)
    parts: list[Part] = field(default_factory=list)
    failures: Counter[str] = field(default_factory=Counter)
    attempts: list[str] = field(default_factory=list)
    recovered: dict[str, float] = field(default_factory=dict)
    proofs: int = 0
    served: set[int] = field(default_factory=set)

    @property
    def proved(self) -> Counter[str]:
        lines = (file.read_text().split() for file in self.folder.glob("*.proofs"))
        return Counter(line for some in lines for line in some)

    async def program(self, name: str, *arguments: str) -> asyncio.subprocess.Process:
        with (
            (self.folder / f"{name}.proofs").open("ab") as out,
            (self.folder / f"{name}.log").open("ab") as log,
        ):
            return await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                *arguments,
                stdout=out,
                stderr=log,
                preexec_fn=dying_with_parent(),
                env={
                    **os.environ,
                    "PYTHONPATH": str(Path(__file__).parents[2]),
                    "TEE_REX_DATABASE": self.postgres.url,
                    TOKEN_VARIABLE: self.token,
                },
            )

    def add_dispatcher(self) -> None:
        port = free_port()
        self.dispatchers.append(f"http://127.0.0.1:{port}")
        options = ("dispatch", f"--port={port}", "--trusted-proxy=127.0.0.0/8", "--tickets-per-client=100")
        name = f"dispatcher-{port}"
        self.parts.append(Part(name, lambda: self.program(name, "tee_rex_server", *options)))

    def add_prover(self, number: int) -> None:
        name = f"prover-{number}"
        to = self.dispatchers[number % len(self.dispatchers)]
        arguments = ("support.fleet_prover_process", to, name, "1", str(PROOF_SECONDS))
        self.parts.append(Part(name, lambda: self.program(name, *arguments)))

    async def prove(self, client: int) -> None:
        """One proof, begun again as often as it fails."""
        servers = KnownServers(self.folder / f"known-{client}.json")
        for attempt in range(1_000):
            witness = gzip.compress(f"{client} {attempt}".encode(), mtime=0)
            self.attempts.append(hashlib.sha256(witness).hexdigest())
            url = self.dispatchers[(client + attempt) % len(self.dispatchers)]
            try:
                backend = remote_backend(url, TrustOnFirstUse(servers, now))
                await backend.prove(small_request(witness=witness), ignore_events)
            except TeeRexError as error:
                self.failures[error.code] += 1
                await asyncio.sleep(0.2)
            else:
                self.proofs += 1
                self.served.add(client % CLIENTS)
                return

    async def kill_one(self, kind: str, generator: random.Random) -> None:
        """Kill a part, start it again, and wait until a proof is made."""
        before, begin = self.proofs, time.monotonic()
        if kind == "database":
            os.kill(self.postgres.pid(), signal.SIGKILL)
            await asyncio.to_thread(wait_until, lambda: not self.postgres.running)
            await asyncio.to_thread(self.postgres.up)
        else:
            part = generator.choice([one for one in self.parts if one.name.startswith(kind)])
            await part.killed()
            await part.up()
        await until(lambda: _true(self.proofs > before), 120)
        self.served.clear()
        self.recovered[kind] = max(self.recovered.get(kind, 0.0), time.monotonic() - begin)


async def _true(value: bool) -> bool:
    return value


async def answers(url: str) -> bool:
    try:
        async with httpx2.AsyncClient(trust_env=False) as client:
            health = (await client.get(f"{url}/health")).json()
    except httpx2.HTTPError:
        return False
    return bool(health.get("slots", 0) == PROVERS)


@asynccontextmanager
async def fleet_of_processes(folder: Path) -> AsyncIterator[Fleet]:
    with own_postgres() as postgres:
        url = emptied(postgres)
        fleet = Fleet(postgres, folder, await new_token(url, "provers", prover=True))
        for _ in range(2):
            fleet.add_dispatcher()
        for number in range(PROVERS):
            fleet.add_prover(number)
        try:
            for part in fleet.parts:
                await part.up()
            for dispatcher in fleet.dispatchers:
                await until(partial(answers, dispatcher), 120)
            yield fleet
        finally:
            for part in fleet.parts:
                if part.process is not None and part.process.returncode is None:
                    await part.killed()


@pytest.mark.parametrize("rounds", [3, pytest.param(30, marks=[pytest.mark.soak, pytest.mark.timeout(3600)])])
async def test_nothing_is_lost_and_nothing_proved_twice(rounds: int, tmp_path: Path) -> None:
    generator, kinds = random.Random(18), ["database", "dispatcher", "prover"]
    async with fleet_of_processes(tmp_path) as fleet:
        clients = [asyncio.create_task(_prove_forever(fleet, number)) for number in range(CLIENTS)]
        try:
            for number in range(rounds):
                if number % len(kinds) == 0:
                    generator.shuffle(kinds)
                await asyncio.sleep(generator.uniform(0.2, 2))
                await fleet.kill_one(kinds[number % len(kinds)], generator)
            await until(lambda: _true(len(fleet.served) == CLIENTS), 120)  # nobody is left behind
        finally:
            done = fleet.proofs
            for client in clients:
                client.cancel()
            await asyncio.wait(clients)
        assert max(fleet.proved.values()) == 1
        assert set(fleet.failures) <= MAY_START_AGAIN, fleet.failures
        open_ones = await rows(fleet.postgres.url, "SELECT * FROM tee_rex_tickets WHERE ended IS NULL")
        assert len(open_ones) <= CLIENTS  # of cancelled clients, for less than a minute
    sys.stderr.write(f"{done} proofs, failures {dict(fleet.failures)}, recovered {fleet.recovered}\n")


async def _prove_forever(fleet: Fleet, number: int) -> None:
    """One client after another, at the same address."""
    while True:
        await fleet.prove(number)
        number += CLIENTS
