"""A prover of a fleet as a process: a server that takes SECONDS for a proof, and joins DISPATCHER.

Each proof that begins is one line on stdout, with the SHA-256 of the first step's witness.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import sys
from dataclasses import replace

from support.fleet import running, serving_quietly
from support.proving_server import VERSION, GatedBackend, NothingToInstall, small_api
from tee_rex.http_client.server_url import ServerUrl
from tee_rex.transaction.events import ProofListener
from tee_rex.transaction.request import ProofRequest, ProofResult
from tee_rex.transaction.trusted_setup import TrustedSetup
from tee_rex_server.joining import TOKEN_VARIABLE, Joining, JoinSettings
from tee_rex_server.logs import json_logger
from tee_rex_server.proving.provers import ServedProvers


class SlowBackend(GatedBackend):
    """Takes its time, as a bb would."""

    def __init__(self, seconds: float) -> None:
        super().__init__(is_open=True)
        self._seconds = seconds

    async def prove(self, request: ProofRequest, listener: ProofListener) -> ProofResult:
        os.write(1, f"{hashlib.sha256(request.steps.steps[0].witness).hexdigest()}\n".encode())
        await asyncio.sleep(self._seconds)
        return await super().prove(request, listener)


async def main(dispatcher: str, name: str, slots: int, seconds: float) -> None:
    """Until it is killed."""
    api = replace(
        small_api(*(SlowBackend(seconds) for _ in range(slots))),
        provers=ServedProvers.chosen(NothingToInstall(), {TrustedSetup.GENUINE}, [VERSION], attested=False),
    )
    async with serving_quietly(api) as url:
        settings = JoinSettings.read(dispatcher, name, url, os.environ)
        joining = Joining(
            settings, ServerUrl.parse(url), lambda _: [TrustedSetup.GENUINE], json_logger(sys.stderr)
        )
        async with running(joining.run()):
            await asyncio.Event().wait()


if __name__ == "__main__":
    assert TOKEN_VARIABLE in os.environ
    asyncio.run(main(sys.argv[1], sys.argv[2], int(sys.argv[3]), float(sys.argv[4])))
