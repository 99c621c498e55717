"""The init process of an enclave, in four steps.

1. Mount file systems, bring up loopback, fill the entropy pool.
2. Start the server without privileges, and send nitro-cli's heartbeat.
3. Serve the log to the host, and reap processes, until the server ends; kill it when its event loop stands
   still, because it then answers nobody.
4. Restart, which ends the enclave.

The console gets at most one message, when the enclave cannot start: nobody may be reading it, and it blocks
when its buffer is full. All other output goes into a ring of lines that the host reads over vsock.
The device of the Nitro Secure Module is opened once and belongs to root: the server inherits the open file,
but the programs that it starts (bb, which parses clients' data) do not, so they cannot request documents.
"""

from __future__ import annotations

import gc
import math
import os
import signal
import socket
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final, NoReturn

from tee_rex_server.enclave import boot
from tee_rex_server.enclave.layout import CONFIGURATION_PATH, HOME, SERVER_GID, SERVER_UID
from tee_rex_server.enclave.log import LogRing, LogServer, log_line
from tee_rex_server.tee.nsm import Nsm, NsmDevice
from tee_rex_server.vsock import CONTROL_PORT, HTTP_PORT, LOG_PORT, listening_vsock

if TYPE_CHECKING:
    from collections.abc import Mapping

_MAX_OPEN_FILES: Final = 4096
_MAX_PROCESSES: Final = 4096
_LAST_LINES_SECONDS: Final = 5.0
"""How long the host can still read the log after the server has ended."""
FIRST_BEAT_SECONDS: Final = 600.0
"""For the server's start; it takes a second on EC2, and a minute in an emulator."""
MAX_SILENCE_SECONDS: Final = 120.0
"""24 of the server's beats; on a busy machine some come seconds late."""
_CHECKS: Final = 24
"""In that time."""
_MAX_CONSOLE_MESSAGE: Final = 500
_ENVIRONMENT: Final[Mapping[str, str]] = {
    "HOME": str(HOME),
    "TEE_REX_HOME": str(HOME),
    "LC_ALL": "C.UTF-8",
    "PATH": "/nonexistent",
    "TMPDIR": "/tmp",  # noqa: S108  # the enclave's own, in memory
}


def main() -> NoReturn:
    """Run the enclave, which ends with the server; never returns."""
    try:
        _run()
    except BaseException as error:  # noqa: BLE001  # nothing could handle it above the init process
        _report_on_console(error)
    finally:
        boot.restart()
        os._exit(1)


def _run() -> None:
    started = time.monotonic()
    gc.disable()  # until the server has imported everything, there is nothing to collect
    boot.mount_file_systems()
    boot.silence_kernel()
    os.environ.clear()
    os.environ.update(_ENVIRONMENT)
    os.umask(0o077)
    boot.raise_loopback()
    device = NsmDevice()
    boot.add_entropy(Nsm(device))
    log_listener = listening_vsock(LOG_PORT)
    log_end, server_end = socket.socketpair()
    beats, server_beats = socket.socketpair()
    server = os.fork()
    if server == 0:
        log_listener.close()
        log_end.close()
        beats.close()
        _become_server(device, server_end, server_beats)
    server_end.close()
    server_beats.close()
    device.close()  # the server has inherited it
    _discard_output()
    log = LogServer(LogRing(), log_end, log_listener)
    log.write(log_line("started", init_seconds=round(time.monotonic() - started, 3)))
    try:
        boot.send_heartbeat(boot.parent_cid(Path("/proc/cmdline").read_text()))
    except OSError as error:
        log.write(log_line("no heartbeat", reason=error.strerror or type(error).__name__))
    status = _supervise(log, server, beats)
    log.write(log_line("server ended", status=status))
    log.drain(_LAST_LINES_SECONDS)
    log.close()


def _become_server(device: NsmDevice, log_end: socket.socket, beats: socket.socket) -> NoReturn:
    """In the child: give up the console and all privileges, then serve."""
    code = 1
    try:
        os.setsid()
        null = os.open("/dev/null", os.O_RDONLY)
        os.dup2(null, 0)
        os.dup2(log_end.fileno(), 1)
        os.dup2(log_end.fileno(), 2)
        http, control = listening_vsock(HTTP_PORT), listening_vsock(CONTROL_PORT)
        _limit_resources()
        boot.drop_privileges(SERVER_UID, SERVER_GID)
        from tee_rex_server.enclave.server import serve

        serve(device, http, control, beats, Path(CONFIGURATION_PATH).read_bytes())
        code = 0
    except BaseException as error:  # noqa: BLE001  # its text may quote a client's data
        os.write(2, log_line("server failed", error=type(error).__qualname__, trace=_trace(error)))
    finally:
        os._exit(code)


def _limit_resources() -> None:
    import resource

    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (_MAX_OPEN_FILES, _MAX_OPEN_FILES))
    resource.setrlimit(resource.RLIMIT_NPROC, (_MAX_PROCESSES, _MAX_PROCESSES))


def _discard_output() -> None:
    null = os.open("/dev/null", os.O_RDWR)
    for number in (0, 1, 2):
        os.dup2(null, number)
    os.close(null)


def _supervise(
    log: LogServer,
    server: int,
    beats: socket.socket,
    *,
    first_beat_seconds: float = FIRST_BEAT_SECONDS,
    max_silence_seconds: float = MAX_SILENCE_SECONDS,
) -> int:
    """Serve the log and reap processes until the server ends; returns its exit status.

    beats: where the server's event loop sends a byte every few seconds; when none comes, it is killed.
    """
    beats.settimeout(0)
    check_seconds = max_silence_seconds / _CHECKS
    checked, silence = time.monotonic(), max_silence_seconds - first_beat_seconds
    wakeup, waker = socket.socketpair()
    waker.settimeout(0)
    signal.set_wakeup_fd(waker.fileno(), warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, lambda _number, _frame: None)
    for number in (signal.SIGTERM, signal.SIGINT):  # meant for the server
        signal.signal(number, lambda number, _frame: os.kill(server, number))
    log.watch(wakeup)
    while True:
        while True:
            try:
                process, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return 0
            if process == server:
                return os.waitstatus_to_exitcode(status)
            if process == 0:
                break
        log.serve_once(check_seconds)
        now = time.monotonic()
        # What lasted longer than a check was a pause of the whole machine, in which no server could beat.
        silence += min(now - checked, check_seconds)
        checked = now
        if _have_come(beats):
            silence = 0.0
        elif silence >= max_silence_seconds:
            log.write(log_line("server hangs"))
            os.kill(server, signal.SIGKILL)
            silence = -math.inf


def _have_come(beats: socket.socket) -> bool:
    try:
        return bool(beats.recv(4096))
    except BlockingIOError:
        return False


def _trace(error: BaseException) -> str:
    trace = error.__traceback__
    locations = []
    while trace is not None:
        locations.append(f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}")
        trace = trace.tb_next
    return " ".join(locations[-6:])


def _report_on_console(error: BaseException) -> None:
    text = f"\nTEE-Rex cannot start: {type(error).__name__}: {error} ({_trace(error)})\n"
    sys.stderr.write(text[:_MAX_CONSOLE_MESSAGE])
    sys.stderr.flush()
