"""The shipped list of inputs: whether it is that of this checkout."""

from __future__ import annotations

import re
from pathlib import Path

from packaging.utils import canonicalize_name

from pin_enclave_inputs import locked, wheels_needed
from tee_rex_server.image.pinned_inputs import PinnedInputs, PinnedPackage, pinned_kernel
from tee_rex_server.image.runtime_files import PACKAGES
from tee_rex_server.image.wheel_files import OMITTED_DISTRIBUTIONS

REPOSITORY = Path(__file__).resolve().parents[3]
INPUTS = PinnedInputs.shipped()


def test_the_wheels_are_those_of_the_lock_file() -> None:
    needed = wheels_needed()
    # A new dependency is either of no use in an enclave (OMITTED_DISTRIBUTIONS), or pinned for it with
    # tools/pin_enclave_inputs.py.
    assert {canonicalize_name(wheel.name) for wheel in INPUTS.wheels} == needed
    block = locked(needed)
    for wheel in INPUTS.wheels:
        assert re.search(
            rf"^{re.escape(wheel.name)}=={re.escape(wheel.version)}\b", block, re.MULTILINE | re.IGNORECASE
        )
        assert wheel.sha256 in block


def test_what_is_left_out_is_a_dependency_or_a_tool() -> None:
    text = (REPOSITORY / "requirements.lock").read_text()
    assert all(f"\n{name}==" in text for name in OMITTED_DISTRIBUTIONS)


def test_every_package_is_pinned_once() -> None:
    assert [package.name for package in INPUTS.packages] == sorted(PACKAGES)


def test_a_package_file_is_named_as_apt_does() -> None:
    assert PinnedPackage("zlib1g", "1:1.3+b1", "0" * 64).file == "zlib1g_1%3a1.3+b1_amd64.deb"


def test_the_kernel_is_pinned() -> None:
    assert re.fullmatch(r"[0-9.]+-[0-9a-z+~.]+", pinned_kernel().version)
