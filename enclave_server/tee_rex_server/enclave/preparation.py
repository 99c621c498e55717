"""What the first process does before anything else runs: file systems, loopback, entropy, heartbeat."""

from __future__ import annotations

import re
import socket
import struct
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tee_rex_server.enclave.system_calls import mount
from tee_rex_server.vsock import HEARTBEAT, HEARTBEAT_PORT, NITRO_PARENT_CID

if TYPE_CHECKING:
    from tee_rex_server.tee.nsm import Nsm

_SIOCGIFFLAGS: Final = 0x8913
_SIOCSIFFLAGS: Final = 0x8914
_SIOCSIFADDR: Final = 0x8916
_IFF_UP: Final = 0x1
_IFF_RUNNING: Final = 0x40
"""netdevice(7)."""
_RNDADDENTROPY: Final = 0x4008_5203
"""random(4): add bytes to the pool, and count them."""
_ENTROPY_BYTES: Final = 512
_HEARTBEAT_SECONDS: Final = 5.0
_PARENT_CID: Final = re.compile(r"(?:^|\s)tee_rex\.parent_cid=([0-9]{1,10})(?=\s|$)")


def mount_file_systems() -> None:
    """Raises OSError. Processes of other users are invisible in /proc."""
    mount("devtmpfs", "/dev", "mode=0755", devices=True)
    mount("proc", "/proc", "hidepid=invisible")
    mount("sysfs", "/sys", writable=False)
    mount("tmpfs", "/run", "mode=0755,size=16m")
    mount("tmpfs", "/tmp", "mode=1777,size=25%")  # noqa: S108  # a mount point


def raise_loopback() -> None:
    """Give ``lo`` its address (up alone is not enough) and raise it; there is no other interface."""
    import fcntl

    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        address = struct.pack("=16sHH4s8x", b"lo", socket.AF_INET, 0, socket.inet_aton("127.0.0.1"))
        fcntl.ioctl(any_socket, _SIOCSIFADDR, address)
        answer = fcntl.ioctl(any_socket, _SIOCGIFFLAGS, struct.pack("=16sH14x", b"lo", 0))
        (flags,) = struct.unpack_from("=H", answer, 16)
        raised = struct.pack("=16sH14x", b"lo", flags | _IFF_UP | _IFF_RUNNING)
        fcntl.ioctl(any_socket, _SIOCSIFFLAGS, raised)


def add_entropy(nsm: Nsm, device: Path = Path("/dev/random")) -> None:
    """Fill the kernel's pool from the Nitro Secure Module: a fresh enclave has no other good source.

    Raises what the module's requests raise (see Nsm), and OSError.
    """
    import fcntl

    pool = b""
    while len(pool) < _ENTROPY_BYTES:
        pool += nsm.random()
    request = struct.pack("=ii", 8 * len(pool), len(pool)) + pool
    with device.open("wb", buffering=0) as file:
        fcntl.ioctl(file, _RNDADDENTROPY, request)


def parent_cid(cmdline: str) -> int:
    """Where the host is: 3 on EC2; the boot parameter ``tee_rex.parent_cid`` says otherwise under QEMU.

    It is not measured there, and decides nothing but who gets the heartbeat.
    """
    found = _PARENT_CID.search(cmdline)
    return int(found[1]) if found else NITRO_PARENT_CID


def send_heartbeat(cid: int) -> None:
    """Tell the host that the enclave runs, as nitro-cli waits for; raises OSError when nobody listens."""
    with socket.socket(socket.AF_VSOCK, socket.SOCK_STREAM) as connection:
        connection.settimeout(_HEARTBEAT_SECONDS)
        connection.connect((cid, HEARTBEAT_PORT))
        connection.sendall(HEARTBEAT)
        if connection.recv(1) != HEARTBEAT:
            raise ConnectionAbortedError("the heartbeat came back changed")
