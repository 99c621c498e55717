"""The steps of a flow on an opened wallet."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final, TypeVar

from tee_rex.aztec.errors import BalancesWrongError
from tee_rex.aztec.flows.events import FlowListener, FlowPlanned, FlowStepEnded, FlowStepStarted
from tee_rex.aztec.flows.progress import FlowAccount, FlowProgress
from tee_rex.aztec.flows.report import (
    ACCOUNT_ALIASES,
    DEPLOYMENTS,
    FLOW_STEPS,
    BalanceReport,
    FlowKind,
    FlowStep,
    TokenReport,
)
from tee_rex.aztec.flows.step import StepRun, TransactionStep
from tee_rex.aztec.networks import Network
from tee_rex.aztec.node import AztecNode
from tee_rex.aztec.wallet.client import Balances, BridgeClient, SentToken, SentTransaction, WalletAccount
from tee_rex.aztec.wallet.data import AccountKeys, WalletData
from tee_rex.provers import Prover

MINTED: Final = 1000
TRANSFERRED: Final = 500

_SentT = TypeVar("_SentT", bound=SentTransaction)


@dataclass(frozen=True, slots=True)
class FlowSteps:
    """Takes the steps of a flow; what it does stands in ``progress``."""

    progress: FlowProgress
    listener: FlowListener
    prover: Prover
    node: AztecNode
    network: Network
    bridge: BridgeClient
    data: WalletData

    async def take(self) -> None:
        """All of them; raises a TeeRexError."""
        accounts = await self._accounts()
        self.progress.accounts = accounts
        superfluous = {step for step, account in zip(DEPLOYMENTS, accounts, strict=False) if account.deployed}
        plan = tuple(step for step in FLOW_STEPS[self.progress.kind] if step not in superfluous)
        self.listener(FlowPlanned(plan))
        for step, account in zip(DEPLOYMENTS, accounts, strict=False):
            if step in plan:
                params = {"address": account.address}
                await self._transaction(step, plan, "deployAccount", SentTransaction, params)
        if self.progress.kind is FlowKind.TOKEN:
            first, second = (account.address for account in accounts)
            await self._token_steps(plan, first, second)

    async def _token_steps(self, plan: tuple[FlowStep, ...], first: str, second: str) -> None:
        sent = await self._transaction(FlowStep.DEPLOY_TOKEN, plan, "deployToken", SentToken, {"from": first})
        token = sent.token
        self.progress.token = TokenReport(
            token.address, token.name, token.symbol, token.decimals, self.network.contract_url(token.address)
        )
        transfers = (
            (FlowStep.MINT, "mint", first, MINTED),
            (FlowStep.TRANSFER, "transfer", second, TRANSFERRED),
        )
        for step, method, to, amount in transfers:
            params = {"token": token.address, "from": first, "to": to, "amount": str(amount)}
            await self._transaction(step, plan, method, SentTransaction, params)
        await self._check_balances(plan, token.address, (first, second))

    async def _accounts(self) -> list[FlowAccount]:
        """New accounts; for a token flow those that are deployed already, the newest first."""
        needed = len(ACCOUNT_ALIASES) if self.progress.kind is FlowKind.TOKEN else 1
        found: list[FlowAccount] = []
        if self.progress.kind is FlowKind.TOKEN:
            for keys in reversed(self.data.accounts()):
                account = await self._add(keys)
                if account.deployed:
                    found.append(account)
                if len(found) == needed:
                    break
        while len(found) < needed:
            keys = AccountKeys.generate()
            self.data.add(keys)  # before anything of it is on the chain
            found.append(await self._add(keys))
        return found

    async def _add(self, keys: AccountKeys) -> FlowAccount:
        params = {"secret": keys.secret, "salt": keys.salt}
        account = await self.bridge.call("addAccount", WalletAccount, params)
        return FlowAccount(account.address, account.deployed)

    async def _transaction(
        self,
        step: FlowStep,
        plan: tuple[FlowStep, ...],
        method: str,
        form: type[_SentT],
        params: Mapping[str, object],
    ) -> _SentT:
        run = TransactionStep(step, self.listener, self.prover, self.network, self.node)
        with self._taken(run, plan):
            sent = await self.bridge.transaction(method, form, run, params)
            run.sent(sent.send_ms)
            await run.confirmed(sent.transaction)
        return sent

    async def _check_balances(
        self, plan: tuple[FlowStep, ...], token: str, accounts: tuple[str, str]
    ) -> None:
        run = StepRun(FlowStep.CHECK_BALANCES, self.listener)
        with self._taken(run, plan):
            with run.simulating() as simulated:
                params = {"token": token, "accounts": accounts}
                answer = await self.bridge.call("balances", Balances, params)
                simulated(answer.total_ms)
            run.balances = tuple(BalanceReport(b.account, int(b.amount)) for b in answer.balances)
            amounts = (MINTED - TRANSFERRED, TRANSFERRED)
            if run.balances != tuple(map(BalanceReport, accounts, amounts)):
                shown = ", ".join(f"{balance.amount:,}" for balance in run.balances)
                raise BalancesWrongError(f"They are {shown} instead of {amounts[0]}, {amounts[1]}.")

    @contextmanager
    def _taken(self, run: StepRun, plan: tuple[FlowStep, ...]) -> Iterator[None]:
        index, count = plan.index(run.step), len(plan)
        self.progress.steps.append(run)
        self.listener(FlowStepStarted(run.step, index, count))
        run.begin()
        yield
        run.end()
        self.listener(FlowStepEnded(run.report(), index, count))
