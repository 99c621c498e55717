from __future__ import annotations

import ctypes
import errno
import os
import struct
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

import cbor2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.errors import raises
from support.fake_nsm import FakeNsm
from support.nitro_fake import FakeNitro
from tee_rex.errors import UnusableEnvironmentError
from tee_rex_server.errors.serving import (
    NSM_ANSWER_TOO_LONG,
    NSM_ANSWER_UNREADABLE,
    NSM_FAILED,
    NSM_MISSING,
    NSM_REFUSED,
)
from tee_rex_server.tee.nsm import MAX_ANSWER_BYTES, MAX_REQUEST_BYTES, Nsm, NsmDevice

fcntl = pytest.importorskip("fcntl", reason="Windows has no ioctl")

_NITRO = FakeNitro(datetime.now(UTC))
_REQUESTS: dict[str, Callable[[Nsm], object]] = {
    "Attestation": lambda nsm: nsm.attestation(public_key=b"k", user_data=b"u", nonce=b"n"),
    "GetRandom": lambda nsm: nsm.random(),
}
_EVERY_REQUEST = pytest.mark.parametrize("ask", _REQUESTS.values(), ids=_REQUESTS)


def _answering(answer: object) -> Nsm:
    return Nsm(lambda _request: cbor2.dumps(answer))


class _Driver:
    """Replaces the kernel at ``fcntl.ioctl``: it gets only addresses."""

    def __init__(self, answer: bytes, *, claimed_length: int | None = None) -> None:
        self.answer = answer
        self.claimed_length = len(answer) if claimed_length is None else claimed_length
        self.calls: list[tuple[int, int, bytes, int]] = []

    def ioctl(self, file: IO[bytes], code: int, message: Any) -> int:  # noqa: ANN401 - a writable buffer
        memory = memoryview(message).cast("B")
        address, length, answer_address, capacity = struct.unpack("=4Q", memory)
        self.calls.append((file.fileno(), code, ctypes.string_at(address, length), capacity))
        ctypes.memmove(answer_address, self.answer, len(self.answer))
        struct.pack_into("=Q", memory, 24, self.claimed_length)
        return 0


@pytest.fixture
def device(tmp_path: Path) -> Iterator[NsmDevice]:
    path = tmp_path / "nsm"
    path.touch()
    with NsmDevice(path) as opened:
        yield opened


def test_the_driver_gets_the_request_and_writes_the_answer(
    device: NsmDevice, monkeypatch: pytest.MonkeyPatch
) -> None:
    driver = _Driver(b"an answer with \0 in it")
    monkeypatch.setattr(fcntl, "ioctl", driver.ioctl)
    assert device(b"a request\0") == b"an answer with \0 in it"
    assert device(b"r" * MAX_REQUEST_BYTES) == driver.answer
    (first_file, code, request, capacity), (second_file, _, longest, _) = driver.calls
    assert (code, request, capacity) == (0xC0200A00, b"a request\0", 0x3000)
    assert (first_file, longest) == (second_file, b"r" * 0x1000)


def test_the_longest_answer_fits(device: NsmDevice, monkeypatch: pytest.MonkeyPatch) -> None:
    answer = os.urandom(MAX_ANSWER_BYTES)
    monkeypatch.setattr(fcntl, "ioctl", _Driver(answer).ioctl)
    assert device(b"r") == answer


def test_memory_beyond_the_buffer_is_never_read(device: NsmDevice, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fcntl, "ioctl", _Driver(b"", claimed_length=MAX_ANSWER_BYTES + 1).ioctl)
    with raises(NSM_ANSWER_TOO_LONG):
        device(b"r")


def test_a_request_that_is_too_long_never_reaches_the_driver(
    device: NsmDevice, monkeypatch: pytest.MonkeyPatch
) -> None:
    driver = _Driver(b"")
    monkeypatch.setattr(fcntl, "ioctl", driver.ioctl)
    with pytest.raises(ValueError, match="at most 4096 bytes"):
        device(b"r" * (MAX_REQUEST_BYTES + 1))
    assert not driver.calls


def test_a_plain_file_is_not_a_device(device: NsmDevice) -> None:
    with raises(NSM_FAILED) as caught:  # the real ioctl, on a plain file
        device(b"r")
    assert errno.errorcode[errno.ENOTTY] in caught.value.message


@pytest.mark.parametrize("name", ["absent", "."])
def test_a_device_that_cannot_be_opened(tmp_path: Path, name: str) -> None:
    with raises(NSM_MISSING):
        NsmDevice(tmp_path / name)


def test_closing_closes_the_descriptor(device: NsmDevice) -> None:
    with device:
        descriptor = device._file.fileno()
        assert not os.get_inheritable(descriptor)
    with pytest.raises(OSError, match=os.strerror(errno.EBADF)):
        os.fstat(descriptor)


def test_random_bytes() -> None:
    nsm = Nsm(FakeNsm(_NITRO))
    assert len(nsm.random()) == 256
    assert nsm.random() != nsm.random()


def test_absent_fields_are_sent_as_null() -> None:
    device = FakeNsm(_NITRO)
    Nsm(device).attestation(public_key=b"k", user_data=None, nonce=None)
    assert device.requests == [{"Attestation": {"user_data": None, "nonce": None, "public_key": b"k"}}]


@_EVERY_REQUEST
@pytest.mark.parametrize(
    "refusal",
    [
        "InvalidArgument",
        "InvalidIndex",
        "InvalidResponse",
        "ReadOnlyIndex",
        "InvalidOperation",
        "BufferTooSmall",
        "InputTooLarge",
        "InternalError",
    ],
)
def test_every_error_code_is_known_to_every_request(ask: Callable[[Nsm], object], refusal: str) -> None:
    with raises(NSM_REFUSED, match=refusal):
        ask(_answering({"Error": refusal}))


@_EVERY_REQUEST
@pytest.mark.parametrize(
    "answer",
    [
        None,
        [],
        {},
        "GetRandom",
        {"Error": "Success"},
        {"Error": 5},
        {"Error": ["InvalidIndex"]},
        {"Attestation": {}},
        {"Attestation": {"document": b""}},
        {"Attestation": {"document": "dGV4dA=="}},
        {"Attestation": {"document": b"d"}, "GetRandom": {"random": b"r"}},
        {"GetRandom": {"random": b""}},
    ],
    ids=str,
)
def test_a_malformed_answer_is_refused(ask: Callable[[Nsm], object], answer: object) -> None:
    with pytest.raises(UnusableEnvironmentError) as caught:
        ask(_answering(answer))
    assert caught.value.code == "NSM_ANSWER_INVALID"


@_EVERY_REQUEST
def test_an_undecodable_answer_is_refused(ask: Callable[[Nsm], object]) -> None:
    with raises(NSM_ANSWER_UNREADABLE):
        ask(Nsm(lambda _request: b"\xa1"))


@given(st.sampled_from(sorted(_REQUESTS)), st.binary(max_size=100))
def test_any_answer_is_used_or_refused(name: str, content: bytes) -> None:
    answer = b"\xa1" + cbor2.dumps(name) + content
    try:
        _REQUESTS[name](Nsm(lambda _request: answer))
    except UnusableEnvironmentError:
        pass
    else:
        assert name in cbor2.loads(answer)


@pytest.mark.parametrize("indefinite", [False, True])
def test_maps_of_indefinite_length_are_read(indefinite: bool) -> None:
    answer = cbor2.dumps({"GetRandom": {"random": b"r" * 48, "new": 1}}, indefinite_containers=indefinite)
    assert Nsm(lambda _request: answer).random() == b"r" * 48
