"""The catalogue of errors: what people and programs are told, one module for each subject.

Every entry is an ErrorKind constant, which docs and translations find by :func:`kinds_of`.
"""

from __future__ import annotations

from collections.abc import Iterator
from types import ModuleType

from tee_rex.errors import ErrorKind, TeeRexError


def kinds_of(module: ModuleType) -> Iterator[tuple[str, ErrorKind[TeeRexError]]]:
    """The entries of one module of a catalogue, by the names of their constants."""
    for name, value in vars(module).items():
        if isinstance(value, ErrorKind):
            yield name, value
