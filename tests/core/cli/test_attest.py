from __future__ import annotations

import base64
import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import httpx2
import pytest
from typer.testing import CliRunner

from support.nitro_fake import DEBUG_PCRS, PRODUCTION_PCRS, FakeNitro
from support.revoked import revoke
from support.vectors import read_vector, vector_path
from tee_rex.attestation.builds import ExpectedPcrs
from tee_rex.attestation.checks import AttestationPolicy, Check
from tee_rex.attestation.examination import Examination
from tee_rex.attestation.provers import Prover, encode_provers
from tee_rex.cli.attest import examine_file
from tee_rex.cli.attestation_view import examination_lines
from tee_rex.cli.commands import app
from tee_rex.http_client.connection import ServerConnection
from tee_rex.http_client.server_url import ServerUrl
from tee_rex.remote import attestation as remote_attestation
from tee_rex.remote.attestation import examine_server
from tee_rex.settings.paths import Paths
from tee_rex.transaction.versions import AztecVersion

_NOW = datetime(2026, 3, 1, 12, 0, 0, tzinfo=UTC)
_NONCE = b"n" * 32
_PROVER = Prover("4.1.2", "ab" * 32)
_BUILD = ExpectedPcrs(PRODUCTION_PCRS[0], PRODUCTION_PCRS[1], PRODUCTION_PCRS[2])
_POLICY = AttestationPolicy((_BUILD,), frozenset({_PROVER}))


@pytest.fixture(scope="module")
def nitro() -> FakeNitro:
    return FakeNitro(_NOW)


def _text(examination: Examination) -> list[str]:
    return [line.plain for line in examination_lines(examination)]


def _genuine() -> tuple[str, str, str]:
    """A genuine production document: its file, its own time in milliseconds, its PCR0."""
    described = json.loads(read_vector("nitro/turnkey-2025-07-prod-indef.json"))
    file = vector_path("nitro/turnkey-2025-07-prod-indef.bin")
    return str(file), str(described["timestamp_ms"]), described["pcr0"]


@pytest.mark.parametrize(
    ("options", "exit_code", "expected_code", "code"),
    [
        ([], 0, None, None),
        (["--pcr0", "PCR0"], 0, True, None),
        (["--pcr0", "PCR0", "--pcr2", "00" * 48], 1, False, "PCR_MISMATCH"),
        (["--pcr1", "77" * 48], 1, False, "PCR_MISMATCH"),
    ],
)
def test_a_saved_document_is_examined_for_its_own_time(
    options: list[str], exit_code: int, expected_code: bool | None, code: str | None
) -> None:
    file, at, pcr0 = _genuine()
    asked = [option.replace("PCR0", pcr0) for option in options]
    arguments = ["attest", "--file", file, "--at", at, *asked]
    assert CliRunner().invoke(app, arguments).exit_code == exit_code
    result = CliRunner().invoke(app, [*arguments, "--json"])
    assert result.exit_code == exit_code
    told = json.loads(result.stdout)
    assert (told["genuine"], told["expected_code"], told["code"]) == (True, expected_code, code)


@pytest.mark.parametrize("options", [[], ["--pcr0", "PCR0"]], ids=["any build", "approved"])
def test_a_revoked_build_is_refused_though_it_is_approved(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, options: list[str]
) -> None:
    file, at, pcr0 = _genuine()
    monkeypatch.setenv("TEE_REX_HOME", str(tmp_path))
    revoke(Paths.from_environment({"TEE_REX_HOME": str(tmp_path)}), builds=[pcr0])
    asked = [option.replace("PCR0", pcr0) for option in options]
    result = CliRunner().invoke(app, ["attest", "--file", file, "--at", at, *asked, "--json"])
    assert (result.exit_code, json.loads(result.stdout)["code"]) == (1, "BUILD_REVOKED")


def test_a_saved_document_is_examined_for_now_by_default() -> None:
    file, _at, _pcr0 = _genuine()
    result = CliRunner().invoke(app, ["attest", "--file", file])
    assert result.exit_code == 1
    assert "Not genuine" in result.stdout
    assert "[CHAIN_FAILED]" in result.stdout


def test_a_debug_document_is_genuine_and_refused() -> None:
    described = json.loads(read_vector("nitro/fortanix-2021-08-debug.json"))
    file = vector_path("nitro/fortanix-2021-08-debug.bin")
    asked = ["attest", "--file", str(file), "--at", str(described["timestamp_ms"]), "--json"]
    result = CliRunner().invoke(app, asked)
    told = json.loads(result.stdout)
    assert (result.exit_code, told["genuine"], told["debug"], told["code"]) == (1, True, True, "DEBUG_MODE")


@pytest.mark.parametrize("content", [b"", b"not CBOR", b"\x00" * 100_000])
def test_an_unreadable_document_gets_a_report_too(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "document"
    file.write_bytes(content)
    result = CliRunner().invoke(app, ["attest", "--file", str(file), "--json"])
    expected = "INVALID_DOCUMENT" if len(content) > 20_480 else "UNREADABLE"
    told = json.loads(result.stdout)
    assert (result.exit_code, told["genuine"], told["code"]) == (1, False, expected)
    result = CliRunner().invoke(app, ["attest", "--file", str(file)])
    assert result.exit_code == 1
    assert f"[{expected}]" in result.stdout


@pytest.mark.parametrize(
    ("arguments", "exit_code", "code"),
    [
        ([], 2, "USAGE"),
        (["https://prover.example", "--file", "x"], 2, "USAGE"),
        (["https://prover.example", "--at", "1"], 2, "USAGE"),
        (["--at", "1"], 2, "USAGE"),
        (["--file", "x", "--no-nonce"], 2, "USAGE"),
        (["--file", "x", "--aztec-version", "5.0.0"], 2, "USAGE"),
        (["https://prover.example", "--aztec-version", "latest"], 2, "INVALID_VERSION"),
        (["https://prover.example", "--aztec-version", "7.0.0"], 3, "AZTEC_GENERATION_UNKNOWN"),
        (["--file", "x", "--pcr0", "77" * 47], 2, "PCR_INVALID"),
        (["--file", "x", "--pcr2", "PCR2"], 2, "PCR_INVALID"),
        (["--file", "there/is/none"], 3, "FILE_UNREADABLE"),
        (["http://prover.example"], 2, "SERVER_URL_INSECURE"),
        (["prover"], 2, "SERVER_URL_INVALID"),
    ],
)
def test_invalid_usage_is_reported_with_its_code(arguments: list[str], exit_code: int, code: str) -> None:
    result = CliRunner().invoke(app, ["attest", *arguments, "--json"])
    assert result.exit_code == exit_code
    assert json.loads(result.stdout)["code"] == code
    assert f"[{code}]" in result.stderr


def test_no_option_or_variable_changes_the_root(tmp_path: Path, nitro: FakeNitro) -> None:
    file = tmp_path / "document"
    file.write_bytes(nitro.document())
    assert examine_file(file, (), root=nitro.root, at=_NOW).refusal is None
    at = str(int(_NOW.timestamp() * 1000))
    result = CliRunner().invoke(app, ["attest", "--file", str(file), "--at", at, "--json"])
    assert json.loads(result.stdout)["code"] == "CHAIN_FAILED"


@pytest.fixture(autouse=True)
def fixed_nonce(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remote_attestation, "new_nonce", lambda: _NONCE)


async def _asked(nitro: FakeNitro, policy: AttestationPolicy, body: dict[str, object]) -> Examination:
    transport = httpx2.MockTransport(lambda _request: httpx2.Response(200, json=body))
    async with httpx2.AsyncClient(transport=transport) as client:
        connection = ServerConnection(ServerUrl.parse("https://prover.example"), client)
        return await examine_server(connection, policy, root=nitro.root, now=lambda: _NOW)


def _answer(document: bytes, key: str = "key") -> dict[str, object]:
    return {"mode": "nitro", "attestationDocument": base64.b64encode(document).decode(), "publicKey": key}


_USER_DATA = encode_provers([_PROVER])[0]


async def test_a_server_is_examined_as_in_tee_mode(nitro: FakeNitro) -> None:
    document = nitro.document(user_data=_USER_DATA, nonce=_NONCE, public_key=b"key")
    examination = await _asked(nitro, _POLICY, _answer(document))
    assert (examination.genuine, examination.expected_code, examination.refusal) == (True, True, None)
    assert [finding.check for finding in examination.findings] == [*Check]
    text = _text(examination)
    assert text[0].startswith("✓ Genuine Nitro enclave")
    assert text[1].startswith("✓ Expected code")
    assert all(line.startswith("✓") for line in text[:7])


@pytest.mark.parametrize(
    ("policy", "answer_key", "code", "expected_code"),
    [
        (replace(_POLICY, builds=()), "key", "POLICY_MISSING", None),
        (replace(_POLICY, builds=(ExpectedPcrs(pcr0=b"\x77" * 48),)), "key", "PCR_MISMATCH", False),
        (_POLICY, "key", "NONCE_MISMATCH", True),
        (replace(_POLICY, provers=frozenset()), "key", "PROVER_NOT_ALLOWED", True),
        (replace(_POLICY, aztec_version=AztecVersion(5, 2, 0)), "key", "PROVER_NOT_ALLOWED", True),
        (_POLICY, "another", "KEY_MISMATCH", True),
    ],
)
async def test_a_refusal_names_its_reason_and_shows_the_rest(
    nitro: FakeNitro, policy: AttestationPolicy, answer_key: str, code: str, expected_code: bool | None
) -> None:
    nonce = b"m" * 32 if code == "NONCE_MISMATCH" else _NONCE
    document = nitro.document(user_data=_USER_DATA, nonce=nonce, public_key=b"key")
    examination = await _asked(nitro, policy, _answer(document, answer_key))
    report = examination.report()
    assert (report.genuine, report.expected_code, report.code) == (True, expected_code, code)
    text = _text(examination)
    assert sum(line.startswith("✗") for line in text) == 1
    assert text[-1].startswith(f"Refused [{code}]")
    assert any(PRODUCTION_PCRS[0].hex() in line for line in text)


async def test_a_nonce_that_is_not_required_is_shown_as_such(nitro: FakeNitro) -> None:
    policy = replace(_POLICY, nonce_required=False)
    document = nitro.document(user_data=_USER_DATA, public_key=b"key")
    examination = await _asked(nitro, policy, _answer(document))
    assert examination.refusal is None
    assert any(line.startswith("! Possibly a replay") for line in _text(examination))


async def test_a_server_outside_of_a_tee_is_named_as_such(nitro: FakeNitro) -> None:
    examination = await _asked(nitro, _POLICY, {"mode": "standard", "publicKey": "key"})
    assert examination.report().code == "NO_TEE"
    assert "This server has no TEE" in _text(examination)[0]


def test_names_from_outside_cannot_steer_the_terminal(tmp_path: Path) -> None:
    hostile = FakeNitro(_NOW, module_id="i-\x1b[2J\x07-enc")
    file = tmp_path / "document"
    file.write_bytes(hostile.document(pcrs=DEBUG_PCRS))
    examination = examine_file(file, (), root=hostile.root, at=_NOW)
    assert examination.genuine
    assert all(line.isprintable() for line in _text(examination))
