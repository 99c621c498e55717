from __future__ import annotations

import pytest

from support.openpgpjs import OpenPgpJs


@pytest.fixture(scope="session")
def openpgpjs() -> OpenPgpJs:
    """OpenPGP.js, installed when it is missing; a test fails where it cannot be."""
    return OpenPgpJs.install()
