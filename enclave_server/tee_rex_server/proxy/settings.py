"""The host's settings, read and checked once at start."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tee_rex_server.errors.proxy import CID_OUT_OF_RANGE, ENCLAVE_TWICE, NO_ENCLAVE

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from tee_rex.web.clients import Network
    from tee_rex_server.settings import Rate
    from tee_rex_server.vsock import EnclaveAddress


@dataclass(frozen=True, slots=True)
class ProxySettings:
    """Every setting of ``tee-rex-server proxy``.

    http_port, control_port: vsock ports of every enclave; control_port None: no uploads.
    draining: the folder with the marks of enclaves that get no new clients.
    patience_seconds: for the answers to one poll of an enclave.
    grace_seconds: for proofs in flight at shutdown.
    """

    host: str
    port: int
    enclaves: tuple[EnclaveAddress, ...]
    http_port: int
    control_port: int | None
    draining: Path
    patience_seconds: float
    rate_limit: Rate | None
    trusted_proxies: tuple[Network, ...]
    grace_seconds: float


def enclave_addresses(cids: Sequence[int], sockets: Sequence[Path]) -> tuple[EnclaveAddress, ...]:
    """The enclaves that the operator gave, at least one and each once.

    Raises NO_ENCLAVE, CID_OUT_OF_RANGE, ENCLAVE_TWICE, VSOCK_UNAVAILABLE.
    """
    from tee_rex_server.vsock import FIRST_GUEST_CID, MAX_VSOCK_NUMBER, Cid, VhostSocket, require_vsock

    addresses: tuple[EnclaveAddress, ...] = (*map(Cid, cids), *map(VhostSocket, sockets))
    if not addresses:
        raise NO_ENCLAVE()
    if not all(FIRST_GUEST_CID <= cid <= MAX_VSOCK_NUMBER for cid in cids):
        raise CID_OUT_OF_RANGE(first=FIRST_GUEST_CID, last=MAX_VSOCK_NUMBER)
    if len({address.name for address in addresses}) < len(addresses):
        raise ENCLAVE_TWICE()
    if cids:
        require_vsock()
    return addresses
