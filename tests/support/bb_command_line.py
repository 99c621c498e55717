"""bb's own command line, beside which what TEE-Rex does with bb is put."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path

from support.local_prover import development_crs, real_installation
from tee_rex.local.ultra_honk import UltraHonkRequest, UltraHonkResult
from tee_rex.system.progress import ignore_progress
from tee_rex.transaction.trusted_setup import TrustedSetup
from tee_rex.transaction.versions import AztecVersion


@dataclass(frozen=True, slots=True)
class WrittenProof:
    """What ``bb prove`` wrote."""

    proof: bytes
    public_inputs: bytes
    key: bytes


@dataclass(frozen=True, slots=True)
class BbCommandLine:
    """The development copy of one version's bb; folder: of its own, with the points."""

    argv: tuple[str, ...]
    folder: Path
    threads: int

    @classmethod
    async def of(cls, version: AztecVersion, folder: Path, threads: int = 2) -> BbCommandLine:
        """Install it if it is missing."""
        command = await real_installation().bb(version, TrustedSetup.DEVELOPMENT, ignore_progress)
        (folder / "bn254_g1.dat").write_bytes((await development_crs()).g1)
        return cls(command.argv, folder, threads)

    def prove(self, request: UltraHonkRequest, *, verify: bool = False) -> WrittenProof:
        """``bb prove --write_vk`` of a circuit and its witness."""
        self._write(bytecode=request.bytecode, witness=request.witness)
        files = ("-b", "bytecode", "-w", "witness", "-o", ".")
        options = ("--write_vk", "--verify") if verify else ("--write_vk",)
        assert self._run("prove", *options, "-t", request.target, *files) == 0
        return WrittenProof(*((self.folder / name).read_bytes() for name in ("proof", "public_inputs", "vk")))

    def verifies(self, result: UltraHonkResult, key: bytes | None = None) -> bool:
        """``bb verify`` of a proof. key: None: the one that was computed for it."""
        key = key or result.verification_key
        assert key is not None
        self._write(proof=result.proof, public_inputs=result.public_inputs, vk=key)
        files = ("-p", "proof", "-i", "public_inputs", "-k", "vk")
        return self._run("verify", "-t", result.target, *files) == 0

    def _write(self, **files: bytes) -> None:
        for name, content in files.items():
            (self.folder / name).write_bytes(content)

    def _run(self, *arguments: str) -> int:
        environment = {
            "HOME": str(self.folder),
            "CRS_PATH": str(self.folder),
            "HARDWARE_CONCURRENCY": str(self.threads),
        }
        return subprocess.run(
            [*self.argv, *arguments], cwd=self.folder, env=environment, check=False, capture_output=True
        ).returncode
