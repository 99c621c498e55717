#!/usr/bin/env python3
"""Prints this job's identity token for AWS (OIDC), which only a job with ``id-token: write`` gets."""

from __future__ import annotations

import json
import os
import sys
import urllib.request


def main() -> int:
    """The exit code."""
    url = os.environ.get("ACTIONS_ID_TOKEN_REQUEST_URL")
    token = os.environ.get("ACTIONS_ID_TOKEN_REQUEST_TOKEN")
    if not url or not token:
        print("::error::this job may not ask for an identity token", file=sys.stderr)
        return 1
    request = urllib.request.Request(  # noqa: S310  # GitHub's own address
        f"{url}&audience=sts.amazonaws.com", headers={"Authorization": f"bearer {token}"}
    )
    with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310
        print(json.load(answer)["value"])
    return 0


if __name__ == "__main__":
    sys.exit(main())
