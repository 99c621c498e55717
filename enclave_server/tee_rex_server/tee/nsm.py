"""The Nitro Secure Module: the device inside an enclave that measures, signs and gives random bytes.

Sources: AWS's aws-nitro-enclaves-nsm-api (requests, answers, error codes); Linux's drivers/misc/nsm.c and
include/uapi/linux/nsm.h (the ioctl). Calls block, the driver gives up after two minutes.
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
from tee_rex.attestation.document import MAX_PCR_INDEX, PCR_BYTES
from tee_rex_server.tee.errors import (
    NsmAnswerError,
    NsmFailedError,
    NsmMissingError,
    NsmRefusal,
    NsmRefusedError,
)

NSM_PATH: Final = Path("/dev/nsm")
MAX_REQUEST_BYTES: Final = 0x1000
MAX_ANSWER_BYTES: Final = 0x3000
"""What the driver may write; it cuts longer answers, so the buffer is exactly of this size."""

_NSM_IOCTL_RAW: Final = 0xC020_0A00
"""_IOWR(0x0A, 0, struct nsm_raw), the same on x86-64 and arm64."""

Exchange: TypeAlias = Callable[[bytes], bytes]
"""Sends a request (CBOR) and returns the answer (CBOR); raises TeeUnavailableError."""

_AnswerT = TypeVar("_AnswerT")


class _IoVec(ctypes.Structure):
    """struct nsm_iovec."""

    _fields_ = (("address", ctypes.c_uint64), ("length", ctypes.c_uint64))


class _RawMessage(ctypes.Structure):
    """struct nsm_raw."""

    _fields_ = (("request", _IoVec), ("answer", _IoVec))


class NsmDevice:
    """The opened device file, an ``Exchange``. It is opened once: a server needs it as long as it lives."""

    def __init__(self, path: Path = NSM_PATH) -> None:
        """Raises NsmMissingError."""
        try:
            self._file = path.open("r+b", buffering=0)
        except OSError as error:
            raise NsmMissingError(f"{path} cannot be opened ({error.strerror}).") from error

    def __call__(self, request: bytes) -> bytes:
        """request: at most 4,096 bytes; the answer: at most 12,288. Raises NsmFailedError, NsmAnswerError."""
        import fcntl  # not on Windows, where this module must be importable all the same

        if len(request) > MAX_REQUEST_BYTES:
            raise ValueError(f"a request has at most {MAX_REQUEST_BYTES} bytes, not {len(request)}")
        # Both buffers must outlive the call: the kernel gets their addresses only.
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
            raise NsmFailedError(f"The device's driver says {name}.") from error
        if message.answer.length > MAX_ANSWER_BYTES:
            raise NsmAnswerError("It says that it is longer than its buffer.")
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


_PcrValue: TypeAlias = Annotated[bytes, msgspec.Meta(min_length=PCR_BYTES, max_length=PCR_BYTES)]
_PcrIndex: TypeAlias = Annotated[int, msgspec.Meta(ge=0, le=MAX_PCR_INDEX)]


class Pcr(msgspec.Struct, frozen=True, rename={"value": "data", "locked": "lock"}):
    """A measurement register: 48 bytes (SHA-384), and whether it can no longer be extended.

    Attestation documents hold the locked ones.
    """

    value: _PcrValue
    locked: bool


class NsmDescription(msgspec.Struct, frozen=True):
    """What the device says of itself; digest: the hash of its PCRs, "SHA384"."""

    version_major: int
    version_minor: int
    version_patch: int
    module_id: str
    max_pcrs: int
    locked_pcrs: frozenset[_PcrIndex]
    digest: str


class _Attestation(msgspec.Struct):
    document: Annotated[bytes, msgspec.Meta(min_length=1)]


class _ExtendedPcr(msgspec.Struct):
    data: _PcrValue


class _Random(msgspec.Struct):
    random: Annotated[bytes, msgspec.Meta(min_length=1)]


class Nsm:
    """The requests of the Nitro Secure Module. Every one raises TeeUnavailableError."""

    def __init__(self, exchange: Exchange) -> None:
        """exchange: an ``NsmDevice``, or in tests a device of their own."""
        self._exchange = exchange

    def attestation(self, *, public_key: bytes | None, user_data: bytes | None, nonce: bytes | None) -> bytes:
        """A signed document (COSE_Sign1) that holds the three and all locked PCRs."""
        fields: CborValue = {"user_data": user_data, "nonce": nonce, "public_key": public_key}
        return self._ask("Attestation", fields, _Attestation).document

    def describe_pcr(self, index: int) -> Pcr:
        """The register's present value."""
        return self._ask("DescribePCR", {"index": index}, Pcr)

    def extend_pcr(self, index: int, data: bytes) -> bytes:
        """The register's new value (48 bytes): SHA-384 of the old one and ``data``."""
        return self._ask("ExtendPCR", {"index": index, "data": data}, _ExtendedPcr).data

    def lock_pcr(self, index: int) -> None:
        """From now on the register cannot change, and documents hold it."""
        if self._answer({"LockPCR": {"index": index}}) != "LockPCR":
            raise NsmAnswerError("It does not confirm the lock.")

    def random(self) -> bytes:
        """Random bytes, as many as the device likes to give (256 at present)."""
        return self._ask("GetRandom", None, _Random).random

    def describe(self) -> NsmDescription:
        """The device's version, limits and state."""
        return self._ask("DescribeNSM", None, NsmDescription)

    def _ask(self, name: str, fields: CborValue, form: type[_AnswerT]) -> _AnswerT:
        """fields: None for the two requests that have none, which are then the bare name."""
        answer = self._answer(name if fields is None else {name: fields})
        if not (isinstance(answer, dict) and answer.keys() == {name}):
            raise NsmAnswerError(f"It does not answer {name}.")
        try:
            return msgspec.convert(answer[name], form, builtin_types=(bytes,))
        except msgspec.ValidationError as error:
            raise NsmAnswerError(f"Its answer to {name} is not of the form that AWS describes.") from error

    def _answer(self, request: CborValue) -> CborValue:
        try:
            answer = read_any_cbor(self._exchange(write_cbor(request)))
        except CborError as error:
            raise NsmAnswerError(f"It is not in a readable encoding: {error}.") from error
        if isinstance(answer, dict) and answer.keys() == {"Error"}:
            raise self._refusal(answer["Error"])
        return answer

    @staticmethod
    def _refusal(code: CborValue) -> NsmRefusedError | NsmAnswerError:
        try:
            return NsmRefusedError(NsmRefusal(str(code)))
        except ValueError:
            return NsmAnswerError("It has an unknown error code.")
