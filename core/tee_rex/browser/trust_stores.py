"""Where this user's browsers look for the certificate authorities they trust, and how ours gets there.

Linux: NSS databases, one for Chromium's relatives and one for each profile of Firefox. macOS: the login
keychain; Windows: the current user's root certificates; Firefox reads these two as well. Browsers in a Snap
or a Flatpak keep stores of their own, which nobody should change from outside.

A store is asked for every authority whose name begins with AUTHORITY_NAME, so that it can also be freed of
those whose files are lost.
"""

from __future__ import annotations

import configparser
import os
import re
import shutil
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import Final, TypeAlias

from tee_rex.browser.certificates import AUTHORITY_NAME, Authority
from tee_rex.errors import Message, TeeRexError, message
from tee_rex.errors.catalogue.browser import CERTUTIL_MISSING, TRUST_STORE_FAILED, TRUST_STORE_LOCKED
from tee_rex.system.child_process import (
    BoundsExceededError,
    Finished,
    environment_for_programs,
    run_to_end,
)
from tee_rex.system.files import open_regular
from tee_rex.system.text import os_reason, quoted

Run: TypeAlias = Callable[[Sequence[str | Path]], Awaitable[Finished]]
"""Runs a program to its end; raises TimeoutError, OSError, BoundsExceededError."""

_SECONDS: Final = 60.0
"""certutil takes 0.03 s, unless a browser holds its database."""
_SECONDS_TO_ANSWER: Final = 300.0
"""macOS asks for the user's password, Windows whether the user is sure."""
_MAX_PROFILES_BYTES: Final = 100_000
"""profiles.ini has 100 bytes a profile."""

_NAME: Final = rb"(" + AUTHORITY_NAME.encode() + rb" [0-9a-f]{16})"
_IN_NSS: Final = re.compile(rb"^" + _NAME + rb" +([A-Za-z]*),[A-Za-z]*,[A-Za-z]* *$", re.MULTILINE)
_IN_KEYCHAIN: Final = re.compile(rb'^ *"labl"<blob>="' + _NAME + rb'"\r?$', re.MULTILINE)
_IN_TRUST_SETTINGS: Final = re.compile(rb"^Cert \d+: " + _NAME + rb"\r?$", re.MULTILINE)
_IN_WINDOWS: Final = re.compile(rb"^CN=" + _NAME + rb"\r?$", re.MULTILINE)
_LIST_WINDOWS: Final = (
    r"Get-ChildItem Cert:\CurrentUser\Root | "
    f"Where-Object Subject -Like 'CN={AUTHORITY_NAME} *' | ForEach-Object Subject"
)

_CHROMIUMS: Final = (
    *("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "brave-browser"),
    *("microsoft-edge", "microsoft-edge-stable", "vivaldi", "vivaldi-stable", "opera"),
)
_SNAPS: Final = {"chromium": "Chromium", "firefox": "Firefox", "brave": "Brave", "opera": "Opera"}
_FLATPAKS: Final = {
    "org.mozilla.firefox": "Firefox",
    "org.chromium.Chromium": "Chromium",
    "com.google.Chrome": "Chrome",
    "com.brave.Browser": "Brave",
    "com.microsoft.Edge": "Edge",
    "com.vivaldi.Vivaldi": "Vivaldi",
    "com.opera.Opera": "Opera",
    "io.github.ungoogled_software.ungoogled_chromium": "Ungoogled Chromium",
}
_CERTUTIL_PACKAGES: Final = {
    "apt-get": "sudo apt install libnss3-tools",
    "dnf": "sudo dnf install nss-tools",
    "zypper": "sudo zypper install mozilla-nss-tools",
    "pacman": "sudo pacman -S nss",
    "apk": "sudo apk add nss-tools",
}


class TrustState(StrEnum):
    """Whether a store trusts our authority.

    OUTDATED: it trusts one of ours that is no longer used. UNKNOWN: it could not be read. UNREACHABLE: it
    belongs to a browser in a Snap or a Flatpak.
    """

    TRUSTED = "trusted"
    OUTDATED = "outdated"
    NOT_TRUSTED = "not-trusted"
    UNKNOWN = "unknown"
    UNREACHABLE = "unreachable"


@dataclass(frozen=True, slots=True)
class StoreStatus:
    """What is known of one store. problem: why it is not as it was asked to be."""

    browsers: Message
    place: str
    state: TrustState
    problem: TeeRexError | None = None

    def fields(self) -> dict[str, str]:
        """For JSON."""
        problem = self.problem
        return {
            "browsers": str(self.browsers),
            "place": self.place,
            "state": self.state.value,
            "reason": problem.message if problem else "",
            "hint": problem.hint if problem else "",
        }


@dataclass(frozen=True)
class TrustStore(ABC):
    """One store of the authorities that browsers trust.

    browsers: those that use it. place: the store itself, for people.
    """

    browsers: Message
    place: str

    async def status(self, authority: Authority | None) -> StoreStatus:
        """Whether it trusts this authority."""
        try:
            listed = await self._listed()
        except TeeRexError as error:
            return StoreStatus(self.browsers, self.place, TrustState.UNKNOWN, error)
        state = TrustState.OUTDATED if any(listed.values()) else TrustState.NOT_TRUSTED
        if authority is not None and listed.get(authority.name):
            state = TrustState.TRUSTED
        return StoreStatus(self.browsers, self.place, state)

    async def add(self, authority: Authority, file: Path) -> None:
        """Trust this authority for websites, and no other of ours. file: its PEM.

        Raises TRUST_STORE_FAILED, TRUST_STORE_LOCKED, CERTUTIL_MISSING.
        """
        await self._add(authority, file)
        for name in (await self._listed()).keys() - {authority.name}:
            await self._remove(name)

    async def remove(self) -> None:
        """Remove every authority of ours; raises TRUST_STORE_FAILED, CERTUTIL_MISSING."""
        for name in await self._listed():
            await self._remove(name)

    @abstractmethod
    async def _listed(self) -> dict[str, bool]:
        """The names of the authorities of ours that are in it, and whether it trusts them."""

    @abstractmethod
    async def _add(self, authority: Authority, file: Path) -> None: ...

    @abstractmethod
    async def _remove(self, name: str) -> None: ...

    async def _output(self, run: Run, command: Sequence[str | Path], *, may_fail: bool = False) -> bytes:
        """What a program prints; raises TRUST_STORE_FAILED."""
        program, diagnostics = Path(command[0]).name, ""
        try:
            done = await run(command)
        except (TimeoutError, BoundsExceededError):
            reason = message("{program} did not end in time", program=program)
        except OSError as error:
            reason = message("{reason}", reason=os_reason(error))
        else:
            if done.returncode == 0 or may_fail:
                return done.stdout
            diagnostics = (done.stderr or done.stdout).decode(errors="replace")
            reason = message("{said}", said=quoted(diagnostics))
            if not str(reason):
                reason = message("{program} ended with code {code}", program=program, code=done.returncode)
        raise TRUST_STORE_FAILED(place=self.place, reason=reason, diagnostics=diagnostics)


@dataclass(frozen=True)
class NssStore(TrustStore):
    """An NSS database, changed by certutil of NSS's tools, which makes it when it does not exist.

    certutil: None when it is not installed. installation: the command that installs it.
    """

    folder: Path
    certutil: str | None
    installation: str
    run: Run

    async def _listed(self) -> dict[str, bool]:
        if not os.access(self.folder / "cert9.db", os.F_OK):
            return {}
        return listed_by_certutil(await self._run("-L"))

    async def _add(self, authority: Authority, file: Path) -> None:
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise TRUST_STORE_FAILED(place=self.place, reason=os_reason(error)) from error
        try:
            # Instead of asking for Firefox's primary password on a terminal, it reads an empty one.
            await self._run("-A", "-n", authority.name, "-t", "C,,", "-i", file, "-f", os.devnull)
        except TeeRexError as error:
            if "SEC_ERROR_BAD_PASSWORD" not in error.diagnostics:
                raise
            if authority.name in await self._listed():  # without any trust
                await self._remove(authority.name)
            raise TRUST_STORE_LOCKED(place=self.place, file=str(file)) from error

    async def _remove(self, name: str) -> None:
        await self._run("-D", "-n", name)

    async def _run(self, command: str, *arguments: str | Path) -> bytes:
        if self.certutil is None:
            raise CERTUTIL_MISSING(command=self.installation, package=self.installation.split()[-1])
        argv: list[str | Path] = [self.certutil, command, "-d", f"sql:{self.folder}", *arguments]
        return await self._output(self.run, argv)


@dataclass(frozen=True)
class KeychainStore(TrustStore):
    """The login keychain of macOS, changed by ``security``, for which macOS asks for the user's password."""

    keychain: Path
    run: Run

    async def _listed(self) -> dict[str, bool]:
        # Both fail where there is nothing to list.
        listing = ("find-certificate", "-a", "-c", AUTHORITY_NAME, self.keychain)
        kept = await self._security(*listing, may_fail=True)
        trusted = await self._security("dump-trust-settings", may_fail=True)
        return listed_by_security(kept, trusted)

    async def _add(self, authority: Authority, file: Path) -> None:
        del authority
        await self._security("add-trusted-cert", "-r", "trustRoot", "-p", "ssl", "-k", self.keychain, file)

    async def _remove(self, name: str) -> None:
        await self._security("delete-certificate", "-c", name, "-t", self.keychain)

    async def _security(self, *arguments: str | Path, may_fail: bool = False) -> bytes:
        return await self._output(self.run, ["/usr/bin/security", *arguments], may_fail=may_fail)


@dataclass(frozen=True)
class WindowsStore(TrustStore):
    """The root certificates of Windows' current user; Windows asks whether the user is sure.

    programs: Windows' folder System32.
    """

    programs: Path
    run: Run

    async def _listed(self) -> dict[str, bool]:
        shell = self.programs / "WindowsPowerShell" / "v1.0" / "powershell.exe"
        command: list[str | Path] = [shell, "-NoProfile", "-NonInteractive", "-Command", _LIST_WINDOWS]
        return listed_by_powershell(await self._output(self.run, command))

    async def _add(self, authority: Authority, file: Path) -> None:
        del authority
        await self._certutil("-addstore", "Root", file)

    async def _remove(self, name: str) -> None:
        await self._certutil("-delstore", "Root", name)

    async def _certutil(self, *arguments: str | Path) -> None:
        await self._output(self.run, [self.programs / "certutil.exe", "-user", *arguments])


@dataclass(frozen=True)
class UnreachableStore(TrustStore):
    """The store of a browser in a Snap or a Flatpak: it is only named."""

    async def status(self, authority: Authority | None) -> StoreStatus:
        """It is unreachable."""
        del authority
        return StoreStatus(self.browsers, self.place, TrustState.UNREACHABLE)

    async def _listed(self) -> dict[str, bool]:
        return {}

    async def _add(self, authority: Authority, file: Path) -> None:
        del authority, file

    async def _remove(self, name: str) -> None:
        del name


def find_trust_stores(
    system: str, home: Path, environ: Mapping[str, str], *, root: Path = Path("/")
) -> list[TrustStore]:
    """The stores of the browsers of one user.

    system: as ``sys.platform``. home: the user's home folder. root: of the file system.
    """
    environment = environment_for_programs(environ)
    run, run_with_question = (
        partial(run_to_end, cwd=home, seconds=seconds, environment=environment)
        for seconds in (_SECONDS, _SECONDS_TO_ANSWER)
    )
    if system == "darwin":
        keychain = home / "Library" / "Keychains" / "login.keychain-db"
        browsers = message("Safari, Chrome, Edge, Firefox 120 and newer")
        return [KeychainStore(browsers, str(keychain), keychain, run_with_question)]
    if system == "win32":
        programs = Path(environ.get("SYSTEMROOT", r"C:\Windows"), "System32")
        browsers = message("Chrome, Edge, Firefox 120 and newer")
        return [WindowsStore(browsers, r"Cert:\CurrentUser\Root", programs, run_with_question)]
    path = environ.get("PATH")
    certutil = shutil.which("certutil", path=path)
    installation = next(
        (command for program, command in _CERTUTIL_PACKAGES.items() if shutil.which(program, path=path)),
        _CERTUTIL_PACKAGES["apt-get"],
    )
    return [
        *(
            NssStore(browsers, str(folder), folder, certutil, installation, run)
            for folder, browsers in (*_chromium(home, environ), *_firefox(home, environ))
        ),
        *(UnreachableStore(browsers, place) for browsers, place in _confined(home, root)),
    ]


def _chromium(home: Path, environ: Mapping[str, str]) -> list[tuple[Path, Message]]:
    """The databases of Chromium and its relatives.

    The old one counts, if it exists, and else the one in XDG_DATA_HOME (Chromium 156); older ones know the
    old one alone. So it is made where a Chromium has not made either yet.
    """
    old = home / ".pki" / "nssdb"
    new = Path(environ.get("XDG_DATA_HOME") or home / ".local" / "share", "pki", "nssdb")
    found = [folder for folder in (old, new) if os.access(folder, os.F_OK)]
    if not found and any(_outside_snap(shutil.which(name, path=environ.get("PATH"))) for name in _CHROMIUMS):
        found = [old]
    return [(folder, message("Chromium, Chrome, Edge, Brave, Vivaldi, Opera")) for folder in found]


def _outside_snap(program: str | None) -> bool:
    """/snap/bin/chromium is a link to snap itself."""
    return program is not None and not program.startswith("/snap/")


def _firefox(home: Path, environ: Mapping[str, str]) -> Iterator[tuple[Path, Message]]:
    """The databases of Firefox's profiles, in the old folder and that of Firefox 147 and newer."""
    config = Path(environ.get("XDG_CONFIG_HOME") or home / ".config")
    for folder in (home / ".mozilla" / "firefox", config / "mozilla" / "firefox"):
        try:
            with open_regular(folder / "profiles.ini") as file:
                content = file.read(_MAX_PROFILES_BYTES + 1)
        except OSError:
            continue
        for profile in firefox_profiles(content):
            path = folder / profile
            if os.access(path / "cert9.db", os.F_OK):  # Firefox makes it at its first start
                yield path, message("Firefox, profile {name}", name=path.name)


def _confined(home: Path, root: Path) -> Iterator[tuple[Message, str]]:
    """Browsers in a Snap or a Flatpak, and where they keep what they trust."""
    for name, browser in _SNAPS.items():
        kept = home / "snap" / name
        if os.access(kept, os.F_OK) or os.access(root / "snap" / "bin" / name, os.F_OK):
            yield message("{browser} (Snap)", browser=browser), str(kept)
    installed = (root / "var" / "lib" / "flatpak" / "app", home / ".local" / "share" / "flatpak" / "app")
    for name, browser in _FLATPAKS.items():
        kept = home / ".var" / "app" / name
        if any(os.access(folder, os.F_OK) for folder in (kept, *(apps / name for apps in installed))):
            yield message("{browser} (Flatpak)", browser=browser), str(kept)


def listed_by_certutil(untrusted: bytes) -> dict[str, bool]:
    """The authorities of ours in the listing of NSS's ``certutil -L``, and whether websites may have them."""
    return {name.decode(): b"C" in trust for name, trust in _IN_NSS.findall(untrusted)}


def listed_by_security(untrusted_certificates: bytes, untrusted_settings: bytes) -> dict[str, bool]:
    """The authorities of ours in macOS's listings of certificates and of trust settings."""
    trusted = {name.decode() for name in _IN_TRUST_SETTINGS.findall(untrusted_settings)}
    kept = {name.decode() for name in _IN_KEYCHAIN.findall(untrusted_certificates)}
    return {name: name in trusted for name in kept | trusted}


def listed_by_powershell(untrusted: bytes) -> dict[str, bool]:
    """The authorities of ours among the subjects of Windows' root certificates, which are all trusted."""
    return {name.decode(): True for name in _IN_WINDOWS.findall(untrusted)}


def firefox_profiles(untrusted: bytes) -> list[Path]:
    """The profiles' folders in Firefox's profiles.ini, relative to its folder or absolute.

    None if it is not in Firefox's format, or too long.
    """
    parser = configparser.RawConfigParser(delimiters=("=",), comment_prefixes=("#", ";"), strict=False)
    try:
        if len(untrusted) <= _MAX_PROFILES_BYTES:
            parser.read_string(untrusted.decode("utf-8-sig"))
    except (configparser.Error, UnicodeDecodeError):
        return []
    paths = (parser.get(section, "Path", fallback="") for section in parser.sections())
    return [Path(path) for path in dict.fromkeys(paths) if path and path.isprintable()]
