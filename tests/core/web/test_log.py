"""Traces: types and code locations, no texts."""

from __future__ import annotations

import pytest

from tee_rex.web.log import traced

SECRET = "the witness is 42"


def caught(cause: Exception | None = None) -> Exception:
    with pytest.raises(ValueError, match=SECRET) as raised:
        raise ValueError(SECRET) from cause
    return raised.value


def test_a_trace_has_types_and_locations_of_all_causes_and_no_text() -> None:
    trace = traced(caught(caught(KeyError(SECRET))))
    assert [entry for entry in trace if entry.endswith("Error")] == ["ValueError", "ValueError", "KeyError"]
    assert any(entry.endswith("caught") for entry in trace)
    assert SECRET not in "".join(trace)


def test_a_cycle_of_causes_ends() -> None:
    first, second = ValueError(), KeyError()
    first.__cause__, second.__cause__ = second, first
    assert traced(first) == ["ValueError", "KeyError"]
