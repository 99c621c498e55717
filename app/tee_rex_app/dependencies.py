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
from tee_rex.updates.client import UpdateClient
from tee_rex.updates.pins import current_builds
from tee_rex.updates.source import UpdateSource


def _of_releases(paths: Paths, source: UpdateSource | None) -> tuple[ApprovedBuild, ...]:
    return tuple(build.approved() for build in current_builds(paths, source))


@dataclass(frozen=True, slots=True)
class Dependencies:
    """The injected environment; tests replace parts of it.

    clock: seconds, monotonic. now: the time of day, with its zone. make_backend: makes the backend of a mode.
    updates: the updates of this installation; raises NO_UPDATE_SOURCE. approved_builds: those of releases, by
    what was signed and revoked since; blocking. attestation_root: the only trust anchor. flow: makes one.
    site_ports: where websites are listened for, HTTP and HTTPS; 0 for any. on_bug: called with unhandled
    exceptions; None shows them in the window. show_in_folder: shows a file in the file manager.
    """

    paths: Paths
    environ: Mapping[str, str]
    clock: Callable[[], float]
    now: Callable[[], datetime]
    make_backend: Callable[[ProverConfig, ProvingMode], ProverBackend] = make_backend
    updates: Callable[[Paths], UpdateClient] = UpdateClient.this
    approved_builds: Callable[[Paths, UpdateSource | None], tuple[ApprovedBuild, ...]] = _of_releases
    attestation_root: Callable[[], Certificate] = aws_nitro_root
    flow: Callable[[FlowKind, FlowOptions, Prover, DownloadingInstallation], Flow] = AztecFlow
    site_ports: tuple[int, int] = (59833, 59834)
    on_bug: Callable[[BaseException], None] | None = None
    show_in_folder: Callable[[Path], object] = lambda _file: None
