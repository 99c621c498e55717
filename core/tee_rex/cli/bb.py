"""``tee-rex bb``: the installed bb executables (Barretenberg, Aztec's prover)."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tee_rex.errors import ExitCode, TeeRexError
from tee_rex.errors.message import printable
from tee_rex.settings.paths import Paths
from tee_rex.terminal.console import run_command, show_task_progress
from tee_rex.terminal.program import JsonOption, print_json
from tee_rex.transaction.trusted_setup import TrustedSetup

if TYPE_CHECKING:
    from tee_rex.errors.report import ErrorReport
    from tee_rex.transaction.versions import AztecVersion

app = typer.Typer(
    no_args_is_help=True, help="Install, verify and remove bb, the program that makes the proofs."
)

_VersionArgument = Annotated[str, typer.Argument(metavar="VERSION", help="Aztec version, e.g. 4.1.2.")]
_OptionalVersion = Annotated[
    str | None, typer.Argument(metavar="[VERSION]", help="Aztec version (default: this release's).")
]
_VerifiedVersion = Annotated[
    str | None, typer.Argument(metavar="[VERSION]", help="Aztec version (default: all that are installed).")
]
_SetupOption = Annotated[TrustedSetup, typer.Option("--crs", help="Its trusted setup.")]


@dataclass(frozen=True, slots=True)
class _Listed:
    version: str
    crs: TrustedSetup
    installed: bool
    path: Path
    sha256: str | None
    """The pinned digest; None if this release has no pin for the installed version."""


@dataclass(frozen=True, slots=True)
class _Checked:
    version: str
    crs: TrustedSetup
    path: Path
    sha256: str | None
    error: ErrorReport | None


@app.command("list")
def list_versions(*, as_json: JsonOption = False) -> None:
    """List the installed and the available versions."""

    async def collect() -> list[_Listed]:
        from tee_rex.bb.pins import BbPins
        from tee_rex.bb.store import bb_store

        store = bb_store(Paths.from_environment(os.environ), BbPins.shipped())
        listed = []
        for setup in TrustedSetup:
            pinned = store.pins.pinned(setup, store.platform)
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
        print_json(listed)
        return
    for bb in listed:
        state = f"installed in {bb.path.parent}" if bb.installed else "not installed"
        note = "" if bb.sha256 else " (unknown to this release, never used)"
        typer.echo(f"{bb.version} {bb.crs}: {state}{note}")


@app.command(short_help="Download and install one version.")
def install(version: _OptionalVersion = None, *, as_json: JsonOption = False) -> None:
    """Download and install the genuine bb of one version, and the libraries it needs here."""
    from tee_rex.bb.install import ensure_bb
    from tee_rex.bb.pins import BbPins

    async def work() -> None:
        pins = BbPins.shipped()
        with show_task_progress() as progress:
            command = await ensure_bb(
                Paths.from_environment(os.environ),
                pins,
                _parsed(version) or pins.default_version,
                TrustedSetup.GENUINE,
                progress,
            )
        bb = command.executable
        if as_json:
            print_json(
                {"version": str(bb.version), "path": bb.path, "sha256": bb.sha256, "argv": command.argv}
            )
        else:
            typer.echo(f"✓ Installed bb {bb.version}: {printable(str(bb.path))}")

    run_command(work(), as_json=as_json)


@app.command()
def remove(version: _VersionArgument, *, crs: _SetupOption = TrustedSetup.GENUINE) -> None:
    """Remove an installed version."""
    from tee_rex.bb.pins import BbPins
    from tee_rex.bb.store import bb_store
    from tee_rex.transaction.versions import AztecVersion

    async def work() -> None:
        store = bb_store(Paths.from_environment(os.environ), BbPins.shipped())
        await store.remove(AztecVersion.parse(version), crs)
        typer.echo(f"✓ Removed bb {version} ({crs}).")

    run_command(work())


@app.command(short_help="Verify installed versions by their pinned digests.")
def verify(version: _VerifiedVersion = None, *, as_json: JsonOption = False) -> None:
    """Verify the installed versions (or one of them) by their pinned SHA-256."""
    checked = run_command(_verify(version), as_json=as_json)
    if as_json:
        print_json(checked)
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
        await store.find(asked, TrustedSetup.GENUINE)  # raises the reason
    return checked


def _parsed(version: str | None) -> AztecVersion | None:
    from tee_rex.transaction.versions import AztecVersion

    return None if version is None else AztecVersion.parse(version)
