"""A settings file that a newer version wrote: used as far as it is known, and never lost."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from support.settings_files import settings_in
from tee_rex.errors.tree import BadSettingError
from tee_rex.settings.file import (
    ApprovedBuild,
    AttestationSettings,
    EndpointProfile,
    SettingsFile,
    SettingsReading,
    ThemeChoice,
    change_settings_file,
    reset_settings_file,
    write_settings_file,
)
from tee_rex.settings.resolve import Settings

PCR = "ab" * 48
NEWER = f"""\
node_url = "http://localhost:1"  # mine
haste = "great"
profile = "lab"
[[profiles]]
client_certificate = "lab.pem"
name = "lab"
tee_url = "https://tee.example.org"
[[profiles]]
name = "other"
[attestation]
witnesses = 3
[[attestation.builds]]
name = "of this version"
pcr0 = "{PCR}"
[[attestation.builds]]
name = "of the next"
pcr0 = "{PCR}"
pcr8 = "{PCR}"
[telemetry]
ask = false
"""
UNKNOWN = {
    "haste",
    "profiles[0].client_certificate",
    "attestation.witnesses",
    "attestation.builds[1].pcr8",
    "telemetry",
}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    file = tmp_path / "settings.toml"
    file.write_text(NEWER)
    return file


def test_names_of_a_newer_version_have_no_effect(file: Path) -> None:
    reading = SettingsReading.of(file)
    assert reading.fault is None
    assert set(reading.unknown) == UNKNOWN
    settings = Settings.resolve(flags={}, environ={}, file=file)
    assert settings.tee_url.value == "https://tee.example.org"
    assert set(settings.unknown) == UNKNOWN


def test_a_build_that_is_narrower_than_is_known_here_is_not_approved(file: Path) -> None:
    assert [build.name for build in settings_in(file).attestation.builds] == ["of this version"]


def test_what_is_changed_is_changed_alone(file: Path) -> None:
    reading, kept = change_settings_file(
        file, lambda now: msgspec.structs.replace(now, theme=ThemeChoice.DARK), SettingsFile()
    )
    assert kept is None
    assert reading.settings.theme is ThemeChoice.DARK
    assert file.read_text().startswith('node_url = "http://localhost:1"  # mine\n')
    change_settings_file(file, lambda now: msgspec.structs.replace(now, theme=None), SettingsFile())
    assert file.read_text() == NEWER


def test_profiles_and_builds_change_beside_what_is_not_known(file: Path) -> None:
    def change(now: SettingsFile) -> SettingsFile:
        *_, lab = (one for one in now.profiles if one.name == "lab")
        lab = msgspec.structs.replace(lab, tee_url="https://new.example.org")
        added = ApprovedBuild("added", "cd" * 48)
        return msgspec.structs.replace(
            now,
            profiles=(EndpointProfile("first"), lab),
            attestation=AttestationSettings(60, builds=(added,)),
        )

    reading, _ = change_settings_file(file, change, SettingsFile())
    assert [profile.name for profile in reading.settings.profiles] == ["first", "lab"]
    assert reading.settings == change(reading.settings)
    assert set(reading.unknown) == UNKNOWN - {"profiles[0].client_certificate"} | {
        "profiles[1].client_certificate"
    }
    everything, _ = change_settings_file(file, lambda _: SettingsFile(), SettingsFile())
    assert everything.settings == SettingsFile()
    assert set(everything.unknown) == {
        "haste",
        "telemetry",
        "attestation.witnesses",
        "attestation.builds[0].pcr8",
    }


BROKEN = """\
node_url = "http://localhost:1"
theme = "sepia"
memory_limit_mb = 1
[[profiles]]
name = "a"
[[profiles]]
name = "a"
[[profiles]]
name = 7
[attestation]
max_age_seconds = 0
nonce_required = false
builds = [{ name = "a", pcr0 = "00" }]
"""


def test_a_value_that_cannot_be_used_spoils_no_other(tmp_path: Path) -> None:
    file = tmp_path / "settings.toml"
    file.write_text(BROKEN)
    with pytest.raises(BadSettingError, match="sepia"):
        Settings.resolve(flags={}, environ={}, file=file)
    usable = SettingsFile(
        node_url="http://localhost:1",
        profiles=(EndpointProfile("a"),),
        attestation=AttestationSettings(nonce_required=False),
    )
    assert SettingsReading.of(file).settings == usable
    write_settings_file(file, msgspec.structs.replace(usable, memory_limit_mb=600))
    assert file.read_text() == BROKEN.replace("= 1\n", "= 600\n")
    reading, kept = reset_settings_file(file, SettingsFile())
    assert (reading.fault, kept.read_text()) == (None, BROKEN.replace("= 1\n", "= 600\n"))
    assert settings_in(file) == msgspec.structs.replace(usable, memory_limit_mb=600)


def test_servers_beside_a_profile_that_cannot_be_used_do_not_take_its_place(tmp_path: Path) -> None:
    file = tmp_path / "settings.toml"
    written = 'prover_url = "https://everybody.example.org"\nprofile = "mine"\ntheme = "dark"\n'
    file.write_text(written)
    reading = SettingsReading.of(file)
    assert reading.fault is not None
    assert reading.settings == SettingsFile(theme=ThemeChoice.DARK)
    write_settings_file(file, SettingsFile(theme=ThemeChoice.LIGHT))
    assert file.read_text() == written.replace("dark", "light")


def test_servers_can_be_chosen_in_place_of_a_profile_that_is_gone(file: Path) -> None:
    file.write_text('profile = "gone"\nprover_url = "https://beside.example.org"\n')
    assert SettingsReading.of(file).fault is not None
    written, kept = change_settings_file(
        file, lambda present: msgspec.structs.replace(present, node_url="http://localhost:2"), SettingsFile()
    )
    assert (written.fault, kept) == (None, None)
    assert file.read_text() == 'node_url = "http://localhost:2"\n'
