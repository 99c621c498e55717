"""The plan of a flow, executed on an opened wallet, and the record of what it has done."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, TypeVar
from urllib.parse import urlsplit

from tee_rex.aztec.flows import report as reports
from tee_rex.aztec.flows.events import FlowListener, FlowPlanned, FlowStepEnded, FlowStepStarted
from tee_rex.aztec.flows.step import StepRun, TransactionStep
from tee_rex.aztec.wallet.data import AccountKeys, WalletData
from tee_rex.aztec.wallet.protocol import Balances, SentToken, SentTransaction, WalletAccount
from tee_rex.errors.catalogue.aztec import BALANCES_WRONG
from tee_rex.errors.report import ErrorReport

if TYPE_CHECKING:
    from tee_rex.aztec.networks import Network
    from tee_rex.aztec.node import AztecNode
    from tee_rex.aztec.wallet.client import BridgeClient
    from tee_rex.errors import TeeRexError
    from tee_rex.provers import Prover
    from tee_rex.transaction.request import ProvingMode

MINTED: Final = 1000
TRANSFERRED: Final = 500

_SentT = TypeVar("_SentT", bound=SentTransaction)


@dataclass(slots=True)
class FlowAccount:
    """An account that a flow uses. deployed: before the flow."""

    address: str
    deployed: bool


@dataclass(slots=True)
class FlowRecord:
    """What a flow has done so far. accounts: in the order of ACCOUNT_ALIASES."""

    kind: reports.FlowKind
    mode: ProvingMode
    network: Network | None = None
    preparation: list[reports.PreparationReport] = field(default_factory=list)
    bridge: reports.BridgeReport | None = None
    accounts: list[FlowAccount] = field(default_factory=list)
    token: reports.TokenReport | None = None
    steps: list[StepRun] = field(default_factory=list)
    total_ms: float | None = None

    def report(self, error: TeeRexError | None, *, cancelled: bool) -> reports.FlowReport:
        """The report so far."""
        steps = tuple(run.report() for run in self.steps)
        ended = [step for step in steps if step.total_ms is not None]
        return reports.FlowReport(
            flow=self.kind,
            mode=self.mode,
            aztec_version=str(self.network.version) if self.network else None,
            network=network_report(self.network) if self.network else None,
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

    def _account_reports(self, steps: tuple[reports.StepReport, ...]) -> tuple[reports.AccountReport, ...]:
        deployed = {step.step for step in steps if step.block is not None}
        url = self.network.contract_url if self.network else lambda _address: None
        return tuple(
            reports.AccountReport(alias, account.address, deployment in deployed, url(account.address))
            for alias, deployment, account in zip(
                reports.ACCOUNT_ALIASES, reports.DEPLOYMENTS, self.accounts, strict=False
            )
        )


def network_report(network: Network) -> reports.NetworkReport:
    """The network's part of a flow's report; without the URL's path, where providers put API keys."""
    info = network.info
    url = urlsplit(info.url)
    origin = f"{url.scheme}://{url.netloc}"
    return reports.NetworkReport(
        url=origin if url.path in ("", "/") else f"{origin}/…",
        name=network.name,
        chain_id=info.chain_id,
        rollup_version=info.rollup_version,
        node_version=info.node_version,
        crs=network.setup,
        real_proofs=info.real_proofs,
        proofs_required=not network.is_local,
        explorer_url=network.explorer,
    )


@dataclass(frozen=True, slots=True)
class FlowPlan:
    """Executes the steps of a flow and records them in ``record``.

    1. Find the accounts: a token flow reuses deployed ones, every other flow makes a new one.
    2. Deploy those that are not deployed.
    3. In a token flow: deploy the token, mint, transfer, check the balances.
    """

    record: FlowRecord
    listener: FlowListener
    prover: Prover
    node: AztecNode
    network: Network
    bridge: BridgeClient
    data: WalletData

    async def execute(self) -> None:
        """Execute all steps; raises TeeRexError."""
        accounts = await self._accounts()
        self.record.accounts = accounts
        superfluous = {
            step for step, account in zip(reports.DEPLOYMENTS, accounts, strict=False) if account.deployed
        }
        steps = tuple(step for step in reports.FLOW_STEPS[self.record.kind] if step not in superfluous)
        self.listener(FlowPlanned(steps))
        for step, account in zip(reports.DEPLOYMENTS, accounts, strict=False):
            if step in steps:
                params = {"address": account.address}
                await self._transaction(step, steps, "deployAccount", SentTransaction, params)
        if self.record.kind is reports.FlowKind.TOKEN:
            first, second = (account.address for account in accounts)
            await self._token_steps(steps, first, second)

    async def _token_steps(self, steps: tuple[reports.FlowStep, ...], first: str, second: str) -> None:
        params: dict[str, object] = {"from": first}
        sent = await self._transaction(reports.FlowStep.DEPLOY_TOKEN, steps, "deployToken", SentToken, params)
        token = sent.token
        self.record.token = reports.TokenReport(
            token.address, token.name, token.symbol, token.decimals, self.network.contract_url(token.address)
        )
        transfers = (
            (reports.FlowStep.MINT, "mint", first, MINTED),
            (reports.FlowStep.TRANSFER, "transfer", second, TRANSFERRED),
        )
        for step, method, to, amount in transfers:
            params = {"token": token.address, "from": first, "to": to, "amount": str(amount)}
            await self._transaction(step, steps, method, SentTransaction, params)
        await self._check_balances(steps, token.address, (first, second))

    async def _accounts(self) -> list[FlowAccount]:
        """The accounts of the flow; the newest deployed ones first, then new ones."""
        needed = len(reports.ACCOUNT_ALIASES) if self.record.kind is reports.FlowKind.TOKEN else 1
        found: list[FlowAccount] = []
        if self.record.kind is reports.FlowKind.TOKEN:
            for keys in reversed(self.data.accounts()):
                account = await self._add(keys)
                if account.deployed:
                    found.append(account)
                if len(found) == needed:
                    break
        while len(found) < needed:
            keys = AccountKeys.generate()
            self.data.add(keys)  # stored before anything about it is on the chain
            found.append(await self._add(keys))
        return found

    async def _add(self, keys: AccountKeys) -> FlowAccount:
        params = {"secret": keys.secret, "salt": keys.salt}
        account = await self.bridge.call("addAccount", WalletAccount, params)
        return FlowAccount(account.address, account.deployed)

    async def _transaction(
        self,
        step: reports.FlowStep,
        steps: tuple[reports.FlowStep, ...],
        method: str,
        result_type: type[_SentT],
        params: Mapping[str, object],
    ) -> _SentT:
        run = TransactionStep(step, self.listener, self.prover, self.network, self.node)
        with self._running(run, steps):
            sent = await self.bridge.transaction(method, result_type, run, params)
            run.sent(sent.send_ms)
            await run.wait_until_confirmed(sent.transaction)
        return sent

    async def _check_balances(
        self, steps: tuple[reports.FlowStep, ...], token: str, accounts: tuple[str, str]
    ) -> None:
        run = StepRun(reports.FlowStep.CHECK_BALANCES, self.listener)
        with self._running(run, steps):
            with run.simulating() as simulated:
                params = {"token": token, "accounts": accounts}
                result = await self.bridge.call("balances", Balances, params)
                simulated(result.total_ms)
            run.balances = tuple(reports.BalanceReport(b.account, int(b.amount)) for b in result.balances)
            amounts = (MINTED - TRANSFERRED, TRANSFERRED)
            if run.balances != tuple(map(reports.BalanceReport, accounts, amounts)):
                raise BALANCES_WRONG(
                    balances=", ".join(f"{balance.amount:,}" for balance in run.balances),
                    expected=", ".join(map(str, amounts)),
                )

    @contextmanager
    def _running(self, run: StepRun, steps: tuple[reports.FlowStep, ...]) -> Iterator[None]:
        index, count = steps.index(run.step), len(steps)
        self.record.steps.append(run)
        self.listener(FlowStepStarted(run.step, index, count))
        run.begin()
        yield
        run.end()
        self.listener(FlowStepEnded(run.report(), index, count))
