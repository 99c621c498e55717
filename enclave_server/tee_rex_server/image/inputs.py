"""The third-party inputs of an image: pinned by SHA-256, downloaded once, checked whenever they are read."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from importlib import resources
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final, TypeAlias

import msgspec

from tee_rex.errors import UnusableEnvironmentError
from tee_rex.errors.tree import RuntimeUnavailableError
from tee_rex.system.child_process import Bounds, BoundsExceededError, run_to_end
from tee_rex.system.files import (
    bytes_below,
    disk_errors,
    exclusive,
    move_into_place,
    open_regular,
    temporary_folder,
)
from tee_rex.system.progress import TaskProgress, report_growth
from tee_rex.system.text import quoted
from tee_rex.system.threads import finish_in_thread
from tee_rex.system.untrusted import Sha256
from tee_rex_server.errors import image as errors

if TYPE_CHECKING:
    from tee_rex.runtime.apt import AptMachine
    from tee_rex.system.progress import ProgressListener

_PROCESSOR: Final = "amd64"
_GLIBC_TAGS: Final = ("2_34", "2_28", "2_17")
"""manylinux tags that Debian 13's glibc satisfies, newest first."""
_PIP_SECONDS: Final = 600.0
_PIP_BOUNDS: Final = Bounds(memory=1_000_000_000, disk=1_000_000_000)
_MAX_INPUT_BYTES: Final = 1 << 28

_Name = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9.+_-]*\Z")]
_FileName = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9.+_~%-]*\Z")]


class PinnedPackage(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A Debian package for amd64; version: Debian's, with its epoch."""

    name: _Name
    version: str
    sha256: Sha256

    @property
    def file(self) -> str:
        """The file name that apt gives it."""
        return f"{self.name}_{self.version.replace(':', '%3a')}_amd64.deb"


class PinnedWheel(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A wheel of a distribution on PyPI."""

    name: _Name
    version: str
    file: _FileName
    sha256: Sha256


Pinned: TypeAlias = PinnedPackage | PinnedWheel


class PinnedKernel(msgspec.Struct, frozen=True):
    """The kernel (bzImage) that ``make enclave-tools`` builds; version: of Debian's source package linux."""

    version: str
    sha256: Sha256


class PinnedInputs(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Every package and wheel. python: their Python version (``3.13``). suite: Debian's release."""

    python: Annotated[str, msgspec.Meta(pattern=r"^3\.[0-9]+\Z")]
    suite: str
    packages: tuple[PinnedPackage, ...]
    wheels: tuple[PinnedWheel, ...]

    @classmethod
    def shipped(cls) -> PinnedInputs:
        """The inputs of this release; ``tools/pin_enclave_inputs.py`` renews them."""
        return msgspec.json.decode(_shipped("inputs.json"), type=cls)


def pinned_kernel() -> PinnedKernel:
    """The kernel of this release."""
    return msgspec.json.decode(_shipped("kernel.json"), type=PinnedKernel)


def _shipped(name: str) -> bytes:
    return resources.files("tee_rex_server.image").joinpath("pins", name).read_bytes()


@dataclass(frozen=True, slots=True)
class InputStore:
    """A folder with the inputs under their own file names.

    given: folders (``--inputs``) to search first. apt: downloads the packages.
    """

    folder: Path
    apt: AptMachine
    given: Sequence[Path] = ()

    async def load(
        self, inputs: PinnedInputs, progress: ProgressListener, *, allow_download: bool
    ) -> dict[Pinned, bytes]:
        """The content of every input; downloads what is missing.

        Raises IMAGE_INPUT_UNAVAILABLE, DISK_FULL, DISK_NOT_WRITABLE.
        """
        pinned: list[Pinned] = [*inputs.packages, *inputs.wheels]
        found = await asyncio.to_thread(self._found, pinned)
        missing = [one for one in pinned if one not in found]
        if missing and not allow_download:
            raise errors.INPUT_MISSING_OFFLINE(inputs=_named(missing))
        if missing:
            with disk_errors(self.folder):
                await self._download(missing, inputs.python, progress)
            found |= await asyncio.to_thread(self._found, missing)
        return {one: found[one] for one in pinned}

    def _found(self, pinned: Sequence[Pinned]) -> dict[Pinned, bytes]:
        found = {}
        for one in pinned:
            for folder in (*self.given, self.folder):
                try:
                    with open_regular(folder / one.file) as file:
                        content = file.read(_MAX_INPUT_BYTES)
                except OSError:
                    continue
                if sha256(content).hexdigest() == one.sha256:
                    found[one] = content
                    break
        return found

    async def _download(self, missing: Sequence[Pinned], python: str, progress: ProgressListener) -> None:
        def report(done: int, total: int | None) -> None:
            progress(TaskProgress("image.inputs", "Downloading the image's inputs", done, total, "bytes"))

        self.folder.mkdir(parents=True, exist_ok=True)
        async with (
            exclusive(self.folder / "lock"),
            temporary_folder(self.folder, "download") as temporary,
            report_growth(partial(bytes_below, temporary), report),
        ):
            packages = [one for one in missing if isinstance(one, PinnedPackage)]
            wheels = [one for one in missing if isinstance(one, PinnedWheel)]
            if packages:
                await self._download_packages(packages, temporary)
            if wheels:
                await _download_wheels(wheels, python, temporary)
            await finish_in_thread(self._keep, missing, temporary)

    def _keep(self, missing: Sequence[Pinned], temporary: Path) -> None:
        for one in missing:
            downloaded = temporary / one.file
            if not downloaded.exists() or sha256(downloaded.read_bytes()).hexdigest() != one.sha256:
                raise errors.INPUT_DIFFERS(name=one.name, version=one.version)
            move_into_place(downloaded, self.folder / one.file)

    async def _download_packages(self, packages: Sequence[PinnedPackage], folder: Path) -> None:
        exact = [f"{package.name}={package.version}" for package in packages]
        try:
            await self.apt.download(exact, _PROCESSOR, folder)
        except RuntimeUnavailableError as error:
            raise errors.INPUT_NEEDS_APT(reason=error.message_parts, files=_files(packages)) from error
        except UnusableEnvironmentError as error:
            raise errors.INPUT_NOT_DOWNLOADED(
                inputs=_named(packages), reason=error.message_parts, files=_files(packages)
            ) from error


async def _download_wheels(wheels: Sequence[PinnedWheel], python: str, folder: Path) -> None:
    requirements = folder / "requirements.txt"
    lines = [f"{wheel.name}=={wheel.version} --hash=sha256:{wheel.sha256}\n" for wheel in wheels]
    await asyncio.to_thread(requirements.write_text, "".join(lines), encoding="utf-8")
    await download_wheels(requirements, python, folder)


async def download_wheels(requirements: Path, python: str, folder: Path) -> None:
    """Download the wheels of a requirements file with hashes, with pip, for the image's Python and glibc.

    Raises IMAGE_INPUT_UNAVAILABLE.
    """
    if find_spec("pip") is None:
        raise errors.PIP_MISSING(python=sys.executable)
    platforms = [f"--platform=manylinux_{tag}_x86_64" for tag in _GLIBC_TAGS]
    argv: list[str | Path] = [
        *(sys.executable, "-m", "pip", "download", "--no-input"),
        *("--quiet", "--disable-pip-version-check", "--no-deps", "--only-binary=:all:", "--require-hashes"),
        *platforms,
        *(f"--python-version={python}", "--implementation=cp"),
        *(f"--abi=cp{python.replace('.', '')}", "--abi=abi3", "--abi=none"),
        *("--dest", folder, "--requirement", requirements),
    ]
    try:
        finished = await run_to_end(
            argv, cwd=folder, seconds=_PIP_SECONDS, temporary=folder, bounds=_PIP_BOUNDS
        )
    except TimeoutError as error:
        raise errors.INPUT_TIMED_OUT(seconds=_PIP_SECONDS) from error
    except BoundsExceededError as error:
        raise errors.PIP_ENDLESS(
            memory_mb=_PIP_BOUNDS.memory / 1e6, disk_mb=_PIP_BOUNDS.disk / 1e6
        ) from error
    if finished.returncode != 0:
        raise errors.PIP_FAILED(reason=quoted(finished.stderr.strip().rpartition(b"\n")[2]))


def _named(pinned: Sequence[Pinned]) -> str:
    names = ", ".join(f"{one.name} {one.version}" for one in pinned[:3])
    more = f" and {len(pinned) - 3} more" if len(pinned) > 3 else ""
    return f"{names}{more}"


def _files(pinned: Sequence[Pinned]) -> str:
    return ", ".join(one.file for one in pinned)
