#!/usr/bin/env python3
"""The SHA-256 of every file of a folder, as an output of a job, which only the job itself can set.

digests.py FOLDER             tells them in the output sha256sums
digests.py FOLDER --require   fails unless they are those in the environment variable SHA256SUMS
"""

from __future__ import annotations

import hashlib
import os
import sys
from pathlib import Path


def digests(folder: Path) -> str:
    """A line for each file, in the order of their names. A list of digests is no file of interest."""
    files = sorted(path for path in folder.rglob("*") if path.is_file() and path.name != "SHA256SUMS")
    return "\n".join(
        f"{hashlib.sha256(file.read_bytes()).hexdigest()}  {file.relative_to(folder).as_posix()}"
        for file in files
    )


def main(folder: str, *options: str) -> int:
    """The exit code."""
    found = digests(Path(folder))
    print(found)
    if options == ("--require",):
        told = os.environ["SHA256SUMS"].strip()
        if not found or found != told:
            print(f"::error::{folder} is not what its job has made, which is:\n{told}")
            return 1
        return 0
    with Path(os.environ["GITHUB_OUTPUT"]).open("a", encoding="utf-8") as output:
        output.write(f"sha256sums<<END\n{found}\nEND\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
