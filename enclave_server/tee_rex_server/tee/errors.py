"""Why a server in a TEE cannot attest itself."""

from __future__ import annotations

from enum import StrEnum

from tee_rex.errors import UnusableEnvironmentError


class TeeUnavailableError(UnusableEnvironmentError):
    """Base of all that keeps the TEE's device from answering."""

    code = "TEE_UNAVAILABLE"
    title = "The enclave cannot attest itself"


class NsmMissingError(TeeUnavailableError):
    """The device of the Nitro Secure Module cannot be opened."""

    code = "NSM_MISSING"
    title = "There is no Nitro Secure Module here"
    default_hint = "Run the server inside a Nitro enclave, or with TEE_MODE=standard outside of one."


class NsmFailedError(TeeUnavailableError):
    """The device did not take the request, or did not answer in the driver's two minutes."""

    code = "NSM_FAILED"
    title = "The Nitro Secure Module does not answer"
    default_hint = "Restart the enclave."


class NsmAnswerError(TeeUnavailableError):
    """The device's answer is not one that its interface has."""

    code = "NSM_ANSWER_INVALID"
    title = "The Nitro Secure Module's answer cannot be used"
    default_hint = "Its interface may be newer than this server; look for a newer release."


class NsmRefusal(StrEnum):
    """The error codes of the Nitro Secure Module, in its own words (AWS's nsm-api, ``ErrorCode``)."""

    INVALID_ARGUMENT = "InvalidArgument"
    INVALID_INDEX = "InvalidIndex"
    INVALID_RESPONSE = "InvalidResponse"
    READ_ONLY_INDEX = "ReadOnlyIndex"
    INVALID_OPERATION = "InvalidOperation"
    BUFFER_TOO_SMALL = "BufferTooSmall"
    INPUT_TOO_LARGE = "InputTooLarge"
    INTERNAL_ERROR = "InternalError"


class NsmRefusedError(TeeUnavailableError):
    """The device answered with an error code."""

    code = "NSM_REFUSED"
    title = "The Nitro Secure Module refused"
    default_hint = "Restart the enclave."

    def __init__(self, refusal: NsmRefusal) -> None:
        super().__init__(f"Its error code is {refusal}.")
        self.refusal = refusal
