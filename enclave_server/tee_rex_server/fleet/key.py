"""The key of a fleet: with it a dispatcher vouches for its provers' keys, where no attestation does."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tee_rex.wire.tickets import FleetKeyAnswer, fleet_fingerprint, fleet_statement

if TYPE_CHECKING:
    from tee_rex_server.fleet.database import Database

_SEED_BYTES: Final = 32


@dataclass(frozen=True, slots=True)
class FleetKey:
    """An Ed25519 key that all dispatchers of a fleet share; it is in their database, so its operator's."""

    _private: Ed25519PrivateKey = field(repr=False)

    @classmethod
    async def of(cls, database: Database) -> FleetKey:
        """The fleet's, made at its first start."""
        await database.run(
            "INSERT INTO tee_rex_key SELECT true, %(seed)s::bytea ON CONFLICT DO NOTHING",
            seed=secrets.token_bytes(_SEED_BYTES),
        )
        row = await database.row("SELECT seed FROM tee_rex_key")
        assert row is not None  # noqa: S101  # it was just made
        return cls(Ed25519PrivateKey.from_private_bytes(row["seed"]))

    @property
    def fingerprint(self) -> str:
        """40 lower-case hexadecimal digits, which clients pin or remember."""
        return fleet_fingerprint(self._public)

    def vouch(self, armored: str) -> FleetKeyAnswer:
        """A prover's key, signed."""
        signature = self._private.sign(fleet_statement(armored))
        return FleetKeyAnswer(armored, self._public, signature)

    @property
    def _public(self) -> bytes:
        return self._private.public_key().public_bytes_raw()
