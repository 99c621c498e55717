"""How long tests wait: for what happens, never for a machine to be quick.

A machine that tests run on may be small, and busy with other things. So a test waits for an event, and its
limit is there only so that what never comes is told in a minute instead of hanging.
"""

from __future__ import annotations

from typing import Final

PATIENCE: Final = 60.0
"""Seconds after which what ought to come by itself counts as lost."""
SOON: Final = 15.0
"""Seconds within which what is promised at once has ended on any machine: far more than it takes, and less
than it would take if it waited for the proof, the download or the other side instead."""
