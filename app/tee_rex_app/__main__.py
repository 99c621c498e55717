"""``python -m tee_rex_app``."""

from __future__ import annotations

from tee_rex_app.main import main

main()
