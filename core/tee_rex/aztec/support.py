"""What this release can do for a network on this machine."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tee_rex.aztec.wallet.sources import bridge_for, shipped_bridges
from tee_rex.bb.user_store import user_store
from tee_rex.errors import TeeRexError
from tee_rex.errors.catalogue import aztec as errors

if TYPE_CHECKING:
    from tee_rex.aztec.networks import Network
    from tee_rex.local.installation import Installation
    from tee_rex.transaction.versions import AztecVersion


@dataclass(frozen=True, slots=True)
class NetworkSupport:
    """What works on a network.

    bb: the version whose bb proves the network's transactions; None if none does, and why is in obstacle.
    wallet: the version of the wallet of flows; None if this release has none for it. approved_by_user:
    whether the user vouches for that bb, and no pin.
    """

    network: Network
    bb: AztecVersion | None
    obstacle: TeeRexError | None
    wallet: AztecVersion | None
    approved_by_user: bool = False

    @classmethod
    def of(cls, network: Network, installation: Installation) -> NetworkSupport:
        """Find out, reading from the disk; nothing is downloaded, and no bb is started."""
        bridge = bridge_for(network.version)
        wallet = None if bridge is None else bridge.version
        try:
            store = user_store(installation.paths, installation.pins)
            bb = store.version_that_proves(network.version, network.setup)
            approved_by_user = store.expected(bb, network.setup).approved_by_user
        except TeeRexError as error:
            return cls(network, None, error, wallet)
        return cls(network, bb, None, wallet, approved_by_user)

    def require_wallet(self) -> None:
        """Raise BRIDGE_VERSION_UNSUPPORTED (an InputError) if flows cannot run."""
        if self.wallet is not None:
            return
        version = str(self.network.version)
        supported = ", ".join(str(bridge.version) for bridge in shipped_bridges())
        if self.obstacle is None:
            raise errors.BRIDGE_VERSION_UNSUPPORTED(version=version, supported=supported)
        hint = self.obstacle.hint_parts
        raise errors.BRIDGE_AND_BB_UNSUPPORTED(version=version, supported=supported, hint=hint)
