"""Clients that attack ``tee-rex-server serve`` over the network."""

from __future__ import annotations

import os
import random
import re
import resource
import secrets
import signal
import socket
import struct
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from urllib.parse import urlsplit

import httpx2
import psutil

from attacks.mutants import mutant
from attacks.programs import memory_of_tree, temporary, until
from attacks.record import Attack, NotTriedError, Record
from support.local_prover import is_valid_deployment
from support.processes import running
from support.proving_server import (
    BINARY,
    JSON,
    ServerProcess,
    job_body,
    json_body,
    payload,
    prove_json,
    published_key,
    server_process,
)
from support.recorded_steps import development_deployment
from tee_rex.openpgp import PublicKey, encrypt

_STEPS = development_deployment()
_PROOF_SECONDS = 300.0
_ANSWER = re.compile(rb"HTTP/1\.[01] (\d{3})")
_PROBE_SECONDS = 5.0


@contextmanager
def connection(url: str, source: str = "") -> Iterator[socket.socket]:
    """A TCP connection to the host and port of ``url``, from one address of this machine."""
    target = urlsplit(url)
    assert target.port is not None
    host = source if source and not source.startswith("127.") else str(target.hostname)
    with socket.create_connection((host, target.port), 10, (source, 0) if source else None) as opened:
        yield opened


def outside_address() -> str:
    """An address of this machine that is not loopback, which has no rate limit."""
    for addresses in psutil.net_if_addrs().values():
        for address in addresses:
            if address.family is socket.AF_INET and not address.address.startswith("127."):
                return str(address.address)
    raise NotTriedError("this machine has no address but loopback")


def answers_to(url: str, request: bytes, *, seconds: float = 10, source: str = "") -> tuple[bytes, bool]:
    """All that comes back for raw bytes, and whether the server closed the connection."""
    received = b""
    with connection(url, source) as opened:
        opened.settimeout(seconds)
        with suppress(OSError):
            opened.sendall(request)
        try:
            while part := opened.recv(65536):
                received += part
        except TimeoutError:
            return received, False
        except OSError:
            pass
    return received, True


def key_of(server: ServerProcess) -> PublicKey:
    """The server's key."""
    with httpx2.Client(base_url=server.url) as client:
        return published_key(client)


def bugs(server: ServerProcess) -> list[str]:
    """The log's lines that tell of a bug."""
    return [
        line for line in server.log if '"event":"bug"' in line.replace('": "', '":"') or "Traceback" in line
    ]


def expect_well(record: Record, server: ServerProcess, *, proof: bool = False) -> None:
    """After an attack the server answers, has logged no bug, runs no bb, and still proves."""
    record.expect(server.process.poll() is None, "the server has ended")
    with httpx2.Client(base_url=server.url, timeout=_PROOF_SECONDS) as client:
        record.expect(client.get("/health").status_code == 200, "no answer afterwards")
        found = bugs(server)
        record.expect(not found, f"{len(found)} bugs in the log")
        record.expect(until(lambda: not server.bb_pids(), 90), "a bb is left running")
        if proof:
            answer = client.post("/prove", content=prove_json(published_key(client), _STEPS), headers=JSON)
            record.expect(answer.status_code == 200, f"no proof afterwards: {answer.text[:80]}")


def _nesting(record: Record) -> None:
    with server_process("--rate-limit=off") as server:
        key = key_of(server)
        bodies: list[tuple[str, bytes, dict[str, str]]] = []
        for depth in (100, 1_000, 10_000, 60_000, 1_000_000):
            for text in (
                b'{"a":',
                b"[",
                b'{"data":',
                b'{"data":[',
                b'{"data":"AA","b":',
                b'{"data":"AA","b":[',
            ):
                bodies += [(path, text * depth, JSON) for path in ("/prove", "/v1/proofs")]
                closed = (
                    text * depth
                    + b"1"
                    + {b"{": b"}", b"[": b"]"}[text[-1:] if text[-1:] == b"[" else b"{"] * depth
                )
                bodies.append(("/prove", closed, JSON))
            for head in (b"\x91", b"\x81\xa1a", b"\x81\x01", b"\xc7\x01\x01"):
                nested = head * depth
                bodies.append(("/prove", prove_json(key, nested), JSON))
                bodies.append(("/v1/proofs", bytes(encrypt(key, nested)), BINARY))
                bodies.append(("/v1/proofs", bytes(encrypt(key, payload(nested))), BINARY))
                extra = b"\x86\xa4more" + nested + payload()[1:]
                bodies.append(("/v1/proofs", bytes(encrypt(key, extra)), BINARY))
        with httpx2.Client(base_url=server.url, timeout=60) as client:
            for path, body, headers in bodies:
                status = client.post(path, content=body, headers=headers).status_code
                record.expect(400 <= status < 500, f"status {status} on {path}")
        expect_well(record, server)


_SMUGGLED = b"GET /healthz?smuggled HTTP/1.1\r\nHost: x\r\n\r\n"


def ambiguous_requests() -> dict[str, bytes]:
    """Requests whose end different servers see in different places, with another request behind."""
    post = b"POST /prove HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
    length = b"Content-Length: %d\r\n" % (len(_SMUGGLED) + 5)
    chunked = b"Transfer-Encoding: chunked\r\n"
    end = b"0\r\n\r\n" + _SMUGGLED
    found = {
        "length and chunked": post + length + chunked + b"\r\n" + end,
        "chunked and length": post + chunked + length + b"\r\n" + end,
        "length 0 and chunked": post + b"Content-Length: 0\r\n" + chunked + b"\r\n" + end,
        "two lengths": post + b"Content-Length: 0\r\n" + length + b"\r\n" + end,
        "two lengths in one": post + b"Content-Length: 0, 5\r\n\r\n" + end,
        "two equal lengths": post + b"Content-Length: 5\r\nContent-Length: 5\r\n\r\n" + end,
        "line feeds only": post.replace(b"\r\n", b"\n")
        + b"Content-Length: 5\nTransfer-Encoding: chunked\n\n"
        + end,
        "a folded header": post
        + b"X: a\r\n Transfer-Encoding: chunked\r\n"
        + length
        + chunked
        + b"\r\n"
        + end,
        "a NUL in a header": post + b"X: a\0b\r\n" + chunked + length + b"\r\n" + end,
        "a return in a header": post + b"X: a\rTransfer-Encoding: x\r\n" + chunked + length + b"\r\n" + end,
        "HTTP/1.0 and chunked": post.replace(b"1.1", b"1.0") + length + chunked + b"\r\n" + end,
        "no host": post.replace(b"Host: x\r\n", b"") + length + chunked + b"\r\n" + end,
        "two hosts": post + b"Host: y\r\n" + length + chunked + b"\r\n" + end,
        "an absolute target": post.replace(b"/prove", b"http://y/prove") + length + chunked + b"\r\n" + end,
        "a body of GET": b"GET /healthz HTTP/1.1\r\nHost: x\r\n" + length + chunked + b"\r\n" + end,
        "an upgrade": post + b"Connection: Upgrade\r\nUpgrade: h2c\r\n" + length + chunked + b"\r\n" + end,
    }
    for coding in (
        b"chunked, identity", b"identity", b"xchunked", b"chunked, chunked", b"gzip, chunked", b" chunked ",
        b"\x0bchunked", b"chunked\x0b", b"CHUNKED", b'"chunked"', b"chunked;a=b", b",chunked", b"",
    ):  # fmt: skip
        found[f"coding {coding!r}"] = post + length + b"Transfer-Encoding:" + coding + b"\r\n\r\n" + end
    for name in (b"Transfer-Encoding ", b" Transfer-Encoding", b"Transfer_Encoding", b"Transfer-Encoding\t"):
        found[f"header {name!r}"] = post + length + name + b": chunked\r\n\r\n" + end
    for size in (
        b"+0",
        b"-0",
        b"0x0",
        b"00000000000000000000",
        b"0;a=\n",
        b"0 ",
        b"fffffffffffffffff",
        b"5\r",
    ):
        found[f"chunk size {size!r}"] = post + chunked + b"\r\n" + size + b"\r\n\r\n" + _SMUGGLED
    for number in (
        b"+5",
        b"-5",
        b"5 5",
        b"0x5",
        b"5,5",
        b"5_0",
        b"\xd9\xa5",
        b"1e1",
        b"99999999999999999999",
    ):
        found[f"length {number!r}"] = post + b"Content-Length: " + number + b"\r\n\r\n" + end
    return found


_CLEAR = {"two equal lengths", "length b'5,5'", "chunk size b'00000000000000000000'", "chunk size b'0 '"}
"""Odd, but RFC 9110, section 8.6, and RFC 9112, section 7.1, leave no doubt where they end."""


def _smuggling(record: Record) -> None:
    with server_process("--rate-limit=off") as server:
        for name, request in ambiguous_requests().items():
            received, closed = answers_to(server.url, request, seconds=5)
            statuses = [int(status) for status in _ANSWER.findall(received)]
            both = b"\r\ntransfer-encoding:" in request.lower() and b"\r\ncontent-length:" in request.lower()
            smuggled = 200 in statuses[1:] and name not in _CLEAR
            record.expect(not smuggled, f"{name}: the smuggled request was answered")
            if both:
                record.expect(closed, f"{name}: the connection stays open")
        expect_well(record, server)


def _heads(record: Record) -> None:
    """Heads over 16 KiB, in every part of a head; what is refused is refused in JSON."""
    with server_process("--rate-limit=off") as server:
        for size in (17_000, 20_000, 40_000, 64_000, 100_000, 1_000_000):
            filling = b"a" * size
            for name, head in {
                "a header": b"GET /healthz HTTP/1.1\r\nConnection: close\r\nHost: x\r\nX: "
                + filling
                + b"\r\n\r\n",
                "many headers": b"GET /healthz HTTP/1.1\r\nConnection: close\r\nHost: x\r\n"
                + b"X: 1\r\n" * (size // 6)
                + b"\r\n",
                "a target": b"GET /healthz?" + filling + b" HTTP/1.1\r\nConnection: close\r\nHost: x\r\n\r\n",
                "a method": filling + b" /healthz HTTP/1.1\r\nHost: x\r\n\r\n",
                "a header's name": b"GET /healthz HTTP/1.1\r\nConnection: close\r\nHost: x\r\n"
                + filling
                + b": x\r\n\r\n",
            }.items():
                received, _ = answers_to(server.url, head, seconds=30)
                statuses = [int(status) for status in _ANSWER.findall(received)]
                record.expect(200 not in statuses, f"{name} of more than 16 KiB was accepted")
        preflights: list[dict[str, str]] = [
            {"Access-Control-Request-Method": "TRACE"},
            {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "x-evil, x(y"},
            {"Access-Control-Request-Method": "a" * 1000},
            {"Access-Control-Request-Method": ""},
        ]
        with httpx2.Client(base_url=server.url, timeout=30) as client:
            for headers in preflights:
                answer = client.options("/prove", headers={"Origin": "https://x.example", **headers})
                is_json = "application/json" in answer.headers.get("content-type", "")
                record.expect(answer.is_success or is_json, "a preflight is refused without JSON")
            for host in ("a/metrics?", "a/v1/proofs/", "a/prove#", "a\\metrics", "[::1]/metrics?"):
                request = f"GET /healthz HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode()
                received, _ = answers_to(server.url, request)
                metrics = client.get("/metrics").text
                record.expect(
                    b"200" in received[:20] or b"400" in received[:20], "a Host header changes the route"
                )
                record.expect('route="/metrics?' not in metrics, "a Host header is a route of its own")
        expect_well(record, server)


def _slow_heads(record: Record) -> None:
    """Heads that never end, from one address, while others ask."""
    outside = outside_address()
    with server_process("--rate-limit=off", "--host=0.0.0.0") as server, ExitStack() as stack:
        opened = []
        for _ in range(record.count(560, least=560)):
            with suppress(OSError):
                one = stack.enter_context(connection(server.url, outside))
                one.setblocking(False)
                opened.append(one)
        deadline = time.monotonic() + record.count(60, least=15)
        answered = asked = 0
        with ThreadPoolExecutor(1) as pool:
            head = iter(b"GET /healthz HTTP/1.1\r\nX: " + b"a" * 10_000)
            while time.monotonic() < deadline:
                octet = bytes([next(head)])
                for one in opened:
                    with suppress(OSError):
                        one.send(octet)
                asked += 1
                answered += pool.submit(_answers, server.url).result()
                time.sleep(0.2)
        record.tries += len(opened)
        record.notes.append(f"{answered} of {asked} other clients' requests were answered")
        record.expect(answered == asked, "other clients were not answered")
        record.expect(
            until(lambda: _connections(server, outside) == 0, 60), "endless heads keep their connections"
        )
        expect_well(record, server)


def _connections(server: ServerProcess, source: str) -> int:
    found = psutil.Process(server.process.pid).net_connections("tcp")
    return len([one for one in found if tuple(one.raddr)[:1] == (source,)])


def _answers(url: str) -> bool:
    try:
        return httpx2.get(f"{url}/health", timeout=_PROBE_SECONDS).status_code == 200
    except httpx2.HTTPError:
        return False


def _slow_bodies(record: Record) -> None:
    """Bodies that never end, of one address, while another asks for a proof's admission."""
    outside = outside_address()
    with server_process("--rate-limit=off", "--host=0.0.0.0") as server, ExitStack() as stack:
        head = b"POST /prove HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
        opened = []
        for _ in range(40):
            with suppress(OSError):
                one = stack.enter_context(connection(server.url, outside))
                one.sendall(head + b"Content-Length: 1000000\r\n\r\n" + b'{"data":"')
                opened.append(one)
        time.sleep(1)
        answered = asked = 0
        for _ in range(record.count(20, least=5)):
            for one in opened:
                with suppress(OSError):
                    one.sendall(b"A")
            asked += 1
            with suppress(httpx2.HTTPError):
                answer = httpx2.post(
                    f"{server.url}/prove", content=b'{"data":"AA"}', headers=JSON, timeout=_PROBE_SECONDS
                )
                answered += answer.status_code == 400
            time.sleep(0.5)
        record.tries += len(opened)
        record.expect(answered == asked, f"{asked - answered} of {asked} requests of others were refused")
        stack.close()
        expect_well(record, server)


def _tiny_requests(record: Record) -> None:
    count = record.count(100_000, least=5_000)
    with server_process("--rate-limit=off") as server:
        batch = b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n" * 20

        def ask(total: int) -> int:
            answers = 0
            with connection(server.url) as opened:
                opened.settimeout(30)
                for _ in range(total // 20):
                    opened.sendall(batch)
                    received = b""
                    while received.count(b"HTTP/1.1 200") < 20:
                        part = opened.recv(65536)
                        if not part:
                            return answers
                        received += part
                    answers += 20
            return answers

        ask(2_000)
        before = memory_of_tree(server.process.pid)
        with ThreadPoolExecutor(20) as pool:
            answers = sum(pool.map(ask, [count // 20] * 20))
        grown = (memory_of_tree(server.process.pid) - before) / 1e6
        record.tries += answers
        record.notes.append(f"memory grew by {grown:.0f} MB")
        record.expect(answers >= count // 20 // 20 * 20 * 20, "requests were not answered")
        record.expect(grown < 50, "memory grows with requests")
        expect_well(record, server)


def _many_connections(record: Record) -> None:
    count = record.count(5_000, least=1_500)
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    count = min(count, hard - 200)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, count + 200), hard))
    try:
        with server_process("--rate-limit=off") as server:
            before = psutil.Process(server.process.pid).num_fds()
            address = urlsplit(server.url)
            opened = []
            for _ in range(count):
                one = socket.socket()
                one.setblocking(False)
                one.connect_ex((address.hostname, address.port))
                opened.append(one)
            time.sleep(2)
            for one in opened:
                one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                one.close()
            record.tries += len(opened)
            record.expect(until(lambda: _answers(server.url), 30), "no answer after many connections")
            after = psutil.Process(server.process.pid).num_fds
            record.expect(until(lambda: after() <= before + 5, 40), "descriptors are left open")
            expect_well(record, server)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def _job_ids(record: Record) -> None:
    with (
        server_process("--rate-limit=off") as server,
        httpx2.Client(base_url=server.url, timeout=60) as client,
    ):
        body = job_body(published_key(client))
        location = client.post("/v1/proofs", content=body, headers=BINARY).headers["Location"]
        job = location.rpartition("/")[2]
        chance = random.Random(1)
        guesses = [
            job[:-1],
            job + "0",
            job.upper() + " ",
            f"{job}%00",
            f"%2e/{job}x",
            f"../{job}",
            "*",
            "0",
            "",
        ]
        guesses += [
            job[:at] + "0123456789abcdef"[(int(job[at], 16) + 1) % 16] + job[at + 1 :] for at in range(32)
        ]
        guesses += [secrets.token_hex(16) for _ in range(record.count(20_000, least=2_000))]
        guesses += [mutant(chance, job.encode(), front=32).hex() for _ in range(record.count(2_000))]
        for guess in guesses:
            status = client.get(f"/v1/proofs/{guess}").status_code
            record.expect(status in (404, 405), f"status {status} for a guessed job")
        for guess in guesses[:100]:
            client.delete(f"/v1/proofs/{guess}")
        record.expect(client.get(location).status_code == 200, "a guess ended somebody's job")
        client.delete(location)
        expect_well(record, server)


def _forwarded_addresses(record: Record) -> None:
    """Every request claims another client; the peer is no trusted proxy."""
    outside = outside_address()
    with server_process("--rate-limit=3/hour", "--host=0.0.0.0") as server:
        chance = random.Random(1)
        refused = 0
        names = (b"X-Forwarded-For", b"x-forwarded-for", b"Forwarded", b"X-Real-IP", b"X-Client-IP", b"Via")
        tries = record.count(2_000, least=100)
        for number in range(tries):
            forged = f"{chance.randrange(1, 224)}.{chance.randrange(256)}.1.{chance.randrange(256)}".encode()
            value = chance.choice((forged, forged + b", 127.0.0.1", b"127.0.0.1", b"::1", b"for=" + forged))
            request = (
                b"POST /prove HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nConnection: close\r\n"
                b"Content-Length: 13\r\n"
                + names[number % len(names)]
                + b": "
                + value
                + b'\r\n\r\n{"data":"AA"}'
            )
            received, _ = answers_to(server.url, request, source=outside)
            refused += b" 429 " in received[:20]
        record.tries += tries
        record.expect(refused == tries - 3, f"{tries - refused} proofs admitted where 3 are allowed")
        expect_well(record, server)


def _cancelling_clients(record: Record) -> None:
    """Clients that leave at any moment: connections closed, jobs deleted, jobs abandoned."""
    seconds, clients = record.count(150, least=20), 50
    with (
        temporary() as folder,
        server_process(
            "--rate-limit=off", "--slots=2", "--threads-per-proof=1", TMPDIR=str(folder)
        ) as server,
    ):
        key = key_of(server)
        end = time.monotonic() + seconds
        bodies = prove_json(key, _STEPS), bytes(encrypt(key, payload()))

        def client(number: int) -> int:
            chance, rounds = random.Random(number), 0
            while time.monotonic() < end:
                rounds += 1
                with suppress(httpx2.HTTPError, OSError, KeyError):
                    _leave(server.url, bodies, chance)
            return rounds

        with ThreadPoolExecutor(clients) as pool:
            record.tries += sum(pool.map(client, range(clients)))
        with httpx2.Client(base_url=server.url, timeout=60) as asking:
            idle = until(lambda: not asking.get("/health").json()["slots_busy"], 150)
        record.expect(idle, "a slot stays busy")
        record.expect(until(lambda: not list(folder.iterdir()), 20), "temporary files are left")
        expect_well(record, server, proof=True)


def _leave(url: str, bodies: tuple[bytes, bytes], chance: random.Random) -> None:
    whole, job = bodies
    stay = chance.choice((0.0, 0.05, 0.5, 2.0, 5.0)) * chance.random()
    if chance.random() < 0.5:
        with connection(url) as opened:
            opened.settimeout(10)
            opened.sendall(
                b"POST /prove HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
                b"Content-Length: %d\r\n\r\n" % len(whole)
            )
            opened.sendall(whole[: chance.choice((0, 100, len(whole) // 2, len(whole)))])
            time.sleep(stay)
        return
    with httpx2.Client(base_url=url, timeout=30) as client:
        accepted = client.post("/v1/proofs", content=job, headers=BINARY)
        if accepted.status_code != 202:
            time.sleep(0.1)
            return
        location = accepted.headers["Location"]
        time.sleep(stay)
        if chance.random() < 0.3:
            with client.stream("GET", f"{location}/events") as stream:
                next(stream.iter_lines())
        if chance.random() < 0.8:
            client.delete(location)


def _killed_bbs(record: Record) -> None:
    with (
        server_process("--rate-limit=off") as server,
        httpx2.Client(base_url=server.url, timeout=_PROOF_SECONDS) as client,
    ):
        key = published_key(client)
        chance = random.Random(1)
        for _ in range(record.count(30, least=3)):
            with ThreadPoolExecutor(1) as pool:
                proving = pool.submit(client.post, "/prove", content=prove_json(key, _STEPS), headers=JSON)
                if not until(server.bb_pids, 60):
                    raise RuntimeError("no bb was started")
                time.sleep(chance.random() * 5)
                for pid in server.bb_pids():
                    with suppress(ProcessLookupError):
                        os.kill(pid, chance.choice((signal.SIGKILL, signal.SIGKILL, signal.SIGSEGV)))
                answer = proving.result()
            code = answer.json().get("code") if answer.status_code != 200 else "proved"
            record.expect(str(code).startswith(("BB_", "MEMORY")), f"told as {code}")
        expect_well(record, server, proof=True)


def _killed_servers(record: Record) -> None:
    """Killed while it proves: bb ends with it, and the next start removes what it left."""
    with temporary() as folder:
        chance = random.Random(2)
        for _ in range(record.count(50, least=3)):
            with server_process("--rate-limit=off", TMPDIR=str(folder)) as server:
                key = key_of(server)
                with ThreadPoolExecutor(1) as pool:
                    pool.submit(post_quietly, server.url, prove_json(key, _STEPS))
                    until(server.bb_pids, 60)
                    time.sleep(chance.random() * 3)
                    bbs = server.bb_pids()
                    server.process.kill()
                    server.process.wait()
                ended = until(lambda pids=bbs: not any(running(pid) for pid in pids), 10)
                record.expect(ended, "bb survives its server")
        with server_process("--rate-limit=off", TMPDIR=str(folder)) as server:
            with httpx2.Client(base_url=server.url, timeout=_PROOF_SECONDS) as client:
                body = prove_json(published_key(client), _STEPS)
                record.expect(
                    client.post("/prove", content=body, headers=JSON).status_code == 200, "no proof"
                )
            left = list(folder.iterdir())
            record.expect(not left, f"{len(left)} temporary folders are left")


def post_quietly(url: str, body: bytes) -> None:
    """Ask for a proof, whatever becomes of it."""
    with suppress(httpx2.HTTPError):
        httpx2.post(f"{url}/prove", content=body, headers=JSON, timeout=_PROOF_SECONDS)


def _descriptors(record: Record) -> None:
    """More connections than the server has descriptors for."""
    with server_process("--rate-limit=off") as server:
        pid = server.process.pid
        resource.prlimit(pid, resource.RLIMIT_NOFILE, (64, 64))
        logged = len(server.log)
        with ExitStack() as stack:
            for _ in range(200):
                with suppress(OSError):
                    stack.enter_context(connection(server.url))
            time.sleep(record.count(30, least=10))
            lines = len(server.log) - logged
            record.tries += 200
            record.expect(lines < 100, f"{lines:,} lines in the log")
        record.expect(until(lambda: _answers(server.url), 60), "no answer when descriptors are free again")
        with httpx2.Client(base_url=server.url, timeout=_PROOF_SECONDS) as client:
            body = prove_json(published_key(client), _STEPS)
            # Enough for this connection, too few for a bb.
            few = psutil.Process(pid).num_fds() + 1
            resource.prlimit(pid, resource.RLIMIT_NOFILE, (few, 64))
            refused = client.post("/prove", content=body, headers=JSON)
            code = refused.json().get("code")
            record.expect(code != "INTERNAL", f"a proof without descriptors is told as {code}")
            resource.prlimit(pid, resource.RLIMIT_NOFILE, (64, 64))
        expect_well(record, server, proof=True)


_SHIFTED_CLOCK = """
import os, time
_time = time.time
def shifted():
    try:
        with open(os.environ["SHIFT_FILE"]) as file:
            return _time() + float(file.read() or 0)
    except (OSError, ValueError):
        return _time()
time.time = shifted
"""


def _clock_set_back(record: Record) -> None:
    outside = outside_address()
    with temporary() as folder:
        (folder / "sitecustomize.py").write_text(_SHIFTED_CLOCK)
        shift = folder / "shift"
        shift.write_text("0")
        environment = {"SHIFT_FILE": str(shift), "PYTHONPATH": str(folder)}
        request = (
            b"POST /prove HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nConnection: close\r\n"
            b'Content-Length: 13\r\n\r\n{"data":"AA"}'
        )
        with server_process("--rate-limit=1/hour", "--host=0.0.0.0", **environment) as server:
            answers_to(server.url, request, source=outside)
            for seconds in (0, -3_600, -86_400, -31_536_000, 31_536_000, -31_536_000):
                shift.write_text(str(seconds))
                received, _ = answers_to(server.url, request, source=outside)
                found = re.search(rb"retry-after: (\d+)", received.lower())
                wait = int(found[1]) if found else 0
                record.expect(wait <= 3_600, f"Retry-After: {wait:,} after the clock was set")
            expect_well(record, server)


def _proofs_of_others(record: Record) -> None:
    """What a malicious client makes of its own requests does not change another's proof."""
    with (
        server_process("--rate-limit=off", "--slots=2", "--threads-per-proof=1") as server,
        httpx2.Client(base_url=server.url, timeout=_PROOF_SECONDS) as client,
    ):
        key = published_key(client)
        with ThreadPoolExecutor(2) as pool:
            honest = pool.submit(client.post, "/prove", content=prove_json(key, _STEPS), headers=JSON)
            chance = random.Random(3)
            tries = 0
            while not honest.done():
                hostile = mutant(chance, _STEPS, front=5000)
                bodies = (prove_json(key, hostile), json_body(mutant(chance, bytes(encrypt(key, b"x")))))
                status = client.post("/prove", content=chance.choice(bodies), headers=JSON).status_code
                tries += 1
                record.expect(status != 500, "a hostile request is told as a bug")
            answer = honest.result()
        record.notes.append(f"{tries} hostile requests beside one proof")
        import asyncio

        valid = answer.status_code == 200 and asyncio.run(is_valid_deployment(answer.json()["proof"]))
        record.expect(valid, "the honest client's proof failed")
        expect_well(record, server)


ATTACKS = (
    Attack("nesting", "deeply nested JSON and msgpack, plain and encrypted", _nesting),
    Attack("smuggling", "requests whose end is ambiguous, to the server", _smuggling),
    Attack("heads", "heads over 16 KiB, preflights, Host headers", _heads),
    Attack("slow-heads", "560 endless heads from one address, others ask", _slow_heads),
    Attack("slow-bodies", "endless bodies from one address, others prove", _slow_bodies),
    Attack("tiny-requests", "tiny requests, pipelined", _tiny_requests),
    Attack("connections", "thousands of connections at once", _many_connections),
    Attack("job-ids", "guessed ids of another client's job", _job_ids),
    Attack("forwarded-for", "made-up client addresses against the rate limit", _forwarded_addresses),
    Attack("clients-leave", "50 clients that leave at random moments", _cancelling_clients),
    Attack("hostile-neighbour", "hostile requests beside an honest proof", _proofs_of_others),
    Attack("kill-bb", "kill -9 and SIGSEGV of bb under the server", _killed_bbs),
    Attack("kill-server", "kill -9 of the server while it proves", _killed_servers),
    Attack("descriptors", "a server without file descriptors", _descriptors),
    Attack("clock", "a clock that is set back a year", _clock_set_back),
)
