"""The proof of a run in the window: saved, its digest copied, dragged out, and kept for later."""

from __future__ import annotations

import hashlib
import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QDrag, QGuiApplication
from PySide6.QtTest import QTest

from support.app_window import App, PacedBackend, RunApp, in_app, local_backend
from support.local_prover import real_backend
from support.recorded_steps import V4, development_deployment, mock_transaction
from tee_rex.errors import message
from tee_rex.errors.catalogue.proving import BB_CRASHED
from tee_rex.transaction.proof import FIELD_BYTES, ChonkProof
from tee_rex_app.controllers.proofs import FOLDER_NAME
from tee_rex_app.model.runs import Outcome, RunRecord, RunStage
from tee_rex_app.model.state import Notice, Page, Success
from tee_rex_app.services.history import FILE_NAME
from tee_rex_app.ui.cards import message_cards
from tee_rex_app.ui.pages.history_page import HistoryPage
from tee_rex_app.ui.widgets import proof_row
from tee_rex_app.ui.widgets.proof_row import ProofRow, drag_of

PROOF = ChonkProof(bytes(V4.proof_fields * FIELD_BYTES), V4).to_wire()
"""That of PacedBackend."""
DIGEST = hashlib.sha256(PROOF).hexdigest()


@pytest.fixture
def save_to(monkeypatch: pytest.MonkeyPatch) -> Callable[[Path | None], list[str]]:
    """Chooses a path in the dialog; returns the names that were proposed."""

    def choose(path: Path | None) -> list[str]:
        proposed: list[str] = []

        def ask(_parent: object, _title: str, name: str, _kinds: str) -> Path | None:
            proposed.append(name)
            return path

        monkeypatch.setattr(proof_row, "ask_to_save", ask)
        return proposed

    return choose


def page_of(app: App) -> HistoryPage:
    """The history page, opened."""
    app.application.intents.open_page(Page.HISTORY)
    page = app.window.pages[Page.HISTORY]
    assert isinstance(page, HistoryPage)
    return page


def only_run(app: App) -> RunRecord:
    """The newest run of the history."""
    return (app.application.store.state.history or ())[0]


def test_a_proof_is_saved_from_the_result_and_its_digest_copied(
    run_app: RunApp,
    tmp_path: Path,
    save_to: Callable[[Path | None], list[str]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    target, shown, said = tmp_path / "out.proof", list[Path](), list[str]()
    monkeypatch.setattr(message_cards, "announce", lambda _widget, words: said.append(words))

    async def act(app: App) -> None:
        window, store = app.window, app.application.store
        await app.until(lambda: store.state.sample)
        row = window.prove.run_card.proof
        assert row.isHidden()
        await app.prove_sample()
        place = window._stack.geometry()
        assert save_to(None) == []
        row.save.click()
        assert not store.state.success
        proposed = save_to(target)
        row.save.click()
        await app.until(lambda: store.state.success)
        assert proposed == ["sample.proof"]
        assert target.read_bytes() == PROOF
        line = window.bottom.success
        assert store.state.success is Success.PROOF_SAVED
        assert not line.isHidden()
        assert line.accessibleName() == "Proof saved"
        assert window._stack.geometry() == place  # nothing moved
        assert store.state.notice is Notice.DEVELOPMENT_SAMPLE  # nor took the place of a warning
        saved = "Proof saved. It can be shared: a proof reveals nothing of the witness."
        assert said[-1] == saved
        row.save.click()
        await app.until(lambda: said[-2:] == [saved, saved])  # the same again is said again
        line.show_file.click()
        assert shown == [target]
        line.dismiss.click()
        assert line.isHidden()
        row.copy.click()
        assert QGuiApplication.clipboard().text() == DIGEST
        assert row.copy.text() == "Copied"
        await app.prove_sample()  # the same proof, another run
        assert row.copy.text() == "Copy digest"

    run_app(tmp_path / "h", act, backend=PacedBackend, show_in_folder=shown.append)


def test_a_proof_of_the_history_is_saved_after_a_restart(
    run_app: RunApp, tmp_path: Path, save_to: Callable[[Path | None], list[str]]
) -> None:
    async def prove(app: App) -> None:
        await app.until(lambda: app.application.store.state.sample)
        await app.prove_sample()

    async def save(app: App) -> None:
        store = app.application.store
        await app.until(lambda: store.state.found)
        page = page_of(app)
        assert page.proof.isVisible()  # the newest run is chosen
        save_to(tmp_path / "out.proof")
        page.proof.save.click()
        await app.until(lambda: store.state.success)
        assert (tmp_path / "out.proof").read_bytes() == PROOF
        page.clear.click()
        assert not page.proof.isVisible()

    run_app(tmp_path / "h", prove, backend=PacedBackend)
    run_app(tmp_path / "h", save, backend=PacedBackend)


def test_a_proof_that_made_room_for_newer_ones_says_so(
    run_app: RunApp, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tee_rex_app.services.history.MAX_PROOFS_BYTES", int(1.5 * len(PROOF)))

    async def act(app: App) -> None:
        await app.until(lambda: app.application.store.state.sample)
        for _ in range(2):
            await app.prove_sample()
        newer, older = app.application.store.state.history or ()
        assert (newer.proof_kept, older.proof_kept) == (True, False)
        page = page_of(app)
        page.list.clearSelection()
        page.list.setCurrentIndex(page.model.index(1))
        page.list.selectionModel().select(
            page.model.index(1), page.list.selectionModel().SelectionFlag.ClearAndSelect
        )
        assert page.proof.isVisible()
        assert not page.proof.save.isVisible()
        assert not page.proof.chip.isVisible()
        assert "not kept" in page.proof._note.text()
        page.proof.copy.click()  # the digest is still known
        assert QGuiApplication.clipboard().text() == DIGEST

    run_app(tmp_path, act, backend=PacedBackend)


@pytest.mark.parametrize("changes", ["delete from proofs", "update proofs set proof = x'00'"])
def test_a_proof_that_the_file_has_lost_is_a_problem(
    run_app: RunApp, tmp_path: Path, save_to: Callable[[Path | None], list[str]], changes: str
) -> None:
    async def act(app: App) -> None:
        store = app.application.store
        await app.until(lambda: store.state.sample)
        await app.prove_sample()
        page = page_of(app)
        assert page.proof.save.isVisible()
        with closing(sqlite3.connect(tmp_path / "h" / FILE_NAME)) as other, other:
            other.execute(changes)
        save_to(tmp_path / "out.proof")
        page.proof.save.click()
        await app.until(lambda: store.state.problem)
        assert app.problem.code == "NOT_SAVED"
        assert "no longer has this proof" in str(app.problem.message)
        assert not (tmp_path / "out.proof").exists()

    run_app(tmp_path / "h", act, backend=PacedBackend)


def test_a_proof_is_saved_where_the_history_cannot_be_written(
    run_app: RunApp, tmp_path: Path, save_to: Callable[[Path | None], list[str]]
) -> None:
    (tmp_path / "h" / FILE_NAME).mkdir(parents=True)

    async def act(app: App) -> None:
        store = app.application.store
        await app.until(lambda: store.state.sample)
        await app.prove_sample()
        assert app.run.stage is RunStage.DONE
        save_to(tmp_path / "nowhere" / "out.proof")
        app.window.prove.run_card.proof.save.click()
        await app.until(lambda: store.state.problem and store.state.problem.code == "NOT_SAVED")
        save_to(tmp_path / "out.proof")
        app.window.prove.run_card.proof.save.click()
        await app.until(lambda: store.state.success)
        assert (tmp_path / "out.proof").read_bytes() == PROOF

    run_app(tmp_path / "h", act, backend=PacedBackend)


@pytest.mark.integration
@pytest.mark.timeout(600)
@pytest.mark.parametrize(
    "steps",
    [
        pytest.param(development_deployment, id="v4", marks=pytest.mark.soak),
        pytest.param(mock_transaction, id="v5"),
    ],
)
def test_the_command_line_verifies_what_was_saved(
    run_app: RunApp,
    tmp_path: Path,
    save_to: Callable[[Path | None], list[str]],
    steps: Callable[[], bytes],
) -> None:
    """From the result, and after a restart from the history."""
    file, home = tmp_path / "transfer.steps.msgpack", tmp_path / "h"
    file.write_bytes(steps())
    first, second = tmp_path / "first.proof", tmp_path / "second.proof"

    async def prove(app: App) -> None:
        await app.until(lambda: app.application.store.state.sample)
        await app.begin_file(file)
        await app.proved(300.0)
        assert only_run(app).outcome is Outcome.VERIFIED, app.application.store.state.problem
        proposed = save_to(first)
        app.window.prove.run_card.proof.save.click()
        await app.until(lambda: app.application.store.state.success is Success.PROOF_SAVED)
        assert proposed == ["transfer.steps.proof"]

    async def save(app: App) -> None:
        await app.until(lambda: app.application.store.state.found)
        save_to(second)
        page_of(app).proof.save.click()
        await app.until(lambda: app.application.store.state.success is Success.PROOF_SAVED)

    run_app(home, prove, make_backend=local_backend(real_backend))
    run_app(home, save, backend=PacedBackend)
    assert first.read_bytes() == second.read_bytes()
    for saved in (first, second):
        done = subprocess.run(
            [Path(sys.executable).with_name("tee-rex"), "verify", str(saved), "--steps", str(file)],
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
        assert (done.returncode, "The proof is valid" in done.stdout) == (0, True), done.stderr


# --- dragging ------------------------------------------------------------------------------------------


def staged_files(home: Path) -> list[Path]:
    """The temporary files."""
    return [path for path in (home / FOLDER_NAME).rglob("*") if path.is_file()]


def press(row: ProofRow) -> None:
    """Press the mouse button on the file."""
    QTest.mousePress(row.chip, Qt.MouseButton.LeftButton, pos=QPoint(10, 10))


def move(row: ProofRow, pixels: int = 40) -> None:
    """Move the mouse."""
    QTest.mouseMove(row.chip, QPoint(10 + pixels, 10))


def release(row: ProofRow) -> None:
    """Release the mouse button."""
    QTest.mouseRelease(row.chip, Qt.MouseButton.LeftButton, pos=QPoint(10, 10))


@pytest.fixture
def drags(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Path, bytes, Qt.DropAction]]:
    """What is dragged, and dropped at once: file and content, and the actions offered."""
    begun: list[tuple[Path, bytes, Qt.DropAction]] = []

    def end(drag: QDrag, actions: Qt.DropAction) -> Qt.DropAction:
        (url,) = drag.mimeData().urls()
        file = Path(url.toLocalFile())
        begun.append((file, file.read_bytes(), actions))
        return Qt.DropAction.CopyAction

    monkeypatch.setattr(QDrag, "exec", end)
    monkeypatch.setattr("tee_rex_app.controllers.proofs.SECONDS_AFTER_DROP", 0.2)
    return begun


def test_a_dragged_proof_is_a_file_that_is_removed_after_its_drop(
    run_app: RunApp, tmp_path: Path, drags: list[tuple[Path, bytes, Qt.DropAction]]
) -> None:
    async def act(app: App) -> None:
        await app.until(lambda: app.application.store.state.sample)
        await app.prove_sample()
        row = app.window.prove.run_card.proof
        assert row.chip.accessibleName() == "sample.proof, 62 kB"
        press(row)
        await app.until(lambda: app.application.store.state.staged)
        move(row)
        await app.until(lambda: drags)
        ((file, content, actions),) = drags
        assert (file.name, content, actions) == ("sample.proof", PROOF, Qt.DropAction.CopyAction)
        if os.name == "posix":
            assert file.parent.stat().st_mode & 0o077 == 0
        assert file.exists()  # file managers copy after the drop
        await app.until(lambda: not file.exists())
        assert app.application.store.state.staged is None
        assert staged_files(tmp_path) == []
        # From the history, and so fast that the file is not there yet when the mouse moves.
        page = page_of(app)
        press(page.proof)
        move(page.proof)
        await app.until(lambda: len(drags) == 2)
        assert drags[1] == drags[0]
        press(page.proof)  # once more before it is removed: it stays until the end of that drag
        move(page.proof)
        await app.until(lambda: len(drags) == 3)
        await app.until(lambda: staged_files(tmp_path) == [])

    run_app(tmp_path, act, backend=PacedBackend)
    assert not (tmp_path / FOLDER_NAME).exists()


def test_a_drag_that_is_cancelled_or_never_begins_leaves_no_file(
    run_app: RunApp, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: list[QDrag] = []

    def cancel(drag: QDrag, _actions: Qt.DropAction) -> Qt.DropAction:
        begun.append(drag)
        assert len(staged_files(tmp_path)) == 1
        return Qt.DropAction.IgnoreAction

    monkeypatch.setattr(QDrag, "exec", cancel)

    async def act(app: App) -> None:
        store = app.application.store
        await app.until(lambda: store.state.sample)
        await app.prove_sample()
        row = app.window.prove.run_card.proof
        press(row)
        await app.until(lambda: store.state.staged)
        move(row, 1)
        release(row)
        await app.until(lambda: store.state.staged is None and not staged_files(tmp_path))
        press(row)
        release(row)  # before the file is there
        await app.until(lambda: not staged_files(tmp_path) and row.chip.held is None)
        assert begun == []
        press(row)
        move(row)
        await app.until(lambda: begun)
        await app.until(lambda: not staged_files(tmp_path))
        press(row)
        await app.until(lambda: store.state.staged)  # closed while it is held

    run_app(tmp_path, act, backend=PacedBackend)
    assert not (tmp_path / FOLDER_NAME).exists()


def test_a_drag_has_one_file_to_copy(run_app: RunApp, tmp_path: Path) -> None:
    async def act(app: App) -> None:
        await app.until(lambda: app.application.store.state.sample)
        await app.prove_sample()
        row = app.window.prove.run_card.proof
        press(row)
        await app.until(lambda: app.application.store.state.staged)
        staged = app.application.store.state.staged
        assert staged is not None
        drag = drag_of(staged, row.chip)
        assert drag.mimeData().formats() == ["text/uri-list"]
        assert [url.toLocalFile() for url in drag.mimeData().urls()] == [str(staged.file)]
        assert not drag.pixmap().isNull()
        drag.deleteLater()
        release(row)

    run_app(tmp_path, act, backend=PacedBackend)


def test_what_a_killed_application_left_is_removed_at_the_next_start(run_app: RunApp, tmp_path: Path) -> None:
    left = tmp_path / FOLDER_NAME / "4f06701cc0a94089" / "sample.proof"
    left.parent.mkdir(parents=True)
    left.write_bytes(PROOF)

    async def act(app: App) -> None:
        await app.until(lambda: not left.parent.parent.exists())

    run_app(tmp_path, act, backend=PacedBackend)


@in_app()
async def test_a_full_disk_while_dragging_is_a_problem(app: App, tmp_path: Path) -> None:
    await app.prove_sample()
    (tmp_path / FOLDER_NAME).write_text("in the way")
    press(app.window.prove.run_card.proof)
    await app.until(lambda: app.application.store.state.problem)
    assert app.problem.code == "NOT_SAVED"
    release(app.window.prove.run_card.proof)


@in_app(backend=lambda: PacedBackend(BB_CRASHED(reason=message("It received SIGSEGV."))))
async def test_a_failed_proof_offers_nothing_to_save(app: App) -> None:
    await app.prove_sample()
    assert app.run.stage is RunStage.FAILED
    assert not app.window.prove.run_card.proof.isVisible()
    assert not page_of(app).proof.isVisible()
