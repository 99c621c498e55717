"""Where the frozen server starts."""

import tee_rex
import tee_rex_server
from packaged_version import packaged_version

# Before anything else of ours is imported.
tee_rex.__version__ = tee_rex_server.__version__ = packaged_version(tee_rex_server.__version__)

from tee_rex_server.cli import main  # noqa: E402

if __name__ == "__main__":
    main()
