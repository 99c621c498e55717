"""``tee-rex-server proxy`` between hostile clients and misbehaving enclaves."""

from __future__ import annotations

import asyncio
import os
import re
import sys
import threading
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

import httpx2
import psutil

from attacks.programs import memory_of_tree, temporary
from attacks.record import Attack, Record
from attacks.server import ambiguous_requests, answers_to, connection, outside_address
from support.enclave_stand_in import VhostAdapter
from support.host_process import HostProcess, host_process, logged_process
from support.proving_server import BINARY, eventually, job_body
from tee_rex.openpgp import PublicKey

Behaviour = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
_MISBEHAVING_SECONDS = 2.0
_ANSWER = re.compile(rb"HTTP/1\.[01] (\d{3})")


@asynccontextmanager
async def enclave_and_proxy(
    folder: Path, *options: str
) -> AsyncIterator[tuple[VhostAdapter, HostProcess, str]]:
    """A real server that only vsock reaches, and a real proxy before it; the proxy's URL."""
    path = folder / "u"
    environment = {"PYTHONPATH": os.pathsep.join(part for part in sys.path if part), "TMPDIR": str(folder)}
    serve = ("serve", "--vsock-port=5000", "--crs=development", "--rate-limit=off")
    adapter = VhostAdapter(path)
    async with (
        adapter.listening(),
        logged_process("support.enclave_process", str(path), *serve, **environment) as enclave,
    ):
        await eventually(lambda: enclave.logged("ready"), seconds=120)
        async with host_process(path, "--no-uploads", *options) as proxy:
            await eventually(lambda: (proxy.logged("enclave") or {}).get("state") == "ok")
            yield adapter, proxy, proxy.url


def _expect_no_bugs(record: Record, proxy: HostProcess) -> None:
    bugs = [
        line for line in proxy.log if line.get("level") == "error" or line["event"] in ("bug", "not JSON")
    ]
    record.expect(not bugs, f"{len(bugs)} bugs in the proxy's log")


async def _smuggling(record: Record) -> None:
    with temporary() as folder:
        async with enclave_and_proxy(folder) as (adapter, proxy, url):
            adapter.recording = True
            for name, request in ambiguous_requests().items():
                before = len(adapter.heard)
                hidden = request.replace(b"/healthz?smuggled", b"/v1/proofs/smuggled")
                received, _ = await asyncio.to_thread(answers_to, url, hidden, seconds=5)
                heard = bytes(adapter.heard[before:])
                statuses = _ANSWER.findall(received)
                requests = re.findall(rb"(?:^|\n)(?:GET|POST|DELETE|PUT|HEAD) (\S+) HTTP/1", heard)
                record.expect(
                    requests.count(b"/v1/proofs/smuggled") <= max(0, len(statuses) - 1),
                    f"{name}: the enclave heard a request that no client sent",
                )
            _expect_no_bugs(record, proxy)


def _behaviours() -> dict[str, Behaviour]:
    ok = b"HTTP/1.1 200 OK\r\n"

    def answering(answer: bytes, *, drip: float = 0, times: int = 1) -> Behaviour:
        async def behave(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.readuntil(b"\r\n\r\n")
            for _ in range(times):
                writer.write(answer)
                await writer.drain()
                await asyncio.sleep(drip)
            await asyncio.sleep(1)

        return behave

    async def silent(reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
        await reader.read()

    async def closes(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.close()

    endless = 10_000_000
    found = {
        "silence": silent,
        "a closed connection": closes,
        "something else than HTTP": answering(b"SSH-2.0-OpenSSH_9\r\n\r\n"),
        "noise": answering(bytes(range(256)) * 300),
        "endless early hints": answering(b"HTTP/1.1 103 Early Hints\r\n\r\n", times=endless),
        "endless continues": answering(b"HTTP/1.1 100 Continue\r\n\r\n", times=endless),
        "endless headers": answering(ok + b"X: " + b"a" * 1000 + b"\r\n", times=endless),
        "an endless header": answering(ok + b"X: " + b"a" * 65536, times=endless),
        "an endless body": answering(
            ok + b"Transfer-Encoding: chunked\r\n\r\n10000\r\n" + b" " * 65536 + b"\r\n", times=1
        ),
        "a slow head": answering(b"H", drip=0.5, times=endless),
        "more than it declared": answering(ok + b"Content-Length: 2\r\n\r\n{}{}{}"),
        "less than it declared": answering(ok + b"Content-Length: 100\r\n\r\n{}"),
        "two lengths": answering(ok + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}"),
        "a bad chunk": answering(ok + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n"),
        "a length of 2^64": answering(ok + b"Content-Length: 18446744073709551616\r\n\r\n{}"),
        "deep JSON": answering(ok + b"Content-Length: 60000\r\n\r\n" + b'{"a":' * 12000),
        "a wrong type": answering(ok + b'Content-Length: 16\r\n\r\n{"publicKey": 1}'),
        "a list": answering(ok + b"Content-Length: 2\r\n\r\n[]"),
        "a redirect": answering(
            b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n"
        ),
        "a split header": answering(ok + b"X-Aztec-Version: a\r\n\tb\r\nContent-Length: 2\r\n\r\n{}"),
        "an upgrade": answering(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\n\r\n"),
        "forbidden headers": answering(
            ok
            + b"Set-Cookie: session=evil\r\nStrict-Transport-Security: max-age=1\r\n"
            + b"Content-Security-Policy: default-src *\r\nAccess-Control-Allow-Origin: https://evil.example\r\n"
            + b"X-Evil: 1\r\nServer: evil\r\nContent-Type: text/html\r\nContent-Length: 2\r\n\r\n{}"
        ),
    }
    for status in (99, 199, 204, 205, 299, 304, 404, 418, 429, 500, 503, 599, 600, 999):
        found[f"status {status}"] = answering(b"HTTP/1.1 %d Odd\r\nContent-Length: 2\r\n\r\n{}" % status)
    return found


class _Guest(threading.Thread):
    """An enclave at a Unix socket, in a loop of its own; ``behave`` changes while it listens."""

    def __init__(self, path: Path) -> None:
        super().__init__(daemon=True)
        self._path = path
        self.behave: Behaviour | None = None
        self.listening = threading.Event()
        self._loop = asyncio.new_event_loop()
        self._ended = asyncio.Event()

    def run(self) -> None:
        self._loop.run_until_complete(self._serve())

    def stop(self) -> None:
        self._loop.call_soon_threadsafe(self._ended.set)

    async def _serve(self) -> None:
        server = await asyncio.start_unix_server(self._handle, self._path, backlog=512)
        self.listening.set()
        await self._ended.wait()
        server.close()
        for task in asyncio.all_tasks() - {asyncio.current_task()}:
            task.cancel()

    async def _handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            await reader.readline()
            writer.write(b"OK 1\n")
            behave = self.behave
            if behave is not None:
                await behave(reader, writer)
        writer.transport.abort()


async def _misbehaving_enclaves(record: Record) -> None:
    with temporary() as folder:
        guest = _Guest(folder / "u")
        guest.start()
        guest.listening.wait()
        async with host_process(folder / "u", "--no-uploads", f"--patience={_MISBEHAVING_SECONDS}") as proxy:
            host = psutil.Process(proxy.process.pid)
            before = memory_of_tree(host.pid)
            async with httpx2.AsyncClient(base_url=proxy.url, timeout=90) as client:
                for name, behave in _behaviours().items():
                    guest.behave = behave
                    asking = [
                        asyncio.create_task(_ask(client, method, path))
                        for method, path in (
                            ("GET", "/attestation"),
                            ("GET", "/encryption-public-key"),
                            ("GET", "/v1/proofs/0123456789abcdef0123456789abcdef"),
                            ("GET", "/metrics/enclaves/u"),
                            ("POST", "/v1/proofs"),
                        )
                    ]
                    await asyncio.sleep(1)
                    used = host.cpu_times()
                    await asyncio.sleep(2)
                    now = host.cpu_times()
                    busy = (now.user + now.system - used.user - used.system) / 2
                    record.expect(busy < 0.5, f"{name}: takes {busy:.0%} of a core")
                    begin = time.monotonic()
                    well = await _ask(client, "GET", "/healthz")
                    record.expect(
                        well[0] == 200 and time.monotonic() - begin < 5, f"{name}: the proxy does not answer"
                    )
                    done, late = await asyncio.wait(asking, timeout=80)
                    for task in late:
                        task.cancel()
                    record.expect(not late, f"{name}: a request is not given up")
                    for task in done:
                        status, headers = task.result()
                        passed = {
                            "set-cookie",
                            "strict-transport-security",
                            "content-security-policy",
                            "x-evil",
                        }
                        record.expect(not passed & headers, f"{name}: {sorted(passed & headers)} passed on")
                        record.expect(status < 600, f"{name}: status {status}")
                    record.expect(proxy.process.returncode is None, f"{name}: the proxy has ended")
            grown = (memory_of_tree(host.pid) - before) / 1e6
            record.notes.append(f"memory grew by {grown:.0f} MB")
            record.expect(grown < 100, "the proxy's memory grows")
            bugs = [line for line in proxy.log if line["event"] in ("bug", "not JSON")]
            record.expect(not bugs, f"{len(bugs)} bugs in the proxy's log")
        guest.stop()


async def _ask(client: httpx2.AsyncClient, method: str, path: str) -> tuple[int, set[str]]:
    try:
        content = b"\xc1" * 100 if method == "POST" else None
        answer = await client.request(method, path, content=content, headers=BINARY if content else {})
    except httpx2.HTTPError:
        return 0, set()
    return answer.status_code, {name.lower() for name in answer.headers}


async def _event_streams(record: Record) -> None:
    """All that one address may follow, while another asks for its own job."""
    outside = outside_address()
    with temporary() as folder:
        async with (
            enclave_and_proxy(folder, "--host=0.0.0.0") as (_adapter, proxy, url),
            httpx2.AsyncClient(base_url=url, timeout=60) as client,
            AsyncExitStack() as stack,
        ):
            armored = (await client.get("/attestation")).json()["publicKey"]
            key = PublicKey.parse_armored(armored, at=datetime.now(UTC))
            accepted = await client.post("/v1/proofs", content=job_body(key), headers=BINARY)
            location = accepted.headers["Location"]
            request = f"GET {location}/events HTTP/1.1\r\nHost: x\r\n\r\n".encode()
            for _ in range(405):
                with suppress(OSError):
                    one = stack.enter_context(connection(url, outside))
                    one.sendall(request)
            await asyncio.sleep(2)
            record.tries += 405
            statuses = []
            for _ in range(record.count(20, least=5)):
                answer = await client.get(location)
                statuses.append(answer.status_code)
                await asyncio.sleep(0.3)
            refused = sum(status != 200 for status in statuses)
            record.expect(not refused, f"{refused} of {len(statuses)} requests of others were refused")
            await client.delete(location)
            _expect_no_bugs(record, proxy)


ATTACKS = (
    Attack("proxy-smuggling", "requests whose end is ambiguous, through the proxy", _smuggling),
    Attack("proxy-enclaves", "misbehaving enclaves behind the proxy", _misbehaving_enclaves),
    Attack("proxy-streams", "405 event streams of one address, others ask", _event_streams),
)
