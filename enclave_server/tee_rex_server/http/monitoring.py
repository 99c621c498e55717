"""How a server is: ``GET /health``, and Prometheus metrics. Neither reveals clients or transactions."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Literal

import msgspec
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from starlette.responses import Response

from tee_rex.attestation.provers import Prover
from tee_rex.system.threads import usable_cores
from tee_rex.wire.protocol import STREAM_FEATURE, TeeMode

if TYPE_CHECKING:
    from tee_rex_server.proving.provers import ServedProvers
    from tee_rex_server.proving.service import ProvingService

_PROOF_SECONDS = (1, 2, 5, 10, 15, 20, 30, 45, 60, 120, 300, 600)
_REQUEST_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 1, 5, 10, 20, 30, 60, 120, 300, 600)


class Runtime(msgspec.Struct, frozen=True):
    """Where the server runs, with the fields and types of the original system.

    hardware_concurrency: bb's threads for one proof, in decimal. node_env, crs_path: variables of the
    original, "unset" here as there.
    """

    hardware_concurrency: str
    available_parallelism: int
    cpu_count: int
    tee_mode: TeeMode
    node_env: str = "unset"
    crs_path: str = "unset"

    @classmethod
    def here(cls, threads_per_proof: int, tee_mode: TeeMode) -> Runtime:
        """Of a server on this machine."""
        return cls(str(threads_per_proof), usable_cores(), os.cpu_count() or 1, tee_mode)


class HealthAnswer(msgspec.Struct, frozen=True):
    """State and load of the server, with the fields of the original system and more.

    ready: everything that proving needs is installed. accepting: not shutting down. queue_limit: requests
    beyond it get status 429. bb_hashes: version and SHA-256 of each bb that proves. features: what servers of
    other versions may lack; "stream": steps in parts, while they are made.
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
    features: tuple[str, ...] = ()
    status: Literal["ok"] = "ok"
    api_version: Literal[1] = 1


def health_answer(
    service: ProvingService, provers: ServedProvers, *, ready: bool, threads_per_proof: int, tee_mode: TeeMode
) -> HealthAnswer:
    """The server's present state."""
    return HealthAnswer(
        available_versions=provers.versions,
        runtime=Runtime.here(threads_per_proof, tee_mode),
        ready=ready,
        accepting=service.accepting,
        slots=service.slots,
        slots_busy=service.busy,
        queue_length=service.queued,
        queue_limit=service.limits.queue,
        bb_hashes=provers.listed(),
        features=(STREAM_FEATURE,),
    )


class RequestMetrics:
    """The metrics of any HTTP service, in a registry of its own."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        ProcessCollector(registry=self._registry)
        self._requests = Counter(
            "tee_rex_requests",
            "Answered requests; status 499: the client closed the connection before the answer",
            ("route", "method", "status"),
            registry=self._registry,
        )
        self._request_seconds = Histogram(
            "tee_rex_request_seconds",
            "Time from a request's head to the end of its answer",
            ("route",),
            buckets=_REQUEST_SECONDS,
            registry=self._registry,
        )

    def request_ended(self, route: str, method: str, status: int, seconds: float) -> None:
        """Count one request."""
        self._requests.labels(route, method, status).inc()
        self._request_seconds.labels(route).observe(seconds)

    def response(self) -> Response:
        """The metrics in Prometheus' text format."""
        return Response(generate_latest(self._registry), headers={"Content-Type": CONTENT_TYPE_LATEST})


class Metrics(RequestMetrics):
    """All metrics of one proving server."""

    def __init__(self) -> None:
        super().__init__()
        self._proofs = Counter(
            "tee_rex_proofs",
            "Proofs that got a slot; outcome: done, cancelled, or an error code",
            ("outcome",),
            registry=self._registry,
        )
        self._proof_seconds = Histogram(
            "tee_rex_proof_seconds",
            "Time that successful proofs spent in a slot",
            buckets=_PROOF_SECONDS,
            registry=self._registry,
        )

    def watch(self, service: ProvingService) -> None:
        """Add gauges of the service's load."""
        for name, text, read in (
            ("tee_rex_slots", "Proofs that can run at once", lambda: service.slots),
            ("tee_rex_slots_busy", "Proofs that are running", lambda: service.busy),
            ("tee_rex_queue_length", "Requests that are waiting for a slot", lambda: service.queued),
        ):
            Gauge(name, text, registry=self._registry).set_function(read)

    def proof_ended(self, outcome: str, seconds: float) -> None:
        """Count one proof."""
        self._proofs.labels(outcome).inc()
        if outcome == "done":
            self._proof_seconds.observe(seconds)
