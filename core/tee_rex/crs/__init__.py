"""The common reference string (CRS) that bb proves with, genuine or INSECURE development."""

from __future__ import annotations

from tee_rex.crs.crs import MAX_POINTS, MIN_POINTS, Crs

__all__ = ["MAX_POINTS", "MIN_POINTS", "Crs"]
