"""What a running proof is said to be doing."""

from __future__ import annotations

from dataclasses import replace

import pytest

from support.app_states import running
from tee_rex.transaction.events import Phase, QueuePosition
from tee_rex_app.text import run_labels


@pytest.mark.parametrize(
    ("news", "shown"),
    [
        (QueuePosition(0), ""),
        (QueuePosition(2), " · 2 ahead"),
        (QueuePosition(0, 7.2), " · next, in about 7 s"),
        (QueuePosition(2, 38.0), " · 2 ahead, about 40 s"),
    ],
    ids=["next", "third", "next with a time", "third with a time"],
)
def test_a_place_in_the_queue(news: QueuePosition, shown: str) -> None:
    run = replace(running(), phase=Phase.QUEUE, news=news, task=None, silent_since=None)
    assert run_labels.doing(run) == "Waiting for the server's prover" + shown
