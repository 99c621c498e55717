from __future__ import annotations

from dataclasses import replace

import pytest

from support.errors import raises_with
from support.recorded_steps import development_deployment, genuine_deployment, wire, wire_step
from tee_rex.transaction.request import ProofRequest
from tee_rex.transaction.steps import ExecutionSteps
from tee_rex.transaction.trusted_setup import TrustedSetup
from tee_rex.transaction.versions import AztecVersion

DEVELOPMENT = ExecutionSteps.from_bytes(development_deployment())
GENUINE = ExecutionSteps.from_bytes(genuine_deployment())
UNKNOWN = ExecutionSteps.from_bytes(wire(wire_step()))
V4_1_2 = AztecVersion.parse("4.1.2")
V9 = AztecVersion.parse("9.0.0")


@pytest.mark.parametrize(
    ("steps", "setup"), [(DEVELOPMENT, TrustedSetup.DEVELOPMENT), (GENUINE, TrustedSetup.GENUINE)]
)
def test_setup_and_version_are_read_from_the_steps(steps: ExecutionSteps, setup: TrustedSetup) -> None:
    assert ProofRequest.recognised(steps) == ProofRequest(steps, setup, V4_1_2)
    assert ProofRequest.recognised(steps, asserted_setup=setup, asserted_version=V4_1_2).setup is setup


def test_unknown_circuits_count_as_genuine_of_the_version_asserted() -> None:
    request = ProofRequest.recognised(UNKNOWN, asserted_version=V9)
    assert (request.setup, request.version) == (TrustedSetup.GENUINE, V9)


@pytest.mark.parametrize(
    ("steps", "setup", "version", "code"),
    [
        pytest.param(DEVELOPMENT, TrustedSetup.GENUINE, None, "SETUP_MISMATCH", id="development as genuine"),
        pytest.param(GENUINE, TrustedSetup.DEVELOPMENT, None, "SETUP_MISMATCH", id="genuine as development"),
        pytest.param(
            UNKNOWN, TrustedSetup.DEVELOPMENT, V4_1_2, "SETUP_MISMATCH", id="unknown as development"
        ),
        pytest.param(UNKNOWN, None, None, "AZTEC_VERSION_UNKNOWN", id="unknown"),
        pytest.param(GENUINE, None, V9, "AZTEC_VERSION_MISMATCH", id="another version"),
    ],
)
def test_assertions_can_only_refuse(
    steps: ExecutionSteps, setup: TrustedSetup | None, version: AztecVersion | None, code: str
) -> None:
    with raises_with(code) as caught:
        ProofRequest.recognised(steps, asserted_setup=setup, asserted_version=version)
    assert caught.value.hint


@pytest.mark.parametrize("last", [1, 3, 9])
def test_steps_that_do_not_end_with_a_hiding_kernel_are_refused(last: int) -> None:
    cut_short = replace(DEVELOPMENT, steps=DEVELOPMENT.steps[: last + 1])
    with raises_with("STEPS_INCOMPLETE"):
        ProofRequest.recognised(cut_short, asserted_version=V4_1_2)
