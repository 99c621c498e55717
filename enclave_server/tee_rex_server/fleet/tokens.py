"""Tokens: who may prove, and which provers may join; the database has their hashes alone."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime
from typing import TYPE_CHECKING, Final

import msgspec
import psycopg

from tee_rex_server.errors.fleet import TOKEN_EXISTS, TOKEN_NAME_UNKNOWN

if TYPE_CHECKING:
    from tee_rex_server.fleet.database import Database

PREFIX: Final = "trx_"
"""By which programs that look for leaked credentials find one."""
_RANDOM_BYTES: Final = 32
_MAX_TOKEN: Final = 128
_SCHEME: Final = "bearer"


class Token(msgspec.Struct, frozen=True):
    """A token as it is listed. prover: whether provers may join with it; used: when it was last."""

    name: str
    prover: bool
    created: datetime
    used: datetime | None


class Tokens:
    """All tokens. Every method raises DATABASE_UNAVAILABLE."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, name: str, *, prover: bool) -> str:
        """A new token, which nobody can be told again; raises BAD_SETTING for a name that is taken."""
        token = PREFIX + secrets.token_urlsafe(_RANDOM_BYTES)
        try:
            await self._database.run(
                "INSERT INTO tee_rex_tokens (name, sha256, prover) VALUES (%(name)s, %(sha256)s, %(prover)s)",
                name=name,
                sha256=_hash(token),
                prover=prover,
            )
        except psycopg.errors.UniqueViolation:
            raise TOKEN_EXISTS(name=name) from None
        return token

    async def list(self) -> list[Token]:
        """All of them, by name."""
        rows = await self._database.rows(
            "SELECT name, prover, created, used FROM tee_rex_tokens ORDER BY name"
        )
        return [Token(**row) for row in rows]

    async def revoke(self, name: str) -> None:
        """Accept it no more, from now on at every dispatcher; raises BAD_SETTING for an unknown name."""
        if not await self._database.run("DELETE FROM tee_rex_tokens WHERE name = %(name)s", name=name):
            raise TOKEN_NAME_UNKNOWN(name=name)

    async def owner(self, authorization: str | None, *, prover: bool) -> str | None:
        """The name of a valid token in an Authorization header; None without one."""
        scheme, _, token = (authorization or "").partition(" ")
        if scheme.lower() != _SCHEME or not 0 < len(token) <= _MAX_TOKEN:
            return None
        row = await self._database.row(_OWNER, sha256=_hash(token.strip()), prover=prover)
        return None if row is None else str(row["name"])


_OWNER: Final = """
WITH noted AS (
    UPDATE tee_rex_tokens SET used = clock_timestamp()
    WHERE sha256 = %(sha256)s AND (used IS NULL OR used < clock_timestamp() - interval '1 minute'))
SELECT name FROM tee_rex_tokens WHERE sha256 = %(sha256)s AND prover = %(prover)s
"""
"""Hundreds of provers may share one token: its row changes once a minute."""


def _hash(token: str) -> bytes:
    """SHA-256 is enough: a token has 256 random bits, so none can be guessed from it."""
    return hashlib.sha256(token.encode()).digest()
