"""Prove private Aztec transactions: on this machine, on a server, or in a TEE.

The library is what this module names: ``import tee_rex; tee_rex.local_prover(…)``. ``docs/library.md`` shows
each in a program that runs. Everything else can be used too, but only these names are kept. They load when
first used, so ``import tee_rex`` itself costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tee_rex.attestation.builds import ExpectedPcrs
    from tee_rex.errors import AttestationError, TeeRexError
    from tee_rex.local.downloading import DownloadingInstallation
    from tee_rex.local.installation import Installation
    from tee_rex.provers import (
        Prover,
        ProverConfig,
        build_prover,
        enclave_prover,
        local_prover,
        read_request,
        remote_prover,
        this_machine,
        verify,
    )
    from tee_rex.system.progress import TaskProgress
    from tee_rex.transaction.events import (
        AttestationExamined,
        BytesSent,
        CircuitEnded,
        CircuitStarted,
        PhaseEnded,
        PhaseStarted,
        ProofEvent,
        ProofListener,
        QueuePosition,
        RetryScheduled,
    )
    from tee_rex.transaction.proof import ChonkProof
    from tee_rex.transaction.request import ProofRequest, ProofResult, ProvingMode
    from tee_rex.transaction.steps import ExecutionSteps

__version__ = "0.1.0"

__all__ = [
    "AttestationError",
    "AttestationExamined",
    "BytesSent",
    "ChonkProof",
    "CircuitEnded",
    "CircuitStarted",
    "DownloadingInstallation",
    "ExecutionSteps",
    "ExpectedPcrs",
    "Installation",
    "PhaseEnded",
    "PhaseStarted",
    "ProofEvent",
    "ProofListener",
    "ProofRequest",
    "ProofResult",
    "Prover",
    "ProverConfig",
    "ProvingMode",
    "QueuePosition",
    "RetryScheduled",
    "TaskProgress",
    "TeeRexError",
    "build_prover",
    "enclave_prover",
    "local_prover",
    "read_request",
    "remote_prover",
    "this_machine",
    "verify",
]

_MODULES = (
    "tee_rex.provers",
    "tee_rex.transaction.events",
    "tee_rex.errors",
    "tee_rex.attestation.checks",
)
"""Where the names are found, the cheapest module first."""


if not TYPE_CHECKING:

    def __getattr__(name: str) -> Any:  # noqa: ANN401  # of any type
        if name in __all__:
            for module in map(import_module, _MODULES):
                if hasattr(module, name):
                    return getattr(module, name)
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
