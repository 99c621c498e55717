"""``make release``, or ``PYTHONPATH=tools python -m release``: the feed of releases. See docs/release.md.

    new-key FOLDER NAME                make a key, encrypted by a passphrase, and its public key
    begin FEED ROLE=KEY.pub.json …     stage the first root: 3 keys of root, 2 of targets, 1 of snapshot and
                                       1 of timestamp
    archive FROZEN VERSION FILE        write the plain archive of a frozen program
    add FEED VERSION FOLDER            stage the files of a release, offered to nobody yet; their names say
                                       what they are. KIND:PLATFORM:FILE … adds single ones
    pins FEED                          stage what this checkout pins and revokes, as a pins update
    promote FEED VERSION               stage that a release is offered to everybody
    roll-back FEED VERSION             stage that nothing newer than this release is offered
    rotate FEED ROLE OLD-ID KEY.pub.json    stage another key of a role
    renew FEED root|targets            stage the same again, valid for its whole time
    show FEED                          what is staged, who has signed it, what ends when
    sign FEED KEY.key.json             sign what is staged, after showing it
    publish FEED SNAPSHOT.key.json TIMESTAMP.key.json     publish what is staged
    timestamp FEED SNAPSHOT.key.json TIMESTAMP.key.json   renew the timestamp; every day
    embed FEED FOLDER METADATA-URL TARGETS-URL            write what builds have in resources/updates
    health FOLDER                      fetch what FOLDER (resources/updates) names, as a new installation does
    rehearse FOLDER                    a ceremony, three releases, updates and a rollback, all on this machine

Passphrases are asked for; without a terminal, each is a line of standard input. Exit code 1: the feed is not
in the state for this, or something is overdue (``show``, ``timestamp``); 2: a wrong command line.
"""

from __future__ import annotations

import argparse
import asyncio
import getpass
import sys
import tempfile
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final, TypeAlias

import msgspec
from securesystemslib.signer import CryptoSigner
from tuf.api.metadata import Root

from release.archive import unpacked_bytes, write_archive
from release.artefacts import Artefact, artefacts_in, sboms_of
from release.feed import OFFLINE, ROLES, Feed, FeedError, NewFile, Staged
from release.health import feed_health
from release.keys import KeyFileError, key_id, new_key, read_public_key, read_signer
from release.pins import pins_update
from release.rehearsal import RehearsalError, rehearse
from tee_rex.attestation.eif import EifError, image_pcrs, read_eif
from tee_rex.errors.message import printable
from tee_rex.errors.tree import TeeRexError
from tee_rex.system.files import replacing
from tee_rex.updates.releases import FOLDER, IMAGE, Description, ReleaseVersion
from tee_rex.updates.source import ROOT_FILE, SOURCE_FILE, SourceFile, UpdateSource

ROOT: Final = Path(__file__).resolve().parents[2]

_DONE, _NOT_NOW = 0, 1

Run: TypeAlias = Callable[[argparse.Namespace], int]
"""Does a command; its exit code."""


def ask_secretly(question: str) -> str:
    """A line that is not shown; from standard input where that is no terminal."""
    return getpass.getpass(question) if sys.stdin.isatty() else _line()


def ask_openly(question: str) -> str:
    """A line that is shown."""
    print(question, end="", flush=True)
    return _line()


def _line() -> str:
    return sys.stdin.readline().removesuffix("\n")


def _new_key(arguments: argparse.Namespace) -> int:
    passphrase = ask_secretly("Passphrase: ")
    if ask_secretly("Again: ") != passphrase:
        raise KeyFileError("these are two passphrases")
    key = new_key(arguments.folder, arguments.name, passphrase)
    print(f"{arguments.name}: {key.keyid}")
    return _DONE


def _begin(arguments: argparse.Namespace) -> int:
    keys: dict[str, list[Path]] = {}
    for role, file in arguments.keys:
        keys.setdefault(role, []).append(file)
    arguments.feed.begin({role: [read_public_key(file) for file in files] for role, files in keys.items()})
    return _show(arguments)


def _archive(arguments: argparse.Namespace) -> int:
    size = write_archive(arguments.frozen, arguments.version, arguments.file, made_at=arguments.made_at)
    print(f"{arguments.file}: {arguments.file.stat().st_size:,} bytes, unpacked {size:,}")
    return _DONE


def _add(arguments: argparse.Namespace) -> int:
    version = arguments.version
    artefacts = [
        artefact
        for given in arguments.files
        for artefact in (artefacts_in(given, version) if isinstance(given, Path) else (given,))
    ]
    sboms = sboms_of(artefacts)
    changes = "" if arguments.changes is None else arguments.changes.read_text("utf-8").strip()
    arguments.feed.add(
        [
            NewFile(
                f"{version}/{file.name}",
                file,
                Description(
                    version,
                    kind,
                    platform,
                    changes="" if number else changes,  # said once
                    unpacked_bytes=unpacked_bytes(file, version) if kind == FOLDER else 0,
                    sbom=f"{version}/{sboms[file].name}" if file in sboms else "",
                    pcrs=_pcrs(file) if kind == IMAGE else None,
                ),
            )
            for number, (kind, platform, file) in enumerate(artefacts)
        ]
    )
    return _show(arguments)


def _pcrs(image: Path) -> tuple[str, str, str]:
    try:
        measured = image_pcrs(read_eif(image.read_bytes()))
    except EifError as error:
        raise FeedError(f"{image} is no enclave image: {error}") from error
    return measured.pcr0.hex(), measured.pcr1.hex(), measured.pcr2.hex()


def _pins(arguments: argparse.Namespace) -> int:
    content, serial = pins_update(ROOT)
    with tempfile.TemporaryDirectory(prefix="pins-") as folder:
        file = Path(folder) / f"pins-{serial}.json"
        file.write_bytes(content)
        arguments.feed.add_pins(file, serial)
    return _show(arguments)


def _promote(arguments: argparse.Namespace) -> int:
    arguments.feed.promote(arguments.version)
    return _show(arguments)


def _roll_back(arguments: argparse.Namespace) -> int:
    arguments.feed.roll_back(arguments.version)
    return _show(arguments)


def _rotate(arguments: argparse.Namespace) -> int:
    arguments.feed.rotate(arguments.role, arguments.old, read_public_key(arguments.new))
    return _show(arguments)


def _renew(arguments: argparse.Namespace) -> int:
    arguments.feed.renew(arguments.role)
    return _show(arguments)


def _show(arguments: argparse.Namespace) -> int:
    feed: Feed = arguments.feed
    return _show_staged(arguments, feed.staged())


def _show_staged(arguments: argparse.Namespace, staged: Staged) -> int:
    """Everything that somebody who signs ought to read; 1 if something is overdue."""
    feed: Feed = arguments.feed
    signatures = feed.signatures(staged)
    for role, metadata in staged.items():
        print(f"staged: {role} {metadata.signed.version}, ends {_day(metadata.signed.expires)}")
        for line in feed.differences(role, staged):
            print(f"    {printable(line)}")
        for result in signatures[role]:
            by = ", ".join(keyid[:8] for keyid in result.signed) or "nobody"
            print(f"    signed by {by}: {len(result.signed)} of {result.threshold}")
    if feed.root is None:
        return _DONE
    overdue = feed.overdue()
    for role, end in overdue.items():
        print(f"overdue: {role} ends {_day(end)}")
    return _NOT_NOW if overdue and arguments.run is _show else _DONE


def _day(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC"


def _sign(arguments: argparse.Namespace) -> int:
    staged = arguments.feed.staged()  # once: it may be exchanged before the answer
    _show_staged(arguments, staged)
    keyid = key_id(arguments.key)
    if ask_openly(f"Sign this as {keyid[:8]}? (yes) ") != "yes":
        print("Nothing was signed.")
        return _NOT_NOW
    roles = arguments.feed.sign(_signer(arguments.key), staged)
    print(f"signed: {', '.join(roles)}")
    return _DONE


def _signer(file: Path) -> CryptoSigner:
    return read_signer(file, ask_secretly(f"Passphrase of {file.name}: "))


def _publish(arguments: argparse.Namespace) -> int:
    arguments.feed.publish(_signer(arguments.snapshot), _signer(arguments.timestamp))
    print("published")
    return _DONE


def _timestamp(arguments: argparse.Namespace) -> int:
    arguments.feed.publish_timestamp(_signer(arguments.snapshot), _signer(arguments.timestamp))
    return _NOT_NOW if _overdue_offline(arguments.feed) else _DONE


def _overdue_offline(feed: Feed) -> bool:
    overdue = {role: end for role, end in feed.overdue().items() if role in OFFLINE}
    for role, end in overdue.items():
        print(f"overdue: {role} ends {_day(end)}; its holders have to sign it again")
    return bool(overdue)


def _embed(arguments: argparse.Namespace) -> int:
    feed: Feed = arguments.feed
    root, targets = feed.root, feed.targets
    if root is None or targets is None:
        raise FeedError("nothing is published yet")
    source = SourceFile(arguments.metadata_url, arguments.targets_url, targets.signed.version)
    arguments.folder.mkdir(parents=True, exist_ok=True)
    newest = feed.folder / "metadata" / f"{root.signed.version}.{Root.type}.json"
    for name, content in (
        (ROOT_FILE, newest.read_bytes()),
        (SOURCE_FILE, msgspec.json.format(msgspec.json.encode(source), indent=2) + b"\n"),
    ):
        with replacing(arguments.folder / name) as new:
            new.write_bytes(content)
    print(f"root {root.signed.version}, targets from {targets.signed.version} on")
    return _DONE


def _health(arguments: argparse.Namespace) -> int:
    """1 if something was not renewed in time; an error if the feed cannot be used."""
    source = UpdateSource.read(arguments.folder)
    found = asyncio.run(feed_health(source, datetime.now(UTC)))
    print(f"{source.metadata_url}, and what is offered from {source.targets_url}:")
    for role, left in found.left.items():
        print(f"    {role}: {left / timedelta(days=1):.1f} days left")
    for file in found.files:
        print(f"    {file.path}: {file.length:,} bytes, as signed")
    for role in found.overdue:
        print(f"overdue: {role}", file=sys.stderr)
    return _NOT_NOW if found.overdue else _DONE


def _rehearse(arguments: argparse.Namespace) -> int:
    rehearse(ROOT, arguments.folder)
    return _DONE


def _role_and_key(text: str) -> tuple[str, Path]:
    role, equals, file = text.partition("=")
    if role not in ROLES or not equals:
        raise argparse.ArgumentTypeError(f"ROLE=FILE, with a role of {', '.join(ROLES)}")
    return role, Path(file)


def _release_file(text: str) -> Artefact | Path:
    """A file, or the folder of all files."""
    if Path(text).is_dir():
        return Path(text)
    kind, _, rest = text.partition(":")
    platform, _, file = rest.partition(":")
    if not (kind and platform and file):
        raise argparse.ArgumentTypeError(
            "a folder, or KIND:PLATFORM:FILE, such as folder:amd64-linux:tee-rex.tar.xz"
        )
    return Artefact(kind, platform, Path(file))


def _version(text: str) -> str:
    if ReleaseVersion.parse(text) is None:
        raise argparse.ArgumentTypeError("a version is three numbers, such as 0.2.0")
    return text


def _feed(text: str) -> Feed:
    return Feed(Path(text))


def parser() -> argparse.ArgumentParser:
    """The command line."""
    whole = argparse.ArgumentParser(
        prog="release", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    commands = whole.add_subparsers(required=True, metavar="COMMAND")

    def command(
        name: str, run: Callable[[argparse.Namespace], int], *, feed: bool = True
    ) -> argparse.ArgumentParser:
        one = commands.add_parser(name)
        one.set_defaults(run=run)
        if feed:
            one.add_argument("feed", type=_feed, metavar="FEED")
        return one

    one = command("new-key", _new_key, feed=False)
    one.add_argument("folder", type=Path)
    one.add_argument("name")
    command("begin", _begin).add_argument("keys", type=_role_and_key, nargs="+", metavar="ROLE=FILE")
    one = command("archive", _archive, feed=False)
    one.add_argument("frozen", type=Path)
    one.add_argument("version", type=_version)
    one.add_argument("file", type=Path)
    one.add_argument("--made-at", type=int, required=True, metavar="SECONDS", help="SOURCE_DATE_EPOCH")
    one = command("add", _add)
    one.add_argument("version", type=_version)
    one.add_argument("files", type=_release_file, nargs="+", metavar="FOLDER")
    one.add_argument("--changes", type=Path, metavar="FILE", help="what is new, for people")
    command("pins", _pins)
    for name, run in (("promote", _promote), ("roll-back", _roll_back)):
        command(name, run).add_argument("version", type=_version)
    one = command("rotate", _rotate)
    one.add_argument("role", choices=tuple(ROLES))
    one.add_argument("old", metavar="OLD-ID")
    one.add_argument("new", type=Path, metavar="FILE")
    command("renew", _renew).add_argument("role", choices=OFFLINE)
    command("show", _show)
    command("sign", _sign).add_argument("key", type=Path, metavar="KEY")
    for name, run in (("publish", _publish), ("timestamp", _timestamp)):
        one = command(name, run)
        one.add_argument("snapshot", type=Path, metavar="SNAPSHOT-KEY")
        one.add_argument("timestamp", type=Path, metavar="TIMESTAMP-KEY")
    command("health", _health, feed=False).add_argument("folder", type=Path)
    command("rehearse", _rehearse, feed=False).add_argument("folder", type=Path)
    one = command("embed", _embed)
    one.add_argument("folder", type=Path)
    one.add_argument("metadata_url", metavar="METADATA-URL")
    one.add_argument("targets_url", metavar="TARGETS-URL")
    return whole


def main(command: Sequence[str] | None = None) -> int:
    """The exit code."""
    arguments = parser().parse_args(command)
    try:
        return int(arguments.run(arguments))
    except (FeedError, KeyFileError, RehearsalError, TeeRexError) as error:
        print(error, file=sys.stderr)
    except OSError as error:
        print(f"{error.filename}: {error.strerror}", file=sys.stderr)
    return _NOT_NOW


if __name__ == "__main__":
    sys.exit(main())
