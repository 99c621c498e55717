from __future__ import annotations

import msgspec
import pytest

from tee_rex.errors import ErrorKind, Hint, TeeRexError, message
from tee_rex.errors.catalogue.transaction import NO_CIRCUITS, STEPS_BAD_VK
from tee_rex.errors.report import ErrorReport

NESTED = ErrorKind(TeeRexError, "NESTED", "Nested", "{file}: {reason}")(
    file="a", reason=message("It has {count} bytes.", count=5)
)


@pytest.mark.parametrize(
    "error", [STEPS_BAD_VK(circuit="x", count=3, expected=4), NO_CIRCUITS(hint=Hint()), NESTED]
)
def test_a_stored_error_keeps_its_parts(error: TeeRexError) -> None:
    report = msgspec.json.decode(
        msgspec.json.encode(ErrorReport.translatable(error)), type=ErrorReport, strict=True
    )
    assert (report.message_parts, report.hint_parts) == (error.message_parts, error.hint_parts.words)
    assert str(report.message_parts) == report.message == error.message


def test_the_json_of_commands_has_the_four_texts_alone() -> None:
    fields = msgspec.to_builtins(ErrorReport.of(STEPS_BAD_VK(circuit="x", count=3, expected=4)))
    assert list(fields) == ["code", "title", "message", "hint"]
