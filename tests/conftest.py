"""What holds for every test."""

from __future__ import annotations

from hypothesis import settings

# How long an example may take says more of the machine than of the code.
settings.register_profile("any machine", deadline=None)
settings.load_profile("any machine")
