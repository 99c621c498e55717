"""``tee-rex-server deploy``, on the machine of an operator, and ``tee-rex-server host``, on an instance."""

from __future__ import annotations

import getpass
import os
import platform
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from tee_rex.errors.message import printable
from tee_rex.terminal.console import Style, exit_on_error, run_command, say
from tee_rex.terminal.program import JsonOption
from tee_rex.transaction.trusted_setup import TrustedSetup
from tee_rex_server import cli_options as options
from tee_rex_server.vsock import FIRST_GUEST_CID, MAX_VSOCK_NUMBER, Cid

if TYPE_CHECKING:
    from collections.abc import Coroutine, Sequence
    from typing import Any

    from tee_rex_server.deploy.deployer import Deployer, Step
    from tee_rex_server.deploy.host import EnclaveHost
    from tee_rex_server.deploy.sizes import Measured

T = TypeVar("T")

deploy = typer.Typer(no_args_is_help=True, help="Bring a release to the enclaves of a fleet, one at a time.")
host = typer.Typer(no_args_is_help=True, help="What a host of enclaves does for a deployment; needs root.")

_FleetOption = Annotated[
    Path, typer.Option("--fleet", envvar="TEE_REX_FLEET", metavar="FILE", help="The hosts and their bucket.")
]
_ReleaseArgument = Annotated[
    Path,
    typer.Argument(
        metavar="RELEASE",
        exists=True,
        help="A folder with an image and its measurements.json, or the image of a release of TEE-Rex.",
    ),
]
_ByOption = Annotated[
    str, typer.Option("--by", envvar="TEE_REX_DEPLOYED_BY", metavar="TEXT", help="Who deploys; default: you.")
]
_CidArgument = Annotated[
    int, typer.Argument(metavar="CID", min=FIRST_GUEST_CID, max=MAX_VSOCK_NUMBER, help="The enclave.")
]
_FolderOption = Annotated[
    Path | None,
    typer.Option(
        "--folder", envvar="TEE_REX_ENCLAVE_FOLDER", metavar="FOLDER", help="Of images and enclaves' links."
    ),
]
_ProxyOption = Annotated[
    str | None, typer.Option("--proxy", envvar="TEE_REX_PROXY_URL", metavar="URL", help="This host's proxy.")
]
IDLE_SECONDS = 15.0
"""Time for a client that has the enclave's key to send, or to fetch a proof that has just been made."""
DRAIN_SECONDS = 720.0
"""A proof may take 600 s by default, and one may wait for another to end."""
_DEFAULT_FLEET = Path("fleet.toml")


@deploy.command(short_help="Show what apply would do.")
def plan(
    release: _ReleaseArgument, fleet: _FleetOption = _DEFAULT_FLEET, *, as_json: JsonOption = False
) -> None:
    """Show what apply would do, for each enclave; changes nothing.

    Asks every enclave to attest itself, to know what it runs.
    """
    from tee_rex_server.deploy.fleet import read_release

    with exit_on_error(as_json=as_json):
        deployer = _deployer(fleet, "")
        target, _image = read_release(release)
    found = run_command(deployer.plan(target), as_json=as_json)
    if as_json:
        _print_json(found)
        return
    typer.echo(f"{found.current or 'nothing known'} → {found.target}")
    if found.unfinished is not None:
        typer.echo(f"The deployment of {found.unfinished} was interrupted, and goes on.")
    for one in found.enclaves:
        name = f"{one.host}/{Cid(one.cid).name}"
        if one.todo == "nothing":
            typer.echo(f"  {name}: nothing to do")
        elif one.todo == "serve":
            typer.echo(f"  {name}: attest, prove, serve")
        elif one.service:
            typer.echo(
                f"  {name}: drain, start, attest, prove, serve; the host's other enclaves serve meanwhile"
            )
        else:
            typer.echo(f"  {name}: the same, without service meanwhile: it is the host's only enclave")


@deploy.command(short_help="Bring every enclave to a release.")
def apply(
    release: _ReleaseArgument,
    fleet: _FleetOption = _DEFAULT_FLEET,
    by: _ByOption = "",
    *,
    as_json: JsonOption = False,
) -> None:
    """Bring every enclave to a release, one at a time; where that fails, bring all back.

    Each one is drained, started from the new image, attested from this machine, and made to prove before it
    gets clients. Interrupted, even killed, it is resumed by the same command.
    """
    from tee_rex.revocations import Revocations
    from tee_rex.settings.paths import Paths
    from tee_rex_server.deploy.fleet import read_release
    from tee_rex_server.errors.deploy import RELEASE_REVOKED

    with exit_on_error(as_json=as_json):
        deployer = _deployer(fleet, by)
        target, image = read_release(release)
        if target.pcr0 in Revocations.known(Paths.from_environment(os.environ)).enclave_builds:
            raise RELEASE_REVOKED(version=target.version)
    took = _deploy(deployer.apply(target, image), as_json=as_json)[1]
    if not as_json:
        typer.echo(f"✓ Every enclave runs {target}. It took {took:.0f} s.")


@deploy.command(short_help="Go back to the previous release.")
def rollback(
    fleet: _FleetOption = _DEFAULT_FLEET, by: _ByOption = "", *, as_json: JsonOption = False
) -> None:
    """Bring every enclave back to the previous release, or back from a deployment that was interrupted."""
    with exit_on_error(as_json=as_json):
        deployer = _deployer(fleet, by)
    release, took = _deploy(deployer.roll_back(), as_json=as_json)
    if as_json:
        return
    if release is None:
        typer.echo(
            "✓ The first deployment was given up. No release was before it: enclaves stay as they are."
        )
    else:
        typer.echo(f"✓ Every enclave runs {release} again. It took {took:.0f} s.")


@deploy.command(short_help="Show what every enclave runs.")
def status(fleet: _FleetOption = _DEFAULT_FLEET, *, as_json: JsonOption = False) -> None:
    """Show what every enclave runs, attested now.

    Exits with 1 unless all run the current release and serve.
    """
    with exit_on_error(as_json=as_json):
        deployer = _deployer(fleet, "")
    found = run_command(deployer.status(), as_json=as_json)
    good = all(one.attested and one.ready and not one.draining for one in found.enclaves)
    if as_json:
        _print_json(found)
    else:
        typer.echo(
            f"current {found.state.current or 'unknown'}, previous {found.state.previous or 'unknown'}"
        )
        if found.state.deployment is not None:
            by = printable(found.state.deployment.by)
            typer.echo(f"unfinished: {found.state.deployment.target}, by {by}")
        for one in found.enclaves:
            state = "serves" if one.ready and not one.draining else "drained" if one.draining else "not ready"
            says = "attested" if one.attested else "NOT attested as the current release"
            typer.echo(f"  {one.host}/{Cid(one.cid).name}: {says}, {state}")
    if not good:
        raise typer.Exit(1)


def _deploy(work: Coroutine[Any, Any, T], *, as_json: bool) -> tuple[T, float]:
    """Its result, and the seconds that it took."""
    started = time.monotonic()
    found = run_command(work, as_json=as_json)
    seconds = time.monotonic() - started
    if as_json:
        _print_json({"seconds": round(seconds, 1)})
    return found, seconds


def _deployer(fleet_file: Path, by: str) -> Deployer:
    from tee_rex.local.downloading import DownloadingInstallation
    from tee_rex.settings.paths import Paths
    from tee_rex.updates.pins import current_pins
    from tee_rex_server.deploy.aws import ReleaseStore, SsmHosts, clients
    from tee_rex_server.deploy.checks import OutsideChecks
    from tee_rex_server.deploy.deployer import Deployer
    from tee_rex_server.deploy.fleet import MAX_BY, Fleet
    from tee_rex_server.errors.deploy import BY_TOO_LONG

    fleet = Fleet.read(fleet_file)
    if len(by) > MAX_BY:
        raise BY_TOO_LONG(limit=MAX_BY)
    s3, ssm = clients(fleet)
    paths = Paths.from_environment(os.environ)
    installation = DownloadingInstallation(paths, current_pins(paths))
    return Deployer(
        fleet,
        ReleaseStore(s3, fleet.bucket, fleet.prefix),
        SsmHosts(ssm, fleet.document),
        OutsideChecks(installation),
        by or f"{getpass.getuser()}@{platform.node()}"[:MAX_BY],
        _say_step,
    )


def _say_step(step: Step) -> None:
    name = f"{step.name} {step.enclave}".strip()
    if step.skipped:
        say(f"! {name}: not done. {step.skipped}", Style.WARNING)
        return
    say(f"✓ {name}: {step.seconds:.1f} s", Style.PLAIN)


def _print_json(found: object) -> None:
    import msgspec

    typer.echo(msgspec.json.encode(found))


def bench(
    rounds: Annotated[
        int, typer.Option(metavar="NUMBER", min=1, max=100, help="Proofs in each slot, for each size.")
    ] = 3,
    slots: Annotated[
        list[int] | None,
        typer.Option(metavar="NUMBER", min=1, max=64, help="Only with so many slots (repeatable)."),
    ] = None,
    crs: Annotated[
        TrustedSetup, typer.Option("--crs", help="Trusted setup to prove under.")
    ] = TrustedSetup.GENUINE,
    *,
    by_sizes: Annotated[
        bool, typer.Option("--sizes", help="By slots and threads, which is all there is.")
    ] = True,
    offline: options.OfflineOption = False,
    as_json: JsonOption = False,
) -> None:
    """Prove the sample with this machine divided in several ways, and print the proofs an hour.

    A proof takes bb alone: start it on an instance of the type that you think of, while nothing else runs
    there. An enclave that has all of the instance's CPUs but its host's makes as many.
    """
    del by_sizes
    with exit_on_error(as_json=as_json):
        work = _measure(rounds, slots or (), crs, allow_download=not offline, as_json=as_json)
    found = run_command(work, as_json=as_json)
    if as_json:
        _print_json(found)


async def _measure(
    rounds: int, slots: Sequence[int], setup: TrustedSetup, *, allow_download: bool, as_json: bool
) -> list[Measured]:
    from datetime import UTC, datetime

    from tee_rex.local.backend import LocalBackend, LocalOptions
    from tee_rex.local.downloading import DownloadingInstallation
    from tee_rex.settings.paths import Paths
    from tee_rex.system.threads import usable_cores
    from tee_rex.transaction.request import ProofRequest
    from tee_rex.transaction.samples import account_deployment
    from tee_rex.transaction.steps import ExecutionSteps
    from tee_rex.updates.pins import current_pins
    from tee_rex_server.deploy.sizes import Size, machine, measure, sizes, table, table_line

    def backend(threads: int) -> LocalBackend:
        """As the server's: a new bb for each proof."""
        return LocalBackend(installation, LocalOptions(threads, None, keep_warm=False))

    paths, cores = Paths.from_environment(os.environ), usable_cores()
    installation = DownloadingInstallation(paths, current_pins(paths), allow_download=allow_download)
    chosen = [Size(number, max(1, cores // number)) for number in slots] or sizes(cores)
    request = ProofRequest.recognised(ExecutionSteps.from_bytes(account_deployment(setup)))
    found = []
    if not as_json:
        how = f"{setup} setup, {rounds} {'proof' if rounds == 1 else 'proofs'} in each slot"
        typer.echo(f"{datetime.now(UTC):%Y-%m-%d}: {machine()}; {how}\n")
        typer.echo(table())
    async for one in measure(backend, request, chosen, rounds):
        found.append(one)
        if not as_json:
            typer.echo(table_line(one))
    return found


@host.command("status", short_help="Show this host's enclaves.")
def host_status(
    folder: _FolderOption = None,
    draining: options.DrainingOption = options.DEFAULT_DRAINING_FOLDER,
    proxy: _ProxyOption = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """Show this host's enclaves, and which images they start next."""
    found = run_command(_host(folder, draining, proxy).status(), as_json=as_json)
    if as_json:
        _print_json(found)
        return
    typer.echo(f"tee-rex-server {found.version}; {len(found.images)} images")
    for one in found.enclaves:
        state = "ready" if one.ready else "not ready"
        typer.echo(
            f"  {Cid(one.cid).name}: {state}{', draining' if one.draining else ''}; {one.image or 'no image'}"
        )


@host.command(short_help="Download an image, and check it.")
def fetch(
    sha256: Annotated[str, typer.Argument(metavar="SHA256", help="Of the image.")],
    size: Annotated[int, typer.Argument(metavar="BYTES", min=1, help="Its size.")],
    pcrs: Annotated[list[str], typer.Argument(metavar="PCR0 PCR1 PCR2", help="What it measures to.")],
    url: Annotated[str, typer.Option(envvar="TEE_REX_IMAGE_URL", metavar="URL", help="Where it is.")] = "",
    folder: _FolderOption = None,
    draining: options.DrainingOption = options.DEFAULT_DRAINING_FOLDER,
    *,
    as_json: JsonOption = False,
) -> None:
    """Download an image, unless it is there, and keep it only if digest, size and PCRs are right."""
    from tee_rex.attestation.builds import ExpectedPcrs

    with exit_on_error(as_json=as_json):
        if len(pcrs) != 3:
            raise typer.BadParameter("three PCRs are expected", param_hint="PCR0 PCR1 PCR2")
        ExpectedPcrs.from_hex(*pcrs)
        _require_sha256(sha256)
    run_command(_host(folder, draining, None).fetch(url, sha256, size, pcrs), as_json=as_json)


@host.command(short_help="Keep new clients away from an enclave.")
def drain(
    cid: _CidArgument,
    folder: _FolderOption = None,
    draining: options.DrainingOption = options.DEFAULT_DRAINING_FOLDER,
    proxy: _ProxyOption = None,
    idle: Annotated[
        float,
        typer.Option(
            envvar="TEE_REX_IDLE", metavar="SECONDS", min=0, help="How long it must have been idle."
        ),
    ] = IDLE_SECONDS,
    within: Annotated[
        float,
        typer.Option(envvar="TEE_REX_DRAIN_WITHIN", metavar="SECONDS", min=1, help="When to give up."),
    ] = DRAIN_SECONDS,
    *,
    as_json: JsonOption = False,
) -> None:
    """Keep new clients away from an enclave, and wait until it has been idle for a while."""
    run_command(_host(folder, draining, proxy).drain(cid, idle=idle, within=within), as_json=as_json)


@host.command(short_help="Start an enclave from an image.")
def start(
    cid: _CidArgument,
    sha256: Annotated[str, typer.Argument(metavar="SHA256", help="An image that was fetched.")],
    folder: _FolderOption = None,
    draining: options.DrainingOption = options.DEFAULT_DRAINING_FOLDER,
    *,
    as_json: JsonOption = False,
) -> None:
    """Let an enclave run an image from now on; it gets clients only after serve."""
    with exit_on_error(as_json=as_json):
        _require_sha256(sha256)
    run_command(_host(folder, draining, None).start(cid, sha256), as_json=as_json)


@host.command(short_help="Let an enclave have clients again.")
def serve(
    cid: _CidArgument,
    folder: _FolderOption = None,
    draining: options.DrainingOption = options.DEFAULT_DRAINING_FOLDER,
    *,
    as_json: JsonOption = False,
) -> None:
    """Let an enclave have clients again."""
    run_command(_host(folder, draining, None).serve(cid), as_json=as_json)


def _host(folder: Path | None, draining: Path, proxy: str | None) -> EnclaveHost:
    from tee_rex_server.deploy.host import DEFAULT_FOLDER, DEFAULT_PROXY, EnclaveHost

    return EnclaveHost(folder or DEFAULT_FOLDER, draining, proxy or DEFAULT_PROXY, os.environ)


def _require_sha256(text: str) -> None:
    from tee_rex_server.errors.deploy import IMAGE_DIGEST_INVALID

    if len(text) != 64 or not set(text) <= set("0123456789abcdef"):
        raise IMAGE_DIGEST_INVALID()
