"""Pinned packages and wheels on this machine's disk: fetched once, checked whenever they are read."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from tee_rex.bb.errors import RuntimeDownloadFailedError, RuntimeUnavailableError
from tee_rex.system.child_process import run_to_end
from tee_rex.system.files import disk_errors, exclusive, move_into_place, temporary_folder
from tee_rex.system.progress import TaskProgress, report_folder_size
from tee_rex.system.threads import finish_in_thread
from tee_rex_server.image.errors import InputUnavailableError
from tee_rex_server.image.pinned_inputs import PinnedPackage, PinnedWheel

if TYPE_CHECKING:
    from tee_rex.bb.apt_packages import AptMachine
    from tee_rex.system.progress import ProgressListener
    from tee_rex_server.image.pinned_inputs import PinnedInputs

Pinned: TypeAlias = PinnedPackage | PinnedWheel

_PROCESSOR = "amd64"
_GLIBC_TAGS = ("2_34", "2_28", "2_17")
"""manylinux tags that Debian 13's glibc satisfies, newest first."""
_PIP_SECONDS = 600.0
_MAX_REASON_LENGTH = 300


@dataclass(frozen=True, slots=True)
class InputStore:
    """A folder with the inputs under their own names.

    given: folders (``--inputs``) that are looked into first. apt: where packages come from.
    """

    folder: Path
    apt: AptMachine
    given: Sequence[Path] = ()

    async def load(
        self, inputs: PinnedInputs, progress: ProgressListener, *, allow_download: bool
    ) -> dict[Pinned, bytes]:
        """The content of every input, fetching what is missing; raises InputUnavailableError, disk errors."""
        pinned: list[Pinned] = [*inputs.packages, *inputs.wheels]
        found = await asyncio.to_thread(self._found, pinned)
        missing = [one for one in pinned if one not in found]
        if missing and not allow_download:
            raise InputUnavailableError(
                f"{_named(missing)} not on this machine, and nothing may be downloaded.",
                hint="Leave --offline away, or name a folder that has the files with --inputs.",
            )
        if missing:
            with disk_errors(self.folder):
                await self._fetch(missing, inputs.python, progress)
            found |= await asyncio.to_thread(self._found, missing)
        return {one: found[one] for one in pinned}

    def _found(self, pinned: Sequence[Pinned]) -> dict[Pinned, bytes]:
        found = {}
        for one in pinned:
            for folder in (*self.given, self.folder):
                try:
                    content = (folder / one.file).read_bytes()
                except OSError:
                    continue
                if sha256(content).hexdigest() == one.sha256:
                    found[one] = content
                    break
        return found

    async def _fetch(self, missing: Sequence[Pinned], python: str, progress: ProgressListener) -> None:
        def report(done: int, total: int | None) -> None:
            progress(TaskProgress("image.inputs", "Fetching what goes into the image", done, total, "bytes"))

        self.folder.mkdir(parents=True, exist_ok=True)
        async with (
            exclusive(self.folder / "lock"),
            temporary_folder(self.folder, "fetch") as temporary,
            report_folder_size(temporary, report),
        ):
            packages = [one for one in missing if isinstance(one, PinnedPackage)]
            wheels = [one for one in missing if isinstance(one, PinnedWheel)]
            if packages:
                await self._fetch_packages(packages, temporary)
            if wheels:
                await _fetch_wheels(wheels, python, temporary)
            await finish_in_thread(self._keep, missing, temporary)

    def _keep(self, missing: Sequence[Pinned], temporary: Path) -> None:
        for one in missing:
            fetched = temporary / one.file
            if not fetched.exists() or sha256(fetched.read_bytes()).hexdigest() != one.sha256:
                raise InputUnavailableError(
                    f"What was fetched as {one.name} {one.version} is not the pinned file.", hint=_RENEW
                )
            move_into_place(fetched, self.folder / one.file)

    async def _fetch_packages(self, packages: Sequence[PinnedPackage], folder: Path) -> None:
        exact = [f"{package.name}={package.version}" for package in packages]
        try:
            await self.apt.download(exact, _PROCESSOR, folder)
        except RuntimeUnavailableError as error:
            raise InputUnavailableError(
                "Debian's packages are fetched with apt, on a Debian system.",
                hint=f"Bring these files and name their folder with --inputs: {_files(packages)}",
            ) from error
        except RuntimeDownloadFailedError as error:
            raise InputUnavailableError(
                f"{_named(packages)} not to be had ({error.message}).", hint=f"{_RENEW} {_files(packages)}"
            ) from error


_RENEW = (
    "Try again. Debian's mirrors keep the newest versions only: where a pinned one is gone, take the files "
    "from an archive of old versions and name their folder with --inputs, or renew the pins with "
    "tools/pin_enclave_inputs.py, which makes another image."
)


async def _fetch_wheels(wheels: Sequence[PinnedWheel], python: str, folder: Path) -> None:
    requirements = folder / "requirements.txt"
    lines = [f"{wheel.name}=={wheel.version} --hash=sha256:{wheel.sha256}\n" for wheel in wheels]
    await asyncio.to_thread(requirements.write_text, "".join(lines), encoding="utf-8")
    await download_wheels(requirements, python, folder)


async def download_wheels(requirements: Path, python: str, folder: Path) -> None:
    """Bring the wheels of a requirements file with hashes, with pip, for the image's Python and glibc.

    Raises InputUnavailableError.
    """
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
        finished = await run_to_end(argv, cwd=folder, seconds=_PIP_SECONDS, temporary=folder)
    except TimeoutError as error:
        raise InputUnavailableError("pip was not finished in time.", hint="Try again.") from error
    if finished.returncode != 0:
        reason = finished.stderr.decode("utf-8", "replace").strip().rpartition("\n")[2]
        hint = (
            "Install pip beside it: pip install 'tee-rex-server[image]'"
            if "No module named pip" in reason
            else "Check the network and pip's configuration, then try again."
        )
        raise InputUnavailableError(f"pip: {reason[:_MAX_REASON_LENGTH]}", hint=hint)


def _named(pinned: Sequence[Pinned]) -> str:
    names = ", ".join(f"{one.name} {one.version}" for one in pinned[:3])
    more = f" and {len(pinned) - 3} more" if len(pinned) > 3 else ""
    return f"{names}{more} {'is' if len(pinned) == 1 else 'are'}"


def _files(pinned: Sequence[Pinned]) -> str:
    return ", ".join(one.file for one in pinned)
