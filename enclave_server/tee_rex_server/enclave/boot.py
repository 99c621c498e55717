"""The init process's work in the kernel: file systems, loopback, entropy, heartbeat, privileges, restart."""

from __future__ import annotations

import ctypes
import os
import re
import socket
import struct
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tee_rex_server.vsock import HEARTBEAT, HEARTBEAT_PORT, NITRO_PARENT_CID

if TYPE_CHECKING:
    from tee_rex_server.tee.nsm import Nsm

_MS_RDONLY: Final = 1
_MS_NOSUID: Final = 2
_MS_NODEV: Final = 4
_MS_NOEXEC: Final = 8
_RB_AUTOBOOT: Final = 0x0123_4567
"""reboot(2): restart, which ends an enclave."""
_SYSLOG_ACTION_CONSOLE_OFF: Final = 6
"""syslog(2)."""
_PR_CAPBSET_DROP: Final = 24
_PR_SET_NO_NEW_PRIVS: Final = 38
"""prctl(2)."""
_MAX_CAPABILITY: Final = 63
_SIOCGIFFLAGS: Final = 0x8913
_SIOCSIFFLAGS: Final = 0x8914
_SIOCSIFADDR: Final = 0x8916
_IFF_UP: Final = 0x1
_IFF_RUNNING: Final = 0x40
"""netdevice(7)."""
_RNDADDENTROPY: Final = 0x4008_5203
"""random(4): add bytes to the pool and credit their entropy."""
_MOST_TEMPORARY_BYTES: Final = 160 * 1024 * 1024
"""128 MiB for all points of the CRS, 2 MiB for those of Grumpkin, and room for what else bb writes."""
_ENTROPY_BYTES: Final = 512
_HEARTBEAT_SECONDS: Final = 5.0
_PARENT_CID: Final = re.compile(r"(?:^|\s)tee_rex\.parent_cid=([0-9]{1,10})(?=\s|$)")


def mount_file_systems() -> None:
    """Mount what programs need; /proc hides the processes of other users. Raises OSError."""
    mount("devtmpfs", "/dev", "mode=0755", devices=True)
    mount("proc", "/proc", "hidepid=invisible")
    mount("sysfs", "/sys", writable=False)
    mount("tmpfs", "/run", "mode=0755,size=16m")
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    mount("tmpfs", "/tmp", f"mode=1777,size={temporary_bytes(memory)}")  # noqa: S108  # a mount point


def temporary_bytes(memory: int) -> int:
    """The size of /tmp, where bb 5 reads its points, with ``memory`` bytes in all; bb itself has the rest."""
    return min(_MOST_TEMPORARY_BYTES, memory // 4)


def raise_loopback() -> None:
    """Give ``lo``, the only interface, its address (up alone is not enough) and bring it up."""
    import fcntl

    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        address = struct.pack("=16sHH4s8x", b"lo", socket.AF_INET, 0, socket.inet_aton("127.0.0.1"))
        fcntl.ioctl(any_socket, _SIOCSIFADDR, address)
        answer = fcntl.ioctl(any_socket, _SIOCGIFFLAGS, struct.pack("=16sH14x", b"lo", 0))
        (flags,) = struct.unpack_from("=H", answer, 16)
        raised = struct.pack("=16sH14x", b"lo", flags | _IFF_UP | _IFF_RUNNING)
        fcntl.ioctl(any_socket, _SIOCSIFFLAGS, raised)


def add_entropy(nsm: Nsm, device: Path = Path("/dev/random")) -> None:
    """Fill the kernel's entropy pool from the Nitro Secure Module, a new enclave's only good source.

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
    """The host's CID: 3 on EC2; under QEMU the boot parameter ``tee_rex.parent_cid`` sets it.

    QEMU does not measure the parameter; it only decides who gets the heartbeat.
    """
    found = _PARENT_CID.search(cmdline)
    return int(found[1]) if found else NITRO_PARENT_CID


def send_heartbeat(cid: int) -> None:
    """Send the heartbeat that nitro-cli waits for; raises OSError when nobody listens."""
    with socket.socket(socket.AF_VSOCK, socket.SOCK_STREAM) as connection:
        connection.settimeout(_HEARTBEAT_SECONDS)
        connection.connect((cid, HEARTBEAT_PORT))
        connection.sendall(HEARTBEAT)
        if connection.recv(1) != HEARTBEAT:
            raise ConnectionAbortedError("the echo of the heartbeat differs")


def _library() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def _check(result: int, what: str) -> None:
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")


def mount(kind: str, target: str, options: str = "", *, writable: bool = True, devices: bool = False) -> None:
    """Mount a file system without a device, with noexec and nosuid. Raises OSError."""
    flags = _MS_NOSUID | _MS_NOEXEC | (0 if devices else _MS_NODEV) | (0 if writable else _MS_RDONLY)
    result = _library().mount(
        kind.encode(), target.encode(), kind.encode(), ctypes.c_ulong(flags), options.encode()
    )
    _check(result, f"mount {target}")


def silence_kernel() -> None:
    """Stop the kernel's console output, which blocks when nobody reads it. Raises OSError."""
    if _library().klogctl(_SYSLOG_ACTION_CONSOLE_OFF, None, 0) < 0:
        _check(-1, "klogctl")


def drop_privileges(uid: int, gid: int) -> None:
    """Become another user for good, without groups and capabilities; no program can regain them."""
    library = _library()
    for capability in range(_MAX_CAPABILITY + 1):
        if library.prctl(_PR_CAPBSET_DROP, capability, 0, 0, 0) != 0:
            break  # the kernel has neither this capability nor any above
    os.setgroups([])
    os.setresgid(gid, gid, gid)
    os.setresuid(uid, uid, uid)
    _check(library.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "no_new_privs")


def restart() -> None:
    """End the enclave; returns only on failure."""
    os.sync()
    _library().reboot(_RB_AUTOBOOT)
