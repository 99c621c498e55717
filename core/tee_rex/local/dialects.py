"""How the bb of each generation is spoken to; ``BbSession`` has the loop that all of them share.

A dialect knows the names and fields of messages, how a proof is written in them, and how bb gets its CRS:
bb 4 takes it as messages, later ones read it from files in their own folder. v6 also wants the kind of every
circuit.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any, ClassVar, Final, TypeAlias

import msgspec

from tee_rex.crs.crs import POINT_BYTES
from tee_rex.errors.catalogue.proving import BB_SCHEMA_UNKNOWN
from tee_rex.errors.tree import MalformedProofError
from tee_rex.local.process import FileContent, Zeros
from tee_rex.system.untrusted import UndecodableError, decode_json, decode_msgpack
from tee_rex.transaction.generations import Generation, StepKind, generation_of
from tee_rex.transaction.proof import ChonkProof
from tee_rex.transaction.steps import MAX_LOG2_ROWS

if TYPE_CHECKING:
    from pathlib import Path

    from tee_rex.crs.crs import Crs
    from tee_rex.transaction.steps import ExecutionStep
    from tee_rex.transaction.versions import AztecVersion

MAX_SCHEMA_BYTES: Final = 1 << 20
"""Of what ``bb msgpack schema`` prints; bb 5 prints 16 KB."""

_CRS_FILE: Final = "bn254_g1.dat"
_COMPRESSED_CRS_FILE: Final = "bn254_g1_compressed.dat"
_COMPRESSED_POINT_BYTES: Final = 32
_MOST_POINTS: Final = 1 << 28
"""More rows than any circuit that bb has the memory for."""
_GRUMPKIN_POINT_BYTES: Final = 64

BbMessage: TypeAlias = tuple[str, Mapping[str, Any]]
"""The name of a command, and its fields."""
_Fields: TypeAlias = Sequence[bytes]


class _ProveAnswer(msgspec.Struct):
    proof: dict[str, list[bytes] | dict[str, list[bytes]]]


class Dialect:
    """bb 4, and what the later ones have in common with it.

    prefix: of every message's name.
    """

    asks_schema: ClassVar[bool] = False
    """Whether releases of this generation differ in their messages, so that each bb has to be asked."""

    def __init__(self, generation: Generation, prefix: str = "") -> None:
        """Use :func:`dialect_of`."""
        self.generation = generation
        self.prefix = prefix

    def files(self, crs: Crs, grumpkin: bytes | None) -> Mapping[str, FileContent]:
        """What has to be in bb's folder before it starts, by name."""
        del crs, grumpkin
        return {}

    def is_short_of_points(self, file: Callable[[str], Path], points: int) -> bool:
        """Whether bb found that a circuit needs more than these points, where that leaves a trace.

        file: the path of a file in bb's folder.
        """
        del file, points
        return False

    def first_messages(self, crs: Crs, grumpkin: bytes | None) -> Sequence[BbMessage]:
        """What to send before the first proof."""
        messages: list[BbMessage] = [
            ("SrsInitSrs", {"points_buf": crs.g1, "num_points": crs.points, "g2_point": crs.g2})
        ]
        if grumpkin is not None:
            count = len(grumpkin) // _GRUMPKIN_POINT_BYTES
            messages.append(("SrsInitGrumpkinSrs", {"points_buf": grumpkin, "num_points": count}))
        return messages

    def start(self, kinds: Sequence[StepKind]) -> BbMessage:
        """The beginning of a proof of circuits of these kinds."""
        return "ChonkStart", {"num_circuits": len(kinds)}

    def load(self, step: ExecutionStep, bytecode: bytes) -> BbMessage:
        """One circuit; bytecode: gunzipped."""
        circuit = {
            "name": step.function_name,
            "bytecode": bytecode,
            "verification_key": step.verification_key,
        }
        return "ChonkLoad", {"circuit": circuit}

    def compute_key(self, bytecode: bytes, kind: StepKind) -> BbMessage:
        """The question for a circuit's verification key."""
        del kind
        return "ChonkComputeVk", {"circuit": {"name": "circuit", "bytecode": bytecode}}

    def verify(self, proof: ChonkProof, verification_key: bytes) -> BbMessage:
        """The question whether a proof is valid."""
        return "ChonkVerify", {"proof": self._written(proof.parts), "vk": verification_key}

    def read_proof(self, answer: bytes) -> ChonkProof:
        """The proof in bb's answer; raises UndecodableError."""
        proof: dict[str, list[bytes]] = {}
        for name, part in decode_msgpack(answer, _ProveAnswer).proof.items():
            proof |= part if isinstance(part, dict) else {name: part}
        parts = {name.removesuffix("_proof"): part for name, part in proof.items()}
        if parts.keys() != self.generation.proof_parts.keys():
            raise UndecodableError
        try:
            return ChonkProof.from_parts(parts, self.generation)
        except MalformedProofError as error:
            raise UndecodableError from error

    def with_names_from(self, untrusted_schema: bytes) -> Dialect:
        """The same dialect with the message names of the bb that printed this schema.

        Raises BB_SCHEMA_UNKNOWN for a schema of another dialect.
        """
        commands = _commands(untrusted_schema)
        for prefix in ("", "Bb"):
            if all(
                commands.get(f"{prefix}{name}") == fields for name, fields in self._expected_fields().items()
            ):
                return type(self)(self.generation, prefix)
        raise BB_SCHEMA_UNKNOWN(generation=str(self.generation))

    def _written(self, parts: Mapping[str, _Fields]) -> Mapping[str, Any]:
        """A proof as bb takes it."""
        first, *others = parts
        return {
            f"{first}_proof": parts[first],
            "goblin_proof": {f"{name}_proof": parts[name] for name in others},
        }

    def _expected_fields(self) -> Mapping[str, set[str]]:
        """The fields of the messages in which dialects differ."""
        return {
            "ChonkStart": {"num_circuits"},
            "ChonkLoad": {"circuit"},
            "ChonkAccumulate": {"witness"},
            "ChonkComputeVk": {"circuit"},
            "ChonkProve": set(),
            "ChonkVerify": {"proof", "vk"},
        }


class Dialect5(Dialect):
    """bb 5: reads its CRS from files, and proofs are flat."""

    def files(self, crs: Crs, grumpkin: bytes | None) -> Mapping[str, FileContent]:
        """Copies of the checked points: bb overwrites its files, and checks nothing in them.

        Where a circuit needs more points than its key says, bb 5 would go on to the compressed file, and if
        that is too short, download from the network, unencrypted. So it finds zeros there, which it copies
        over the points and then refuses.
        """
        zeros = Zeros(_MOST_POINTS * _COMPRESSED_POINT_BYTES, _COMPRESSED_POINT_BYTES << MAX_LOG2_ROWS)
        files: dict[str, FileContent] = {_CRS_FILE: crs.g1, _COMPRESSED_CRS_FILE: zeros}
        if grumpkin is not None:
            files[self.generation.grumpkin.file] = grumpkin
        return files

    def is_short_of_points(self, file: Callable[[str], Path], points: int) -> bool:
        """Bb has overwritten its points with the zeros."""
        with suppress(OSError):
            return file(_CRS_FILE).stat().st_size != points * POINT_BYTES
        return False

    def first_messages(self, crs: Crs, grumpkin: bytes | None) -> Sequence[BbMessage]:
        """Nothing: bb 5 ignores the points in ``SrsInitSrs``."""
        del crs, grumpkin
        return ()

    def compute_key(self, bytecode: bytes, kind: StepKind) -> BbMessage:
        """With the flavour of the proof, which is zero-knowledge for the hiding kernel alone."""
        name, fields = super().compute_key(bytecode, kind)
        return name, {**fields, "use_zk_flavor": kind is StepKind.HIDING}

    def _written(self, parts: Mapping[str, _Fields]) -> Mapping[str, Any]:
        return {f"{name}_proof": fields for name, fields in parts.items()}

    def _expected_fields(self) -> Mapping[str, set[str]]:
        return {**super()._expected_fields(), "ChonkComputeVk": {"circuit", "use_zk_flavor"}}


class Dialect6(Dialect5):
    """bb 6: every circuit has a kind, and some releases put ``Bb`` before the names of messages."""

    asks_schema = True

    def start(self, kinds: Sequence[StepKind]) -> BbMessage:
        """With all kinds."""
        return "ChonkStart", {"kinds": [*kinds]}

    def load(self, step: ExecutionStep, bytecode: bytes) -> BbMessage:
        """With the circuit's kind."""
        name, fields = super().load(step, bytecode)
        return name, {**fields, "kind": step.kind}

    def compute_key(self, bytecode: bytes, kind: StepKind) -> BbMessage:
        """With the circuit's kind."""
        name, fields = super().compute_key(bytecode, kind)
        return name, {**fields, "kind": kind}

    def _expected_fields(self) -> Mapping[str, set[str]]:
        """All but ``ChonkComputeVk``, whose fields were only read of, and which no proof needs."""
        changed = {"ChonkStart": {"kinds"}, "ChonkLoad": {"circuit", "kind"}}
        expected = {**super()._expected_fields(), **changed}
        return {name: fields for name, fields in expected.items() if name != "ChonkComputeVk"}


_DIALECTS: Final[Mapping[int, type[Dialect]]] = {4: Dialect, 5: Dialect5, 6: Dialect6}


def dialect_of(version: AztecVersion) -> Dialect:
    """The dialect of a version's bb; raises AZTEC_GENERATION_UNKNOWN."""
    generation = generation_of(version)
    return _DIALECTS[generation.number](generation)


class _Schema(msgspec.Struct):
    commands: tuple[str, list[tuple[str, dict[str, msgspec.Raw] | str]]]


def _commands(untrusted_schema: bytes) -> Mapping[str, set[str]]:
    """The fields of every command in what ``bb msgpack schema`` printed; empty for anything else."""
    if len(untrusted_schema) > MAX_SCHEMA_BYTES:
        return {}
    try:
        listed = decode_json(untrusted_schema, _Schema).commands[1]
    except UndecodableError:
        return {}
    return {name: fields.keys() - {"__typename"} for name, fields in listed if isinstance(fields, dict)}
