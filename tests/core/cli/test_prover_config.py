from __future__ import annotations

import json
from dataclasses import fields
from pathlib import Path

import pytest
from typer.main import get_command
from typer.testing import CliRunner

from support.local_prover import deployment_request
from support.remote_client import small_request
from tee_rex.attestation.checks import ExpectedPcrs
from tee_rex.attestation.provers import AllowedProvers, Prover
from tee_rex.cli.commands import app
from tee_rex.cli.prover_config import (
    BadBbDigestError,
    ProverChoice,
    UnpairedPcrsError,
    approved_builds,
)
from tee_rex.cli.prover_options import PlaceOptions
from tee_rex.errors import TeeRexError
from tee_rex.local.backend import LocalBackend
from tee_rex.local.threads import usable_cores
from tee_rex.provers import ModeNotConfiguredError
from tee_rex.remote.backend import RemoteBackend
from tee_rex.remote.errors import BadServerUrlError, InsecureServerUrlError, InvalidFingerprintError
from tee_rex.remote.trust import AttestedKey, KnownKeySinceFirstUse, PinnedKey
from tee_rex.settings.file import AttestationSettings, write_settings_file
from tee_rex.settings.resolve import ApprovedBuild, ProverSpeed, SettingsFile, SettingSource
from tee_rex.transaction.request import ProvingMode

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
        (PlaceOptions(), {}, "", ProvingMode.LOCAL, None),
        (PlaceOptions(url=URL), {}, "", ProvingMode.REMOTE, SettingSource.FLAG),
        (PlaceOptions(), {"PROVER_URL": URL}, "", ProvingMode.REMOTE, SettingSource.ENVIRONMENT),
        (PlaceOptions(), {}, f'prover_url = "{URL}"', ProvingMode.REMOTE, SettingSource.FILE),
        (PlaceOptions(), {"TEE_URL": URL}, "", ProvingMode.LOCAL, None),
        (PlaceOptions(mode=ProvingMode.LOCAL), {"PROVER_URL": URL}, "", ProvingMode.LOCAL, None),
        (
            PlaceOptions(mode=ProvingMode.TEE),
            {"TEE_URL": URL, "PROVER_URL": "https://b.example"},
            "",
            ProvingMode.TEE,
            SettingSource.ENVIRONMENT,
        ),
        (PlaceOptions(mode=ProvingMode.TEE, url=URL), {}, "", ProvingMode.TEE, SettingSource.FLAG),
    ],
)
def test_the_mode_and_its_server(
    options: PlaceOptions,
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
    choice = ProverChoice.of(options)
    assert choice.mode is mode
    assert (choice.url and choice.url.source) == source
    assert (choice.url and choice.url.value) == (URL if source else None)


@pytest.mark.parametrize(
    "options",
    [
        PlaceOptions(url=URL, pcr0=[PCR]),
        PlaceOptions(url=URL, no_nonce=True),
        PlaceOptions(url=URL, max_age=1),
        PlaceOptions(url=URL, bb_digest=["ab" * 32]),
        PlaceOptions(pcr0=[PCR]),
        PlaceOptions(server_key="ab" * 20),
        PlaceOptions(mode=ProvingMode.TEE, url=URL, server_key="ab" * 20),
        PlaceOptions(url=URL, threads=2),
        PlaceOptions(url=URL, memory_limit=500),
        PlaceOptions(mode=ProvingMode.LOCAL, url=URL),
    ],
)
def test_an_option_of_another_mode_is_never_ignored(options: PlaceOptions) -> None:
    with pytest.raises(TeeRexError) as refused:
        ProverChoice.of(options)
    assert refused.value.code == "OPTION_NOT_FOR_MODE"


@pytest.mark.parametrize(
    ("options", "error"),
    [
        (PlaceOptions(mode=ProvingMode.REMOTE), ModeNotConfiguredError),
        (PlaceOptions(mode=ProvingMode.TEE, pcr0=[PCR]), ModeNotConfiguredError),
        (PlaceOptions(url="http://prover.example"), InsecureServerUrlError),
        (PlaceOptions(url="prover.example"), BadServerUrlError),
        (PlaceOptions(url=URL, server_key="abc"), InvalidFingerprintError),
        (PlaceOptions(mode=ProvingMode.TEE, url=URL, pcr0=[PCR, PCR], pcr1=[PCR]), UnpairedPcrsError),
        (PlaceOptions(mode=ProvingMode.TEE, url=URL, pcr1=[PCR]), UnpairedPcrsError),
        (PlaceOptions(mode=ProvingMode.TEE, url=URL, pcr0=[PCR], bb_digest=["zz"]), BadBbDigestError),
    ],
)
def test_what_cannot_be_set_up_is_told_before_anything_is_asked(
    options: PlaceOptions, error: type[TeeRexError]
) -> None:
    with pytest.raises(error):
        ProverChoice.of(options).backend(small_request())


def test_the_backend_is_that_of_the_mode() -> None:
    request = small_request()
    assert isinstance(ProverChoice.of(PlaceOptions(threads=2)).backend(request), LocalBackend)
    remembered = ProverChoice.of(PlaceOptions(url=URL)).backend(request)
    assert isinstance(remembered, RemoteBackend)
    assert isinstance(remembered._trust, KnownKeySinceFirstUse)
    pinned = ProverChoice.of(PlaceOptions(url=URL, server_key="ab" * 20)).backend(request)
    assert isinstance(pinned, RemoteBackend)
    assert isinstance(pinned._trust, PinnedKey)


def tee_policy(**options: object) -> AttestedKey:
    place = PlaceOptions(mode=ProvingMode.TEE, url=URL, pcr0=[PCR], **options)  # type: ignore[arg-type]  # of many types
    backend = ProverChoice.of(place).backend(deployment_request())
    assert isinstance(backend, RemoteBackend)
    assert isinstance(backend._trust, AttestedKey)
    return backend._trust


def test_the_tee_policy_is_strict_unless_told_otherwise() -> None:
    trust = tee_policy()
    assert (trust.nonce_required, trust.max_age.total_seconds()) == (True, 300)
    assert trust.builds == (ExpectedPcrs(bytes.fromhex(PCR)),)
    assert any(prover.version == "4.1.2" for prover in trust.provers.genuine)
    loose = tee_policy(no_nonce=True, max_age=60, bb_digest=["AB" * 32])
    assert (loose.nonce_required, loose.max_age.total_seconds()) == (False, 60)
    assert loose.provers == AllowedProvers(frozenset(), frozenset({Prover("4.1.2", "ab" * 32)}))


def test_what_was_pinned_and_set_counts_where_no_option_says_otherwise(tmp_path: Path) -> None:
    pinned = ApprovedBuild("mine", "07" * 48)
    settings = SettingsFile(
        server_key="ab" * 20,
        prover_speed=ProverSpeed.QUARTER,
        memory_limit_mb=600,
        attestation=AttestationSettings(60, False, (pinned,)),
    )
    write_settings_file(tmp_path / "config" / "settings.toml", settings)
    place = PlaceOptions(mode=ProvingMode.TEE, url=URL)
    policy = ProverChoice.of(place).backend(deployment_request())
    assert isinstance(policy, RemoteBackend)
    trust = policy._trust
    assert isinstance(trust, AttestedKey)
    assert pinned.expected() in trust.builds
    assert (trust.max_age.total_seconds(), trust.nonce_required) == (60, False)
    given = tee_policy(max_age=30)
    assert pinned.expected() not in given.builds
    assert given.max_age.total_seconds() == 30
    local = ProverChoice.of(PlaceOptions()).backend(deployment_request())
    assert isinstance(local, LocalBackend)
    assert local._options.memory_limit == 600_000_000
    assert local._options.threads == ProverSpeed.QUARTER.threads(usable_cores())
    remote = PlaceOptions(mode=ProvingMode.REMOTE, url="http://localhost:1")
    backend = ProverChoice.of(remote).backend(deployment_request())
    assert isinstance(backend, RemoteBackend)
    assert isinstance(backend._trust, PinnedKey)


def test_several_builds_are_told_apart_by_their_order() -> None:
    one, two, three = (bytes([n]) * 48 for n in (1, 2, 3))
    builds = approved_builds([one.hex(), two.hex()], [], [three.hex(), one.hex()])
    assert builds == (ExpectedPcrs(one, None, three), ExpectedPcrs(two, None, one))


def test_without_pcrs_the_builds_of_releases_are_approved() -> None:
    assert approved_builds([], [], []) == ExpectedPcrs.shipped()


@pytest.mark.parametrize("pcr", ["", "ab", "zz" * 48, "ab" * 49])
def test_a_pcr_has_48_bytes(pcr: str) -> None:
    with pytest.raises(TeeRexError) as refused:
        approved_builds([pcr], [], [])
    assert refused.value.code == "PCR_INVALID"


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
    assert "No server is remembered" in run(app, ["servers", "list"]).output
    file = tmp_path / "known-servers.json"
    key = {"fingerprint": "ab" * 20, "first_used": "2026-03-01T12:00:00Z"}
    file.write_text(json.dumps({"version": 1, "servers": {URL: key}}))
    assert run(app, ["servers", "list"]).stdout == f"{'ab' * 20}  2026-03-01  {URL}\n"
    assert json.loads(run(app, ["servers", "list", "--json"]).stdout) == {URL: key}
    assert "✓ Forgotten" in run(app, ["servers", "forget", URL + "/"]).output
    assert "It was not known" in run(app, ["servers", "forget", URL]).output
    assert run(app, ["servers", "forget", "nonsense"]).exit_code == 2
    file.write_text("{")
    damaged = run(app, ["servers", "list"])
    assert (damaged.exit_code, "KNOWN_SERVERS_UNREADABLE" in damaged.output) == (4, True)


@pytest.mark.parametrize("name", ["prove", "demo", "flow"])
def test_every_command_that_proves_has_every_option_of_where(name: str) -> None:
    command = get_command(app).commands[name]  # type: ignore[attr-defined]
    options = {parameter.name for parameter in command.params}
    assert {field.name for field in fields(PlaceOptions)} <= options
    assert command.help
