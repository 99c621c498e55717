"""``tee-rex bb``: the installed bb executables (Barretenberg, Aztec's prover)."""

from __future__ import annotations

import os
import re
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tee_rex.errors import ExitCode, TeeRexError
from tee_rex.errors.message import printable
from tee_rex.settings.paths import Paths
from tee_rex.terminal.console import Style, run_command, say, show_task_progress
from tee_rex.terminal.program import JsonOption, print_json
from tee_rex.transaction.trusted_setup import TrustedSetup

if TYPE_CHECKING:
    from tee_rex.bb.pins import BbPins
    from tee_rex.bb.store import BbExecutable
    from tee_rex.bb.user_store import UserBbStore
    from tee_rex.errors.report import ErrorReport
    from tee_rex.transaction.generations import Generation
    from tee_rex.transaction.versions import AztecVersion

app = typer.Typer(
    no_args_is_help=True, help="Install, verify and remove bb, the program that makes the proofs."
)

_VersionArgument = Annotated[str, typer.Argument(metavar="VERSION", help="Aztec version, as on npm.")]
_OptionalVersion = Annotated[
    str | None, typer.Argument(metavar="[VERSION]", help="Aztec version (default: this release's).")
]
_VerifiedVersion = Annotated[
    str | None, typer.Argument(metavar="[VERSION]", help="Aztec version (default: all that are installed).")
]
_Sha256Option = Annotated[
    str | None,
    typer.Option(
        "--sha256", metavar="DIGEST", help="SHA-256 that you vouch for, of a bb unknown to this release."
    ),
]
_FromOption = Annotated[
    Path | None,
    typer.Option(
        "--from",
        metavar="FILE",
        help="Take bb from this file: bb itself, its release archive, or the npm package bb.js.",
    ),
]
_SetupOption = Annotated[TrustedSetup, typer.Option("--crs", help="Its trusted setup.")]


@dataclass(frozen=True, slots=True)
class _Listed:
    version: str
    crs: TrustedSetup
    installed: bool
    path: Path
    sha256: str | None
    """What bb must have; None if nothing on this machine says."""
    archive_sha256: str | None
    """What its release archive must have, where that is pinned and bb itself is not."""
    approved_by_user: bool
    proved_for_real: bool
    """Whether TEE-Rex's own tests prove with it."""
    usable: bool

    def __str__(self) -> str:
        where = f"installed in {self.path.parent}" if self.installed else "not installed"
        notes = [
            "approved by you" if self.approved_by_user else "",
            "pinned by its release archive" if self.archive_sha256 else "",
            "not covered by our tests" if self.usable and not self.proved_for_real else "",
            "" if self.usable else "unknown to this release, never used",
        ]
        told = "; ".join(filter(None, notes))
        return f"{self.version} {self.crs}: {where}{f' ({told})' if told else ''}"


@dataclass(frozen=True, slots=True)
class _Checked:
    version: str
    crs: TrustedSetup
    path: Path
    sha256: str | None = None
    approved_by_user: bool = False
    error: ErrorReport | None = None

    def __str__(self) -> str:
        name = f"bb {self.version} ({self.crs})"
        if self.error is not None:
            return f"✗ {name}: {self.error.message} {self.error.hint}"
        return f"✓ {name}: SHA-256 {self.sha256}{_APPROVED if self.approved_by_user else ''}"


_APPROVED = " (approved by you)"


@app.command("list")
def list_versions(*, as_json: JsonOption = False) -> None:
    """List the installed and the available versions."""

    async def collect() -> tuple[list[_Listed], list[Generation]]:
        from tee_rex.transaction.generations import generations

        store = _store()
        listed = [
            _listed(store, version, setup)
            for setup in TrustedSetup
            for version in sorted({*store.installed(setup), *store.pins.available(setup, store.platform)})
        ]
        usable = {bb.version.partition(".")[0] for bb in listed if bb.usable}
        return listed, [one for one in generations() if str(one.number) not in usable]

    listed, without_bb = run_command(collect(), as_json=as_json)
    if as_json:
        print_json(listed)
        return
    for bb in listed:
        typer.echo(printable(str(bb)))
    for generation in without_bb:
        typer.echo(
            f"{generation}: no version is pinned; to install a bb that you vouch for: "
            f"tee-rex bb install {generation.default} --sha256 DIGEST (docs/versions.md)"
        )


def _listed(store: UserBbStore, version: AztecVersion, setup: TrustedSetup) -> _Listed:
    genuine = setup is TrustedSetup.GENUINE
    archive = store.pins.archive(version, store.platform) if genuine else None
    pins = store.pins.versions.get(version)
    try:
        expected = store.expected(version, setup)
    except TeeRexError:  # `bb verify` shows the reason
        expected = None
    return _Listed(
        str(version),
        setup,
        version in store.installed(setup),
        store.path_of(version, setup),
        expected.sha256 if expected else None,
        archive,
        approved_by_user=expected is not None and expected.approved_by_user,
        proved_for_real=pins is not None and pins.proved_for_real,
        usable=expected is not None or archive is not None,
    )


@app.command(short_help="Download and install one version.")
def install(
    version: _OptionalVersion = None,
    *,
    sha256: _Sha256Option = None,
    from_file: _FromOption = None,
    as_json: JsonOption = False,
) -> None:
    """Download and install the genuine bb of one version, and the libraries it needs here.

    Versions that this release has a SHA-256 for need no options; --from takes them from a file, which must
    have that SHA-256. For any other version, give the SHA-256 that you vouch for, of the release archive or
    of FILE.
    """
    from tee_rex.bb.install import ensure_bb, install_bb_from
    from tee_rex.errors.catalogue.usage import SHA256_INVALID
    from tee_rex.local.approval import approve_bb
    from tee_rex.updates.pins import current_pins

    async def work() -> None:
        paths = Paths.from_environment(os.environ)
        pins = current_pins(paths)
        wanted = _parsed(version) or pins.default_version
        digest = None if sha256 is None else sha256.lower()
        if digest is not None and not re.fullmatch("[0-9a-f]{64}", digest):
            raise SHA256_INVALID()
        with show_task_progress() as progress:
            if digest is not None:
                command = await approve_bb(paths, pins, wanted, digest, from_file, progress)
            elif from_file is not None:
                command = await install_bb_from(paths, pins, wanted, from_file, progress)
            else:
                command = await ensure_bb(paths, pins, wanted, TrustedSetup.GENUINE, progress)
        bb = command.executable
        if bb.approved_by_user:
            say(_vouched(bb, pins), Style.WARNING)
        if as_json:
            print_json(
                {
                    "version": str(bb.version),
                    "path": bb.path,
                    "sha256": bb.sha256,
                    "approved_by_user": bb.approved_by_user,
                    "argv": command.argv,
                }
            )
        else:
            approved = _APPROVED if bb.approved_by_user else ""
            typer.echo(f"✓ Installed bb {bb.version}{approved}: {printable(str(bb.path))}")

    run_command(work(), as_json=as_json)


def _vouched(bb: BbExecutable, pins: BbPins) -> str:
    """What the user answers for."""
    from tee_rex.transaction.generations import generation_of

    generation = generation_of(bb.version)
    lines = [
        f"! You vouch for this bb {bb.version}: this release of TEE-Rex has no SHA-256 for it.",
        "  It runs as your user and reads all that it proves, including the secrets of your transactions.",
        f"  TEE-Rex checked its SHA-256 and that it lists the messages of {generation}, nothing more.",
        "  It is shown as “approved by you” and is never used in an enclave.",
        f"  To undo this: tee-rex bb remove {bb.version}",
    ]
    if not pins.proved_for_real(generation):
        lines.insert(3, f"  TEE-Rex has not yet been run with a real bb {generation.number}.")
    return "\n".join(lines)


@app.command()
def remove(version: _VersionArgument, *, crs: _SetupOption = TrustedSetup.GENUINE) -> None:
    """Remove an installed version."""
    from tee_rex.transaction.versions import AztecVersion

    async def work() -> None:
        store = _store()
        await store.remove(AztecVersion.parse(version), crs)
        typer.echo(f"✓ Removed bb {version} ({crs}).")

    run_command(work())


@app.command(short_help="Verify installed versions by their digests.")
def verify(version: _VerifiedVersion = None, *, as_json: JsonOption = False) -> None:
    """Verify the installed versions (or one of them) by the SHA-256 that is pinned, or that you approved."""
    checked = run_command(_verify(version), as_json=as_json)
    if as_json:
        print_json(checked)
    else:
        for bb in checked:
            typer.echo(str(bb))
        if not checked:
            typer.echo("No bb is installed.")
    if any(bb.error for bb in checked):
        sys.exit(ExitCode.ENVIRONMENT)


async def _verify(version: str | None) -> list[_Checked]:
    from tee_rex.errors.report import ErrorReport

    store = _store()
    checked = []
    asked = _parsed(version)
    for setup in TrustedSetup:
        for installed in store.installed(setup):
            if asked not in (None, installed):
                continue
            path = store.path_of(installed, setup)
            try:
                bb = await store.find(installed, setup)
                checked.append(_Checked(str(installed), setup, path, bb.sha256, bb.approved_by_user))
            except TeeRexError as error:
                checked.append(_Checked(str(installed), setup, path, error=ErrorReport.of(error)))
    if asked is not None and not checked:
        await store.find(asked, TrustedSetup.GENUINE)  # raises the reason
    return checked


def _store() -> UserBbStore:
    from tee_rex.bb.user_store import user_store
    from tee_rex.updates.pins import current_pins

    paths = Paths.from_environment(os.environ)
    return user_store(paths, current_pins(paths))


def _parsed(version: str | None) -> AztecVersion | None:
    from tee_rex.transaction.versions import AztecVersion

    return None if version is None else AztecVersion.parse(version)
