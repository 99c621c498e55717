"""OpenPGP.js in the Node that the project installs: the peer to exchange keys and messages with."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from support.node_packages import installed, run_node

FOLDER = Path(__file__).parents[1] / "interop" / "openpgp"


@dataclass(frozen=True, slots=True)
class OpenPgpJs:
    """One call is one process; a failure raises CalledProcessError, its ``stderr`` names the cause."""

    folder: Path

    @classmethod
    def install(cls, folder: Path = FOLDER) -> OpenPgpJs:
        """Install it, as package-lock.json says."""
        return cls(installed(folder))

    def call(self, command: str, data: bytes | bytearray = b"", **given: object) -> bytes:
        return run_node(self.folder / "peer.mjs", command, json.dumps(given), data=data)

    def generate(
        self, *, revoke: bool = False, config: dict[str, object] | None = None, **options: object
    ) -> dict[str, str]:
        """``publicKey``, ``privateKey`` (armored), ``fingerprint`` of a key of generateKey(options)."""
        answer = self.call("generate", options=options, config=config or {}, revoke=revoke)
        return dict(json.loads(answer))
