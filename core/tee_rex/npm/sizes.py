"""How many bytes npm downloads: bb's package of every version, and what our lock files name.

``tools/pin_archive_sizes.py`` measures them. Nothing but what people read depends on them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import cache

import msgspec

from tee_rex.system.files import resource
from tee_rex.system.platform import Platform
from tee_rex.system.untrusted import Sha256


class LockSizes(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What one lock file names. lock: its SHA-256. bytes: of all archives together, by platform."""

    lock: Sha256
    bytes: Mapping[Platform, int]


class ArchiveSizes(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Sizes in bytes. packages: by name and version (``@aztec/bb.js@4.1.2``). projects: by their folder."""

    packages: Mapping[str, int]
    projects: Mapping[str, LockSizes]

    @classmethod
    @cache
    def shipped(cls) -> ArchiveSizes:
        """Those of this release (``resources/pins/archive-sizes.json``)."""
        return msgspec.json.decode(resource("pins", "archive-sizes.json").read_bytes(), type=cls)

    def of_package(self, package: str) -> int | None:
        """Of ``name@version``; None for one that was not measured."""
        return self.packages.get(package)

    def of_lock(self, lock_file: bytes, platform: Platform) -> int | None:
        """Of everything that a lock file names; None for one that has changed since it was measured."""
        digest = hashlib.sha256(lock_file).hexdigest()
        measured = (project.bytes for project in self.projects.values() if project.lock == digest)
        return next(measured, {}).get(platform)
