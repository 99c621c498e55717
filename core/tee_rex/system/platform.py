"""The systems that Aztec releases programs for."""

from __future__ import annotations

import platform
from contextlib import suppress
from enum import StrEnum
from pathlib import Path

from tee_rex.errors.catalogue.bb import BB_UNAVAILABLE_HERE


class Platform(StrEnum):
    """Processor and operating system, named as in the npm package ``@aztec/bb.js``, and so Windows too."""

    AMD64_LINUX = "amd64-linux"
    ARM64_LINUX = "arm64-linux"
    AMD64_MACOS = "amd64-macos"
    ARM64_MACOS = "arm64-macos"
    AMD64_WINDOWS = "amd64-windows"

    @classmethod
    def of(cls, system: str, machine: str) -> Platform:
        """The platform that ``platform.system()`` and ``platform.machine()`` name.

        Raises BB_UNAVAILABLE_HERE where there is no bb (32-bit and other processors, Windows on ARM).
        """
        name = f"{_PROCESSORS.get(machine.lower())}-{_OPERATING_SYSTEMS.get(system)}"
        try:
            return cls(name)
        except ValueError:
            raise BB_UNAVAILABLE_HERE(system=system or "this system", machine=machine) from None

    @classmethod
    def current(cls) -> Platform:
        """The platform this process runs on; raises as ``of`` does."""
        return cls.of(platform.system(), platform.machine())

    @property
    def processor(self) -> str:
        """``amd64`` or ``arm64``, as Debian and Aztec name it."""
        return self.value.partition("-")[0]


_PROCESSORS = {"x86_64": "amd64", "amd64": "amd64", "aarch64": "arm64", "arm64": "arm64"}
_OPERATING_SYSTEMS = {"Linux": "linux", "Darwin": "macos", "Windows": "windows"}


def processor_flags(cpu_info: Path = Path("/proc/cpuinfo")) -> frozenset[str]:
    """What this processor can do, by Linux's names (``avx2``); empty where the system does not list that.

    Linux does for x86-64.
    """
    with suppress(OSError):
        for line in cpu_info.read_text().splitlines():
            name, _, value = line.partition(":")
            if name.strip() == "flags":
                return frozenset(value.split())
    return frozenset()
