"""Flows on a real network, with keys of their own."""

from __future__ import annotations

import os
from pathlib import Path

from support.local_prover import real_installation
from support.recording_backend import RecordingBackend
from tee_rex.aztec.bridge_runtime import InstalledBridges
from tee_rex.aztec.flow import FlowOptions
from tee_rex.aztec.flow_report import FlowKind
from tee_rex.aztec.flows import AztecFlow
from tee_rex.backend import ProvingMode
from tee_rex.local.installation import Installation
from tee_rex.paths import Paths
from tee_rex.prover import Prover


def flow_on(
    url: str,
    kind: FlowKind,
    backend: RecordingBackend,
    mode: ProvingMode,
    wallet: Path,
    *,
    salt: int = 0,
) -> AztecFlow:
    """A flow with a new wallet in ``wallet``; the wallet's process is installed in the user's data folder."""
    real = real_installation()
    return AztecFlow(
        kind,
        FlowOptions(url, salt),
        Prover({mode: backend}, mode),
        Installation(Paths(wallet, wallet), real.pins),
        bridges=InstalledBridges(Paths.from_environment(os.environ)),
    )
