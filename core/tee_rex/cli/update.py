"""``tee-rex update``: whether there is a newer release, and installing it."""

from __future__ import annotations

import os
from dataclasses import replace
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
        for line in report.lines():
            typer.echo(printable(line))


async def _update(*, check: bool) -> UpdateReport:
    from tee_rex.settings.paths import Paths
    from tee_rex.updates.client import UpdateClient

    client = UpdateClient.this(Paths.from_environment(os.environ))
    if check:
        return await client.check()
    with show_task_progress() as progress:
        prepared = await client.prepare(progress)
    return replace(await client.activate(), pins_change=prepared.pins_change)
