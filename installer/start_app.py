"""Where the frozen application starts."""

import sys

from tee_rex_app.main import main

if __name__ == "__main__":
    sys.exit(main())
