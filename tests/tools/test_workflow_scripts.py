"""The scripts of .github, run here: with git and a feed, and a stand-in for GitHub's page of releases."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from deb import MAINTAINER
from release.keys import new_key, read_public_key, read_signer
from support.update_feed import TestFeed, small_archive

pytestmark = pytest.mark.integration

ROOT = Path(__file__).parents[2]
PASSPHRASE = "correct horse battery"

GH = r"""#!/bin/bash
# Keeps releases as folders of $RELEASES, a draft with a file "draft" beside it.
set -euo pipefail
place=$RELEASES/$3
case "$1 $2" in
  "release list")
    cd "$RELEASES"
    for release in */; do
      name=${release%/}
      [[ "$*" == *"\"$name\""* ]] || continue
      if test -e "$name.draft"; then echo true; else echo false; fi
    done
    ;;
  "release delete") rm -r "$place" "$place.draft" ;;
  "release view") test -d "$place" ;;
  "release create")
    mkdir "$place"
    shift 3
    for file in "$@"; do
      if test "$file" = --draft; then touch "$place.draft"; fi
      if test -f "$file" && [[ "$file" == new/* ]]; then cp "$file" "$place"; fi
    done
    ;;
  "release upload") shift 3; cp "$@" "$place" ;;
  "release download") cp "$place"/* "$5"; if test -n "${TAMPER:-}"; then echo x >> "$5/$TAMPER"; fi ;;
  "release edit") rm -f "$place.draft" ;;
  *) exit 9 ;;
esac
"""


@dataclass(frozen=True)
class Job:
    """The folder of a job, with the checkout's scripts, and what it was told."""

    folder: Path
    environ: dict[str, str]

    def run(self, script: str, *arguments: str, code: int = 0, **environ: str) -> str:
        done = subprocess.run(
            [f".github/scripts/{script}", *arguments],
            cwd=self.folder,
            env={**os.environ, **self.environ, **environ},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == code, done.stdout + done.stderr
        return done.stdout + done.stderr

    def output(self, name: str) -> str:
        text = (self.folder / "output").read_text()
        if f"{name}<<END\n" in text:
            return text.rpartition(f"{name}<<END\n")[2].partition("\nEND")[0]
        return text.rpartition(f"{name}=")[2].partition("\n")[0]


@pytest.fixture
def job(tmp_path: Path) -> Job:
    folder = tmp_path / "job"
    folder.mkdir()
    (folder / ".github").symlink_to(ROOT / ".github")
    for name in ("tools", ".venv"):
        (folder / name).symlink_to(ROOT / name)
    (folder / "CHANGELOG.md").write_text(
        "# Changelog\n\n## 0.2.0 - now\n\n- New.\n- Better.\n\n## 0.1.0\n- Old.\n"
    )
    programs, releases = tmp_path / "programs", tmp_path / "releases"
    for new in (programs, releases):
        new.mkdir()
    (programs / "gh").write_text(GH)
    (programs / "gh").chmod(0o755)
    environ = {
        "GITHUB_OUTPUT": str(folder / "output"),
        "GITHUB_SHA": "0" * 40,
        "PATH": f"{programs}:{os.environ['PATH']}",
        "RELEASES": str(releases),
        "STATE": "",
        "VERSION": "0.2.0",
    }
    return Job(folder, environ)


def git(folder: Path, *arguments: str) -> str:
    command = ["git", "-c", "user.name=ana", "-c", "user.email=ana@example.org", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True).stdout


def sha256(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


# Files from job to job


def test_digests_go_from_job_to_job(job: Job) -> None:
    new = job.folder / "new"
    (new / "below").mkdir(parents=True)
    (new / "below" / "a file").write_text("a")
    (new / "b").write_text("b")
    job.run("digests.py", "new")
    told = job.output("sha256sums")
    assert [line.split("  ")[1] for line in told.splitlines()] == ["b", "below/a file"]
    job.run("digests.py", "new", "--require", SHA256SUMS=told)
    (new / "c").write_text("c")
    assert "::error::" in job.run("digests.py", "new", "--require", code=1, SHA256SUMS=told)
    job.run("digests.py", "new", "--require", code=1, SHA256SUMS="")


@pytest.fixture
def drafted(job: Job, tmp_path: Path) -> Job:
    """A draft of three files that two jobs have built."""
    built = job.folder / "built"
    for name in ("linux", "python"):
        (built / f"built-{name}").mkdir(parents=True)
    archive, _size = small_archive(tmp_path, "0.2.0")
    shutil.copy(archive, built / "built-linux")
    sbom = {
        "bomFormat": "CycloneDX",
        "metadata": {"component": {"hashes": [{"alg": "SHA-256", "content": sha256(archive)}]}},
    }
    (built / "built-linux" / "tee-rex-0.2.0-amd64-linux.cdx.json").write_text(json.dumps(sbom))
    (built / "built-python" / "tee_rex-0.2.0-py3-none-any.whl").write_bytes(b"wheel")
    needs = {}
    for name in ("linux", "python"):
        job.run("digests.py", f"built/built-{name}")
        needs[name] = {"outputs": {"sha256sums": job.output("sha256sums")}, "result": "success"}
    needs["macos"] = {"outputs": {}, "result": "skipped"}
    job.environ["NEEDS"] = json.dumps(needs)
    job.run("release-draft.sh")
    job.environ["MANIFEST"] = job.output("manifest")
    return job


def test_a_draft_has_what_its_jobs_have_built(drafted: Job) -> None:
    draft = drafted.folder / "draft"
    assert len(list(draft.iterdir())) == 4
    assert drafted.environ["MANIFEST"] == sha256(draft / "SHA256SUMS")
    drafted.run("require-draft.sh")
    drafted.run("require-draft.sh", code=1, MANIFEST="0" * 64)
    (draft / "more").touch()
    drafted.run("require-draft.sh", code=1)


def test_a_draft_of_other_files_is_refused(drafted: Job) -> None:
    shutil.rmtree(drafted.folder / "draft")
    built = drafted.folder / "built" / "built-python"
    built.mkdir(exist_ok=True)
    (built / "tee_rex-0.2.0-py3-none-any.whl").write_bytes(b"another wheel")
    assert "not what its job has made" in drafted.run("release-draft.sh", code=1)


def test_what_is_published_is_the_draft(drafted: Job) -> None:
    releases = Path(drafted.environ["RELEASES"])
    (releases / "0.2.0").mkdir()
    (releases / "0.2.0.draft").touch()  # of a run that was interrupted
    drafted.run("release-publish.sh")
    published = releases / "0.2.0"
    draft = drafted.folder / "draft"
    archive = "tee-rex-0.2.0-amd64-linux.tar.xz"
    assert sha256(published / archive) == sha256(draft / archive)
    assert (published / f"{sha256(draft / archive)}.{archive}").is_file()
    assert len(list(published.iterdir())) == 6
    assert not (releases / "0.2.0.draft").exists()
    assert (drafted.folder / "notes.md").read_text() == "- New.\n- Better.\n\n"

    for made in ("named", "stored"):
        shutil.rmtree(drafted.folder / made)
    drafted.run("release-publish.sh")  # again: nothing is replaced
    for made in ("named", "stored"):
        shutil.rmtree(drafted.folder / made)
    (draft / archive).write_bytes(b"another")
    drafted.run("release-publish.sh", code=1)


def test_what_the_page_has_stored_otherwise_stays_a_draft(drafted: Job) -> None:
    drafted.run("release-publish.sh", code=1, TAMPER="tee_rex-0.2.0-py3-none-any.whl")
    assert (Path(drafted.environ["RELEASES"]) / "0.2.0.draft").exists()


def test_nothing_is_public_if_the_feed_is_not_what_the_release_was_staged_for(
    drafted: Job, feed: TestFeed
) -> None:
    change(drafted, "release")
    feed.feed.renew("root")
    push(feed)
    git(drafted.folder / "feed", "pull", "--quiet")
    state = drafted.output("state")
    assert "start again" in drafted.run("release-publish.sh", code=1, STATE=state)
    assert list(Path(drafted.environ["RELEASES"]).iterdir()) == []


# The feed


@pytest.fixture
def feed(job: Job, tmp_path: Path) -> TestFeed:
    """A feed that has begun, whose branch is in the job's folder, with the keys of its workflow in files."""
    online = {}
    for name in ("snapshot", "timestamp"):
        new_key(tmp_path, name, PASSPHRASE)
        online[name] = read_signer(tmp_path / f"{name}.key.json", PASSPHRASE)
        assert online[name].public_key == read_public_key(tmp_path / f"{name}.pub.json")
        job.environ[f"{name.upper()}_KEY"] = (tmp_path / f"{name}.key.json").read_text()
        job.environ[f"{name.upper()}_PASSPHRASE"] = PASSPHRASE
    feed = TestFeed(tmp_path / "holders" / "feed")
    feed.keys |= {name: (signer,) for name, signer in online.items()}
    (tmp_path / "holders").mkdir()
    git(tmp_path, "init", "--quiet", "--bare", "--initial-branch=feed", "remote")
    git(tmp_path, "clone", "--quiet", "remote", str(feed.folder))
    feed.begin()
    (feed.folder / ".gitignore").write_text("targets/\n")
    push(feed)
    job.environ["FEED_REMOTE"] = str(tmp_path / "remote")
    return feed


def push(feed: TestFeed) -> None:
    git(feed.folder, "add", "--all")
    git(feed.folder, "commit", "--quiet", "--message", "by hand")
    git(feed.folder, "push", "--quiet", "origin", "HEAD:feed")


def change(job: Job, action: str) -> None:
    """What the two jobs of feed.yml do."""
    for old in ("feed", "new"):
        shutil.rmtree(job.folder / old, ignore_errors=True)
    git(job.folder, "clone", "--quiet", job.environ["FEED_REMOTE"], "feed")
    job.run("feed-stage.sh", ACTION=action)
    if action in ("publish", "timestamp"):
        told = job.run("feed-sign.sh", ACTION=action)
        assert PASSPHRASE not in told
    job.run("feed-gather.sh")
    shutil.rmtree(job.folder / "feed")
    git(job.folder, "clone", "--quiet", job.environ["FEED_REMOTE"], "feed")


def pushed(job: Job, feed: TestFeed, *, code: int = 0) -> str:
    told = job.run("feed-push.sh", "message", code=code, STATE=job.output("state"))
    git(feed.folder, "pull", "--quiet", "origin", "feed")
    return told


def test_a_release_is_staged_signed_promoted_and_rolled_back(drafted: Job, feed: TestFeed) -> None:
    change(drafted, "release")
    assert (drafted.folder / "changes.txt").read_text() == "- New.\n- Better.\n\n"
    pushed(drafted, feed)
    for signer in feed.keys["targets"]:
        feed.feed.sign(signer)
    push(feed)
    change(drafted, "publish")
    pushed(drafted, feed)
    assert feed.feed.staged() == {}
    targets = feed.feed.targets
    assert targets is not None
    assert sorted(targets.signed.targets) == [
        "0.2.0/tee-rex-0.2.0-amd64-linux.cdx.json",
        "0.2.0/tee-rex-0.2.0-amd64-linux.tar.xz",
        "0.2.0/tee_rex-0.2.0-py3-none-any.whl",
    ]

    change(drafted, "promote")
    pushed(drafted, feed)
    assert [line[0] for line in feed.feed.differences("targets")] == ["-"] * 3 + ["+"] * 3


def test_the_timestamp_is_renewed_every_day(job: Job, feed: TestFeed) -> None:
    before = (feed.folder / "metadata" / "timestamp.json").read_bytes()
    change(job, "timestamp")
    pushed(job, feed)
    assert (feed.folder / "metadata" / "timestamp.json").read_bytes() != before
    assert git(feed.folder, "log", "--format=%an %s").splitlines()[0] == "feed message"


def test_what_lacks_signatures_is_not_published(job: Job, feed: TestFeed) -> None:
    feed.feed.renew("targets")
    feed.feed.sign(feed.keys["targets"][0])
    push(feed)
    with pytest.raises(AssertionError, match="targets has 1 of 2 signatures"):
        change(job, "publish")


def test_a_signature_that_came_meanwhile_is_not_lost(job: Job, feed: TestFeed) -> None:
    feed.feed.renew("targets")
    push(feed)
    change(job, "timestamp")
    feed.feed.sign(feed.keys["targets"][0])
    push(feed)
    git(job.folder / "feed", "pull", "--quiet")
    assert "start again" in pushed(job, feed, code=1)


def test_published_metadata_is_not_replaced(job: Job, feed: TestFeed) -> None:
    change(job, "timestamp")
    (job.folder / "new" / "metadata" / "1.targets.json").write_bytes(b"{}")
    pushed(job, feed, code=1)
    for name in ("index.html", "x.targets.json", "1.targets.json.js"):
        change(job, "timestamp")
        (job.folder / "new" / "metadata" / name).write_bytes(b"{}")
        assert name in pushed(job, feed, code=1)


def test_what_was_pushed_can_be_pushed_again(job: Job, feed: TestFeed) -> None:
    """As where a later step of the job has failed."""
    feed.feed.renew("targets")
    for signer in feed.keys["targets"]:
        feed.feed.sign(signer)
    push(feed)
    change(job, "publish")
    pushed(job, feed)
    commits = git(feed.folder, "log", "--format=%H")
    shutil.rmtree(job.folder / "feed")
    git(job.folder, "clone", "--quiet", job.environ["FEED_REMOTE"], "feed")
    pushed(job, feed)
    assert git(feed.folder, "log", "--format=%H") == commits


def test_an_older_timestamp_does_not_replace_a_newer_one(job: Job, feed: TestFeed) -> None:
    change(job, "timestamp")
    older = (job.folder / "new" / "metadata" / "timestamp.json").read_bytes()
    pushed(job, feed)
    change(job, "timestamp")
    pushed(job, feed)
    change(job, "timestamp")
    (job.folder / "new" / "metadata" / "timestamp.json").write_bytes(older)
    assert "newer timestamp" in pushed(job, feed, code=1)


def test_a_pins_update_is_where_the_feed_says_it_is(job: Job) -> None:
    folder = job.folder / "new" / "targets" / "pins-3"
    folder.mkdir(parents=True)
    pins = folder / f"{'0' * 64}.pins-3.json"
    pins.write_bytes(b"{}")
    published = Path(job.environ["RELEASES"]) / "pins-3"
    published.mkdir()
    published.with_name("pins-3.draft").touch()  # of a run that was interrupted
    for _again in range(2):
        job.run("feed-pins.sh")
        assert [file.name for file in published.iterdir()] == [pins.name]
        assert not published.with_name("pins-3.draft").exists()
    pins.write_bytes(b"[]")
    assert "count up" in job.run("feed-pins.sh", code=1)
    assert (published / pins.name).read_bytes() == b"{}"
    folder.rename(folder.with_name("pins-x"))
    job.run("feed-pins.sh", code=1)


def test_only_what_is_ready_is_released(job: Job, feed: TestFeed, tmp_path: Path) -> None:
    package = job.folder / "core" / "tee_rex"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text('__version__ = "0.2.0"\n')
    (job.folder / "installer").mkdir()
    maintainer = job.folder / "installer" / "deb.py"
    maintainer.write_text(f'MAINTAINER: Final = "{MAINTAINER}"\n')
    git(job.folder, "init", "--quiet")
    git(job.folder, "remote", "add", "origin", str(tmp_path / "remote"))
    git(job.folder, "clone", "--quiet", str(tmp_path / "remote"), "feed")
    url = "https://example.org"

    assert "not an address yet" in job.run("release-check.sh", code=1, FEED_URL="")
    maintainer.write_text('MAINTAINER: Final = "Ana <ana@tee-rex.example>"\n')
    assert "no feed is configured" in job.run("release-check.sh", FEED_URL="")
    assert "is not a version" in job.run("release-check.sh", code=1, FEED_URL="", VERSION="v0.2.0")
    assert "another version" in job.run("release-check.sh", code=1, FEED_URL="", VERSION="0.3.0")

    assert "source.json is missing" in job.run("release-check.sh", code=1, FEED_URL=url)
    updates = job.folder / "resources" / "updates"
    updates.parent.mkdir()
    feed.write_source(url, updates)
    job.run("release-check.sh", FEED_URL=url)
    assert "names another feed" in job.run("release-check.sh", code=1, FEED_URL="https://example.com")

    feed.feed.renew("targets")
    push(feed)
    git(job.folder / "feed", "pull", "--quiet")
    assert "waiting for signatures" in job.run("release-check.sh", code=1, FEED_URL=url)
    feed.publish()
    push(feed)
    git(job.folder / "feed", "pull", "--quiet")
    assert "is not of targets 2" in job.run("release-check.sh", code=1, FEED_URL=url)

    git(feed.folder, "tag", "0.2.0")
    git(feed.folder, "push", "--quiet", "origin", "0.2.0")
    assert "released already" in job.run("release-check.sh", code=1, FEED_URL="")
    (job.folder / "CHANGELOG.md").write_text("# Changelog\n")
    assert "does not say what 0.2.0 brings" in job.run("release-check.sh", code=1, FEED_URL="")
