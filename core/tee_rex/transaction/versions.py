"""Versions of Aztec's packages; a version becomes part of a path only after it was parsed here."""

from __future__ import annotations

import re
from dataclasses import dataclass

from tee_rex.errors.catalogue.bb import INVALID_VERSION

# Semantic versioning 2.0.0 without build metadata, which npm drops. Releases look like 1.2.3,
# 1.2.3-aztecnr-rc.4 and 1.2.3-nightly.20260101.
_NUMBER = r"(?:0|[1-9][0-9]{0,8})"
_PRERELEASE_PART = rf"(?:{_NUMBER}|[0-9]*[A-Za-z-][0-9A-Za-z-]*)"
_VERSION = re.compile(
    rf"({_NUMBER})\.({_NUMBER})\.({_NUMBER})(?:-({_PRERELEASE_PART}(?:\.{_PRERELEASE_PART})*))?"
)

# The longest versions on npm have fewer than 40 characters; a bound keeps file names and messages short.
_MAX_LENGTH = 64


@dataclass(frozen=True, slots=True)
class AztecVersion:
    """A release of Aztec's packages; ``str()`` gives the text it was parsed from."""

    major: int
    minor: int
    patch: int
    prerelease: str = ""

    @classmethod
    def parse(cls, text: str) -> AztecVersion:
        """Parse ``1.2.3`` or ``1.2.3-rc.4``; raises INVALID_VERSION for anything else."""
        match = _VERSION.fullmatch(text) if len(text) <= _MAX_LENGTH else None
        if match is None:
            raise INVALID_VERSION(version=repr(text[:_MAX_LENGTH]))
        major, minor, patch, prerelease = match.groups()
        return cls(int(major), int(minor), int(patch), prerelease or "")

    def __lt__(self, other: AztecVersion) -> bool:
        """Older; a pre-release is older than its release. Pre-releases of one release sort by their text."""
        return self._order < other._order

    @property
    def _order(self) -> tuple[int, int, int, bool, str]:
        return self.major, self.minor, self.patch, not self.prerelease, self.prerelease

    def __str__(self) -> str:
        release = f"{self.major}.{self.minor}.{self.patch}"
        return f"{release}-{self.prerelease}" if self.prerelease else release
