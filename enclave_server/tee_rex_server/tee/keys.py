"""The key that clients encrypt to."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tee_rex.openpgp import PrivateKey

_USER_ID = "TEE-Rex prover"
_CLOCK_ALLOWANCE = timedelta(hours=1)
"""OpenPGP.js refuses keys dated after its own clock; so much may a client's clock be behind."""


@dataclass(frozen=True, slots=True)
class ServerKey:
    """A key pair that lives as long as the process, in its memory only; armored: the public half."""

    private: PrivateKey = field(repr=False)
    armored: str

    @classmethod
    def generate(cls, now: datetime) -> ServerKey:
        """A new pair; ``now`` has a time zone."""
        private = PrivateKey.generate(_USER_ID, now - _CLOCK_ALLOWANCE)
        return cls(private, private.public_key.armored())

    @property
    def fingerprint(self) -> str:
        """40 lower-case hex digits, which clients pin."""
        return self.private.public_key.fingerprint
