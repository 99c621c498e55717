"""Installs what building packages needs; as root on Debian or Ubuntu, like ``host_for_tests.py``.

Beside programs these are the libraries that Qt and its plugins use: the bundled ones are copied from here,
and of the others dpkg-shlibdeps says which packages the deb depends on.
"""

from __future__ import annotations

import sys
from typing import Final

from host_for_tests import install_missing

_LIBRARIES: Final = "/usr/lib/x86_64-linux-gnu"
_NEEDED: Final = {
    "binutils": ("strip",),
    "dpkg-dev": ("dpkg-shlibdeps",),
    "gcc": ("gcc",),
    "gpgv": ("gpgv",),
    "libc6-dev": (f"{_LIBRARIES}/libc.a",),
    "libfuse3-dev": (f"{_LIBRARIES}/libfuse3.a",),
    "libsquashfuse-dev": (f"{_LIBRARIES}/libsquashfuse_ll.a",),
    "libzstd-dev": (f"{_LIBRARIES}/libzstd.a",),
    "rpm": ("rpmbuild",),
    "squashfs-tools": ("mksquashfs",),
    "xz-utils": ("xz",),
    **{
        package: (f"{_LIBRARIES}/{library}",)
        for package, library in (
            ("libbrotli1", "libbrotlidec.so.1"),
            ("libdbus-1-3", "libdbus-1.so.3"),
            ("libegl1", "libEGL.so.1"),
            ("libfontconfig1", "libfontconfig.so.1"),
            ("libgl1", "libGL.so.1"),
            ("libgssapi-krb5-2", "libgssapi_krb5.so.2"),
            ("libgtk-3-0", "libgtk-3.so.0"),
            ("libwayland-cursor0", "libwayland-cursor.so.0"),
            ("libwayland-egl1", "libwayland-egl.so.1"),
            ("libx11-xcb1", "libX11-xcb.so.1"),
            ("libxcb-cursor0", "libxcb-cursor.so.0"),
            ("libxcb-icccm4", "libxcb-icccm.so.4"),
            ("libxcb-image0", "libxcb-image.so.0"),
            ("libxcb-keysyms1", "libxcb-keysyms.so.1"),
            ("libxcb-randr0", "libxcb-randr.so.0"),
            ("libxcb-render-util0", "libxcb-render-util.so.0"),
            ("libxcb-shape0", "libxcb-shape.so.0"),
            ("libxcb-sync1", "libxcb-sync.so.1"),
            ("libxcb-xfixes0", "libxcb-xfixes.so.0"),
            ("libxcb-xkb1", "libxcb-xkb.so.1"),
            ("libxkbcommon-x11-0", "libxkbcommon-x11.so.0"),
        )
    },
}

if __name__ == "__main__":
    python = f"libpython3.{sys.version_info.minor}"  # of a system's own Python, which does without it
    own = {python: (f"{_LIBRARIES}/{python}.so.1.0",)} if sys.base_prefix == "/usr" else {}
    sys.exit(install_missing(_NEEDED | own, "Building packages"))
