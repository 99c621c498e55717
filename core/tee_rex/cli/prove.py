"""``tee-rex prove``, ``demo`` and ``verify``."""

from __future__ import annotations

import errno
import os
import stat
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeAlias

import typer

from tee_rex.cli.prover_config import ChosenProver, installation, resolved_settings
from tee_rex.cli.prover_options import ProverOptions, with_prover_options
from tee_rex.errors import TeeRexError
from tee_rex.errors.catalogue.files import FILE_UNREADABLE
from tee_rex.errors.catalogue.transaction import STEPS_FILE_TOO_LARGE
from tee_rex.errors.catalogue.usage import PROOF_NOT_WRITTEN, PROOF_PATH_NOT_A_FILE
from tee_rex.errors.tree import NotServedError, ProverNotAllowedError
from tee_rex.system.files import read_named, replacing
from tee_rex.system.text import os_reason
from tee_rex.terminal.console import Style, all_errors, exit_on_error, run, say, stdout_console
from tee_rex.terminal.program import JsonOption
from tee_rex.transaction.proof import MAX_PROOF_BYTES
from tee_rex.transaction.steps import MAX_STEPS_BYTES
from tee_rex.transaction.trusted_setup import TrustedSetup

if TYPE_CHECKING:
    from tee_rex.local.installation import Installation
    from tee_rex.transaction.events import AttestationReport, ProofEvent, ProofListener
    from tee_rex.transaction.proof import ChonkProof
    from tee_rex.transaction.report import ProofReport
    from tee_rex.transaction.request import ProofRequest, ProofResult, ProvingMode
    from tee_rex.transaction.versions import AztecVersion


CrsOption = Annotated[
    TrustedSetup | None,
    typer.Option("--crs", help="Refuse steps of another trusted setup."),
]
SampleCrsOption = Annotated[
    TrustedSetup | None,
    typer.Option("--crs", help="Trusted setup of the sample; default: genuine where its CRS is available."),
]
TimeoutOption = Annotated[
    float | None,
    typer.Option(min=0.001, metavar="SECONDS", help="Time limit; default: none, 300 on a server."),
]
OutOption = Annotated[Path | None, typer.Option("--out", metavar="PROOF", help="File for the proof.")]
VersionOption = Annotated[
    str | None,
    typer.Option(
        "--aztec-version",
        metavar="VERSION",
        help="Aztec version to prove for; default: one with the steps' circuits.",
    ),
]


StepsReader: TypeAlias = "Callable[[ChosenProver], Iterable[bytes]]"
"""Gives the steps to prove, and what to prove instead where a server does not prove such transactions."""


@dataclass(frozen=True, slots=True)
class _Options:
    prover: ProverOptions
    crs: TrustedSetup | None = None
    out: Path | None = None
    timeout: float | None = None
    aztec_version: str | None = None
    json: bool = False


@with_prover_options
def prove(
    prover: ProverOptions,
    file: Annotated[str, typer.Argument(metavar="FILE", help="Recorded execution steps; - for stdin.")],
    *,
    crs: CrsOption = None,
    out: OutOption = None,
    timeout: TimeoutOption = None,
    aztec_version: VersionOption = None,
    json: JsonOption = False,
) -> None:
    """Prove a private Aztec transaction from its execution steps."""
    source = "stdin" if file == "-" else Path(file).name
    options = _Options(prover, crs, out, timeout, aztec_version, json)
    _prove(lambda _chosen: [_read_steps(file)], source, options)


@with_prover_options
def demo(
    prover: ProverOptions, *, crs: SampleCrsOption = None, out: OutOption = None, json: JsonOption = False
) -> None:
    """Prove the bundled sample transaction, an account deployment.

    Under the genuine setup, whose CRS (8 MiB) is downloaded when it is missing. Where it cannot be
    downloaded, on Linux on x86-64 the sample is proved under the INSECURE development setup.
    """
    options = _Options(prover, crs, out, json=json)
    _prove(lambda chosen: _samples(chosen, crs), "the sample account deployment", options)


def _samples(chosen: ChosenProver, asked: TrustedSetup | None) -> Iterator[bytes]:
    """The sample's steps, under the best setup first; then under one that a server may prove instead."""
    from tee_rex.cli.proof_view import no_genuine_crs
    from tee_rex.local.sample import choose_sample
    from tee_rex.terminal.console import show_task_progress
    from tee_rex.transaction.samples import account_deployment

    chosen.prover()  # raises what the mode lacks, before anything is downloaded
    if asked is not None:
        yield account_deployment(asked)
        return
    with show_task_progress() as progress:
        choice = run(choose_sample(chosen.installation, progress))
    if choice.obstacle is not None:
        say(f"! {no_genuine_crs(choice.obstacle)}", Style.WARNING)
    yield account_deployment(choice.setup)
    if choice.alternative is not None:
        yield account_deployment(choice.alternative)


def verify(
    proof: Annotated[Path, typer.Argument(metavar="PROOF", help="A proof written by 'tee-rex prove --out'.")],
    steps: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Execution steps; the key of the last one is used."),
    ] = None,
    vk: Annotated[Path | None, typer.Option(metavar="FILE", help="The verification key, raw bytes.")] = None,
    aztec_version: VersionOption = None,
) -> None:
    """Verify a proof with the verification key of its transaction's last circuit."""
    from tee_rex.transaction.proof import ChonkProof
    from tee_rex.transaction.steps import MAX_VERIFICATION_KEY_BYTES, ExecutionSteps, generation_of_key
    from tee_rex.transaction.versions import AztecVersion

    with exit_on_error():
        if steps is not None and vk is None:
            read = read_named(steps, MAX_STEPS_BYTES, STEPS_FILE_TOO_LARGE)
            key = ExecutionSteps.from_bytes(read).final_verification_key
        elif vk is not None and steps is None:
            key = read_named(vk, MAX_VERIFICATION_KEY_BYTES)
        else:
            raise typer.BadParameter("Give either --steps or --vk.")
        candidate = ChonkProof.from_wire(read_named(proof, MAX_PROOF_BYTES), generation_of_key(key))
        version = AztecVersion.parse(aztec_version) if aztec_version else None
        setup = run(_verify(candidate, key, version))
        stdout_console().print(f"✓ The proof is valid ({setup} setup).")


async def _verify(proof: ChonkProof, key: bytes, version: AztecVersion | None) -> TrustedSetup:
    from tee_rex.errors.catalogue.transaction import PROOF_INVALID
    from tee_rex.local.backend import verify_proof
    from tee_rex.terminal.console import show_task_progress
    from tee_rex.transaction.request import recognised

    setup, version = recognised(key, asserted_version=version)
    with show_task_progress() as progress:
        valid = await verify_proof(_installation(), proof, key, setup, version, progress)
    if not valid:
        raise PROOF_INVALID(setup=setup.value)
    return setup


def _prove(read_steps: StepsReader, source: str, options: _Options) -> None:
    from tee_rex.transaction.request import ProvingMode

    attempt = _Attempt(options, mode=options.prover.mode or ProvingMode.LOCAL)
    with exit_on_error():
        try:
            result = attempt.run(read_steps, source)
        except TeeRexError as error:
            if options.json:
                print(attempt.failure_report(error).to_json())  # noqa: T201
            raise
    if options.json:
        from tee_rex.transaction.report import ProofReport

        print(ProofReport.of_result(result).to_json())  # noqa: T201
    else:
        from tee_rex.cli.proof_view import show_result

        show_result(result)


@dataclass(slots=True)
class _Attempt:
    """One proof, and its progress, for the report of a failure."""

    options: _Options
    mode: ProvingMode
    request: ProofRequest | None = None
    attestation: AttestationReport | None = None

    def run(self, read_steps: StepsReader, source: str) -> ProofResult:
        """Make the proof and write it; raises TeeRexError."""
        with all_errors():
            chosen = ChosenProver.from_options(self.options.prover, aztec_version=self.options.aztec_version)
            self.mode = chosen.mode
            refusal: TeeRexError | None = None
            for steps in read_steps(chosen):
                if refusal is not None:
                    say(f"! {refusal.message}", Style.WARNING)
                self.request = _request(steps, self.options)
                try:
                    return run(self._prove_and_write(self.request, chosen, source))
                except (NotServedError, ProverNotAllowedError) as error:
                    refusal = error
            assert refusal is not None  # noqa: S101  # there is something to prove
            raise refusal

    def failure_report(self, error: TeeRexError) -> ProofReport:
        """The JSON report of an error."""
        from tee_rex.transaction.report import ProofReport

        return ProofReport.of_failure(self.mode, self.request, error, self.attestation)

    async def _prove_and_write(self, request: ProofRequest, chosen: ChosenProver, source: str) -> ProofResult:
        from tee_rex.cli.proof_view import announce, show_proof

        async with chosen.prover() as prover:
            announce(request, source, chosen)
            out = self.options.out
            with ExitStack() as unfinished:
                new = _reserved(out, unfinished)
                with show_proof(len(request.steps.steps)) as show:
                    result = await prover.prove(
                        request,
                        listener=self._keeping_attestation(show),
                        time_limit=self.options.timeout,
                    )
                if out is not None and new is not None:
                    with _proof_errors(out):
                        new.write_bytes(result.proof.to_wire())
                        unfinished.close()
        return result

    def _keeping_attestation(self, show: ProofListener) -> ProofListener:
        from tee_rex.transaction.events import AttestationExamined

        def listen(event: ProofEvent) -> None:
            if isinstance(event, AttestationExamined):
                self.attestation = event.report
            show(event)

        return listen


def _request(untrusted_steps: bytes, options: _Options) -> ProofRequest:
    from tee_rex.settings.paths import Paths
    from tee_rex.transaction.request import ProofRequest
    from tee_rex.transaction.steps import ExecutionSteps
    from tee_rex.transaction.versions import AztecVersion
    from tee_rex.updates.pins import current_pins

    version = AztecVersion.parse(options.aztec_version) if options.aztec_version else None
    steps = ExecutionSteps.from_bytes(untrusted_steps)
    circuits = current_pins(Paths.from_environment(os.environ)).circuits
    return ProofRequest.recognised(
        steps, asserted_setup=options.crs, asserted_version=version, circuits=circuits
    )


def _installation() -> Installation:
    from tee_rex.settings.paths import Paths

    paths = Paths.from_environment(os.environ)
    return installation(paths, resolved_settings(paths, {}))


def _reserved(path: Path | None, unfinished: ExitStack) -> Path | None:
    """A new file with room for a proof; it becomes ``path`` when ``unfinished`` closes without an error.

    So a folder that is missing, not writable or full fails before proving, not after it.
    """
    if path is None:
        return None
    with _proof_errors(path):
        with suppress(FileNotFoundError):
            if not stat.S_ISREG(path.stat().st_mode):  # a device would be replaced by a file
                raise PROOF_PATH_NOT_A_FILE(file=str(path))
        new = unfinished.enter_context(replacing(path))
        if hasattr(os, "posix_fallocate"):
            with new.open("r+b") as file:
                os.posix_fallocate(file.fileno(), 0, MAX_PROOF_BYTES)
    return new


@contextmanager
def _proof_errors(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise PROOF_NOT_WRITTEN(file=str(path), reason=os_reason(error)) from error


def _read_steps(file: str) -> bytes:
    if file != "-":
        return read_named(Path(file), MAX_STEPS_BYTES, STEPS_FILE_TOO_LARGE)
    if sys.stdin is None:  # closed by whoever started this program
        raise FILE_UNREADABLE(file="stdin", reason=os.strerror(errno.EBADF))
    try:
        return sys.stdin.buffer.read(MAX_STEPS_BYTES + 1)
    except OSError as error:
        raise FILE_UNREADABLE(file="stdin", reason=os_reason(error)) from error
