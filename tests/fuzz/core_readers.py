"""The readers of the library and the command line."""

from __future__ import annotations

import asyncio
import base64
import gzip
import hashlib
import json
import ssl
import struct
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache, partial
from ipaddress import ip_network
from pathlib import Path
from typing import Any, Final, cast

import cbor2
import httpx2
import msgspec
from cryptography.hazmat.primitives.serialization import Encoding

from fuzz.engine import Reader
from fuzz.scratch import Quiet, awaited, connection_to, file_with, stream_of, written_by
from support.bb6_stand_in import schema_of_v6
from support.nitro_fake import PRODUCTION_PCRS, FakeNitro
from support.noir_circuits import V4, body_of, gzipped, request_of
from support.openpgp_forge import KeyParts, Sealed, literal, packet_in_pieces
from support.recorded_steps import (
    V5,
    V6,
    bb_schema_of,
    genuine_deployment,
    some_key,
    wire,
    wire_of,
    wire_step,
)
from support.remote_client import BUILD, PROVER, QUICK_RETRIES, small_request
from support.scripted_server import SOME_PROOF, done, event, status
from support.settings_files import settings_in
from support.small_bb import tar_gz
from tee_rex.attestation.cbor import CborError, is_well_formed, read_any_cbor, read_cbor
from tee_rex.attestation.checks import AttestationPolicy
from tee_rex.attestation.document import MAX_DOCUMENT_BYTES, AttestationDocument, CoseSign1
from tee_rex.attestation.examination import UntrustedAttestation, examine, examine_saved
from tee_rex.attestation.provers import encode_provers, read_provers
from tee_rex.aztec.networks import Network
from tee_rex.aztec.node import AztecNode
from tee_rex.aztec.wallet import protocol as wallet
from tee_rex.aztec.wallet import runtime as wallet_runtime
from tee_rex.aztec.wallet.client import BridgeClient
from tee_rex.aztec.wallet.data import WalletData
from tee_rex.bb.archives import BadArchiveError, members, whole
from tee_rex.bb.pins import BbPins
from tee_rex.bb.user_store import RECORD, BbRecord, UserBbStore
from tee_rex.browser.approvals import Approvals
from tee_rex.browser.certificates import AUTHORITY_NAME, CertificateFolder, Certificates
from tee_rex.browser.listeners import HTTP_PORT
from tee_rex.browser.origins import Origin
from tee_rex.browser.proving import SiteProofs
from tee_rex.browser.routes import BrowserApi, HostGuard, is_own_host, presto_errors
from tee_rex.browser.sites import SiteStore
from tee_rex.browser.sites import _File as SitesFile
from tee_rex.browser.trust_stores import (
    firefox_profiles,
    listed_by_certutil,
    listed_by_powershell,
    listed_by_security,
)
from tee_rex.browser.ultra_honk import read_circuit
from tee_rex.browser.uploads import Upload
from tee_rex.crs.sources import range_sent
from tee_rex.devnet.packages import _is_prepared
from tee_rex.devnet.run_folder import RunFolder
from tee_rex.errors import (
    AttestationError,
    InputError,
    RefusedError,
    TeeRexError,
    UnusableEnvironmentError,
    UsageError,
)
from tee_rex.errors.catalogue.browser import SERVICE_UNAVAILABLE
from tee_rex.errors.tree import (
    BadServerAnswerError,
    BadSettingError,
    BbCorruptError,
    MalformedProofError,
    NodeError,
    ProverNotAllowedError,
    WalletDataError,
)
from tee_rex.http_client.answers import Answer, decoded, refusal
from tee_rex.http_client.server_url import ServerUrl
from tee_rex.local import session
from tee_rex.local.connection import (
    BbConnection,
    BbErrorResponse,
    ConnectionLostError,
    UnexpectedAnswerError,
)
from tee_rex.local.dialects import dialect_of
from tee_rex.local.downloading import DownloadingInstallation
from tee_rex.local.ultra_honk import UltraHonkRequest, VerifierTarget
from tee_rex.npm.npm import failure_of
from tee_rex.openpgp import PrivateKey, PublicKey, decrypt, encrypt
from tee_rex.openpgp.armor import armor, unarmor
from tee_rex.openpgp.packets import MalformedError, read_packet
from tee_rex.openpgp.recipients import read_recipients
from tee_rex.openpgp.signatures import _read_subpackets
from tee_rex.remote.api import ProvingApi, read_proof
from tee_rex.remote.attestation import fetch_attestation
from tee_rex.remote.jobs import JobsApi
from tee_rex.remote.known_servers import KnownServers
from tee_rex.remote.original import OriginalApi
from tee_rex.runtime import signed
from tee_rex.runtime.apt import bytes_in_uris, parse_deb822, parse_one_line
from tee_rex.runtime.store import unmet_in
from tee_rex.settings import rules
from tee_rex.settings.file import SettingsFile, reset_settings_file, write_settings_file
from tee_rex.settings.paths import Paths
from tee_rex.system.child_process import Finished
from tee_rex.system.newer_fields import json_with_changes
from tee_rex.system.platform import Platform
from tee_rex.system.untrusted import UndecodableError, decode_json, decode_msgpack
from tee_rex.transaction.events import PhaseClock, ignore_events
from tee_rex.transaction.generations import (
    CircuitTable,
    KnownCircuits,
    StepKind,
    generation_of,
    generations,
)
from tee_rex.transaction.proof import FIELD_BYTES, ChonkProof
from tee_rex.transaction.request import ProofRequest, ProofResult, StreamedRequest
from tee_rex.transaction.steps import ExecutionStep, ExecutionSteps, unnamed_kinds
from tee_rex.transaction.trusted_setup import TrustedSetup
from tee_rex.transaction.versions import AztecVersion
from tee_rex.web.clients import ClientAddresses
from tee_rex.web.server import HttpConfig
from tee_rex.wire.protocol import (
    AttestationAnswer,
    ErrorAnswer,
    JobAccepted,
    JobStatus,
    ProofPayload,
    ProveAnswer,
    PublicKeyAnswer,
    StreamOpening,
    StreamPart,
    encode_payload,
    read_payload,
)

_NOW: Final = datetime(2026, 1, 1, tzinfo=UTC)
_NONCE: Final = bytes(32)


def _text(read: Callable[[str], object]) -> Callable[[bytes], object]:
    """A reader of text that gets the input as text, whatever the bytes are."""
    return lambda content: read(content.decode("utf-8", "surrogateescape"))


@cache
def _nitro() -> FakeNitro:
    return FakeNitro(_NOW)


@cache
def _key() -> PrivateKey:
    return PrivateKey.generate("TEE-Rex", _NOW)


@cache
def _pins() -> BbPins:
    return BbPins.shipped()


# Execution steps and proofs.


def _steps(content: bytes) -> None:
    steps = ExecutionSteps.from_bytes(content)
    assert ExecutionSteps.from_bytes(steps.to_bytes()) == steps
    steps.check_inflation()
    ProofRequest.recognised(steps)


def _step(content: bytes) -> None:
    step = ExecutionStep.from_bytes(content)
    assert ExecutionStep.from_bytes(step.to_bytes()) == step
    for version in (AztecVersion(4, 1, 2), AztecVersion(5, 0, 0), AztecVersion(6, 1, 0)):
        whole = ExecutionSteps.from_bytes(wire_of(generation_of(version)))
        stream = StreamedRequest(whole.kinds, TrustedSetup.GENUINE, version)
        with suppress(InputError):
            stream.add(0, step)


@cache
def _circuits() -> KnownCircuits:
    """As if the made-up keys of v5 were of genuine kernels, so that a proof can begin before the end."""
    keys = {"private_kernel_init": V5.key_bytes.kernel, "hiding_kernel_to_rollup": V5.key_bytes.hiding}
    circuits = {
        name: {TrustedSetup.GENUINE: hashlib.sha256(some_key(length)).hexdigest()}
        for name, length in keys.items()
    }
    return KnownCircuits.shipped().joined({5: CircuitTable(circuits=circuits)})


def _upload(content: bytes) -> None:
    """The input is a body, in parts of as many bytes as its last byte says; read whole, it is the same."""
    size = max(1 + content[-1], len(content) // 16) if content else 1
    parts = [content[at : at + size] for at in range(0, len(content), size)]
    whole = None
    with suppress(InputError, UsageError):
        whole = ProofRequest.recognised(ExecutionSteps.from_bytes(content), circuits=_circuits())
    try:
        assert asyncio.run(_arrived(parts)) == whole
    except (InputError, UsageError):
        assert whole is None
        raise


async def _arrived(parts: Sequence[bytes]) -> ProofRequest:
    async def body() -> AsyncIterator[bytes]:
        for part in parts:
            yield part
            await asyncio.sleep(0)

    upload = Upload(_circuits())
    reading = asyncio.create_task(upload.read(body()))
    try:
        request = await upload.request(None)
        await request.steps.ended()
    finally:
        await reading
    return request


def _payload(content: bytes) -> None:
    read_payload(content)


def _part(content: bytes) -> None:
    StreamPart.from_bytes(content)


def _some_parts() -> Sequence[bytes]:
    kinds = [StepKind.KERNEL, StepKind.HIDING]
    return [
        StreamPart(bytes(32), 0, kinds, [msgspec.msgpack.encode(wire_step())], last=False).to_bytes(),
        StreamPart(bytes(32), 1, kinds, [], last=True).to_bytes(),
    ]


def _payload_with_steps(content: bytes) -> None:
    """The input is in the place of the steps."""
    whole = encode_payload(b"\xc0", AztecVersion(4, 1, 2), TrustedSetup.GENUINE, None)
    assert whole.endswith(b"\xc0")
    ProofPayload.from_bytes(whole[:-1] + content)


def _gzip(content: bytes) -> None:
    circuit = UltraHonkRequest(content, content, VerifierTarget.EVM, AztecVersion(4, 1, 2), content)
    with suppress(InputError):
        circuit.check_lengths()
    bytecode, witness = circuit.inflated()
    assert bytecode == witness == gzip.decompress(content)


def _circuit(content: bytes) -> None:
    untrusted = bytearray(content)
    request = read_circuit(untrusted, AztecVersion(4, 1, 2), TrustedSetup.GENUINE)
    assert untrusted == b""
    if isinstance(request, TeeRexError):
        raise request
    request.inflated()


def _some_circuits() -> Sequence[bytes]:
    square = request_of("square", version=V4)
    return body_of(square), body_of(replace(square, verification_key=bytes(1888)))


def _some_steps() -> Sequence[bytes]:
    v4 = wire(wire_step()), wire(wire_step(functionName="a"), wire_step()), wire(wire_step(vk=b""))
    return *v4, wire_of(V5), wire_of(V6)


def _some_payloads() -> Sequence[bytes]:
    version = AztecVersion(4, 1, 2)
    return [
        encode_payload(wire(wire_step()), version, TrustedSetup.GENUINE, None),
        encode_payload(wire(wire_step()), version, TrustedSetup.DEVELOPMENT, bytes(32)),
        StreamOpening("4.1.2", None, TrustedSetup.GENUINE, [StepKind.HIDING] * 3, bytes(32)).to_bytes(),
    ]


def _proof(content: bytes) -> None:
    *others, last = generations()
    for generation in others:
        with suppress(MalformedProofError):
            proof = ChonkProof.from_wire(content, generation)
            _ = proof.parts
            proof.check_length(content)
    proof = ChonkProof.from_wire(content, last)
    assert proof.to_wire() == content
    _ = proof.parts, proof.public_inputs, proof.sha256


# Attestation.


def _cbor(content: bytes) -> None:
    content = content[:MAX_DOCUMENT_BYTES]  # by which the callers bound the work
    well_formed = is_well_formed(content)
    with suppress(CborError):
        read_any_cbor(content)
        assert well_formed
    read_cbor(content, optional_tag=18, indefinite_outer_map=True)
    assert well_formed


def _document(content: bytes) -> None:
    AttestationDocument.read(CoseSign1.read(content).payload)


def _examined(document: bytes, key: bytes | None = None, manifest: bytes | None = None) -> None:
    policy = AttestationPolicy(
        builds=(BUILD,), provers=frozenset({PROVER}), aztec_version=AztecVersion(4, 1, 2)
    )
    untrusted = UntrustedAttestation(document, key, manifest)
    examine(untrusted, policy, nonce=_NONCE, root=_nitro().root, at=_NOW).report()
    examine_saved(document, [BUILD], root=_nitro().root, at=_NOW).report()


def _signed_payload(content: bytes) -> None:
    """The input is the payload, which the enclave signs."""
    _examined(_nitro().sign(content))


def _certificate(content: bytes) -> None:
    """The input stands for the certificate of the zone."""
    nitro = _nitro()
    chain = [*nitro.chain[:2], content, *nitro.chain[3:-1]]
    _examined(nitro.sign(nitro.payload(cabundle=chain)))


def _beside_document(content: bytes) -> None:
    """The input is both the key and the list of provers beside a genuine document."""
    with_manifest = json.dumps({"manifest_sha256": "0" * 64}, separators=(",", ":")).encode()
    _examined(_nitro().document(user_data=with_manifest, nonce=_NONCE, public_key=b"k"), content, content)


def _some_documents() -> Sequence[bytes]:
    nitro = _nitro()
    named, _ = encode_provers([PROVER])
    armored = _key().public_key.armored().encode()
    return [
        nitro.document(user_data=named, nonce=_NONCE, public_key=armored),
        nitro.document(pcrs={0: bytes(48), 1: bytes(48), 2: bytes(48)}),
        cbor2.dumps(cbor2.CBORTag(18, cbor2.loads(nitro.document()))),
    ]


def _some_payloads_to_sign() -> Sequence[bytes]:
    named, _ = encode_provers([PROVER])
    return [
        cbor2.dumps(_nitro().payload(user_data=named, nonce=_NONCE)),
        cbor2.dumps(_nitro().payload(pcrs={0: PRODUCTION_PCRS[0]})),
    ]


def _provers(content: bytes) -> None:
    with suppress(ProverNotAllowedError):
        read_provers(content)
    read_provers(encode_provers([PROVER] * 5)[0], content)


def _some_provers() -> Sequence[bytes]:
    return [part for count in (1, 5) for part in encode_provers([PROVER] * count) if part is not None]


# OpenPGP.


def _sealed(content: bytes) -> None:
    """The input is what the encrypted data holds."""
    decrypt(_key(), Sealed(_key().public_key, content or b"\0").message(), max_plaintext=4096)


def _some_messages() -> Sequence[bytes]:
    sealed = Sealed(_key().public_key, literal(b"steps", file_name=b"f"))
    return [
        bytes(encrypt(_key().public_key, b"steps" * 100)),
        sealed.message(),
        sealed.head + packet_in_pieces(18, sealed.body + bytes(600), [9]),
    ]


def _armored_packets(content: bytes) -> None:
    PublicKey.parse_armored(armor(content[:2000]), at=_NOW)


def _armored(content: bytes) -> None:
    with suppress(MalformedError):
        unarmor(content)
    PublicKey.parse_armored(content, at=_NOW)


def _subpackets(content: bytes) -> None:
    _read_subpackets(content)


def _packets(content: bytes) -> None:
    offset = 0
    while offset < len(content):
        packet = read_packet(content, offset)
        assert offset < packet.end <= len(content)
        offset = packet.end


# Servers and nodes.

_FORMS: Final[tuple[type[msgspec.Struct], ...]] = (
    *(AttestationAnswer, PublicKeyAnswer, ProveAnswer, JobAccepted, JobStatus, ErrorAnswer),
)


def _answer(content: bytes) -> None:
    for code in (302, 400, 429, 500):
        assert refusal(
            Answer(code, {"Retry-After": content.decode("latin-1")}, content)
        ).message.isprintable()
    for form in _FORMS:
        with suppress(BadServerAnswerError):
            decoded(content, form)
    read_proof(content, ProofRequest.recognised(ExecutionSteps.from_bytes(genuine_deployment())))


def _proved(api: Callable[..., ProvingApi], answer: Callable[[httpx2.Request], httpx2.Response]) -> None:
    made = api(connection_to(answer), QUICK_RETRIES)
    awaited(made.prove(b"message", small_request(), PhaseClock(ignore_events)))


def _events(content: bytes) -> None:
    """The input is the stream of a job's events, or what the job is said to be."""

    def answer(request: httpx2.Request) -> httpx2.Response:
        if request.method == "POST":
            return httpx2.Response(202, json=status("queued"))
        if request.url.path.endswith("/events"):
            return httpx2.Response(200, content=content, headers={"Content-Type": "text/event-stream"})
        return httpx2.Response(200 if content.startswith(b"{") else 404, content=content)

    _proved(JobsApi, answer)


def _some_events() -> Sequence[bytes]:
    failed = status("failed", error={"code": "BB_CRASHED", "title": "t", "message": "m", "hint": "h"})
    circuit = {"index": 0, "count": 1, "name": "n"}
    proving = event(status("queued", position=1)) + event(status("proving", circuit=circuit))
    bb = {"version": "4.1.2", "sha256": "ab" * 32}
    return [proving, event(failed), proving + event(done(bb=bb)), json.dumps(failed).encode()]


_PROVED: Final = json.dumps({"proof": base64.b64encode(SOME_PROOF.to_wire()).decode()}).encode()


def _original(content: bytes) -> None:
    said = [
        (b"x-prove-duration-ms", b"12.5" if content == _PROVED else content[:20]),
        (b"x-bb-version", b"4.4.0" if content == _PROVED else content[:80]),
    ]
    _proved(OriginalApi, lambda _: httpx2.Response(200, content=content, headers=said))


def _attestation_answer(content: bytes) -> None:
    awaited(fetch_attestation(connection_to(lambda _: httpx2.Response(200, content=content)), _NONCE))


def _some_attestation_answers() -> Sequence[bytes]:
    document = base64.b64encode(b"document").decode()
    whole = AttestationAnswer("nitro", "key", document, base64.b64encode(b"manifest").decode())
    return [msgspec.json.encode(whole), b'{"mode":"standard"}']


def _node(content: bytes) -> None:
    node = AztecNode(connection_to(lambda _: httpx2.Response(200, content=content)))
    with suppress(NodeError, InputError):
        Network.accepted(awaited(node.info()))
    for asked in (node.receipt("0x0"), node.chain_marker(), node.is_ready()):
        with suppress(NodeError):
            awaited(cast("Any", asked))


def _some_node_answers() -> Sequence[bytes]:
    info = {
        "nodeVersion": "4.1.2",
        "l1ChainId": 31337,
        "rollupVersion": 1,
        "l1ContractAddresses": {"rollupAddress": "0x" + "ab" * 20},
        "realProofs": False,
    }
    results: list[object] = [info, {"status": "proven", "executionResult": "success", "blockNumber": 3}]
    whole: list[object] = [{"jsonrpc": "2.0", "id": 1, "result": result} for result in results]
    whole += [{"error": {"message": "no", "code": code}} for code in (-1, -32601)]
    return [json.dumps(answer).encode() for answer in whole]


# The wallet's process, and bb.


class _Wallet:
    """Stands for the wallet's process, which has written ``content`` and ended."""

    pid, peak_memory_bytes, stderr = 1, 0, b""

    def __init__(self, content: bytes) -> None:
        self.stdout = stream_of(content)
        self.stdin = self

    def writelines(self, _parts: object) -> None:
        """Nothing is sent."""

    def kill(self) -> None:
        """It has ended."""

    async def wait(self, _seconds: float) -> int:
        return 0

    async def wait_or_kill(self, _seconds: float) -> int:
        return 0

    async def close(self) -> None:
        """It has ended."""


class _Handler:
    def simulated(self, _simulation: object) -> None: ...

    def announced(self, circuits: int) -> StreamedRequest:
        return StreamedRequest(unnamed_kinds(circuits), TrustedSetup.GENUINE, AztecVersion(4, 1, 2))

    async def prove(self, request: ProofRequest) -> bytes:
        await request.steps.ended()
        return b"proof"

    def sending(self, _transaction: str, _finish_ms: float) -> None: ...


def _wallet(content: bytes) -> None:
    """The input is what the process writes while a transaction is made."""

    async def transact() -> None:
        client = BridgeClient(cast("Any", _Wallet(content)))
        try:
            await client.transaction("deployToken", wallet.SentToken, _Handler(), {})
        finally:
            await client.close()

    awaited(transact())


def _frame(attachment: bytes = b"", **message: object) -> bytes:
    return b"".join(wallet.Frame(json.dumps({"jsonrpc": "2.0"} | message).encode(), attachment).encoded())


def _some_frames() -> Sequence[bytes]:
    address, ms = "0x" + "ab" * 32, 1.5
    functions = [{"name": "a", "ms": ms}]
    token = {"address": address, "name": "n", "symbol": "s", "decimals": 18}
    before = [
        _frame(method="ready"),
        _frame(method="alive", params={"waiting": 0, "received": 1, "sync": {"block": 1, "tip": 2}}),
        _frame(method="simulated", params={"totalMs": ms, "syncMs": ms, "functions": functions}),
        _frame(id=7, method="prove", params={"circuits": 2}),
        _frame(msgspec.msgpack.encode(wire_step()), id=8, method="step", params={"index": 0}),
        _frame(method="expect", params={"circuits": 1}),
        _frame(method="complete"),
        _frame(method="sending", params={"transaction": address, "finishMs": ms}),
    ]
    result = {"transaction": address, "sendMs": ms, "token": token}
    return [
        b"".join((*before, _frame(id=1, result=result))),
        _frame(id=1, error={"data": {"kind": "simulation", "detail": "x"}}),
        *before,
    ]


def _bb(content: bytes) -> None:
    connection = BbConnection(stream_of(content), cast("asyncio.StreamWriter", None))
    answer = awaited(connection.receive("ChonkProve"))
    for form in (session._VerifyAnswer, session._KeyAnswer, session._HashAnswer):
        with suppress(UnexpectedAnswerError):
            session._decoded(answer, form)
    for version in ("4.0.0", "5.0.0", "6.0.0"):
        with suppress(UndecodableError):
            dialect_of(AztecVersion.parse(version)).read_proof(answer)


def _some_bb_answers() -> Sequence[bytes]:
    answers: list[object] = [["ErrorResponse", {"message": "no"}]]
    for generation in generations():
        proof = ChonkProof(bytes(generation.proof_fields * FIELD_BYTES), generation)
        _, fields = dialect_of(generation.default).verify(proof, b"")
        answers.append(["ChonkProveResponse", {"proof": fields["proof"]}])
    encoded = map(msgspec.msgpack.encode, answers)
    return [struct.pack("<I", len(body)) + body for body in encoded]


def _bb_schema(content: bytes) -> None:
    *others, last = generations()
    for generation in others:
        with suppress(UnusableEnvironmentError):
            dialect_of(generation.default).with_names_from(content)
    dialect_of(last.default).with_names_from(content)


def _some_bb_schemas() -> Sequence[bytes]:
    newest = bb_schema_of("5.0.0")
    return [bb_schema_of("4.1.2"), newest, schema_of_v6(newest, ""), schema_of_v6(newest, "Bb")]


# Files and texts.


def _known_servers(content: bytes) -> None:
    KnownServers(file_with(content, "known-servers.json")).read()


def _sites(content: bytes) -> None:
    SiteStore(file_with(content, "sites.json")).read()
    # Written again without a site, as after revoking the last one.
    assert decode_json(json_with_changes(content, SitesFile(1, {})), SitesFile).sites == {}


@cache
def _certificates() -> Certificates:
    return Certificates.make(_NOW)


def _https_certificates(content: bytes) -> None:
    CertificateFolder(file_with(content, "server.pem", 0o600).parent).read()
    assert Certificates.read(content).to_pem() == content


def _https_certificate(content: bytes) -> None:
    """The input is the DER in the place of the authority's certificate."""
    ours = _certificates()
    Certificates.read(
        ours.to_pem().removesuffix(ours.authority.pem) + ssl.DER_cert_to_PEM_cert(content).encode()
    )


def _trust_listings(content: bytes) -> None:
    for names in (
        listed_by_certutil(content),
        listed_by_security(content, content),
        listed_by_powershell(content),
    ):
        assert all(name.startswith(AUTHORITY_NAME) and name.isprintable() for name in names)


def _some_trust_listings() -> Sequence[bytes]:
    name = _certificates().authority.name
    return [
        f"{name:60} C,,  \n{name:60} ,,   \n".encode(),
        f'    "labl"<blob>="{name}"\nCert 0: {name}\n'.encode(),
        f"CN={name}\r\n".encode(),
    ]


def _origin(text: str) -> None:
    origin = Origin.parse(text)
    assert Origin.parse(str(origin)) == origin
    _ = origin.is_loopback


def _own_host(content: bytes) -> None:
    own = (b"127.0.0.1:59833", b"localhost:59833", b"localhost.:59833", b"[::1]:59833")
    assert is_own_host(content, HTTP_PORT) is (content.lower() in own)


class _NoProver:
    """Asked for a proof only by requests that are addressed to this listener."""

    readers = ()

    def require_available(self, *, local: bool = False) -> None: ...

    async def prove(self, origin: Origin | None, request: ProofRequest) -> ProofResult:
        raise SERVICE_UNAVAILABLE()


@cache
def _browser_config() -> HttpConfig:
    quiet = cast("Any", Quiet())
    folder = Path("/nonexistent")
    installation = DownloadingInstallation(Paths(folder, folder), _pins(), allow_download=False)
    site = frozenset({Origin.parse("https://a")})
    approvals = Approvals(
        SiteStore.in_folder(folder), None, now=lambda: _NOW, clock=lambda: 0.0, allowed=site
    )
    proofs = SiteProofs(_NoProver(), approvals, installation, quiet, clock=lambda: 0.0)
    app = HostGuard(BrowserApi(proofs, installation, quiet).app(), HTTP_PORT, quiet)
    config = HttpConfig(app, ClientAddresses([ip_network("127.0.0.0/8")]), errors=presto_errors)
    config.load()
    return config


def _browser_http(content: bytes) -> None:
    """The input is what a browser, or any program, sends to the listener."""
    written = written_by(_browser_config(), content)
    for answer in written.split(b"HTTP/1.1 ")[1:]:
        status = int(answer[:3])
        assert status in (100, 200, 400, 403, 404, 405, 408, 413, 429, 500, 503), answer[:200]
        assert (b"access-control-allow-origin" in answer) is (b"invalid_host" not in answer), answer[:200]
        assert status != 500 or b'"prove_failed"' in answer, answer[:200]
        assert status != 200 or b":59833" in content, answer[:200]


def _some_browser_requests() -> Sequence[bytes]:
    host = b"Host: 127.0.0.1:59833\r\nOrigin: https://a\r\n"
    steps = wire(wire_step())
    post = b"POST /prove HTTP/1.1\r\n" + host + b"X-Aztec-Version: 4.1.2\r\n"
    return [
        b"GET /health HTTP/1.1\r\n" + host + b"\r\n",
        b"GET /health HTTP/1.1\r\nHost: x:59833\r\nOrigin: null\r\n\r\n",
        b"OPTIONS /prove HTTP/1.1\r\n" + host + b"Access-Control-Request-Method: POST\r\n\r\n",
        post + b"Content-Length: %d\r\n\r\n" % len(steps) + steps,
        post + b"Transfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n",
    ]


def _archive(content: bytes) -> None:
    """The input is what is compressed."""
    archive = file_with(gzip.compress(content, 1), "archive.tgz")
    for _name, pieces in members(archive, lambda name: name.endswith(".json"), lambda _done: None):
        whole(pieces, 4096)


def _bb_record(content: bytes) -> None:
    """Read as it lies beside a bb."""
    record = file_with(content, RECORD)
    store = UserBbStore(Paths(record.parent, record.parent), _pins(), Platform.AMD64_LINUX)
    folder = store.path_of(AztecVersion(6, 1, 0), TrustedSetup.GENUINE).parent
    folder.mkdir(parents=True, exist_ok=True)
    record.replace(folder / RECORD)
    store.recorded(AztecVersion(6, 1, 0))


def _settings(content: bytes) -> None:
    """Read, and overwritten: the writer keeps what it can of the present file."""
    file = file_with(content, "settings.toml")
    with suppress(BadSettingError):
        settings_in(file)
    write_settings_file(file, SettingsFile(node_url="https://node.example"))
    reset_settings_file(file, SettingsFile())
    assert settings_in(file).node_url == "https://node.example"


def _some_settings() -> Sequence[bytes]:
    return [
        b'node_url = "https://a"  # mine\nmemory_limit_mb = 500\ntheme = "dark"\n'
        b'[[profiles]]\nname = "one"\nprover_url = "https://b"\n'
        b"[attestation]\nmax_age_seconds = 60\n[[attestation.builds]]\n"
        b'name = "x"\npcr0 = "' + b"ab" * 48 + b'"\n',
        b"a = [{b = [1, 2.5, 1979-05-27T07:32:00Z]}]\n'c.d' = '''x\n'''\n",
    ]


def _accounts(content: bytes) -> None:
    WalletData(file_with(content, "accounts.json").parent).accounts()


def _some_accounts() -> Sequence[bytes]:
    field = "0x" + "0a" * 32
    return [
        json.dumps(
            {"version": 1, "chain_marker": "m", "accounts": [{"secret": field, "salt": field}]}
        ).encode()
    ]


def _kept_folders(content: bytes) -> None:
    """The input is what says what a folder of ours holds, or what a local network's run was."""
    folder = file_with(content, "manifest.json").parent
    wallet_runtime.is_intact(folder, ignore_steps)
    for name in ("prepared.json", "plan.json", "processes.json"):
        file_with(content, name)
    _is_prepared(folder, "digest", ignore_steps)
    RunFolder(folder).plan()
    RunFolder(folder).state()


def ignore_steps(_step: int) -> None:
    """Nobody cancels."""


def _some_manifests() -> Sequence[bytes]:
    digest = "ab" * 32
    process = {"pid": 1, "started": 1.5}
    manifests: list[object] = [
        {"files": {wallet_runtime.ENTRY: digest, "artifacts/b.json": digest}},
        {"packages": {"libc6": "2.41"}, "files": {"libc.so.6": digest}},
        {"made_from": "digest", "files": digest},
        {"supervisor": process, "programs": {"a": process}, "ended": {"program": "a", "code": -9}},
    ]
    return [json.dumps(manifest).encode() for manifest in manifests]


def _npm(content: bytes) -> None:
    failure_of(Finished(1, content, content))


def _loader(content: bytes) -> None:
    unmet_in(Finished(0, content, content))


def _apt(text: str) -> None:
    parse_deb822(text)
    parse_one_line(text)


def _signed_lists(content: bytes) -> None:
    """The lists are read after their signatures were checked; keyrings are this machine's own."""
    signed.digest_in_release(content, "main/binary-amd64/Packages")
    size = signed.size_in_release(content, "main/binary-amd64/Packages")
    assert size is None or 0 <= size < 10**12
    assert (bytes_in_uris(content) or 0) >= 0
    signed.digests_in_list(content, "libc6")
    signed.binary_keys(content)


def _some_lists() -> Sequence[bytes]:
    digest = b"ab" * 32
    return [
        b"Suite: stable\nSHA256:\n " + digest + b" 12 main/binary-amd64/Packages\n",
        b"'http://deb.example/libc6_2.deb' libc6_2.deb 2850108 SHA256:" + digest + b"\n",
        b"Package: libc6\nVersion: 1\nSHA256: " + digest + b"\n\nPackage: libc6\nSHA256: " + digest + b"\n",
        b"-----BEGIN PGP PUBLIC KEY BLOCK-----\nA: b\n\nAAEC\n=abcd\n-----END PGP PUBLIC KEY BLOCK-----\n",
    ]


def _versions(text: str) -> None:
    assert str(AztecVersion.parse(text)) == text


def _server_url(text: str) -> None:
    assert ServerUrl.parse(text).at("/health").path.endswith("/health")


def _typed(text: str) -> None:
    """What people type into settings and options."""
    for problem in (
        *(rules.server_key_problem, rules.salt_problem, rules.max_age_problem, rules.memory_limit_problem),
        *(partial(rules.profile_name_problem, others=set()), rules.pcr_problem),
    ):
        problem(text)
    rules.salt_of(text)


def _generic(content: bytes) -> None:
    """The decoders themselves; what msgspec accepts within the bounds, they accept too."""
    with suppress(UndecodableError):
        decode_json(content, object)
    with suppress(UndecodableError):
        decode_json(content, dict[str, msgspec.Raw])
    decode_msgpack(content, object)


def _some_values() -> Sequence[bytes]:
    value = {"a": [1, None, True, {'b\\"[': "c"}], "d": 1.5, "e": "é", "f": "x" * 40, "g": [[]] * 20}
    return [msgspec.json.encode(value), msgspec.msgpack.encode({**value, "h": bytes(300), "i": 2**40})]


READERS: Final = (
    Reader("untrusted", _generic, (UndecodableError,), _some_values),
    Reader("steps", _steps, (InputError, UsageError), _some_steps, 16_384),
    Reader("upload", _upload, (InputError, UsageError), _some_steps, 32_768),
    Reader("step", _step, (InputError, UsageError), lambda: [msgspec.msgpack.encode(wire_step())], 16_384),
    Reader("part", _part, (InputError,), _some_parts, 16_384),
    Reader("payload", _payload, (InputError, UsageError), _some_payloads, 16_384),
    Reader("payload-steps", _payload_with_steps, (InputError, UsageError), _some_steps, 16_384),
    Reader("gzip", _gzip, (InputError,), lambda: [gzipped(b"content" * 99)]),
    Reader("circuit", _circuit, (InputError, RefusedError, UsageError), _some_circuits),
    Reader("proof", _proof, (MalformedProofError,), lambda: [SOME_PROOF.to_wire()], 110_000),
    Reader("cbor", _cbor, (CborError,), _some_documents),
    Reader("document", _document, (AttestationError,), _some_documents),
    Reader("attestation", _examined, (), _some_documents),
    Reader("attestation-payload", _signed_payload, (), _some_payloads_to_sign),
    Reader("attestation-certificate", _certificate, (), lambda: [_nitro().chain[2]], 1024),
    Reader("attestation-beside", _beside_document, (), _some_provers),
    Reader("provers", _provers, (ProverNotAllowedError,), _some_provers),
    Reader(
        "openpgp-message",
        lambda content: decrypt(_key(), content, max_plaintext=4096),
        (InputError,),
        _some_messages,
    ),
    Reader("openpgp-inside", _sealed, (InputError,), lambda: [literal(b"steps", file_name=b"f")]),
    Reader(
        "openpgp-key",
        _armored_packets,
        (InputError,),
        lambda: [_key().public_key.packets, KeyParts().packets()],
    ),
    Reader("openpgp-armor", _armored, (InputError,), lambda: [_key().public_key.armored().encode()]),
    Reader(
        "openpgp-subpackets",
        _subpackets,
        (MalformedError,),
        lambda: [b"\x05\x02abcd\x02\x1e\x09\x03\x27\x09\x03"],
    ),
    Reader(
        "openpgp-packets", _packets, (MalformedError,), lambda: [_key().public_key.packets, *_some_messages()]
    ),
    Reader("openpgp-recipients", read_recipients, (), _some_messages),
    Reader(
        "answers",
        _answer,
        (BadServerAnswerError,),
        lambda: [json.dumps(done()).encode(), SOME_PROOF.to_wire()],
        220_000,
    ),
    Reader(
        "events",
        _events,
        (TeeRexError,),
        _some_events,
    ),
    Reader("original", _original, (TeeRexError,), lambda: [b'{"proof":"AAAA"}', _PROVED]),
    Reader("attestation-answer", _attestation_answer, (TeeRexError,), _some_attestation_answers),
    Reader("node", _node, (), _some_node_answers),
    Reader("wallet", _wallet, (TeeRexError,), _some_frames),
    Reader(
        "bb", _bb, (BbErrorResponse, ConnectionLostError, UnexpectedAnswerError), _some_bb_answers, 160_000
    ),
    Reader("bb-schema", _bb_schema, (UnusableEnvironmentError,), _some_bb_schemas, 32_768),
    Reader(
        "known-servers",
        _known_servers,
        (TeeRexError,),
        lambda: [
            b'{"version":1,"servers":{"https://a":{"fingerprint":"'
            + b"ab" * 20
            + b'","first_used":"2026-01-01T00:00:00Z"}}}'
        ],
    ),
    Reader(
        "https-certificates",
        _https_certificates,
        (UnusableEnvironmentError, ValueError),
        lambda: [_certificates().to_pem()],
    ),
    Reader(
        "https-certificate",
        _https_certificate,
        (ValueError,),
        lambda: [_certificates().authority.certificate.public_bytes(Encoding.DER)],
        1024,
    ),
    Reader("trust-listings", _trust_listings, (), _some_trust_listings),
    Reader(
        "firefox-profiles",
        firefox_profiles,
        (),
        lambda: [b"[Install1]\nDefault=a\n\n[Profile0]\nName=a\nIsRelative=1\nPath=a.default\n"],
    ),
    Reader(
        "sites",
        _sites,
        (UnusableEnvironmentError,),
        lambda: [
            b'{"version":1,"sites":{}}',
            (
                b'{"version":1,"sites":{"https://a":{"approved_at":"2026-01-01T00:00:00Z","readers":[],'
                b'"last_used":null,"proofs":0},"http://[::1]:3000":{"approved_at":"2026-01-01T00:00:00Z",'
                b'"readers":["https://b"],"last_used":"2026-01-02T00:00:00Z","proofs":7}}}'
            ),
        ],
    ),
    Reader(
        "origin",
        _text(_origin),
        (RefusedError,),
        lambda: [
            *(b"HTTPS://App.Example:443", b"http://[::ffff:1.2.3.4]:80", b"wss://127.0.0.1:4430", b"null"),
            b"moz-extension://0f3c1b7e-9c1d-4f7a-8c3e-0123456789ab",
        ],
        512,
    ),
    Reader(
        "own-host",
        _own_host,
        (),
        lambda: [b"127.0.0.1:59833", b"LocalHost.:59833", b"[::1]:59833", b"a@localhost:59833"],
        512,
    ),
    Reader("browser-http", _browser_http, (), _some_browser_requests),
    Reader(
        "bb-record",
        _bb_record,
        (BbCorruptError,),
        lambda: [
            msgspec.json.encode(BbRecord(1, "6.1.0", "ab" * 32, "cd" * 32, approved_by_user=True)),
            msgspec.json.encode(BbRecord(1, "5.2.0", "ab" * 32, "cd" * 32, approved_by_user=False)),
        ],
    ),
    Reader(
        "archive",
        _archive,
        (BadArchiveError,),
        lambda: [gzip.decompress(tar_gz({"package/a.json": b"{}", "package/b": b"b"}))],
        16_384,
    ),
    Reader("settings", _settings, (BadSettingError,), _some_settings),
    Reader("accounts", _accounts, (WalletDataError,), _some_accounts),
    Reader("kept-folders", _kept_folders, (), _some_manifests),
    Reader("signed-lists", _signed_lists, (), _some_lists),
    Reader(
        "npm", _npm, (), lambda: [b'{"error":{"code":"ENOSPC","summary":"no"}}', b'{"error":{"code":"E404"}}']
    ),
    Reader(
        "loader",
        _loader,
        (),
        lambda: [b"\tlibm.so.6 => not found\n\tlibc.so.6 => /lib/libc.so.6\nversion `GLIBC_2.39' not found"],
    ),
    Reader(
        "apt-sources",
        _text(_apt),
        (),
        lambda: [
            b"Types: deb\nURIs: http://a/x\nSuites: trixie\nComponents: main\nSigned-By:\n -----B\n .\n x\n",
            b"deb [signed-by=/x arch=amd64] http://a/debian trixie main # c\n",
        ],
    ),
    Reader("version", _text(_versions), (UsageError,), lambda: [b"4.1.2", b"5.0.0-nightly.20260101"], 128),
    Reader(
        "server-url",
        _text(_server_url),
        (UsageError,),
        lambda: [b"https://a.example:8443/x", b"http://[::1]:4000", b"http://127.0.0.1"],
        512,
    ),
    Reader("content-range", _text(range_sent), (), lambda: [b"bytes 0-8388607/*", b"bytes 1-2/3"], 128),
    Reader("typed", _text(_typed), (UsageError,), lambda: [b"0x2a", b"60", b"ab " * 20], 8192),
)
