from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from support.eif_by_hand import eif_by_hand
from tee_rex.attestation.builds import shipped_builds
from tee_rex.attestation.eif import Eif, image_pcrs
from tee_rex_server.cli import app
from tee_rex_server.image.inputs import pinned_kernel
from tee_rex_server.image.report import (
    MeasurementsReport,
    ReportedPcrs,
    SectionSizes,
    encode_report,
    released_as,
)

METADATA = b'{"ImageName": "a\\u001b[31mb", "ImageVersion": "1", "More": {"x": [1]}}'
SECTIONS = [(1, b"kernel"), (2, b"quiet"), (5, METADATA), (3, b"one"), (3, b"two")]


@pytest.fixture(autouse=True)
def home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv("TEE_REX_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
    return tmp_path / "home"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """An image of ``SECTIONS``."""
    path = tmp_path / "some.eif"
    path.write_bytes(eif_by_hand(SECTIONS))
    return path


def measure(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, ["image", "measure", *map(str, arguments)])


def test_measuring_a_file(file: Path) -> None:
    done = measure(file, "--json")
    pcrs = image_pcrs(Eif(b"kernel", b"quiet", (b"one", b"two")))
    assert done.exit_code == 0
    assert json.loads(done.stdout) == {
        "file": str(file),
        "bytes": file.stat().st_size,
        "name": "a�[31mb",
        "version": "1",
        "cmdline": "quiet",
        "pcrs": {"0": pcrs.pcr0.hex(), "1": pcrs.pcr1.hex(), "2": pcrs.pcr2.hex()},
        "signed": False,
        "release": None,
    }
    plain = measure(file).stdout
    assert f"PCR0  {pcrs.pcr0.hex()}" in plain
    assert "not signed" in plain
    assert "not a release known to this installation" in plain
    assert "\x1b" not in plain


def measurements(folder: Path, **changes: str) -> Path:
    """As a build of ``SECTIONS`` would have written it."""
    pcrs = image_pcrs(Eif(b"kernel", b"quiet", (b"one", b"two")))
    names = ("pcr0", "pcr1", "pcr2")
    reported = ReportedPcrs(**{**{name: getattr(pcrs, name).hex() for name in names}, **changes})
    report = MeasurementsReport("x", "1", "x", 1, "", (), "", reported, SectionSizes(1, ()), ())
    file = folder / "measurements.json"
    file.write_bytes(encode_report(report))
    return file


def test_an_image_is_compared_with_published_measurements(file: Path, tmp_path: Path) -> None:
    same = measure(file, "--expect", measurements(tmp_path))
    assert (same.exit_code, "✓ Matches" in same.stdout) == (0, True)
    for changes, named in (({"pcr0": "ab" * 48, "pcr2": ""}, "PCR0, PCR2"), ({"pcr8": "ab" * 48}, "PCR8")):
        other = measure(file, "--expect", measurements(tmp_path, **changes))
        assert (other.exit_code, "[MEASUREMENTS_DIFFER]" in other.stderr) == (1, True)
        assert f"expected ones: {named}." in other.stderr
        assert measure(file, "--expect", measurements(tmp_path, **changes), "--json").exit_code == 1


@pytest.mark.parametrize("content", [None, b"", b"{}", b"\xff", b"[" * 100_000, b" " * (1 << 21)])
def test_invalid_measurements_are_reported(file: Path, tmp_path: Path, content: bytes | None) -> None:
    expected = tmp_path / "measurements.json"
    if content is not None:
        expected.write_bytes(content)
    done = measure(file, "--expect", expected)
    assert (done.exit_code, "[MEASUREMENTS_MALFORMED]" in done.stderr) == (3, True)


def test_a_release_is_recognised() -> None:
    build = shipped_builds()[0]
    pcrs = {"0": build.pcr0, "1": build.pcr1, "2": build.pcr2}
    assert released_as(pcrs) == f"{build.name} {build.version}"
    assert released_as({**pcrs, "2": "00" * 48}) is None


@pytest.mark.parametrize("metadata", [b"", b"[]", b"{", b"[" * 5000, b'{"ImageName": 1}'])
def test_odd_metadata_does_not_matter(file: Path, metadata: bytes) -> None:
    file.write_bytes(eif_by_hand([*SECTIONS[:2], (5, metadata), *SECTIONS[3:]]))
    done = measure(file, "--json")
    assert (done.exit_code, json.loads(done.stdout)["name"]) == (0, None)


@pytest.mark.parametrize("content", [None, b"", b"\x7fELF", eif_by_hand(SECTIONS)[:-1]])
def test_an_invalid_image_is_reported(tmp_path: Path, content: bytes | None) -> None:
    file = tmp_path / "other.eif"
    if content is not None:
        file.write_bytes(content)
    done = measure(file)
    assert done.exit_code == 3
    assert "[EIF_MALFORMED]" in done.stderr
    assert "→" in done.stderr


def _build(*arguments: str) -> tuple[int, str]:
    done = CliRunner().invoke(app, ["image", "build", "--offline", *arguments], env={"COLUMNS": "200"})
    return done.exit_code, done.stderr


def test_a_missing_kernel_is_reported_with_a_remedy() -> None:
    code, told = _build()
    assert code == 4
    assert "[KERNEL_MISSING]" in told
    assert f"kernel-{pinned_kernel().version}" in told
    assert "make enclave-tools" in told


def test_another_kernel_is_refused_unless_its_digest_is_named(tmp_path: Path) -> None:
    kernel = tmp_path / "bzImage"
    kernel.write_bytes(b"other")
    code, told = _build("--kernel", str(kernel))
    assert (code, "[KERNEL_NOT_PINNED]" in told) == (2, True)
    digest = "d9298a10d1b0735837dc4bd85dac641b0f3cef27a47e5d53a54f2f3f5b2fcffa"  # printf other | sha256sum
    assert digest in told
    code, told = _build("--kernel", str(kernel), "--kernel-sha256", digest.upper())
    assert "[IMAGE_INPUT_UNAVAILABLE]" in told  # the kernel was accepted


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--kernel-sha256", "zz"], "[BAD_SETTING]"),
        (["--inputs", "/nonexistent"], "/nonexistent"),
        (["--inputs", __file__], "is a file"),
    ],
)
def test_invalid_options_are_refused(arguments: list[str], told: str) -> None:
    code, shown = _build(*arguments)
    assert (code, told in shown) == (2, True), shown


@pytest.mark.parametrize("output", ["/proc/tee-rex", __file__])
def test_an_unwritable_output_folder_is_reported_before_the_build(output: str) -> None:
    code, told = _build("--output", output)
    assert (code, "[IMAGE_OUTPUT_UNUSABLE]" in told) == (4, True), told
    assert "--output" in told


@pytest.mark.parametrize("epoch", ["", "-1", "1.5", "9" * 12, "²"])
def test_a_build_time_must_be_a_number(monkeypatch: pytest.MonkeyPatch, epoch: str) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", epoch)
    code, told = _build()
    assert (code, "[BAD_SETTING]" in told) == (2, True)


def test_a_signer_needs_both_files(tmp_path: Path) -> None:
    code, told = _build("--signing-key", str(tmp_path / "key.pem"))
    assert (code, "[IMAGE_SIGNER_UNUSABLE]" in told) == (2, True)


def test_help_lists_both_commands() -> None:
    shown = CliRunner().invoke(app, ["image", "--help"]).stdout
    assert "build" in shown
    assert "measure" in shown
