"""Building an enclave image and its measurements from pinned inputs."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec

from tee_rex.attestation.eif import Eif, image_pcrs
from tee_rex.bb.install import downloading_store
from tee_rex.crs.crs import MIN_POINTS, CrsPins
from tee_rex.crs.provision import ensure_crs, ensure_development_bb
from tee_rex.system.files import PrivateFolder, disk_errors, open_regular, remove_abandoned, replacing
from tee_rex.system.platform import Platform
from tee_rex.system.progress import TaskProgress
from tee_rex.system.threads import Checkpoint, finish_in_thread, in_thread
from tee_rex.transaction.trusted_setup import TrustedSetup
from tee_rex_server import __version__
from tee_rex_server.errors import image as errors
from tee_rex_server.image.eif import eif_parts
from tee_rex_server.image.guest_modules import guest_digest
from tee_rex_server.image.initramfs import initramfs
from tee_rex_server.image.inputs import PinnedPackage
from tee_rex_server.image.report import (
    MeasurementsReport,
    ReportedInput,
    ReportedPcrs,
    SectionSizes,
    encode_report,
)
from tee_rex_server.image.rootfs import Provision, ramdisk_trees
from tee_rex_server.proving.provers import ServedProvers

if TYPE_CHECKING:
    from tee_rex.bb.pins import BbPins
    from tee_rex.bb.store import BbExecutable
    from tee_rex.crs.crs import ChunkPin
    from tee_rex.settings.paths import Paths
    from tee_rex.system.progress import ProgressListener
    from tee_rex_server.image.inputs import InputStore, Pinned, PinnedInputs, PinnedKernel
    from tee_rex_server.image.report import InputKind
    from tee_rex_server.image.signature import ImageSigner

CMDLINE: Final = b"reboot=k panic=-1 console=ttyS0 quiet random.trust_cpu=on rdinit=/init"
"""Measured. As nitro-cli's, without what other kernels need; panic=-1: an enclave that panics ends."""
MEASUREMENTS_FILE: Final = "measurements.json"

_BUILD_TOOL: Final = "tee-rex-server"
_STEPS: Final = 4
_MAX_KERNEL_BYTES: Final = 1 << 28
_FOLDER_PREFIX: Final = "tee-rex-image-"


@dataclass(frozen=True, slots=True)
class ImageOptions:
    """The operator's decisions.

    kernel: a bzImage. kernel_sha256: accept exactly this kernel instead of the pinned one. development: a
    prover under the INSECURE development setup, for tests. with_bb, with_crs: bake them in; otherwise the
    host uploads them, and the image accepts only digests that it lists. built_at: seconds since 1970, for
    the metadata.
    """

    kernel: Path
    kernel_sha256: str | None = None
    development: bool = False
    with_bb: bool = True
    with_crs: bool = False
    signer: ImageSigner | None = None
    built_at: int = 0
    allow_download: bool = True

    @property
    def setup(self) -> TrustedSetup:
        """The trusted setup that the image proves under."""
        return TrustedSetup.DEVELOPMENT if self.development else TrustedSetup.GENUINE

    @property
    def name(self) -> str:
        """The image's name, which tells test images from a release's."""
        return "tee-rex-development" if self.development else "tee-rex"


@dataclass(frozen=True, slots=True)
class ImageBuilder:
    """Builds images.

    1. Read the kernel and compare it with its pin.
    2. Load the pinned packages and wheels, downloading what is missing, and the bb and CRS to bake in.
    3. Compose the two root file systems, compiling all modules with the image's own Python.
    4. Pack them as ramdisks, compute the PCRs, sign PCR0 if asked to.
    5. Write the image and measurements.json.
    """

    paths: Paths
    bb_pins: BbPins
    inputs: PinnedInputs
    input_store: InputStore
    kernel_pin: PinnedKernel

    async def build(
        self, options: ImageOptions, folder: Path, progress: ProgressListener
    ) -> MeasurementsReport:
        """Write ``<name>-<version>.eif`` and measurements.json into ``folder``; leaves nothing unfinished.

        Raises the entries of ``errors.image``, what installing bb and the CRS raises, DISK_FULL.
        """
        if Platform.current() is not Platform.AMD64_LINUX:
            raise errors.IMAGE_PLATFORM(platform=Platform.current())
        with _output_errors(folder):
            await asyncio.to_thread(_check_output, folder)
        kernel, kernel_input = await asyncio.to_thread(self._kernel, options)
        inputs = await self.input_store.load(self.inputs, progress, allow_download=options.allow_download)
        provision = await self._provision(options, progress)

        def step(number: int) -> None:
            progress(TaskProgress("image.build", "Building the image", number, _STEPS, "steps"))

        step(0)
        with _temporary_errors(), PrivateFolder(_FOLDER_PREFIX) as temporary:
            await finish_in_thread(remove_abandoned, _FOLDER_PREFIX, temporary.parent)
            trees = await ramdisk_trees(self.inputs.python, inputs, provision, temporary)
        step(1)
        ramdisks = await finish_in_thread(lambda: tuple(initramfs(tree) for tree in trees))
        eif = Eif(kernel, CMDLINE, ramdisks, _metadata(options, self.kernel_pin.version))
        step(2)
        pcrs = await finish_in_thread(image_pcrs, eif)
        signer = options.signer
        if signer is not None:
            eif = replace(eif, signature=signer.section(pcrs.pcr0))
        step(3)
        reported = ReportedPcrs(
            pcrs.pcr0.hex(), pcrs.pcr1.hex(), pcrs.pcr2.hex(), None if signer is None else signer.pcr8.hex()
        )
        file = folder / f"{options.name}-{__version__}.eif"
        with _output_errors(folder):
            size, digest = await in_thread(partial(_write, file, eif))
            report = MeasurementsReport(
                options.name,
                __version__,
                file.name,
                size,
                digest,
                tuple(sorted(provision.setups)),
                CMDLINE.decode(),
                reported,
                SectionSizes(len(kernel), tuple(len(ramdisk) for ramdisk in ramdisks)),
                (kernel_input, *_reported_inputs(inputs, provision)),
            )
            await asyncio.to_thread(_write_report, folder / MEASUREMENTS_FILE, report)
        step(_STEPS)
        return report

    def _kernel(self, options: ImageOptions) -> tuple[bytes, ReportedInput]:
        try:
            with open_regular(options.kernel) as file:
                kernel = file.read(_MAX_KERNEL_BYTES)
        except OSError as error:
            raise errors.KERNEL_MISSING(kernel=str(options.kernel), reason=str(error.strerror)) from error
        digest = sha256(kernel).hexdigest()
        expected = options.kernel_sha256 or self.kernel_pin.sha256
        if digest != expected.lower():
            raise errors.KERNEL_NOT_PINNED(kernel=str(options.kernel), sha256=digest, expected=expected)
        version = self.kernel_pin.version if digest == self.kernel_pin.sha256 else "other"
        return kernel, ReportedInput("kernel", "bzImage", version, digest)

    async def _provision(self, options: ImageOptions, progress: ProgressListener) -> Provision:
        executables = []
        if options.with_bb:
            for executable in await self._executables(options, progress):
                content = await asyncio.to_thread(executable.path.read_bytes)
                if sha256(content).hexdigest() != executable.sha256:
                    raise RuntimeError("bb changed after it was checked")
                executables.append((executable, content))
        chunks: list[tuple[TrustedSetup, ChunkPin, bytes]] = []
        if options.with_crs:
            setup = options.setup
            pins = CrsPins.shipped(setup)
            points = pins.max_points if setup is TrustedSetup.GENUINE else MIN_POINTS
            crs = await ensure_crs(self.paths, setup, points, progress, allow_download=options.allow_download)
            chunks = [(setup, chunk, bytes(crs.g1[chunk.place])) for chunk in pins.chunks(points)]
        return Provision(frozenset((options.setup,)), executables, chunks)

    async def _executables(self, options: ImageOptions, progress: ProgressListener) -> list[BbExecutable]:
        """The bb of every version that an enclave serves."""
        served = ServedProvers.pinned(self.bb_pins, {options.setup}, Platform.AMD64_LINUX)
        versions = [version for version, _setup in served.digests]
        if options.development:
            return [
                await ensure_development_bb(
                    self.paths, self.bb_pins, version, progress, allow_download=options.allow_download
                )
                for version in versions
            ]
        store = downloading_store(self.paths, self.bb_pins)
        if options.allow_download:
            return [await store.install(version, progress) for version in versions]
        return [await store.find(version, TrustedSetup.GENUINE) for version in versions]


def _metadata(options: ImageOptions, kernel_version: str) -> bytes:
    """What ``nitro-cli describe-eif`` shows; not measured, so nothing may rely on it."""
    built_at = datetime.fromtimestamp(options.built_at, UTC).isoformat()
    return msgspec.json.encode(
        {
            "ImageName": options.name,
            "ImageVersion": __version__,
            "BuildMetadata": {
                "BuildTime": built_at,
                "BuildTool": _BUILD_TOOL,
                "BuildToolVersion": __version__,
                "OperatingSystem": "Debian trixie",
                "KernelVersion": kernel_version,
            },
            "DockerInfo": {},
            "CustomMetadata": None,
        }
    )


def _reported_inputs(inputs: Mapping[Pinned, bytes], provision: Provision) -> Iterator[ReportedInput]:
    for pinned in inputs:
        kind: InputKind = "package" if isinstance(pinned, PinnedPackage) else "wheel"
        yield ReportedInput(kind, pinned.name, pinned.version, pinned.sha256)
    yield ReportedInput("own", "tee-rex, tee-rex-server", __version__, guest_digest())
    for executable, _content in provision.executables:
        yield ReportedInput("bb", f"bb ({executable.setup})", str(executable.version), executable.sha256)
    for setup, chunk, _content in provision.chunks:
        yield ReportedInput("crs", f"chunk {chunk.index} ({setup})", "", chunk.sha256)


def _write(file: Path, eif: Eif, checkpoint: Checkpoint) -> tuple[int, str]:
    """Write the whole file or none; its size and SHA-256."""
    file.parent.mkdir(parents=True, exist_ok=True)
    digest = sha256()
    with replacing(file) as unfinished, unfinished.open("wb") as stream:
        for part in eif_parts(eif):
            checkpoint(stream.tell())
            stream.write(part)
            digest.update(part)
        size = stream.tell()
    return size, digest.hexdigest()


def _write_report(file: Path, report: MeasurementsReport) -> None:
    with replacing(file) as unfinished:
        unfinished.write_bytes(encode_report(report))


def _check_output(folder: Path) -> None:
    """Check that files can be written, before all the work; raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryFile(dir=folder):
        pass


@contextmanager
def _output_errors(folder: Path) -> Iterator[None]:
    try:
        with disk_errors(folder, full=errors.OUTPUT_FULL, not_writable=errors.IMAGE_OUTPUT_UNUSABLE):
            yield
    except OSError as error:
        raise errors.IMAGE_OUTPUT_UNUSABLE(folder=str(folder), reason=str(error.strerror)) from error


@contextmanager
def _temporary_errors() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise errors.IMAGE_TEMPORARY_FOLDER(
            folder=tempfile.gettempdir(), reason=str(error.strerror)
        ) from error
