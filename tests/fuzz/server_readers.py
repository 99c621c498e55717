"""The readers of the server, the enclave, its proxy, and the builder of images."""

from __future__ import annotations

import hashlib
import io
import json
import lzma
import tarfile
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from functools import cache
from ipaddress import ip_network
from typing import Any, Final, cast

import cbor2
import h11
import msgspec
from botocore.exceptions import ClientError
from cryptography.hazmat.primitives.asymmetric import ec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from fuzz.engine import Reader
from fuzz.scratch import Quiet, awaited, file_with, stream_of, written_by
from support.eif_by_hand import CMDLINE, KERNEL, METADATA, RAMDISK, SIGNATURE, eif_by_hand, with_right_crc
from support.image_signer import certificate_of
from support.recorded_steps import V5, wire, wire_of, wire_step, wire_steps_of
from tee_rex.attestation.eif import EifError, image_pcrs, read_eif
from tee_rex.errors import RefusedError, TeeRexError
from tee_rex.openpgp import encrypt
from tee_rex.system.untrusted import UndecodableError
from tee_rex.transaction.steps import ExecutionSteps
from tee_rex.transaction.trusted_setup import TrustedSetup
from tee_rex.transaction.versions import AztecVersion
from tee_rex.web.app import Cors, create_app
from tee_rex.web.bodies import BodyForm, body_form, declared_bytes, read_body
from tee_rex.web.clients import ClientAddresses
from tee_rex.web.responses import json_errors, json_response
from tee_rex.web.server import HttpConfig
from tee_rex.wire.control import Inventory
from tee_rex.wire.protocol import (
    ErrorAnswer,
    JobBb,
    JobStatus,
    ProveBody,
    StreamOpening,
    StreamPart,
    encode_payload,
)
from tee_rex.wire.tickets import Heartbeat, JoinRequest, TicketRequest
from tee_rex_server.deploy.aws import ReleaseStore, SsmHosts
from tee_rex_server.deploy.deployer import Deployer
from tee_rex_server.deploy.fleet import Deployment, Fleet, FleetHost, FleetState, Release, read_release
from tee_rex_server.deploy.host import HostEnclave, HostStatus, enclaves_in
from tee_rex_server.errors import deploy as errors
from tee_rex_server.errors.fleet import JOIN_MALFORMED
from tee_rex_server.errors.image import MEASUREMENTS_MALFORMED
from tee_rex_server.errors.proxy import EnclaveAnswerError, EnclaveUnreachableError
from tee_rex_server.fleet.routes import parsed_body
from tee_rex_server.http.routes import _nonce, _version
from tee_rex_server.image.command import _name_and_version
from tee_rex_server.image.debian_package import package_files
from tee_rex_server.image.report import (
    MeasurementsReport,
    ReportedPcrs,
    SectionSizes,
    encode_report,
    expected_pcrs,
)
from tee_rex_server.image.signature import ImageSigner, verified_pcr8
from tee_rex_server.proving.decoder import RequestDecoder, ServerKey, StepsInParts
from tee_rex_server.proxy.exchange import Exchange, parsed
from tee_rex_server.proxy.forwarding import _error_code
from tee_rex_server.proxy.routing import read_message_head, recipients_in
from tee_rex_server.tee.nsm import Nsm
from tee_rex_server.vsock import _expect_ok

_NOW: Final = datetime(2026, 1, 1, tzinfo=UTC)
_PCR0: Final = bytes(48)


# Requests.


@cache
def _decoder() -> RequestDecoder:
    return RequestDecoder(ServerKey.generate(_NOW))


def _message() -> bytes:
    plaintext = encode_payload(wire(wire_step()), AztecVersion(4, 1, 2), TrustedSetup.GENUINE, None)
    return bytes(encrypt(_decoder()._key.private.public_key, plaintext))


def _body(content: bytes) -> None:
    with suppress(TeeRexError):
        _decoder()._payload_request(bytearray(content), BodyForm.JSON)
    with suppress(TeeRexError):
        _decoder()._steps_request(bytearray(content), BodyForm.JSON, None)
    _decoder()._payload_request(bytearray(content), BodyForm.MESSAGE)


def _some_bodies() -> Sequence[bytes]:
    return [msgspec.json.encode(ProveBody(_message())), _message()]


def _steps_in_parts(content: bytes) -> None:
    """The input is a decrypted part; it ends the proof, or has its steps added."""
    kinds = ExecutionSteps.from_bytes(wire_of(V5)).kinds
    stream = StepsInParts(StreamOpening("5.0.0", None, TrustedSetup.GENUINE, [*kinds], bytes(32)))
    stream.take(StreamPart.from_bytes(content), lambda _request: None)


def _some_parts() -> Sequence[bytes]:
    kinds = [*ExecutionSteps.from_bytes(wire_of(V5)).kinds]
    steps = [msgspec.msgpack.encode(step) for step in wire_steps_of(V5)]
    return [
        StreamPart(bytes(32), 0, kinds, steps, last=True).to_bytes(),
        StreamPart(bytes(32), 0, [*kinds[:1], *kinds], steps[:1], last=False).to_bytes(),
    ]


async def _read_whole(request: Request) -> Response:
    form = body_form(request.headers, set(BodyForm))
    declared_bytes(request.headers, form.value)
    body = await read_body(request.receive, form.value)
    addresses = ClientAddresses([ip_network("127.0.0.0/8")])
    _nonce(request.query_params.getlist("nonce"))
    _version(request.headers.getlist("x-aztec-version"))
    answer = ErrorAnswer(error=str(addresses.of_request(request.scope)), request_id=f"{len(body)}")
    return json_response(answer)


@cache
def _config() -> HttpConfig:
    app = create_app(
        [Route("/v1/{name}", _read_whole, methods=["GET", "POST"])],
        metrics=cast("Any", Quiet()),
        log=cast("Any", Quiet()),
        client=lambda _scope: None,
        errors=json_errors(discreet=False),
        cors=Cors(["x-request-id"]),
    )
    config = HttpConfig(app, ClientAddresses())
    config.load()
    return config


def _http(content: bytes) -> None:
    """The input is what a client sends over a connection."""
    written = written_by(_config(), content)
    assert b"HTTP/1.1 5" not in written, written[:200]


def _some_requests() -> Sequence[bytes]:
    host = b"Host: a\r\nX-Forwarded-For: 10.0.0.1, 127.0.0.2\r\nX-Request-Id: 7\r\n"
    json_head = b"Content-Type: application/json\r\nX-Aztec-Version: 4.1.2\r\n"
    binary = b"Content-Type: application/octet-stream\r\nTransfer-Encoding: chunked\r\nOrigin: https://x\r\n"
    return [
        b"GET /v1/a?nonce=00ff HTTP/1.1\r\n" + host + b"\r\n",
        b"POST /v1/a HTTP/1.1\r\n" + host + json_head + b"Content-Length: 2\r\n\r\n{}",
        b"POST /v1/a HTTP/1.1\r\n" + host + binary + b"\r\n2\r\nab\r\n0\r\n\r\nGET /x HTTP/1.1\r\n\r\n",
        b"OPTIONS /v1/a HTTP/1.1\r\nOrigin: https://x\r\nAccess-Control-Request-Method: POST\r\n"
        + host
        + b"\r\n",
    ]


# The proxy and its enclaves.


async def _parts(content: bytes) -> AsyncIterator[bytes]:
    for at in range(0, len(content), 100):
        yield content[at : at + 100]


def _recipients(content: bytes) -> None:
    for form in BodyForm:
        recipients_in(content, form)
        awaited(read_message_head(_parts(content), form))


def _enclave_answer(content: bytes) -> None:
    """The input is what an enclave sends over a connection."""

    async def exchange() -> bytes:
        exchanged = Exchange("cid-16", cast("Any", (stream_of(content), None)))
        exchanged._http.send(h11.Request(method="GET", target="/", headers=[("host", "enclave")]))
        _, body = await exchanged.short_answer(4096)
        return body

    _enclave_json(awaited(exchange()))


def _enclave_json(content: bytes) -> None:
    _error_code(content)
    for form in (JobStatus, msgspec.Raw):
        with suppress(EnclaveAnswerError):
            parsed(content, form, "cid-16", "/")
    parsed(content, Inventory, "cid-16", "/v1/inventory")


def _some_inventories() -> Sequence[bytes]:
    entry = {"setup": "genuine", "sha256": "ab" * 32, "present": True}
    inventory = {"bb": [{**entry, "version": "4.1.2"}], "crs": [{**entry, "index": 3}], "ready": True}
    return [json.dumps(inventory).encode()]


def _some_enclave_answers() -> Sequence[bytes]:
    (body,) = _some_inventories()
    head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
    return [
        head + b"Content-Length: %d\r\n\r\n" % len(body) + body,
        head + b"Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
        b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 404 Not Found\r\nConnection: close\r\n\r\nno",
    ]


def _fleet_json(content: bytes) -> None:
    for form in (TicketRequest, JoinRequest, Heartbeat):
        with suppress(RefusedError):
            parsed_body(content, form, JOIN_MALFORMED)


def _some_fleet_requests() -> Sequence[bytes]:
    bb = [JobBb("4.1.2", "ab" * 32)]
    setups = [TrustedSetup.GENUINE]
    return [
        msgspec.json.encode(one)
        for one in (
            TicketRequest("4.1.2", TrustedSetup.GENUINE, 1_000, "ab" * 32),
            JoinRequest(
                "p.cid-16", "https://p:1", "/enclaves/cid-16", "nitro", "key", setups, ["4.1.2"], bb, 2
            ),
            Heartbeat(2, 1, accepting=True, versions=["4.1.2"]),
        )
    ]


def _forwarded(content: bytes) -> None:
    """The input is in the place of a header that names a client."""
    headers = [(b"x-forwarded-for", part) for part in content.split(b"\n")]
    for addresses in (
        ClientAddresses([ip_network("::/0"), ip_network("0.0.0.0/0")]),
        ClientAddresses((), True),
    ):
        addresses.of_request({"headers": headers, "client": ("127.0.0.1", 1)})


def _vsock_ok(content: bytes) -> None:
    awaited(_expect_ok(stream_of(content), 5000))


# The Nitro Secure Module.


def _nsm(content: bytes) -> None:
    device = Nsm(lambda _request: content)
    with suppress(TeeRexError):
        device.random()
    device.attestation(public_key=None, user_data=None, nonce=None)


def _some_nsm_answers() -> Sequence[bytes]:
    answers: list[object] = [
        {"Attestation": {"document": b"d"}},
        {"GetRandom": {"random": bytes(256)}},
        {"Error": "InvalidOperation"},
    ]
    return [cbor2.dumps(answer) for answer in answers]


# Deployments.


class _Answering:
    """A bucket, or a host, that answers with the input."""

    def __init__(self, content: bytes) -> None:
        self._content = content

    def get_object(self, **_arguments: str) -> dict[str, Any]:
        head = {"HTTPHeaders": {"date": "Thu, 01 Jan 2026 00:00:00 GMT"}}
        body = io.BytesIO(self._content)
        return {"Body": body, "ETag": '"1"', "LastModified": _NOW, "ResponseMetadata": head}

    def put_object(self, **_arguments: object) -> dict[str, Any]:
        raise ClientError({"Error": {"Code": "PreconditionFailed"}}, "PutObject")

    async def run(self, *_arguments: object, **_options: object) -> bytes:
        return self._content


_HOST: Final = FleetHost("a", "i-0123456789abcdef0", "https://a.example.org", (16, 17))


def _fleet_state(content: bytes) -> None:
    awaited(ReleaseStore(cast("Any", _Answering(content)), "bucket", "test").state())


_PCR: Final = "ab" * 48
_SOME_RELEASE: Final = Release("0.1.0", "ab" * 32, 9, _PCR, _PCR, _PCR, (TrustedSetup.GENUINE,))


def _some_fleet_states() -> Sequence[bytes]:
    deployment = Deployment(_SOME_RELEASE, _SOME_RELEASE, "ana")
    return [b"{}", msgspec.json.encode(FleetState(_SOME_RELEASE, _SOME_RELEASE, deployment))]


def _stored_release(content: bytes) -> None:
    store = ReleaseStore(cast("Any", _Answering(content)), "bucket", "test")
    awaited(store._put_once("test/releases/x.json", _SOME_RELEASE))


def _host_answer(content: bytes) -> None:
    hosts = _Answering(content)
    deployer = Deployer(cast("Any", None), cast("Any", None), hosts, cast("Any", None), "", lambda _: None)
    with suppress(TeeRexError):
        awaited(deployer._status(_HOST))
    text = content.decode(errors="replace")
    SsmHosts(cast("Any", None), "document")._failure(_HOST, "status", "Failed", text.encode())


def _some_host_answers() -> Sequence[bytes]:
    enclaves = (HostEnclave(16, "ab" * 32, draining=False, ready=True), HostEnclave(17, None, True, False))
    status = HostStatus("0.1.0", ("ab" * 32,), enclaves)
    error = {"code": "DRAIN_TIMED_OUT", "title": "Busy", "message": "It was busy.", "hint": ""}
    return [msgspec.json.encode(status), msgspec.json.encode({"error": error})]


def _proxy_health(content: bytes) -> None:
    for cid in enclaves_in(content):
        assert 3 <= cid < 2**32


def _some_proxy_healths() -> Sequence[bytes]:
    enclave = {"state": "ok", "draining": False, "ready": True, "slots": 1, "slots_busy": 0}
    enclave |= {"queue_length": 0, "requests": 0}
    health = {
        "available_versions": ["4.1.2"],
        "ready": True,
        "accepting": True,
        "slots": 1,
        "slots_busy": 0,
        "queue_length": 0,
        "queue_limit": 8,
        "bb_hashes": [],
        "enclave": "ok",
        "runtime": {
            "hardware_concurrency": "1",
            "available_parallelism": 1,
            "cpu_count": 1,
            "tee_mode": "nitro",
        },
        "enclaves": [{**enclave, "name": name} for name in ("cid-16", "cid-" + "9" * 5000, "socket")],
    }
    return [json.dumps(health).encode()]


def _fleet_file(content: bytes) -> None:
    Fleet.read(file_with(content, "fleet.toml"))


def _some_fleet_files() -> Sequence[bytes]:
    text = (
        b'region = "eu-west-2"\nbucket = "b"\nprefix = "test"\ndocument = "d"\n[[hosts]]\nname = "a"\n'
        b'instance = "i-0123456789abcdef0"\nurl = "https://a.example.org"\ncids = [16, 17]\n'
    )
    return [text, b"region = " + b"[" * 5000]


@cache
def _release_image() -> bytes:
    return eif_by_hand([(KERNEL, b"kernel"), (CMDLINE, b"quiet"), (RAMDISK, b"one"), (RAMDISK, b"two")])


def _release_folder(content: bytes) -> None:
    """The input is the measurements.json beside an image."""
    file_with(_release_image(), "tee-rex.eif")
    read_release(file_with(content, "measurements.json").parent)


def _some_releases() -> Sequence[bytes]:
    image = _release_image()
    measured = image_pcrs(read_eif(image))
    report = MeasurementsReport(
        name="tee-rex",
        version="0.1.0",
        file="tee-rex.eif",
        cmdline="quiet",
        bytes=len(image),
        sha256=hashlib.sha256(image).hexdigest(),
        setups=("genuine",),
        pcrs=ReportedPcrs(measured.pcr0.hex(), measured.pcr1.hex(), measured.pcr2.hex()),
        sections=SectionSizes(6, (3, 3)),
        inputs=(),
    )
    return [encode_report(report)]


# Images.


def _eif(content: bytes) -> None:
    eif = read_eif(content)
    image_pcrs(eif)
    _name_and_version(eif.metadata)
    if eif.signature is not None:
        verified_pcr8(eif.signature, _PCR0)


def _eif_with_crc(content: bytes) -> None:
    """The input with the checksum that belongs to it."""
    _eif(with_right_crc(content) if len(content) >= 548 else content)


def _some_images() -> Sequence[bytes]:
    sections = [(KERNEL, b"kernel"), (CMDLINE, b"quiet"), (RAMDISK, b"one"), (RAMDISK, b"two")]
    (signature,) = _some_signatures()
    described = [(METADATA, b'{"ImageName":"a","ImageVersion":"1"}'), (SIGNATURE, signature)]
    return [eif_by_hand(sections), eif_by_hand([*sections, *described])]


def _signature(content: bytes) -> None:
    verified_pcr8(content, _PCR0)


@cache
def _some_signatures() -> Sequence[bytes]:
    key = ec.generate_private_key(ec.SECP384R1())
    return (ImageSigner(certificate_of(key), key).section(_PCR0),)


def _measurements(content: bytes) -> None:
    expected_pcrs(file_with(content, "measurements.json"))


def _some_measurements() -> Sequence[bytes]:
    pcrs = {"HashAlgorithm": "Sha384 { ... }", "PCR0": "ab" * 48, "PCR1": "ab" * 48, "PCR2": "ab" * 48}
    return [json.dumps({"Measurements": pcrs}).encode()]


def _package(content: bytes) -> None:
    package_files(content)


def _package_data(content: bytes) -> None:
    """The input is the archive of files, unpacked."""
    package_files(_ar(data=lzma.compress(content, preset=0)))


def _archive() -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        file = tarfile.TarInfo("./usr/lib/libx.so.1.2")
        file.size = 7
        archive.addfile(file, io.BytesIO(b"library"))
        link = tarfile.TarInfo("./usr/lib/libx.so.1")
        link.type, link.linkname = tarfile.SYMTYPE, "libx.so.1.2"
        archive.addfile(link)
    return buffer.getvalue()[:3072]


def _ar(data: bytes) -> bytes:
    parts = {b"debian-binary": b"2.0\n", b"control.tar.xz": b"", b"data.tar.xz": data}
    members = (
        name.ljust(48) + str(len(part)).encode().ljust(10) + b"`\n" + part + b"\n" * (len(part) % 2)
        for name, part in parts.items()
    )
    return b"!<arch>\n" + b"".join(members)


READERS: Final = (
    Reader("request-body", _body, (TeeRexError,), _some_bodies, 16_384),
    Reader("steps-in-parts", _steps_in_parts, (TeeRexError,), _some_parts, 32_768),
    Reader("http", _http, (), _some_requests),
    Reader("message-recipients", _recipients, (), _some_bodies, 16_384),
    Reader(
        "enclave-answer",
        _enclave_answer,
        (EnclaveAnswerError, EnclaveUnreachableError),
        _some_enclave_answers,
    ),
    Reader("enclave-json", _enclave_json, (EnclaveAnswerError,), _some_inventories),
    Reader("fleet-json", _fleet_json, (), _some_fleet_requests, 4096),
    Reader("forwarded-for", _forwarded, (), lambda: [b"10.0.0.1, ::1\n203.0.113.7"], 1024),
    Reader("vsock-ok", _vsock_ok, (OSError,), lambda: [b"OK 1024\n"], 1024),
    Reader("nsm", _nsm, (TeeRexError,), _some_nsm_answers),
    Reader("fleet-state", _fleet_state, (errors.STATE_INVALID.error_type,), _some_fleet_states),
    Reader(
        "stored-release",
        _stored_release,
        (errors.STORED_DIFFERENTLY.error_type,),
        lambda: [msgspec.json.encode(_SOME_RELEASE)],
    ),
    Reader("host-answer", _host_answer, (), _some_host_answers),
    Reader("proxy-health", _proxy_health, (UndecodableError,), _some_proxy_healths, 16_384),
    Reader("fleet-file", _fleet_file, (errors.FLEET_INVALID.error_type,), _some_fleet_files),
    Reader("release-folder", _release_folder, (TeeRexError,), _some_releases),
    Reader("eif", _eif, (EifError,), _some_images),
    Reader("eif-crc", _eif_with_crc, (EifError,), _some_images),
    Reader("eif-signature", _signature, (EifError,), _some_signatures),
    Reader("measurements", _measurements, (MEASUREMENTS_MALFORMED.error_type,), _some_measurements),
    Reader("debian-package", _package, (ValueError,), lambda: [_ar(lzma.compress(_archive()))]),
    Reader("debian-data", _package_data, (ValueError,), lambda: [_archive()]),
)
