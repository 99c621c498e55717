"""What an image takes from Debian's packages: Python without what it does not need, and shared libraries."""

from __future__ import annotations

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
"""Each package with its libraries that are kept, under the names that programs ask for."""

_EXTENSION_MODULES: Final = (
    "_asyncio", "_contextvars", "_ctypes", "_decimal", "_hashlib", "_interpchannels", "_interpqueues",
    "_interpreters", "_queue", "_ssl", "mmap", "resource",
)  # fmt: skip
"""The standard library's modules that are files of their own; most of Debian's are in the interpreter."""

_UNUSED: Final = (
    # Tests and examples.
    "test/*", "__hello__.py", "__phello__/*", "antigravity.py", "this.py", "turtle*", "*/idle_test/*",
    # Starting, writing, inspecting or packing programs: nobody works inside an enclave.
    "_pyrepl/*", "bdb.py", "cProfile.py", "cmd.py", "code.py", "codeop.py", "compileall.py", "doctest.py",
    "ensurepip/*", "idlelib/*", "lib2to3/*", "modulefinder.py", "pdb.py", "profile.py", "pstats.py", "pty.py",
    "pyclbr.py", "pydoc.py", "pydoc_data/*", "rlcompleter.py", "tabnanny.py", "trace.py",
    "unittest/*", "venv/*", "zipapp.py",
    # Terminals, windows, sound, mail boxes, data bases and protocols that it does not speak.
    "curses/*", "dbm/*", "ftplib.py", "imaplib.py", "mailbox.py", "poplib.py", "shelve.py", "smtplib.py",
    "sqlite3/*", "tkinter/*", "wave.py", "webbrowser.py", "xmlrpc/*",
    # Other systems, the distribution's own, and how it was compiled.
    "_aix_support.py", "_android_support.py", "_apple_support.py", "_ios_support.py", "_osx_support.py",
    "_distutils_system_mod.py", "_sysconfigdata_*", "config-3*", "sitecustomize.py", "ntpath.py.orig",
    # Regional settings and encodings of other scripts.
    "encodings/big5*", "encodings/cp[0-9]*", "encodings/euc_*", "encodings/gb*", "encodings/hp_roman8.py",
    "encodings/hz.py", "encodings/iso*", "encodings/johab.py", "encodings/kz1048.py", "encodings/koi8_*",
    "encodings/mac_*", "encodings/ptcp154.py", "encodings/shift_jis*", "encodings/tis_620.py",
)  # fmt: skip
_NEEDED_ALL_THE_SAME: Final = ("encodings/iso8859_1.py", "encodings/cp437.py")


def runtime_files(
    python: str, packages: Mapping[str, Mapping[str, tuple[bytes, bool]]]
) -> Iterator[tuple[str, bytes, bool]]:
    """Path, content and whether it is executable, of each file that is kept; .py files are still sources.

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
    return name in _NEEDED_ALL_THE_SAME or not any(fnmatchcase(name, pattern) for pattern in _UNUSED)
