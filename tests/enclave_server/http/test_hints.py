"""What an HTTP client is advised to do: nothing that only somebody at the server's machine could."""

from __future__ import annotations

import pytest

from tee_rex.errors import ErrorKind, TeeRexError
from tee_rex.errors.catalogue import http, openpgp, transaction
from tee_rex.errors.catalogue.bb import INVALID_VERSION
from tee_rex.errors.catalogue.proving import BB_REFUSED
from tee_rex_server.errors import serving

NEVER_ANSWERED = ("BAD_SETTING", "PROOF_MALFORMED", "PROOF_INVALID")
"""Of settings, and of proofs that people verify."""
KINDS: dict[str, ErrorKind[TeeRexError]] = {
    f"{module.__name__}.{name}": kind
    for module in (http, openpgp, transaction, serving)
    for name, kind in vars(module).items()
    if isinstance(kind, ErrorKind) and kind.code not in NEVER_ANSWERED
} | {"INVALID_VERSION": INVALID_VERSION, "BB_REFUSED": BB_REFUSED}


def status_of(kind: ErrorKind[TeeRexError]) -> int:
    return kind.status or kind.error_type.default_status


@pytest.mark.parametrize("kind", [kind for kind in KINDS.values() if status_of(kind) < 500])
def test_the_hints_of_refusals_name_no_command(kind: ErrorKind[TeeRexError]) -> None:
    assert kind.hint
    assert "--" not in kind.hint
    assert "tee-rex" not in kind.hint
