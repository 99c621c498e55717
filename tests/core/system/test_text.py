from __future__ import annotations

import pytest

from tee_rex.system.text import MAX_QUOTED, quoted


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        (b"E: \x1b[31mno\x1b[0m \n way.\n", "E: �[31mno�[0m way"),
        (b"\xff\xfe", "��"),
        ("No such package.", "No such package"),
        ("Wait...", "Wait"),
        ("x" * 5000, "x" * MAX_QUOTED),
        ("", ""),
    ],
)
def test_what_others_say_is_one_line_for_a_sentence(said: str | bytes, shown: str) -> None:
    assert quoted(said) == shown
