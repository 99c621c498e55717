"""Servers, registries and files that attack the command line."""

from __future__ import annotations

import asyncio
import gzip
import io
import json
import random
import tarfile
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler
from pathlib import Path

from attacks.mutants import mutant
from attacks.programs import SAMPLE, Ended, expect_sound, run_program, temporary
from attacks.record import Attack, Record
from support.http_files import QuietHandler, serving
from support.nitro_fake import FakeNitro
from support.remote_client import now
from support.scripted_server import (
    JOB,
    Answer,
    Request,
    Script,
    ScriptedServer,
    done,
    event,
    events,
    json_answer,
    status,
)

_ESCAPES = "\x1b[31mRED\x1b]0;evil\x07\x9b2J\u202e\r\b"
_PROGRAM_SECONDS = 90
_MAX_BYTES = 1_500_000_000
"""Of memory for a command and the programs that it starts."""


async def _endless(part: bytes) -> AsyncIterator[bytes | None]:
    for _ in range(1_000_000):
        yield part


def _endless_answer(part: bytes) -> Callable[[Request], object]:
    async def answer(_request: Request) -> Answer:
        return Answer(_endless(part))

    return answer


def _odd_answers() -> dict[str, Script]:
    """Answers that are wrong on any route."""
    odd: dict[str, Script] = {
        "nothing": Answer(b""),
        "noise": Answer(bytes(range(256))),
        "deep JSON": Answer(b'{"a":' * 60_000),
        "deep lists": Answer(b"[" * 100_000),
        "a list": json_answer([]),
        "a number": Answer(b"1e999999"),
        "not UTF-8": Answer(b'{"publicKey":"\xff\xfe"}'),
        "megabytes": Answer(b" " * 20_000_000),
        "an endless body": _endless_answer(b" " * 65536),  # type: ignore[dict-item]
        "a redirect": Answer(status=302, headers={"Location": "http://127.0.0.1:1/"}),
        "a compressed bomb": Answer(gzip.compress(bytes(50_000_000)), headers={"Content-Encoding": "gzip"}),
        "an unknown coding": Answer(b"{}", headers={"Content-Encoding": "evil"}),
        "a long header": Answer(b"{}", headers={"X": "a" * 300_000}),
        "escapes": json_answer(
            {"error": _ESCAPES, "code": _ESCAPES, "title": _ESCAPES, "hint": _ESCAPES}, 400
        ),
        "escapes as a bug": json_answer({"error": _ESCAPES * 100, "requestId": _ESCAPES}, 500),
        "a wait of years": json_answer({"error": "busy"}, 429, {"Retry-After": "999999999"}),
        "a wait of minus one": json_answer({"error": "busy"}, 503, {"Retry-After": "-1"}),
        "a wait that is text": json_answer({"error": "busy"}, 429, {"Retry-After": "soon"}),
    }
    return odd


def _scripts() -> Iterator[tuple[str, str, Script]]:
    """Name, route and answer of every attack."""
    routes = (
        "GET /encryption-public-key",
        "POST /v1/proofs",
        f"GET /v1/proofs/{JOB}/events",
    )
    for route in routes:
        for name, script in _odd_answers().items():
            yield f"{name} on {route.split('/')[-1]}", route, script
    stream = f"GET /v1/proofs/{JOB}/events"
    yield (
        "a foreign job",
        "POST /v1/proofs",
        json_answer({"id": "../../admin", "state": "queued", "position": 0}, 202),
    )
    yield (
        "a job with escapes",
        "POST /v1/proofs",
        json_answer({"id": _ESCAPES, "state": "queued", "position": 0}, 202),
    )
    circuit = {"index": 10**9, "total": -1, "name": _ESCAPES}
    for name, told in {
        "a circuit with escapes": [event({**status("proving"), "circuit": circuit}, "circuit")],
        "an unknown state": [event(status(_ESCAPES))],
        "a proof of nothing": [event(done(b""), "done")],
        "a proof of noise": [event(done(random.Random(1).randbytes(60_000)), "done")],
        "a proof that proves nothing": [event(done(), "done")],
        "a long line": [b"data: " + b"a" * 5_000_000 + b"\n\n"],
        "an endless comment": [b": " + b"a" * 65_536] * 500,
        "a failure with escapes": [
            event(
                status("failed", error={"code": _ESCAPES, "error": _ESCAPES, "title": _ESCAPES, "hint": ""}),
                "failed",
            )
        ],
    }.items():
        yield name, stream, events(*told)


async def _malicious_server(record: Record) -> None:
    scripts = list(_scripts())
    random.Random(1).shuffle(scripts)
    gate = asyncio.Semaphore(2)

    async def attempt(name: str, route: str, script: Script) -> None:
        async with gate:
            server = ScriptedServer()
            server.scripts[route] = script
            with temporary() as folder, suppress(TimeoutError):
                async with server.serving() as url:
                    ended = await asyncio.to_thread(
                        run_program,
                        *("tee-rex", "prove", SAMPLE, "--mode", "remote", "--url", url, "--timeout", "20"),
                        *("--server-key", server.key.public_key.fingerprint),
                        seconds=_PROGRAM_SECONDS,
                        environment={"TEE_REX_HOME": str(folder / "home")},
                    )
            expect_sound(record, ended, name, codes={1, 3, 4})
            record.expect(ended.peak < _MAX_BYTES, f"{name}: {ended.peak / 1e6:.0f} MB")
            if route.endswith("public-key"):
                record.expect(not server.received_secrets, f"{name}: something was sent")

    await asyncio.gather(
        *(attempt(*one) for one in scripts[: record.count(len(scripts), least=min(len(scripts), 20))])
    )


def _hostile_documents(record: Record) -> None:
    """``tee-rex attest --file`` on documents that are nearly right."""
    chance = random.Random(1)
    document = FakeNitro(now()).document()
    with temporary() as folder:
        file = folder / "document"
        for number in range(record.count(300, least=12)):
            file.write_bytes(
                _with_odd_serial(document) if number == 0 else mutant(chance, document, front=4000)
            )
            expect_sound(record, run_program("tee-rex", "attest", "--file", file), "attest", codes={1, 3})


def _with_odd_serial(document: bytes) -> bytes:
    """The document with a certificate whose serial number is negative."""
    at = document.find(bytes.fromhex("a003020102 02"))
    return document[: at + 7] + b"\xff" + document[at + 8 :] if at > 0 else document


_PACKAGE = "@aztec/bb.js"
_VERSION = "4.1.2"


def _archive(*members: tuple[tarfile.TarInfo, bytes]) -> bytes:
    output = io.BytesIO()
    with tarfile.open(fileobj=output, mode="w:gz") as archive:
        for info, content in members:
            info.size = len(content) if info.isreg() else 0
            archive.addfile(info, io.BytesIO(content))
    return output.getvalue()


def _member(name: str, *, kind: bytes = tarfile.REGTYPE, link: str = "") -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type, info.linkname, info.mode = kind, link, 0o777
    return info


def _archives(bomb: int) -> dict[str, bytes]:
    """Archives in place of bb's. bomb: bytes of the one that is a bomb."""
    bb = "package/build/amd64-linux/bb"
    payload = b"#!/bin/sh\ntouch /tmp/evil\n"
    return {
        "another bb": _archive((_member(bb), payload)),
        "a path upwards": _archive((_member(f"../../../../{bb}"), payload)),
        "an absolute path": _archive((_member("/tmp/attack-evil"), payload)),
        "bb as a symbolic link": _archive((_member(bb, kind=tarfile.SYMTYPE, link="/bin/sh"), b"")),
        "bb as a hard link": _archive((_member(bb, kind=tarfile.LNKTYPE, link="/bin/sh"), b"")),
        "bb as a FIFO": _archive((_member(bb, kind=tarfile.FIFOTYPE), b"")),
        "bb as a device": _archive((_member(bb, kind=tarfile.CHRTYPE), b"")),
        "bb as a folder": _archive((_member(bb, kind=tarfile.DIRTYPE), b"")),
        "many members": _archive(*((_member(f"package/{number}"), b"") for number in range(50_000))),
        "a bomb": gzip.compress(bytes(bomb)),
        "no archive": b"not gzip at all",
        "cut short": _archive((_member(bb), payload))[:-20],
        "nothing": b"",
    }


class _Registry:
    """A registry that serves one archive, or answers its own way."""

    def __init__(self, archive: bytes | None, answer: bytes = b"", code: int = 200) -> None:
        self.archive, self.answer, self.code = archive, answer, code
        self.endless = False
        self.asked = False
        self.stop = threading.Event()

    def handler(self) -> type[BaseHTTPRequestHandler]:
        registry = self

        class Handler(QuietHandler):
            protocol_version = "HTTP/1.0"

            def do_GET(self) -> None:  # noqa: N802  # as the base class
                registry.asked = True
                with suppress(OSError):
                    if self.path.endswith(".tgz"):
                        self._archive()
                    elif registry.archive is None and not registry.endless:
                        self._send(registry.code, registry.answer)
                    else:
                        self._send(200, json.dumps(self._package()).encode())

            def _package(self) -> dict[str, object]:
                host = self.headers["Host"]
                dist = {"tarball": f"http://{host}/bb.tgz"}
                version = {"name": _PACKAGE, "version": _VERSION, "dist": dist}
                return {
                    "name": _PACKAGE,
                    "dist-tags": {"latest": _VERSION},
                    "versions": {_VERSION: version},
                }

            def _archive(self) -> None:
                if not registry.endless:
                    self._send(200, registry.archive or b"")
                    return
                self.send_response(200)
                self.end_headers()
                part = random.Random(1).randbytes(1 << 20)
                self.wfile.write(gzip.compress(b"")[:10])
                while not registry.stop.is_set():
                    self.wfile.write(part)

            def _send(self, code: int, body: bytes) -> None:
                self.send_response(code)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

        return Handler


def _registries(bomb: int) -> Iterator[tuple[str, _Registry]]:
    for name, archive in _archives(bomb).items():
        yield name, _Registry(archive)
    refusals = {
        "a refusal with escapes": (403, json.dumps({"error": _ESCAPES}).encode()),
        "a refusal with a long text": (403, json.dumps({"error": "a" * 1_000_000}).encode()),
        "no such package": (404, json.dumps({"error": _ESCAPES}).encode()),
        "not allowed": (401, json.dumps({"error": _ESCAPES, "reason": _ESCAPES}).encode()),
        "broken": (500, _ESCAPES.encode()),
        "noise": (200, bytes(range(256))),
        "deep JSON": (200, b'{"a":' * 60_000),
        "no versions": (200, json.dumps({"name": _PACKAGE, "versions": {}}).encode()),
        "a list": (200, b"[]"),
        "another name": (200, json.dumps({"name": _ESCAPES, "versions": {_VERSION: {}}}).encode()),
        "a tarball in a file": (200, _tarball_at("file:///etc/passwd")),
        "a tarball on another port": (200, _tarball_at("http://127.0.0.1:9/x.tgz")),
        "a tarball in git": (200, _tarball_at("git+ssh://git@127.0.0.1/x")),
        "a wrong digest": (200, _tarball_at("http://127.0.0.1:9/x.tgz", integrity="sha512-AAAA")),
    }
    for name, (code, answer) in refusals.items():
        yield name, _Registry(None, answer, code)
    endless = _Registry(None)
    endless.endless = True
    yield "an endless tarball", endless


def _tarball_at(address: str, **more: str) -> bytes:
    version = {"name": _PACKAGE, "version": _VERSION, "dist": {"tarball": address, **more}}
    return json.dumps(
        {"name": _PACKAGE, "dist-tags": {"latest": _VERSION}, "versions": {_VERSION: version}}
    ).encode()


def _hostile_registry(record: Record) -> None:
    dead = "http://127.0.0.1:9"
    # npm takes minutes over megabytes of zeros; its time limit is a quarter of an hour.
    bomb, seconds = (600_000_000, 1000) if record.scale >= 1 else (10_000_000, _PROGRAM_SECONDS)
    for name, registry in _registries(bomb):
        with temporary() as folder, serving(registry.handler()) as url:
            try:
                ended = run_program(
                    *("tee-rex", "bb", "install", _VERSION),
                    seconds=seconds,
                    environment={
                        "TEE_REX_HOME": str(folder / "home"),
                        "HOME": str(folder),
                        "npm_config_registry": url,
                        "https_proxy": dead,
                        "no_proxy": "127.0.0.1",
                    },
                )
            finally:
                registry.stop.set()
            record.expect(registry.asked, f"{name}: the registry was not asked")
            _expect_nothing_installed(record, name, folder, ended)


def _expect_nothing_installed(record: Record, name: str, folder: Path, ended: Ended) -> None:
    expect_sound(record, ended, name, codes={1, 3, 4})
    record.expect(ended.peak < _MAX_BYTES, f"{name}: {ended.peak / 1e6:.0f} MB")
    stored = [path for path in folder.rglob("*") if path.name == "bb" and not path.is_dir()]
    stored += [path for path in (Path("/tmp/attack-evil"), Path("/tmp/evil")) if path.exists()]
    record.expect(not stored, f"{name}: something was stored")
    with suppress(OSError):
        size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
        record.expect(size < 50_000_000, f"{name}: {size / 1e6:.0f} MB are left on the disk")


ATTACKS = (
    Attack("malicious-server", "a server that attacks its client", _malicious_server),
    Attack("hostile-documents", "changed attestation documents, shown by attest", _hostile_documents),
    Attack("hostile-registry", "a registry that attacks the installation of bb", _hostile_registry),
)
