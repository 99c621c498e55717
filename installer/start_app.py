"""Where the frozen application starts."""

import sys

import tee_rex
import tee_rex_app
from packaged_version import packaged_version

# Before anything else of ours is imported.
tee_rex.__version__ = tee_rex_app.__version__ = packaged_version(tee_rex.__version__)

from tee_rex_app.main import main  # noqa: E402

if __name__ == "__main__":
    sys.exit(main())
