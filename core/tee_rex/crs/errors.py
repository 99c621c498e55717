"""What can go wrong while a CRS, or the development copy of bb, is fetched, made, read and checked."""

from __future__ import annotations

from tee_rex.errors import InputError, UnusableEnvironmentError, UsageError


class CrsTooSmallError(UsageError):
    """More points are wanted than there are pins for."""

    code = "CRS_TOO_SMALL"
    title = "The trusted setup has too few points"
    default_hint = (
        "The transaction needs larger circuits than this setup can prove; the genuine setup has up to "
        "2,097,152 points."
    )


class CrsMissingError(UnusableEnvironmentError):
    """Points are missing here, and downloading them was not allowed."""

    code = "CRS_MISSING"
    title = "The CRS is not on this machine"
    default_hint = "Run: tee-rex crs download"


class CrsDownloadFailedError(UnusableEnvironmentError):
    """No host delivered the points that were missing."""

    code = "CRS_DOWNLOAD_FAILED"
    title = "The CRS could not be downloaded"
    default_hint = (
        "Check the network and the proxy, then try again; what has arrived is kept. On a machine without "
        "network, copy Aztec's g1.dat to it and run: tee-rex crs download --from FILE"
    )


class CrsRefusedError(UnusableEnvironmentError):
    """A host delivered bytes that are not the genuine CRS; nothing of them was used."""

    code = "CRS_REFUSED"
    title = "What was downloaded is not the genuine CRS"
    default_hint = (
        "Something between this machine and the host changes its answers (a proxy, a login page), or the "
        "host is broken. Try from another network."
    )


class CrsFileRefusedError(InputError):
    """A file given by the user is not the genuine CRS; nothing of it was used."""

    code = "CRS_FILE_REFUSED"
    title = "That file is not the genuine CRS"
    default_hint = "It must be Aztec's uncompressed g1.dat, or a beginning of it: 64 bytes a point."


class DevelopmentUnavailableError(UnusableEnvironmentError):
    """The development setup does not exist for this system."""

    code = "DEVELOPMENT_UNAVAILABLE_HERE"
    title = "The development setup does not exist for this system"
    default_hint = "It needs Linux on x86-64. The genuine setup works here."
