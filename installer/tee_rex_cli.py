"""Where the frozen command line starts."""

import tee_rex
from packaged_version import packaged_version

tee_rex.__version__ = packaged_version(tee_rex.__version__)  # before anything else of ours is imported

from tee_rex.cli.main import main  # noqa: E402

if __name__ == "__main__":
    main()
