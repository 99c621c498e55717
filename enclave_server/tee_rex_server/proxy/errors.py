"""What can go wrong between the host and its enclaves."""

from __future__ import annotations

from http import HTTPStatus

from tee_rex.errors import RefusedError, UnusableEnvironmentError


class EnclaveUnreachableError(RefusedError):
    """The enclave is not running, does not answer, or ended in the middle of an answer."""

    code = "ENCLAVE_UNREACHABLE"
    title = "The enclave does not answer"
    default_hint = "Try again in a moment; an enclave that was restarted has a new key."
    default_status = HTTPStatus.SERVICE_UNAVAILABLE


class EnclaveNotThereError(UnusableEnvironmentError):
    """The same, told to the operator of the host."""

    code = EnclaveUnreachableError.code
    title = EnclaveUnreachableError.title
    default_hint = (
        "Does it run? nitro-cli describe-enclaves shows it and its cid. "
        "It listens some seconds after its start."
    )


class EnclaveAnswerError(RefusedError):
    """What came from the enclave is not an answer that it gives."""

    code = "ENCLAVE_ANSWER_INVALID"
    title = "The enclave's answer cannot be used"
    default_hint = "The host and the enclave may come from different releases; update the older one."
    default_status = HTTPStatus.BAD_GATEWAY


class UploadRefusedError(RefusedError):
    """The enclave does not take a bb or a chunk that its image lists; only the operator meets this."""

    code = "UPLOAD_REFUSED"
    title = "The enclave refused an upload"
    default_hint = "The enclave's log says why; it may be out of memory."
    default_status = HTTPStatus.BAD_GATEWAY


class UnknownEnclaveError(RefusedError):
    """No enclave has that name."""

    code = "ENCLAVE_UNKNOWN"
    title = "There is no such enclave"
    default_hint = "GET /health lists them."
    default_status = HTTPStatus.NOT_FOUND
