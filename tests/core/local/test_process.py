"""bb's process from outside, with programs in its place that behave as badly as it can."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from support.errors import raises
from support.processes import python_program, running_bbs
from support.programs import python_in_place_of_bb
from support.small_crs import file_size_limit
from support.small_disk import small_disk
from tee_rex.bb.store import BbCommand
from tee_rex.crs.crs import POINT_BYTES, Crs
from tee_rex.errors import ErrorKind, ProvingError
from tee_rex.errors.catalogue.proving import (
    BB_ABORTED,
    BB_CRASHED,
    BB_CRASHED_BY_SIGILL,
    BB_FILES_LIMITED,
    BB_FOLDER_FULL,
    BB_HUNG,
    BB_KILLED,
    BB_NOT_READY,
    BB_NOT_RUNNABLE,
    BB_SCHEMA_UNKNOWN,
    BB_START_FAILED,
    BB_START_SHORT_OF_MEMORY,
    MEMORY_LIMIT,
)
from tee_rex.local.process import BbProcess, FileContent, Zeros, _end, bb_schema
from tee_rex.local.session import BbSession
from tee_rex.transaction.trusted_setup import TrustedSetup
from tee_rex.transaction.versions import AztecVersion

pytestmark = pytest.mark.usefixtures("nothing_left")

CRS = Crs(TrustedSetup.DEVELOPMENT, 2, memoryview(bytes(2 * POINT_BYTES)), bytes(128))

LISTENS = """
import os, socket, struct, sys, time
import msgspec
listener = socket.socket(socket.AF_UNIX)
listener.bind(sys.argv[-1])
listener.listen()
connection, _ = listener.accept()
stream = connection.makefile("rwb")
def take():
    (length,) = struct.unpack("<I", stream.read(4))
    ((name, _fields),) = msgspec.msgpack.decode(stream.read(length))
    return name
def answer(name, **fields):
    body = msgspec.msgpack.encode([name + "Response", fields])
    stream.write(struct.pack("<I", len(body)) + body)
    stream.flush()
"""
# bb 4.1.2 after a SIGSEGV in the middle of malloc: the socket is closed, and exit never returns.
CLOSES_AND_STAYS = """
print("a fault", file=sys.stderr, flush=True)
stream.close()
connection.close()
time.sleep(600)
"""
ENDS_WITH_MANY_WORDS = """
os.write(2, b"x" * 200_000 + b" the last of them")
os._exit(3)
"""
SILENT = """
time.sleep(600)
"""
SILENT_AFTER_THE_CRS = """
answer(take())
time.sleep(600)
"""
WRITES_WITHOUT_END = """
import sys
while True:
    sys.stderr.write("x" * 65536)
"""


async def connected(process: BbProcess) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """Connect once the program listens, which is some time after it has made the socket's file."""
    while process.running:
        with suppress(FileNotFoundError, ConnectionRefusedError):
            return await asyncio.open_unix_connection(process.socket_path)
        await asyncio.sleep(0.01)
    raise AssertionError(process.diagnostics)


async def test_a_process_that_closed_its_socket_and_does_not_exit_is_ended(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("tee_rex.local.process._SECONDS_TO_EXIT", 0.1)
    process = await BbProcess.start(python_in_place_of_bb(LISTENS, CLOSES_AND_STAYS), threads=1)
    try:
        reader, writer = await connected(process)
        assert await reader.read() == b""
        writer.close()
        error = await process.ended()
        assert error.code == BB_CRASHED.code
        assert error.diagnostics == "a fault"
        assert not psutil.pid_exists(process.pid)
    finally:
        await process.close()


async def test_the_last_words_of_a_process_are_kept() -> None:
    process = await BbProcess.start(python_in_place_of_bb(LISTENS, ENDS_WITH_MANY_WORDS), threads=1)
    try:
        _reader, writer = await connected(process)
        error = await process.ended()
        writer.close()
        assert error.code == BB_CRASHED.code
        assert error.message == "It exited with code 3."
        assert error.diagnostics.endswith("xxx the last of them")
        assert len(error.diagnostics) <= 64 * 1024
    finally:
        await process.close()


async def test_a_process_that_writes_without_end_can_be_closed() -> None:
    process = await BbProcess.start(python_in_place_of_bb(WRITES_WITHOUT_END), threads=1)
    while not process.diagnostics:  # another process writes it
        assert process.running
        await asyncio.sleep(0.01)
    async with asyncio.timeout(60):
        await process.close()
    assert not psutil.pid_exists(process.pid)


async def test_a_bb_that_does_not_take_the_crs_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tee_rex.local.session._START_SECONDS", 0.5)
    with raises(BB_NOT_READY):
        await BbSession.start(python_in_place_of_bb(LISTENS, SILENT), CRS, threads=1)


async def test_a_bb_that_ends_while_it_takes_the_crs_is_told_of() -> None:
    with raises(BB_START_FAILED, match="code 3"):
        await BbSession.start(python_in_place_of_bb(LISTENS, ENDS_WITH_MANY_WORDS), CRS, threads=1)


async def test_a_bb_that_is_silent_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    session = await BbSession.start(python_in_place_of_bb(LISTENS, SILENT_AFTER_THE_CRS), CRS, threads=1)
    monkeypatch.setattr("tee_rex.local.session._ANSWER_SECONDS", 0.1)
    with raises(BB_HUNG, match="computing a verification key"):
        await session.verification_key(b"")
    assert not session.usable
    assert not psutil.pid_exists(session.pid)


async def test_a_memory_limit_that_is_passed_at_the_start_is_told_as_such() -> None:
    with raises(MEMORY_LIMIT):
        await BbSession.start(python_in_place_of_bb(LISTENS, SILENT), CRS, threads=1, memory_limit=1000)


def of_version_6(program: str) -> BbCommand:
    """A Python program in place of bb 6, which is asked for its schema."""
    command = python_in_place_of_bb(program)
    return replace(command, executable=replace(command.executable, version=AztecVersion(6, 1, 0)))


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        pytest.param(0xC000_0409, BB_ABORTED, id="abort"),
        pytest.param(0xC000_0017, BB_ABORTED, id="no memory"),
        pytest.param(0xC000_001D, BB_CRASHED_BY_SIGILL, id="illegal instruction"),
        pytest.param(0xC000_013A, BB_KILLED, id="killed"),
        pytest.param(0xC000_0005, BB_CRASHED, id="access violation"),
    ],
)
def test_each_end_on_windows_has_its_error(status: int, kind: ErrorKind[ProvingError]) -> None:
    assert _end(status, "").code == kind.code


async def test_a_copy_of_another_program_than_the_checked_one_is_not_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As where a program that is open cannot be run."""
    monkeypatch.setattr("tee_rex.local.process._OPEN_FILES", tmp_path / "missing")
    command = python_in_place_of_bb(SILENT)
    with raises(BB_NOT_RUNNABLE, match="It was changed meanwhile"):
        await BbProcess.start(
            BbCommand(replace(command.executable, sha256="0" * 64), command.loader), threads=1
        )


@pytest.mark.parametrize(
    "program",
    [
        pytest.param("raise SystemExit(1)", id="fails"),
        pytest.param("", id="says nothing"),
        pytest.param("print('usage: bb')", id="no JSON"),
        pytest.param("print('[' * 100_000)", id="deeply nested"),
        pytest.param("print(' ' * (2 << 20))", id="2 MB"),
        pytest.param("while True: print(' ' * (1 << 20))", id="without end"),
    ],
)
async def test_a_bb_with_another_schema_gets_nothing(program: str) -> None:
    with raises(BB_SCHEMA_UNKNOWN):
        await BbSession.start(of_version_6(program), CRS, threads=1)
    assert running_bbs() == []


async def test_a_bb_that_a_signal_ends_before_its_schema_is_told_as_that() -> None:
    with raises(BB_KILLED):
        await BbSession.start(of_version_6("import os; os.kill(os.getpid(), 9)"), CRS, threads=1)
    assert running_bbs() == []


async def test_a_bb_that_is_silent_about_its_schema_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tee_rex.local.process._SCHEMA_SECONDS", 0.5)
    with raises(BB_NOT_READY):
        await BbSession.start(of_version_6("import time; time.sleep(600)"), CRS, threads=1)
    assert running_bbs() == []


async def test_a_bb_that_the_user_approved_is_asked_whatever_its_version() -> None:
    command = python_in_place_of_bb("")
    approved = replace(command, executable=replace(command.executable, approved_by_user=True))
    with raises(BB_SCHEMA_UNKNOWN, match="v4"):
        await BbSession.start(approved, CRS, threads=1)


async def test_bb_sees_nothing_of_our_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOME_TOKEN", "secret")
    printed = await bb_schema(python_in_place_of_bb("import os; print(sorted(os.environ))"))
    assert printed == b"['CRS_PATH', 'HOME', 'LC_CTYPE', 'TMPDIR']\n"  # Python itself sets LC_CTYPE


POINTS = bytes(2 << 20)
ZEROS = Zeros(most=8 << 30, least=512 << 20)


async def test_a_disk_without_room_for_the_points(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = tmp_path_factory.mktemp("disks") / "disk"
    for size in ("1m", "3m"):  # too small for the points; for those and what bb writes
        with small_disk(place, size) as disk:
            monkeypatch.setattr("tempfile.tempdir", str(disk))
            with raises(BB_FOLDER_FULL, match="4 MB.*No space left") as caught:
                await BbProcess.start(
                    python_in_place_of_bb(SILENT), threads=1, files={"points": POINTS}, room=2 << 20
                )
            assert "TMPDIR" in caught.value.hint
            assert list(disk.iterdir()) == []
        place.rmdir()


async def test_zeros_are_as_long_as_the_system_allows(tmp_path: Path) -> None:
    with file_size_limit(ZEROS.least):
        process = await BbProcess.start(
            python_in_place_of_bb("import time", SILENT),
            threads=1,
            files={"points": POINTS, "zeros": ZEROS},
        )
    try:
        status = process.file("zeros").stat()
        assert (status.st_size, status.st_blocks) == (ZEROS.least, 0)
        assert process.file("points").read_bytes() == POINTS
    finally:
        await process.close()


async def test_points_that_no_file_may_hold_are_told_of() -> None:
    with file_size_limit(1 << 20), raises(BB_FILES_LIMITED, match="2 MB.*File too large"):
        await BbProcess.start(python_in_place_of_bb(SILENT), threads=1, files={"points": POINTS})


async def test_zeros_that_are_too_few_for_the_largest_circuit_are_told_of() -> None:
    files: dict[str, FileContent] = {"points": POINTS, "zeros": ZEROS}
    with (
        file_size_limit(ZEROS.least - 1),
        raises(BB_FILES_LIMITED, match="537 MB.*File too large") as caught,
    ):
        await BbProcess.start(python_in_place_of_bb(SILENT), threads=1, files=files)
    assert "ulimit -f" in caught.value.hint


KILLS_ITSELF = """
os.kill(os.getpid(), 9)
"""
GIVES_UP = """
os.abort()
"""


async def test_a_bb_that_the_system_killed_for_memory_is_told_as_that(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    kills = iter((3, 4))
    monkeypatch.setattr("tee_rex.local.process.processes_killed_for_memory", lambda: next(kills))
    process = await BbProcess.start(python_in_place_of_bb("import os", KILLS_ITSELF), threads=1)
    try:
        error = await process.ended()
        assert (error.code, error.message) == (
            "BB_KILLED",
            "The system killed it because memory ran out.",
        )
    finally:
        await process.close()


async def test_a_bb_that_is_killed_at_the_start_is_told_as_that() -> None:
    with raises(BB_KILLED, match="SIGKILL"):
        await BbSession.start(python_in_place_of_bb("import os", KILLS_ITSELF), CRS, threads=1)


async def test_a_bb_that_gives_up_at_the_start_may_lack_memory() -> None:
    with raises(BB_START_SHORT_OF_MEMORY):
        await BbSession.start(python_in_place_of_bb("import os", GIVES_UP), CRS, threads=1)


HOLDER = """
import asyncio, sys
from pathlib import Path
from support.programs import in_place_of_bb
from tee_rex.local.process import BbProcess, bb_schema
async def main():
    process = await BbProcess.start(in_place_of_bb(Path(sys.argv[1])), threads=1)
    print(process.socket_path.parent, flush=True)
    await asyncio.sleep(600)
asyncio.run(main())
"""


async def test_the_next_start_removes_what_a_killed_process_left(nothing_left: Path) -> None:
    with python_program(HOLDER, "/bin/cat", TMPDIR=str(nothing_left)) as (_holder, printed):
        left = Path(printed)
    assert list(nothing_left.iterdir()) == [left]
    process = await BbProcess.start(python_in_place_of_bb(WRITES_WITHOUT_END), threads=1)
    try:
        async with asyncio.timeout(60):
            while left.exists():  # noqa: ASYNC110  # a thread removes it
                await asyncio.sleep(0.01)
        assert process.socket_path.parent.exists()
    finally:
        await process.close()
