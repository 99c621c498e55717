"""Changing a file that a newer version may have written, without losing what this version does not know.

Files of ours grow by new fields, which older versions keep and do not use. A field that would narrow what an
older version allows needs a new ``version`` of its file, which older ones refuse and never overwrite.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import msgspec

from tee_rex.errors import TeeRexError, message
from tee_rex.errors.message import Message
from tee_rex.system.files import open_regular, replacing
from tee_rex.system.text import os_reason
from tee_rex.system.untrusted import decode_json


def read_own(file: Path, limit: int, unreadable: Callable[[Message | str], TeeRexError]) -> bytes | None:
    """What a file of ours holds; None if there is none.

    limit: in bytes. Raises the error that ``unreadable`` makes of a reason.
    """
    try:
        with open_regular(file) as stream:
            content = stream.read(limit + 1)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise unreadable(os_reason(error)) from error
    if len(content) > limit:
        raise unreadable(message("more than {limit:,} bytes", limit=limit))
    return content


def write_own(file: Path, before: bytes | None, changed: msgspec.Struct) -> None:
    """Write JSON in place of ``before``, see :func:`json_with_changes`; readable by its owner alone.

    Raises OSError, UndecodableError.
    """
    content = msgspec.json.format(json_with_changes(before, changed), indent=2)
    with replacing(file, private=True) as new:
        new.write_bytes(content)


def with_changes(before: object, present: msgspec.Struct, changed: msgspec.Struct) -> dict[str, Any]:
    """``before``, with ``changed`` in place of ``present``, which are of one type.

    before: decoded content, of which ``present`` is what can be used. Entries of lists are the same if their
    first fields are.
    """
    written = dict(before) if isinstance(before, Mapping) else {}
    encoded = msgspec.to_builtins(changed)
    for one in msgspec.structs.fields(changed):
        name, old, new = one.encode_name, getattr(present, one.name), getattr(changed, one.name)
        if old == new and name in written:
            continue
        if name in encoded:
            written[name] = _changed(written.get(name), old, new)
        elif old != new:  # a default, which is not written
            rest = _changed(written.pop(name, None), old, new)
            if rest and isinstance(new, msgspec.Struct | tuple):  # what this version does not know
                written[name] = rest
    return written


def json_with_changes(content: bytes | None, changed: msgspec.Struct) -> bytes:
    """The same for JSON that is of ``changed``'s type; None is a file that is not there yet.

    Raises UndecodableError.
    """
    if content is None:
        return msgspec.json.encode(changed)
    present = decode_json(content, type(changed))
    return msgspec.json.encode(with_changes(decode_json(content, dict[str, Any]), present, changed))


def _changed(before: object, old: object, new: object) -> object:
    if isinstance(new, msgspec.Struct) and isinstance(old, msgspec.Struct):
        return with_changes(before, old, new)
    if isinstance(new, Mapping) and isinstance(old, Mapping) and isinstance(before, Mapping):
        return {str(key): _changed(before.get(key), old.get(key), value) for key, value in new.items()}
    if isinstance(new, tuple | list) and isinstance(old, tuple | list) and isinstance(before, list):
        return _changed_list(before, list(old), list(new))
    return msgspec.to_builtins(new)


def _changed_list(before: list[Any], old: list[Any], new: list[Any]) -> list[Any]:
    form = next((type(entry) for entry in (*new, *old) if isinstance(entry, msgspec.Struct)), None)
    if form is None:
        return [msgspec.to_builtins(entry) for entry in new]
    first = msgspec.structs.fields(form)[0]

    def key(entry: object) -> object:
        value = entry.get(first.encode_name) if isinstance(entry, dict) else getattr(entry, first.name, None)
        return value if isinstance(value, str) else None

    written = {key(entry): entry for entry in reversed(before) if _is_of(form, entry)}
    known = {key(entry): entry for entry in reversed(old)}
    entries = [_changed(written.get(key(entry)), known.get(key(entry)), entry) for entry in new]
    names = known.keys() | {key(entry) for entry in new}
    return entries + [entry for entry in before if key(entry) not in names]


def _is_of(form: type[msgspec.Struct], entry: object) -> bool:
    try:
        msgspec.convert(entry, form)
    except msgspec.ValidationError:
        return False
    return True
