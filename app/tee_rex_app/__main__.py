"""``python -m tee_rex_app``."""

from __future__ import annotations

import sys

from tee_rex_app.main import main

if __name__ == "__main__":
    sys.exit(main())
