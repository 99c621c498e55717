"""Entry point of the ``tee-rex`` command."""

from __future__ import annotations

import sys
from importlib.util import find_spec

from tee_rex.errors.catalogue.extras import COMMAND_LINE_MISSING
from tee_rex.terminal.console import exit_on_error


def main() -> None:
    """Run ``tee-rex``, or report which extra it needs."""
    with exit_on_error():
        if find_spec("typer") is None or find_spec("rich") is None:
            raise COMMAND_LINE_MISSING()
        from tee_rex.cli.commands import app
        from tee_rex.terminal.program import run_program

    if getattr(sys, "frozen", False):
        from tee_rex.updates.installed import confirm_start

        confirm_start()
    run_program(app)
