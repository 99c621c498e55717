"""A fleet for tests: a real PostgreSQL, dispatchers, and provers that join them, around fake backends."""

from __future__ import annotations

import asyncio
import io
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import psycopg

from support.patience import PATIENCE
from tee_rex.http_client.server_url import ServerUrl
from tee_rex.transaction.trusted_setup import TrustedSetup
from tee_rex.web.server import HttpConfig, UnsignalledServer, hang_up, listening_socket
from tee_rex_server.fleet.database import Database
from tee_rex_server.fleet.postgres import OwnPostgres
from tee_rex_server.fleet.server import DispatchSettings, dispatch
from tee_rex_server.fleet.tickets import TicketLimits
from tee_rex_server.fleet.tokens import Tokens
from tee_rex_server.http.routes import Api
from tee_rex_server.joining import Joining, JoinSettings
from tee_rex_server.logs import json_logger
from tee_rex_server.settings import parse_network

LOOPBACK = parse_network("127.0.0.0/8")


@contextmanager
def own_postgres() -> Iterator[OwnPostgres]:
    """A PostgreSQL that runs until the block ends."""
    with TemporaryDirectory(prefix="pg-", ignore_cleanup_errors=True) as folder:
        postgres = OwnPostgres(Path(folder))
        postgres.up()
        try:
            yield postgres
        finally:
            postgres.down("immediate")


def emptied(postgres: OwnPostgres) -> str:
    """The address of its database, with nothing in it."""
    with psycopg.connect(postgres.url, autocommit=True) as connection:
        connection.execute("DROP SCHEMA public CASCADE")
        connection.execute("CREATE SCHEMA public")
    return postgres.url


async def rows(url: str, query: str, *values: object) -> list[dict[str, Any]]:
    """What the database has."""
    async with await psycopg.AsyncConnection.connect(
        url, autocommit=True, row_factory=psycopg.rows.dict_row
    ) as connection:
        cursor = await connection.execute(query, values)
        return await cursor.fetchall() if cursor.description else []


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[Database]:
    """The database as a dispatcher sees it."""
    async with Database.open(url, json_logger(io.StringIO())) as database:
        yield database


async def new_token(url: str, name: str, *, prover: bool = False) -> str:
    """A new token."""
    async with opened(url) as database:
        return await Tokens(database).add(name, prover=prover)


class TestFleet:
    """Dispatchers on one database, and the provers that have joined. log: what all dispatchers wrote."""

    __test__ = False

    def __init__(self, database: str, join_token: str, stack: AsyncExitStack) -> None:
        self.database = database
        self.join_token = join_token
        self.log = io.StringIO()
        self._stack = stack
        self.dispatchers: list[str] = []

    @property
    def url(self) -> str:
        """The first dispatcher's."""
        return self.dispatchers[0]

    async def dispatcher(self, *, tokens_required: bool = False) -> str:
        """Start another dispatcher; its address."""
        settings = DispatchSettings(
            database=self.database,
            limits=TicketLimits(),
            tokens_required=tokens_required,
            rate_limit=None,
            trusted_proxies=(LOOPBACK,),
            grace_seconds=5.0,
        )
        listener = listening_socket("127.0.0.1", 0)
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        await self._stack.enter_async_context(running(dispatch(settings, listener, json_logger(self.log))))
        self.dispatchers.append(url)
        return url

    async def prover(self, name: str, api: Api) -> AsyncExitStack:
        """A prover that has joined; close what is returned to let it leave."""
        life = await self._stack.enter_async_context(AsyncExitStack())
        url = await life.enter_async_context(serving_quietly(api))
        await life.enter_async_context(self.joined(name, url))
        return life

    @asynccontextmanager
    async def joined(self, name: str, url: str) -> AsyncIterator[None]:
        """Have the server at ``url`` join, and wait until tickets can be assigned to it."""
        settings = JoinSettings(ServerUrl.parse(self.url), self.join_token, name, url)
        joining = Joining(
            settings, ServerUrl.parse(url), lambda _: [TrustedSetup.DEVELOPMENT], json_logger(self.log)
        )
        async with running(joining.run()):
            await self.until(
                "SELECT 1 FROM tee_rex_provers WHERE accepting AND (name = %s OR starts_with(name, %s))",
                name,
                f"{name}.",  # the enclaves of a host
            )
            yield

    async def until(self, query: str, *values: object) -> None:
        """Wait until the database has a row."""
        await until(lambda: rows(self.database, query, *values))


async def until(condition: Callable[[], Awaitable[object]], seconds: float = PATIENCE) -> None:
    """Poll until what ``condition()`` gives is true; fails after ``seconds``."""
    deadline = time.monotonic() + seconds
    while not await condition():
        assert time.monotonic() < deadline, f"not within {seconds} s"
        await asyncio.sleep(0.02)


@asynccontextmanager
async def serving_quietly(api: Api) -> AsyncIterator[str]:
    """Serve on a loopback port until the block ends, without the process's signals; the URL."""
    listener = listening_socket("127.0.0.1", 0)
    server = UnsignalledServer(HttpConfig(api.app(), api.addresses))
    api.ready.set()
    try:
        async with running(api.jobs.sweep_forever()), running(server.serve(sockets=[listener])):
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        hang_up(server)
        listener.close()
        await api.jobs.close()
        await api.service.close()
        api.decoder.close()


@asynccontextmanager
async def running(work: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
    """Do it until the block ends; raises if it ends by itself."""
    task = asyncio.ensure_future(work)
    await asyncio.sleep(0)
    try:
        yield
    finally:
        was_done = task.done()
        task.cancel()
        await asyncio.wait([task])
        if was_done:
            task.result()


@asynccontextmanager
async def small_fleet(url: str) -> AsyncIterator[TestFleet]:
    """One dispatcher, to which others and provers can be added."""
    token = await new_token(url, "provers", prover=True)
    async with AsyncExitStack() as stack:
        fleet = TestFleet(url, token, stack)
        await fleet.dispatcher()
        yield fleet
