"""The database of a fleet: connections, its schema, and notifications between dispatchers."""

from __future__ import annotations

import asyncio
import select
import time
from contextlib import asynccontextmanager
from importlib import metadata, resources
from typing import TYPE_CHECKING, Any, Final, LiteralString, TypeAlias

import psycopg
from procrastinate import schema, sql
from psycopg.rows import DictRow, dict_row
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from tee_rex.errors import RefusedError
from tee_rex_server.errors.fleet import DATABASE_MALFORMED, DATABASE_NEWER, DATABASE_UNAVAILABLE

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from structlog.typing import FilteringBoundLogger

Connection: TypeAlias = psycopg.AsyncConnection[DictRow]

SCHEMA_VERSION: Final = 1
CHANNEL: Final = "tee_rex_fleet"
"""Of notifications that tickets or provers have changed."""
CLOCK_STEP_SECONDS: Final = 5.0
"""By which the database's clock differs from what it should say only if somebody changed it."""
RETRY_SECONDS: Final = 2
_CONNECTIONS: Final = 8
"""Of one dispatcher: its queries take about a millisecond each."""
_WAIT_SECONDS: Final = 5.0
_CONNECTION: Final[dict[str, Any]] = {
    "application_name": "tee-rex",
    "connect_timeout": 5,
    # A database that is gone without a word is noticed within seconds.
    "tcp_user_timeout": 10_000,
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
}
_SCHEMA_LOCK: Final = 0x7EE2E8
"""Of PostgreSQL's advisory locks: dispatchers that start together change the schema one after the other."""


class Database:
    """Connections to the database."""

    def __init__(self, pool: AsyncConnectionPool[Connection], url: str, log: FilteringBoundLogger) -> None:
        """Use :meth:`open`."""
        self._pool = pool
        self._url = url
        self._log = log
        self.failures = 0

    @classmethod
    @asynccontextmanager
    async def open(
        cls, url: str, log: FilteringBoundLogger, *, patience_seconds: float = 0.0
    ) -> AsyncIterator[Database]:
        """Connect, and bring the schema up to date.

        patience_seconds: for a database that does not answer yet. Raises DATABASE_MALFORMED,
        DATABASE_UNAVAILABLE, DATABASE_NEWER.
        """
        try:
            psycopg.conninfo.conninfo_to_dict(url)
        except (psycopg.ProgrammingError, UnicodeError):  # psycopg takes UTF-8 alone
            raise DATABASE_MALFORMED() from None
        pool: AsyncConnectionPool[Connection] = AsyncConnectionPool(
            url,
            connection_class=psycopg.AsyncConnection[DictRow],
            kwargs={"row_factory": dict_row, "autocommit": True, **_CONNECTION},
            min_size=1,
            max_size=_CONNECTIONS,
            timeout=_WAIT_SECONDS,
            open=False,
            check=_check,
        )
        database = cls(pool, url, log)
        try:
            await pool.open()
            await database._bring_up_to_date(time.monotonic() + patience_seconds)
            yield database
        finally:
            await pool.close()

    async def _bring_up_to_date(self, deadline: float) -> None:
        while True:
            try:
                async with self.transaction() as connection:
                    await _bring_up_to_date(connection)
            except RefusedError as error:
                if time.monotonic() >= deadline:
                    raise
                self._log.warning("waiting for the database", code=error.code)
                await asyncio.sleep(RETRY_SECONDS)
            else:
                return

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Connection]:
        """A connection, and what is done with it done as a whole; raises DATABASE_UNAVAILABLE."""
        async with self._connection() as connection, connection.transaction():
            yield connection

    @asynccontextmanager
    async def _connection(self) -> AsyncIterator[Connection]:
        """Each statement is a transaction."""
        try:
            async with self._pool.connection() as connection:
                yield connection
        except (psycopg.OperationalError, psycopg.InterfaceError, PoolTimeout) as error:
            self.failures += 1
            raise DATABASE_UNAVAILABLE(retry_after=RETRY_SECONDS) from error

    async def rows(self, query: LiteralString, **arguments: object) -> list[dict[str, Any]]:
        """The rows of one query; raises DATABASE_UNAVAILABLE."""
        async with self._connection() as connection:
            return await (await connection.execute(query, arguments)).fetchall()

    async def row(self, query: LiteralString, **arguments: object) -> dict[str, Any] | None:
        """The first row of one query; raises DATABASE_UNAVAILABLE."""
        async with self._connection() as connection:
            return await (await connection.execute(query, arguments)).fetchone()

    async def run(self, statement: LiteralString, **arguments: object) -> int:
        """Run one statement; how many rows it changed. Raises DATABASE_UNAVAILABLE."""
        async with self._connection() as connection:
            return (await connection.execute(statement, arguments)).rowcount

    async def listen_forever(self, changed: Callable[[int | None], None]) -> None:
        """Call ``changed`` with the number of each ticket that has changed.

        None: anything may have, as after a new connection, before which notifications were lost.
        """
        while True:
            try:
                connection = await psycopg.AsyncConnection.connect(self._url, autocommit=True, **_CONNECTION)
                async with connection:
                    await connection.execute(f"LISTEN {CHANNEL}")
                    changed(None)
                    async for notification in connection.notifies():
                        changed(int(notification.payload) if notification.payload else None)
            except psycopg.Error as error:
                self.failures += 1
                self._log.warning("database lost", reason=type(error).__name__)
            changed(None)
            await asyncio.sleep(RETRY_SECONDS)


async def _check(connection: Connection) -> None:
    """Before a connection is used: ask the database, if something arrived meanwhile, such as its end."""
    poll = select.poll()
    poll.register(connection.fileno(), select.POLLIN)
    if poll.poll(0):
        await AsyncConnectionPool.check_connection(connection)


async def notify(connection: Connection) -> None:
    """Tell all dispatchers, once the transaction is through, that more than one ticket has changed."""
    await connection.execute("SELECT pg_notify(%s, '')", (CHANNEL,))


def procrastinate_query(name: str) -> LiteralString:
    """One of procrastinate's own queries."""
    return sql.queries[name]


async def _bring_up_to_date(connection: Connection) -> None:
    """Make the schema, or apply procrastinate's migrations since the version that it was made with.

    Raises DATABASE_NEWER.
    """
    await connection.execute("SELECT pg_advisory_xact_lock(%s)", (_SCHEMA_LOCK,))
    installed = metadata.version("procrastinate")
    row = await (await connection.execute("SELECT to_regclass('tee_rex_schema') AS found")).fetchone()
    if row is None or row["found"] is None:
        await connection.execute(schema.SchemaManager.get_schema())
        await connection.execute(_script("schema.sql"))
        await connection.execute(_script("views.sql"))
        await connection.execute("INSERT INTO tee_rex_schema VALUES (%s, %s)", (SCHEMA_VERSION, installed))
        return
    row = await (await connection.execute("SELECT version, procrastinate FROM tee_rex_schema")).fetchone()
    found, made_with = (0, "0") if row is None else (row["version"], row["procrastinate"])
    if found > SCHEMA_VERSION or _numbers(made_with) > _numbers(installed):
        raise DATABASE_NEWER(found=f"{found} ({made_with})", known=f"{SCHEMA_VERSION} ({installed})")
    if (found, made_with) == (SCHEMA_VERSION, installed):
        return
    for script in migrations_since(made_with):
        await connection.execute(script)
    await connection.execute(_script("views.sql"))
    await connection.execute("UPDATE tee_rex_schema SET procrastinate = %s", (installed,))


def migrations_since(version: str) -> list[LiteralString]:
    """Procrastinate's scripts for a schema of this version, in order; dispatchers are stopped meanwhile."""
    folder = resources.files("procrastinate.sql") / "migrations"
    scripts = sorted(
        (file for file in folder.iterdir() if file.name.endswith(".sql")), key=lambda file: file.name
    )
    # Our release's own files, not text of anybody else.
    return [
        script.read_text("utf-8")
        for script in scripts
        if _numbers(script.name.partition("_")[0]) > _numbers(version)
    ]


def _script(name: str) -> LiteralString:
    return (resources.files("tee_rex_server.fleet") / name).read_text("utf-8")


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".") if part.isdecimal())
