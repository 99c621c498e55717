"""``make bench``: run every benchmark and write docs/performance.md, or only the parts that are named.

Ratios are what counts: absolute times are of the machine that is named, on the day that is named.
"""

from __future__ import annotations

import asyncio
import platform
import sys
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeAlias

import psutil

from benchmarks import (
    app_responsiveness,
    attestation_verify,
    aztec_flow,
    browser_client,
    browser_listener,
    enclave_boot,
    fleet,
    local_proving,
    openpgp_throughput,
    packages,
    proxy_overhead,
    remote_overhead,
    server_load,
    streaming,
    ultra_honk,
    versions,
)

Figures: TypeAlias = Mapping[str, float]
PAGE = Path(__file__).parents[2] / "docs" / "performance.md"


@dataclass(frozen=True, slots=True)
class Part:
    """One table: what is measured, and the limits that its figures are held against."""

    title: str
    measure: Callable[[], Figures | Coroutine[None, None, Figures]]
    limits: Mapping[str, str]


PARTS = {
    "local": Part(
        "Local proving (recorded account deployment, 11 circuits, 2.2 MB)",
        local_proving.measure,
        {
            "tee_rex_over_bb_prove": "≤ 1.05",
            "wall_over_bb_own_computing": "≤ 1.03",
            "first_event_ms": "< 300",
            "python_peak_mb_above_input": "< 120",
        },
    ),
    "ultra-honk": Part(
        "Noir circuits (bb 5.0.0, which computes the key and verifies; warm: a bb that runs already)",
        ultra_honk.measure,
        {
            "evm_2_16_rows_over_bb_prove": "≤ 1.05",
            "noir_rollup_2_16_rows_over_bb_prove": "≤ 1.05",
        },
    ),
    "versions": Part(
        "Aztec versions (the account deployment; one mock transaction of 7 circuits, compiled for v4 and v5)",
        versions.measure,
        {},
    ),
    "openpgp": Part("OpenPGP, 50 MB", openpgp_throughput.measure, {}),
    "attestation": Part(
        "Attestation documents", attestation_verify.measure, {"attestation_verify_ms": "< 10"}
    ),
    "remote": Part(
        "Remote over local, on loopback",
        remote_overhead.measure,
        {"remote_overhead_before_verifying_ms": "< 150"},
    ),
    "server": Part("Server under load", server_load.measure, {}),
    "proxy": Part(
        "Proxy before an enclave, without emulation", proxy_overhead.measure, {"proxy_overhead_ms": "< 5"}
    ),
    "browser": Part(
        "Listener for websites (recorded account deployment, 2.2 MB, bb warm)",
        browser_listener.measure,
        {"added_to_a_proof_ms": "< 100", "health_while_proving_p99_ms": "< 50"},
    ),
    "enclave": Part(
        "Enclave image in the emulator (TCG)",
        enclave_boot.measure,
        {"first_health_answer_over_bare_listener": "≤ 2.5", "image_without_crs_mb": "< 150"},
    ),
    "browser-client": Part(
        "A dapp's proof by Presto's client and tee-rex listen, against WebAssembly",
        browser_client.measure,
        {"client_over_wasm": "≤ 0.43"},
    ),
    "streaming": Part(
        "Proofs that start before the witness is complete: over those of complete steps, from the request",
        streaming.measure,
        {
            "local_account_streamed_over_whole": "≤ 0.95",
            "local_transfer_streamed_over_whole": "≤ 0.95",
            "remote_account_streamed_over_whole": "≤ 0.95",
            "remote_transfer_streamed_over_whole": "≤ 0.95",
            "token_flow_streamed_over_whole": "< 1",
            "wrong_predictions": "≤ 0",
            "peak_memory_streamed_over_whole": "≤ 1.02",
        },
    ),
    "fleet": Part(
        "A fleet: tickets on loopback; 10,000 that wait; stand-ins that take 15.3 s for a proof",
        fleet.measure,
        {"ticket_overhead_ms": "< 20", "time_of_two_provers_over_one": "≤ 0.526"},
    ),
    "aztec": Part(
        "Aztec token flow on a local network, local mode",
        aztec_flow.measure,
        {"flow_overhead_share": "< 0.03"},
    ),
    "app": Part(
        "Desktop app",
        app_responsiveness.measure,
        {
            "first_paint_over_bare_window": "≤ 2.0",
            "longest_stall_during_a_proof_ms": "< 50",
            "longest_cancel_ms": "< 1,000",
            "longest_work_in_a_flood_of_50000_events_ms": "< 50",
            "longest_work_with_5000_runs_and_switching_pages_ms": "< 50",
        },
    ),
    "packages": Part(
        "What is released (`make package`)",
        packages.measure,
        {"first_paint_of_the_package_over_the_checkout": "≤ 1.3"},
    ),
}


def machine() -> str:
    """The machine, in a line."""
    cpu = platform.processor() or platform.machine()
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        names = [line for line in cpuinfo.read_text().splitlines() if line.startswith("model name")]
        cpu = names[0].partition(": ")[2] if names else cpu
    memory = psutil.virtual_memory().total / 1e9
    try:
        system = platform.freedesktop_os_release()["PRETTY_NAME"]
    except OSError:
        system = platform.platform(terse=True)
    return f"{cpu}, {psutil.cpu_count()} cores, {memory:.0f} GB, {system}, Python {platform.python_version()}"


def within(value: float, limit: str) -> bool:
    """Whether a figure is within its limit, which is written "< 1,500" or "≤ 1.05"."""
    sign, _, bound = limit.partition(" ")
    most = float(bound.replace(",", ""))
    return value < most or (sign == "≤" and value == most)


def table(part: Part, figures: Figures) -> str:
    """A part as Markdown."""
    rows = [
        f"| {name.replace('_', ' ')} | {value:,.4g} | {part.limits.get(name, '')} |"
        for name, value in figures.items()
    ]
    return "\n".join([f"## {part.title}", "", "| figure | measured | limit |", "|---|---:|---|", *rows, ""])


def main() -> None:
    """Measure, print each table, and write the page when everything was measured.

    Exits with 1 when a figure is over its limit.
    """
    wanted = sys.argv[1:] or list(PARTS)
    tables, over = [], []
    for name in wanted:
        part = PARTS[name]
        measuring = part.measure()
        figures = asyncio.run(measuring) if isinstance(measuring, Coroutine) else measuring
        tables.append(table(part, figures))
        print(tables[-1], flush=True)
        over += [
            f"{figure} is {figures[figure]:,.4g}, limit {limit}"
            for figure, limit in part.limits.items()
            if not within(figures[figure], limit)
        ]
    if wanted == list(PARTS):
        head = f"# Performance\n\nWritten by `make bench` on {datetime.now(UTC):%Y-%m-%d}: {machine()}.\n"
        PAGE.write_text("\n".join([head, *tables]))
    if over:
        sys.exit("Over the limit: " + "; ".join(over) + ".")


if __name__ == "__main__":
    main()
