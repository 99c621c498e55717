"""Reading what is shipped and is not Python; the only door to the resources folder."""

from __future__ import annotations

from importlib import resources
from importlib.resources.abc import Traversable


def resource(*parts: str) -> Traversable:
    """The shipped file or folder below ``resources/``, e.g. ``resource("pins", "bb.json")``."""
    return resources.files("tee_rex").joinpath("_resources", *parts)
