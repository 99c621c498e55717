#!/usr/bin/env python3
"""Whether a deployment has to be taken back before this image can be deployed: exit code 0 if so, else 1.

is_unfinished.py STATUS IMAGE    STATUS: the output of ``tee-rex-server deploy status --json``
"""

from __future__ import annotations

import hashlib
import json
import sys
from pathlib import Path


def main(status: str, image: str) -> int:
    """The exit code. That of the same image is resumed instead, unless it was on its way back."""
    text = Path(status).read_text("utf-8")
    deployment = json.loads(text).get("state", {}).get("deployment") if text.strip() else None
    if deployment is None:
        return 1
    same = deployment["target"]["sha256"] == hashlib.sha256(Path(image).read_bytes()).hexdigest()
    return 1 if same and not deployment["going_back"] else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
