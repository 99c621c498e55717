"""``tee-rex`` and all its commands."""

from __future__ import annotations

from typing import Annotated

from tee_rex import __version__
from tee_rex.cli import (
    attest,
    bb,
    crs,
    devnet,
    doctor,
    flow,
    https,
    listen,
    network,
    prove,
    release,
    servers,
    setup,
    sites,
    update,
)
from tee_rex.terminal.program import program, verbose_option, version_option

app = program("tee-rex", "Prove private Aztec transactions: on this machine, on a server, or in a TEE.")
app.command(short_help="Prove the bundled sample transaction.")(prove.demo)
app.command(short_help="Prove a transaction from its execution steps.")(prove.prove)
app.command(short_help="Verify a proof.")(prove.verify)
app.command(short_help="Prove for websites in the browsers of this machine.")(listen.listen)
app.command(short_help="Deploy an account or use a token on an Aztec network.")(flow.flow)
app.command(short_help="Show an Aztec network and whether it is proved here.")(network.network)
app.command(short_help="Check that an enclave is genuine and runs approved code.")(attest.attest)
app.command(short_help="Check this machine and suggest fixes.")(doctor.doctor)
app.command(short_help="Download everything the sample needs.")(setup.setup)
app.add_typer(bb.app, name="bb", short_help="Install, verify and remove bb, the prover.")
app.add_typer(crs.app, name="crs", short_help="Download and verify the CRS, the public points of the proofs.")
app.add_typer(devnet.app, name="devnet", short_help="Run a local Aztec network for development.")
app.add_typer(https.app, name="https", short_help="Let browsers reach TEE-Rex over HTTPS.")
app.command(short_help="Install the newest release of TEE-Rex.")(update.update)
app.add_typer(release.app, name="release", short_help="Check a downloaded file of a release.")
app.add_typer(servers.app, name="servers", short_help="List and forget remembered server keys.")
app.add_typer(sites.app, name="sites", short_help="List, allow and revoke the websites that may prove.")


@app.callback()
def _options(
    *,
    _version: Annotated[bool, version_option("tee-rex", __version__)] = False,
    _verbose: Annotated[bool, verbose_option()] = False,
) -> None:
    """Options of the program itself."""
