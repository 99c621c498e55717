"""``tee-rex network``: an Aztec network, and what this release does for it."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import typer

from tee_rex.cli.flow import NodeOption
from tee_rex.errors import ExitCode
from tee_rex.terminal.console import run_command
from tee_rex.terminal.program import JsonOption, print_json

if TYPE_CHECKING:
    from tee_rex.aztec.support import NetworkSupport


def network(*, node: NodeOption = None, json: JsonOption = False) -> None:
    """Show the network of a node, and whether its transactions are proved here (exit code 0) or not (1)."""
    namespace, found = run_command(_examine(node), as_json=json)
    if json:
        print_json(_fields(namespace, found))
    else:
        _show(namespace, found)
    sys.exit(ExitCode.OK if found.obstacle is None else ExitCode.FAILED)


async def _examine(url: str | None) -> tuple[str, NetworkSupport]:
    """The namespace of the node's methods, and what works on its network."""
    from tee_rex.aztec.networks import Network
    from tee_rex.aztec.node import AztecNode
    from tee_rex.aztec.support import NetworkSupport
    from tee_rex.cli.prover_config import installation, resolved_settings
    from tee_rex.errors.catalogue.aztec import NODE_NOT_CONFIGURED
    from tee_rex.settings.paths import Paths
    from tee_rex.system.threads import read_in_thread

    paths = Paths.from_environment(os.environ)
    settings = resolved_settings(paths, {"node_url": url})
    if not settings.node_url.value:
        raise NODE_NOT_CONFIGURED()
    async with AztecNode.open(settings.node_url.value) as node:
        here = installation(paths, settings)
        found = Network.accepted(await node.info(), here.pins.circuits)
        return node.namespace, await read_in_thread(NetworkSupport.of, found, here)


def _fields(namespace: str, found: NetworkSupport) -> dict[str, object]:
    import msgspec

    from tee_rex.aztec.flows.plan import network_report
    from tee_rex.errors.report import ErrorReport

    return {
        **msgspec.to_builtins(network_report(found.network)),
        "vk_tree_root": found.network.info.vk_tree_root,
        "rpc_namespace": namespace,
        "bb": None
        if found.bb is None
        else {"version": str(found.bb), "approved_by_user": found.approved_by_user},
        "obstacle": None if found.obstacle is None else msgspec.to_builtins(ErrorReport.of(found.obstacle)),
        "wallet": None if found.wallet is None else str(found.wallet),
    }


def _show(namespace: str, found: NetworkSupport) -> None:
    from tee_rex.aztec.flows.plan import network_report

    report, info = network_report(found.network), found.network.info
    proofs = "required" if report.proofs_required else "optional"
    typer.echo(f"Network  {report.name}, chain {report.chain_id}, rollup version {report.rollup_version}")
    typer.echo(f"Node     Aztec {report.node_version} at {report.url}, methods {namespace}_…")
    typer.echo(f"Keys     {info.vk_tree_root or 'not named'} ({report.crs} setup)")
    typer.echo(f"Proofs   {proofs}")
    if found.obstacle is None:
        approved = " (approved by you)" if found.approved_by_user else ""
        typer.echo(f"✓ This machine proves its transactions with bb {found.bb}{approved}.")
    else:
        typer.echo(f"✗ This machine does not prove its transactions: {found.obstacle.message}")
        typer.echo(f"  → {found.obstacle.hint}")
    if found.wallet is None:
        typer.echo("○ This release has no wallet for it: tee-rex flow does not run there.")
    else:
        typer.echo(f"✓ tee-rex flow runs there, with the wallet of Aztec {found.wallet}.")
