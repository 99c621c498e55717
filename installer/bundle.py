"""What packages bring along so that the first proof needs no network: bb, libraries for old systems, the CRS.

Laid out as the user's data folder, see ``Paths.bundled``. Every file has the digest that is pinned for it.
"""

from __future__ import annotations

import hashlib
import platform as system
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Final
from urllib.parse import quote

from notices import BB, Work, debian_work
from tee_rex.bb.install import downloading_store
from tee_rex.bb.pins import BbPins
from tee_rex.crs.crs import MIN_POINTS, CrsPins
from tee_rex.crs.provision import ensure_crs
from tee_rex.errors.tree import CrsDownloadError
from tee_rex.runtime.apt import AptMachine
from tee_rex.runtime.store import PinnedLibraries, digest_of_libraries, flatten
from tee_rex.settings.paths import Paths
from tee_rex.system.platform import Platform
from tee_rex.transaction.trusted_setup import TrustedSetup

LICENCES: Final = Path(__file__).parent / "licences"
_GENUINE: Final = TrustedSetup.GENUINE
_COPYRIGHT_OF_GCC: Final = "gcc-14-base"
"""The package with the text of what libgcc-s1 and libstdc++6 are under: their own is a link to it."""


async def write_bundle(folder: Path, paths: Paths, platform: Platform, *, crs_needed: bool) -> list[Work]:
    """Write the bundle for a platform into ``folder``, and tell whose works are in it.

    paths: of this machine, where bb and the CRS are kept between builds. crs_needed: whether to raise where
    the genuine points cannot be had; otherwise they are left out. Raises an UnusableEnvironmentError.
    """
    bundle = Paths(folder, folder)
    return [
        await _bb(bundle, paths, platform),
        *await _libraries(bundle, platform),
        *await _crs(bundle, paths, crs_needed=crs_needed),
    ]


async def _bb(bundle: Paths, paths: Paths, platform: Platform) -> Work:
    pins = BbPins.shipped()
    version = pins.default_version
    bb = await replace(downloading_store(paths, pins), platform=platform).install(version)
    target = bundle.bb_dir(_GENUINE) / str(version) / "bb"
    target.parent.mkdir(parents=True)
    bb.file.copy_to(target)
    repository = pins.repository(version)
    return Work(
        BB,
        str(version),
        "Apache-2.0",
        f"https://github.com/{repository}/tree/v{version}/barretenberg/cpp",
        (LICENCES / "Apache-2.0.txt").read_text("utf-8"),
        1,
        f"pkg:github/{repository}@v{version}",
        bb.sha256,
    )


async def _libraries(bundle: Paths, platform: Platform) -> list[Work]:
    """The pinned libraries, from the archive's packages, which apt checks."""
    pinned = next(one for one in reversed(PinnedLibraries.shipped()) if one.platform is platform)
    versions = {**pinned.packages, _COPYRIGHT_OF_GCC: pinned.packages["libgcc-s1"]}
    apt = AptMachine(system.freedesktop_os_release())
    target = bundle.runtime_dir / platform
    target.parent.mkdir(parents=True)
    with (
        tempfile.TemporaryDirectory(prefix="packages-") as signed_name,
        tempfile.TemporaryDirectory(prefix="libraries-") as work_name,
    ):
        signed, work = Path(signed_name), Path(work_name)
        wanted = [f"{name}={version}" for name, version in versions.items()]
        await apt.download(wanted, platform.processor, signed, with_lists=True)
        root = await apt.unpack(signed, tuple(versions), platform.processor, work)
        flatten(root, target)
        if digest_of_libraries(target, lambda _bytes: None) != pinned.sha256:
            raise RuntimeError("these libraries are not pinned: run tools/pin_runtime_libraries.py")
        docs = root / "usr" / "share" / "doc"
        return [debian_work(name, version, docs, 0) for name, version in versions.items()]


async def _crs(bundle: Paths, paths: Paths, *, crs_needed: bool) -> list[Work]:
    """The first chunk of the genuine points, which is all that proofs of Aztec's transactions need."""
    try:
        crs = await ensure_crs(paths, _GENUINE)
    except CrsDownloadError:
        if crs_needed:
            raise
        return []
    (chunk,) = CrsPins.shipped(_GENUINE).chunks(MIN_POINTS)
    target = bundle.crs_dir(_GENUINE) / f"g1-{chunk.index:02}.dat"
    target.parent.mkdir(parents=True)
    target.write_bytes(crs.g1)
    return [
        Work(
            "Aztec's trusted setup",
            "2020",
            "",
            "https://docs.aztec.network",
            f"The first {MIN_POINTS:,} points of the ceremony of 2020, public numbers that its participants "
            "published for everybody's use.",
            1,
            f"pkg:generic/aztec-ignition@2020?file_name={quote(target.name)}",
            hashlib.sha256(crs.g1).hexdigest(),
        )
    ]
