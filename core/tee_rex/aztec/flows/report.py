"""What a flow did and how long each of its parts took; the JSON of ``tee-rex flow --json``.

All times are wall-clock milliseconds. A report is written of a flow that failed or was cancelled too: it has
the steps that were begun, the last of them perhaps without its later phases.
"""

from __future__ import annotations

from enum import StrEnum

import msgspec

# msgspec reads the annotations of the structs below, so they must be there when it does.
from tee_rex.transaction.report import ErrorReport, ProofReport

MAX_REPORT_BYTES = 4 << 20
"""A token flow's report has about 30 kB."""


class FlowKind(StrEnum):
    """What a flow does.

    ACCOUNT: deploy one account. TOKEN: two accounts, a token, mint, transfer, balances.
    """

    ACCOUNT = "account"
    TOKEN = "token"  # noqa: S105


class FlowStep(StrEnum):
    """The steps of flows in order; every one but CHECK_BALANCES sends a transaction."""

    DEPLOY_ACCOUNT = "deploy-account"
    DEPLOY_SECOND_ACCOUNT = "deploy-second-account"
    DEPLOY_TOKEN = "deploy-token"  # noqa: S105
    MINT = "mint"
    TRANSFER = "transfer"
    CHECK_BALANCES = "check-balances"

    @property
    def sends_transaction(self) -> bool:
        """Whether it has a proof, is sent, and confirmed."""
        return self is not FlowStep.CHECK_BALANCES


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
"""The steps that a flow can have; accounts that exist already are not deployed again."""

DEPLOYMENTS = (FlowStep.DEPLOY_ACCOUNT, FlowStep.DEPLOY_SECOND_ACCOUNT)
ACCOUNT_ALIASES = ("first", "second")
"""Of the accounts that DEPLOYMENTS deploy."""


class StepPhase(StrEnum):
    """The parts of a step, in order. CHECK_BALANCES has SIMULATE alone.

    SIMULATE: the wallet synchronises, runs the functions and makes the witness. PROVE: as ProofReport breaks
    it down. SEND: until the node has taken the transaction. CONFIRM: until it is in a block.
    """

    SIMULATE = "simulate"
    PROVE = "prove"
    SEND = "send"
    CONFIRM = "confirm"


class Preparation(StrEnum):
    """What happens before the first step, in order.

    NODE: asking the node what network it is of. RUNTIME: finding or installing the wallet's runtime folder.
    BRIDGE: starting the wallet's process. WALLET: opening the wallet and registering the fee contract.
    """

    NODE = "node"
    RUNTIME = "runtime"
    BRIDGE = "bridge"
    WALLET = "wallet"


class FunctionReport(msgspec.Struct, frozen=True):
    """One function that the wallet ran (``SchnorrAccount:entrypoint``)."""

    name: str
    ms: float


class SimulationReport(msgspec.Struct, frozen=True):
    """The simulation of one transaction. sync_ms: bringing the wallet up to the chain's tip.

    functions_ms and kernels_ms: running the private functions, and the kernel circuits around them.
    total_ms: all of it.
    """

    total_ms: float
    sync_ms: float | None = None
    functions: tuple[FunctionReport, ...] = ()
    kernels_ms: float | None = None


class BalanceReport(msgspec.Struct, frozen=True):
    """A private balance, in whole tokens as the flow mints them."""

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
    """One step; null where it has no such part or did not get so far.

    proof: as ``tee-rex prove --json`` tells it; null where the network
    needs none and none was asked for. overhead_ms: what this software added, see :class:`FlowReport`.
    """

    step: FlowStep
    simulate: SimulationReport | None = None
    proof: ProofReport | None = None
    prove_ms: float | None = None
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
    can hold a provider's key. node_version: the Aztec version that the node tells. crs: its trusted setup.
    proofs_required: whether transactions without a proof are refused. real_proofs: what the node says of
    itself.
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
    """The wallet's process. start_ms: from its start until it is ready. peak_memory_bytes: resident."""

    start_ms: float
    peak_memory_bytes: int | None = None


class PreparationReport(msgspec.Struct, frozen=True):
    """One part of the preparation and its time."""

    name: Preparation
    ms: float


class FlowReport(msgspec.Struct, frozen=True, kw_only=True):
    """Fields as other programs read them; null where a flow did not get so far.

    mode: of its proofs (``local``, ``remote``, ``tee``). aztec_version: the wallet's. steps_ms: from the
    first step's begin to the last one's end. overhead_ms: the part of steps_ms that was neither bb's (or
    the server's) proof, nor the wallet's own simulation, nor waiting for the node and its blocks.
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
        """The step whose transaction went to the node, where nothing else is known of it."""
        return next((step for step in self.steps if step.transaction and step.block is None), None)

    def to_json(self) -> str:
        """Indented JSON."""
        return msgspec.json.format(msgspec.json.encode(self), indent=2).decode()

    @classmethod
    def from_json(cls, content: bytes | str) -> FlowReport:
        """Read what :meth:`to_json` wrote; raises ValueError for anything else."""
        if len(content) > MAX_REPORT_BYTES:
            raise ValueError("The report is too large.")
        try:
            return msgspec.json.decode(content, type=cls)
        except (msgspec.MsgspecError, RecursionError, UnicodeError) as error:
            raise ValueError("It is no report of a flow.") from error
