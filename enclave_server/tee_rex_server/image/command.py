"""``tee-rex-server image``: build enclave images and measure them."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tee_rex.system.files import open_regular
from tee_rex.terminal.console import Style, exit_on_error, run_command, say, show_task_progress
from tee_rex_server.errors import image as errors
from tee_rex_server.image.report import EifReport, check_equal, encode_report, expected_pcrs, released_as

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tee_rex.settings.paths import Paths
    from tee_rex_server.image.build import ImageBuilder
    from tee_rex_server.image.report import MeasurementsReport
    from tee_rex_server.image.signature import ImageSigner

app = typer.Typer(no_args_is_help=True, help="Build and measure images of the Nitro enclave.")

_SHA256 = re.compile("[0-9a-fA-F]{64}")

_JsonOption = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]


@app.command(short_help="Build the enclave image from pinned inputs.")
def build(
    output: Annotated[
        Path, typer.Option(metavar="FOLDER", help="Folder for the image and measurements.json.")
    ] = Path(),
    kernel: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="The bzImage; default: the one that `make enclave-tools` built."),
    ] = None,
    kernel_sha256: Annotated[
        str | None,
        typer.Option(
            metavar="SHA256", help="Accept this kernel instead of the pinned one; changes the PCRs."
        ),
    ] = None,
    inputs: Annotated[
        list[Path] | None,
        typer.Option(
            metavar="FOLDER",
            exists=True,
            file_okay=False,
            help="Folder with packages or wheels that need not be downloaded (repeatable).",
        ),
    ] = None,
    signing_certificate: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Sign the image (PCR8) with this PEM certificate, P-384."),
    ] = None,
    signing_key: Annotated[
        Path | None, typer.Option(metavar="FILE", help="The certificate's key, an unencrypted PEM file.")
    ] = None,
    *,
    development: Annotated[
        bool, typer.Option(help="Prove under the INSECURE development setup, for tests; bakes the CRS in.")
    ] = False,
    with_bb: Annotated[
        bool, typer.Option("--bb/--no-bb", help="Bake bb in, or let the host upload it.")
    ] = True,
    with_crs: Annotated[
        bool, typer.Option("--crs/--no-crs", help="Bake the CRS in (134 MB), or let the host upload it.")
    ] = False,
    offline: Annotated[
        bool, typer.Option(help="Do not download; every input must be on this machine.")
    ] = False,
    as_json: _JsonOption = False,
) -> None:
    """Build the enclave image from pinned inputs; the same bytes on every machine.

    SOURCE_DATE_EPOCH sets the build time in the metadata, which is not measured.
    """
    with exit_on_error(as_json=as_json):
        from tee_rex.settings.paths import Paths
        from tee_rex_server.image.build import ImageOptions

        paths = Paths.from_environment(os.environ)
        builder = _builder(paths, inputs or ())
        options = ImageOptions(
            kernel or default_kernel(paths, builder.kernel_pin.version),
            _sha256(kernel_sha256),
            development,
            with_bb,
            with_crs or development,
            _signer(signing_certificate, signing_key),
            _build_time(),
            not offline,
        )

    async def work() -> MeasurementsReport:
        with show_task_progress() as progress:
            return await builder.build(options, output, progress)

    if development:
        say(
            "This image is for tests: its trusted setup is INSECURE, and its proofs are worthless.",
            Style.WARNING,
        )
    report = run_command(work(), as_json=as_json)
    if as_json:
        typer.echo(encode_report(report), nl=False)
        return
    typer.echo(f"✓ {output / report.file}: {report.bytes / 1e6:.1f} MB")
    pcrs = {"0": report.pcrs.pcr0, "1": report.pcrs.pcr1, "2": report.pcrs.pcr2}
    _show(pcrs if report.pcrs.pcr8 is None else {**pcrs, "8": report.pcrs.pcr8}, released_as(pcrs))


@app.command(short_help="Compute the PCRs of an image.")
def measure(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="An enclave image (EIF).")],
    expect: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Fail unless the image has the PCRs in this measurements.json."),
    ] = None,
    *,
    as_json: _JsonOption = False,
) -> None:
    """Compute the PCRs of an image, as its attestation documents will show them."""
    with exit_on_error(as_json=as_json):
        expected = None if expect is None else expected_pcrs(expect)
        report = eif_report(file)
        if expected is not None and as_json:
            check_equal(report.pcrs, expected)
    if as_json:
        import msgspec

        typer.echo(msgspec.json.encode(report))
        return
    typer.echo(
        f"{report.name or 'Unnamed'} {report.version or ''}: {report.bytes / 1e6:.1f} MB".replace(" :", ":")
    )
    _show(report.pcrs, report.release)
    if expected is not None:
        with exit_on_error():
            check_equal(report.pcrs, expected)
        typer.echo(f"✓ Matches {expect}.")


def _show(pcrs: Mapping[str, str], release: str | None) -> None:
    for index, value in pcrs.items():
        typer.echo(f"  PCR{index}  {value}")
    if "8" not in pcrs:
        typer.echo("  not signed (PCR8 is zero)")
    typer.echo(
        "  not a release known to this installation: clients must approve its PCRs (--pcr0, or in the app)"
        if release is None
        else f"  released as {release}: clients accept it by default"
    )


def eif_report(file: Path) -> EifReport:
    """Read and measure a file; raises EIF_MALFORMED."""
    import mmap

    from tee_rex.attestation.eif import EifError, image_pcrs, read_eif
    from tee_rex_server.image.signature import verified_pcr8

    try:
        with open_regular(file) as stream:
            content = mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ)
    except (OSError, ValueError) as error:
        reason = str(error.strerror) if isinstance(error, OSError) else "The file is empty"
        raise errors.EIF_UNREADABLE(file=str(file), reason=reason) from error
    try:
        eif = read_eif(memoryview(content))
        measured = image_pcrs(eif)
        pcrs = {"0": measured.pcr0.hex(), "1": measured.pcr1.hex(), "2": measured.pcr2.hex()}
        if eif.signature is not None:
            pcrs["8"] = verified_pcr8(eif.signature, measured.pcr0).hex()
    except EifError as error:
        raise errors.EIF_MALFORMED(file=str(file), reason=str(error)) from error
    name, version = _name_and_version(eif.metadata)
    return EifReport(
        str(file),
        len(content),
        name,
        version,
        eif.cmdline.decode("utf-8", "backslashreplace"),
        pcrs,
        eif.signature is not None,
        released_as(pcrs),
    )


def default_kernel(paths: Paths, version: str) -> Path:
    """The path where ``make enclave-tools`` stores the pinned kernel."""
    return paths.data / "enclave-tools" / f"kernel-{version}" / "bzImage"


def _name_and_version(untrusted_metadata: bytes | None) -> tuple[str | None, str | None]:
    """Name and version from the metadata, without control characters; not measured, so not trusted."""
    import msgspec

    from tee_rex.errors.message import printable
    from tee_rex.system.untrusted import UndecodableError, decode_json

    try:
        metadata = decode_json(untrusted_metadata or b"{}", dict[str, msgspec.Raw])
        texts = [decode_json(metadata[key], str) for key in ("ImageName", "ImageVersion")]
    except (UndecodableError, KeyError):
        return None, None
    name, version = (printable(text) for text in texts)
    return name, version


def _builder(paths: Paths, given: tuple[Path, ...] | list[Path]) -> ImageBuilder:
    import platform

    from tee_rex.bb.pins import BbPins
    from tee_rex.runtime.apt import AptMachine
    from tee_rex_server.image.build import ImageBuilder
    from tee_rex_server.image.inputs import InputStore, PinnedInputs, pinned_kernel

    try:
        os_release = platform.freedesktop_os_release()
    except OSError:
        os_release = {}
    store = InputStore(paths.data / "enclave-tools" / "inputs", AptMachine(os_release), given)
    return ImageBuilder(paths, BbPins.shipped(), PinnedInputs.shipped(), store, pinned_kernel())


def _signer(certificate: Path | None, key: Path | None) -> ImageSigner | None:
    from tee_rex_server.image.signature import ImageSigner

    if certificate is None and key is None:
        return None
    if certificate is None or key is None:
        raise errors.SIGNER_INCOMPLETE()
    return ImageSigner.from_files(certificate, key)


def _sha256(text: str | None) -> str | None:
    if text is not None and not _SHA256.fullmatch(text):
        raise errors.KERNEL_DIGEST_INVALID()
    return text


def _build_time() -> int:
    text = os.environ.get("SOURCE_DATE_EPOCH", "0")
    if not (text.isascii() and text.isdigit() and len(text) <= 11):
        raise errors.BUILD_TIME_INVALID()
    return int(text)
