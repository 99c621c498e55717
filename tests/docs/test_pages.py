"""What is written is true: links lead somewhere, commands exist, and pages say what the code says."""

from __future__ import annotations

import errno
import os
import re
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer.main

import reference  # tools/reference.py
from tee_rex.aztec.flows.report import FlowReport
from tee_rex.errors.catalogue.files import FILE_UNREADABLE
from tee_rex.errors.report import ErrorReport
from tee_rex.terminal.console import print_error
from tee_rex.transaction.events import AttestationReport
from tee_rex.transaction.report import ProofReport

ROOT = Path(__file__).parents[2]

PAGES = sorted(
    ROOT / name
    for name in subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "*.md"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()
    if (ROOT / name).is_file()
)
IDS = [page.relative_to(ROOT).as_posix() for page in PAGES]
PACKAGES = [ROOT / name for name in ("core/tee_rex", "enclave_server/tee_rex_server", "app/tee_rex_app")]
GUIDES = [page for page in PAGES if "lessons" not in page.parts and "adr" not in page.parts]


def without_code(text: str) -> str:
    return re.sub(r"`[^`\n]*`", "", re.sub(r"^```.*?^```", "", text, flags=re.DOTALL | re.MULTILINE))


def anchors(page: Path) -> set[str]:
    """As GitHub makes them of headings."""
    found = set()
    for heading in re.findall(r"^#+ +(.+)$", page.read_text(), re.MULTILINE):
        plain = re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", heading).strip().lower()
        found.add(re.sub(r"[^\w\- ]", "", plain).replace(" ", "-"))
    return found


@pytest.mark.parametrize("page", PAGES, ids=IDS)
def test_relative_links_lead_somewhere(page: Path) -> None:
    for link in re.findall(r"\]\(([^)\s]+)\)", without_code(page.read_text())):
        if re.match(r"https?://|mailto:", link):
            continue
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), link
        if anchor:
            assert anchor in anchors(target), link


def test_the_pages_say_what_the_code_says() -> None:
    stale = [page.name for page, text in reference.pages().items() if page.read_text() != text]
    assert stale == [], "run: make docs"


def test_every_code_has_a_cause_and_a_remedy() -> None:
    entries = reference.error_entries()
    assert len(entries) > 150
    assert [entry.code for entry in entries if not entry.cause or not entry.remedy] == []


def test_the_sample_of_an_error_is_one(capsys: pytest.CaptureFixture[str]) -> None:
    print_error(FILE_UNREADABLE(file="steps.msgpack", reason=os.strerror(errno.ENOENT)))
    assert capsys.readouterr().err in (ROOT / "docs" / "troubleshooting.md").read_text()


def code_of(text: str) -> Iterator[str]:
    """Lines of code blocks, and code in sentences."""
    for block in re.findall(r"^```(?:sh|text|)\n(.*?)^```", text, re.DOTALL | re.MULTILINE):
        yield from (line.partition(" #")[0] for line in block.splitlines())
    yield from re.findall(r"(?<!`)`([^`\n]+)`(?!`)", text)
    yield from re.findall(r"'(tee-rex[^'\n]+)'", text)


def calls(page: Path) -> Iterator[tuple[str, ...]]:
    for code in code_of(page.read_text()):
        for program, arguments in re.findall(r"(?:^|[ (]|bin/)(tee-rex(?:-server)?)((?: [^ |&;)]+)+)", code):
            yield (program, *arguments.split())


@pytest.mark.parametrize("page", GUIDES, ids=[page.relative_to(ROOT).as_posix() for page in GUIDES])
def test_commands_and_options_exist(page: Path) -> None:
    for program, *words in calls(page):
        command: object = typer.main.get_command(reference.PROGRAMS[program])
        for word in words:
            children = getattr(command, "commands", {})
            if word.startswith("-"):
                known = {
                    name for one in getattr(command, "params", ()) for name in one.opts + one.secondary_opts
                }
                assert word.partition("=")[0].rstrip(".,:") in known | {"--help", "-h", "-"}, (program, words)
            elif children:
                if not word.islower():
                    continue
                assert word in children, (program, words)
                command = children[word]


@pytest.mark.parametrize("page", PAGES, ids=IDS)
def test_modules_that_pages_name_exist(page: Path) -> None:
    if "lessons" in page.parts:  # they tell of what is no more
        return
    for path in re.findall(r"`((?:[\w-]+/)+[\w-]+\.py)", page.read_text()):
        assert any((folder / path).is_file() for folder in (page.parent, ROOT, *PACKAGES)), path


@pytest.mark.parametrize("page", PAGES, ids=IDS)
def test_make_targets_exist(page: Path) -> None:
    targets = set(re.findall(r"^([a-z0-9-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    for code in code_of(page.read_text()):
        for call in re.findall(r"(?:^|sudo )make ([a-z][a-z0-9 -]*)", code):
            assert set(call.split()) <= targets, call


@pytest.mark.parametrize("report", [ProofReport, AttestationReport, FlowReport, ErrorReport])
def test_every_field_of_the_json_is_documented(report: type) -> None:
    text = (ROOT / "docs" / "cli.md").read_text()
    printed = [name for name in report.__annotations__ if not name.endswith("_parts")]  # those are the app's
    missing = [name for name in printed if f"`{name}`" not in text and f'"{name}"' not in text]
    assert missing == []


def test_the_changelog_knows_this_version() -> None:
    version = tomllib.loads((ROOT / "core" / "pyproject.toml").read_text())["project"]["version"]
    assert f"## {version}" in (ROOT / "CHANGELOG.md").read_text()


def test_nothing_names_machines_or_registries() -> None:
    names = re.compile(r"/root/|/home/[a-z]|/work/|registry\.npmjs|files\.pythonhosted|\bpypi\.org")
    for page in PAGES:
        assert names.findall(page.read_text()) == [], page
