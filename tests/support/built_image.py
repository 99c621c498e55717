"""Real enclave images, built by the command line; with a stand-in for the kernel where nothing starts it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import msgspec

from support.newc import NewcEntry, read_newc, unpack_newc
from tee_rex.attestation.eif import Eif, read_eif
from tee_rex_server.image.report import MeasurementsReport

KERNEL = b"a kernel that nothing starts"
LIBRARIES = "usr/lib/x86_64-linux-gnu"


@dataclass(frozen=True)
class BuiltImage:
    """A folder with an image and its measurements."""

    folder: Path

    @property
    def report(self) -> MeasurementsReport:
        """measurements.json."""
        return msgspec.json.decode((self.folder / "measurements.json").read_bytes(), type=MeasurementsReport)

    @property
    def file(self) -> Path:
        """The image."""
        return self.folder / self.report.file

    def pcr(self, index: int) -> bytes:
        """PCR0, 1 or 2 (48 bytes)."""
        return bytes.fromhex(getattr(self.report.pcrs, f"pcr{index}"))

    @property
    def eif(self) -> Eif:
        """Its parts."""
        return read_eif(self.file.read_bytes())

    @property
    def entries(self) -> list[NewcEntry]:
        """Everything in its ramdisks."""
        return [entry for ramdisk in self.eif.ramdisks for entry in read_newc(bytes(ramdisk))]

    def unpack(self, root: Path) -> None:
        """Write the root file system into a folder, devices left out."""
        root.mkdir()
        for ramdisk in self.eif.ramdisks:
            unpack_newc(bytes(ramdisk), root)


def kernel_options(kernel: Path) -> list[str | Path]:
    """Those that let ``image build`` take this kernel."""
    return ["--kernel", kernel, "--kernel-sha256", sha256(kernel.read_bytes()).hexdigest()]


def build_image(
    folder: Path,
    *arguments: str,
    kernel: Path | None = None,
    command: Sequence[str | Path] = (sys.executable, "-m", "tee_rex_server"),
    environment: Mapping[str, str] | None = None,
    cwd: Path | None = None,
) -> BuiltImage:
    """Run ``image build`` into ``folder``, which is made if it is not there; by default with the stand-in."""
    folder.mkdir(exist_ok=True)
    stand_in = folder / "bzImage"
    stand_in.write_bytes(KERNEL)
    argv: list[str | Path] = [*command, "image", "build", "--output", folder, *arguments]
    argv += kernel_options(kernel or stand_in)
    done = subprocess.run(
        argv,
        env={**os.environ, **(environment or {})},
        cwd=cwd,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    stand_in.unlink()
    return BuiltImage(folder)


def python_argv(root: Path) -> list[str | Path]:
    """The image's Python, started on this machine out of an unpacked root file system."""
    libraries = root / LIBRARIES
    loader = libraries / "ld-linux-x86-64.so.2"
    return [loader, "--library-path", libraries, root / "usr/bin/python3.13", "-ISB"]
