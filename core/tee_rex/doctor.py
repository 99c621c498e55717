"""Checks of this machine: what works, what is missing, and how to fix it."""

from __future__ import annotations

import os
import platform
import re
import shutil
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import TypeAlias

from tee_rex import __version__
from tee_rex.bb.install import bb_download_bytes
from tee_rex.bb.pins import BbPins
from tee_rex.bb.store import bb_store
from tee_rex.bb.user_store import user_store
from tee_rex.crs.crs import MIN_POINTS
from tee_rex.crs.provision import crs_download_bytes
from tee_rex.crs.store import crs_store
from tee_rex.errors import Hint, InputError, Message, TeeRexError, message
from tee_rex.errors.catalogue.extras import NODE_MISSING
from tee_rex.errors.catalogue.npm import NODE_FILE_MISSING
from tee_rex.errors.catalogue.proving import BB_LACKS_INSTRUCTIONS
from tee_rex.errors.tree import (
    BbMissingError,
    BbNotPinnedError,
    BbUnavailableHereError,
    BridgeMissingError,
    CrsMissingError,
    RuntimeMissingError,
)
from tee_rex.local.process import missing_instructions
from tee_rex.npm.npm import Npm
from tee_rex.runtime.store import libraries_download_bytes, runtime_store
from tee_rex.settings.paths import Paths
from tee_rex.system.child_process import run_to_end
from tee_rex.system.platform import Platform
from tee_rex.system.progress import ignore_progress
from tee_rex.system.text import os_reason, quoted
from tee_rex.system.threads import usable_cores
from tee_rex.transaction.generations import generations
from tee_rex.transaction.trusted_setup import TrustedSetup
from tee_rex.transaction.versions import AztecVersion

_GIGABYTE = 10**9
_WANTED_MEMORY = 1 * _GIGABYTE
"""bb uses 0.3 GB for a transaction of the token flow, 0.65 GB with the largest CRS."""
_WANTED_DISK = 300_000_000
"""bb twice (genuine and development) 100 MB, its libraries 8 MB, a CRS 8 to 128 MB."""

_NODE_SECONDS = 20.0
"""It prints its version in 50 ms."""


class Verdict(StrEnum):
    """READY: works. ON_FIRST_USE: missing, and not needed yet. PROBLEM: needs the user."""

    READY = "ready"
    ON_FIRST_USE = "on-first-use"
    PROBLEM = "problem"


class FindingId(StrEnum):
    """What a finding is about; stable, for programs."""

    SYSTEM = "system"
    CORES = "cores"
    MEMORY = "memory"
    DISK = "disk"
    NODE = "node"
    BB_GENUINE = "bb-genuine"
    BB_DEVELOPMENT = "bb-development"
    BB_VERSIONS = "bb-versions"
    LIBRARIES = "libraries"
    CRS_GENUINE = "crs-genuine"
    CRS_DEVELOPMENT = "crs-development"
    WALLET_GENUINE = "wallet-genuine"
    WALLET_DEVELOPMENT = "wallet-development"


_NAMES = {
    FindingId.SYSTEM: message("System"),
    FindingId.CORES: message("Cores"),
    FindingId.MEMORY: message("Memory"),
    FindingId.DISK: message("Disk"),
    FindingId.NODE: message("Node"),
    FindingId.BB_GENUINE: message("bb, genuine"),
    FindingId.BB_DEVELOPMENT: message("bb, development"),
    FindingId.BB_VERSIONS: message("bb, all versions"),
    FindingId.LIBRARIES: message("System libraries"),
    FindingId.CRS_GENUINE: message("CRS, genuine"),
    FindingId.CRS_DEVELOPMENT: message("CRS, development"),
    FindingId.WALLET_GENUINE: message("Wallet, genuine"),
    FindingId.WALLET_DEVELOPMENT: message("Wallet, development"),
}
_NO_HINT = Hint()


@dataclass(frozen=True, slots=True)
class Finding:
    """The result of one check. hint: what to do about it; empty when it is ready.

    download_bytes: of what is missing, of libraries as on the day when they were pinned; None where nothing
    is, or only its server knows. error: behind a problem.
    """

    id: FindingId
    verdict: Verdict
    detail: Message
    hint: Hint = _NO_HINT
    download_bytes: int | None = None
    error: TeeRexError | None = field(default=None, compare=False)

    @property
    def name(self) -> str:
        """What was checked, in English."""
        return str(_NAMES[self.id])

    def fields(self) -> dict[str, str | int | None]:
        """The JSON of ``tee-rex doctor --json``."""
        texts = {"name": self.name, "detail": str(self.detail), "hint": str(self.hint)}
        return {
            "id": self.id.value,
            "verdict": self.verdict.value,
            **texts,
            "download_bytes": self.download_bytes,
        }


_GLIBC_OF_BB_4 = [2, 39]
_GLIBC_OF_BB = [2, 34]
"""The newest glibc whose symbols bb asks for, since v5."""

_Result: TypeAlias = (
    tuple[Verdict, Message] | tuple[Verdict, Message, Hint] | tuple[Verdict, Message, Hint, int | None]
)
"""Verdict, detail, unless it is ready a hint, and what it would download."""


async def examine(paths: Paths, pins: BbPins, version: AztecVersion | None = None) -> list[Finding]:
    """Check everything that local proving needs, in FindingId's order; uses no network.

    It changes nothing but that libraries of the package are put into place where bb needs them.

    version: whose bb is needed; None: the default one's.
    """
    genuine, development = TrustedSetup.GENUINE, TrustedSetup.DEVELOPMENT
    version = version or pins.default_version
    checks: dict[FindingId, Callable[[], Awaitable[_Result]]] = {
        FindingId.SYSTEM: _system,
        FindingId.CORES: _cores,
        FindingId.MEMORY: _memory,
        FindingId.DISK: lambda: _disk(paths.data),
        FindingId.NODE: lambda: _node(Npm.if_installed()),
        FindingId.BB_GENUINE: lambda: _bb(paths, pins, version, genuine),
        FindingId.BB_DEVELOPMENT: lambda: _bb(paths, pins, version, development),
        FindingId.BB_VERSIONS: lambda: _bb_versions(paths, pins),
        FindingId.LIBRARIES: lambda: _libraries(paths, pins, version),
        FindingId.CRS_GENUINE: lambda: _crs(paths, genuine),
        FindingId.CRS_DEVELOPMENT: lambda: _crs(paths, development),
        FindingId.WALLET_GENUINE: lambda: _wallet(paths, genuine),
        FindingId.WALLET_DEVELOPMENT: lambda: _wallet(paths, development),
    }
    findings = []
    for subject, check in checks.items():
        try:
            findings.append(Finding(subject, *await check()))
        except TeeRexError as error:
            detail = message("{title}: {message}", title=Message(error.title), message=error.message_parts)
            findings.append(Finding(subject, Verdict.PROBLEM, detail, error.hint_parts, error=error))
    return findings


async def _system() -> _Result:
    detail = message(
        "tee-rex {version}, {platform}, {system} {release}, Python {python}",
        version=__version__,
        platform=Platform.current().value,
        system=platform.system(),
        release=platform.release(),
        python=platform.python_version(),
    )
    if missing := missing_instructions():
        lacking = BB_LACKS_INSTRUCTIONS(missing=", ".join(missing))
        told = message("{detail}. {lacking}", detail=detail, lacking=lacking.message_parts)
        return Verdict.PROBLEM, told, lacking.hint_parts
    return Verdict.READY, detail


async def _cores() -> _Result:
    detail = message("{usable} usable of {total}", usable=usable_cores(), total=os.cpu_count() or 1)
    return Verdict.READY, detail


async def _memory() -> _Result:
    import psutil

    memory = psutil.virtual_memory()
    detail = message(
        "{free:.1f} GB free of {total:.1f} GB",
        free=memory.available / _GIGABYTE,
        total=memory.total / _GIGABYTE,
    )
    if memory.available < _WANTED_MEMORY:
        return Verdict.PROBLEM, detail, Hint(message("Close other programs: a proof needs up to 1 GB."))
    return Verdict.READY, detail


async def _disk(folder: Path) -> _Result:
    existing = next(place for place in (folder, *folder.parents) if _visible(place))
    free = shutil.disk_usage(existing).free
    detail = message("{free:.1f} GB free for {folder}", free=free / _GIGABYTE, folder=str(folder))
    if free < _WANTED_DISK:
        elsewhere = Message("TEE_REX_HOME can name a folder on another disk.")
        return Verdict.PROBLEM, detail, Hint(message("Free 300 MB."), elsewhere)
    if not os.access(existing, os.W_OK):
        detail = message("{folder} is not writable.", folder=str(existing))
        elsewhere = Message("TEE_REX_HOME can name another folder.")
        return Verdict.PROBLEM, detail, Hint(message("Make it writable."), elsewhere)
    return Verdict.READY, detail


def _visible(place: Path) -> bool:
    try:
        return place.exists()
    except OSError:  # in a folder that this user may not enter
        return False


async def _node(npm: Npm | None) -> _Result:
    if npm is None:
        return (
            Verdict.ON_FIRST_USE,
            message("not installed; needed for flows only"),
            NODE_MISSING().hint_parts,
        )
    hint = NODE_FILE_MISSING().hint_parts
    try:
        finished = await run_to_end([npm.node, "--version"], cwd=Path("/"), seconds=_NODE_SECONDS)
    except TimeoutError:
        detail = message("Node timed out after {seconds:g} seconds.", seconds=_NODE_SECONDS)
        return Verdict.PROBLEM, detail, hint
    except OSError as error:
        detail = message("Node cannot be run ({reason}).", reason=os_reason(error))
        return Verdict.PROBLEM, detail, hint
    if finished.returncode != 0:
        detail = message("Node exited with code {code}.", code=finished.returncode)
        return Verdict.PROBLEM, detail, hint
    version = quoted(finished.stdout)
    return Verdict.READY, message("{version}", version=version)


async def _bb(paths: Paths, pins: BbPins, version: AztecVersion, setup: TrustedSetup) -> _Result:
    try:
        found = await bb_store(paths, pins).find(version, setup)
    except BbMissingError:
        named = "" if version == pins.default_version else f" {version}"
        how = f"tee-rex bb install{named}" if setup is TrustedSetup.GENUINE else "tee-rex crs development"
        detail = message("{version} is not installed", version=str(version))
        size = bb_download_bytes(pins, version) if setup is TrustedSetup.GENUINE else None
        return Verdict.ON_FIRST_USE, detail, _to_install_it(how), size
    detail = message(
        "{version}, SHA-256 {digest}… as pinned", version=str(found.version), digest=found.sha256[:16]
    )
    return Verdict.READY, detail


async def _bb_versions(paths: Paths, pins: BbPins) -> _Result:
    """Which genuine versions are installed, and what to know about generations that nobody has tried."""
    store = user_store(paths, pins)
    installed = store.installed(TrustedSetup.GENUINE)
    usable: list[Message] = []
    hints: list[Hint] = []
    for version in installed:
        try:
            bb = await store.find(version, TrustedSetup.GENUINE)
        except (BbNotPinnedError, BbUnavailableHereError, InputError):  # InputError: an unknown generation
            usable.append(message("{version} (unknown to this release, never used)", version=str(version)))
        except TeeRexError as error:
            reason = error.message_parts
            usable.append(message("{version} (damaged: {reason})", version=str(version), reason=reason))
            hints.append(error.hint_parts)
        else:
            approved = message("{version} (approved by you)", version=str(version))
            usable.append(approved if bb.approved_by_user else message("{version}", version=str(version)))
    said = [
        message("installed: {versions}", versions=_joined(usable, ", "))
        if usable
        else message("none installed"),
        *(
            message(
                "{generation}: not yet tested with a real bb {number}", generation=str(one), number=one.number
            )
            for one in generations()
            if not pins.proved_for_real(one)
        ),
    ]
    if hints:
        words = _joined([hint.words for hint in hints], " ")
        return (
            Verdict.PROBLEM,
            _joined(said, "; "),
            Hint(words, _joined([one.terminal for one in hints], "; ")),
        )
    return Verdict.READY, _joined(said, "; ")


def _joined(messages: Sequence[Message], separator: str) -> Message:
    """One sentence of several; empty ones are left out."""
    fields = {f"part{number}": one for number, one in enumerate(messages) if one.template}
    return Message(separator.join(f"{{{name}}}" for name in fields), fields)


def _to_install_it(command: str) -> Hint:
    return Hint(terminal=Message("To install it now: {command}", {"command": command}))


async def _libraries(paths: Paths, pins: BbPins, version: AztecVersion) -> _Result:
    glibc = message("{name} {version}", name=platform.libc_ver()[0], version=platform.libc_ver()[1])
    if not platform.libc_ver()[0]:
        glibc = message("no glibc")
    try:
        bb = await bb_store(paths, pins).find(version, TrustedSetup.GENUINE)
    except TeeRexError:
        size = libraries_download_bytes() if _is_old(*platform.libc_ver(), version) else None
        detail = message("{glibc}; checked once bb is installed", glibc=glibc)
        return Verdict.ON_FIRST_USE, detail, Hint(), size
    try:
        runtime = await runtime_store(paths).ensure(bb.path, ignore_progress, allow_download=False)
    except RuntimeMissingError as error:
        detail = message("{glibc}. {reason}", glibc=glibc, reason=error.message_parts)
        return Verdict.ON_FIRST_USE, detail, error.hint_parts, libraries_download_bytes()
    if runtime.loader:
        detail = message("{glibc} is too old for bb, which uses newer private copies", glibc=glibc)
        return Verdict.READY, detail
    return Verdict.READY, glibc


def _is_old(name: str, version: str, aztec: AztecVersion) -> bool:
    """Whether a C library is older than the one that this version's bb is built for."""
    numbers = [int(number) for number in re.findall(r"\d+", version)]
    needed = _GLIBC_OF_BB_4 if aztec.major == 4 else _GLIBC_OF_BB
    return name == "glibc" and numbers[:2] < needed


async def _crs(paths: Paths, setup: TrustedSetup) -> _Result:
    try:
        await crs_store(paths, setup).load(MIN_POINTS, ignore_progress)
    except CrsMissingError:
        genuine = setup is TrustedSetup.GENUINE
        hint = _to_install_it("tee-rex crs download" if genuine else "tee-rex crs development")
        size = crs_download_bytes() if genuine else None
        return Verdict.ON_FIRST_USE, message("not on this machine"), hint, size
    return Verdict.READY, message("{points:,} points, digests as pinned", points=MIN_POINTS)


async def _wallet(paths: Paths, setup: TrustedSetup) -> _Result:
    from tee_rex.aztec.wallet.runtime import InstalledBridges
    from tee_rex.aztec.wallet.sources import shipped_bridges

    bridges = InstalledBridges(paths, allow_download=False)
    versions = ", ".join(str(bridge.version) for bridge in shipped_bridges())
    for bridge in shipped_bridges():
        try:
            await bridges.command(setup, bridge.version, ignore_progress)
        except (BridgeMissingError, RuntimeMissingError) as error:
            detail = message("not installed; needed for flows only")
            return Verdict.ON_FIRST_USE, detail, error.hint_parts, bridge.download_bytes()
    return Verdict.READY, message("Aztec {version}, files as installed", version=versions)
