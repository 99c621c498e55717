from __future__ import annotations

from pathlib import Path

import pytest

from tee_rex.errors.tree import BbUnavailableHereError
from tee_rex.system.platform import Platform, processor_flags


@pytest.mark.parametrize(
    ("system", "machine", "expected"),
    [
        ("Linux", "x86_64", Platform.AMD64_LINUX),
        ("Linux", "aarch64", Platform.ARM64_LINUX),
        ("Darwin", "x86_64", Platform.AMD64_MACOS),
        ("Darwin", "arm64", Platform.ARM64_MACOS),
        ("Windows", "AMD64", Platform.AMD64_WINDOWS),
    ],
)
def test_every_system_that_bb_is_released_for(system: str, machine: str, expected: Platform) -> None:
    assert Platform.of(system, machine) is expected


@pytest.mark.parametrize(
    ("system", "machine"),
    [("Windows", "ARM64"), ("Linux", "i686"), ("Linux", "riscv64"), ("FreeBSD", "amd64"), ("", "")],
)
def test_elsewhere_remote_proving_is_offered(system: str, machine: str) -> None:
    with pytest.raises(BbUnavailableHereError) as caught:
        Platform.of(system, machine)
    assert "remote" in caught.value.hint
    assert "TEE" in caught.value.hint


CPU_INFO = """processor	: 0
model name	: Some Processor
flags		: fpu avx adx
bugs		: none
flags		: of another

"""


def test_what_the_processor_can_do(tmp_path: Path) -> None:
    file = tmp_path / "cpuinfo"
    file.write_text(CPU_INFO)
    assert processor_flags(file) == {"fpu", "avx", "adx"}
    file.write_text("processor\t: 0\nFeatures\t: fp asimd\n")  # as on ARM
    assert processor_flags(file) == frozenset()
    assert processor_flags(tmp_path / "missing") == frozenset()
