from __future__ import annotations

import stat
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.newc import read_newc
from tee_rex_server.image.initramfs import CharacterDevice, File, FileTree, Folder, Link, initramfs


def _tree() -> FileTree:
    tree = FileTree()
    tree.add("usr/bin/program", File(b"\x7fELF", executable=True))
    tree.add("init", File(b"#!"))
    tree.add("lib", Link("usr/lib"))
    tree.add("dev/console", CharacterDevice(5, 1))
    tree.add("var/shared", Folder(0o1777))
    return tree


def test_the_archive_holds_the_tree() -> None:
    entries = {entry.name: entry for entry in read_newc(initramfs(_tree()))}
    assert [*entries] == [
        "dev", "dev/console", "init", "lib", "usr", "usr/bin", "usr/bin/program", "var", "var/shared",
    ]  # fmt: skip
    assert entries["usr/bin/program"].content == b"\x7fELF"
    modes = {name: entry.mode for name, entry in entries.items()}
    assert modes["usr/bin/program"] == stat.S_IFREG | 0o755
    assert modes["init"] == stat.S_IFREG | 0o644
    assert modes["lib"] == stat.S_IFLNK | 0o777
    assert modes["usr"] == stat.S_IFDIR | 0o755
    assert modes["var/shared"] == stat.S_IFDIR | 0o1777
    assert modes["dev/console"] == stat.S_IFCHR | 0o600
    assert entries["lib"].content == b"usr/lib"
    assert entries["dev/console"].rdev == (5, 1)


def test_the_archive_is_independent_of_place_and_time() -> None:
    entries = read_newc(initramfs(_tree()))
    assert {(entry.uid, entry.gid, entry.mtime) for entry in entries} == {(0, 0, 0)}
    assert [entry.inode for entry in entries] == [*range(1, len(entries) + 1)]


_NAMES = st.text(string.ascii_letters + string.digits + "._-é", min_size=1, max_size=8).filter(
    lambda name: name not in (".", "..")
)
_PATHS = st.lists(_NAMES, min_size=1, max_size=4).map("/".join)


@given(files=st.dictionaries(_PATHS, st.binary(max_size=40), max_size=12), order=st.randoms())
def test_the_order_of_adding_does_not_matter(files: dict[str, bytes], order: object) -> None:
    def tree_of(paths: list[str]) -> tuple[FileTree, set[str]]:
        tree, added = FileTree(), set()
        for path in paths:
            below = any(path != other and path.startswith(f"{other}/") for other in files)
            above = any(path != other and other.startswith(f"{path}/") for other in files)
            if not (below or above):
                tree.add(path, File(files[path]))
                added.add(path)
        return tree, added

    shuffled = [*files]
    order.shuffle(shuffled)  # type: ignore[attr-defined]  # hypothesis's random.Random
    archive = initramfs(tree_of([*files])[0])
    assert archive == initramfs(tree_of(shuffled)[0])
    read = {entry.name: entry.content for entry in read_newc(archive) if stat.S_ISREG(entry.mode)}
    assert read == {path: files[path] for path in tree_of([*files])[1]}
    assert len(archive) % 512 == 0


@pytest.mark.parametrize("path", ["", ".", "/a", "a/../b", "a//b", "a/", "./a"])
def test_only_plain_relative_paths_are_taken(path: str) -> None:
    with pytest.raises(ValueError, match="plain relative path"):
        FileTree().add(path, Folder())


def test_nothing_is_replaced() -> None:
    tree = _tree()
    with pytest.raises(ValueError, match="exists already"):
        tree.add("init", File(b""))
    with pytest.raises(ValueError, match="not a folder"):
        tree.add("init/below", File(b""))
    tree.add("usr", Folder())  # a folder may be named once more
