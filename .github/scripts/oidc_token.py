#!/usr/bin/env python3
"""Writes this job's identity token for AWS (OIDC), which only a job with ``id-token: write`` gets, to a file.

oidc_token.py FILE [SECONDS]    with SECONDS again and again, so often: a token is valid for minutes
"""

from __future__ import annotations

import json
import os
import sys
import time
import urllib.request
from pathlib import Path


def write(file: Path) -> None:
    """Replace the file at once by one that only this user may read."""
    url, token = os.environ["ACTIONS_ID_TOKEN_REQUEST_URL"], os.environ["ACTIONS_ID_TOKEN_REQUEST_TOKEN"]
    request = urllib.request.Request(  # noqa: S310  # GitHub's own address
        f"{url}&audience=sts.amazonaws.com", headers={"Authorization": f"bearer {token}"}
    )
    with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310
        content = json.load(answer)["value"]
    new = file.with_name(f"{file.name}.new")
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as stream:
        stream.write(f"{content}\n")
    new.replace(file)


def main(file: str, seconds: str = "") -> int:
    """The exit code."""
    names = ("ACTIONS_ID_TOKEN_REQUEST_URL", "ACTIONS_ID_TOKEN_REQUEST_TOKEN")
    if not all(os.environ.get(name) for name in names):
        print("::error::this job may not ask for an identity token", file=sys.stderr)
        return 1
    if not seconds:
        write(Path(file))
    while seconds:
        time.sleep(float(seconds))
        try:
            write(Path(file))
        except (OSError, ValueError, KeyError) as error:  # the old one may do; the next one comes
            print(f"::warning::the identity token was not renewed: {type(error).__name__}", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
