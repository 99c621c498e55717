"""``tee-rex bb``: the Barretenberg executables on this machine."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tee_rex.errors import ExitCode, TeeRexError
from tee_rex.settings.paths import Paths
from tee_rex.terminal.console import run_command, task_progress_shown
from tee_rex.transaction.trusted_setup import TrustedSetup

if TYPE_CHECKING:
    from tee_rex.errors.report import ErrorReport
    from tee_rex.transaction.versions import AztecVersion

app = typer.Typer(
    no_args_is_help=True, help="Install, check and remove bb, the program that makes the proofs."
)

_VersionArgument = Annotated[str, typer.Argument(metavar="VERSION", help="Aztec version, e.g. 4.1.2.")]
_OptionalVersion = Annotated[
    str | None, typer.Argument(metavar="[VERSION]", help="Aztec version; the default one if left out.")
]
_JsonOption = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]
_SetupOption = Annotated[TrustedSetup, typer.Option("--crs", help="The trusted setup it belongs to.")]


@dataclass(frozen=True, slots=True)
class _Listed:
    version: str
    crs: TrustedSetup
    installed: bool
    path: Path
    sha256: str | None
    """The pinned one; None if this release has no pin for what is installed."""


@dataclass(frozen=True, slots=True)
class _Checked:
    version: str
    crs: TrustedSetup
    path: Path
    sha256: str | None
    error: ErrorReport | None


def _print_json(value: object) -> None:
    import msgspec

    typer.echo(msgspec.json.encode(value, enc_hook=str).decode())


@app.command("list")
def list_versions(*, as_json: _JsonOption = False) -> None:
    """Show the versions that are installed and those that can be."""

    async def collect() -> list[_Listed]:
        from tee_rex.bb.pins import BbPins
        from tee_rex.bb.store import bb_store

        store = bb_store(Paths.from_environment(os.environ), BbPins.shipped())
        listed = []
        for setup in TrustedSetup:
            pinned = {
                version: setups[setup][store.platform]
                for version, setups in store.pins.digests.items()
                if store.platform in setups.get(setup, {})
            }
            installed = store.installed(setup)
            listed += [
                _Listed(
                    str(version),
                    setup,
                    version in installed,
                    store.path_of(version, setup),
                    pinned.get(version),
                )
                for version in dict.fromkeys([*installed, *pinned])
            ]
        return listed

    listed = run_command(collect(), as_json=as_json)
    if as_json:
        _print_json(listed)
        return
    for bb in listed:
        state = f"installed in {bb.path.parent}" if bb.installed else "not installed"
        note = "" if bb.sha256 else " (not known to this release, never used)"
        typer.echo(f"{bb.version} {bb.crs}: {state}{note}")


@app.command(short_help="Download the genuine bb of one version.")
def install(version: _OptionalVersion = None, *, as_json: _JsonOption = False) -> None:
    """Download the genuine bb of one version, and what it needs to run on this system."""
    from tee_rex.bb.install import ensure_bb
    from tee_rex.bb.pins import BbPins

    async def work() -> None:
        pins = BbPins.shipped()
        with task_progress_shown() as progress:
            command = await ensure_bb(
                Paths.from_environment(os.environ),
                pins,
                _parsed(version) or pins.default_version,
                TrustedSetup.GENUINE,
                progress,
            )
        bb = command.executable
        if as_json:
            _print_json(
                {"version": str(bb.version), "path": bb.path, "sha256": bb.sha256, "argv": command.argv}
            )
        else:
            typer.echo(f"✓ bb {bb.version} is installed: {bb.path}")

    run_command(work(), as_json=as_json)


@app.command()
def remove(version: _VersionArgument, *, crs: _SetupOption = TrustedSetup.GENUINE) -> None:
    """Delete one installed version."""
    from tee_rex.bb.pins import BbPins
    from tee_rex.bb.store import bb_store
    from tee_rex.transaction.versions import AztecVersion

    async def work() -> None:
        store = bb_store(Paths.from_environment(os.environ), BbPins.shipped())
        await store.remove(AztecVersion.parse(version), crs)
        typer.echo(f"✓ bb {version} ({crs}) is removed.")

    run_command(work())


@app.command(short_help="Compare what is installed with its pinned digest.")
def verify(version: _OptionalVersion = None, *, as_json: _JsonOption = False) -> None:
    """Compare what is installed (or one version of it) with the pinned SHA-256."""
    checked = run_command(_verify(version), as_json=as_json)
    if as_json:
        _print_json(checked)
    else:
        for bb in checked:
            typer.echo(
                f"✓ bb {bb.version} ({bb.crs}): SHA-256 {bb.sha256}"
                if bb.error is None
                else f"✗ bb {bb.version} ({bb.crs}): {bb.error.message} {bb.error.hint}"
            )
        if not checked:
            typer.echo("No bb is installed.")
    if any(bb.error for bb in checked):
        sys.exit(ExitCode.ENVIRONMENT)


async def _verify(version: str | None) -> list[_Checked]:
    from tee_rex.bb.pins import BbPins
    from tee_rex.bb.store import bb_store
    from tee_rex.errors.report import ErrorReport

    store = bb_store(Paths.from_environment(os.environ), BbPins.shipped())
    checked = []
    asked = _parsed(version)
    for setup in TrustedSetup:
        for installed in store.installed(setup):
            if asked not in (None, installed):
                continue
            path = store.path_of(installed, setup)
            try:
                bb = await store.find(installed, setup)
                checked.append(_Checked(str(installed), setup, path, bb.sha256, None))
            except TeeRexError as error:
                checked.append(_Checked(str(installed), setup, path, None, ErrorReport.of(error)))
    if asked is not None and not checked:
        await store.find(asked, TrustedSetup.GENUINE)  # raises what is the matter with it
    return checked


def _parsed(version: str | None) -> AztecVersion | None:
    from tee_rex.transaction.versions import AztecVersion

    return None if version is None else AztecVersion.parse(version)
