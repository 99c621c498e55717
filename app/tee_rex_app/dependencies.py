"""What the application takes from its environment."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cryptography.x509 import Certificate

from tee_rex.attestation.roots import aws_nitro_root
from tee_rex.aztec.flows.interface import Flow, FlowOptions
from tee_rex.aztec.flows.report import FlowKind
from tee_rex.aztec.flows.runner import AztecFlow
from tee_rex.local.downloading import DownloadingInstallation
from tee_rex.provers import Prover, ProverConfig, make_backend
from tee_rex.settings.file import ApprovedBuild
from tee_rex.settings.paths import Paths
from tee_rex.transaction.request import ProverBackend, ProvingMode


@dataclass(frozen=True, slots=True)
class Dependencies:
    """The injected environment; tests replace parts of it.

    clock: seconds, monotonic. now: the time of day, with its zone. make_backend: makes the backend of a mode.
    approved_builds: the bundled ones. attestation_root: the only trust anchor. flow: makes a flow.
    site_ports: where websites are listened for, HTTP and HTTPS; 0 for any. on_bug: called with unhandled
    exceptions; None shows them in the window. show_in_folder: shows a file in the file manager.
    """

    paths: Paths
    environ: Mapping[str, str]
    clock: Callable[[], float]
    now: Callable[[], datetime]
    make_backend: Callable[[ProverConfig, ProvingMode], ProverBackend] = make_backend
    approved_builds: tuple[ApprovedBuild, ...] = ()
    attestation_root: Callable[[], Certificate] = aws_nitro_root
    flow: Callable[[FlowKind, FlowOptions, Prover, DownloadingInstallation], Flow] = AztecFlow
    site_ports: tuple[int, int] = (59833, 59834)
    on_bug: Callable[[BaseException], None] | None = None
    show_in_folder: Callable[[Path], object] = lambda _file: None
