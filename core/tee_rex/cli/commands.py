"""``tee-rex`` and all its commands."""

from __future__ import annotations

from typing import Annotated

from tee_rex import __version__
from tee_rex.cli import attest, bb, crs, devnet, doctor, flow, prove, servers, setup
from tee_rex.terminal.program import program, version_option

app = program("tee-rex", "Prove private Aztec transactions: on this machine, on a server, or in a TEE.")
app.command(short_help="Prove the recorded account deployment that comes along.")(prove.demo)
app.command(short_help="Prove a transaction from its execution steps.")(prove.prove)
app.command(short_help="Check a proof.")(prove.verify)
app.command(short_help="Deploy an account or use a token on an Aztec network.")(flow.flow)
app.command(short_help="Tell whether an enclave is genuine and runs your code.")(attest.attest)
app.command(short_help="Tell what works here, what is missing, what to do.")(doctor.doctor)
app.command(short_help="Bring now what the sample needs.")(setup.setup)
app.add_typer(bb.app, name="bb", short_help="Install, check and remove bb, which makes the proofs.")
app.add_typer(crs.app, name="crs", short_help="Fetch and check the public points of the proofs.")
app.add_typer(devnet.app, name="devnet", short_help="Run a real Aztec network on this machine.")
app.add_typer(servers.app, name="servers", short_help="Servers of remote mode whose keys are remembered.")


@app.callback()
def _options(*, _version: Annotated[bool, version_option("tee-rex", __version__)] = False) -> None:
    """Options of the program itself."""
