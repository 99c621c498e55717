from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tee_rex.aztec.flows.report import (
    FLOW_STEPS,
    MAX_REPORT_BYTES,
    FlowKind,
    FlowReport,
    FlowStep,
    SimulationReport,
    StepReport,
)


def test_a_report_survives_json() -> None:
    report = FlowReport(
        flow=FlowKind.TOKEN,
        mode="local",
        steps=(StepReport(step=FlowStep.MINT, simulate=SimulationReport(3.0, 1.0), block=7),),
    )

    assert FlowReport.from_json(report.to_json()) == report


@given(st.binary(max_size=200) | st.text(max_size=200))
def test_anything_else_is_a_value_error(content: bytes | str) -> None:
    with pytest.raises(ValueError, match="report"):
        FlowReport.from_json(content)


def test_a_huge_report_is_not_parsed() -> None:
    with pytest.raises(ValueError, match="too large"):
        FlowReport.from_json(b" " * (MAX_REPORT_BYTES + 1))


def test_a_token_flow_has_every_step() -> None:
    assert FLOW_STEPS[FlowKind.TOKEN] == tuple(FlowStep)
