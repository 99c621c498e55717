from __future__ import annotations

import ctypes
import errno
import os
import struct
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from hashlib import sha384
from pathlib import Path
from typing import IO, Any

import cbor2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.fake_nsm import FakeNsm
from support.nitro_fake import PRODUCTION_PCRS, FakeNitro
from tee_rex_server.tee.errors import (
    NsmAnswerError,
    NsmFailedError,
    NsmMissingError,
    NsmRefusal,
    NsmRefusedError,
    TeeUnavailableError,
)
from tee_rex_server.tee.nsm import MAX_ANSWER_BYTES, MAX_REQUEST_BYTES, Nsm, NsmDevice

fcntl = pytest.importorskip("fcntl", reason="Windows has no ioctl")

_NITRO = FakeNitro(datetime.now(UTC))
_REQUESTS: dict[str, Callable[[Nsm], object]] = {
    "Attestation": lambda nsm: nsm.attestation(public_key=b"k", user_data=b"u", nonce=b"n"),
    "DescribePCR": lambda nsm: nsm.describe_pcr(0),
    "ExtendPCR": lambda nsm: nsm.extend_pcr(16, b"data"),
    "LockPCR": lambda nsm: nsm.lock_pcr(16),
    "GetRandom": lambda nsm: nsm.random(),
    "DescribeNSM": lambda nsm: nsm.describe(),
}
_EVERY_REQUEST = pytest.mark.parametrize("ask", _REQUESTS.values(), ids=_REQUESTS)


def _answering(answer: object) -> Nsm:
    return Nsm(lambda _request: cbor2.dumps(answer))


class _Driver:
    """Stands where the kernel does: at ``fcntl.ioctl``, with nothing but addresses to go by."""

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
    with pytest.raises(NsmAnswerError):
        device(b"r")


def test_a_request_that_is_too_long_never_reaches_the_driver(
    device: NsmDevice, monkeypatch: pytest.MonkeyPatch
) -> None:
    driver = _Driver(b"")
    monkeypatch.setattr(fcntl, "ioctl", driver.ioctl)
    with pytest.raises(ValueError, match="at most 4096 bytes"):
        device(b"r" * (MAX_REQUEST_BYTES + 1))
    assert not driver.calls


def test_what_is_no_device_says_so(device: NsmDevice) -> None:
    with pytest.raises(NsmFailedError) as caught:  # the real ioctl, on a plain file
        device(b"r")
    assert errno.errorcode[errno.ENOTTY] in caught.value.message


@pytest.mark.parametrize("name", ["absent", "."])
def test_a_device_that_cannot_be_opened(tmp_path: Path, name: str) -> None:
    with pytest.raises(NsmMissingError):
        NsmDevice(tmp_path / name)


def test_closing_gives_the_descriptor_back(device: NsmDevice) -> None:
    with device:
        descriptor = device._file.fileno()
        assert not os.get_inheritable(descriptor)
    with pytest.raises(OSError, match=os.strerror(errno.EBADF)):
        os.fstat(descriptor)


def test_registers_are_described_extended_and_locked() -> None:
    nsm = Nsm(FakeNsm(_NITRO))
    assert nsm.describe_pcr(0).value == PRODUCTION_PCRS[0]
    assert nsm.describe_pcr(0).locked
    extended = nsm.extend_pcr(16, b"data")
    assert extended == sha384(bytes(48) + b"data").digest()
    assert (nsm.describe_pcr(16).value, nsm.describe_pcr(16).locked) == (extended, False)
    nsm.lock_pcr(16)
    assert nsm.describe_pcr(16).locked
    assert nsm.describe().locked_pcrs == frozenset(range(17))


def test_the_device_describes_itself() -> None:
    described = Nsm(FakeNsm(_NITRO)).describe()
    assert (described.version_major, described.max_pcrs) == (1, 32)
    assert (described.module_id, described.digest) == (_NITRO.module_id, "SHA384")


def test_random_bytes() -> None:
    nsm = Nsm(FakeNsm(_NITRO))
    assert len(nsm.random()) == 256
    assert nsm.random() != nsm.random()


def test_absent_fields_are_asked_for_as_null() -> None:
    device = FakeNsm(_NITRO)
    Nsm(device).attestation(public_key=b"k", user_data=None, nonce=None)
    assert device.requests == [{"Attestation": {"user_data": None, "nonce": None, "public_key": b"k"}}]


@pytest.mark.parametrize(
    ("ask", "refusal"),
    [
        (lambda nsm: nsm.describe_pcr(32), NsmRefusal.INVALID_INDEX),
        (lambda nsm: nsm.extend_pcr(0, b"data"), NsmRefusal.READ_ONLY_INDEX),
        (lambda nsm: nsm.lock_pcr(0), NsmRefusal.READ_ONLY_INDEX),
    ],
)
def test_refusals_have_names(ask: Callable[[Nsm], object], refusal: NsmRefusal) -> None:
    with pytest.raises(NsmRefusedError) as caught:
        ask(Nsm(FakeNsm(_NITRO)))
    assert caught.value.refusal is refusal


@_EVERY_REQUEST
@pytest.mark.parametrize("refusal", NsmRefusal)
def test_every_error_code_is_known_to_every_request(
    ask: Callable[[Nsm], object], refusal: NsmRefusal
) -> None:
    with pytest.raises(NsmRefusedError) as caught:
        ask(_answering({"Error": str(refusal)}))
    assert caught.value.refusal is refusal


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
        {"DescribePCR": {"lock": 1, "data": bytes(48)}},
        {"DescribePCR": {"lock": True, "data": bytes(47)}},
        {"ExtendPCR": {"data": bytes(49)}},
        {"ExtendPCR": bytes(48)},
        {"LockPCR": {}},
        {"GetRandom": {"random": b""}},
        {"DescribeNSM": {"version_major": "1"}},
    ],
    ids=str,
)
def test_an_answer_of_another_form_is_refused(ask: Callable[[Nsm], object], answer: object) -> None:
    with pytest.raises(NsmAnswerError):
        ask(_answering(answer))


@_EVERY_REQUEST
def test_an_answer_in_an_unreadable_encoding_is_refused(ask: Callable[[Nsm], object]) -> None:
    with pytest.raises(NsmAnswerError):
        ask(Nsm(lambda _request: b"\xa1"))


@given(st.sampled_from(sorted(_REQUESTS)), st.binary(max_size=100))
def test_no_answer_does_anything_but_serve_or_be_refused(name: str, content: bytes) -> None:
    answer = b"\xa1" + cbor2.dumps(name) + content
    try:
        _REQUESTS[name](Nsm(lambda _request: answer))
    except TeeUnavailableError:
        pass
    else:
        assert name in cbor2.loads(answer)


@pytest.mark.parametrize("indefinite", [False, True])
def test_maps_of_indefinite_length_are_read(indefinite: bool) -> None:
    answer = cbor2.dumps(
        {"DescribePCR": {"lock": True, "data": b"p" * 48, "new": 1}}, indefinite_containers=indefinite
    )
    assert Nsm(lambda _request: answer).describe_pcr(3).value == b"p" * 48
