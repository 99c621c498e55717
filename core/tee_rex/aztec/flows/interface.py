"""How callers run a flow."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from tee_rex.aztec.flows.events import FlowListener
from tee_rex.aztec.flows.report import FlowReport
from tee_rex.errors import TeeRexError


@dataclass(frozen=True, slots=True)
class FlowOptions:
    """Options of a flow.

    node_url: of an Aztec node. sponsored_fpc_salt: of the sponsored fee contract's address, 0 on most
    networks. proofs: False omits them, which only local networks (chain 31337) accept.
    """

    node_url: str
    sponsored_fpc_salt: int = 0
    proofs: bool = True


class Flow(Protocol):
    """One flow, run once; ``AztecFlow(kind, options, prover, installation)`` implements it."""

    async def run(self, listener: FlowListener) -> FlowReport:
        """Run the flow; raises TeeRexError. Cancelling it leaves no process and no temporary file."""

    def report(self, error: TeeRexError | None = None, *, cancelled: bool = False) -> FlowReport:
        """The report so far, for callers whose ``run`` raised."""
