"""What stops the tools from being made, in words for whoever started them."""

from __future__ import annotations


class EnclaveToolsError(Exception):
    """A tool could not be made; the text says why and what to do."""
