"""The readers of the desktop application."""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from io import BytesIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Final, cast

import msgspec

from fuzz.engine import Reader
from fuzz.scratch import file_with
from support import app_runs
from tee_rex.attestation.roots import aws_nitro_root
from tee_rex.aztec.flows.report import FlowReport
from tee_rex.errors import InputError, TeeRexError
from tee_rex.errors.catalogue.files import DISK_FULL
from tee_rex.errors.report import ErrorReport
from tee_rex.errors.tree import BadServerAnswerError
from tee_rex.http_client.answers import decoded
from tee_rex.transaction.generations import generations
from tee_rex.transaction.request import ProvingMode
from tee_rex_app.controllers.updates import _problem_of
from tee_rex_app.errors import HistoryUnusableError
from tee_rex_app.log.line import json_line_handed_on
from tee_rex_app.log.redaction import one_line, without_credentials, without_home
from tee_rex_app.platform.remembered import FILE_NAME as WINDOW
from tee_rex_app.platform.remembered import Remembered
from tee_rex_app.platform.single_instance import OpenRequest, SingleInstance
from tee_rex_app.services.attestation import (
    _claimed_time,
    _genuine_at_its_time,
    is_document,
    read_measurements,
)
from tee_rex_app.services.exports import WRITERS
from tee_rex_app.services.files import read_steps
from tee_rex_app.services.history import FILE_NAME, History, _record
from tee_rex_app.services.probes import _Health, _is_of

_ROOT: Final = aws_nitro_root()
_TOKEN_FLOW: Final = app_runs.token_flow(1.0, ProvingMode.LOCAL, 2)


def _export(row: Sequence[object]) -> None:
    record = _record(row)
    if record is not None:
        for writer in WRITERS.values():
            exported = writer(BytesIO())
            exported.add([record])
            exported.finish()


def _rows(content: bytes) -> None:
    """The input is the report of a row, or one of its texts."""
    text = content.decode("utf-8", "replace")
    _export([1, "2026-01-01T00:00:00Z", text, "local", "succeeded", 1.5, content, "proof", "genuine", 1])
    _export([2, "2026-01-01T00:00:00Z", "a", "tee", "failed", None, content, "flow", None, 0])
    _export([3, text, "a", text, text, text, text, text, text, text])


def _some_reports() -> Sequence[bytes]:
    return [msgspec.json.encode(app_runs.report(1.0)), msgspec.json.encode(_TOKEN_FLOW)]


def _history(content: bytes) -> None:
    """The input is the file of the history."""
    folder = file_with(content, FILE_NAME).parent
    for file in folder.glob(f"{Path(FILE_NAME).stem}[-.]*"):
        if file.name != FILE_NAME:
            file.unlink()
    with closing(History.open(folder)) as history:
        history.recent()
        history.error_titles()


def _some_histories() -> Sequence[bytes]:
    path = file_with(b"", "seed.sqlite")
    path.unlink()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("pragma page_size = 512")
        connection.executescript(
            "create table runs (id integer primary key, started_at text, source text, mode text,"
            " outcome text, total_ms real, report blob, kind text default 'proof', setup text);"
            "insert into runs (started_at, source, mode, outcome, report)"
            " values ('2026-01-01T00:00:00Z', 'a', 'local', 'failed', x'7b7d');"
            "pragma user_version = 2;"
        )
    return [path.read_bytes()]


def _open_request(content: bytes) -> None:
    asked: list[OpenRequest] = []
    instance = SimpleNamespace(asked=SimpleNamespace(emit=asked.append))
    SingleInstance.hear(cast("Any", instance), content)
    for request in asked:
        _ = request.paths


def _log(content: bytes) -> None:
    text = content.decode("utf-8", "replace")
    json_line_handed_on(text)
    without_home(one_line(without_credentials(text)), Path("/home/me"))


def _measurements(content: bytes) -> None:
    read_measurements(file_with(content, "app-measurements.json"))


def _saved(content: bytes) -> None:
    _claimed_time(content)
    _genuine_at_its_time(content, _ROOT)
    file = file_with(content, "steps")
    is_document(file)
    read_steps(file)


def _remembered(content: bytes) -> None:
    remembered = Remembered(file_with(content, WINDOW).parent)
    _ = remembered.geometry, remembered.zoom, remembered.tray_explained, remembered.mode
    for path in (*remembered.recent_files, remembered.folder("*.csv")):
        os.fsencode(path or "")


def _not_installed(content: bytes) -> None:
    """What an update that was not installed left in the window's settings."""
    _problem_of(content.decode("utf-8", "replace"))


def _flow_report(content: bytes) -> None:
    FlowReport.from_json(FlowReport.from_json(content).to_json())


def _health(content: bytes) -> None:
    """What a server says of its versions."""
    for version in decoded(content, _Health).available_versions:
        _is_of(version, generations()[0])


READERS: Final = (
    Reader("health", _health, (BadServerAnswerError,), lambda: [b'{"available_versions":["4.1.2"]}']),
    Reader("history-rows", _rows, (), _some_reports, 16_384),
    Reader("history-file", _history, (HistoryUnusableError,), _some_histories, 16_384),
    Reader("flow-report", _flow_report, (ValueError,), lambda: [msgspec.json.encode(_TOKEN_FLOW)], 16_384),
    Reader("open-request", _open_request, (), lambda: [b'{"file":"/a%20b","activation_token":"t"}']),
    Reader("log-lines", _log, (), lambda: [b'{"at":"x","source":"a","link":"https://u:p@h/x?y#z"}']),
    Reader(
        "app-measurements",
        _measurements,
        (TeeRexError,),
        lambda: [json.dumps({"Measurements": {"PCR0": "ab" * 48}}).encode()],
    ),
    Reader(
        "window",
        _remembered,
        (),
        lambda: [b"[General]\nmode=tee\nzoom=150\nrecent-files=/a%20b\n[folders]\n%252A.csv=/c\n"],
    ),
    Reader(
        "update-error",
        _not_installed,
        (),
        lambda: [msgspec.json.encode(ErrorReport.of(DISK_FULL(folder="/a")))],
    ),
    Reader("saved-documents", _saved, (InputError,), lambda: [b"\x84"]),
)
