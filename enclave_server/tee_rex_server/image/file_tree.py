"""A root file system in memory: what is in it, and nothing that depends on where or when it was made."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Folder:
    """A directory with its permission bits."""

    permissions: int = 0o755


@dataclass(frozen=True, slots=True)
class File:
    """A regular file."""

    content: bytes = field(repr=False)
    executable: bool = False


@dataclass(frozen=True, slots=True)
class Link:
    """A symbolic link."""

    target: str


@dataclass(frozen=True, slots=True)
class CharacterDevice:
    """A device node."""

    major: int
    minor: int
    permissions: int = 0o600


Node: TypeAlias = Folder | File | Link | CharacterDevice


class FileTree:
    """Nodes by their paths, relative and in POSIX form (``usr/bin/python3.13``); all belong to root."""

    def __init__(self) -> None:
        self._nodes: dict[str, Node] = {}

    def add(self, path: str, node: Node) -> None:
        """Put a node into the tree, and the folders above it; raises ValueError for a path that is taken."""
        pure = PurePosixPath(path)
        if pure.is_absolute() or ".." in pure.parts or str(pure) != path or path == ".":
            raise ValueError(f"not a plain relative path: {path!r}")
        parents = [self._nodes.setdefault(str(parent), Folder()) for parent in reversed(pure.parents[:-1])]
        if not all(isinstance(parent, Folder) for parent in parents):
            raise ValueError(f"{path} is below something that is no folder")
        present = self._nodes.get(path)
        if present is not None and not (isinstance(present, Folder) and isinstance(node, Folder)):
            raise ValueError(f"{path} is there already")
        self._nodes[path] = node

    def __contains__(self, path: str) -> bool:
        return path in self._nodes

    def __getitem__(self, path: str) -> Node:
        return self._nodes[path]

    def __iter__(self) -> Iterator[tuple[str, Node]]:
        """Every node, sorted by the parts of its path, so that a folder comes before what is in it."""
        for path in sorted(self._nodes, key=lambda path: path.split("/")):
            yield path, self._nodes[path]

    def __len__(self) -> int:
        return len(self._nodes)
