"""The feed: what its roles sign, and what is waiting for signatures.

    metadata/   what clients fetch: N.root.json, N.targets.json, N.snapshot.json, timestamp.json
    targets/    the files, each under a name with its SHA-256 (TUF, "Consistent snapshots")
    staged/     root.json, targets.json: the next versions of these, being signed; not for clients

Roles: root (2 of 3 keys) and targets (2 of 2) are offline, each key with a person; snapshot and timestamp
(one key each) are online, in the workflow that publishes and renews.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any, Final, TypeAlias

import msgspec
from securesystemslib.signer import CryptoSigner, Key
from tuf.api.metadata import (
    Metadata,
    MetaFile,
    Root,
    Signed,
    Snapshot,
    T,
    TargetFile,
    Targets,
    Timestamp,
    VerificationResult,
)
from tuf.api.serialization import DeserializationError

from release.keys import has_own_id
from tee_rex.system.files import replacing
from tee_rex.updates.metadata import MAX_TARGETS_BYTES
from tee_rex.updates.releases import PINS, Description, ReleaseVersion

ROLES: Final[Mapping[str, tuple[int, int]]] = {
    Root.type: (3, 2),
    Targets.type: (2, 2),
    Snapshot.type: (1, 1),
    Timestamp.type: (1, 1),
}
"""Number of keys of each role, and how many must sign."""
OFFLINE: Final = (Root.type, Targets.type)
"""Roles whose holders sign by hand."""
VALID: Final = {
    Root.type: timedelta(days=365),
    Targets.type: timedelta(days=90),
    Snapshot.type: timedelta(days=30),
    Timestamp.type: timedelta(days=7),
}
RENEW_BEFORE: Final = {
    Root.type: timedelta(days=60),
    Targets.type: timedelta(days=21),
    Snapshot.type: timedelta(days=15),
    Timestamp.type: timedelta(days=6),
}
"""How long before its end a role's metadata ought to be signed again."""


Staged: TypeAlias = dict[str, Metadata[Any]]
"""Metadata that waits for signatures, by role."""


class FeedError(Exception):
    """The feed is not in the state for what was asked; the text says why."""


def _utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed in a folder. now: the time of day."""

    folder: Path
    now: Callable[[], datetime] = field(default=_utc_now)

    # What is published

    @property
    def root(self) -> Metadata[Root] | None:
        """The newest published root."""
        return self._newest(Root)

    @property
    def targets(self) -> Metadata[Targets] | None:
        """The newest published targets."""
        return self._newest(Targets)

    def overdue(self) -> dict[str, datetime]:
        """When the published metadata of a role ends, of roles that ought to be renewed by now."""
        published = (self.root, self.targets, self._newest(Snapshot), self._newest(Timestamp))
        ends = {}
        for metadata in published:
            if metadata is None:
                raise FeedError("nothing is published yet")
            role, end = metadata.signed.type, metadata.signed.expires
            if end - self.now() < RENEW_BEFORE[role]:
                ends[role] = end
        return ends

    # What is staged

    def begin(self, keys: Mapping[str, Sequence[Key]]) -> None:
        """Stage the first root and empty targets. keys: of every role. Raises FeedError."""
        if self.root is not None or self._staged(Root) is not None:
            raise FeedError("this feed has a root already")
        ids = [key.keyid for of_role in keys.values() for key in of_role]
        if len(set(ids)) != len(ids):
            raise FeedError("every role needs keys of its own, each held by another person or place")
        root = Root(version=1, expires=self._end_of(Root), consistent_snapshot=True)
        for role, (count, threshold) in ROLES.items():
            if len(keys.get(role, ())) != count:
                raise FeedError(f"{role} needs {count} keys")
            root.roles[role].threshold = threshold
            for key in keys[role]:
                root.add_key(key, role)
        self._stage(Metadata(root))
        self._stage(Metadata(Targets(version=1, expires=self._end_of(Targets))))

    def add(self, files: Sequence[NewFile]) -> None:
        """Copy files into the feed and stage targets that list them; what is there already stays.

        Raises FeedError for a path that has other content, and for a description that clients refuse.
        """
        targets = self._next(Targets)
        for new in files:
            target = TargetFile.from_file(new.path, str(new.file), ["sha256"])
            custom = {k: v for k, v in msgspec.to_builtins(new.description).items() if v}
            target.unrecognized_fields["custom"] = custom
            try:
                msgspec.convert(custom, Description)
            except msgspec.ValidationError as error:
                raise FeedError(f"clients would pass over {new.path}: {error}") from error
            before = targets.signed.targets.get(new.path)
            if before is not None and before.hashes != target.hashes:
                raise FeedError(f"{new.path} is published already, with other content")
            if before is None:
                targets.signed.targets[new.path] = target
                (stored,) = target.get_prefixed_paths()
                place = self.folder / "targets" / stored
                place.parent.mkdir(parents=True, exist_ok=True)
                with replacing(place) as unfinished:
                    shutil.copyfile(new.file, unfinished)
        self._stage(targets)

    def add_pins(self, file: Path, serial: int) -> None:
        """Stage targets with a pins update, for everybody. Raises FeedError unless it is the newest."""
        newest = max(
            (int(one.version) for one in self._descriptions().values() if one.kind == PINS), default=0
        )
        if serial <= newest:
            raise FeedError(f"the feed has pins update {newest}: count up resources/pins/revoked.json")
        described = Description(str(serial), PINS, promoted=True)
        self.add([NewFile(f"pins-{serial}/{file.name}", file, described)])

    def promote(self, version: str) -> None:
        """Stage targets that offer a release to everybody. Raises FeedError."""
        if not self._mark(lambda described: described.version == version, promoted=True):
            raise FeedError(f"the feed has no release {version} that is not offered yet")

    def roll_back(self, version: str) -> None:
        """Stage targets that offer no release newer than this one, which is offered. Raises FeedError."""
        wanted = ReleaseVersion.parse(version)
        offered = [ReleaseVersion.parse(one.version) for one in self._descriptions().values() if one.promoted]
        if wanted is None or wanted not in offered:
            raise FeedError(f"{version} is not offered, so there is no going back to it")

        def is_newer(described: Description) -> bool:
            own = ReleaseVersion.parse(described.version)
            return own is not None and own > wanted

        if not self._mark(is_newer, promoted=False):
            raise FeedError(f"nothing newer than {version} is offered")

    def rotate(self, role: str, old: str, new: Key) -> None:
        """Stage a root in which a role has another key, and what that role has to sign again.

        old: the id of the key that is replaced. Raises FeedError.
        """
        root = self._next(Root)
        if old not in root.signed.roles[role].keyids:
            raise FeedError(f"{old} is not a key of {role}")
        if new.keyid in root.signed.keys:
            raise FeedError("the new key is in use already")
        root.signed.revoke_key(old, role)
        root.signed.add_key(new, role)
        self._stage(root)
        if role == Targets.type:
            self._stage(self._next(Targets))

    def renew(self, role: str) -> None:
        """Stage an offline role's metadata as it is, valid for its whole time again."""
        self._stage(self._next(Root if role == Root.type else Targets))

    def staged(self) -> Staged:
        """What is being signed, by role."""
        found: dict[str, Metadata[Any] | None] = {
            Root.type: self._staged(Root),
            Targets.type: self._staged(Targets),
        }
        return {role: metadata for role, metadata in found.items() if metadata is not None}

    def signatures(self, staged: Staged | None = None) -> dict[str, list[VerificationResult]]:
        """Who has signed what is staged: of a new root, by the present root's keys and by its own.

        staged: as it was read before; by default as it is now.
        """
        found = {}
        present, staged = self.root, self.staged() if staged is None else staged
        newest = staged.get(Root.type, present)
        for role, metadata in staged.items():
            by = [newest] if role == Targets.type else [staged[Root.type], *([present] if present else [])]
            found[role] = [
                one.signed.get_verification_result(role, metadata.signed_bytes, metadata.signatures)
                for one in by
                if one is not None
            ]
        return found

    def differences(self, role: str, staged: Staged | None = None) -> list[str]:
        """How what is staged of a role differs from what is published, a line for each key or file.

        staged: as in :meth:`signatures`.
        """
        before = _lines(self.root if role == Root.type else self.targets)
        after = _lines((self.staged() if staged is None else staged)[role])
        return [
            *(f"- {line}" for line in before if line not in after),
            *(f"+ {line}" for line in after if line not in before),
        ]

    def sign(self, signer: CryptoSigner, staged: Staged | None = None) -> list[str]:
        """Sign all that is staged and that this key may sign; the roles. Raises FeedError for none.

        staged: what its holder has seen, whatever the files say meanwhile; by default what they say now.
        """
        roles = []
        staged = self.staged() if staged is None else staged
        for role, results in self.signatures(staged).items():
            wanted = {keyid for one in results for keyid in (*one.signed, *one.unsigned)}
            if signer.public_key.keyid in wanted:
                metadata = staged[role]
                metadata.sign(signer, append=True)
                self._stage(metadata, keep_signatures=True)
                roles.append(role)
        if not roles:
            raise FeedError("nothing is staged that this key may sign")
        return roles

    # Publishing

    def publish(self, snapshot_key: CryptoSigner, timestamp_key: CryptoSigner) -> None:
        """Publish what is staged, if it has its signatures, and a snapshot and a timestamp of it.

        Repeating it after it was interrupted is safe. Raises FeedError.
        """
        for role, results in self.signatures().items():
            for result in results:
                if not result.verified:
                    raise FeedError(f"{role} has {len(result.signed)} of {result.threshold} signatures")
        for role, metadata in self.staged().items():
            self._write(f"{metadata.signed.version}.{role}.json", metadata)
        for kind in (Root, Targets):
            (self._staged_file(kind)).unlink(missing_ok=True)
        self._publish_online(snapshot_key, timestamp_key, new_snapshot=True)

    def publish_timestamp(self, snapshot_key: CryptoSigner, timestamp_key: CryptoSigner) -> None:
        """What a workflow does every day: a new timestamp, and a new snapshot in time."""
        overdue = self.overdue()
        self._publish_online(snapshot_key, timestamp_key, new_snapshot=Snapshot.type in overdue)

    def _publish_online(
        self, snapshot_key: CryptoSigner, timestamp_key: CryptoSigner, *, new_snapshot: bool
    ) -> None:
        root, targets = self.root, self.targets
        if root is None or targets is None:
            raise FeedError("there is no root and no targets yet")
        for role, signer in ((Snapshot.type, snapshot_key), (Timestamp.type, timestamp_key)):
            if signer.public_key.keyid not in root.signed.roles[role].keyids:
                raise FeedError(f"this is not the key of {role}")
        snapshot = self._newest(Snapshot)
        if snapshot is None or new_snapshot:
            version = 1 if snapshot is None else snapshot.signed.version + 1
            meta = {"targets.json": MetaFile(targets.signed.version)}
            snapshot = Metadata(Snapshot(version=version, expires=self._end_of(Snapshot), meta=meta))
            snapshot.sign(snapshot_key)
            self._write(f"{version}.snapshot.json", snapshot)
        content = (self.folder / "metadata" / f"{snapshot.signed.version}.snapshot.json").read_bytes()
        meta_file = MetaFile(snapshot.signed.version, len(content), {"sha256": sha256(content).hexdigest()})
        before = self._newest(Timestamp)
        timestamp = Metadata(
            Timestamp(
                version=1 if before is None else before.signed.version + 1,
                expires=self._end_of(Timestamp),
                snapshot_meta=meta_file,
            )
        )
        timestamp.sign(timestamp_key)
        self._write("timestamp.json", timestamp)

    # Files

    def _mark(self, chosen: Callable[[Description], bool], *, promoted: bool) -> bool:
        """Stage targets with this mark on the chosen files; whether any had another one."""
        targets = self._next(Targets)
        changed = False
        for path, described in self._descriptions().items():
            if described.promoted is not promoted and chosen(described):
                custom = targets.signed.targets[path].unrecognized_fields["custom"]
                custom["promoted"] = promoted
                changed = True
        if changed:
            self._stage(targets)
        return changed

    def _descriptions(self) -> dict[str, Description]:
        targets = self._staged(Targets) or self.targets
        if targets is None:
            raise FeedError("the feed has not begun")
        listed = targets.signed.targets
        return {path: msgspec.convert(target.custom, Description) for path, target in listed.items()}

    def _next(self, kind: type[T]) -> Metadata[T]:
        """The next version of a role's metadata: the staged one, or the published one, one version on."""
        staged, published = self._staged(kind), self._newest(kind)
        if staged is not None:
            return staged
        if published is None:
            raise FeedError("the feed has not begun")
        published.signed.version += 1
        published.signed.expires = self._end_of(kind)
        return published

    def _end_of(self, kind: type[Signed]) -> datetime:
        return (self.now() + VALID[kind.type]).astimezone(UTC).replace(microsecond=0)

    def _newest(self, kind: type[T]) -> Metadata[T] | None:
        folder = self.folder / "metadata"
        if kind is Timestamp:
            file = folder / "timestamp.json"
            return _read(file, kind) if file.exists() else None
        found = folder.glob(f"*.{kind.type}.json")
        newest = max(found, key=lambda file: int(file.name.partition(".")[0]), default=None)
        return None if newest is None else _read(newest, kind)

    def _staged(self, kind: type[T]) -> Metadata[T] | None:
        file = self._staged_file(kind)
        return _read(file, kind) if file.exists() else None

    def _staged_file(self, kind: type[Signed]) -> Path:
        return self.folder / "staged" / f"{kind.type}.json"

    def _stage(self, metadata: Metadata[Any], *, keep_signatures: bool = False) -> None:
        if not keep_signatures:
            metadata.signatures.clear()  # they were of something else
        file, content = self._staged_file(type(metadata.signed)), metadata.to_bytes()
        if len(content) > MAX_TARGETS_BYTES:
            raise FeedError(f"{len(content):,} bytes: clients take no more than {MAX_TARGETS_BYTES:,}")
        file.parent.mkdir(parents=True, exist_ok=True)
        with replacing(file) as new:
            new.write_bytes(content)

    def _write(self, name: str, metadata: Metadata[Any]) -> None:
        file = self.folder / "metadata" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        with replacing(file) as new:
            new.write_bytes(metadata.to_bytes())


@dataclass(frozen=True, slots=True)
class NewFile:
    """A file to be added. path: in the feed, ``<version>/<name>``."""

    path: str
    file: Path
    description: Description


def _lines(metadata: Metadata[Any] | None) -> list[str]:
    """Everything in metadata that matters, in lines."""
    if metadata is None:
        return []
    if isinstance(metadata.signed, Root):
        return [
            f"{role}: {role_keys.threshold} of {', '.join(role_keys.keyids)}"
            for role, role_keys in metadata.signed.roles.items()
        ]
    return [
        f"{path}: {target.length:,} bytes, SHA-256 {target.hashes['sha256']}, {target.custom}"
        for path, target in metadata.signed.targets.items()
    ]


def _read(file: Path, kind: type[T]) -> Metadata[T]:
    """Raises FeedError for what is no metadata of this kind, and for keys that are not what their ids say."""
    try:
        metadata = Metadata[T].from_bytes(file.read_bytes())
    except DeserializationError as error:
        raise FeedError(f"{file} is damaged") from error
    if metadata.signed.type != kind.type:
        raise FeedError(f"{file} is not of {kind.type}")
    if isinstance(metadata.signed, Root):
        for key in metadata.signed.keys.values():
            if not has_own_id(key):
                raise FeedError(f"{file} has another key under the id {key.keyid}: do not sign it")
    return metadata
