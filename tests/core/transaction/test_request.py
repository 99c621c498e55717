from __future__ import annotations

from dataclasses import replace

import pytest

from support.errors import raises_with
from support.recorded_steps import (
    V5,
    V6,
    development_deployment,
    genuine_deployment,
    mock_transaction,
    wire,
    wire_of,
    wire_step,
)
from tee_rex.transaction.generations import Generation
from tee_rex.transaction.request import ProofRequest
from tee_rex.transaction.steps import ExecutionSteps
from tee_rex.transaction.trusted_setup import TrustedSetup
from tee_rex.transaction.versions import AztecVersion

DEVELOPMENT = ExecutionSteps.from_bytes(development_deployment())
GENUINE = ExecutionSteps.from_bytes(genuine_deployment())
UNKNOWN = ExecutionSteps.from_bytes(wire(wire_step()))
MOCK = ExecutionSteps.from_bytes(mock_transaction())
V4_1_2 = AztecVersion.parse("4.1.2")
V4_4_0 = AztecVersion.parse("4.4.0")
V5_0_0 = AztecVersion.parse("5.0.0")
V5_2_0 = AztecVersion.parse("5.2.0")
V6_1_0 = AztecVersion.parse("6.1.0")
V9 = AztecVersion.parse("9.0.0")


@pytest.mark.parametrize(
    ("steps", "setup"), [(DEVELOPMENT, TrustedSetup.DEVELOPMENT), (GENUINE, TrustedSetup.GENUINE)]
)
def test_setup_and_version_are_read_from_the_steps(steps: ExecutionSteps, setup: TrustedSetup) -> None:
    assert ProofRequest.recognised(steps) == ProofRequest(steps, setup, V4_1_2)
    assert ProofRequest.recognised(steps, asserted_setup=setup, asserted_version=V4_1_2).setup is setup


@pytest.mark.parametrize("calls", [2, 6, 12])
def test_the_mock_circuits_are_recognised_without_a_switch(calls: int) -> None:
    steps = ExecutionSteps.from_bytes(mock_transaction(calls))
    assert ProofRequest.recognised(steps) == ProofRequest(steps, TrustedSetup.DEVELOPMENT, V5_0_0)


@pytest.mark.parametrize(
    ("steps", "version"), [(DEVELOPMENT, V4_4_0), (UNKNOWN, V4_4_0), (MOCK, V5_2_0)], ids=["v4", "new", "v5"]
)
def test_the_version_asserted_is_kept_where_its_circuits_are_the_same(
    steps: ExecutionSteps, version: AztecVersion
) -> None:
    assert ProofRequest.recognised(steps, asserted_version=version).version == version


@pytest.mark.parametrize(("generation", "version"), [(V5, V5_0_0), (V6, V6_1_0)], ids=str)
def test_unknown_circuits_count_as_genuine_of_the_generation_of_their_last_key(
    generation: Generation, version: AztecVersion
) -> None:
    request = ProofRequest.recognised(ExecutionSteps.from_bytes(wire_of(generation)))
    assert (request.setup, request.version) == (TrustedSetup.GENUINE, version)


@pytest.mark.parametrize(
    ("steps", "setup", "version", "code"),
    [
        pytest.param(DEVELOPMENT, TrustedSetup.GENUINE, None, "SETUP_MISMATCH", id="development as genuine"),
        pytest.param(GENUINE, TrustedSetup.DEVELOPMENT, None, "SETUP_MISMATCH", id="genuine as development"),
        pytest.param(
            UNKNOWN, TrustedSetup.DEVELOPMENT, V4_1_2, "SETUP_MISMATCH", id="unknown as development"
        ),
        pytest.param(MOCK, TrustedSetup.GENUINE, None, "SETUP_MISMATCH", id="mock circuits as genuine"),
        pytest.param(GENUINE, None, V5_0_0, "AZTEC_VERSION_MISMATCH", id="v4 as v5"),
        pytest.param(MOCK, None, V4_1_2, "AZTEC_VERSION_MISMATCH", id="v5 as v4"),
        pytest.param(MOCK, None, V6_1_0, "AZTEC_VERSION_MISMATCH", id="v5 as v6"),
        pytest.param(GENUINE, None, V9, "AZTEC_GENERATION_UNKNOWN", id="v4 as v9"),
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
