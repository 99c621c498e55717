"""``make attacks``: attack the real programs, print a table, and exit with 1 if anything did not hold.

``python -m attacks [NAME …] [--scale SHARE]``; scale 1 takes hours, the default a few minutes. Third-party
attestation documents lie beside the repository (``TEE_REX_VECTORS``); without them that attack is not tried.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import time
import traceback
from collections.abc import Coroutine

import pytest

from attacks import browser, client, library, machine, proxy, server
from attacks.record import Attack, NotTriedError, Record

ATTACKS = (
    *library.ATTACKS,
    *server.ATTACKS,
    *proxy.ATTACKS,
    *browser.ATTACKS,
    *client.ATTACKS,
    *machine.ATTACKS,
)


def attempt(attack: Attack, scale: float) -> tuple[str, bool]:
    """The table's row for one attack, and whether it held or was not tried."""
    record = Record(scale)
    begin = time.monotonic()
    try:
        running = attack.run(record)
        if isinstance(running, Coroutine):
            asyncio.run(running)
    except (NotTriedError, pytest.skip.Exception) as reason:
        outcome, held = f"not tried: {reason}", True
    except Exception as error:  # noqa: BLE001  # one attack that breaks must not end the others
        traceback.print_exc()
        record.faults[f"the attack itself failed: {type(error).__name__}"] += 1
        outcome, held = record.outcome, False
    else:
        outcome, held = record.outcome, not record.faults
    seconds = time.monotonic() - begin
    return f"| {attack.name} | {attack.title} | {record.tries:,} | {outcome} | {seconds:.0f} s |", held


def main() -> int:
    """Run the chosen attacks; the exit code."""
    names = [attack.name for attack in ATTACKS]
    parser = argparse.ArgumentParser(prog="attacks", description="Attack the real programs.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"one of: {', '.join(names)} (default: all)")
    parser.add_argument("--scale", type=float, default=0.02, help="share of the full counts (default: 0.02)")
    chosen = parser.parse_args()
    unknown = set(chosen.names) - set(names)
    if unknown or chosen.scale <= 0:
        parser.error(f"unknown: {', '.join(sorted(unknown))}" if unknown else "--scale must be positive")
    print("| attack | what is tried | tries | outcome | time |\n|---|---|---:|---|---:|", flush=True)
    all_held = True
    for attack in ATTACKS:
        if not chosen.names or attack.name in chosen.names:
            row, held = attempt(attack, chosen.scale)
            print(row, flush=True)
            all_held = all_held and held
    return 0 if all_held else 1


if __name__ == "__main__":
    sys.exit(main())
