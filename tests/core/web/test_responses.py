"""Errors as answers: their status, and what a TEE's host may read of them."""

from __future__ import annotations

import errno

import pytest

from tee_rex.errors import (
    ErrorKind,
    InputError,
    ProvingError,
    RefusedError,
    TeeRexError,
    UnusableEnvironmentError,
)
from tee_rex.errors.catalogue.bb import BB_MISSING
from tee_rex.errors.catalogue.http import PAYLOAD_TOO_LARGE, QUEUE_FULL
from tee_rex.errors.catalogue.transaction import NO_CIRCUITS
from tee_rex.transaction.steps import MAX_STEPS_BYTES, ExecutionSteps
from tee_rex.web.responses import SERVER_FAULT_HINT, error_answer, machine_error, retry_after_header

IN_A_CIRCUIT = ErrorKind(ProvingError, "X", "Failed", "bb failed in {circuit}.", "Skip {circuit}.")
OF_STEPS = ErrorKind(InputError, "Z", "Failed", "Bad {circuit}.", "Record {circuit} again.")
ANYWHERE = ErrorKind(ProvingError, "Y", "Failed", "bb failed.", "Try again.")


@pytest.mark.parametrize(
    ("error_type", "status"),
    [(InputError, 400), (RefusedError, 400), (UnusableEnvironmentError, 503), (ProvingError, 500)],
)
def test_the_branch_of_an_error_has_a_status(error_type: type[TeeRexError], status: int) -> None:
    assert ErrorKind(error_type, "X", "Title", "Message.")().http_status == status


def test_an_entry_can_have_a_status_of_its_own() -> None:
    with pytest.raises(InputError) as refused:
        ExecutionSteps.from_bytes(bytes(MAX_STEPS_BYTES + 1))
    assert refused.value.http_status == 413


@pytest.mark.parametrize("discreet", [True, False])
def test_a_hosts_view_has_no_field_of_a_failed_proof(discreet: bool) -> None:
    answer = error_answer(IN_A_CIRCUIT(circuit="Token:transfer"), "id", discreet=discreet)
    assert ("Token:transfer" in repr(answer)) is not discreet
    assert answer.error == ("Failed" if discreet else "Failed: bb failed in Token:transfer.")
    refused = error_answer(OF_STEPS(circuit="Token:transfer"), "id", discreet=discreet)
    assert ("Token:transfer" in repr(refused)) is not discreet


@pytest.mark.parametrize("discreet", [True, False])
def test_the_hint_of_a_servers_fault_is_made_for_its_clients(discreet: bool) -> None:
    missing = BB_MISSING(path="/data/bb")
    assert "tee-rex" in missing.hint
    assert error_answer(missing, "id", discreet=discreet).hint == SERVER_FAULT_HINT
    assert error_answer(NO_CIRCUITS(), "id", discreet=discreet).hint == NO_CIRCUITS.hint


def test_refusals_come_with_their_message() -> None:
    answer = error_answer(PAYLOAD_TOO_LARGE(limit=50_000_000), "id", discreet=True)
    assert "50,000,000 bytes" in answer.error


def test_retry_after_is_in_whole_seconds() -> None:
    assert retry_after_header(QUEUE_FULL(admitted=1, retry_after=1.2)) == {"Retry-After": "2"}
    assert retry_after_header(ANYWHERE()) == {}


def test_a_process_without_descriptors_is_told_so() -> None:
    error = machine_error(OSError(errno.EMFILE, "Too many open files"))
    assert error is not None
    assert (error.code, error.http_status) == ("TOO_MANY_OPEN_FILES", 503)
    assert machine_error(OSError(errno.EIO, "")) is machine_error(ValueError()) is None
