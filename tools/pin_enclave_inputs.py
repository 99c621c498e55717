"""Pins the third-party inputs of enclave images, ``enclave_server/tee_rex_server/image/pins/inputs.json``.

    python tools/pin_enclave_inputs.py

Takes Debian's packages in the newest version that apt finds (on Debian or a system based on it), and wheels
in the versions of requirements.lock. Other inputs make another image, with other PCRs.
"""

from __future__ import annotations

import asyncio
import importlib.metadata
import platform
import re
import sys
import tempfile
from hashlib import sha256
from pathlib import Path

import msgspec
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name, parse_wheel_filename

from tee_rex.runtime.apt import AptMachine
from tee_rex_server.image.inputs import PinnedInputs, PinnedPackage, PinnedWheel, download_wheels
from tee_rex_server.image.third_party import OMITTED_DISTRIBUTIONS, PACKAGES

REPOSITORY = Path(__file__).resolve().parent.parent
PINS = REPOSITORY / "enclave_server" / "tee_rex_server" / "image" / "pins" / "inputs.json"
PYTHON = "3.13"
SUITE = "trixie"
_OWN = {"tee-rex", "tee-rex-server"}
_LOCKED = re.compile(r"^(?P<name>[A-Za-z0-9._-]+)==(?P<version>[^ ;\\]+)")


def wheels_needed() -> set[str]:
    """The server's dependencies inside an image, without our own packages and OMITTED_DISTRIBUTIONS."""
    environment = {
        "python_version": PYTHON,
        "python_full_version": f"{PYTHON}.0",
        "sys_platform": "linux",
        "platform_system": "Linux",
        "platform_machine": "x86_64",
        "platform_python_implementation": "CPython",
        "implementation_name": "cpython",
        "os_name": "posix",
    }
    needed: set[tuple[str, str]] = set()  # names, each without an extra and with those asked for
    to_visit = [("tee-rex-server", "")]
    while to_visit:
        name, extra = to_visit.pop()
        for text in importlib.metadata.requires(name) or ():
            requirement = Requirement(text)
            dependency = canonicalize_name(requirement.name)
            applies = requirement.marker is None or requirement.marker.evaluate(
                {**environment, "extra": extra}
            )
            if applies and dependency not in OMITTED_DISTRIBUTIONS:
                more = {(dependency, of) for of in ("", *requirement.extras)} - needed
                needed |= more
                to_visit += more
    return {name for name, _extra in needed} - _OWN


def locked(names: set[str]) -> str:
    """The entries of these distributions in requirements.lock."""
    blocks = re.split(r"\n(?=\S)", (REPOSITORY / "requirements.lock").read_text(encoding="utf-8"))
    chosen = [
        block
        for block in blocks
        if (found := _LOCKED.match(block)) and canonicalize_name(found["name"]) in names
    ]
    if len(chosen) != len(names):
        raise SystemExit("requirements.lock lacks some of them; run `make lock`")
    return "\n".join(chosen) + "\n"


async def pinned_inputs(folder: Path) -> PinnedInputs:
    """Download everything and compute the digests."""
    apt = AptMachine(platform.freedesktop_os_release())
    packages = []
    for deb in await apt.download([*PACKAGES], "amd64", folder):
        name, version, _processor = deb.name.split("_")
        packages.append(PinnedPackage(name, version.replace("%3a", ":"), _digest(deb)))
    wheels_folder = folder / "wheels"
    wheels_folder.mkdir()
    requirements = folder / "requirements.txt"
    requirements.write_text(locked(wheels_needed()), encoding="utf-8")
    await download_wheels(requirements, PYTHON, wheels_folder)
    wheels = []
    for wheel in wheels_folder.glob("*.whl"):
        distribution, release, _build, _tags = parse_wheel_filename(wheel.name)
        wheels.append(PinnedWheel(distribution, str(release), wheel.name, _digest(wheel)))
    return PinnedInputs(
        PYTHON,
        SUITE,
        tuple(sorted(packages, key=lambda package: package.name)),
        tuple(sorted(wheels, key=lambda wheel: wheel.name)),
    )


def _digest(path: Path) -> str:
    return sha256(path.read_bytes()).hexdigest()


def main() -> None:
    """Write the pins into the checkout."""
    with tempfile.TemporaryDirectory() as folder:
        inputs = asyncio.run(pinned_inputs(Path(folder)))
    PINS.write_bytes(msgspec.json.format(msgspec.json.encode(inputs), indent=2) + b"\n")
    sys.stdout.write(f"{len(inputs.packages)} packages and {len(inputs.wheels)} wheels: {PINS}\n")


if __name__ == "__main__":
    main()
