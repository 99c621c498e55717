"""The state of a host: ``GET /health``, and Prometheus metrics.

The health of a host has the fields of one server, summed over its enclaves, and the state of each. Enclaves
have metrics of their own (``/metrics/enclaves/{name}``).
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import msgspec
from prometheus_client import Counter, Gauge

from tee_rex.wire.protocol import STREAM_FEATURE
from tee_rex_server.http.monitoring import HealthAnswer, RequestMetrics, Runtime
from tee_rex_server.proxy.enclaves import EnclaveState

if TYPE_CHECKING:
    from tee_rex_server.proxy.enclaves import Enclave, Fleet


class EnclaveHealth(msgspec.Struct, frozen=True):
    """One enclave; its numbers are 0 while it is unreachable.

    draining: gets no new clients. requests: in flight from this host.
    """

    name: str
    state: EnclaveState
    draining: bool
    ready: bool
    slots: int
    slots_busy: int
    queue_length: int
    requests: int


class ProxyHealthAnswer(HealthAnswer, frozen=True, kw_only=True):
    """State and load of a host and its enclaves.

    enclave: whether at least one answers. ready: at least one can prove. accepting: at least one accepts
    proofs, and the host is not shutting down. runtime: of the first enclave that answers; of the host when
    none does.
    """

    enclave: EnclaveState
    enclaves: list[EnclaveHealth]


def proxy_health(fleet: Fleet, *, accepting: bool) -> ProxyHealthAnswer:
    """The state at the last poll."""
    known = [enclave.health for enclave in fleet.enclaves if enclave.health is not None]
    provers = dict.fromkeys(prover for health in known for prover in health.bb_hashes)
    return ProxyHealthAnswer(
        enclave="ok" if known else "unreachable",
        available_versions=list(dict.fromkeys(prover.version for prover in provers)),
        bb_hashes=list(provers),
        features=tuple(
            feature
            for feature in (STREAM_FEATURE,)  # those that this host forwards
            if known and all(feature in health.features for health in known)
        ),
        runtime=known[0].runtime if known else Runtime.here(0, "nitro"),
        ready=any(health.ready for health in known),
        accepting=accepting and any(health.accepting for health in known),
        slots=sum(health.slots for health in known),
        slots_busy=sum(health.slots_busy for health in known),
        queue_length=sum(health.queue_length for health in known),
        queue_limit=sum(health.queue_limit for health in known),
        enclaves=[_enclave_health(enclave) for enclave in fleet.enclaves],
    )


def _enclave_health(enclave: Enclave) -> EnclaveHealth:
    health = enclave.health
    return EnclaveHealth(
        name=enclave.name,
        state=enclave.state,
        draining=enclave.draining,
        ready=health is not None and health.ready,
        slots=health.slots if health else 0,
        slots_busy=health.slots_busy if health else 0,
        queue_length=health.queue_length if health else 0,
        requests=enclave.requests,
    )


class ProxyMetrics(RequestMetrics):
    """All metrics of one host."""

    def __init__(self) -> None:
        super().__init__()
        self._failures = Counter(
            "tee_rex_enclave_failures",
            "Requests without a complete answer from the enclave",
            ("enclave",),
            registry=self._registry,
        )

    def watch(self, fleet: Fleet) -> None:
        """Add gauges of the enclaves' state."""
        for name, text, read in (
            ("tee_rex_enclave_up", "Whether the enclave answers", _up),
            ("tee_rex_enclave_requests", "Requests in flight to the enclave", _requests),
            ("tee_rex_enclave_keys", "Keys that the enclave has had; one more at each restart", _starts),
        ):
            gauge = Gauge(name, text, ("enclave",), registry=self._registry)
            for enclave in fleet.enclaves:
                gauge.labels(enclave.name).set_function(partial(read, enclave))

    def enclave_failed(self, name: str) -> None:
        """Count a request without a complete answer from the enclave."""
        self._failures.labels(name).inc()


def _up(enclave: Enclave) -> float:
    return float(enclave.state == "ok")


def _requests(enclave: Enclave) -> float:
    return enclave.requests


def _starts(enclave: Enclave) -> float:
    return enclave.starts
