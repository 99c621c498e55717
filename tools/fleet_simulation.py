#!/usr/bin/env python3
"""How long clients of a fleet wait, by the number of provers and how busy they are.

Beyond what one machine can try. Times are measured ones: a proof takes 15.3 s in a slot of two threads, or
25.5 s in each of two slots of one thread (the account deployment of 11 circuits, on 2 cores). Handing a slot
over takes 0.3 s: the key, its attestation, encryption, and the upload. Tickets are served in order, as by
fairness among clients with one ticket each.
"""

from __future__ import annotations

import heapq
import random
import statistics
from dataclasses import dataclass

WIDE_SECONDS = 15.3
NARROW_SECONDS = 25.5
HAND_OVER_SECONDS = 0.3
TRANSACTIONS = 11
"""Of the database for one ticket, measured."""
TICKETS = 20_000


@dataclass(frozen=True, slots=True)
class Outcome:
    """Waits in seconds, by percentile; busy: share of the time in which a slot proves; longest line."""

    p50: float
    p95: float
    p99: float
    busy: float
    longest: int


def simulated(slots: int, seconds: float, arrivals: list[float]) -> Outcome:
    """Clients that arrive at these times, in order."""
    free = [0.0] * slots
    heapq.heapify(free)
    waits: list[float] = []
    starts: list[float] = []
    for arrival in arrivals:
        start = max(arrival, heapq.heappop(free))
        waits.append(start - arrival)
        starts.append(start)
        heapq.heappush(free, start + HAND_OVER_SECONDS + seconds)
    longest = waiting = 0
    events = sorted(
        [(time, 1) for time in arrivals] + [(time, -1) for time in starts], key=lambda e: (e[0], -e[1])
    )
    for _, change in events:
        waiting += change
        longest = max(longest, waiting)
    cuts = statistics.quantiles(waits, n=100)
    return Outcome(cuts[49], cuts[94], cuts[98], len(arrivals) * seconds / (slots * max(free)), longest)


def poisson(rate: float, generator: random.Random) -> list[float]:
    """Arrivals at a constant rate a second."""
    times: list[float] = []
    now = 0.0
    for _ in range(TICKETS):
        now += generator.expovariate(rate)
        times.append(now)
    return times


def bursts(rate: float, generator: random.Random) -> list[float]:
    """The same rate on average, but three times as much for one minute of every six, and 0.6 of it else."""
    times: list[float] = []
    now = 0.0
    while len(times) < TICKETS:
        now += generator.expovariate(rate * 3)
        if now % 360 < 60 or generator.random() < 0.2:
            times.append(now)
    return times


def seeded() -> random.Random:
    """The same arrivals each time."""
    return random.Random(18)  # noqa: S311  # a simulation


def main() -> None:
    """Print the tables."""
    print("| provers | load | arrivals | p50 | p95 | p99 | busy | longest line | transactions/s |")
    print("|---|---|---|---|---|---|---|---|---|")
    for provers in (10, 100, 1000):
        for load in (0.7, 0.9, 0.98):
            rate = load * provers / (WIDE_SECONDS + HAND_OVER_SECONDS)
            for name, arrivals in (("Poisson", poisson), ("bursts", bursts)):
                one = simulated(provers, WIDE_SECONDS, arrivals(rate, seeded()))
                print(
                    f"| {provers} | {load:.0%} | {name} | {one.p50:.1f} s | {one.p95:.1f} s |"
                    f" {one.p99:.1f} s | {one.busy:.0%} | {one.longest} | {rate * TRANSACTIONS:.0f} |"
                )
    print(
        "\n| 100 provers of 2 cores | load of wide slots | wait p95 + proof, 1 wide | 2 narrow |"
        "\n|---|---|---|---|"
    )
    for load in (0.5, 0.8, 0.9, 1.0, 1.1, 1.19):
        rate = load * 100 / (WIDE_SECONDS + HAND_OVER_SECONDS)
        times = poisson(rate, seeded())
        wide = simulated(100, WIDE_SECONDS, times).p95 + WIDE_SECONDS
        narrow = simulated(200, NARROW_SECONDS, times).p95 + NARROW_SECONDS
        print(f"| 100 | {load:.0%} | {wide:.1f} s | {narrow:.1f} s |")


if __name__ == "__main__":
    main()
