#!/usr/bin/env python3
"""Checks a fleet as anybody can from outside, with ``tee-rex`` alone.

deploy-validate.py FOLDER           attests every enclave with the PCRs of its image, then has each host prove
deploy-validate.py FOLDER --live    deploys an account on the network AZTEC_NODE_URL, proved by each host

FLEET is the text of fleet.toml. In the ENVIRONMENT "production" a live network is required.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tomllib
from pathlib import Path

PROGRAMS = Path(".venv/bin")


def run(*command: str | Path) -> None:
    """Run a program of ours; whether it failed is its exit code."""
    print("$", *command, flush=True)
    subprocess.run([str(word) for word in command], check=True)


def main(folder: str, *options: str) -> int:
    """The exit code."""
    fleet = tomllib.loads(os.environ["FLEET"])
    (image,) = Path(folder).glob("*.eif")
    measure = [PROGRAMS / "tee-rex-server", "image", "measure", "--json", image]
    pcrs = json.loads(subprocess.run(measure, check=True, capture_output=True).stdout)["pcrs"]
    expected = [f"--pcr{index}={pcrs[str(index)]}" for index in range(3)]
    node = os.environ.get("AZTEC_NODE_URL", "")
    if options == ("--live",) and not node:
        if os.environ["ENVIRONMENT"] == "production":
            print("::error::the variable AZTEC_NODE_URL names no live network: production is not validated")
            return 1
        print("::warning::the variable AZTEC_NODE_URL names no live network, so no transaction was made")
        return 0
    for host in fleet["hosts"]:
        if options == ("--live",):
            mode = ["--mode=tee", f"--url={host['url']}", f"--node={node}"]
            run(PROGRAMS / "tee-rex", "flow", "account", *mode, *expected)
            continue
        for cid in host["cids"]:
            run(PROGRAMS / "tee-rex", "attest", f"{host['url']}/enclaves/cid-{cid}", *expected)
        run(PROGRAMS / "tee-rex", "demo", "--mode=tee", f"--url={host['url']}", *expected)
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main(*sys.argv[1:]))
    except subprocess.CalledProcessError as error:
        sys.exit(f"::error::{' '.join(map(str, error.cmd))} ended with {error.returncode}")
