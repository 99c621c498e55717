from __future__ import annotations

import io
import tarfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tee_rex_server.image.debian_package import package_files


def _ar(*members: tuple[str, bytes]) -> bytes:
    archive = b"!<arch>\n"
    for name, content in members:
        archive += f"{name:<16}{0:<12}{0:<6}{0:<6}{'100644':<8}{len(content):<10}`\n".encode() + content
        archive += b"\n" * (len(content) % 2)
    return archive


def _data(*entries: tuple[str, bytes | str, int]) -> bytes:
    """Each: path, content or the target of a link, permissions."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:xz") as archive:
        for path, content, permissions in entries:
            member = tarfile.TarInfo(path)
            member.mode = permissions
            if isinstance(content, str):
                member.type, member.linkname = tarfile.SYMTYPE, content
                archive.addfile(member)
            else:
                member.size = len(content)
                archive.addfile(member, io.BytesIO(content))
    return buffer.getvalue()


def _package(*entries: tuple[str, bytes | str, int]) -> bytes:
    return _ar(("debian-binary", b"2.0\n"), ("control.tar.xz", b"odd"), ("data.tar.xz", _data(*entries)))


def test_files_and_targets_of_links() -> None:
    package = _package(
        ("./usr/lib/libx.so.1.2", b"library", 0o644),
        ("./usr/lib/libx.so.1", "libx.so.1.2", 0o777),
        ("./usr/lib64/ld.so", "../lib/ld-real.so", 0o777),
        ("./usr/lib/ld-real.so", b"loader", 0o755),
        ("./lib/absolute", "/usr/lib/libx.so.1.2", 0o777),
        ("./usr/share/dangling", "../nowhere", 0o777),
    )
    assert package_files(package) == {
        "usr/lib/libx.so.1.2": (b"library", False),
        "usr/lib/libx.so.1": (b"library", False),
        "usr/lib64/ld.so": (b"loader", True),
        "usr/lib/ld-real.so": (b"loader", True),
        "lib/absolute": (b"library", False),
    }


ODD_SIZES = (b"-60", b"+4", b"1_0", b"", b"x", "²".encode())


@given(st.binary(max_size=200))
def test_other_bytes_are_refused(rest: bytes) -> None:
    with pytest.raises(ValueError, match="not a Debian package"):
        package_files(b"!<arch>\n" + rest)


@pytest.mark.parametrize(
    ("package", "part"),
    [
        (b"", "no ar archive"),
        (_ar(("debian-binary", b"2.0\n")), "no data archive"),
        (_ar(("debian-binary", b"2.0\n"))[:-10], "truncated"),
        *(
            (b"!<arch>\n" + b"debian-binary".ljust(48) + size.ljust(10) + b"`\n", "truncated")
            for size in ODD_SIZES
        ),
    ],
)
def test_invalid_packages(package: bytes, part: str) -> None:
    with pytest.raises(ValueError, match=part):
        package_files(package)
