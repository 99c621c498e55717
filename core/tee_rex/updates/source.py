"""Where updates come from, and what their signatures are checked against; part of the build."""

from __future__ import annotations

from dataclasses import dataclass, field
from importlib.resources.abc import Traversable
from typing import Annotated

import msgspec

from tee_rex.errors.catalogue.updates import NO_UPDATE_SOURCE
from tee_rex.system.files import resource

ROOT_FILE = "root.json"
SOURCE_FILE = "source.json"


class SourceFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``resources/updates/source.json``; the ceremony writes it (``make release``).

    metadata_url: the folder of the signed metadata. targets_url: the folder of the signed files.
    least_targets_version: of the targets metadata when the build was made, so that a fresh installation
    accepts none that is older.
    """

    metadata_url: str
    targets_url: str
    least_targets_version: Annotated[int, msgspec.Meta(ge=1)]


@dataclass(frozen=True, slots=True)
class UpdateSource:
    """An update source. root: the trusted root metadata, TUF's JSON; the others as in SourceFile."""

    root: bytes = field(repr=False)
    metadata_url: str
    targets_url: str
    least_targets_version: int

    @classmethod
    def shipped(cls) -> UpdateSource:
        """That of this build; raises NO_UPDATE_SOURCE."""
        return cls.read(resource("updates"))

    @classmethod
    def read(cls, folder: Traversable) -> UpdateSource:
        """Read a bundled folder; raises NO_UPDATE_SOURCE, and a malformed one is a bug (msgspec's error)."""
        root, source = folder / ROOT_FILE, folder / SOURCE_FILE
        if not (root.is_file() and source.is_file()):
            raise NO_UPDATE_SOURCE()
        given = msgspec.json.decode(source.read_bytes(), type=SourceFile)
        return cls(root.read_bytes(), given.metadata_url, given.targets_url, given.least_targets_version)
