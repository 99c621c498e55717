"""Every reader of untrusted bytes. A new one belongs here; test_readers.py finds those that are missing."""

from __future__ import annotations

from typing import Final

from fuzz import app_readers, core_readers, server_readers, tool_readers, update_readers

READERS: Final = (
    *core_readers.READERS,
    *server_readers.READERS,
    *app_readers.READERS,
    *tool_readers.READERS,
    *update_readers.READERS,
)
