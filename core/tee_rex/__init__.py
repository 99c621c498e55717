"""Prove private Aztec transactions: on this machine, on a server, or in a TEE.

The library is what this module names: ``import tee_rex; tee_rex.local_prover(…)``. ``docs/library.md`` shows
each in a program that runs. Everything else can be used too, but only these names are kept. They load when
first used, so ``import tee_rex`` itself costs nothing.
"""

from __future__ import annotations

from importlib import import_module

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
    "FinalProofStarted",
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
    "ServerAnswered",
    "ServerSilent",
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
    "tee_rex.attestation.builds",
)
"""Where the names are found, the cheapest module first."""


def __getattr__(name: str) -> object:
    if name in __all__:
        for module in map(import_module, _MODULES):
            if hasattr(module, name):
                return getattr(module, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
