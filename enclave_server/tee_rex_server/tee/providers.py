"""Attestation of the server's key: none (standard), or by a Nitro enclave."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod

from tee_rex.attestation.document import MAX_NONCE_BYTES, MAX_PUBLIC_KEY_BYTES, MAX_USER_DATA_BYTES
from tee_rex.system.threads import finish_in_thread
from tee_rex.wire.protocol import TeeMode
from tee_rex_server.tee.nsm import Nsm


class TeeProvider(ABC):
    """Attests this server's key."""

    mode: TeeMode

    @abstractmethod
    async def attest(
        self, *, public_key: bytes, user_data: bytes | None, nonce: bytes | None
    ) -> bytes | None:
        """An attestation document that binds the three, or None when there is no TEE.

        public_key: at most 1,024 bytes (UTF-8 of the armored key). user_data, nonce: at most 512 bytes.
        Raises NSM_FAILED, NSM_REFUSED or NSM_ANSWER_INVALID when the TEE's device does not deliver one.
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


class NitroProvider(TeeProvider):
    """Lets the Nitro Secure Module sign documents, one at a time.

    user_data comes from ``tee_rex.attestation.provers.encode_provers``.
    """

    mode: TeeMode = "nitro"

    def __init__(self, nsm: Nsm) -> None:
        self._nsm = nsm
        self._asking = asyncio.Lock()

    async def attest(self, *, public_key: bytes, user_data: bytes | None, nonce: bytes | None) -> bytes:
        """A signed document (COSE_Sign1) that binds the three; raises ValueError when one is too long.

        A cancelled caller returns when the device has answered, so that no thread is left behind.
        """
        for field, value, most in (
            ("public_key", public_key, MAX_PUBLIC_KEY_BYTES),
            ("user_data", user_data, MAX_USER_DATA_BYTES),
            ("nonce", nonce, MAX_NONCE_BYTES),
        ):
            # The device would sign some longer values, but verifiers refuse such documents.
            if value is not None and len(value) > most:
                raise ValueError(f"the field {field} has at most {most} bytes, not {len(value)}")
        # The driver handles one request at a time; without the lock each waiting one would hold a thread.
        async with self._asking:
            return await finish_in_thread(
                self._nsm.attestation, public_key=public_key, user_data=user_data, nonce=nonce
            )
