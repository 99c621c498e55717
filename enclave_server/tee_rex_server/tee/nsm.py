"""The Nitro Secure Module (NSM): an enclave's device that measures, signs and generates random bytes.

Sources: AWS's aws-nitro-enclaves-nsm-api (requests, answers, error codes); Linux's drivers/misc/nsm.c and
include/uapi/linux/nsm.h (the ioctl). Calls block; the driver gives up after two minutes.
"""

from __future__ import annotations

import ctypes
import errno
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Annotated, Final, Self, TypeAlias, TypeVar

import msgspec

from tee_rex.attestation.cbor import CborError, CborValue, read_any_cbor, write_cbor
from tee_rex.system.text import os_reason
from tee_rex_server.errors import serving as errors

NSM_PATH: Final = Path("/dev/nsm")
MAX_REQUEST_BYTES: Final = 0x1000
MAX_ANSWER_BYTES: Final = 0x3000
"""The driver writes at most this much and truncates longer answers, so the buffer has exactly this size."""

_NSM_IOCTL_RAW: Final = 0xC020_0A00
"""_IOWR(0x0A, 0, struct nsm_raw), the same on x86-64 and arm64."""

_ERROR_CODES: Final = frozenset(
    {
        "InvalidArgument",
        "InvalidIndex",
        "InvalidResponse",
        "ReadOnlyIndex",
        "InvalidOperation",
        "BufferTooSmall",
        "InputTooLarge",
        "InternalError",
    }
)
"""``ErrorCode`` of AWS's nsm-api."""

Exchange: TypeAlias = Callable[[bytes], bytes]
"""Sends a request (CBOR) and returns the answer (CBOR); raises NSM_FAILED, NSM_ANSWER_INVALID."""

_AnswerT = TypeVar("_AnswerT")


class _IoVec(ctypes.Structure):
    """struct nsm_iovec."""

    _fields_ = (("address", ctypes.c_uint64), ("length", ctypes.c_uint64))


class _RawMessage(ctypes.Structure):
    """struct nsm_raw."""

    _fields_ = (("request", _IoVec), ("answer", _IoVec))


class NsmDevice:
    """The open device file, an ``Exchange``. It is opened once, for the server's lifetime."""

    def __init__(self, path: Path = NSM_PATH) -> None:
        """Raises NSM_MISSING."""
        try:
            self._file = path.open("r+b", buffering=0)
        except OSError as error:
            raise errors.NSM_MISSING(path=str(path), reason=os_reason(error)) from error

    def __call__(self, request: bytes) -> bytes:
        """request: at most 4,096 bytes; the answer: at most 12,288. Raises NSM_FAILED, NSM_ANSWER_INVALID."""
        import fcntl  # absent on Windows, where this module must still be importable

        if len(request) > MAX_REQUEST_BYTES:
            raise ValueError(f"a request has at most {MAX_REQUEST_BYTES} bytes, not {len(request)}")
        # Both buffers must outlive the call: the kernel gets only their addresses.
        request_buffer = ctypes.create_string_buffer(request, len(request))
        answer_buffer = ctypes.create_string_buffer(MAX_ANSWER_BYTES)
        message = _RawMessage(
            _IoVec(ctypes.addressof(request_buffer), len(request)),
            _IoVec(ctypes.addressof(answer_buffer), MAX_ANSWER_BYTES),
        )
        try:
            fcntl.ioctl(self._file, _NSM_IOCTL_RAW, message)
        except OSError as error:
            name = errno.errorcode.get(error.errno or 0, "an unknown error")
            raise errors.NSM_FAILED(errno=name) from error
        if message.answer.length > MAX_ANSWER_BYTES:
            raise errors.NSM_ANSWER_TOO_LONG()
        return answer_buffer.raw[: message.answer.length]

    def close(self) -> None:
        """Close the device file."""
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class _Attestation(msgspec.Struct):
    document: Annotated[bytes, msgspec.Meta(min_length=1)]


class _Random(msgspec.Struct):
    random: Annotated[bytes, msgspec.Meta(min_length=1)]


class Nsm:
    """The two requests that an enclave makes: its server's for documents, and init's for random bytes.

    Both block, at most for the driver's two minutes, and raise NSM_FAILED, NSM_REFUSED or NSM_ANSWER_INVALID.
    """

    def __init__(self, exchange: Exchange) -> None:
        """exchange: an ``NsmDevice``, or a simulated device in tests."""
        self._exchange = exchange

    def attestation(self, *, public_key: bytes | None, user_data: bytes | None, nonce: bytes | None) -> bytes:
        """A signed document (COSE_Sign1) that holds the three and all locked PCRs.

        public_key: at most 1,024 bytes; user_data, nonce: at most 512 (AWS's nsm-api).
        """
        fields: CborValue = {"user_data": user_data, "nonce": nonce, "public_key": public_key}
        return self._ask("Attestation", {"Attestation": fields}, _Attestation).document

    def random(self) -> bytes:
        """Random bytes, as many as the device returns (256 at present)."""
        return self._ask("GetRandom", "GetRandom", _Random).random

    def _ask(self, name: str, request: CborValue, form: type[_AnswerT]) -> _AnswerT:
        try:
            answer = read_any_cbor(self._exchange(write_cbor(request)))
        except CborError as error:
            raise errors.NSM_ANSWER_UNREADABLE(reason=str(error)) from error
        if isinstance(answer, dict) and answer.keys() == {"Error"}:
            code = answer["Error"]
            if isinstance(code, str) and code in _ERROR_CODES:
                raise errors.NSM_REFUSED(error_code=code)
            raise errors.NSM_ERROR_CODE_UNKNOWN()
        if not (isinstance(answer, dict) and answer.keys() == {name}):
            raise errors.NSM_ANSWER_INVALID(request=name)
        try:
            return msgspec.convert(answer[name], form, builtin_types=(bytes,))
        except msgspec.ValidationError as error:
            raise errors.NSM_ANSWER_INVALID(request=name) from error
