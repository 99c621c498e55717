"""A witness with marked bytes is proved: the marker is nowhere in what is stored, shown or exported."""

from __future__ import annotations

import gzip
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest
from PySide6.QtWidgets import QApplication

from support.app_window import App, PacedBackend, RunApp, in_app, installed_home
from support.patience import PATIENCE
from support.recorded_steps import development_deployment, mock_transaction
from tee_rex.errors import message
from tee_rex.errors.catalogue.proving import BB_CRASHED
from tee_rex.transaction.request import ProverBackend
from tee_rex_app.crash.report import Failure, crash_report
from tee_rex_app.log.line import json_line, plain_line
from tee_rex_app.log.log_file import LogFile
from tee_rex_app.text.log_messages import sentence

MARKER = b"MARKER-4f06701cc0a94089"


def marked(recorded: bytes) -> bytes:
    """Recorded steps whose witnesses and bytecode contain the marker, plain and compressed."""
    steps = msgspec.msgpack.decode(recorded)
    for step in steps:
        for name, value in step.items():
            if name in ("witness", "bytecode") and isinstance(value, bytes):
                step[name] = gzip.compress(gzip.decompress(value) + MARKER)
    return msgspec.msgpack.encode(steps)


def assert_nowhere(app: App, home: Path) -> None:
    entries = app.application.log.entries()
    assert entries
    told = [*map(plain_line, entries), *map(json_line, entries), *map(sentence, entries)]
    told += [part.content for part in app.application.diagnostics(home / "logs", home)]
    told.append(repr(app.application.store.state))
    markers = (MARKER.decode(), MARKER.hex(), MARKER.hex().upper())
    for text in told:
        assert not any(marker in text for marker in markers)
    for path in home.iterdir():
        if path.is_file() and path.name != "marked.msgpack":
            with suppress(FileNotFoundError):  # a journal of the history that has been done with
                assert MARKER not in path.read_bytes()
    for path in (home / "logs").iterdir():
        assert MARKER not in path.read_bytes()


async def prove_marked(
    app: App, home: Path, seconds: float = PATIENCE, recorded: bytes = development_deployment()
) -> None:
    file = home / "marked.msgpack"
    file.write_bytes(marked(recorded))
    log_file = LogFile(home / "logs")
    app.application.log.listen(log_file.write)
    await app.settled()
    await app.begin_file(file)
    await app.proved(seconds)
    log_file.close()
    assert_nowhere(app, home)


@pytest.mark.parametrize(
    "backend",
    [PacedBackend, lambda: PacedBackend(BB_CRASHED(reason=message("It received SIGSEGV.")))],
    ids=["proved", "failed"],
)
def test_nothing_of_a_witness_is_stored(
    run_app: RunApp, tmp_path: Path, backend: type[ProverBackend]
) -> None:
    async def act(app: App) -> None:
        await prove_marked(app, tmp_path)

    run_app(tmp_path, act, backend=backend)


class Quoting(PacedBackend):
    """Fails as a bug would, with the witness in the exception's text."""

    async def prove(self, request: object, listener: object) -> None:  # type: ignore[override]
        witness = MARKER.decode()
        raise LookupError(witness)


@in_app(backend=Quoting)
async def test_nothing_of_a_witness_is_in_a_bugs_message(app: App, tmp_path: Path) -> None:
    await prove_marked(app, tmp_path)
    await app.until(lambda: app.application.store.state.problem)
    problem = app.application.store.state.problem
    assert problem is not None
    assert problem.code == "BUG"


def test_nothing_of_a_witness_is_in_a_crash_report(qapp: QApplication) -> None:
    witness = MARKER.decode()
    with pytest.raises(LookupError) as caught:
        raise LookupError(witness)
    report = crash_report(Failure.of(caught.value), datetime.now(UTC), ())
    assert "LookupError" in report
    assert witness not in report


@pytest.mark.integration
@pytest.mark.timeout(600)
def test_nothing_of_a_witness_is_stored_by_the_real_prover(run_app: RunApp, tmp_path: Path) -> None:
    home = installed_home(tmp_path)

    async def act(app: App) -> None:
        await prove_marked(app, home, 300.0, mock_transaction())

    run_app(home, act)
