from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest
from securesystemslib.signer import CryptoSigner

from release.keys import KeyFileError, key_id, new_key, read_public_key, read_signer

PASSPHRASE = "correct horse battery"


@pytest.fixture
def key(tmp_path: Path) -> Path:
    new_key(tmp_path, "alice", PASSPHRASE)
    return tmp_path / "alice.key.json"


def test_a_key_opens_with_its_passphrase_and_signs(key: Path) -> None:
    signer = read_signer(key, PASSPHRASE)
    public = read_public_key(key.with_name("alice.pub.json"))
    assert public == signer.public_key
    assert key_id(key) == public.keyid
    public.verify_signature(signer.sign(b"content"), b"content")


def test_the_file_is_the_users_alone_and_has_no_plain_key(key: Path) -> None:
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    raw = read_signer(key, PASSPHRASE)._private_key.private_bytes_raw()  # type: ignore[union-attr]
    assert raw.hex().encode() not in key.read_bytes()
    assert raw not in key.read_bytes()


def test_another_passphrase_does_not_open_it(key: Path) -> None:
    with pytest.raises(KeyFileError, match="wrong, or the file is damaged") as refused:
        read_signer(key, PASSPHRASE + "x")
    assert PASSPHRASE not in str(refused.value)


@pytest.mark.parametrize("field", ["keyid", "salt", "nonce", "encrypted"])
def test_a_file_that_was_altered_does_not_open(key: Path, field: str) -> None:
    content = json.loads(key.read_bytes())
    content[field] = content[field][:-2] + ("00" if content[field][-2:] != "00" else "11")
    key.write_text(json.dumps(content))
    with pytest.raises(KeyFileError):
        read_signer(key, PASSPHRASE)


@pytest.mark.parametrize("content", [b"", b"{}", b"\xff", b'{"format":2}'])
def test_what_is_no_key_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "file").write_bytes(content)
    for read in (read_public_key, key_id, lambda file: read_signer(file, PASSPHRASE)):
        with pytest.raises(KeyFileError):
            read(tmp_path / "file")


def test_another_key_under_the_same_id_is_refused(key: Path) -> None:
    public = key.with_name("alice.pub.json")
    content = json.loads(public.read_bytes())
    content["keyval"] = CryptoSigner.generate_ed25519().public_key.keyval
    public.write_text(json.dumps(content))
    with pytest.raises(KeyFileError, match="another key than its id says"):
        read_public_key(public)


def test_a_short_passphrase_is_refused_and_no_key_is_replaced(tmp_path: Path) -> None:
    with pytest.raises(KeyFileError, match="fewer than 16"):
        new_key(tmp_path, "bob", "short")
    assert list(tmp_path.iterdir()) == []
    new_key(tmp_path, "bob", PASSPHRASE)
    with pytest.raises(FileExistsError):
        new_key(tmp_path, "bob", PASSPHRASE)
