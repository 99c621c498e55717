"""``tee-rex-server`` as in an enclave, in a process of its own: its vsock ports are Unix sockets.

``python -m support.enclave_process PATH serve --vsock-port 5000 …`` listens where the adapter of
``support.enclave_stand_in`` at PATH looks for that guest.
"""

from __future__ import annotations

import sys
from pathlib import Path

from support.enclave_stand_in import listening_guest
from tee_rex_server import vsock
from tee_rex_server.cli import main

if __name__ == "__main__":
    path = Path(sys.argv.pop(1))
    vsock.listening_vsock = lambda port: listening_guest(path, port)
    main()
