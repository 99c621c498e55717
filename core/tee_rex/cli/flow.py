"""``tee-rex flow``: accounts and tokens on an Aztec network, with proofs by TEE-Rex."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from tee_rex.aztec.flows.report import FlowKind
from tee_rex.cli.prover_config import ChosenProver, resolved_settings
from tee_rex.cli.prover_options import ProverOptions, with_prover_options
from tee_rex.errors import CancelledByUserError, TeeRexError
from tee_rex.errors.tree import TransactionDroppedError, TransactionRevertedError
from tee_rex.terminal.console import Style, all_errors, exit_on_error, run, say
from tee_rex.terminal.program import JsonOption
from tee_rex.transaction.request import ProvingMode

if TYPE_CHECKING:
    from tee_rex.aztec.flows.interface import FlowOptions
    from tee_rex.aztec.flows.report import FlowReport
    from tee_rex.aztec.flows.runner import AztecFlow
    from tee_rex.provers import Prover

NodeOption = Annotated[
    str | None, typer.Option("--node", metavar="URL", help="The Aztec node (default: AZTEC_NODE_URL).")
]
SaltOption = Annotated[
    str | None,
    typer.Option(
        "--fpc-salt",
        metavar="NUMBER",
        help="Salt of the sponsored fee contract (default: SPONSORED_FPC_SALT, or 0).",
    ),
]
NoProofsOption = Annotated[
    bool, typer.Option("--no-proofs", help="Omit the proofs; only local networks accept that.")
]


@with_prover_options
def flow(
    prover_options: ProverOptions,
    kind: Annotated[
        FlowKind,
        typer.Argument(
            help="account: deploy one. token: deploy a token, mint 1,000, transfer 500, check balances."
        ),
    ],
    *,
    node: NodeOption = None,
    fpc_salt: SaltOption = None,
    no_proofs: NoProofsOption = False,
    json: JsonOption = False,
) -> None:
    """Deploy an account, or run a token's whole life, on an Aztec network.

    The accounts are for tests: their keys are in the data folder, unencrypted, accessible to you only.
    Ctrl-C stops the flow immediately; a transaction already sent stays sent.
    """
    from tee_rex.aztec.flows.runner import AztecFlow

    with exit_on_error():
        started: AztecFlow | None = None
        try:
            with all_errors():
                chosen = ChosenProver.from_options(prover_options)
                options = _options(chosen, node, fpc_salt, proofs=not no_proofs)
                prover = chosen.prover()
                started = AztecFlow(kind, options, prover, chosen.installation)
                report = run(_run_and_show(started, kind, prover, chosen))
        except TeeRexError as error:
            failed = _failure_report(started, kind, prover_options, error)
            if json:
                print(failed.to_json())  # noqa: T201
            warn_of_unconfirmed(failed, error)
            raise
    if json:
        print(report.to_json())  # noqa: T201
    else:
        from tee_rex.cli.flow_view import show_report

        show_report(report, chosen.installation.paths)


def warn_of_unconfirmed(report: FlowReport, error: TeeRexError) -> None:
    """Warn of a transaction that may still be confirmed, unless the error is about its outcome."""
    step = report.unconfirmed
    if step is not None and not isinstance(error, TransactionDroppedError | TransactionRevertedError):
        where = step.explorer_url or step.transaction
        say(f"! This transaction was sent and may still be confirmed: {where}", Style.WARNING)


def _failure_report(
    flow: AztecFlow | None, kind: FlowKind, prover_options: ProverOptions, error: TeeRexError
) -> FlowReport:
    from tee_rex.aztec.flows.report import FlowReport
    from tee_rex.errors.report import ErrorReport

    if flow is None:
        mode = prover_options.mode or ProvingMode.LOCAL
        return FlowReport(flow=kind, mode=mode, error=ErrorReport.of(error))
    if isinstance(error, CancelledByUserError):
        return flow.report(cancelled=True)
    return flow.report(error)


def _options(chosen: ChosenProver, node: str | None, fpc_salt: str | None, *, proofs: bool) -> FlowOptions:
    from tee_rex.aztec.flows.interface import FlowOptions
    from tee_rex.settings.rules import salt_of

    flags = {"node_url": node, "sponsored_fpc_salt": fpc_salt}
    settings = resolved_settings(chosen.installation.paths, flags)
    return FlowOptions(
        node_url=settings.node_url.value,
        sponsored_fpc_salt=salt_of(settings.sponsored_fpc_salt.value),
        proofs=proofs,
    )


async def _run_and_show(flow: AztecFlow, kind: FlowKind, prover: Prover, chosen: ChosenProver) -> FlowReport:
    from tee_rex.cli.flow_view import announce, show_flow

    announce(kind, chosen)
    async with prover:
        with show_flow() as listener:
            return await flow.run(listener)
