from __future__ import annotations

import pytest

from tee_rex.errors.tree import BbUnavailableHereError
from tee_rex.system.platform import Platform


@pytest.mark.parametrize(
    ("system", "machine", "expected"),
    [
        ("Linux", "x86_64", Platform.AMD64_LINUX),
        ("Linux", "aarch64", Platform.ARM64_LINUX),
        ("Darwin", "x86_64", Platform.AMD64_MACOS),
        ("Darwin", "arm64", Platform.ARM64_MACOS),
    ],
)
def test_every_system_that_bb_is_released_for(system: str, machine: str, expected: Platform) -> None:
    assert Platform.of(system, machine) is expected


@pytest.mark.parametrize(
    ("system", "machine"),
    [("Windows", "AMD64"), ("Linux", "i686"), ("Linux", "riscv64"), ("FreeBSD", "amd64"), ("", "")],
)
def test_elsewhere_remote_proving_is_offered(system: str, machine: str) -> None:
    with pytest.raises(BbUnavailableHereError) as caught:
        Platform.of(system, machine)
    assert "remote" in caught.value.hint
    assert "TEE" in caught.value.hint
