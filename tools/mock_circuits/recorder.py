"""Compiles the circuits, computes their keys with the development copy of bb, and executes transactions."""

from __future__ import annotations

import base64
import gzip
import json
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from tee_rex.crs.crs import MIN_POINTS
from tee_rex.local.downloading import DownloadingInstallation
from tee_rex.local.session import BbSession, VerificationKey
from tee_rex.npm.npm import Npm
from tee_rex.system.progress import ignore_progress
from tee_rex.system.threads import usable_cores
from tee_rex.transaction.generations import Generation, StepKind, generation_of
from tee_rex.transaction.steps import ExecutionStep, ExecutionSteps
from tee_rex.transaction.trusted_setup import TrustedSetup
from tee_rex.transaction.versions import AztecVersion

HERE = Path(__file__).parent
RECORDINGS = HERE.parents[1] / "tests" / "support" / "recordings"
_FIELD_BYTES = 32
_MANIFEST = '[package]\nname = "{name}"\ntype = "bin"\nauthors = [""]\n[dependencies]\n'
_BASIC_CIRCUITS = ("app", "init", "inner", "tail", "hiding")
_KINDS: Mapping[str, StepKind] = {"app": StepKind.APP, "hiding": StepKind.HIDING}
_LARGE_RESET = "large_reset"
_POINTS: Mapping[str, int] = {_LARGE_RESET: 2 * MIN_POINTS, "full_reset": 4 * MIN_POINTS}
_POINTS_OF_A_COMPRESSION = 1 << 13
"""SHA-256's takes more than half as many rows."""
_OLDEST_GENERATION = 4
_ABOVE_EVERY_WITNESS = 1 << 12
"""bb 4 proves with any number here."""


@dataclass(frozen=True, slots=True)
class Recording:
    """One transaction. version: whose bb computes the keys. reset: the name of a circuit, or empty."""

    name: str
    version: AztecVersion
    calls: int
    reset: str = "reset"

    @property
    def file(self) -> Path:
        """Where tests find it."""
        return RECORDINGS / f"{self.name}.msgpack"


@dataclass(frozen=True, slots=True)
class Circuit:
    """One compiled circuit; bytecode: gzip'ed ACIR."""

    bytecode: bytes
    key: VerificationKey


@dataclass
class Recorder:
    """Records transactions of one version's circuits.

    folder: an empty one. tree: a folder with ``node_modules`` as package-lock.json locks them.
    """

    version: AztecVersion
    installation: DownloadingInstallation
    folder: Path
    tree: Path
    circuits: dict[str, Circuit] = field(default_factory=dict)

    async def compile(self, recordings: Sequence[Recording]) -> None:
        """Compile the circuits of these recordings, and compute their keys."""
        names = sorted({*_BASIC_CIRCUITS, *(recording.reset for recording in recordings)} - {""})
        types = (HERE / "circuits" / "types.nr").read_text()
        fields = self._generation.key_bytes.app // _FIELD_BYTES
        for name in names:
            points = _POINTS.get(name, MIN_POINTS)
            file = _LARGE_RESET if name in _POINTS else name
            sizes = {"KEY_FIELDS": fields, "COMPRESSIONS": points // _POINTS_OF_A_COMPRESSION}
            header = "".join(f"global {size}: u32 = {value};\n" for size, value in sizes.items())
            code = (HERE / "circuits" / f"{file}.nr").read_text()
            write_package(self.folder / name, f"{header}{types}{code}")
        self._node("compile.mjs", str(self.folder))
        for name in names:
            program = json.loads((self.folder / f"{name}.json").read_bytes())
            bytecode = base64.b64decode(program["bytecode"])
            if self._generation.number == _OLDEST_GENERATION:
                bytecode = for_bb_4(bytecode)
            self.circuits[name] = Circuit(bytecode, await self._key(name, gzip.decompress(bytecode)))
        keys = {name: _as_inputs(circuit.key) for name, circuit in self.circuits.items()}
        (self.folder / "keys.json").write_text(json.dumps(keys))

    def record(self, recording: Recording) -> ExecutionSteps:
        """Execute one transaction."""
        self._node("execute.mjs", str(self.folder), str(recording.calls), recording.reset)
        transaction = json.loads((self.folder / "transaction.json").read_bytes())
        steps = (self._step(name, base64.b64decode(witness)) for name, witness in transaction)
        return ExecutionSteps(tuple(steps), self._generation)

    @property
    def _generation(self) -> Generation:
        return generation_of(self.version)

    def _step(self, name: str, witness: bytes) -> ExecutionStep:
        circuit = self.circuits[name]
        return ExecutionStep(name, circuit.bytecode, witness, circuit.key.content)

    async def _key(self, name: str, bytecode: bytes) -> VerificationKey:
        setup = TrustedSetup.DEVELOPMENT
        bb = await self.installation.bb(self.version, setup, ignore_progress)
        crs = await self.installation.crs(setup, _POINTS.get(name, MIN_POINTS), ignore_progress)
        session = await BbSession.start(
            bb, crs, threads=usable_cores(), grumpkin_folder=self.installation.paths.data
        )
        try:
            return await session.verification_key(bytecode, _KINDS.get(name, StepKind.KERNEL))
        finally:
            await session.close()

    def _node(self, script: str, *arguments: str) -> None:
        """Run one of the scripts; raises CalledProcessError."""
        argv: list[str | Path] = [Npm.bundled().node, HERE / script, *arguments]
        subprocess.run(argv, cwd=self.tree, check=True, stdout=subprocess.DEVNULL)


def write_package(folder: Path, code: str) -> None:
    """A package of Noir named as its folder, as ``compile.mjs`` takes it."""
    (folder / "src").mkdir(parents=True)
    (folder / "Nargo.toml").write_text(_MANIFEST.format(name=folder.name))
    (folder / "src" / "main.nr").write_text(code)


def for_bb_4(bytecode: bytes) -> bytes:
    """The same circuit as bb 4 reads it: with the index of its last witness after each function's name."""
    acir = gzip.decompress(bytecode)
    program = msgspec.msgpack.decode(acir[1:])
    for function in program[0]:
        function.insert(1, _ABOVE_EVERY_WITNESS)
    return gzip.compress(acir[:1] + msgspec.msgpack.encode(program), mtime=0)


def _as_inputs(key: VerificationKey) -> dict[str, object]:
    """A key as the circuits take it."""
    fields = (key.content[at : at + _FIELD_BYTES] for at in range(0, len(key.content), _FIELD_BYTES))
    return {"fields": [f"0x{one.hex()}" for one in fields], "hash": f"0x{key.hash.hex()}"}
