"""Whether the packages that the wallet and the local network are made of exist at one exact version.

A package's tag ``latest`` says nothing about that: it stands at another version in each.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from aztec.registry import Registry
from tee_rex.transaction.generations import Generation, generations
from tee_rex.transaction.versions import AztecVersion

_AT_ONCE = 2
"""Each question is a start of npm."""


def packages_needed(root: Path, generation: Generation) -> Sequence[str]:
    """Aztec's packages in resources/bridge and resources/devnet, by their names in this generation.

    root: of the repository.
    """
    scopes = {known.npm_scope for known in generations()}
    names = set()
    for folder in ("bridge", "devnet"):
        for file in sorted((root / "resources" / folder).rglob("package.json")):
            if "node_modules" not in file.parts:
                for package in json.loads(file.read_bytes()).get("dependencies", {}):
                    scope, _, name = package.partition("/")
                    if scope in scopes:
                        names.add(f"{generation.npm_scope}/{name}")
    return sorted(names)


async def availability(
    registry: Registry, packages: Sequence[str], version: AztecVersion
) -> Mapping[str, bool]:
    """Which packages exist at exactly this version; raises RegistryError."""
    turns = asyncio.Semaphore(_AT_ONCE)

    async def exists(package: str) -> bool:
        async with turns:
            return version in await registry.published(package)

    return dict(zip(packages, await asyncio.gather(*map(exists, packages)), strict=True))
