"""The diagnostics archive: readable before it is written, and without secrets."""

from __future__ import annotations

import zipfile
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QDesktopServices, QGuiApplication
from pytestqt.qtbot import QtBot

from support.app_states import done, ready_machine, servers
from support.app_window import App, RunApp, in_app
from tee_rex.errors.catalogue.browser import ORIGIN_DENIED
from tee_rex.settings.resolve import Settings
from tee_rex_app.crash.report import Failure, crash_report
from tee_rex_app.log.event_log import EventLog, Level
from tee_rex_app.log.line import json_line
from tee_rex_app.log.log_file import FILE_NAME
from tee_rex_app.model.diagnostics import DiagnosticsPart
from tee_rex_app.model.project import issue_tracker, tracker_among
from tee_rex_app.model.runs import SAMPLE
from tee_rex_app.services.diagnostics import DiagnosticsSources
from tee_rex_app.ui import main_window
from tee_rex_app.ui.dialogs import diagnostics_dialog
from tee_rex_app.ui.dialogs.diagnostics_dialog import DiagnosticsDialog
from tee_rex_app.ui.theme import Theme

AT = datetime(2026, 3, 14, 12, 50, tzinfo=UTC)


def sources(folder: Path, environ: dict[str, str] | None = None) -> DiagnosticsSources:
    log = EventLog(lambda: AT)
    log.write(Level.INFO, "app.started", version="0.1.0")
    return DiagnosticsSources(
        state=servers(done(ready_machine())),
        settings=Settings.resolve(flags={}, environ=environ or {}, file=folder / "settings.toml"),
        entries=log.entries(),
        log_folder=folder,
        home=Path("/home/ada"),
        at=AT,
    )


def named(parts: tuple[DiagnosticsPart, ...]) -> dict[str, str]:
    return {part.name: part.content for part in parts}


def test_every_part_has_its_content(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).write_text('{"event":"proof.started"}\n')
    (tmp_path / "native-crash-last-time.txt").write_text("Fatal Python error: Segmentation fault\n")
    parts = named(sources(tmp_path, {"PROVER_URL": "https://prover.example.org"}).parts())
    assert "TEE-Rex" in parts["versions.txt"]
    assert "bb and Aztec  4.1.2" in parts["versions.txt"]
    assert "81.4 GB free for ~/.local/share/tee-rex" in parts["machine.txt"]
    assert "https://prover.example.org   from: PROVER_URL" in parts["settings.txt"]
    assert "wrong-version · http://localhost:8080" in parts["services.txt"]
    assert "app.started version=0.1.0" in parts["log.txt"]
    assert parts["history.csv"].splitlines()[1].split(",")[2:5] == ["proof", "local", "verified"]
    assert "BB_KILLED" in parts["history.csv"]
    assert "proof.started" in parts["earlier-log.txt"]
    assert "Segmentation fault" in parts["native-crash.txt"]


def test_credentials_and_the_home_folder_are_removed(tmp_path: Path) -> None:
    address = "https://user:SECRET@node.example.org/v2/SECRET?key=SECRET"
    (tmp_path / FILE_NAME).write_text(f'{{"address":"{address}","at":"/home/ada/x"}}\n')
    given = sources(tmp_path, {"AZTEC_NODE_URL": address})
    service = replace(given.state.services[0], address=address, detail=f"no answer from {address}.")
    parts = replace(given, state=replace(given.state, services=(service,))).parts()
    told = "".join(part.content for part in parts)
    assert "SECRET" not in told
    assert "/home/ada" not in told
    assert "https://node.example.org/…" in told


def test_only_the_end_of_a_long_file_is_included(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).write_text("".join(f'{{"n":{number}}}\n' for number in range(40_000)))
    earlier = named(sources(tmp_path).parts())["earlier-log.txt"]
    assert len(earlier) <= 128 * 1024
    assert earlier.startswith('{"n":')
    assert earlier.endswith('{"n":39999}\n')


@in_app()
async def test_the_dialog_shows_every_part_and_writes_the_ticked_ones(app: App, tmp_path: Path) -> None:
    await app.settled()
    await app.prove_sample()
    app.window.bottom.toggle("log")
    app.window.bottom.panels["log"].diagnostics.click()  # type: ignore[attr-defined]  # the log's
    (dialog,) = app.window.findChildren(DiagnosticsDialog)
    parts = dialog.chosen()
    assert dialog.list.count() == len(parts)
    for row, part in enumerate(parts):
        dialog.list.setCurrentRow(row)
        assert dialog.content.toPlainText() == part.content
        assert dialog.name.text() == part.name
    dialog.list.item(0).setCheckState(Qt.CheckState.Unchecked)
    assert not dialog.save_to(tmp_path / "missing" / "diagnostics.zip")
    assert dialog.sum.text() == "! Could not save there."
    assert dialog.save_to(tmp_path / "diagnostics.zip")
    assert dialog.isVisible()  # the issue tracker comes next
    with zipfile.ZipFile(tmp_path / "diagnostics.zip") as archive:
        assert archive.namelist() == [part.name for part in parts[1:]]
        assert archive.read("log.txt").decode() == parts[archive.namelist().index("log.txt") + 1].content


@in_app()
async def test_without_ticked_parts_there_is_nothing_to_save(
    app: App, theme: Theme, tmp_path: Path, qtbot: QtBot
) -> None:
    await app.settled()
    parts = app.application.diagnostics(tmp_path / "logs", tmp_path)
    dialog = DiagnosticsDialog(app.window, theme, parts, print, None)
    for row in range(dialog.list.count()):
        dialog.list.item(row).setCheckState(Qt.CheckState.Unchecked)
    assert not dialog.save.isEnabled()
    assert not dialog.copy.isEnabled()
    dialog.deleteLater()


def test_a_problem_is_reported_step_by_step_and_nothing_is_sent(
    run_app: RunApp, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []
    shown: list[Path] = []
    tracker = "https://example.org/tee-rex/issues"
    archive = tmp_path / "report.zip"
    monkeypatch.setattr(main_window, "issue_tracker", lambda: tracker)
    monkeypatch.setattr(diagnostics_dialog, "ask_to_save", lambda *_: archive)
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: opened.append(url.toString()))

    async def act(app: App) -> None:
        await app.settled()
        entry = next(one for one in app.window.page_bar.menu.actions() if one.text() == "Report a problem…")
        entry.trigger()
        (dialog,) = app.window.findChildren(DiagnosticsDialog)
        assert opened == []
        dialog.list.item(1).setCheckState(Qt.CheckState.Unchecked)
        dialog.copy.click()
        copied = QGuiApplication.clipboard().text()
        assert [line for line in copied.splitlines() if line.startswith("=== ")] == [
            f"=== {part.name} ===" for part in dialog.chosen()
        ]
        assert dialog.told.text() == "✓ Copied"
        assert not dialog.show_file.isVisible()
        dialog.save.click()
        assert dialog.told.text() == "✓ Saved"
        dialog.show_file.click()
        assert shown == [archive]
        dialog.open_tracker.click()
        assert opened == [tracker]
        dialog.list.item(1).setCheckState(Qt.CheckState.Checked)
        assert not dialog.told.isVisible()  # that was another report
        dialog.close_button.click()

    run_app(tmp_path / "h", act, show_in_folder=shown.append)


@in_app()
async def test_without_an_address_there_is_no_issue_tracker(app: App) -> None:
    app.window.context.show_diagnostics()
    (dialog,) = app.window.findChildren(DiagnosticsDialog)
    assert dialog.open_tracker.isVisible() is (issue_tracker() is not None)


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        ((), None),
        (("Homepage, https://example.org",), None),
        (("Issues, https://example.org/issues",), "https://example.org/issues"),
        (("Home, https://a.example", "Bug Tracker, https://b.example"), "https://b.example"),
        (("Issues, http://example.org", "issues, file:///etc/passwd"), None),
    ],
    ids=["none", "others", "issues", "bug tracker", "unsafe"],
)
def test_the_issue_tracker_is_the_one_that_the_package_names(
    lines: tuple[str, ...], found: str | None
) -> None:
    assert tracker_among(lines) == found


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"\n" * 10])
def test_a_broken_log_file_is_shown_as_it_is(tmp_path: Path, content: bytes) -> None:
    (tmp_path / FILE_NAME).write_bytes(content)
    assert sources(tmp_path).parts()


def test_names_of_files_and_websites_and_hashes_of_transactions_are_removed(tmp_path: Path) -> None:
    """None is secret, but all identify the user; the log on screen shows them."""
    transaction = "0x1c4e" + "ab" * 29
    log = EventLog(lambda: AT)
    log.write(Level.INFO, "proof.started", source="tax-2026.msgpack", mode="local")
    log.write(Level.INFO, "proof.started", source="https://secret-dapp.example", mode="local")
    log.write(Level.INFO, "site.allowed", origin="https://secret-dapp.example")
    refusal = ORIGIN_DENIED(origin="https://secret-dapp.example").message
    log.write(Level.WARNING, "site.refused", origin="https://secret-dapp.example", reason=refusal)
    log.write(Level.INFO, "proof.started", source=SAMPLE, mode="local")
    link = f"https://explorer.example.org/tx/{transaction}"
    log.write(Level.INFO, "flow.sent", link=link, step="mint", transaction=transaction)
    (tmp_path / FILE_NAME).write_text("".join(f"{json_line(entry)}\n" for entry in log.entries()))
    parts = named(replace(sources(tmp_path), entries=log.entries()).parts())
    report = crash_report(Failure("KeyError", "", ()), AT, log.entries())
    for told in (parts["log.txt"], parts["earlier-log.txt"], report):
        assert "tax-2026" not in told
        assert "secret-dapp" not in told
        assert "(a website) may not prove." in told
        assert transaction not in told
        assert "0x1c4e…" in told
        assert "explorer" not in told
        assert SAMPLE in told
