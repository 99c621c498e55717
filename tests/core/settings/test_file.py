from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.errors import raises
from support.processes import python_program
from support.settings_files import settings_in
from tee_rex.attestation.checks import MAX_AGE
from tee_rex.errors.catalogue.servers import SERVER_URL_INSECURE
from tee_rex.errors.catalogue.settings import FPC_SALT_INVALID
from tee_rex.errors.tree import BadSettingError
from tee_rex.http_client.server_url import address_problem
from tee_rex.settings import rules
from tee_rex.settings.file import (
    ApprovedBuild,
    AttestationSettings,
    EndpointProfile,
    ProverSpeed,
    SettingsFile,
    ThemeChoice,
    write_settings_file,
)
from tee_rex.settings.resolve import DEFAULT_MAX_AGE_SECONDS, Settings, SettingSource

LAB = EndpointProfile("lab", "http://localhost:8080", "https://prover.example.org", "", "ab" * 20)
FULL = SettingsFile(
    node_url="http://localhost:1",
    prover_url="https://other.example.org",
    sponsored_fpc_salt="7",
    prover_speed=ProverSpeed.HALF,
    memory_limit_mb=600,
    theme=ThemeChoice.DARK,
    profile="lab",
    profiles=(LAB, EndpointProfile("local")),
    attestation=AttestationSettings(
        60, False, (ApprovedBuild("1.0.0", "01" * 48, "", "02" * 48, "2026-01-02"),)
    ),
)


def test_what_is_written_is_read(tmp_path: Path) -> None:
    file = tmp_path / "config" / "settings.toml"
    write_settings_file(file, FULL)
    assert settings_in(file) == FULL
    assert [path.name for path in file.parent.iterdir()] == ["settings.toml"]
    write_settings_file(file, SettingsFile())
    assert settings_in(file) == SettingsFile()


def test_comments_and_order_stay(tmp_path: Path) -> None:
    file = tmp_path / "settings.toml"
    file.write_text('# my prover\nprover_url = "https://a.example"  # fast\ntheme = "dark"\n')
    write_settings_file(file, msgspec.structs.replace(settings_in(file), theme=ThemeChoice.LIGHT))
    assert file.read_text() == '# my prover\nprover_url = "https://a.example"  # fast\ntheme = "light"\n'


def test_the_file_is_its_owners_and_a_link_stays_one(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    file = tmp_path / "settings.toml"
    file.symlink_to(tmp_path / "real" / "settings.toml")
    write_settings_file(file, FULL)
    assert file.is_symlink()
    assert settings_in(file) == FULL
    if os.name == "posix":
        assert file.stat().st_mode & 0o777 == 0o600


def test_too_much_is_not_written(tmp_path: Path) -> None:
    file = tmp_path / "settings.toml"
    builds = tuple(ApprovedBuild(f"build {number}", "01" * 48) for number in range(600))
    with pytest.raises(BadSettingError):
        write_settings_file(file, SettingsFile(attestation=AttestationSettings(builds=builds)))
    assert not file.exists()


def test_a_profile_in_use_decides_and_lacks_what_it_lacks() -> None:
    settings = Settings.decide(FULL, flags={}, environ={}, origin="file")
    assert settings.prover_url.value == "https://prover.example.org"
    assert settings.server_key.value == "ab" * 20
    assert (settings.tee_url.value, settings.tee_url.source) == ("", SettingSource.DEFAULT)
    assert settings.sponsored_fpc_salt.value == "7"
    other = Settings.decide(
        msgspec.structs.replace(FULL, profile=None),
        flags={},
        environ={"AZTEC_NODE_URL": "http://localhost:2"},
        origin="file",
    )
    assert other.prover_url.value == "https://other.example.org"
    assert other.node_url.source is SettingSource.ENVIRONMENT


def test_defaults() -> None:
    settings = Settings.decide(SettingsFile(), flags={}, environ={}, origin="file")
    assert settings.prover_speed.value is ProverSpeed.ALL
    assert settings.memory_limit_mb.value is None
    assert settings.nonce_required.value
    assert not settings.let_websites_prove.value
    assert MAX_AGE.total_seconds() == DEFAULT_MAX_AGE_SECONDS


@pytest.mark.parametrize(
    "content",
    [
        'profile = "nowhere"',
        '[[profiles]]\nname = "a"\n[[profiles]]\nname = "a"',
        '[[profiles]]\nname = ""',
        '[[attestation.builds]]\nname = "a"\npcr0 = "00"',
        'prover_speed = "9/8"',
        "memory_limit_mb = 1",
        "[attestation]\nmax_age_seconds = 0",
        "[attestation]\nnonce_required = 'no'",
    ],
)
def test_what_makes_no_sense_is_refused(tmp_path: Path, content: str) -> None:
    file = tmp_path / "settings.toml"
    file.write_text(content)
    with pytest.raises(BadSettingError):
        settings_in(file)


_texts = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), max_size=40)
_names = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), min_size=1, max_size=20)
_pcrs = st.binary(min_size=48, max_size=48).map(bytes.hex)
_files = st.builds(
    SettingsFile,
    node_url=st.none() | _texts,
    bb_binary_path=st.none() | _texts,
    theme=st.none() | st.sampled_from(ThemeChoice),
    prover_speed=st.none() | st.sampled_from(ProverSpeed),
    memory_limit_mb=st.none() | st.integers(50, 5000),
    let_websites_prove=st.none() | st.booleans(),
    keep_in_tray=st.none() | st.booleans(),
    profiles=st.lists(
        st.builds(EndpointProfile, name=_names, prover_url=_texts),
        max_size=3,
        unique_by=lambda profile: profile.name,
    ).map(tuple),
    attestation=st.builds(
        AttestationSettings,
        nonce_required=st.none() | st.booleans(),
        builds=st.lists(st.builds(ApprovedBuild, name=_names, pcr0=_pcrs), max_size=3).map(tuple),
    ),
)


@given(before=_files, after=_files)
def test_any_settings_survive_any_others(
    tmp_path_factory: pytest.TempPathFactory, before: SettingsFile, after: SettingsFile
) -> None:
    file = tmp_path_factory.mktemp("settings") / "settings.toml"
    write_settings_file(file, before)
    write_settings_file(file, after)
    assert settings_in(file) == after


_WRITER = """
import sys
from pathlib import Path
from tee_rex.settings.file import SettingsFile, write_settings_file
file, number = Path(sys.argv[1]), 0
while True:
    number += 1
    write_settings_file(file, SettingsFile(bb_binary_path="x" * 2000 + str(number)))
    if number == 1:
        print("writing", flush=True)
"""


@pytest.mark.integration
@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL on Windows")
@pytest.mark.parametrize("after_ms", [3, 11, 23, 37])
def test_killed_while_writing_the_file_is_whole(tmp_path: Path, after_ms: int) -> None:
    file = tmp_path / "settings.toml"
    with python_program(_WRITER, file):
        time.sleep(after_ms / 1000)
    assert (settings_in(file).bb_binary_path or "").startswith("x" * 2000)


def test_rules_speak_plainly() -> None:
    assert address_problem("") is None
    assert address_problem("https://a.example") is None
    assert address_problem("http://a.example") == SERVER_URL_INSECURE(host="a.example").message_parts
    assert rules.server_key_problem("AB CD" * 10) is None
    assert str(rules.server_key_problem("ab")) == "Expected 40 hexadecimal digits; characters given: 2."
    assert rules.salt_problem("0x2a") is None
    assert rules.salt_problem("-1")
    assert rules.salt_problem("salt")
    assert rules.max_age_problem("300") is None
    assert str(rules.max_age_problem("0")) == "Enter a number from 1 to 86,400."
    assert rules.max_age_problem("x")
    assert rules.memory_limit_problem("") is None
    assert rules.memory_limit_problem("10")
    assert rules.pcr_problem("ab" * 48) is None
    assert rules.pcr_problem("ab")
    assert rules.profile_name_problem("a", {"b"}) is None
    assert str(rules.profile_name_problem(" b ", {"b"})) == "This name is already in use."
    assert rules.profile_name_problem("", set())


def test_speeds_in_threads() -> None:
    assert [speed.threads(8) for speed in ProverSpeed] == [2, 3, 4, 6, 8]
    assert [speed.threads(1) for speed in ProverSpeed] == [1, 1, 1, 1, 1]


_MODULUS = 21888242871839275222246405745257275088548364400416034343698204186575808495617


@pytest.mark.parametrize(
    ("text", "salt"), [("0", 0), ("17", 17), (" 0x2A ", 42), (str(_MODULUS - 1), _MODULUS - 1)]
)
def test_salts(text: str, salt: int) -> None:
    assert rules.salt_of(text) == salt
    assert rules.salt_problem(text) is None


@pytest.mark.parametrize("text", ["x", "-1", "0x", "1.5", str(_MODULUS), "0x" + "f" * 64, "9" * 5000])
def test_no_salts(text: str) -> None:
    with raises(FPC_SALT_INVALID) as caught:
        rules.salt_of(text)
    assert str(rules.salt_problem(text)) == caught.value.message


def test_nothing_is_no_salt_but_leaves_the_setting_at_0() -> None:
    assert rules.salt_problem(" ") is None
    with raises(FPC_SALT_INVALID):
        rules.salt_of("")


@pytest.mark.parametrize(
    ("written", "keeps"),
    [
        (SettingsFile(), False),
        (SettingsFile(let_websites_prove=True), True),
        (SettingsFile(let_websites_prove=True, keep_in_tray=False), False),
        (SettingsFile(keep_in_tray=True), True),
    ],
    ids=["neither", "websites", "websites-without-tray", "tray"],
)
def test_the_tray_keeps_the_app_by_default_while_websites_may_prove(
    written: SettingsFile, keeps: bool
) -> None:
    assert Settings.decide(written, flags={}, environ={}, origin="").keep_in_tray.value is keeps
