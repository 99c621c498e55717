"""A TEE provider that attests as an enclave does, for servers in tests."""

from __future__ import annotations

from support.nitro_fake import FakeNitro
from support.remote_client import BUILD, now
from tee_rex.bb.pins import BbPins
from tee_rex.remote.attestation import AllowedProvers
from tee_rex.remote.trust import AttestedKey
from tee_rex.wire.protocol import TeeMode
from tee_rex_server.tee.providers import TeeProvider


class FakeTee(TeeProvider):
    """Attests as an enclave does, under its own root certificate."""

    mode: TeeMode = "nitro"

    def __init__(self) -> None:
        self.nitro = FakeNitro(now())

    async def attest(self, *, public_key: bytes, user_data: bytes | None, nonce: bytes | None) -> bytes:
        return self.nitro.document(public_key=public_key, user_data=user_data, nonce=nonce, timestamp=now())

    def trust(self) -> AttestedKey:
        return AttestedKey((BUILD,), AllowedProvers.pinned(BbPins.shipped()), self.nitro.root, now)
