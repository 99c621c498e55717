from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest
from PySide6.QtNetwork import QLocalSocket
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from support.patience import PATIENCE
from tee_rex_app.platform.single_instance import (
    LOCK_NAME,
    MAX_REQUEST_BYTES,
    OpenRequest,
    SingleInstance,
    _socket_name,
    hand_over,
)

PATIENCE_MS = int(PATIENCE * 1000)


def claimed(folder: Path) -> SingleInstance:
    instance = SingleInstance.claim(folder)
    assert instance is not None
    return instance


def test_one_instance_per_folder(qapp: QApplication, tmp_path: Path) -> None:
    first = claimed(tmp_path)
    assert SingleInstance.claim(tmp_path) is None
    elsewhere = claimed(tmp_path / "elsewhere")
    first.release()
    claimed(tmp_path).release()
    elsewhere.release()


FILES = tuple(f"/somewhere/steps-{number}.msgpack" for number in range(5000))
VISITOR = """
import sys
from pathlib import Path
from PySide6.QtCore import QCoreApplication
from tee_rex_app.platform.single_instance import OpenRequest, hand_over
qt = QCoreApplication([])
files = tuple(f"/somewhere/steps-{number}.msgpack" for number in range(5000))
sys.exit(not hand_over(Path(sys.argv[1]), OpenRequest(files, "token")))
"""


@pytest.mark.integration
@pytest.mark.parametrize("folder", ["short", "long" * 30])
def test_a_second_start_passes_its_files_on(qtbot: QtBot, tmp_path: Path, folder: str) -> None:
    instance = claimed(tmp_path / folder)
    with qtbot.waitSignal(instance.asked, timeout=PATIENCE_MS) as asked:
        visitor = subprocess.Popen([sys.executable, "-c", VISITOR, str(tmp_path / folder)])
    qtbot.waitUntil(lambda: visitor.poll() is not None, timeout=PATIENCE_MS)
    assert asked.args == [OpenRequest(FILES, "token")]
    assert visitor.returncode == 0
    instance.release()


def test_without_a_running_instance_passing_on_fails(qapp: QApplication, tmp_path: Path) -> None:
    assert not hand_over(tmp_path, OpenRequest())


def test_one_that_ends_takes_no_request(qtbot: QtBot, tmp_path: Path) -> None:
    instance = claimed(tmp_path)
    asked: list[object] = []
    instance.asked.connect(asked.append)
    early = QLocalSocket()
    early.connectToServer(_socket_name(tmp_path))
    qtbot.waitUntil(
        lambda: early.state() is QLocalSocket.LocalSocketState.ConnectedState, timeout=PATIENCE_MS
    )
    instance.stop_listening()
    early.write(msgspec.json.encode(OpenRequest()) + b"\n")
    early.flush()
    qtbot.waitUntil(
        lambda: early.state() is QLocalSocket.LocalSocketState.UnconnectedState, timeout=PATIENCE_MS
    )
    assert not hand_over(tmp_path, OpenRequest())
    assert asked == []
    assert SingleInstance.claim(tmp_path) is None
    instance.release()


@pytest.mark.parametrize(
    "line", [b"\n", b"{}x\n", b'{"files":1}\n', b"\xff\n", b"x" * (MAX_REQUEST_BYTES + 10)]
)
def test_an_invalid_request_is_disconnected(qtbot: QtBot, tmp_path: Path, line: bytes) -> None:
    instance = claimed(tmp_path)
    asked: list[object] = []
    instance.asked.connect(asked.append)
    socket = QLocalSocket()
    socket.connectToServer(_socket_name(tmp_path))
    assert socket.waitForConnected(PATIENCE_MS)
    socket.write(line)
    socket.flush()
    qtbot.waitUntil(
        lambda: socket.state() is QLocalSocket.LocalSocketState.UnconnectedState, timeout=PATIENCE_MS
    )
    assert asked == []
    instance.release()


KILLED = """
import os, signal, sys
from pathlib import Path
from PySide6.QtCore import QCoreApplication
from tee_rex_app.platform.single_instance import SingleInstance
qt = QCoreApplication([])
instance = SingleInstance.claim(Path(sys.argv[1]))
assert instance is not None
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.integration
def test_the_lock_of_a_killed_process_does_not_block(qapp: QApplication, tmp_path: Path) -> None:
    killed = subprocess.run([sys.executable, "-c", KILLED, str(tmp_path)], check=False)
    assert killed.returncode == -9
    assert (tmp_path / LOCK_NAME).exists()
    claimed(tmp_path).release()


def test_an_unwritable_folder_is_an_error(qapp: QApplication, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(OSError, match="file"):
        SingleInstance.claim(tmp_path / "file")


def test_any_file_name_can_be_passed_on() -> None:
    for name in (b"/tmp/steps.msgpack", "/tmp/año 100%.msgpack".encode(), b"/tmp/latin-\xff.msgpack"):
        request = OpenRequest.of([Path(os.fsdecode(name))])
        sent = msgspec.json.decode(msgspec.json.encode(request), type=OpenRequest)
        assert [os.fsencode(path) for path in sent.paths] == [name]
    assert OpenRequest.of([]).paths == ()
