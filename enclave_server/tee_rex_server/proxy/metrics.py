"""The host's counters for Prometheus; each enclave has its own (``/metrics/enclaves/{name}``)."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from prometheus_client import Counter, Gauge

from tee_rex_server.http.monitoring import RequestMetrics

if TYPE_CHECKING:
    from tee_rex_server.proxy.enclaves import Enclave, Fleet


def _up(enclave: Enclave) -> float:
    return float(enclave.state == "ok")


class ProxyMetrics(RequestMetrics):
    """All metrics of one proxy."""

    def __init__(self) -> None:
        super().__init__()
        self._failures = Counter(
            "tee_rex_enclave_failures",
            "Requests that an enclave did not answer, or not to their end",
            ("enclave",),
            registry=self._registry,
        )

    def watch(self, fleet: Fleet) -> None:
        """Show how the enclaves are."""
        up = Gauge("tee_rex_enclave_up", "Whether the enclave answers", ("enclave",), registry=self._registry)
        exchanges = Gauge(
            "tee_rex_enclave_requests",
            "Requests that the enclave is answering now",
            ("enclave",),
            registry=self._registry,
        )
        starts = Gauge(
            "tee_rex_enclave_keys",
            "Keys that the enclave has had; one more for each restart",
            ("enclave",),
            registry=self._registry,
        )
        for enclave in fleet.enclaves:
            up.labels(enclave.name).set_function(partial(_up, enclave))
            exchanges.labels(enclave.name).set_function(partial(getattr, enclave, "exchanges"))
            starts.labels(enclave.name).set_function(partial(getattr, enclave, "generation"))

    def enclave_failed(self, name: str) -> None:
        """Count a request that an enclave left without a whole answer."""
        self._failures.labels(name).inc()
