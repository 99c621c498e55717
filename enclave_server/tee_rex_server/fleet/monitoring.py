"""How a fleet is: ``GET /health`` of a dispatcher, and Prometheus metrics; neither reveals clients."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
from prometheus_client import Gauge

from tee_rex.attestation.provers import Prover
from tee_rex.wire.protocol import STREAM_FEATURE, TeeMode
from tee_rex.wire.tickets import TICKETS_FEATURE
from tee_rex_server.http.monitoring import HealthAnswer, Runtime
from tee_rex_server.proxy.monitoring import ProxyMetrics

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tee_rex_server.fleet.database import Database
    from tee_rex_server.fleet.provers import RegisteredProver


class FleetProver(msgspec.Struct, frozen=True):
    """One prover. tickets: that it holds a slot for. others: requests there that came without tickets."""

    name: str
    accepting: bool
    slots: int
    tickets: int
    others: int


class FleetHealthAnswer(HealthAnswer, frozen=True, kw_only=True):
    """State and load of a fleet, with the fields of one server, summed over its provers.

    queue_length: tickets that wait. backlog_seconds: how long the provers need for them: the signal to add
    and remove provers; None where nothing is known.
    """

    backlog_seconds: float | None
    provers: list[FleetProver]


class FleetLoad(msgspec.Struct, frozen=True):
    """What the database says. waiting, ready, proving: numbers of tickets. usual: seconds of a proof."""

    waiting: int
    ready: int
    proving: int
    usual: float | None
    slots: int

    @property
    def backlog_seconds(self) -> float | None:
        """Seconds in which the provers would prove all that wait."""
        return (
            None if self.usual is None or not self.slots else round(self.waiting * self.usual / self.slots, 1)
        )


async def fleet_load(database: Database) -> FleetLoad:
    """The load now; raises DATABASE_UNAVAILABLE."""
    row: dict[str, Any] = await database.row(_LOAD) or {}
    return FleetLoad(**row)


def fleet_health(
    provers: Sequence[RegisteredProver], load: FleetLoad, *, queue_limit: int, accepting: bool
) -> FleetHealthAnswer:
    """The fleet's present state."""
    open_ones = [one for one in provers if one.accepting]
    bb = dict.fromkeys(Prover(each.version, each.sha256) for one in open_ones for each in one.bb)
    versions = dict.fromkeys(version for one in open_ones for version in one.versions)
    mode: TeeMode = "nitro" if any(one.tee_mode == "nitro" for one in provers) else "standard"
    return FleetHealthAnswer(
        available_versions=list(versions),
        runtime=Runtime.here(0, mode),
        ready=bool(open_ones),
        accepting=accepting,
        slots=sum(one.slots for one in open_ones),
        slots_busy=sum(one.held + one.others for one in provers),
        queue_length=load.waiting,
        queue_limit=queue_limit,
        bb_hashes=list(bb),
        features=(STREAM_FEATURE, TICKETS_FEATURE),
        backlog_seconds=load.backlog_seconds,
        provers=[FleetProver(one.name, one.accepting, one.slots, one.held, one.others) for one in provers],
    )


class FleetMetrics(ProxyMetrics):
    """All metrics of one dispatcher; those of the fleet are as of the last scrape."""

    def __init__(self) -> None:
        super().__init__()
        self._gauges = {
            name: Gauge(f"tee_rex_fleet_{name}", text, registry=self._registry)
            for name, text in (
                ("tickets_waiting", "Tickets that wait for a prover"),
                ("tickets_ready", "Tickets whose prover waits for the request"),
                ("tickets_proving", "Tickets whose request was sent to a prover"),
                ("slots", "Proofs that the provers can make at once"),
                ("usual_seconds", "What the last proofs took"),
                ("backlog_seconds", "What the provers need for all that waits: add provers when it grows"),
                ("watchers", "Tickets that somebody watches at this dispatcher"),
            )
        }

    def show(self, load: FleetLoad, watchers: int) -> None:
        """Set the gauges."""
        for name, value in (
            ("tickets_waiting", load.waiting),
            ("tickets_ready", load.ready),
            ("tickets_proving", load.proving),
            ("slots", load.slots),
            ("usual_seconds", load.usual or 0),
            ("backlog_seconds", load.backlog_seconds or 0),
            ("watchers", watchers),
        ):
            self._gauges[name].set(value)


_LOAD = """
SELECT count(*) FILTER (WHERE j.status = 'todo') AS waiting,
    count(*) FILTER (WHERE j.status = 'doing' AND t.sent IS NULL) AS ready,
    count(*) FILTER (WHERE j.status = 'doing' AND t.sent IS NOT NULL) AS proving,
    (SELECT coalesce(sum(slots), 0)::int FROM tee_rex_provers WHERE accepting) AS slots,
    (SELECT seconds FROM tee_rex_usual) AS usual
FROM tee_rex_tickets t JOIN procrastinate_jobs j ON j.id = t.job WHERE t.ended IS NULL
"""
