"""Where the server runs, and what it can prove about that: nothing (standard), or a Nitro enclave."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Literal, TypeAlias

TeeMode: TypeAlias = Literal["standard", "nitro"]


class TeeProvider(ABC):
    """Attests this server's key."""

    mode: TeeMode

    @abstractmethod
    async def attest(
        self, *, public_key: bytes, user_data: bytes | None, nonce: bytes | None
    ) -> bytes | None:
        """An attestation document that binds the three, or None when there is no TEE.

        public_key: at most 1,024 bytes (UTF-8 of the armored key). user_data, nonce: at most 512 bytes.
        Raises TeeUnavailableError when the TEE's device does not answer.
        """


class StandardProvider(TeeProvider):
    """No TEE: nothing is attested."""

    mode: TeeMode = "standard"

    async def attest(
        self, *, public_key: bytes, user_data: bytes | None, nonce: bytes | None
    ) -> bytes | None:
        """None, always."""
        del public_key, user_data, nonce
        return None
