"""Third-party test data, which lies beside a checkout and never in it.

``TEE_REX_VECTORS`` names its folder (default: ``../shared/data`` beside the repository). A checkout
without it skips the tests that need it; when the variable is set, what is missing fails.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

_REPOSITORY = Path(__file__).parents[2]


def vector_path(name: str) -> Path:
    """The file or folder ``name`` (e.g. ``"nitro/aws-nitro-root-g1.pem"``) of the test data."""
    configured = os.environ.get("TEE_REX_VECTORS")
    folder = Path(configured) if configured else _REPOSITORY.parent / "shared" / "data"
    if not configured and not folder.is_dir():
        pytest.skip("the test data is not beside this checkout (TEE_REX_VECTORS names its folder)")
    path = folder / name
    if not path.exists():
        pytest.fail(f"the test data lacks {name}")
    return path


def read_vector(name: str) -> bytes:
    """The bytes of one file of the test data."""
    return vector_path(name).read_bytes()
