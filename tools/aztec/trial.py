"""Running a bb that is not pinned yet: what it speaks, and whether its development copy proves."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from aztec.steps import NeedsHumanError
from tee_rex.bb.pins import DEVELOPMENT_PLATFORM, BbPins, DevelopmentCopy, PinnedFile, VersionPins
from tee_rex.bb.store import BbCommand, BbStore
from tee_rex.crs.crs import MIN_POINTS, CrsPins
from tee_rex.crs.development import development_bb
from tee_rex.crs.provision import ensure_crs
from tee_rex.local.dialects import dialect_of
from tee_rex.local.process import bb_schema
from tee_rex.local.session import BbSession
from tee_rex.runtime.store import runtime_store
from tee_rex.settings.paths import Paths
from tee_rex.system.platform import Platform
from tee_rex.system.threads import read_in_thread, usable_cores
from tee_rex.transaction.events import ignore_events
from tee_rex.transaction.generations import Generation, generation_of, recognise
from tee_rex.transaction.steps import ExecutionSteps
from tee_rex.transaction.trusted_setup import TrustedSetup
from tee_rex.transaction.versions import AztecVersion

_RECORDINGS: Final = ("resources/samples", "tests/support/recordings")


def require_platform() -> None:
    """Raise NeedsHumanError, or BB_UNAVAILABLE_HERE, where development copies do not run."""
    if Platform.current() is not DEVELOPMENT_PLATFORM:
        raise NeedsHumanError(f"bb can be tried on {DEVELOPMENT_PLATFORM} alone")


@dataclass(frozen=True, slots=True)
class Trial:
    """A bb for Linux on x86-64, outside the user's installation.

    file: bb. paths: the user's own, for the CRS and newer system libraries. folder: an empty one, private.
    """

    version: AztecVersion
    file: Path
    paths: Paths
    folder: Path

    async def check_schema(self) -> None:
        """Check that bb has the messages of its generation's dialect.

        Raises BB_SCHEMA_UNKNOWN, or BB_START_FAILED.
        """
        genuine, _ = await self._commands(None)
        dialect_of(self.version).with_names_from(await bb_schema(genuine))

    async def prove(self, sites: DevelopmentCopy, steps: ExecutionSteps) -> None:
        """Make the copy, prove with it, and check that it accepts the proof and the genuine bb does not.

        Raises NeedsHumanError, or what a proof can raise.
        """
        genuine, copy = await self._commands(sites)
        points = max(MIN_POINTS, 1 << steps.log2_rows)
        crs = await ensure_crs(self.paths, TrustedSetup.DEVELOPMENT, points)
        session = await BbSession.start(copy, crs, threads=usable_cores(), grumpkin_folder=self.paths.data)
        try:
            made = await session.prove(steps, ignore_events)
            if not await session.verify(made.proof, steps.final_verification_key):
                raise NeedsHumanError("the copy refuses its own proof")
        finally:
            await session.close()
        # Verifying needs no genuine points, only the genuine tau * G2, which stands in bb itself.
        genuine_crs = replace(crs, setup=TrustedSetup.GENUINE, g2=CrsPins.shipped(TrustedSetup.GENUINE).g2)
        session = await BbSession.start(
            genuine, genuine_crs, threads=usable_cores(), grumpkin_folder=self.paths.data
        )
        try:
            if await session.verify(made.proof, steps.final_verification_key):
                raise NeedsHumanError("the genuine bb accepts a proof under the development setup")
        finally:
            await session.close()

    async def _commands(self, sites: DevelopmentCopy | None) -> tuple[BbCommand, BbCommand]:
        """The genuine bb and its development copy, ready to start; the genuine one twice without sites."""
        content = await read_in_thread(self.file.read_bytes)
        digest = await read_in_thread(lambda: hashlib.sha256(content).hexdigest())
        genuine = {DEVELOPMENT_PLATFORM: PinnedFile(digest, ("here",))}
        pinned = VersionPins(
            generation=generation_of(self.version).number,
            proved_for_real=False,
            repository="",
            bb=genuine,
            development_bb=sites,
        )
        pins = BbPins(self.version, {self.version: pinned})
        store = BbStore(Paths(self.folder, self.folder), pins, DEVELOPMENT_PLATFORM)
        executables = [await store.adopt(self.version, TrustedSetup.GENUINE, content)]
        if sites is not None:
            copy = await read_in_thread(lambda: development_bb(content, pins, self.version))
            executables.append(await store.adopt(self.version, TrustedSetup.DEVELOPMENT, copy))
        runtime = await runtime_store(self.paths).ensure(executables[0].path)
        commands = [BbCommand(executable, runtime.loader) for executable in executables]
        return commands[0], commands[-1]


def recording(root: Path, generation: Generation) -> tuple[str, ExecutionSteps] | None:
    """A recorded transaction of a generation, the smallest, and the name of its file; None if there is none.

    One of a real network where there is one, else one of mock circuits. Those of genuine circuits do not
    count, which a copy cannot prove. root: of the repository.
    """
    for folder in _RECORDINGS:
        found = []
        for file in sorted((root / folder).glob("*.msgpack")):
            steps = ExecutionSteps.from_bytes(file.read_bytes())
            circuit = recognise(steps.final_verification_key)
            if steps.generation == generation and circuit and circuit.setup is TrustedSetup.DEVELOPMENT:
                found.append((file.name, steps))
        if found:
            return min(found, key=lambda one: (one[1].log2_rows, len(one[1].steps)))
    return None
