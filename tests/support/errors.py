"""Expecting an error by its entry in the catalogue."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TypeVar

import pytest

from tee_rex.errors import ErrorKind, TeeRexError

E = TypeVar("E", bound=TeeRexError)


@contextmanager
def raises(kind: ErrorKind[E], match: str | None = None) -> Iterator[pytest.ExceptionInfo[E]]:
    """The block raises this entry's error. match: a regular expression that its English text contains."""
    with pytest.raises(kind.error_type, match=match) as caught:
        yield caught
    assert (caught.value.code, caught.value.message_parts.template) == (kind.code, kind.message)


@contextmanager
def raises_code(kind: ErrorKind[E], match: str | None = None) -> Iterator[pytest.ExceptionInfo[E]]:
    """As ``raises``, but any variant of the entry will do: only class and code are compared."""
    with pytest.raises(kind.error_type, match=match) as caught:
        yield caught
    assert caught.value.code == kind.code


@contextmanager
def raises_with(code: str, match: str | None = None) -> Iterator[pytest.ExceptionInfo[TeeRexError]]:
    """The block raises an error of this code, whatever its class and words."""
    with pytest.raises(TeeRexError, match=match) as caught:
        yield caught
    assert caught.value.code == code


def some_error(error_type: type[E], message: str = "It failed.", hint: str = "Try again.") -> E:
    """An error of a class, for tests that do not care which entry of the catalogue made it."""
    return ErrorKind(error_type, "SOME_ERROR", "Some error").says(message, hint)()
