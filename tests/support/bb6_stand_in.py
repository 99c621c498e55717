"""bb 6, which cannot be had where this was written: a program that speaks its messages in front of bb 5.0.0.

It checks what bb 6 checks of a message, translates it, and lets the real development copy of bb 5.0.0 prove
and verify. Keys and proofs of v6 have other lengths:

- The key of an app or a kernel is the first part of v5's; the rest is looked up in the recordings. A hiding
  kernel's is v5's with zeros behind it.
- A proof's other parts take seven of the 56 fields by which v6's ECCVM proof is shorter; the remaining ones
  are kept in a folder, under a name made of the proof.

So every other field of a proof, and every byte of the last key, is judged by the real bb.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import socket
import struct
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from io import BufferedIOBase
from pathlib import Path
from typing import IO, Any, TypeAlias

import msgspec

from support.local_prover import development_crs, real_installation
from support.recorded_steps import V5, V6, mock_transaction
from support.small_bb import pins_of
from tee_rex.bb.store import BbCommand, BbExecutable
from tee_rex.local.installation import Installation
from tee_rex.settings.paths import Paths
from tee_rex.system.files import OpenFile
from tee_rex.system.progress import ignore_progress
from tee_rex.transaction.generations import StepKind
from tee_rex.transaction.trusted_setup import TrustedSetup
from tee_rex.transaction.versions import AztecVersion

VERSION = AztecVersion.parse("6.1.0")
FIELD_BYTES = 32

_Stream: TypeAlias = IO[bytes] | BufferedIOBase

_PROGRAM = """#!{python}
import sys
sys.path.insert(0, {tests!r})
from support.bb6_stand_in import main
main({real!r}, {prefix!r}, {kept!r})
"""
_LAUNCHER = """#include <unistd.h>
int main(int count, char **arguments) {{
    (void)count;
    arguments[0] = {program};
    return execv(arguments[0], arguments);
}}
"""
_MOVED = {"ipa": V6.proof_parts["ipa"], "joint": V6.proof_parts["joint"]}
"""The parts that are longer in v6 than in v5, and take fields of the ECCVM proof."""


# What tests use.


async def write_stand_in(folder: Path, prefix: str = "") -> Path:
    """An executable file that stands for bb 6; prefix: of its messages, "" or "Bb"."""
    real = await real_installation().bb(V5.default, TrustedSetup.DEVELOPMENT, ignore_progress)
    kept = folder / "kept"
    kept.mkdir(parents=True, exist_ok=True)
    program = folder / f"{prefix}bb"
    program.write_text(
        _PROGRAM.format(
            python=sys.executable,
            tests=str(Path(__file__).parents[1]),
            real=str(real.executable.path),
            prefix=prefix,
            kept=str(kept),
        )
    )
    program.chmod(0o755)
    return program


async def stand_in(folder: Path, prefix: str = "") -> BbCommand:
    """The command that starts it, as if its digest had been checked."""
    program = await write_stand_in(folder, prefix)
    file = OpenFile(program)
    return BbCommand(BbExecutable(VERSION, TrustedSetup.DEVELOPMENT, program, digest_of(program), file))


def compiled(program: Path) -> Path:
    """A program for this platform that starts the stand-in: what is to be approved must be one."""
    source, launcher = program.with_suffix(".c"), program.with_suffix(".elf")
    source.write_text(_LAUNCHER.format(program=json.dumps(str(program))))
    subprocess.run(["cc", "-o", launcher, source], check=True)
    return launcher


def digest_of(program: Path) -> str:
    """Its SHA-256."""
    return hashlib.sha256(program.read_bytes()).hexdigest()


async def installation(folder: Path, prefix: str = "") -> Installation:
    """A data folder that has the stand-in as the development copy of bb 6.1.0, and the development points."""
    program = await write_stand_in(folder, prefix)
    paths = Paths(folder / "home", folder / "home")
    bb = paths.bb_dir(TrustedSetup.DEVELOPMENT) / str(VERSION) / "bb"
    bb.parent.mkdir(parents=True)
    shutil.copy(program, bb)
    points = paths.crs_dir(TrustedSetup.DEVELOPMENT) / "g1-00.dat"
    points.parent.mkdir()
    points.write_bytes((await development_crs()).g1)
    return Installation(paths, pins_of(VERSION, {}, digest_of(program)))


def as_v6(steps: bytes) -> bytes:
    """The steps of a mock transaction of v5, as v6 would record them."""
    decoded = msgspec.msgpack.decode(steps)
    for step in decoded:
        kind = _kind_of(step["functionName"])
        step |= {"vk": key_as_v6(step["vk"], kind), "kind": kind.value}
    return msgspec.msgpack.encode(decoded)


def mock_transaction_of_v6(calls: int = 2) -> bytes:
    """Steps that the stand-in proves."""
    return as_v6(mock_transaction(calls))


def key_as_v6(key: bytes, kind: StepKind) -> bytes:
    """A verification key of v5 in the length of v6."""
    length = V6.key_bytes.of(kind)
    return key[:length].ljust(length, b"\0")


def _kind_of(function_name: str) -> StepKind:
    names = {"hiding": StepKind.HIDING, "app": StepKind.APP}
    return names.get(function_name, StepKind.KERNEL)


# The program.


class RefusedError(Exception):
    """What bb answers with its ErrorResponse."""


@dataclass
class Translator:
    """One bb 6. kept: the folder with what does not fit into proofs. kinds: of the present transaction."""

    kept: Path
    kinds: Sequence[int] = ()
    loaded: int = 0
    key_ends: dict[bytes, bytes] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for step in msgspec.msgpack.decode(mock_transaction()):
            self._learn(step["vk"])

    def command(self, name: str, fields: Mapping[str, Any]) -> Mapping[str, Any]:
        """The fields of a command as bb 5 takes them; raises RefusedError."""
        match name:
            case "ChonkStart":
                return self._start(**_exactly(fields, "kinds"))
            case "ChonkLoad":
                return self._load(**_exactly(fields, "circuit", "kind"))
            case "ChonkComputeVk":
                return self._compute_key(**_exactly(fields, "circuit", "use_zk_flavor", "kind"))
            case "ChonkVerify":
                return self._verify(**_exactly(fields, "proof", "vk"))
        return fields

    def answer(self, name: str, fields: Mapping[str, Any], asked: Mapping[str, Any]) -> Mapping[str, Any]:
        """The fields of bb 5's answer as bb 6 has them. asked: the fields of the command."""
        if name == "ChonkProve":
            return {"proof": self._proof_as_v6(fields["proof"])}
        if name == "ChonkComputeVk":
            self._learn(fields["bytes"])
            key = key_as_v6(fields["bytes"], StepKind(asked["kind"]))
            return {"bytes": key, "fields": list(_fields(key))}
        return fields

    def _start(self, kinds: Sequence[int]) -> Mapping[str, Any]:
        if len(kinds) < V6.least_circuits:
            raise RefusedError("at least 4 circuits")
        *others, last = map(StepKind, kinds)
        if others[0] is not StepKind.APP or last is not StepKind.HIDING or StepKind.HIDING in others:
            raise RefusedError("the kinds are out of order")
        self.kinds, self.loaded = kinds, 0
        return {"num_circuits": len(kinds)}

    def _load(self, circuit: Mapping[str, Any], kind: int) -> Mapping[str, Any]:
        if self.loaded >= len(self.kinds) or kind != self.kinds[self.loaded]:
            raise RefusedError("another kind than ChonkStart said")
        key = circuit["verification_key"]
        if len(key) != V6.key_bytes.of(StepKind(kind)):
            raise RefusedError("the verification key is missing, or has the wrong size")
        self.loaded += 1
        return {"circuit": {**circuit, "verification_key": self._key_as_v5(key, StepKind(kind))}}

    def _compute_key(
        self, circuit: Mapping[str, Any], *, use_zk_flavor: bool, kind: int
    ) -> Mapping[str, Any]:
        if use_zk_flavor is not (kind == StepKind.HIDING):
            raise RefusedError("the flavour is not of this kind")
        return {"circuit": circuit, "use_zk_flavor": use_zk_flavor}

    def _verify(self, proof: Mapping[str, Sequence[bytes]], vk: bytes) -> Mapping[str, Any]:
        if len(vk) != V6.key_bytes.hiding:
            raise RefusedError("the verification key has the wrong size")
        return {"proof": self._proof_as_v5(proof), "vk": self._key_as_v5(vk, StepKind.HIDING)}

    def _learn(self, key: bytes) -> None:
        shown = V6.key_bytes.kernel
        self.key_ends[key[:shown]] = key[shown:]

    def _key_as_v5(self, key: bytes, kind: StepKind) -> bytes:
        length = V5.key_bytes.of(kind)
        if any(key[length:]):
            raise RefusedError("no key that this stand-in made")
        return (key[:length] + self.key_ends.get(key, b"")).ljust(length, b"\0")

    def _proof_as_v6(self, proof: Mapping[str, Sequence[bytes]]) -> Mapping[str, Sequence[bytes]]:
        parts = {name.removesuffix("_proof"): list(part) for name, part in proof.items()}
        shown = V6.proof_parts["eccvm"]
        eccvm, left = parts["eccvm"][:shown], parts["eccvm"][shown:]
        parts["eccvm"] = eccvm
        for name, length in _MOVED.items():
            taken = length - len(parts[name])
            parts[name] += left[:taken]
            left = left[taken:]
        self._file_of(eccvm).write_bytes(b"".join(left))
        return {f"{name}_proof": part for name, part in parts.items()}

    def _proof_as_v5(self, proof: Mapping[str, Sequence[bytes]]) -> Mapping[str, Sequence[bytes]]:
        parts = {name.removesuffix("_proof"): list(part) for name, part in proof.items()}
        if parts.keys() != V6.proof_parts.keys() or any(
            len(parts[name]) != count for name, count in V6.proof_parts.items() if name != "hiding_oink"
        ):
            raise RefusedError("no proof of v6")
        file = self._file_of(parts["eccvm"])
        for name in _MOVED:
            length = V5.proof_parts[name]
            parts["eccvm"] += parts[name][length:]
            del parts[name][length:]
        missing = V5.proof_parts["eccvm"] - len(parts["eccvm"])
        kept = file.read_bytes() if file.exists() else bytes(missing * FIELD_BYTES)
        parts["eccvm"] += _fields(kept)
        return {f"{name}_proof": part for name, part in parts.items()}

    def _file_of(self, eccvm: Sequence[bytes]) -> Path:
        return self.kept / hashlib.sha256(b"".join(eccvm[:2])).hexdigest()


def schema_of_v6(schema_of_v5: bytes, prefix: str) -> bytes:
    """What ``bb msgpack schema`` would print."""
    schema = json.loads(schema_of_v5)
    changes: dict[str, Mapping[str, Any]] = {
        "ChonkStart": {"kinds": ["vector", ["unsigned char"]]},
        "ChonkLoad": {"circuit": "CircuitInput", "kind": "unsigned char"},
        "ChonkComputeVk": {
            "circuit": "CircuitInputNoVK",
            "use_zk_flavor": "bool",
            "kind": "unsigned char",
        },
    }
    for union in ("commands", "responses"):
        listed = schema[union][1]
        for index, (name, of_v5) in enumerate(listed):
            form = changes.get(name, of_v5)
            if not isinstance(form, str):
                form = {**form, "__typename": prefix + name}
            listed[index] = [prefix + name, form]
    return json.dumps(schema).encode()


def main(real: str, prefix: str, kept: str) -> None:
    """``bb msgpack schema`` or ``bb msgpack run --input SOCKET``."""
    match sys.argv[1:]:
        case ["msgpack", "schema"]:
            printed = subprocess.run([real, "msgpack", "schema"], capture_output=True, check=True).stdout
            sys.stdout.buffer.write(schema_of_v6(printed, prefix))
        case ["msgpack", "run", "--input", path]:
            _serve(real, prefix, Translator(Path(kept)), path)
        case _:
            sys.exit(2)


def _serve(real: str, prefix: str, translator: Translator, path: str) -> None:
    """Answer one client. The real bb ends with its input, also when this program is killed."""
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(path)
    listener.listen()
    client = listener.accept()[0].makefile("rwb")
    with subprocess.Popen([real, "msgpack", "run"], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as bb:
        assert bb.stdin is not None
        assert bb.stdout is not None
        for ((tag, fields),) in _frames(client):
            if not tag.startswith(prefix):
                sys.exit(f"Unknown type name in NamedUnion deserialization: {tag}")
            name = tag.removeprefix(prefix)
            try:
                _send(bb.stdin, [[name, translator.command(name, fields)]])
                answered, result = next(_frames(bb.stdout))
                if answered != "ErrorResponse":
                    result = translator.answer(name, result, fields)
            except RefusedError as error:
                answered, result = "ErrorResponse", {"message": str(error)}
            _send(client, [prefix + answered, result])


def _frames(stream: _Stream) -> Iterator[Any]:
    while len(head := stream.read(4)) == 4:
        yield msgspec.msgpack.decode(stream.read(struct.unpack("<I", head)[0]))


def _send(stream: _Stream, message: object) -> None:
    body = msgspec.msgpack.encode(message)
    stream.write(struct.pack("<I", len(body)) + body)
    stream.flush()


def _exactly(fields: Mapping[str, Any], *names: str) -> Mapping[str, Any]:
    if fields.keys() != set(names):  # the real one only misses fields, and ends then, too
        sys.exit(f"Other fields than {names}")
    return fields


def _fields(content: bytes) -> Iterator[bytes]:
    return (content[at : at + FIELD_BYTES] for at in range(0, len(content), FIELD_BYTES))
