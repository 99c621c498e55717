from __future__ import annotations

import subprocess
import sys

import pytest

from tee_rex.crs.crs import MAX_POINTS, MIN_POINTS
from tee_rex.transaction.trusted_setup import TrustedSetup
from tee_rex_server.enclave.boot import parent_cid, temporary_bytes
from tee_rex_server.enclave.layout import GuestConfiguration
from tee_rex_server.enclave.server import settings_here


@pytest.mark.parametrize(
    ("cmdline", "cid"),
    [
        ("reboot=k rdinit=/init\n", 3),
        ("reboot=k tee_rex.parent_cid=2", 2),
        ("tee_rex.parent_cid=2 quiet\n", 2),
        ("xtee_rex.parent_cid=2", 3),
        ("tee_rex.parent_cid=", 3),
        ("tee_rex.parent_cid=2x", 3),
        ("tee_rex.parent_cid=-1", 3),
    ],
)
def test_the_host_is_where_the_boot_parameter_says(cmdline: str, cid: int) -> None:
    assert parent_cid(cmdline) == cid


def test_one_proof_has_the_whole_enclave() -> None:
    configuration = GuestConfiguration([TrustedSetup.GENUINE])
    settings = settings_here(configuration, memory=8_000_000_000, cores=4)
    assert (settings.slots, settings.threads_per_proof, settings.tee_mode) == (1, 4, "nitro")
    assert settings.memory_limit == 6_000_000_000
    assert settings.request_memory == 512_000_000
    assert settings.setups == {TrustedSetup.GENUINE}
    assert settings.max_points == {TrustedSetup.GENUINE: MAX_POINTS, TrustedSetup.DEVELOPMENT: MIN_POINTS}
    assert settings_here(configuration, memory=512_000_000, cores=1).request_memory == 68_000_000


@pytest.mark.parametrize(("memory", "size"), [(6144, 160), (640, 160), (512, 128)])
def test_temporary_files_take_no_memory_that_bb_is_given(memory: int, size: int) -> None:
    assert temporary_bytes(memory * 1024 * 1024) == size * 1024 * 1024


_LOOPBACK = """
import socket
from tee_rex_server.enclave.boot import raise_loopback
raise_loopback()
with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()) as one:
    other, _ = server.accept()
    one.sendall(b"x")
    print(other.recv(1).decode())
"""


@pytest.mark.integration
def test_loopback_works_where_nothing_raised_it() -> None:
    done = subprocess.run(
        ["unshare", "--user", "--map-root-user", "--net", sys.executable, "-W", "ignore", "-c", _LOOPBACK],
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert done.stdout.strip() == "x", done.stderr
