from __future__ import annotations

import json
from dataclasses import fields
from pathlib import Path

import pytest
from typer.main import get_command
from typer.testing import CliRunner

from support.errors import raises_with
from support.local_prover import deployment_request
from tee_rex.attestation.builds import ExpectedPcrs
from tee_rex.attestation.provers import Prover
from tee_rex.bb.pins import BbPins
from tee_rex.cli.commands import app
from tee_rex.cli.prover_config import ChosenProver, approved_builds
from tee_rex.cli.prover_options import ProverOptions
from tee_rex.settings.file import (
    ApprovedBuild,
    AttestationSettings,
    ProverSpeed,
    SettingsFile,
    write_settings_file,
)
from tee_rex.settings.resolve import SettingSource
from tee_rex.system.platform import Platform
from tee_rex.transaction.request import ProvingMode
from tee_rex.transaction.trusted_setup import TrustedSetup
from tee_rex.transaction.versions import AztecVersion

URL = "https://prover.example"
PCR = "ab" * 48


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for variable in ("PROVER_URL", "TEE_URL", "BB_BINARY_PATH"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("TEE_REX_HOME", str(tmp_path))


@pytest.mark.parametrize(
    ("options", "environ", "file", "mode", "source"),
    [
        (ProverOptions(), {}, "", ProvingMode.LOCAL, None),
        (ProverOptions(url=URL), {}, "", ProvingMode.REMOTE, SettingSource.FLAG),
        (ProverOptions(), {"PROVER_URL": URL}, "", ProvingMode.REMOTE, SettingSource.ENVIRONMENT),
        (ProverOptions(), {}, f'prover_url = "{URL}"', ProvingMode.REMOTE, SettingSource.FILE),
        (ProverOptions(), {"TEE_URL": URL}, "", ProvingMode.LOCAL, None),
        (ProverOptions(mode=ProvingMode.LOCAL), {"PROVER_URL": URL}, "", ProvingMode.LOCAL, None),
        (
            ProverOptions(mode=ProvingMode.TEE),
            {"TEE_URL": URL, "PROVER_URL": "https://b.example"},
            "",
            ProvingMode.TEE,
            SettingSource.ENVIRONMENT,
        ),
        (ProverOptions(mode=ProvingMode.TEE, url=URL), {}, "", ProvingMode.TEE, SettingSource.FLAG),
    ],
)
def test_the_mode_and_its_server(
    options: ProverOptions,
    environ: dict[str, str],
    file: str,
    mode: ProvingMode,
    source: SettingSource | None,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "settings.toml").write_text(file)
    chosen = ChosenProver.from_options(options)
    assert chosen.mode is mode
    assert (chosen.server and chosen.server.source) == source
    assert (chosen.server and chosen.server.value) == (URL if source else None)


@pytest.mark.parametrize(
    "options",
    [
        ProverOptions(url=URL, pcr0=[PCR]),
        ProverOptions(url=URL, no_nonce=True),
        ProverOptions(url=URL, max_age=1),
        ProverOptions(url=URL, bb_digest=["ab" * 32]),
        ProverOptions(pcr0=[PCR]),
        ProverOptions(server_key="ab" * 20),
        ProverOptions(mode=ProvingMode.TEE, url=URL, server_key="ab" * 20),
        ProverOptions(url=URL, threads=2),
        ProverOptions(url=URL, memory_limit=500),
        ProverOptions(mode=ProvingMode.LOCAL, url=URL),
    ],
)
def test_an_option_of_another_mode_is_never_ignored(options: ProverOptions) -> None:
    with raises_with("OPTION_NOT_FOR_MODE"):
        ChosenProver.from_options(options)


@pytest.mark.parametrize(
    ("options", "code"),
    [
        (ProverOptions(mode=ProvingMode.REMOTE), "MODE_NOT_CONFIGURED"),
        (ProverOptions(mode=ProvingMode.TEE, pcr0=[PCR]), "MODE_NOT_CONFIGURED"),
        (ProverOptions(url="http://prover.example"), "SERVER_URL_INSECURE"),
        (ProverOptions(url="prover.example"), "SERVER_URL_INVALID"),
        (ProverOptions(url=URL, server_key="abc"), "FINGERPRINT_INVALID"),
        (ProverOptions(mode=ProvingMode.TEE, url=URL, pcr0=[PCR, PCR], pcr1=[PCR]), "PCRS_UNPAIRED"),
        (ProverOptions(mode=ProvingMode.TEE, url=URL, pcr1=[PCR]), "PCRS_UNPAIRED"),
        (ProverOptions(mode=ProvingMode.TEE, url=URL, pcr0=[PCR], bb_digest=["zz"]), "BB_DIGEST_INVALID"),
    ],
)
def test_invalid_options_fail_before_any_request(options: ProverOptions, code: str) -> None:
    with raises_with(code):
        ChosenProver.from_options(options).prover()


def test_options_win_over_settings(tmp_path: Path) -> None:
    pinned = ApprovedBuild("mine", "07" * 48)
    settings = SettingsFile(
        server_key="cd" * 20,
        prover_speed=ProverSpeed.QUARTER,
        memory_limit_mb=600,
        attestation=AttestationSettings(60, False, (pinned,)),
    )
    write_settings_file(tmp_path / "config" / "settings.toml", settings)
    config = ChosenProver.from_options(ProverOptions(threads=3, memory_limit=700)).config
    assert (config.threads, config.memory_limit, config.max_age.total_seconds()) == (3, 700_000_000, 60)
    assert config.approved_builds == (*ExpectedPcrs.shipped(), ExpectedPcrs.of(pinned))
    assert (
        ChosenProver.from_options(ProverOptions(url=URL, server_key="ab" * 20)).config.server_key == "ab" * 20
    )
    tee = ProverOptions(mode=ProvingMode.TEE, url=URL, pcr0=[PCR], max_age=30, no_nonce=True)
    config = ChosenProver.from_options(tee).config
    assert config.approved_builds == (ExpectedPcrs(bytes.fromhex(PCR)),)
    assert (config.max_age.total_seconds(), config.nonce_required) == (30, False)
    assert config.allowed_provers is None


def test_given_bb_digests_are_the_only_ones_allowed_under_either_setup() -> None:
    options = ProverOptions(mode=ProvingMode.TEE, url=URL, bb_digest=["AB" * 32])
    allowed = ChosenProver.from_options(options, aztec_version="9.9.9").config.allowed_provers
    assert allowed is not None
    assert allowed.genuine == allowed.development
    assert {Prover("4.1.2", "ab" * 32), Prover("9.9.9", "ab" * 32)} <= allowed.genuine
    assert {prover.sha256 for prover in allowed.genuine} == {"ab" * 32}
    assert allowed.approved_by_user == allowed.genuine


def test_a_given_bb_digest_that_is_pinned_too_is_no_approval_of_the_user() -> None:
    pinned = BbPins.shipped().digest(AztecVersion(5, 0, 0), TrustedSetup.GENUINE, Platform.AMD64_LINUX)
    options = ProverOptions(mode=ProvingMode.TEE, url=URL, bb_digest=[pinned])
    allowed = ChosenProver.from_options(options).config.allowed_provers
    assert allowed is not None
    assert Prover("5.0.0", pinned) in allowed.genuine - allowed.approved_by_user


def test_several_builds_are_paired_by_their_order() -> None:
    one, two, three = (bytes([n]) * 48 for n in (1, 2, 3))
    builds = approved_builds([one.hex(), two.hex()], [], [three.hex(), one.hex()])
    assert builds == (ExpectedPcrs(one, None, three), ExpectedPcrs(two, None, one))


@pytest.mark.parametrize("pcr", ["", "ab", "zz" * 48, "ab" * 49])
def test_a_pcr_has_48_bytes(pcr: str) -> None:
    with raises_with("PCR_INVALID"):
        approved_builds([pcr], [], [])


def test_a_failure_in_tee_mode_is_reported_as_json(tmp_path: Path) -> None:
    steps = tmp_path / "steps"
    steps.write_bytes(deployment_request().steps.to_bytes())
    place = ["--mode", "tee", "--url", URL, "--pcr1", PCR]
    done = CliRunner().invoke(app, ["prove", str(steps), *place, "--json"])
    report = json.loads(done.stdout)
    assert (done.exit_code, report["mode"], report["error"]["code"]) == (2, "tee", "PCRS_UNPAIRED")
    assert (report["proof"], report["verified"], report["attestation"]) == (None, None, None)


def test_servers_are_listed_and_forgotten(tmp_path: Path) -> None:
    run = CliRunner().invoke
    assert "No servers are remembered" in run(app, ["servers", "list"]).output
    file = tmp_path / "known-servers.json"
    key = {"fingerprint": "ab" * 20, "first_used": "2026-03-01T12:00:00Z"}
    file.write_text(json.dumps({"version": 1, "servers": {URL: key}}))
    assert run(app, ["servers", "list"]).stdout == f"{'ab' * 20}  2026-03-01  {URL}\n"
    assert json.loads(run(app, ["servers", "list", "--json"]).stdout) == {URL: key}
    assert "✓ Key forgotten" in run(app, ["servers", "forget", URL + "/"]).output
    assert "This server is not remembered" in run(app, ["servers", "forget", URL]).output
    assert run(app, ["servers", "forget", "nonsense"]).exit_code == 2
    file.write_text("{")
    damaged = run(app, ["servers", "list"])
    assert (damaged.exit_code, "KNOWN_SERVERS_UNREADABLE" in damaged.output) == (4, True)


@pytest.mark.parametrize("name", ["prove", "demo", "flow"])
def test_every_command_that_proves_has_every_option_of_where(name: str) -> None:
    command = get_command(app).commands[name]  # type: ignore[attr-defined]
    options = {parameter.name for parameter in command.params}
    assert {field.name for field in fields(ProverOptions)} <= options
    assert command.help
