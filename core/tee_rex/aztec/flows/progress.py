"""What a flow has done so far, and the report made of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tee_rex.aztec.flows.report import (
    ACCOUNT_ALIASES,
    DEPLOYMENTS,
    AccountReport,
    BridgeReport,
    FlowKind,
    FlowReport,
    PreparationReport,
    StepReport,
    TokenReport,
)
from tee_rex.transaction.report import ErrorReport

if TYPE_CHECKING:
    from tee_rex.aztec.flows.step import StepRun
    from tee_rex.aztec.networks import Network
    from tee_rex.errors import TeeRexError
    from tee_rex.transaction.request import ProvingMode


@dataclass(slots=True)
class FlowAccount:
    """An account that a flow uses. deployed: before the flow."""

    address: str
    deployed: bool


@dataclass(slots=True)
class FlowProgress:
    """Filled while the flow runs. accounts: in the order of ACCOUNT_ALIASES."""

    kind: FlowKind
    mode: ProvingMode
    network: Network | None = None
    preparation: list[PreparationReport] = field(default_factory=list)
    bridge: BridgeReport | None = None
    accounts: list[FlowAccount] = field(default_factory=list)
    token: TokenReport | None = None
    steps: list[StepRun] = field(default_factory=list)
    total_ms: float | None = None

    def report(self, error: TeeRexError | None, *, cancelled: bool) -> FlowReport:
        """The report as of now."""
        steps = tuple(run.report() for run in self.steps)
        ended = [step for step in steps if step.total_ms is not None]
        return FlowReport(
            flow=self.kind,
            mode=self.mode,
            aztec_version=str(self.network.version) if self.network else None,
            network=self.network.report() if self.network else None,
            preparation=tuple(self.preparation),
            bridge=self.bridge,
            accounts=self._account_reports(steps),
            token=self.token,
            steps=steps,
            steps_ms=round(sum(step.total_ms or 0 for step in ended), 3) if ended else None,
            overhead_ms=round(sum(step.overhead_ms or 0 for step in ended), 3) if ended else None,
            total_ms=None if self.total_ms is None else round(self.total_ms, 3),
            cancelled=cancelled,
            error=ErrorReport.of(error) if error else None,
        )

    def _account_reports(self, steps: tuple[StepReport, ...]) -> tuple[AccountReport, ...]:
        deployed = {step.step for step in steps if step.block is not None}
        url = self.network.contract_url if self.network else lambda _address: None
        return tuple(
            AccountReport(alias, account.address, deployment in deployed, url(account.address))
            for alias, deployment, account in zip(ACCOUNT_ALIASES, DEPLOYMENTS, self.accounts, strict=False)
        )
