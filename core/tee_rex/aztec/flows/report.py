"""Report of a flow: what it did and how long each part took; the JSON of ``tee-rex flow --json``.

All times are wall-clock milliseconds. A flow that failed or was cancelled has a report too, with the steps
that had begun; the last of them may lack its later phases.
"""

from __future__ import annotations

from enum import StrEnum

import msgspec

# msgspec reads the annotations of the structs below, so they must be there when it does.
from tee_rex.errors.report import ErrorReport
from tee_rex.system.untrusted import UndecodableError, decode_json
from tee_rex.transaction.report import ProofReport

MAX_REPORT_BYTES = 4 << 20
"""A token flow's report takes about 30 kB."""


class FlowKind(StrEnum):
    """The kinds of flows.

    ACCOUNT: deploy one account. TOKEN: two accounts, a token, mint, transfer, balances.
    """

    ACCOUNT = "account"
    TOKEN = "token"  # noqa: S105


class FlowStep(StrEnum):
    """The steps of flows in order; all except CHECK_BALANCES send a transaction."""

    DEPLOY_ACCOUNT = "deploy-account"
    DEPLOY_SECOND_ACCOUNT = "deploy-second-account"
    DEPLOY_TOKEN = "deploy-token"  # noqa: S105
    MINT = "mint"
    TRANSFER = "transfer"
    CHECK_BALANCES = "check-balances"


FLOW_STEPS: dict[FlowKind, tuple[FlowStep, ...]] = {
    FlowKind.ACCOUNT: (FlowStep.DEPLOY_ACCOUNT,),
    FlowKind.TOKEN: (
        FlowStep.DEPLOY_ACCOUNT,
        FlowStep.DEPLOY_SECOND_ACCOUNT,
        FlowStep.DEPLOY_TOKEN,
        FlowStep.MINT,
        FlowStep.TRANSFER,
        FlowStep.CHECK_BALANCES,
    ),
}
"""The steps of each flow; accounts that are already deployed are not deployed again."""

DEPLOYMENTS = (FlowStep.DEPLOY_ACCOUNT, FlowStep.DEPLOY_SECOND_ACCOUNT)
ACCOUNT_ALIASES = ("first", "second")
"""Names of the accounts that DEPLOYMENTS deploy."""


class StepPhase(StrEnum):
    """The phases of a step, in order. CHECK_BALANCES has only SIMULATE.

    SIMULATE: the wallet synchronises, runs the functions and generates the witness. PROVE: broken down by
    ProofReport; it begins before SIMULATE ends. SEND: until the node has accepted the transaction. CONFIRM:
    until it is in a block.
    """

    SIMULATE = "simulate"
    PROVE = "prove"
    SEND = "send"
    CONFIRM = "confirm"


class Preparation(StrEnum):
    """The preparations before the first step, in order.

    NODE: asking the node for its network. RUNTIME: finding or installing the wallet's runtime folder.
    BRIDGE: starting the wallet's process. WALLET: opening the wallet and registering the fee contract.
    """

    NODE = "node"
    RUNTIME = "runtime"
    BRIDGE = "bridge"
    WALLET = "wallet"


class FunctionReport(msgspec.Struct, frozen=True):
    """One function that the wallet executed (``SchnorrAccount:entrypoint``)."""

    name: str
    ms: float


class SimulationReport(msgspec.Struct, frozen=True):
    """The simulation of one transaction. sync_ms: synchronising the wallet with the chain.

    functions: the private functions, in the order in which they ran. kernels_ms: all kernel circuits.
    total_ms: all of it.
    """

    total_ms: float
    sync_ms: float | None = None
    functions: tuple[FunctionReport, ...] = ()
    kernels_ms: float | None = None


class BalanceReport(msgspec.Struct, frozen=True):
    """A private balance, in whole tokens."""

    account: str
    amount: int


class AccountReport(msgspec.Struct, frozen=True):
    """An account of the flow. alias: ``"first"`` or ``"second"``. deployed: by this flow, not before it."""

    alias: str
    address: str
    deployed: bool
    explorer_url: str | None = None


class TokenReport(msgspec.Struct, frozen=True):
    """The token contract of the flow."""

    address: str
    name: str
    symbol: str
    decimals: int
    explorer_url: str | None = None


class StepReport(msgspec.Struct, frozen=True, kw_only=True):
    """One step; null where it has no such part or did not get that far.

    proof: as ``tee-rex prove --json`` reports it; null if the network needs none and none was requested.
    prove_ms: from when the prover takes steps, which may be before the wallet has made all of them.
    overlap_ms: while the wallet simulated and the proof was made, part of both simulate.total_ms and
    prove_ms; null if the prover awaited the whole. overhead_ms: what TEE-Rex added, see :class:`FlowReport`.
    """

    step: FlowStep
    simulate: SimulationReport | None = None
    proof: ProofReport | None = None
    prove_ms: float | None = None
    overlap_ms: float | None = None
    send_ms: float | None = None
    confirm_ms: float | None = None
    total_ms: float | None = None
    overhead_ms: float | None = None
    transaction: str | None = None
    explorer_url: str | None = None
    block: int | None = None
    balances: tuple[BalanceReport, ...] = ()


class NetworkReport(msgspec.Struct, frozen=True, kw_only=True):
    """The network that a node belongs to.

    name: ``"local network"``, ``"testnet"``, ``"mainnet"`` or ``"chain <id>"``. url: without its path, which
    can contain a provider's API key. node_version: the Aztec version that the node reports. crs: its trusted
    setup. proofs_required: whether transactions without a proof are refused. real_proofs: as reported.
    """

    url: str
    name: str
    chain_id: int
    rollup_version: int
    node_version: str
    crs: str
    real_proofs: bool
    proofs_required: bool
    explorer_url: str | None = None


class BridgeReport(msgspec.Struct, frozen=True):
    """The wallet's process. start_ms: until it was ready. peak_memory_bytes: resident."""

    start_ms: float
    peak_memory_bytes: int | None = None


class PreparationReport(msgspec.Struct, frozen=True):
    """One preparation and its time."""

    name: Preparation
    ms: float


class FlowReport(msgspec.Struct, frozen=True, kw_only=True):
    """A flow, for other programs; null where it did not get that far.

    mode: of its proofs (``local``, ``remote``, ``tee``). aztec_version: the wallet's. steps_ms: from the
    start of the first step to the end of the last. overhead_ms: the part of steps_ms that was neither the
    proof by bb or the server, nor the wallet's own simulation, nor waiting for the node and its blocks.
    cancelled: by its caller; then error is null.
    """

    flow: FlowKind
    mode: str
    aztec_version: str | None = None
    network: NetworkReport | None = None
    preparation: tuple[PreparationReport, ...] = ()
    bridge: BridgeReport | None = None
    accounts: tuple[AccountReport, ...] = ()
    token: TokenReport | None = None
    steps: tuple[StepReport, ...] = ()
    steps_ms: float | None = None
    overhead_ms: float | None = None
    total_ms: float | None = None
    cancelled: bool = False
    error: ErrorReport | None = None

    @property
    def unconfirmed(self) -> StepReport | None:
        """The step whose transaction was sent but is not known to be in a block."""
        return next((step for step in self.steps if step.transaction and step.block is None), None)

    def to_json(self) -> str:
        """Indented JSON."""
        return msgspec.json.format(msgspec.json.encode(self), indent=2).decode()

    @classmethod
    def from_json(cls, content: bytes | str) -> FlowReport:
        """Parse the output of :meth:`to_json`; raises ValueError for anything else."""
        if len(content) > MAX_REPORT_BYTES:
            raise ValueError("the report is too large")
        try:
            return decode_json(content, cls)
        except UndecodableError as error:
            raise ValueError("not a flow report") from error
