"""An enclave image running in QEMU's nitro-enclave machine: a real /dev/nsm, real vsock, no KVM, no AWS.

What differs from EC2: documents carry no signature, the parent has CID 2, and all is some 15 times slower.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

import pytest

from enclave_tools.cache import ToolCache
from enclave_tools.emulator import qemu_command, usable_qemu
from enclave_tools.kernel import KERNEL_PIN, read_pin, usable_kernel
from tee_rex.settings.paths import Paths
from tee_rex_server.vsock import HEARTBEAT, HEARTBEAT_PORT, VMADDR_CID_HOST, Stream, VhostSocket

_CONSOLE_BYTES = 256 * 1024
PATIENCE_SECONDS = 900.0
"""For anything that an emulated enclave does: what takes seconds here can take minutes on a busy machine."""
# The limit is for a whole test, with the image and the enclave that it may be the first to need.
EMULATED = [pytest.mark.integration, pytest.mark.emulation, pytest.mark.timeout(3600)]
_CONNECT_SECONDS = 60.0
_STOP_SECONDS = 10.0
_LOOK_SECONDS = 0.02
# A test run that is killed takes its enclaves with it.
_DIES_WITH_ME = ("setpriv", "--pdeathsig", "KILL", "--")


@dataclass(frozen=True, slots=True)
class EmulatorTools:
    """What ``make enclave-tools`` made. qemu: its whole command up to the machine's own options."""

    kernel: Path
    qemu: tuple[str, ...]
    vhost_vsock: Path

    @classmethod
    def installed(cls) -> EmulatorTools:
        """Those in the user's data folder; fails, saying what to run, when one is missing."""
        cache = ToolCache.of(Paths.from_environment(os.environ))
        kernel = usable_kernel(cache, read_pin(KERNEL_PIN))
        qemu = usable_qemu(cache)
        vhost_vsock = cache.newest("vhost-device-vsock")
        assert kernel is not None, "there is no enclave kernel: run make enclave-tools"
        assert qemu is not None, "there is no QEMU for enclaves: run make enclave-tools"
        assert vhost_vsock is not None, "there is no vhost-device-vsock: run make enclave-tools"
        return cls(kernel, tuple(qemu_command(qemu)), vhost_vsock / "bin" / "vhost-device-vsock")


class EnclaveEndedError(Exception):
    """The enclave, or what emulates it, is gone; the text ends with the last lines of its console."""


class NitroEmulator:
    """One enclave, from the start of its block to the end; every process and file is gone then.

    heartbeats: bytes that the guest sent to its parent's port 9000 and got back. started_at: in the time of
    ``time.monotonic``.
    """

    def __init__(self, image: Path, tools: EmulatorTools, *, memory_mb: int = 1024) -> None:
        """image: an EIF."""
        self.heartbeats: list[bytes] = []
        self.started_at = 0.0
        self._image = image
        self._tools = tools
        self._memory_mb = memory_mb
        # The kernel times its timer by counting turns, which an emulated processor on a busy machine takes
        # too slowly: it then panics. Under KVM, and so on EC2, it leaves that out by itself.
        self._parameters = f"reboot=t no_timer_check tee_rex.parent_cid={VMADDR_CID_HOST}"
        self._console = bytearray()
        self._folder: Path | None = None
        self._processes: list[asyncio.subprocess.Process] = []
        self._readers: list[asyncio.Task[None]] = []
        self._heartbeat_server: asyncio.Server | None = None

    async def __aenter__(self) -> NitroEmulator:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    @property
    def address(self) -> VhostSocket:
        """How the host's side of the server reaches it; the socket appears at the guest's heartbeat."""
        return VhostSocket(self._path("vsock"))

    @property
    def console(self) -> str:
        """The end of what kernel and QEMU printed, of both starts after a restart."""
        return self._console.decode("utf-8", "replace")

    @property
    def running(self) -> bool:
        """Whether all its processes live."""
        return bool(self._processes) and all(one.returncode is None for one in self._processes)

    @property
    def memory_bytes(self) -> int:
        """The most memory that QEMU has held."""
        status = Path(f"/proc/{self._processes[-1].pid}/status").read_text()
        line = next(line for line in status.splitlines() if line.startswith("VmHWM:"))
        return int(line.split()[1]) * 1024

    async def start(self) -> None:
        """Start the enclave; returns while it boots. Raises EnclaveEndedError."""
        # Socket paths have 107 bytes at most.
        self._folder = Path(tempfile.mkdtemp(prefix="nitro-", dir="/tmp"))
        try:
            await self._begin()
        except BaseException:
            await self.stop()
            raise

    async def stop(self) -> None:
        """End all of it."""
        await self._end()
        if self._folder is not None:
            shutil.rmtree(self._folder)
            self._folder = None

    async def restart(self) -> None:
        """End the enclave and start the same image again, at the same address."""
        await self._end()
        await self._begin()

    async def _begin(self) -> None:
        self.heartbeats.clear()
        device, heartbeat = self._path("vhost"), self._path(f"guest_{HEARTBEAT_PORT}")
        for left in (device, heartbeat, self._path("guest"), self.address.path):
            left.unlink(missing_ok=True)
        # In two steps: cancelled within one, it would leave its socket.
        self._heartbeat_server = await asyncio.start_unix_server(
            self._answer_heartbeat, heartbeat, start_serving=False
        )
        await self._heartbeat_server.start_serving()
        await self._run(
            self._tools.vhost_vsock, "--vm", f"guest-cid=9,socket={device},uds-path={self._path('guest')}"
        )
        await self._until(device.exists, seconds=PATIENCE_SECONDS)
        self.started_at = time.monotonic()
        await self._run(
            *self._tools.qemu,
            *("-accel", "tcg", "-cpu", "max", "-smp", "2", "-m", str(self._memory_mb)),
            *("-M", "nitro-enclave,vsock=vsock,id=tee-rex"),
            # With ioeventfd, QEMU reads each queue once, unasked, when its driver is ready. Of 70 starts, 3
            # found half a request for the NSM device, which then answered nothing any more.
            *("-global", "virtio-mmio.ioeventfd=off"),
            *("-chardev", f"socket,id=vsock,path={device}"),
            *("-kernel", self._image, "-append", self._parameters),
            *("-nographic", "-no-reboot"),
        )

    async def _end(self) -> None:
        """QEMU first, as a parent instance that terminates its enclave."""
        for process in reversed(self._processes):
            if process.returncode is None:
                process.terminate()
                try:
                    await asyncio.wait_for(process.wait(), _STOP_SECONDS)
                except TimeoutError:
                    process.kill()
                    await process.wait()
        await asyncio.gather(*self._readers)
        self._processes.clear()
        self._readers.clear()
        if self._heartbeat_server is not None:
            self._heartbeat_server.close()
            await self._heartbeat_server.wait_closed()
            self._heartbeat_server = None

    async def heartbeat(self, *, seconds: float = PATIENCE_SECONDS) -> float:
        """Wait for the guest's first heartbeat since the start; the seconds from the start to it."""
        await self._until(lambda: self.heartbeats, seconds=seconds)
        return time.monotonic() - self.started_at

    async def connect(self, port: int, *, seconds: float = PATIENCE_SECONDS) -> Stream:
        """A stream to a port of the guest, as soon as it listens there."""
        deadline = time.monotonic() + seconds
        while True:
            self._raise_if_ended()
            try:
                limit = min(_CONNECT_SECONDS, deadline - time.monotonic())
                return await asyncio.wait_for(self.address.connect(port), limit)
            except (OSError, TimeoutError):
                if time.monotonic() >= deadline:
                    raise
                await asyncio.sleep(_LOOK_SECONDS)

    def _path(self, name: str) -> Path:
        assert self._folder is not None, "the enclave is not running"
        return self._folder / name

    async def _run(self, *argv: str | Path) -> None:
        process = await asyncio.create_subprocess_exec(
            *_DIES_WITH_ME,
            *argv,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            # QEMU unpacks the image there, and when it is killed nobody else clears that away.
            env={**os.environ, "TMPDIR": str(self._folder)},
        )
        self._processes.append(process)
        self._readers.append(asyncio.create_task(self._read(process)))

    async def _read(self, process: asyncio.subprocess.Process) -> None:
        assert process.stdout is not None
        while part := await process.stdout.read(65_536):
            self._console += part
            del self._console[:-_CONSOLE_BYTES]

    async def _answer_heartbeat(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        beat = await reader.read(1)
        if beat == HEARTBEAT:
            if not self.heartbeats:
                # A connection that vhost-device-vsock 0.3.0 is asked for earlier can lock it up for ever.
                self.address.path.symlink_to(self._path("guest"))
            self.heartbeats.append(beat)
            writer.write(beat)
        writer.close()

    async def _until(self, condition: Callable[[], object], *, seconds: float) -> None:
        deadline = time.monotonic() + seconds
        while not condition():
            self._raise_if_ended()
            if time.monotonic() >= deadline:
                raise TimeoutError(f"not within {seconds:g} s; console:\n{self.console[-2000:]}")
            await asyncio.sleep(_LOOK_SECONDS)

    def _raise_if_ended(self) -> None:
        if not self.running:
            raise EnclaveEndedError(f"the enclave has ended; console:\n{self.console[-2000:]}")
