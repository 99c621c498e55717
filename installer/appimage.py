"""Writes AppImages, type 2: a static program with a SquashFS image behind it, see docs.appimage.org.

The same bytes wherever, by whomever and whenever they are built.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Final

from deb import normalise
from notices import Work, installed_work

INSTALLER: Final = Path(__file__).parent
LINKED: Final = (
    " The beginning of the AppImage, whose source is TEE-Rex's installer/appimage-runtime.c, has the C"
    " library and libfuse (LGPL) linked in statically, besides squashfuse and Zstandard."
)
"""For the notices."""
_RUNTIME: Final = INSTALLER / "appimage-runtime.c"
_PACKAGES: Final = ("libc6-dev", "libfuse3-dev", "libsquashfuse-dev", "libzstd-dev")
"""Of this system, with the static libraries."""
_LIBRARIES: Final = ("squashfuse_ll", "fuse3", "zstd")
_MAGIC_AT: Final = 8
_MAGIC: Final = b"AI\x02"
_BLOCK: Final = "1M"
_ICON: Final = "_internal/tee_rex_app/resources/icons/tee-rex-256.png"
_ZSTD_LEVELS: Final = (1, 3, 6, 9, 12, 15, 16, 17, 18, 19)
"""By level, 0 to 9; beyond 19 only the time grows."""


def can_build() -> bool:
    """Whether this machine has what it takes; ``tools/package_host.py`` installs it."""
    return shutil.which("mksquashfs") is not None and Path("/usr/include/squashfuse/ll.h").exists()


def runtime_works() -> list[Work]:
    """Whose works are in the program at the beginning."""
    return [installed_work(package, 1) for package in _PACKAGES]


def write_app_dir(folder: Path) -> None:
    """Make a complete program's folder an AppDir: what starts, the menu entry, and its icon are on top."""
    (folder / "usr").mkdir()
    (folder / "share").rename(folder / "usr" / "share")
    shutil.copyfile(INSTALLER / "AppRun", folder / "AppRun")
    (folder / "tee-rex.png").symlink_to(_ICON)
    (folder / ".DirIcon").symlink_to("tee-rex.png")
    normalise(folder)
    (folder / "AppRun").chmod(0o755)


def write_appimage(folder: Path, version: str, target: Path, made_at: int, level: int = 9) -> Path:
    """Pack an AppDir. made_at: seconds since 1970, the date of all that is in it. level: 0 to 9, small."""
    with tempfile.TemporaryDirectory(prefix=".appimage-", dir=target.parent) as work:
        image, runtime = Path(work, "image"), Path(work, "runtime")
        _compile(version, runtime)
        with_dates = {**os.environ}
        with_dates.pop("SOURCE_DATE_EPOCH", None)  # mksquashfs wants the one or the other
        subprocess.run(
            [
                *("mksquashfs", folder, image, "-noappend", "-no-progress", "-quiet", "-no-xattrs"),
                *("-all-root", "-mkfs-time", str(made_at), "-all-time", str(made_at)),
                *("-comp", "zstd", "-Xcompression-level", str(_ZSTD_LEVELS[level]), "-b", _BLOCK),
            ],
            env=with_dates,
            stdout=subprocess.DEVNULL,
            check=True,
        )
        with target.open("wb") as output, image.open("rb") as content:
            output.write(_marked(runtime.read_bytes()))
            shutil.copyfileobj(content, output)
    target.chmod(0o755)
    return target


def _compile(version: str, target: Path) -> None:
    subprocess.run(
        [
            *("gcc", "-std=gnu17", "-Wall", "-Wextra", "-Werror", "-O2", "-static-pie"),
            *("-D_FORTIFY_SOURCE=2", "-fstack-protector-strong", "-Wl,-z,relro,-z,now"),
            *("-ffunction-sections", "-Wl,--gc-sections", "-Wl,--build-id=none", "-s"),
            *(f'-DTEE_REX_VERSION="{version}"', "-I/usr/include/squashfuse", "-o", target, _RUNTIME),
            *(f"-l{library}" for library in _LIBRARIES),
        ],
        stderr=subprocess.PIPE,  # warns that libfuse could load modules, which nothing here asks it to
        check=True,
    )


def _marked(program: bytes) -> bytes:
    """With the mark of an AppImage, in what ELF leaves free."""
    return program[:_MAGIC_AT] + _MAGIC + program[_MAGIC_AT + len(_MAGIC) :]
