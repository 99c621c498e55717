"""``tee-rex flow``: accounts and tokens on an Aztec network, every proof made by this software."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from tee_rex.aztec.flows.report import FlowKind
from tee_rex.cli.prover_config import ProverChoice, resolved_settings
from tee_rex.cli.prover_options import PlaceOptions, with_place_options
from tee_rex.errors import TeeRexError
from tee_rex.terminal.console import CancelledByUserError, Style, exit_on_error, run, say
from tee_rex.transaction.request import ProverBackend

if TYPE_CHECKING:
    from tee_rex.aztec.flows.interface import FlowOptions
    from tee_rex.aztec.flows.report import FlowReport
    from tee_rex.aztec.flows.runner import AztecFlow
    from tee_rex.provers import Prover
    from tee_rex.transaction.events import ProofListener
    from tee_rex.transaction.request import ProofRequest, ProofResult

NodeOption = Annotated[
    str | None, typer.Option("--node", metavar="URL", help="The Aztec node; default: AZTEC_NODE_URL.")
]
SaltOption = Annotated[
    str | None,
    typer.Option(
        "--fpc-salt", metavar="NUMBER", help="Of the sponsored fee contract; default: SPONSORED_FPC_SALT, 0."
    ),
]
NoProofsOption = Annotated[
    bool, typer.Option("--no-proofs", help="Leave the proofs away; only a local network takes that.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print a report for programs on stdout.")]


@with_place_options
def flow(
    place: PlaceOptions,
    kind: Annotated[
        FlowKind,
        typer.Argument(
            help="account: deploy a new one. token: deploy a token, mint 1,000, transfer 500, check balances."
        ),
    ],
    *,
    node: NodeOption = None,
    fpc_salt: SaltOption = None,
    no_proofs: NoProofsOption = False,
    json: JsonOption = False,
) -> None:
    """Deploy an account, or run a token's whole life, on an Aztec network; every proof is made here.

    The accounts are for tests: their keys stay in the data folder, readable by you alone, and not encrypted.
    Ctrl-C ends it at once; a transaction that was sent by then stays sent.
    """
    _run_flow(kind, place, node, fpc_salt, proofs=not no_proofs, json=json)


def _run_flow(
    kind: FlowKind, place: PlaceOptions, node: str | None, fpc_salt: str | None, *, proofs: bool, json: bool
) -> None:
    with exit_on_error():
        started: AztecFlow | None = None
        try:
            choice = ProverChoice.of(place)
            options = _options(choice, node, fpc_salt, proofs=proofs)
            prover = _prover(choice)
            started = _flow(kind, options, prover, choice)
            report = run(_shown(started, kind, prover, choice))
        except TeeRexError as error:
            failed = _failure_report(started, kind, place, error)
            if json:
                print(failed.to_json())  # noqa: T201
            tell_unconfirmed(failed)
            raise
    if json:
        print(report.to_json())  # noqa: T201
    else:
        from tee_rex.cli.flow_view import show_report

        show_report(report, choice.paths)


def tell_unconfirmed(report: FlowReport) -> None:
    """What was sent cannot be called back: say so, unless the error itself says what became of it."""
    from tee_rex.aztec.errors import TransactionDroppedError, TransactionRevertedError

    step = report.unconfirmed
    settled = (TransactionDroppedError.code, TransactionRevertedError.code)
    if step is not None and (report.error is None or report.error.code not in settled):
        where = step.explorer_url or step.transaction
        say(f"! This transaction went to the node and may still be confirmed: {where}", Style.WARNING)


def _failure_report(
    flow: AztecFlow | None, kind: FlowKind, place: PlaceOptions, error: TeeRexError
) -> FlowReport:
    from tee_rex.aztec.flows.report import FlowReport
    from tee_rex.transaction.report import ErrorReport
    from tee_rex.transaction.request import ProvingMode

    if flow is None:
        return FlowReport(flow=kind, mode=place.mode or ProvingMode.LOCAL, error=ErrorReport.of(error))
    if isinstance(error, CancelledByUserError):
        return flow.report(cancelled=True)
    return flow.report(error)


def _options(choice: ProverChoice, node: str | None, fpc_salt: str | None, *, proofs: bool) -> FlowOptions:
    from tee_rex.aztec.flows.interface import FlowOptions
    from tee_rex.settings.rules import salt_of

    settings = resolved_settings(choice.paths, {"node_url": node, "sponsored_fpc_salt": fpc_salt})
    return FlowOptions(
        node_url=settings.node_url.value,
        sponsored_fpc_salt=salt_of(settings.sponsored_fpc_salt.value),
        proofs=proofs,
    )


def _prover(choice: ProverChoice) -> Prover:
    """A prover in the mode chosen; raises a UsageError, or PolicyMissingError, before anything is done."""
    from tee_rex.provers import Prover
    from tee_rex.transaction.request import ProofRequest
    from tee_rex.transaction.samples import account_deployment
    from tee_rex.transaction.steps import ExecutionSteps

    choice.backend(ProofRequest.recognised(ExecutionSteps.from_bytes(account_deployment())))
    return Prover({choice.mode: _BackendOfNetwork(choice)}, choice.mode)


def _flow(kind: FlowKind, options: FlowOptions, prover: Prover, choice: ProverChoice) -> AztecFlow:
    from tee_rex.aztec.flows.runner import AztecFlow

    return AztecFlow(kind, options, prover, choice.installation)


async def _shown(flow: AztecFlow, kind: FlowKind, prover: Prover, choice: ProverChoice) -> FlowReport:
    from tee_rex.cli.flow_view import announce, flow_shown

    announce(kind, choice)
    try:
        with flow_shown() as listener:
            return await flow.run(listener)
    finally:
        await prover.close()


class _BackendOfNetwork(ProverBackend):
    """Made when the first proof is asked for: which bb a TEE may have depends on the network's setup."""

    def __init__(self, choice: ProverChoice) -> None:
        self._choice = choice
        self._backend: ProverBackend | None = None

    async def prove(self, request: ProofRequest, listener: ProofListener) -> ProofResult:
        if self._backend is None:
            self._backend = self._choice.backend(request)
        return await self._backend.prove(request, listener)

    async def close(self) -> None:
        if self._backend is not None:
            await self._backend.close()
