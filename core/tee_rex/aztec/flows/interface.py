"""What a flow is asked, and how callers run it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from tee_rex.aztec.flows.events import FlowListener
from tee_rex.aztec.flows.report import FlowReport
from tee_rex.errors import TeeRexError


@dataclass(frozen=True, slots=True)
class FlowOptions:
    """Where and how a flow runs.

    node_url: of an Aztec node. sponsored_fpc_salt: of the sponsored fee contract's address, 0 where nobody
    chose another. proofs: False leaves them away where the network does not require them (chain 31337).
    """

    node_url: str
    sponsored_fpc_salt: int = 0
    proofs: bool = True


class Flow(Protocol):
    """One flow, run once; ``AztecFlow(kind, options, prover, installation)`` is one."""

    async def run(self, listener: FlowListener) -> FlowReport:
        """Run it to its end; raises a TeeRexError. Cancelling it leaves no process and no file of it."""

    def report(self, error: TeeRexError | None = None, *, cancelled: bool = False) -> FlowReport:
        """What was done so far; for callers whose ``run`` raised."""
