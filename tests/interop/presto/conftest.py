from __future__ import annotations

from pathlib import Path

import pytest

from support.node_packages import installed
from support.web_pages import EXAMPLE


@pytest.fixture(scope="session")
def presto() -> Path:
    """Where Presto's client is, installed when it is missing; a test fails where it cannot be."""
    return installed(EXAMPLE)
