from __future__ import annotations

from tee_rex.errors import message


def test_values_cannot_move_the_cursor_of_a_terminal() -> None:
    inner = message("{reason}", reason="\x1b[2J\u202egone\n")
    assert str(message("{file}: {inner}.", file="a\x07b\u202fc", inner=inner)) == "a�b\u202fc: �[2J�gone�."


def test_a_file_name_that_is_not_utf_8_can_be_printed() -> None:
    shown = str(message("{file}", file=b"a\xff".decode("utf-8", "surrogateescape")))
    assert shown.encode() == "a�".encode()
