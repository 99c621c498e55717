"""In which enclave a job is: remembered for some, asked for where it was forgotten."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING, Final

from tee_rex.wire.protocol import PROOFS_PATH
from tee_rex_server.errors.serving import JOB_UNKNOWN
from tee_rex_server.proxy.enclaves import unreachable
from tee_rex_server.proxy.errors import EnclaveAnswerError, EnclaveUnreachableError
from tee_rex_server.proxy.exchange import fetch

if TYPE_CHECKING:
    from tee_rex_server.proxy.enclaves import Enclave, Fleet

MAX_REMEMBERED: Final = 10_000
"""Ten enclaves' full; 1 MB."""
_MAX_STATUS_BYTES: Final = 4 << 20
"""A proof of 3,216 fields has 0.14 MB in base64."""


class JobPlaces:
    """Job ids and their enclaves; the least recently used is forgotten first."""

    def __init__(self, fleet: Fleet) -> None:
        self._fleet = fleet
        self._places: OrderedDict[str, Enclave] = OrderedDict()

    def remember(self, job_id: str, enclave: Enclave) -> None:
        """A job that was just accepted, or found."""
        self._places[job_id] = enclave
        self._places.move_to_end(job_id)
        if len(self._places) > MAX_REMEMBERED:
            self._places.popitem(last=False)

    async def find(self, job_id: str) -> Enclave:
        """The enclave of a job; raises JOB_UNKNOWN, or EnclaveUnreachableError where that hides it."""
        known = self._places.get(job_id)
        if known is not None:
            self._places.move_to_end(job_id)
            return known
        if len(self._fleet.enclaves) == 1:
            return self._fleet.enclaves[0]
        hidden = False
        for enclave in self._fleet.enclaves:
            try:
                async with enclave.attached():
                    await fetch(
                        enclave.address,
                        enclave.http_port,
                        f"{PROOFS_PATH}/{job_id}",
                        limit=_MAX_STATUS_BYTES,
                    )
            except EnclaveUnreachableError:
                hidden = True
            except EnclaveAnswerError:
                continue  # 404
            else:
                self.remember(job_id, enclave)
                return enclave
        if hidden:
            raise unreachable()
        raise JOB_UNKNOWN()
