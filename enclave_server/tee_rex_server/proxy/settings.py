"""What the operator of a host can set, read and checked once at start."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tee_rex.settings.bad_setting import BadSettingError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from limits import RateLimitItem

    from tee_rex_server.settings import Network
    from tee_rex_server.vsock import EnclaveAddress


@dataclass(frozen=True, slots=True)
class ProxySettings:
    """Every setting of ``tee-rex-server proxy``.

    http_port, control_port: vsock ports of every enclave; control_port None: nothing is uploaded.
    patience_seconds: for the answers of one look at an enclave.
    grace_seconds: for requests under way at shutdown.
    """

    host: str
    port: int
    enclaves: tuple[EnclaveAddress, ...]
    http_port: int
    control_port: int | None
    patience_seconds: float
    rate_limit: RateLimitItem | None
    trusted_proxies: tuple[Network, ...]
    grace_seconds: float


def enclave_addresses(cids: Sequence[int], sockets: Sequence[Path]) -> tuple[EnclaveAddress, ...]:
    """The enclaves that an operator named.

    Raises BadSettingError when there is none, or one twice, and VsockUnavailableError.
    """
    from tee_rex_server.vsock import FIRST_GUEST_CID, MAX_VSOCK_NUMBER, Cid, VhostSocket, require_vsock

    addresses: tuple[EnclaveAddress, ...] = (*map(Cid, cids), *map(VhostSocket, sockets))
    if not addresses:
        raise BadSettingError(
            "No enclave is named.",
            hint="Give --cid (nitro-cli describe-enclaves shows it), or --vsock-socket.",
        )
    if not all(FIRST_GUEST_CID <= cid <= MAX_VSOCK_NUMBER for cid in cids):
        raise BadSettingError(
            f"Enclaves have a cid from {FIRST_GUEST_CID} to {MAX_VSOCK_NUMBER}.",
            hint="nitro-cli describe-enclaves shows it.",
        )
    if len({address.name for address in addresses}) < len(addresses):
        raise BadSettingError(
            "An enclave is named twice.", hint="Name each once; sockets by file names that differ."
        )
    if cids:
        require_vsock()
    return addresses
