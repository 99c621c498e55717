"""``tee-rex doctor``."""

from __future__ import annotations

import os
import sys
from typing import Annotated

import typer

from tee_rex.errors import ExitCode
from tee_rex.terminal.console import run_command, stdout_console


def doctor(
    *, as_json: Annotated[bool, typer.Option("--json", help="Print the findings as JSON.")] = False
) -> None:
    """Check this machine and suggest fixes."""
    import msgspec

    from tee_rex.doctor import Finding, FindingId, Verdict, examine
    from tee_rex.settings.paths import Paths
    from tee_rex.system.text import size_text
    from tee_rex.updates.pins import current_pins

    async def examined() -> list[Finding]:
        paths = Paths.from_environment(os.environ)
        return await examine(paths, current_pins(paths))

    findings = run_command(examined(), as_json=as_json)
    if as_json:
        typer.echo(
            msgspec.json.format(
                msgspec.json.encode([finding.fields() for finding in findings]), indent=2
            ).decode()
        )
    else:
        from rich.table import Table
        from rich.text import Text

        signs = {
            Verdict.READY: Text("✓", style="green"),
            Verdict.ON_FIRST_USE: Text("○", style="cyan"),
            Verdict.PROBLEM: Text("✗", style="bold red"),
        }
        table = Table(box=None, pad_edge=False, show_header=False)
        for finding in findings:
            detail = Text(str(finding.detail))
            if finding.download_bytes is not None:
                about = "about " if finding.id is FindingId.LIBRARIES else ""  # apt's lists change daily
                detail.append(f" ({about}{size_text(finding.download_bytes)} to download)")
            if str(finding.hint):
                detail.append(f"\n→ {finding.hint}", style="dim")
            table.add_row(signs[finding.verdict], finding.name, detail)
        stdout_console().print(table)
        if any(finding.verdict is Verdict.ON_FIRST_USE for finding in findings):
            stdout_console().print("○ not needed yet; TEE-Rex installs it on first use (except Node).")
    if any(finding.verdict is Verdict.PROBLEM for finding in findings):
        sys.exit(ExitCode.ENVIRONMENT)
