"""Packages as a distribution's archive signed them, checked anew at every use.

The chain starts outside of the folder with the packages, at the keys that this machine's apt trusts:

1. A key signed ``InRelease`` (gpgv, apt's own verifier).
2. InRelease has the SHA-256 of the list of packages.
3. The list has the SHA-256 of each package.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Collection, Sequence
from functools import partial
from pathlib import Path

from tee_rex.system.child_process import run_to_end
from tee_rex.system.files import OpenFile, open_regular
from tee_rex.system.threads import Checkpoint, finish_in_thread, in_thread, read_in_thread

_GPGV_SECONDS = 60.0
_MAX_RELEASE_BYTES = 4 << 20
_MAX_LIST_BYTES = 256 << 20
"""Debian's list of main has 57 MB, Ubuntu's 9 MB."""

_SIZE = re.compile(r"[0-9]{1,12}")
_ARMOR_BEGINS, _ARMOR_ENDS = b"-----BEGIN PGP ", b"-----END PGP "


class NotSignedError(Exception):
    """What is in the folder is not what the archive signed."""


async def signed_packages(
    folder: Path, packages: Collection[str], processor: str, *, gpgv: Path, keys: Sequence[bytes], work: Path
) -> list[Path]:
    """The files of ``packages`` in ``folder``, each as signed; raises NotSignedError, OSError.

    folder: has ``N.InRelease`` and ``N.Packages`` for each suite, and the files. keys: see ``binary_keys``.
    work: an empty folder of this user's own.
    """
    keyrings = await finish_in_thread(_write_keyrings, keys, work)
    releases = await read_in_thread(lambda: sorted(folder.glob("*.InRelease")))
    for release in releases:
        await _check_signature(release, _signed_text(release, work), gpgv, keyrings)
    return await in_thread(partial(_matching, folder, releases, packages, processor, work))


def _write_keyrings(keys: Sequence[bytes], work: Path) -> list[Path]:
    keyrings = [work / f"{number}.gpg" for number in range(len(keys))]
    for keyring, content in zip(keyrings, keys, strict=True):
        keyring.write_bytes(content)
    return keyrings


def _signed_text(release: Path, work: Path) -> Path:
    return work / f"{release.stem}.Release"


def _matching(
    folder: Path,
    releases: Sequence[Path],
    packages: Collection[str],
    processor: str,
    work: Path,
    checkpoint: Checkpoint,
) -> list[Path]:
    """The files that the lists name, of which the signed texts have the digests."""
    names: dict[str, str] = {}
    for release in releases:
        text = _content(_signed_text(release, work), _MAX_RELEASE_BYTES)
        listed = _content(release.with_suffix(".Packages"), _MAX_LIST_BYTES)
        digest = digest_in_release(text, f"main/binary-{processor}/Packages")
        if hashlib.sha256(listed).hexdigest() != digest:
            raise NotSignedError
        checkpoint(len(listed))
        names |= {digest: name for name in packages for digest in digests_in_list(listed, name)}
    found: dict[str, Path] = {}
    for file in sorted(folder.glob("*.deb")):
        name = names.get(OpenFile(file).sha256(checkpoint))
        if name is None:
            raise NotSignedError
        found[name] = file
    if found.keys() != set(packages):
        raise NotSignedError
    return list(found.values())


async def _check_signature(release: Path, text: Path, gpgv: Path, keyrings: Sequence[Path]) -> None:
    """Write what is signed of ``release`` to ``text``."""
    argv: list[str | Path] = [gpgv, "--homedir", text.parent, "--status-fd", "1", "--output", text]
    for keyring in keyrings:
        argv += ["--keyring", keyring]
    try:
        checked = await run_to_end([*argv, release], cwd=text.parent, seconds=_GPGV_SECONDS)
    except TimeoutError:
        raise NotSignedError from None
    # Archives sign with several keys, of which an older system knows some; a bad one counts against it.
    status = checked.stdout.split(b"\n")
    if not any(line.startswith(b"[GNUPG:] GOODSIG ") for line in status) or any(
        line.startswith(b"[GNUPG:] BADSIG ") for line in status
    ):
        raise NotSignedError


def digest_in_release(release: bytes, path: str) -> str | None:
    """The SHA-256 that a Release file has for ``path``; None without one."""
    entry = _entry_in_release(release, path)
    return None if entry is None else entry[0]


def size_in_release(release: bytes, path: str) -> int | None:
    """The bytes that a Release file has for ``path``; None without them."""
    entry = _entry_in_release(release, path)
    return int(entry[1]) if entry is not None and _SIZE.fullmatch(entry[1]) else None


def _entry_in_release(release: bytes, path: str) -> tuple[str, str] | None:
    """Digest and size, as they stand there."""
    in_section = False
    for line in release.decode("utf-8", "replace").split("\n"):
        if not line.startswith(" "):
            in_section = line.strip() == "SHA256:"
        elif in_section and (fields := line.split())[2:] == [path]:
            return fields[0], fields[1]
    return None


def digests_in_list(content: bytes, package: str) -> list[str]:
    """The SHA-256 of every version of ``package`` in a list of packages."""
    found = []
    start = f"Package: {package}\n".encode()
    at = 0 if content.startswith(start) else content.find(b"\n" + start)
    while at != -1:
        end = content.find(b"\n\n", at)
        stanza = content[at:] if end == -1 else content[at:end]
        if match := re.search(rb"\nSHA256: ([0-9a-f]{64})(?:\n|\Z)", stanza):
            found.append(match[1].decode())
        at = content.find(b"\n" + start, at + 1)
    return found


def _content(path: Path, limit: int) -> bytes:
    with open_regular(path) as file:
        content = file.read(limit + 1)
    if len(content) > limit:
        raise NotSignedError
    return content


def binary_keys(content: bytes) -> bytes:
    """A keyring as gpgv reads it, from one that may be armored; empty for damaged armor."""
    if _ARMOR_BEGINS not in content:
        return content
    keys = b""
    encoded: list[bytes] | None = None  # None: outside of a block, or among its headers
    for line in map(bytes.strip, content.splitlines()):
        if line.startswith((_ARMOR_BEGINS, _ARMOR_ENDS)):
            try:
                keys += base64.b64decode(b"".join(encoded or ()), validate=True)
            except binascii.Error:
                return b""
            encoded = None
        elif encoded is None:
            encoded = None if line else []
        elif not line.startswith(b"="):  # the checksum
            encoded.append(line)
    return keys
