"""What an image takes from Debian's packages and from wheels, without what no enclave uses."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from typing import Final

_LIBRARIES: Final = "usr/lib/x86_64-linux-gnu/"
_LOADER: Final = "usr/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2"

PACKAGES: Final[Mapping[str, tuple[str, ...]]] = {
    "libc6": (
        "ld-linux-x86-64.so.2",
        "libc.so.6",
        "libm.so.6",
        "libdl.so.2",
        "libpthread.so.0",
        "librt.so.1",
    ),
    "libexpat1": ("libexpat.so.1",),
    "libffi8": ("libffi.so.8",),
    "libgcc-s1": ("libgcc_s.so.1",),
    "libmpdec4": ("libmpdec.so.4",),
    "libpython3.13-minimal": (),
    "libpython3.13-stdlib": (),
    "libssl3t64": ("libcrypto.so.3", "libssl.so.3"),
    "libstdc++6": ("libstdc++.so.6",),
    "libzstd1": ("libzstd.so.1",),
    "python3.13-minimal": (),
    "zlib1g": ("libz.so.1",),
}
"""Each package with the libraries to keep, under the names that programs load them by."""

_EXTENSION_MODULES: Final = (
    "_asyncio", "_contextvars", "_ctypes", "_decimal", "_hashlib", "_interpchannels", "_interpqueues",
    "_interpreters", "_queue", "_ssl", "mmap", "resource",
)  # fmt: skip
"""The extension modules of the standard library to keep; Debian builds most others into the interpreter."""

_UNUSED_IN_PYTHON: Final = (
    # Tests and examples.
    "test/*", "__hello__.py", "__phello__/*", "antigravity.py", "this.py", "turtle*", "*/idle_test/*",
    # Running, editing, inspecting or packaging programs: nobody works inside an enclave.
    "_pyrepl/*", "bdb.py", "cProfile.py", "cmd.py", "code.py", "codeop.py", "compileall.py", "doctest.py",
    "ensurepip/*", "idlelib/*", "lib2to3/*", "modulefinder.py", "pdb.py", "profile.py", "pstats.py", "pty.py",
    "pyclbr.py", "pydoc.py", "pydoc_data/*", "rlcompleter.py", "tabnanny.py", "trace.py",
    "unittest/*", "venv/*", "zipapp.py",
    # Terminals, windows, sound, mailboxes, databases and protocols that the server does not use.
    "curses/*", "dbm/*", "ftplib.py", "imaplib.py", "mailbox.py", "poplib.py", "shelve.py", "smtplib.py",
    "sqlite3/*", "tkinter/*", "wave.py", "webbrowser.py", "xmlrpc/*",
    # Other systems, the distribution's own settings, and how Python was compiled.
    "_aix_support.py", "_android_support.py", "_apple_support.py", "_ios_support.py", "_osx_support.py",
    "_distutils_system_mod.py", "_sysconfigdata_*", "config-3*", "sitecustomize.py", "ntpath.py.orig",
    # Regional settings and encodings of other scripts.
    "encodings/big5*", "encodings/cp[0-9]*", "encodings/euc_*", "encodings/gb*", "encodings/hp_roman8.py",
    "encodings/hz.py", "encodings/iso*", "encodings/johab.py", "encodings/kz1048.py", "encodings/koi8_*",
    "encodings/mac_*", "encodings/ptcp154.py", "encodings/shift_jis*", "encodings/tis_620.py",
)  # fmt: skip
_USED_EXCEPTIONS: Final = ("encodings/iso8859_1.py", "encodings/cp437.py")

OMITTED_DISTRIBUTIONS: Final[Mapping[str, str]] = {
    "httpx2": "downloads; an enclave has no network",
    "pycparser": "compiles cffi declarations, never at run time",
    "rich": "draws on terminals",
    "tuf": "checks updates, which an enclave does not fetch",
    "typer": "the command line",
}
"""Our dependencies that are not in an image, each with the reason; all others are pinned for it."""

_UNUSED_IN_WHEELS: Final = (
    "*.dist-info/*", "*.data/*", "*.pyi", "*.pxd", "*.h", "*.c", "*.typed", "*.md", "*.txt", "*.exe",
    "*/tests/*", "*/test/*", "*/_pyinstaller/*", "*/__pyinstaller/*",
    # Other systems.
    "psutil/_psaix.py", "psutil/_psbsd.py", "psutil/_psosx.py", "psutil/_pssunos.py", "psutil/_pswindows.py",
)  # fmt: skip
_MAX_UNPACKED_BYTES: Final = 64 << 20


def runtime_files(
    python: str, packages: Mapping[str, Mapping[str, tuple[bytes, bool]]]
) -> Iterator[tuple[str, bytes, bool]]:
    """Path, content and executability of each file to keep from Debian's packages; .py files are sources.

    python: ``3.13``. packages: the files of every package by its name.
    """
    for package, libraries in PACKAGES.items():
        files = packages[package]
        for library in libraries:
            path = _LIBRARIES + library
            content, _executable = files[path]
            yield path, content, path == _LOADER
        for path, (content, executable) in sorted(files.items()):
            if path == f"usr/bin/python{python}":
                yield path, content, executable
            elif _is_kept(path, python):
                yield path, content, False


def _is_kept(path: str, python: str) -> bool:
    folder = f"usr/lib/python{python}/"
    if not path.startswith(folder):
        return False
    name = path.removeprefix(folder)
    if name.startswith("lib-dynload/"):
        return name.removeprefix("lib-dynload/").partition(".")[0] in _EXTENSION_MODULES
    if not name.endswith(".py"):
        return False
    return name in _USED_EXCEPTIONS or not any(fnmatchcase(name, pattern) for pattern in _UNUSED_IN_PYTHON)


def wheel_files(wheel: bytes) -> Iterator[tuple[str, bytes]]:
    """Path below site-packages, and content, of each file to keep from a wheel; .py files are sources."""
    with zipfile.ZipFile(io.BytesIO(wheel)) as archive:
        for member in sorted(archive.infolist(), key=lambda member: member.filename):
            if member.file_size > _MAX_UNPACKED_BYTES:
                raise ValueError(f"{member.filename} is larger than any file of a pinned wheel")
            if not member.is_dir() and not any(fnmatchcase(member.filename, p) for p in _UNUSED_IN_WHEELS):
                yield member.filename, archive.read(member)
