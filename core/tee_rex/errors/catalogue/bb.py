"""Finding, checking and downloading bb."""

from __future__ import annotations

from http import HTTPStatus

from tee_rex.errors import ErrorKind, InputError, UnusableEnvironmentError, UsageError
from tee_rex.errors.catalogue.system import NO_NETWORK
from tee_rex.errors.tree import BbCorruptError, BbMissingError, BbNotPinnedError, BbUnavailableHereError

INVALID_VERSION = ErrorKind(UsageError, "INVALID_VERSION", "Invalid Aztec version").says(
    "Expected a version such as 1.2.3 or 1.2.3-rc.4, not {version}.",
    "Write it as on npm, without a leading v.",
)

BB_NOT_PINNED = ErrorKind(BbNotPinnedError, "BB_NOT_PINNED", "This bb is not known to TEE-Rex").says(
    "This release has no digest for bb {version} ({setup} setup).",
    "A newer release of TEE-Rex may support it.",
    "tee-rex bb list shows the versions that this release supports.",
)
BB_VERSION_NOT_PINNED = BB_NOT_PINNED.says(
    BB_NOT_PINNED.message,
    "A newer release of TEE-Rex may know this version.",
    "Or, on the computer that proves, install a bb that you vouch for: "
    "tee-rex bb install {version} --sha256 DIGEST (docs/versions.md)",
)
BB_FILE_NOT_PINNED = BB_NOT_PINNED.says("{path} is not bb {version} ({setup} setup).")
BB_NOT_COPYABLE = BB_NOT_PINNED.says(
    "The development copy is made only from the genuine bb {version} for {platform}."
)
BB_CONTENT_NOT_PINNED = BB_NOT_PINNED.says("The content is not bb {version} ({setup} setup).")

# 503: a server refuses by its own state. No request can insist on a version: one that is named stands for its
# circuits, which any bb of its generation proves. A client that allows a single bb, by its digest, gets
# PROVER_NOT_ALLOWED (400) from a server that has another one.
BB_REVOKED = ErrorKind(
    BbNotPinnedError, "BB_REVOKED", "This bb was revoked", status=HTTPStatus.SERVICE_UNAVAILABLE
).says(
    "TEE-Rex's maintainers have revoked bb {version} ({setup} setup): it must not be run any more.",
    "Use another version; a newer release of TEE-Rex may have one.",
    "tee-rex bb list shows others; remove this one: tee-rex bb remove {version}",
)

BB_PINNED = ErrorKind(UsageError, "BB_PINNED", "This bb is already pinned").says(
    "This release has the SHA-256 for bb {version} on {platform} and accepts no other.",
    "",
    "Omit --sha256: tee-rex bb install {version}",
)
BB_OTHER_DIGEST = ErrorKind(UsageError, "BB_OTHER_DIGEST", "Not the SHA-256 that you gave").says(
    "{file} does not have the SHA-256 that you gave.",
    "Compare the digest with the place where you found it. If it is right, the file is damaged or a "
    "different one.",
)
BB_ARCHIVE_OTHER_DIGEST = BB_OTHER_DIGEST.says(
    "The release archive of bb {version} does not have the SHA-256 that you gave."
)
BB_FILE_UNUSABLE = ErrorKind(InputError, "BB_FILE_UNUSABLE", "No bb can be taken from this file").says(
    "{file}: {reason}",
    "Give bb itself, or an archive that it is in: that of the release (barretenberg-….tar.gz), or the npm "
    "package bb.js (.tgz).",
)
BB_FILE_NOT_PINNED_ONE = BB_FILE_UNUSABLE.says(
    "{file} does not have the pinned SHA-256 of bb {version} for {platform}.",
    "Give bb of exactly this version and platform, or the archive that it is in. If it is that, the file is "
    "damaged: copy it again.",
)
BB_FILE_OF_ANOTHER = BB_FILE_UNUSABLE.says(
    "{file} is bb {other} for {other_platform}, not bb {version} for {platform}.",
    "Give bb of exactly this version and platform, or the archive that it is in.",
)

BB_UNAVAILABLE_HERE = ErrorKind(
    BbUnavailableHereError, "BB_UNAVAILABLE_HERE", "bb does not exist for this system"
).says(
    "Aztec releases no bb for {system} on {machine}.",
    "Proving on a server (remote mode) or in an enclave (TEE mode) works here.",
)
BB_NOT_FOR_PLATFORM = BB_UNAVAILABLE_HERE.says("There is no bb {version} ({setup} setup) for {platform}.")

BB_TEXT_MODE = BB_UNAVAILABLE_HERE.says(
    "bb {version} for Windows damages proofs, because it reads and writes them as text; {first} is the first "
    "version that does not.",
    "Use Aztec {first} or newer, or prove on a server (remote mode) or in an enclave (TEE mode).",
)

BB_MISSING = ErrorKind(BbMissingError, "BB_MISSING", "bb is not installed").says(
    "{path} does not exist.", "", "Run: tee-rex bb install"
)
BB_NOT_INSTALLED = BB_MISSING.says("bb {version} ({setup} setup) is not installed.", "")

BB_CORRUPT = ErrorKind(BbCorruptError, "BB_CORRUPT", "The installed bb is damaged").says(
    "{path} does not have the SHA-256 of bb {version}.", "", "Run: tee-rex bb install"
)
BB_REPLACED = BB_CORRUPT.says(
    "bb {version} is no longer the one that this program started with.", "Restart the server."
)
BB_UNREADABLE = BB_CORRUPT.says("{path} cannot be read: {reason}.")
BB_RECORD_UNREADABLE = BB_CORRUPT.says("{path} cannot be read: {reason}.")
BB_RECORD_MALFORMED = BB_CORRUPT.says("{path} is not what TEE-Rex recorded when it installed bb {version}.")
BB_NOT_EXECUTABLE = BB_CORRUPT.says("{path} is not executable.")

BB_DOWNLOAD_FAILED = ErrorKind(
    UnusableEnvironmentError, "BB_DOWNLOAD_FAILED", "bb could not be downloaded"
).says(
    "{reasons}",
    "Check the network, the proxy and npm's registry setting, then try again. On a computer without network "
    "access, install bb from a file.",
    "Run: tee-rex bb install VERSION --from FILE",
)
BB_NO_NETWORK = ErrorKind(UnusableEnvironmentError, BB_DOWNLOAD_FAILED.code, NO_NETWORK).says(
    "bb {version} could not be downloaded.",
    "Connect this computer to a network and try again, or install bb from a file.",
    "Run: tee-rex bb install {version} --from FILE",
)
BB_DOWNLOAD_TIMED_OUT = BB_DOWNLOAD_FAILED.says("Timed out after {seconds:.0f} seconds.")
BB_DOWNLOAD_BROKE_OFF = BB_DOWNLOAD_FAILED.says("{reason}.")
BB_HOST_NOT_FOUND = BB_DOWNLOAD_FAILED.says("Can't find the host {host}.")
BB_SERVER_REFUSED = BB_DOWNLOAD_FAILED.says("The server answered {status}.")
BB_NOT_IN_NPM = BB_DOWNLOAD_FAILED.says("The package has no bb for {platform}.")
BB_OTHER_PACKAGE = BB_DOWNLOAD_FAILED.says("npm delivered another package than the one requested.")
BB_ARCHIVE_TOO_LARGE = BB_DOWNLOAD_FAILED.says("The archive is too large.")
BB_ARCHIVE_DAMAGED = BB_DOWNLOAD_FAILED.says("The archive is damaged ({reason}).")
BB_ARCHIVE_WITHOUT_BB = BB_DOWNLOAD_FAILED.says("The archive has no {member}.")
BB_DOWNLOAD_NOT_PINNED = BB_DOWNLOAD_FAILED.says("The downloaded bb does not have the pinned SHA-256.")
BB_ARCHIVE_NOT_PINNED = BB_DOWNLOAD_FAILED.says("The downloaded archive does not have the pinned SHA-256.")
