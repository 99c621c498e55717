"""Writes the rpm of the app from the files of its deb: the same bytes wherever and whenever it is built.

What it needs are sonames, which rpmbuild finds in its programs, as they are one on Fedora, RHEL and openSUSE.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from deb import MAINTAINER, DebPackage, normalise
from elf import elf_files, is_library
from tee_rex.updates.installed import MARK, InstallKind

_OWN_FOLDERS: Final = ("usr/lib/NAME", "usr/share/doc/NAME", "usr/share/licenses/NAME")
_ONLY_DEBIAN: Final = ("DEBIAN", "usr/share/lintian")
_ZSTD_LEVELS: Final = (1, 3, 6, 9, 12, 15, 17, 18, 19, 19)
"""By level, 0 to 9; rpm knows no more than 19."""
_GTK: Final = "libgtk-3.so.0()(64bit)"
"""For its dialogs; without it Qt shows its own."""

_SPEC: Final = """\
Name: {package.name}
Version: {package.version}
Release: 1
Summary: {package.summary}
License: AGPL-3.0-or-later
Packager: {maintainer}
AutoProv: no
Recommends: {gtk}

%description
{description}

%install
cp --archive --link {tree}/. %{{buildroot}}

%files
%defattr(-,root,root,-)
{files}
"""


def write_rpm(
    package: DebPackage, tree: Path, bundled: Path, target: Path, made_at: int, level: int = 9
) -> Path:
    """Pack a deb's ``tree``, which is changed to what an rpm has.

    bundled: the end of the path of what brings its own libraries. made_at: seconds since 1970, the date of
    everything in it. level: 0, quick, to 9, small.
    """
    _convert(tree, package.name)
    normalise(tree)
    for path in (tree, *tree.rglob("*")):
        os.utime(path, (made_at, made_at), follow_symlinks=False)
    with tempfile.TemporaryDirectory(prefix=".rpm-", dir=target.parent) as name:
        work = Path(name)
        spec = work / f"{package.name}.spec"
        spec.write_text(
            _SPEC.format(
                package=package,
                maintainer=MAINTAINER,
                gtk=_GTK,
                description="\n\n".join(package.description),
                tree=tree,
                files="\n".join(_listed(tree, package.name)),
            ),
            "utf-8",
        )
        own = "|".join(re.escape(one) for one in _own_libraries(tree, bundled))
        definitions = {
            "_topdir": str(work),
            "_rpmdir": str(work),
            "_rpmfilename": target.name,
            "_binary_payload": f"w{_ZSTD_LEVELS[level]}.zstdio",
            "_buildhost": "localhost",
            "use_source_date_epoch_as_buildtime": "1",
            "clamp_mtime_to_source_date_epoch": "1",
            "source_date_epoch_from_changelog": "0",
            "_build_id_links": "none",
            "debug_package": "%{nil}",
            "__os_install_post": "%{nil}",
            "__requires_exclude": f"^({own})[(]",
            "__requires_exclude_from": rf"/libqgtk3\.so$|/{bundled}/",
        }
        defined = (("--define", f"{key} {value}") for key, value in definitions.items())
        subprocess.run(
            [
                *("rpmbuild", "-bb", "--quiet", "--nodeps", "--target", "x86_64-linux"),
                *(part for one in defined for part in one),
                spec,
            ],
            env={**os.environ, "SOURCE_DATE_EPOCH": str(made_at), "HOME": name},
            stdout=subprocess.DEVNULL,
            check=True,
        )
        (work / target.name).rename(target)
    return target


def _convert(tree: Path, name: str) -> None:
    for folder in _ONLY_DEBIAN:
        shutil.rmtree(tree / folder)
    (tree / "usr/lib" / name / MARK).write_text(f"{InstallKind.RPM}\n")
    share = tree / "usr/share"
    licences = share / "licenses" / name
    licences.mkdir(parents=True)
    (share / "doc" / name / "copyright").rename(licences / "LICENSE")
    (share / "zsh/vendor-completions").rename(share / "zsh/site-functions")


def _listed(tree: Path, name: str) -> Iterator[str]:
    """The package's own folders, and each of its files in folders that it shares."""
    own = [folder.replace("NAME", name) for folder in _OWN_FOLDERS]
    yield from (f"/{folder}" for folder in own)
    for path in sorted(tree.rglob("*")):
        place = path.relative_to(tree)
        if (path.is_symlink() or not path.is_dir()) and not any(place.is_relative_to(one) for one in own):
            yield f'"/{place}"'


def _own_libraries(tree: Path, bundled: Path) -> list[str]:
    libraries = (path for path in elf_files(tree) if is_library(path))
    return sorted({path.name for path in libraries if f"/{bundled}/" not in str(path)})
