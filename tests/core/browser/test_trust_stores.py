"""Where browsers keep what they trust, and the exact commands that change it."""

from __future__ import annotations

import asyncio
import os
import shutil
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest

from support.browser_home import BrowserHome, certutil, nicknames
from support.errors import raises_code
from support.proving_server import eventually
from tee_rex.browser.certificates import AUTHORITY_NAME, Authority, CertificateFolder, Certificates
from tee_rex.browser.trust_stores import (
    KeychainStore,
    NssStore,
    TrustState,
    TrustStore,
    WindowsStore,
    find_trust_stores,
    firefox_profiles,
)
from tee_rex.errors import message
from tee_rex.errors.catalogue.browser import CERTUTIL_MISSING, TRUST_STORE_FAILED, TRUST_STORE_LOCKED
from tee_rex.system.child_process import BoundsExceededError, Finished

NOW = datetime.now(UTC)
BROWSERS = message("Some browser")
OLD = f"{AUTHORITY_NAME} {'0' * 16}"


@pytest.fixture
def home(tmp_path: Path) -> BrowserHome:
    return BrowserHome(tmp_path)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> CertificateFolder:
    folder = CertificateFolder(tmp_path_factory.mktemp("https"))
    folder.write(Certificates.make(NOW))
    return folder


@pytest.fixture(scope="module")
def authority(folder: CertificateFolder) -> Authority:
    certificates = folder.read()
    assert certificates is not None
    return certificates.authority


class Recorded:
    """A runner that notes commands, and answers from a script."""

    def __init__(self, *answers: str | Exception | int) -> None:
        self.commands: list[list[str]] = []
        self._answers = list(answers)

    async def __call__(self, argv: Sequence[str | Path]) -> Finished:
        self.commands.append([*map(str, argv)])
        answer = self._answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        if isinstance(answer, int):
            return Finished(answer, b"", b"It said so.\n" if answer > 0 else b"")
        return Finished(0, answer.encode(), b"")


# macOS. Its commands were never run on one: their form is that of security(1).

KEYCHAIN = "/Users/a/Library/Keychains/login.keychain-db"
LISTED = ["/usr/bin/security", "find-certificate", "-a", "-c", AUTHORITY_NAME, KEYCHAIN]
SETTINGS = ["/usr/bin/security", "dump-trust-settings"]


def _keychain(run: Recorded) -> KeychainStore:
    return KeychainStore(BROWSERS, KEYCHAIN, Path(KEYCHAIN), run)


def _kept(*names: str) -> str:
    entries = (
        f'keychain: "{KEYCHAIN}"\nversion: 512\nclass: 0x80001000\nattributes:\n    "alis"<blob>="{name}"\n'
        f'    "issu"<blob>=0x3030  "00"\n    "labl"<blob>="{name}"\n'
        for name in names
    )
    return "".join(entries)


def _settings(*names: str) -> str:
    numbered = (
        f"Cert {number}: {name}\n   Number of trust settings : 1\n" for number, name in enumerate(names)
    )
    return "".join([f"Number of trusted certs = {len(names)}\n", *numbered])


async def test_macos_trusts_it_in_the_login_keychain_for_tls_alone(authority: Authority) -> None:
    both = _kept(OLD, authority.name)
    run = Recorded("", both, _settings(OLD, authority.name), "", _kept(authority.name), _settings())
    await _keychain(run).add(authority, Path("/data/ca.pem"))
    add = ["add-trusted-cert", "-r", "trustRoot", "-p", "ssl", "-k", KEYCHAIN, "/data/ca.pem"]
    assert run.commands == [
        ["/usr/bin/security", *add],
        LISTED,
        SETTINGS,
        ["/usr/bin/security", "delete-certificate", "-c", OLD, "-t", KEYCHAIN],
    ]


async def test_macos_removes_certificates_with_their_settings(authority: Authority) -> None:
    run = Recorded(_kept(authority.name), _settings(), "")
    await _keychain(run).remove()
    remove = ["/usr/bin/security", "delete-certificate", "-c", authority.name, "-t", KEYCHAIN]
    assert run.commands == [LISTED, SETTINGS, remove]


@pytest.mark.parametrize(
    ("kept", "trusted", "state"),
    [
        ([True], [True], TrustState.TRUSTED),
        ([True], [], TrustState.NOT_TRUSTED),
        ([], [], TrustState.NOT_TRUSTED),
        ([False], [False], TrustState.OUTDATED),
    ],
    ids=map(str, range(4)),
)
async def test_macos_tells_what_is_kept_from_what_is_trusted(
    kept: list[bool], trusted: list[bool], state: TrustState, authority: Authority
) -> None:
    names = {True: authority.name, False: OLD}
    run = Recorded(_kept(*(names[one] for one in kept)), _settings(*(names[one] for one in trusted)))
    assert (await _keychain(run).status(authority)).state is state
    # Without a certificate, and without a setting, security(1) fails.
    assert (await _keychain(Recorded(44, 1)).status(authority)).state is TrustState.NOT_TRUSTED


# Windows. Never run on one either.

SYSTEM32 = Path("C:/Windows/System32")
LISTED_BY_POWERSHELL = [
    str(SYSTEM32 / "WindowsPowerShell/v1.0/powershell.exe"),
    "-NoProfile",
    "-NonInteractive",
    "-Command",
    (
        "Get-ChildItem Cert:\\CurrentUser\\Root | Where-Object Subject -Like 'CN=TEE-Rex local CA *' "
        "| ForEach-Object Subject"
    ),
]
CERTUTIL = str(SYSTEM32 / "certutil.exe")


def _windows(run: Recorded) -> WindowsStore:
    return WindowsStore(BROWSERS, "Root", SYSTEM32, run)


async def test_windows_trusts_it_for_this_user_alone(authority: Authority) -> None:
    run = Recorded("", f"CN={OLD}\r\nCN={authority.name}\r\n", "")
    await _windows(run).add(authority, Path("/data/ca.pem"))
    assert run.commands == [
        [CERTUTIL, "-user", "-addstore", "Root", "/data/ca.pem"],
        LISTED_BY_POWERSHELL,
        [CERTUTIL, "-user", "-delstore", "Root", OLD],
    ]


async def test_windows_removes_every_one_of_ours(authority: Authority) -> None:
    run = Recorded(f"CN={OLD}\r\nCN={authority.name}\r\n", "", "")
    await _windows(run).remove()
    assert run.commands == [
        LISTED_BY_POWERSHELL,
        [CERTUTIL, "-user", "-delstore", "Root", OLD],
        [CERTUTIL, "-user", "-delstore", "Root", authority.name],
    ]
    assert (await _windows(Recorded("")).status(authority)).state is TrustState.NOT_TRUSTED
    listing = f"CN={authority.name}\r\n"
    assert (await _windows(Recorded(listing)).status(authority)).state is TrustState.TRUSTED


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (1, "It said so."),
        (-9, "certutil.exe ended with code -9"),
        (TimeoutError(), "certutil.exe did not end in time"),
        (BoundsExceededError(), "certutil.exe did not end in time"),
        (FileNotFoundError(2, "No such file or directory"), "No such file or directory"),
    ],
    ids=map(str, range(5)),
)
async def test_a_refusal_is_told(answer: int | Exception, reason: str, authority: Authority) -> None:
    with raises_code(TRUST_STORE_FAILED, reason):
        await _windows(Recorded(answer)).add(authority, Path("/data/ca.pem"))


async def test_what_cannot_be_listed_is_unknown(authority: Authority) -> None:
    status = await _windows(Recorded(1)).status(authority)
    assert status.state is TrustState.UNKNOWN
    assert status.problem is not None
    assert status.fields()["reason"] == "Root: It said so."


# Linux.


async def test_nss_is_changed_by_certutil(authority: Authority, tmp_path: Path) -> None:
    (tmp_path / "cert9.db").touch()
    listing = f"\n{'Certificate Nickname':60} Trust Attributes\n\n{OLD:60} C,,  \n{authority.name:60} C,,  \n"
    run = Recorded("", listing, "")
    await NssStore(BROWSERS, "", tmp_path, "/bin/certutil", "", run).add(authority, Path("/data/ca.pem"))
    database = ["-d", f"sql:{tmp_path}"]
    adding = ["-n", authority.name, "-t", "C,,", "-i", "/data/ca.pem", "-f", "/dev/null"]
    assert run.commands == [
        ["/bin/certutil", "-A", *database, *adding],
        ["/bin/certutil", "-L", *database],
        ["/bin/certutil", "-D", *database, "-n", OLD],
    ]


@pytest.mark.integration
async def test_a_fresh_database_trusts_it_until_it_is_removed(
    home: BrowserHome, authority: Authority, folder: CertificateFolder
) -> None:
    home.make_nss()
    (store,) = home.stores()
    assert (await store.status(authority)).state is TrustState.NOT_TRUSTED
    await store.add(authority, folder.authority_file)
    await store.add(authority, folder.authority_file)  # again changes nothing
    assert (await store.status(authority)).state is TrustState.TRUSTED
    assert nicknames(home.nss) == [authority.name]
    certutil("-A", home.nss, "-n", "leaf", "-t", ",,", "-i", str(folder.server_file))
    certutil("-V", home.nss, "-n", "leaf", "-u", "V", "-e")  # as a server's: exits with 0
    certutil("-D", home.nss, "-n", "leaf")
    await store.remove()
    assert nicknames(home.nss) == []
    assert (await store.status(authority)).state is TrustState.NOT_TRUSTED
    await store.remove()


@pytest.mark.integration
async def test_one_of_ours_takes_the_place_of_all_before(home: BrowserHome, tmp_path: Path) -> None:
    home.make_nss()
    (store,) = home.stores()
    before, after = Certificates.make(NOW), Certificates.make(NOW)
    for made, name in ((before, "before"), (after, "after")):
        (tmp_path / name).write_bytes(made.authority.pem)
    certutil("-A", home.nss, "-n", "A company's", "-t", "C,,", "-i", str(tmp_path / "before"))
    certutil("-D", home.nss, "-n", "A company's")
    await store.add(before.authority, tmp_path / "before")
    assert (await store.status(after.authority)).state is TrustState.OUTDATED
    assert (await store.status(None)).state is TrustState.OUTDATED
    await store.add(after.authority, tmp_path / "after")
    assert nicknames(home.nss) == [after.authority.name]


@pytest.mark.integration
async def test_certificates_of_others_stay(
    home: BrowserHome, authority: Authority, folder: CertificateFolder, tmp_path: Path
) -> None:
    home.make_nss()
    other = tmp_path / "other.pem"
    other.write_bytes(Certificates.make(NOW).authority.pem)
    certutil("-A", home.nss, "-n", "A company's CA", "-t", "C,,", "-i", str(other))
    (store,) = home.stores()
    await store.add(authority, folder.authority_file)
    await store.remove()
    assert nicknames(home.nss) == ["A company's CA"]


@pytest.mark.integration
async def test_a_primary_password_is_told_and_nothing_is_left(
    home: BrowserHome, authority: Authority, folder: CertificateFolder
) -> None:
    profile = home.make_profile("locked", password="correct horse")
    store = next(one for one in home.stores() if one.place == str(profile))
    with raises_code(TRUST_STORE_LOCKED, str(profile)):
        await store.add(authority, folder.authority_file)
    assert nicknames(profile) == []
    assert (await store.status(authority)).state is TrustState.NOT_TRUSTED
    await store.remove()


@pytest.mark.integration
async def test_a_damaged_database_is_unknown(home: BrowserHome, authority: Authority) -> None:
    home.nss.mkdir(parents=True)
    (home.nss / "cert9.db").write_bytes(os.urandom(5000))
    (store,) = home.stores()
    status = await store.status(authority)
    assert status.state is TrustState.UNKNOWN
    assert "SEC_ERROR_BAD_DATABASE" in status.fields()["reason"]


@pytest.mark.integration
async def test_cancelling_ends_certutil(
    home: BrowserHome, authority: Authority, folder: CertificateFolder, tmp_path: Path
) -> None:
    home.make_nss()
    slow = tmp_path / "bin" / "certutil"
    slow.parent.mkdir()
    slow.write_text(f"#!/bin/sh\necho $$ >{tmp_path}/pid\nexec sleep 1000\n")
    slow.chmod(0o755)
    environ = home.environ | {"PATH": f"{slow.parent}:{os.environ['PATH']}"}
    (store,) = find_trust_stores("linux", home.path, environ, root=tmp_path / "root")
    adding = asyncio.create_task(store.add(authority, folder.authority_file))
    await eventually(lambda: (tmp_path / "pid").exists() and (tmp_path / "pid").read_text())
    adding.cancel()
    await asyncio.wait([adding])
    assert adding.cancelled()
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "pid").read_text()), 0)


def _places(stores: Sequence[TrustStore], home: BrowserHome) -> list[str]:
    return [str(Path(store.place).relative_to(home.path)) for store in stores]


def _installed(folder: Path, *programs: str) -> dict[str, str]:
    folder.mkdir(exist_ok=True)
    for program in programs:
        (folder / program).touch(0o755)
    return {"PATH": str(folder)}


def test_where_no_browser_is_there_is_no_store(home: BrowserHome) -> None:
    assert find_trust_stores("linux", home.path, {"PATH": ""}, root=home.path) == []


def test_both_databases_of_chromium_are_found(home: BrowserHome, tmp_path: Path) -> None:
    (tmp_path / ".local/share/pki/nssdb").mkdir(parents=True)
    (tmp_path / "xdg/pki/nssdb").mkdir(parents=True)
    assert _places(home.stores(), home) == [".local/share/pki/nssdb"]
    environ = home.environ | {"XDG_DATA_HOME": str(tmp_path / "xdg")}
    assert _places(find_trust_stores("linux", tmp_path, environ, root=tmp_path), home) == ["xdg/pki/nssdb"]
    home.nss.mkdir(parents=True)
    assert _places(home.stores(), home) == [".pki/nssdb", ".local/share/pki/nssdb"]


@pytest.mark.parametrize("program", ["chromium", "google-chrome", "brave-browser", "microsoft-edge"])
def test_a_chromium_that_was_never_started_gets_a_database(
    home: BrowserHome, tmp_path: Path, program: str
) -> None:
    environ = _installed(tmp_path / "bin", program)
    assert _places(find_trust_stores("linux", tmp_path, environ, root=tmp_path), home) == [".pki/nssdb"]
    assert not home.nss.exists()


@pytest.mark.integration
async def test_that_database_is_made_by_the_first_authority(
    home: BrowserHome, authority: Authority, folder: CertificateFolder, tmp_path: Path
) -> None:
    tool = shutil.which("certutil")
    assert tool is not None
    environ = _installed(tmp_path / "bin", "chromium")
    (tmp_path / "bin" / "certutil").symlink_to(tool)
    (store,) = find_trust_stores("linux", tmp_path, environ, root=tmp_path)
    assert (await store.status(authority)).state is TrustState.NOT_TRUSTED
    await store.remove()
    assert not home.nss.exists()
    await store.add(authority, folder.authority_file)
    assert nicknames(home.nss) == [authority.name]


@pytest.mark.integration
def test_every_started_profile_of_firefox_is_found(home: BrowserHome, tmp_path: Path) -> None:
    old = home.make_profile("old")
    new = home.make_profile("new", ".config/mozilla/firefox")
    elsewhere = home.make_nss(tmp_path / "elsewhere")
    with (old.parent / "profiles.ini").open("a") as file:
        file.write(f"[Profile7]\nName=x\nIsRelative=0\nPath={elsewhere}\n\n[Profile8]\nPath=never.started\n")
    stores = {store.place: str(store.browsers) for store in home.stores() if "Firefox" in str(store.browsers)}
    assert list(stores) == [str(old), str(elsewhere), str(new)]
    assert stores[str(old)] == "Firefox, profile abcd1234.old"


@pytest.mark.parametrize(
    ("content", "paths"),
    [
        (b"", []),
        (
            b"[Install1]\nDefault=a\nLocked=1\n\n[Profile0]\nName=a\nIsRelative=1\nPath=a.default\n",
            ["a.default"],
        ),
        (
            b"[Profile0]\r\nPath=Profiles/a b\r\n[Profile1]\r\nPath=/elsewhere\r\n",
            ["Profiles/a b", "/elsewhere"],
        ),
        (b"\xef\xbb\xbf[Profile0]\nPath=a\n[Profile1]\nPath=a\n", ["a"]),
        (b"[Profile0]\nPath=a\nPath=b\n[Profile0]\nPath=c\n", ["c"]),
        (b"[Profile0]\nPath=100%\n", ["100%"]),
        (b"[Profile0]\nPath=a\0b\n[Profile1]\nPath=\n[General]\nVersion=2\n", []),
        (b"Path=a\n", []),
        (b"[Profile0]\nPath=\xff\n", []),
        (b"[Profile0]\nPath=a\n" + b"#" * 100_000, []),
    ],
    ids=map(str, range(10)),
)
def test_profiles_are_read_strictly(content: bytes, paths: list[str]) -> None:
    assert [str(path) for path in firefox_profiles(content)] == paths


async def test_browsers_in_snaps_and_flatpaks_are_named_and_never_claimed(
    home: BrowserHome, authority: Authority, tmp_path: Path
) -> None:
    (tmp_path / "snap/firefox").mkdir(parents=True)
    (tmp_path / "root/snap/bin").mkdir(parents=True)
    (tmp_path / "root/snap/bin/chromium").touch()
    (tmp_path / ".var/app/org.mozilla.firefox").mkdir(parents=True)
    (tmp_path / "root/var/lib/flatpak/app/com.google.Chrome").mkdir(parents=True)
    stores = find_trust_stores("linux", tmp_path, {"PATH": ""}, root=tmp_path / "root")
    assert [str(store.browsers) for store in stores] == [
        "Chromium (Snap)",
        "Firefox (Snap)",
        "Firefox (Flatpak)",
        "Chrome (Flatpak)",
    ]
    before = sorted(tmp_path.rglob("*"))
    for store in stores:
        await store.add(authority, tmp_path / "ca.pem")
        await store.remove()
        assert (await store.status(authority)).state is TrustState.UNREACHABLE
    assert sorted(tmp_path.rglob("*")) == before


def test_a_snap_on_the_path_does_not_count_as_a_chromium(home: BrowserHome) -> None:
    environ = {"PATH": "/snap/bin"}
    assert find_trust_stores("linux", home.path, environ, root=home.path) == []


@pytest.mark.parametrize(
    ("manager", "command"),
    [
        ("apt-get", "sudo apt install libnss3-tools"),
        ("dnf", "sudo dnf install nss-tools"),
        ("zypper", "sudo zypper install mozilla-nss-tools"),
        ("pacman", "sudo pacman -S nss"),
        (None, "sudo apt install libnss3-tools"),
    ],
    ids=str,
)
async def test_without_certutil_the_package_is_named(
    home: BrowserHome, authority: Authority, tmp_path: Path, manager: str | None, command: str
) -> None:
    home.nss.mkdir(parents=True)
    (home.nss / "cert9.db").touch()
    environ = _installed(tmp_path / "bin", *filter(None, [manager]))
    (store,) = find_trust_stores("linux", tmp_path, environ, root=tmp_path)
    with raises_code(CERTUTIL_MISSING) as caught:
        await store.add(authority, tmp_path / "ca.pem")
    hint = f"Install the package {command.rsplit(maxsplit=1)[-1]}, then try again. Run: {command}"
    assert caught.value.hint == hint
    status = await store.status(authority)
    assert (status.state, status.fields()["hint"]) == (TrustState.UNKNOWN, hint)


def test_other_systems_have_one_store(tmp_path: Path) -> None:
    (mac,) = find_trust_stores("darwin", Path("/Users/a"), {})
    assert isinstance(mac, KeychainStore)
    assert mac.place == KEYCHAIN
    (windows,) = find_trust_stores("win32", tmp_path, {"SYSTEMROOT": "C:/Windows"})
    assert isinstance(windows, WindowsStore)
    assert windows.programs == SYSTEM32
