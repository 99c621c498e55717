"""Pin the libraries that bb needs on older systems, as the archive has them now, for both processors.

Run on a Debian or Ubuntu with an older glibc: ``python tools/pin_runtime_libraries.py``. It adds what is new
to ``resources/pins/runtime-libraries.json``; apt and gpgv check every package.
"""

from __future__ import annotations

import asyncio
import platform as system
import tempfile
from pathlib import Path

import msgspec

from tee_rex.runtime.apt import AptMachine
from tee_rex.runtime.store import PACKAGES, PinnedLibraries, digest_of_libraries, flatten
from tee_rex.system.platform import Platform
from tee_rex.system.progress import TaskProgress

PINS = Path(__file__).parents[1] / "resources" / "pins" / "runtime-libraries.json"


async def libraries_of(platform: Platform) -> PinnedLibraries:
    """Download and unpack them, and take their digest."""
    apt = AptMachine(system.freedesktop_os_release())
    with (
        tempfile.TemporaryDirectory() as signed_name,
        tempfile.TemporaryDirectory() as work_name,
    ):
        signed, work = Path(signed_name), Path(work_name)
        flat = work / "flat"
        totals: dict[str, int] = {}

        def keep(progress: TaskProgress) -> None:
            totals[progress.task] = progress.total or 0

        debs = await apt.download(PACKAGES, platform.processor, signed, keep, with_lists=True)
        flatten(await apt.unpack(signed, PACKAGES, platform.processor, work), flat)
        versions = dict(sorted(deb.name.split("_")[:2] for deb in debs))
        digest = digest_of_libraries(flat, lambda _bytes: None)
        return PinnedLibraries(platform, versions, digest, sum(totals.values()))


async def main() -> None:
    """Add what is not pinned yet, and the sizes of today."""
    known = {one.sha256: one for one in PinnedLibraries.shipped()}
    for platform in (Platform.AMD64_LINUX, Platform.ARM64_LINUX):
        libraries = await libraries_of(platform)
        print(platform, libraries.packages, "(known)" if libraries.sha256 in known else "")
        known[libraries.sha256] = libraries
    PINS.write_bytes(msgspec.json.format(msgspec.json.encode(list(known.values())), indent=2) + b"\n")


if __name__ == "__main__":
    asyncio.run(main())
