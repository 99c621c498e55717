"""Counters for Prometheus; nothing in them tells of a client or of a transaction."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from starlette.responses import Response

if TYPE_CHECKING:
    from tee_rex_server.proving.service import ProvingService

_PROOF_SECONDS = (1, 2, 5, 10, 15, 20, 30, 45, 60, 120, 300, 600)
_REQUEST_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 1, 5, 10, 20, 30, 60, 120, 300, 600)


class RequestMetrics:
    """What every process counts that answers HTTP, in a registry of its own."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        ProcessCollector(registry=self._registry)
        self._requests = Counter(
            "tee_rex_requests",
            "Answered requests; status 499: the client left before the answer",
            ("route", "method", "status"),
            registry=self._registry,
        )
        self._request_seconds = Histogram(
            "tee_rex_request_seconds",
            "From a request's head to the end of its answer",
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
            "Proofs that had a slot; outcome: done, cancelled, or the code of an error",
            ("outcome",),
            registry=self._registry,
        )
        self._proof_seconds = Histogram(
            "tee_rex_proof_seconds",
            "Time in a slot of proofs that were made",
            buckets=_PROOF_SECONDS,
            registry=self._registry,
        )

    def watch(self, service: ProvingService) -> None:
        """Show how full a service is."""
        for name, text, read in (
            ("tee_rex_slots", "Proofs that can run at the same time", lambda: service.slots),
            ("tee_rex_slots_busy", "Proofs that run now", lambda: service.busy),
            ("tee_rex_queue_length", "Requests that wait for a slot", lambda: service.queued),
        ):
            Gauge(name, text, registry=self._registry).set_function(read)

    def proof_ended(self, outcome: str, seconds: float) -> None:
        """Count one proof."""
        self._proofs.labels(outcome).inc()
        if outcome == "done":
            self._proof_seconds.observe(seconds)
