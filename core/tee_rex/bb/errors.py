"""What can go wrong while bb, or the libraries it needs, are fetched, found and checked."""

from __future__ import annotations

from tee_rex.errors import UnusableEnvironmentError, UsageError


class InvalidVersionError(UsageError):
    """A text that is no version of Aztec."""

    code = "INVALID_VERSION"
    title = "That is no Aztec version"
    default_hint = "Give it as on npm, without a leading v: 4.1.2, or 5.0.0-rc.1."


class BbNotPinnedError(UsageError):
    """A bb whose SHA-256 this release of TEE-Rex does not know is never run."""

    code = "BB_NOT_PINNED"
    title = "This bb is not known to TEE-Rex"
    default_hint = "`tee-rex bb list` shows the versions this release can check; a newer release knows more."


class BbUnavailableHereError(UnusableEnvironmentError):
    """bb does not exist for this operating system or processor."""

    code = "BB_UNAVAILABLE_HERE"
    title = "bb does not exist for this system"
    default_hint = "Proving on a server (remote mode) and in a TEE work here."


class BbMissingError(UnusableEnvironmentError):
    """bb is not installed in the version asked for."""

    code = "BB_MISSING"
    title = "bb is not installed"
    default_hint = "Run: tee-rex bb install"


class BbCorruptError(UnusableEnvironmentError):
    """The installed file is not the one that was pinned."""

    code = "BB_CORRUPT"
    title = "The installed bb is damaged"
    default_hint = "Run: tee-rex bb install"


class BbDownloadFailedError(UnusableEnvironmentError):
    """No source delivered the pinned bb."""

    code = "BB_DOWNLOAD_FAILED"
    title = "bb could not be downloaded"
    default_hint = "Check the network, the proxy and npm's registry setting, then try again."


class RuntimeMissingError(UnusableEnvironmentError):
    """This system's C library is too old, and downloading a newer one was not allowed."""

    code = "RUNTIME_MISSING"
    title = "bb needs newer system libraries"
    default_hint = "Run: tee-rex bb install"


class RuntimeUnavailableError(UnusableEnvironmentError):
    """This system's C library is too old, and there is no way here to fetch a newer one."""

    code = "RUNTIME_UNAVAILABLE"
    title = "bb needs newer system libraries"
    default_hint = (
        "Use a system with glibc 2.39 and libstdc++ of GCC 13.2 or newer (Ubuntu 24.04, Debian 13, "
        "Fedora 40), or prove on a server or in a TEE."
    )


class RuntimeDownloadFailedError(UnusableEnvironmentError):
    """apt could not fetch or unpack the newer libraries."""

    code = "RUNTIME_DOWNLOAD_FAILED"
    title = "The system libraries for bb could not be fetched"
    default_hint = "Check that `apt-get update` works on this machine, then try again."
