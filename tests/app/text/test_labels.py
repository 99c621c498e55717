"""What the application calls the values of its state."""

from __future__ import annotations

from dataclasses import replace

import msgspec
import pytest

from support.app_runs import flows, history, report
from tee_rex.transaction.report import ProofReport, UsedBbReport
from tee_rex.transaction.request import ProvingMode
from tee_rex_app.model.services import Lock, ServiceName, ServiceState, ServiceStatus
from tee_rex_app.model.state import Notice
from tee_rex_app.text import labels
from tee_rex_app.text.labels import used_bb, used_bbs


@pytest.mark.parametrize(
    ("made", "told"),
    [
        (report(1.0), "bb 4.1.2"),
        (report(1.0, ProvingMode.REMOTE), "bb 4.1.2 (as the server says)"),
        (ProofReport(mode="tee", bb=UsedBbReport("6.1.0", "ab", True)), "bb 6.1.0 (approved by you)"),
        (ProofReport(mode="remote", claimed_bb_version="5\n<b>"), "bb 5\ufffd<b> (as the server says)"),
        (ProofReport(mode="remote"), ""),
    ],
    ids=["pinned", "claimed", "approved", "no version", "unknown"],
)
def test_whose_word_it_is_which_bb_proved(made: ProofReport, told: str) -> None:
    assert used_bb(made) == told


def test_every_bb_of_a_flow_is_told_once() -> None:
    flow = next(run for run in flows() if run.flow is not None and len(run.flow.steps) > 2)
    assert flow.flow is not None
    first, *others = flow.flow.steps
    claimed = msgspec.structs.replace(first, proof=ProofReport(mode="remote", claimed_bb_version="4.4.0"))
    mixed = msgspec.structs.replace(flow.flow, steps=(claimed, *others))
    told = "bb 4.4.0 (as the server says), bb 4.1.2 (as the server says)"
    assert used_bbs(replace(flow, flow=mixed)) == told
    assert used_bbs(next(run for run in history() if run.report is None)) == ""


def test_everything_that_can_be_shown_has_its_words() -> None:
    for lock in Lock:
        for mode in ProvingMode:
            assert labels.lock_reason(lock, mode)
            assert labels.how_to_unlock(lock, mode)
        assert labels.unlock_button(lock)
    for status in ServiceStatus:
        assert labels.service_status(ServiceState(ServiceName.NODE, status))
    for notice in Notice:
        assert all(labels.notice(notice))
