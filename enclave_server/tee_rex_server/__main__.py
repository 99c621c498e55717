"""``python -m tee_rex_server``."""

from __future__ import annotations

from tee_rex_server.cli import main

main()
