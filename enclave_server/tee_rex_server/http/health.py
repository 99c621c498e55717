"""``GET /health``: the fields of the original system, and how full the server is."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Literal

import msgspec

from tee_rex.attestation.provers import Prover
from tee_rex.local.threads import usable_cores

if TYPE_CHECKING:
    from tee_rex_server.proving.provers import ServedProvers
    from tee_rex_server.proving.service import ProvingService
    from tee_rex_server.tee.provider import TeeMode


class Runtime(msgspec.Struct, frozen=True):
    """Where it runs.

    hardware_concurrency: bb's threads for one proof. node_env, crs_path: null, they have no counterpart here.
    """

    hardware_concurrency: int
    available_parallelism: int
    cpu_count: int
    tee_mode: Literal["standard", "nitro"]
    node_env: str | None = None
    crs_path: str | None = None


class HealthAnswer(msgspec.Struct, frozen=True):
    """How the server is.

    ready: everything for proving is there. accepting: not shutting down. queue_limit: 429 beyond it.
    bb_hashes: the bb's that prove here.
    """

    available_versions: list[str]
    runtime: Runtime
    ready: bool
    accepting: bool
    slots: int
    slots_busy: int
    queue_length: int
    queue_limit: int
    bb_hashes: list[Prover]
    status: Literal["ok"] = "ok"
    api_version: Literal[1] = 1


def health_answer(
    service: ProvingService, provers: ServedProvers, *, ready: bool, threads_per_proof: int, tee_mode: TeeMode
) -> HealthAnswer:
    """How the server is now."""
    return HealthAnswer(
        available_versions=provers.versions,
        runtime=Runtime(
            hardware_concurrency=threads_per_proof,
            available_parallelism=usable_cores(),
            cpu_count=os.cpu_count() or 1,
            tee_mode=tee_mode,
        ),
        ready=ready,
        accepting=service.accepting,
        slots=service.slots,
        slots_busy=service.busy,
        queue_length=service.queued,
        queue_limit=service.limits.queue,
        bb_hashes=provers.listed(),
    )
