"""``tee-rex update``: whether there is a newer release, and installing it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Annotated

import typer

from tee_rex.errors.message import printable
from tee_rex.terminal.console import run_command, show_task_progress
from tee_rex.terminal.program import JsonOption, print_json

if TYPE_CHECKING:
    from tee_rex.updates.client import UpdateReport


def update(
    *,
    check: Annotated[bool, typer.Option("--check", help="Only check for a newer release.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Install the newest release, which runs from the next start; with --check, only check for it.

    TEE-Rex updates itself only where it was unpacked from an archive; elsewhere this command says how to
    update. With or without --check, it fetches what the maintainers have signed since this release: new
    versions of bb, new enclave builds, and revocations.
    """
    report = run_command(_update(check=check), as_json=as_json)
    if as_json:
        print_json(report)
    else:
        for line in _lines(report):
            typer.echo(printable(line))


async def _update(*, check: bool) -> UpdateReport:
    from tee_rex.settings.paths import Paths
    from tee_rex.updates.client import UpdateClient

    client = UpdateClient.this(Paths.from_environment(os.environ))
    if check:
        return await client.check()
    with show_task_progress() as progress:
        await client.prepare(progress)
    return await client.activate()


def _lines(report: UpdateReport) -> list[str]:
    from tee_rex.updates.client import UpdateState

    running, newest = report.running, report.newest
    if not newest:
        return [f"The update source has no release for this system. You have TEE-Rex {running}."]
    first = {
        UpdateState.CURRENT: f"✓ TEE-Rex {running} is the newest release.",
        UpdateState.AVAILABLE: f"TEE-Rex {newest} is available. You have {running}.",
        UpdateState.READY: f"TEE-Rex {newest} is unpacked and ready. You have {running}.",
        UpdateState.INSTALLED: f"✓ TEE-Rex {newest} is installed and runs from the next start.",
        UpdateState.AHEAD: f"You have TEE-Rex {running}; the newest release is {newest}. "
        "Yours may have been withdrawn; wait for a newer one.",
    }[report.state]
    lines = [first, *report.changes.splitlines()]
    if report.failed_before:
        lines.append(f"! TEE-Rex {newest} was installed once and did not start.")
    return [*lines, f"→ {report.advice}"] if report.advice else lines
