"""The whole life of a feed by its commands, as people run them, and a client that follows."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from release.__main__ import main
from support.update_feed import TestFeed, client_of, installed_in, served, small_archive, unpacked
from tee_rex.updates.client import UpdateClient, UpdateState
from tee_rex.updates.source import UpdateSource

pytestmark = pytest.mark.integration

ROOT = Path(__file__).parents[3]
PASSPHRASE = "correct horse battery"


class Program:
    """``python -m release`` in the current folder, in this process: each start would take a second."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self.monkeypatch, self.capsys = monkeypatch, capsys

    def __call__(self, *arguments: str, lines: tuple[str, ...] = (), code: int = 0) -> str:
        self.monkeypatch.setattr("sys.stdin", io.StringIO("".join(f"{line}\n" for line in lines)))
        returned = main(arguments)
        out, err = self.capsys.readouterr()
        assert returned == code, out + err
        assert PASSPHRASE not in out + err
        return out + err

    def new_key(self, name: str) -> str:
        self("new-key", ".", name, lines=(PASSPHRASE, PASSPHRASE))
        return name

    def sign(self, *keys: str) -> None:
        for key in keys:
            self("sign", "feed", f"{key}.key.json", lines=("yes", PASSPHRASE))

    def publish(self) -> None:
        self("publish", "feed", "snapshot.key.json", "timestamp.key.json", lines=(PASSPHRASE, PASSPHRASE))


@pytest.mark.timeout(600)
async def test_a_ceremony_releases_a_rollback_and_rotations(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    release = Program(monkeypatch, capsys)
    roots = [release.new_key(f"root-{name}") for name in ("ana", "ben", "eva")]
    holders = [release.new_key(f"targets-{name}") for name in ("ana", "ben")]
    online = [release.new_key(name) for name in ("snapshot", "timestamp")]
    roles = {
        **dict.fromkeys(roots, "root"),
        **dict.fromkeys(holders, "targets"),
        **{one: one for one in online},
    }
    shown = release("begin", "feed", *(f"{role}={key}.pub.json" for key, role in roles.items()))
    assert "staged: root 1" in shown
    assert "+ root: 2 of" in shown
    release.sign(roots[0], roots[2], *holders)
    release.publish()

    with served(tmp_path / "feed") as server:
        release("embed", "feed", "source", f"{server.url}/metadata", f"{server.url}/targets")
        source = UpdateSource.read(tmp_path / "source")

        def publish_release(version: str) -> Path:
            archive, _size = small_archive(tmp_path, version)
            (tmp_path / "changes").write_text(f"What {version} brings.\n")
            added = f"folder:amd64-linux:{archive.name}"
            shown = release("add", "feed", version, added, "--changes", "changes")
            assert f"+ {version}/{archive.name}" in shown
            release("promote", "feed", version)
            release.sign(*holders)
            release.publish()
            return archive

        folder = unpacked(publish_release("0.1.0"), tmp_path)

        def client(running: str) -> UpdateClient:
            return client_of(source, installed_in(folder, running), tmp_path / "home")

        async def updated(running: str) -> UpdateState:
            await client(running).prepare()
            return (await client(running).activate()).state

        assert await updated("0.1.0") is UpdateState.CURRENT
        publish_release("0.2.0")
        assert await updated("0.1.0") is UpdateState.INSTALLED

        release("roll-back", "feed", "0.1.0")
        release.sign(*holders)
        release.publish()
        assert await updated("0.2.0") is UpdateState.AHEAD

        # A holder of a root key and one of a targets key have lost theirs.
        for role, old in (("root", roots[0]), ("targets", holders[0])):
            new = release.new_key(f"{role}-new")
            keyid = (
                release("new-key", ".", f"{role}-other", lines=(PASSPHRASE, PASSPHRASE))
                .split(": ")[1]
                .strip()
            )
            assert "is not a key of" in release("rotate", "feed", role, keyid, f"{new}.pub.json", code=1)
            shown = (tmp_path / f"{old}.pub.json").read_text()
            lost = shown.split('"keyid": "')[1].partition('"')[0]
            release("rotate", "feed", role, lost, f"{new}.pub.json")
            if role == "root":
                release.sign(roots[1], roots[2])
            else:
                release.sign(roots[1], roots[2], holders[1], new)
                holders = [new, holders[1]]
            release.publish()
        publish_release("0.3.0")
        assert await updated("0.2.0") is UpdateState.INSTALLED
        assert (await client("0.3.0").check()).state is UpdateState.CURRENT

    release("timestamp", "feed", "snapshot.key.json", "timestamp.key.json", lines=(PASSPHRASE, PASSPHRASE))
    release("show", "feed")
    release("renew", "feed", "targets")
    refused = release("sign", "feed", f"{holders[0]}.key.json", lines=("no",), code=1)
    assert "Nothing was signed." in refused
    wrong = release("sign", "feed", f"{holders[0]}.key.json", lines=("yes", "not the passphrase"), code=1)
    assert "passphrase" in wrong
    assert "not the passphrase" not in wrong


def test_what_is_to_be_signed_cannot_hide_itself_from_a_terminal(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    feed = TestFeed(tmp_path / "feed")
    feed.begin()
    feed.release("0.1.0")
    feed.feed.renew("targets")
    staged = feed.folder / "staged" / "targets.json"
    metadata = json.loads(staged.read_bytes())
    (listed,) = metadata["signed"]["targets"].values()
    metadata["signed"]["targets"]["0.9.0/hidden\x1b[2K\r\x1b[8m"] = listed
    staged.write_text(json.dumps(metadata))
    assert main(["show", str(feed.folder)]) == 0
    shown = capsys.readouterr().out
    assert "+ 0.9.0/hidden" in shown
    assert "\x1b" not in shown
    assert "\r" not in shown


def test_it_is_a_program(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "release", "new-key", str(tmp_path), "ana"],
        env={**os.environ, "PYTHONPATH": str(ROOT / "tools")},
        input=f"{PASSPHRASE}\nanother passphrase\n",
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (1, "", "these are two passphrases\n")
    assert list(tmp_path.iterdir()) == []
