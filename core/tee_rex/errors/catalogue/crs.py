"""The CRS, and the development copy of bb."""

from __future__ import annotations

from tee_rex.errors import ErrorKind, InputError, UnusableEnvironmentError, UsageError
from tee_rex.errors.catalogue.system import NO_NETWORK
from tee_rex.errors.tree import CrsDownloadError, CrsMissingError

CRS_TOO_SMALL = ErrorKind(UsageError, "CRS_TOO_SMALL", "Too few CRS points").says(
    "{wanted:,} points are needed; the {setup} setup has {available:,}.",
    "The transaction's circuits are too large for this setup; the genuine setup has up to 2,097,152 points.",
)
CRS_MISSING = ErrorKind(CrsMissingError, "CRS_MISSING", "The CRS is not installed").says(
    "Missing chunks of 8 MiB in {folder}: {count}.", "", "Run: tee-rex crs download"
)
CRS_DOWNLOAD_FAILED = ErrorKind(
    CrsDownloadError, "CRS_DOWNLOAD_FAILED", "The CRS could not be downloaded"
).says(
    "Chunk {index} of g1.dat: {reasons}.",
    "Check the network and the proxy, then try again; the download continues where it stopped. On a computer "
    "without network access, install the CRS from Aztec's g1.dat.",
    "Run: tee-rex crs download --from FILE",
)
CRS_HOST_NOT_FOUND = CRS_DOWNLOAD_FAILED.says("Can't find the host {hosts}.")
CRS_NO_NETWORK = ErrorKind(CrsDownloadError, CRS_DOWNLOAD_FAILED.code, NO_NETWORK).says(
    "The CRS could not be downloaded.",
    "Connect this computer to a network and try again, or install the CRS from Aztec's g1.dat.",
    "Run: tee-rex crs download --from FILE",
)
CRS_REFUSED = ErrorKind(CrsDownloadError, "CRS_REFUSED", "The download is not the genuine CRS").says(
    "Chunk {index} of g1.dat: {reasons}.",
    "Something between this computer and the host changes its answers (a proxy, a login page), or the host "
    "is broken. Nothing of it was used. Try from another network.",
)
CRS_FILE_REFUSED = ErrorKind(InputError, "CRS_FILE_REFUSED", "Not the genuine CRS").says(
    "{file} differs from the genuine CRS from byte {offset:,} on.",
    "Give Aztec's uncompressed g1.dat, or a prefix of it: 64 bytes per point.",
)
CRS_FILE_UNREADABLE = CRS_FILE_REFUSED.says("{file}: {reason}.")
CRS_FILE_TOO_SHORT = CRS_FILE_REFUSED.says("{file} has {size}; one chunk has {needed}.")
CRS_CHUNK_REFUSED = CRS_FILE_REFUSED.says("The content is not chunk {index} of the {setup} setup.")

DEVELOPMENT_UNAVAILABLE_HERE = ErrorKind(
    UnusableEnvironmentError,
    "DEVELOPMENT_UNAVAILABLE_HERE",
    "The development setup does not exist for this system",
).says("This system is {platform}.", "It requires Linux on x86-64. The genuine setup works here.")
DEVELOPMENT_UNAVAILABLE = DEVELOPMENT_UNAVAILABLE_HERE.says("{reason}")
