"""The system libraries that bb and Aztec's other programs need."""

from __future__ import annotations

from tee_rex.errors import ErrorKind, UnusableEnvironmentError
from tee_rex.errors.tree import RuntimeMissingError, RuntimeUnavailableError

RUNTIME_MISSING = ErrorKind(RuntimeMissingError, "RUNTIME_MISSING", "bb needs newer system libraries").says(
    "This system lacks {libraries}.", "", "Run: tee-rex bb install"
)

RUNTIME_UNAVAILABLE = ErrorKind(
    RuntimeUnavailableError, "RUNTIME_UNAVAILABLE", "bb needs newer system libraries"
).says(
    "The downloaded system libraries do not work with {program}.",
    "Use a system with glibc 2.39 and libstdc++ of GCC 13.2 or newer (Ubuntu 24.04, Debian 13, Fedora 40), "
    "or prove on a server or in an enclave.",
)
APT_MISSING = RUNTIME_UNAVAILABLE.says("This system lacks apt or gpgv, which download and check packages.")
NEITHER_DEBIAN_NOR_UBUNTU = RUNTIME_UNAVAILABLE.says("This system is not based on Debian or Ubuntu.")
NO_APT_ARCHIVE = RUNTIME_UNAVAILABLE.says(
    "The apt sources of this machine do not include its distribution's archive."
)
LOADER_HANGS = RUNTIME_UNAVAILABLE.says(
    "Listing the libraries of {program} timed out after {seconds:g} seconds.",
    "A disk or a network drive may not be responding: try again.",
)
PATCHELF_HANGS = RUNTIME_UNAVAILABLE.says("patchelf timed out on {program} after {seconds:g} seconds.")
PATCHELF_FAILED = RUNTIME_UNAVAILABLE.says("patchelf failed on {program} with exit code {code}.")

RUNTIME_DOWNLOAD_FAILED = ErrorKind(
    UnusableEnvironmentError, "RUNTIME_DOWNLOAD_FAILED", "The system libraries for bb could not be downloaded"
).says(
    "apt reported: {reason}.",
    "Check the network and this system's package sources, then try again.",
    "Run: apt-get update",
)
APT_HANGS = RUNTIME_DOWNLOAD_FAILED.says("apt timed out after {seconds:.0f} seconds.")
APT_ENDLESS = RUNTIME_DOWNLOAD_FAILED.says(
    "apt took more than {memory_mb:,.0f} MB of memory or {disk_mb:,.0f} MB of disk: "
    "the archive sent too much."
)
APT_FAILED = RUNTIME_DOWNLOAD_FAILED.says("apt exited with code {code}.")
PACKAGES_NOT_SIGNED = RUNTIME_DOWNLOAD_FAILED.says("The archive's keys did not sign the packages.")
APT_INCOMPLETE = RUNTIME_DOWNLOAD_FAILED.says("apt downloaded {count} of {expected} packages.")
