from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.errors import raises
from tee_rex.errors import UnusableEnvironmentError
from tee_rex.errors.catalogue.runtime import RUNTIME_DOWNLOAD_FAILED
from tee_rex.runtime.apt import (
    AptMachine,
    AptSource,
    archive_stanza,
    bytes_in_uris,
    main_archives,
    parse_deb822,
    parse_one_line,
    read_apt_sources,
)

_KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg"
_DEBIAN = AptSource("http://debian.example/debian", "bookworm", ("main",), _KEYRING)


def test_the_deb822_file_of_a_debian_image() -> None:
    text = f"""Types: deb
# a comment inside a stanza
URIs: http://debian.example/debian
Suites: bookworm bookworm-updates
Components: main
Signed-By: {_KEYRING}

Types: deb-src
URIs: http://debian.example/debian
Suites: bookworm
Components: main

Types: deb deb-src
Enabled: no
URIs: http://disabled.example/debian
Suites: bookworm
Components: main
"""
    assert parse_deb822(text) == [
        _DEBIAN,
        AptSource("http://debian.example/debian", "bookworm-updates", ("main",), _KEYRING),
    ]


def test_a_key_inside_a_deb822_file_is_kept_line_by_line() -> None:
    key = "\n -----BEGIN PGP PUBLIC KEY BLOCK-----\n .\n mQINBF\n -----END PGP PUBLIC KEY BLOCK-----"
    text = f"types: deb\nuris: https://a.example/ubuntu\nsuites: noble\ncomponents: main\nsigned-by:{key}\n"
    assert parse_deb822(text) == [AptSource("https://a.example/ubuntu", "noble", ("main",), key)]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("deb http://a/debian bookworm main", [AptSource("http://a/debian", "bookworm", ("main",), "")]),
        (
            "  deb [ arch=amd64 signed-by=/k.gpg trusted=yes ]  http://a/debian\tsid main contrib # note",
            [AptSource("http://a/debian", "sid", ("main", "contrib"), "/k.gpg")],
        ),
        (
            "deb mirror+file:/etc/apt/mirrors.txt jammy main",
            [AptSource("mirror+file:/etc/apt/mirrors.txt", "jammy", ("main",), "")],
        ),
        ("# deb http://a/debian bookworm main", []),
        ("deb-src http://a/debian bookworm main", []),
        ("deb http://a/flat ./", []),
        ("deb cdrom:[Debian 12 _Bookworm_ - amd64]/ bookworm main", []),
        ("deb [signed-by=/k.gpg http://a/debian bookworm main", []),
    ],
)
def test_the_one_line_format(line: str, expected: list[AptSource]) -> None:
    assert parse_one_line(f"\n{line}\n\n") == expected


def test_all_files_of_a_machine_are_read_in_apts_order(tmp_path: Path) -> None:
    parts = tmp_path / "sources.list.d"
    parts.mkdir()
    (tmp_path / "sources.list").write_text("deb http://first/debian s main\n")
    (parts / "b.list").write_bytes(b"deb http://third/debian s main \xff\n")
    (parts / "a.sources").write_text("Types: deb\nURIs: http://second/debian\nSuites: s\nComponents: main\n")
    (parts / "c.list.save").write_text("deb http://ignored/debian s main\n")
    (parts / "d.list").mkdir()
    uris = [source.uri for source in read_apt_sources(tmp_path)]
    assert uris == ["http://first/debian", "http://second/debian", "http://third/debian"]


def test_a_machine_without_any_sources(tmp_path: Path) -> None:
    assert read_apt_sources(tmp_path / "missing") == []


_FOREIGN = AptSource("https://packages.example/stable", "bookworm", ("main",), "")
_UBUNTU = AptSource("http://ubuntu.example/ubuntu/", "jammy", ("main", "restricted"), "")
_PORTS = AptSource("http://ports.example/ubuntu-ports", "jammy", ("main",), "")


@pytest.mark.parametrize(
    ("os_release", "suite", "archives"),
    [
        ({"ID": "debian"}, "trixie", [_DEBIAN, _FOREIGN, _UBUNTU, _PORTS]),
        ({"ID": "ubuntu", "ID_LIKE": "debian"}, "noble", [_UBUNTU, _PORTS, _FOREIGN, _DEBIAN]),
        ({"ID": "linuxmint", "ID_LIKE": "ubuntu debian"}, "noble", [_UBUNTU, _PORTS, _FOREIGN, _DEBIAN]),
        ({"ID": "raspbian", "ID_LIKE": "debian"}, "trixie", [_DEBIAN, _FOREIGN, _UBUNTU, _PORTS]),
    ],
)
def test_the_distributions_own_archive_comes_first(
    os_release: dict[str, str], suite: str, archives: list[AptSource]
) -> None:
    others = [
        AptSource("http://debian.example/debian", "bookworm-updates", ("main",), ""),
        AptSource("http://security.example", "bookworm/updates", ("main",), ""),
        AptSource("https://download.example/linux/debian", "bookworm", ("stable",), ""),
        AptSource("cdrom:/debian", "bookworm", ("main",), ""),
    ]
    assert main_archives([*others, _FOREIGN, _DEBIAN, _UBUNTU, _PORTS, _DEBIAN], os_release) == (
        suite,
        archives,
    )


@pytest.mark.parametrize(
    ("os_release", "sources"), [({"ID": "fedora"}, [_DEBIAN]), ({}, [_DEBIAN]), ({"ID": "debian"}, [])]
)
def test_nothing_to_try(os_release: dict[str, str], sources: list[AptSource]) -> None:
    with pytest.raises(UnusableEnvironmentError) as caught:
        main_archives(sources, os_release)
    assert "glibc 2.39" in caught.value.hint


_LINE = st.lists(
    st.sampled_from(["deb", "deb-src", "[", "]", "signed-by=", "/k.gpg", "http://a/debian", "main", "#"])
    | st.text(max_size=4),
    max_size=8,
).map(" ".join)
_FIELD = st.builds(
    "{}{} {}".format,
    st.sampled_from(["Types", "URIs", "Suites", "Components", "Signed-By", "Enabled", " ", "\t", ""]),
    st.sampled_from([":", ""]),
    _LINE,
)


@given(st.lists(_LINE | _FIELD, max_size=12).map("\n".join) | st.text())
def test_whatever_is_read_makes_a_stanza_that_names_the_same_archive(text: str) -> None:
    for source in [*parse_one_line(text), *parse_deb822(text)]:
        assert parse_deb822(archive_stanza(source, "trixie", "amd64")) == [
            AptSource(source.uri, suite, ("main",), source.signed_by)
            for suite in ("trixie", "trixie-updates")
        ]


@pytest.mark.parametrize(
    ("listed", "size"),
    [
        (
            b"'http://d/libc6.deb' libc6.deb 2850108 SHA256:ab\n'http://d/l.deb' l.deb 72772 SHA256:cd\n",
            2922880,
        ),
        (b"'http://d/libc6.deb' libc6.deb 2850108 \n", 2850108),
        (b"'http://d/libc6.deb' libc6.deb 2850108\nWhat is this?\n", None),
        (b"'http://d/libc6.deb' libc6.deb -5 SHA256:ab\n", None),
        (b"", None),
        (b"\xff", None),
    ],
    ids=range(6),
)
def test_the_sizes_that_apt_prints_are_added_up(listed: bytes, size: int | None) -> None:
    assert bytes_in_uris(listed) == size


# As the real one when it is killed: its own temporary files stay.
APT = """#!/bin/sh
touch "$TMPDIR/apt.conf.left" "$TMPDIR/apt.sig.left"
echo "E: it does not work here" >&2
exit 100
"""


async def test_nothing_of_apt_stays_when_it_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    temporary, folder, configuration = (tmp_path / name for name in ("tmp", "folder", "apt"))
    for path in (temporary, folder, configuration):
        path.mkdir()
    monkeypatch.setenv("TMPDIR", str(temporary))
    (configuration / "sources.list").write_text("deb https://debian.example/debian bookworm main\n")
    apt = tmp_path / "apt-get"
    apt.write_text(APT)
    apt.chmod(0o755)
    machine = AptMachine({"ID": "debian"}, configuration, apt)
    with raises(RUNTIME_DOWNLOAD_FAILED, match="it does not work here"):
        await machine.download(["libc6"], "amd64", folder)
    assert list(temporary.iterdir()) == []
    assert list(folder.iterdir()) == []
