"""``tee-rex-app [--hidden] [FILE ...]``."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tee_rex_app import __version__
from tee_rex_app.platform.autostart import HIDDEN_FLAG


@dataclass(frozen=True, slots=True)
class CommandLine:
    """The arguments. files: absolute paths of execution steps to prove. hidden: only in the tray."""

    files: tuple[Path, ...] = ()
    hidden: bool = False

    @classmethod
    def parse(cls, arguments: Sequence[str]) -> CommandLine:
        """Parse the arguments; prints and exits for --help and --version."""
        parser = argparse.ArgumentParser(
            prog="tee-rex-app", description="Prove private Aztec transactions: here, on a server, in a TEE."
        )
        parser.add_argument("files", nargs="*", type=Path, metavar="FILE", help="execution steps to prove")
        parser.add_argument(
            HIDDEN_FLAG, action="store_true", help="start in the tray; minimised where there is none"
        )
        parser.add_argument("--version", action="version", version=f"TEE-Rex {__version__}")
        given = parser.parse_args(list(arguments))
        files = tuple(file.absolute() for file in given.files)
        return cls(files=files, hidden=given.hidden and not files)
