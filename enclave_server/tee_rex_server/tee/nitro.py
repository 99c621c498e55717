"""The TEE provider of AWS Nitro enclaves."""

from __future__ import annotations

import asyncio

from tee_rex.attestation.document import MAX_NONCE_BYTES, MAX_PUBLIC_KEY_BYTES, MAX_USER_DATA_BYTES
from tee_rex.system.threads import finish_in_thread
from tee_rex_server.tee.nsm import Nsm
from tee_rex_server.tee.provider import TeeMode, TeeProvider


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
            # The device would sign some that are longer, but verifiers refuse such documents.
            if value is not None and len(value) > most:
                raise ValueError(f"the field {field} holds at most {most} bytes, not {len(value)}")
        # The driver takes one request after the other; without the lock each would hold a thread meanwhile.
        async with self._asking:
            return await finish_in_thread(
                self._nsm.attestation, public_key=public_key, user_data=user_data, nonce=nonce
            )
