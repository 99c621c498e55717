"""``tee-rex crs``: the points of the trusted setups on this machine."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tee_rex.crs.crs import MAX_POINTS, MIN_POINTS
from tee_rex.errors.message import printable
from tee_rex.settings.paths import Paths
from tee_rex.terminal.console import Style, run_command, say, show_task_progress
from tee_rex.terminal.program import JsonOption, print_json
from tee_rex.transaction.trusted_setup import TrustedSetup

if TYPE_CHECKING:
    from tee_rex.bb.store import BbExecutable

app = typer.Typer(
    no_args_is_help=True, help="Download and verify the CRS, the public points that every proof needs."
)

_PointsOption = Annotated[
    int | None,
    typer.Option(
        min=1,
        max=MAX_POINTS,
        metavar="NUMBER",
        help=f"Minimum number of points (default: {MIN_POINTS:,}, or all points of FILE).",
    ),
]
_FromOption = Annotated[
    Path | None,
    typer.Option(
        "--from",
        metavar="FILE",
        dir_okay=False,
        help="Import points from Aztec's g1.dat or bb's ~/.bb-crs/bn254_g1.dat instead of downloading.",
    ),
]


@dataclass(frozen=True, slots=True)
class _Status:
    """The state of one CRS. points: number of intact ones, from the first without a gap."""

    crs: TrustedSetup
    insecure: bool
    folder: Path
    points: int
    max_points: int


@app.command(short_help="Verify every point on this machine.")
def status(*, as_json: JsonOption = False) -> None:
    """Verify every point on this machine by the pinned digests."""
    found = run_command(_status(Paths.from_environment(os.environ)), as_json=as_json)
    if as_json:
        print_json(found)
        return
    for setup in found:
        insecure = " (INSECURE)" if setup.insecure else ""
        typer.echo(
            f"{setup.crs}{insecure}: {setup.points:,} of {setup.max_points:,} points in {setup.folder}"
        )


async def _status(paths: Paths) -> list[_Status]:
    from tee_rex.crs.crs import CrsPins
    from tee_rex.crs.store import crs_store

    found = []
    for setup in TrustedSetup:
        pins = CrsPins.shipped(setup)
        intact = await crs_store(paths, setup).intact_chunks()
        gapless = (*intact, False).index(False)
        insecure = setup is TrustedSetup.DEVELOPMENT
        points = gapless * pins.chunk_points
        found.append(_Status(setup, insecure, paths.crs_dir(setup), points, pins.max_points))
    return found


@app.command(short_help="Download missing genuine points.")
def download(*, points: _PointsOption = None, from_file: _FromOption = None) -> None:
    """Download and verify the missing or damaged genuine points (8 MiB for the minimum)."""
    loaded = run_command(_fetch(points, from_file))
    typer.echo(f"✓ {loaded:,} genuine points are ready.")


async def _fetch(points: int | None, file: Path | None) -> int:
    from tee_rex.crs.provision import ensure_crs, import_crs

    paths = Paths.from_environment(os.environ)
    wanted = None if points is None else max(MIN_POINTS, 1 << (points - 1).bit_length())
    with show_task_progress() as progress:
        if file is not None:
            crs = await import_crs(paths, file, wanted, progress)
        else:
            crs = await ensure_crs(paths, TrustedSetup.GENUINE, wanted or MIN_POINTS, progress)
    return crs.points


@app.command(short_help="Create the INSECURE development setup.")
def development() -> None:
    """Create the INSECURE development setup, for tests and demos without the genuine points."""
    from tee_rex.cli.proof_view import DEVELOPMENT_WARNING

    say(f"! {DEVELOPMENT_WARNING}", Style.WARNING)
    bb = run_command(_make_development())
    typer.echo(f"✓ The INSECURE development setup is ready: {printable(str(bb.path))}")


async def _make_development() -> BbExecutable:
    from tee_rex.crs.provision import ensure_development
    from tee_rex.updates.pins import current_pins

    paths = Paths.from_environment(os.environ)
    with show_task_progress() as progress:
        return await ensure_development(paths, current_pins(paths), progress)
