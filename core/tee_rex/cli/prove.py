"""``tee-rex prove``, ``demo`` and ``verify``."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tee_rex.cli.console import exit_on_error, run, stdout_console
from tee_rex.errors import InputError, TeeRexError, UnusableEnvironmentError
from tee_rex.steps import MAX_STEPS_BYTES
from tee_rex.trusted_setup import TrustedSetup

if TYPE_CHECKING:
    from tee_rex.backend import ProofRequest, ProofResult
    from tee_rex.bb.version import AztecVersion
    from tee_rex.local.installation import Installation
    from tee_rex.proof import ChonkProof

_MEGABYTE = 1_000_000


class UnreadableFileError(InputError):
    """The file given cannot be read."""

    code = "FILE_UNREADABLE"
    title = "The file cannot be read"
    default_hint = "Check its name and its permissions."


class ProofNotWrittenError(UnusableEnvironmentError):
    """The place given for the proof refuses it."""

    code = "PROOF_NOT_WRITTEN"
    title = "The proof cannot be written there"
    default_hint = "Give another place with --out; the folder must exist and have space."


class ProofInvalidError(TeeRexError):
    """bb says that the proof does not hold."""

    code = "PROOF_INVALID"
    title = "The proof is not valid"
    default_hint = "It was changed, or made for another transaction, Aztec version or trusted setup."


CrsOption = Annotated[
    TrustedSetup | None,
    typer.Option("--crs", help="Refuse steps of the other trusted setup; it is read from the steps itself."),
]
ThreadsOption = Annotated[int | None, typer.Option(min=1, max=256, help="bb's threads; default: every core.")]
MemoryOption = Annotated[
    int | None, typer.Option("--memory-limit", min=50, metavar="MB", help="End bb when it uses more memory.")
]
TimeoutOption = Annotated[
    float | None, typer.Option(min=0.001, metavar="SECONDS", help="Give up after so long.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print a report for programs on stdout.")]
OutOption = Annotated[Path | None, typer.Option("--out", metavar="PROOF", help="Write the proof there.")]
VersionOption = Annotated[
    str | None, typer.Option("--aztec-version", help="Of the steps, when their circuits are not known.")
]


@dataclass(frozen=True, slots=True)
class _Options:
    crs: TrustedSetup | None = None
    threads: int | None = None
    out: Path | None = None
    memory_limit: int | None = None
    timeout: float | None = None
    aztec_version: str | None = None
    json: bool = False


def prove(
    file: Annotated[str, typer.Argument(metavar="FILE", help="Recorded execution steps; - reads stdin.")],
    crs: CrsOption = None,
    threads: ThreadsOption = None,
    out: OutOption = None,
    memory_limit: MemoryOption = None,
    timeout: TimeoutOption = None,
    aztec_version: VersionOption = None,
    *,
    json: JsonOption = False,
) -> None:
    """Prove a private Aztec transaction from its execution steps."""
    source = "stdin" if file == "-" else Path(file).name
    options = _Options(crs, threads, out, memory_limit, timeout, aztec_version, json)
    _prove(lambda: _read_steps(file), source, options)


def demo(
    threads: ThreadsOption = None,
    out: OutOption = None,
    *,
    json: JsonOption = False,
) -> None:
    """Prove the recorded account deployment that comes with TEE-Rex."""
    from tee_rex.samples import account_deployment

    _prove(account_deployment, "a recorded account deployment", _Options(threads=threads, out=out, json=json))


def verify(
    proof: Annotated[Path, typer.Argument(metavar="PROOF", help="What 'tee-rex prove --out' wrote.")],
    steps: Annotated[
        Path | None, typer.Option(metavar="FILE", help="The steps it was made from; their last key counts.")
    ] = None,
    vk: Annotated[
        Path | None, typer.Option(metavar="FILE", help="The verification key, 4,064 raw bytes.")
    ] = None,
    aztec_version: VersionOption = None,
) -> None:
    """Check a proof against the verification key of its transaction's last circuit."""
    from tee_rex.bb.version import AztecVersion
    from tee_rex.proof import MAX_PROOF_BYTES, ChonkProof
    from tee_rex.steps import VERIFICATION_KEY_BYTES, ExecutionSteps, checked_verification_key

    with exit_on_error():
        if steps is not None and vk is None:
            key = ExecutionSteps.from_bytes(_read(steps, MAX_STEPS_BYTES)).final_verification_key
        elif vk is not None and steps is None:
            key = checked_verification_key(_read(vk, VERIFICATION_KEY_BYTES))
        else:
            raise typer.BadParameter("Give either --steps or --vk.")
        candidate = ChonkProof.from_wire(_read(proof, MAX_PROOF_BYTES))
        version = AztecVersion.parse(aztec_version) if aztec_version else None
        setup = run(_verify(candidate, key, version))
        stdout_console().print(f"✓ The proof is valid ({setup} setup).")


async def _verify(proof: ChonkProof, key: bytes, version: AztecVersion | None) -> TrustedSetup:
    from tee_rex.backend import recognised
    from tee_rex.cli.console import task_progress_shown
    from tee_rex.local.verifier import verify_proof

    setup, version = recognised(key, asserted_version=version)
    with task_progress_shown() as progress:
        valid = await verify_proof(_installation(), proof, key, setup, version, progress)
    if not valid:
        raise ProofInvalidError(f"bb does not accept it under the {setup} setup.")
    return setup


def _prove(read_steps: Callable[[], bytes], source: str, options: _Options) -> None:
    from tee_rex.backend import ProvingMode
    from tee_rex.proof_report import ProofReport

    with exit_on_error():
        request = None
        try:
            request = _request(read_steps(), options)
            result = run(_prove_and_write(request, source, options))
        except TeeRexError as error:
            if options.json:
                print(ProofReport.of_failure(ProvingMode.LOCAL, request, error).to_json())  # noqa: T201
            raise
    if options.json:
        print(ProofReport.of_result(result).to_json())  # noqa: T201
    else:
        from tee_rex.cli.proof_view import show_result

        show_result(result)


def _request(untrusted_steps: bytes, options: _Options) -> ProofRequest:
    from tee_rex.backend import ProofRequest
    from tee_rex.bb.version import AztecVersion
    from tee_rex.steps import ExecutionSteps

    version = AztecVersion.parse(options.aztec_version) if options.aztec_version else None
    steps = ExecutionSteps.from_bytes(untrusted_steps)
    return ProofRequest.recognised(steps, asserted_setup=options.crs, asserted_version=version)


async def _prove_and_write(request: ProofRequest, source: str, options: _Options) -> ProofResult:
    from tee_rex.backend import ProvingMode
    from tee_rex.cli.proof_view import announce, proof_shown
    from tee_rex.local.backend import LocalBackend, LocalOptions
    from tee_rex.local.threads import usable_cores
    from tee_rex.prover import Prover

    announce(request, source)
    with _ProofFile(options.out) as proof_file:
        local = LocalOptions(
            threads=options.threads or usable_cores(),
            memory_limit=options.memory_limit * _MEGABYTE if options.memory_limit else None,
        )
        prover = Prover({ProvingMode.LOCAL: LocalBackend(_installation(), local)}, ProvingMode.LOCAL)
        try:
            with proof_shown(len(request.steps.steps)) as listener:
                result = await prover.prove(request, listener=listener, time_limit=options.timeout)
        finally:
            await prover.close()
        proof_file.write(result.proof)
    return result


def _installation() -> Installation:
    from tee_rex.bb.pins import BbPins
    from tee_rex.local.installation import Installation
    from tee_rex.paths import Paths
    from tee_rex.settings import Settings

    paths = Paths.from_environment(os.environ)
    settings = Settings.resolve(flags={}, environ=os.environ, file=paths.settings_file)
    bb_binary_path = Path(settings.bb_binary_path.value) if settings.bb_binary_path.value else None
    return Installation(paths, BbPins.shipped(), bb_binary_path)


class _ProofFile:
    """The place for the proof: tried before the work, filled at once after it, left alone on failure."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._temporary: Path | None = None

    def __enter__(self) -> _ProofFile:
        if self._path is not None:
            try:
                descriptor, name = tempfile.mkstemp(prefix=".tee-rex-", dir=self._path.parent)
            except OSError as error:
                raise ProofNotWrittenError(f"{self._path}: {error.strerror}.") from error
            os.close(descriptor)
            self._temporary = Path(name)
        return self

    def write(self, proof: ChonkProof) -> None:
        if self._path is None or self._temporary is None:
            return
        try:
            self._temporary.write_bytes(proof.to_wire())
            self._temporary.chmod(0o644)
            self._temporary.replace(self._path)
        except OSError as error:
            raise ProofNotWrittenError(f"{self._path}: {error.strerror}.") from error

    def __exit__(self, *_exception: object) -> None:
        if self._temporary is not None:
            with suppress(OSError):
                self._temporary.unlink(missing_ok=True)


def _read_steps(file: str) -> bytes:
    if file == "-":
        return sys.stdin.buffer.read(MAX_STEPS_BYTES + 1)
    return _read(Path(file), MAX_STEPS_BYTES)


def _read(path: Path, limit: int) -> bytes:
    """The file's bytes; one more than ``limit`` at the most, which its reader then refuses."""
    try:
        with path.open("rb") as stream:
            return stream.read(limit + 1)
    except OSError as error:
        raise UnreadableFileError(f"{path}: {error.strerror}.") from error
