"""Updates of TEE-Rex: their source, their metadata, their installation, and checking a download."""

from __future__ import annotations

from tee_rex.errors import ErrorKind, InputError, UnusableEnvironmentError

NO_UPDATE_SOURCE = ErrorKind(UnusableEnvironmentError, "NO_UPDATE_SOURCE", "No update source").says(
    "This build of TEE-Rex does not name an update source.",
    "Look for a newer version where you got this one.",
)
NO_SIGNATURES_KNOWN = NO_UPDATE_SOURCE.says(
    "This build of TEE-Rex does not name an update source, so it cannot tell which files were signed.",
    "Compare the file's SHA-256 with SHA256SUMS on the page of its release.",
    "Run: sha256sum --check --ignore-missing SHA256SUMS",
)

UPDATE_SOURCE_FAILED = ErrorKind(
    UnusableEnvironmentError, "UPDATE_SOURCE_FAILED", "The update source failed"
).says("The update source answered with HTTP status {status}.", "Try again later.")
UPDATE_SOURCE_SLOW = UPDATE_SOURCE_FAILED.says(
    "The update source took longer than {seconds:g} seconds.", "Check the network, then try again."
)
UPDATE_SOURCE_REDIRECTS = UPDATE_SOURCE_FAILED.says(
    "The update source redirects to an address that is not protected by https.",
    "Try from another network. If that does not help, tell TEE-Rex's maintainers.",
)
UPDATE_DOWNLOAD_BROKE_OFF = UPDATE_SOURCE_FAILED.says(
    "{reason}.", "Check the network and the proxy, then try again."
)
UPDATE_HOST_NOT_FOUND = UPDATE_SOURCE_FAILED.says(
    "Can't find the host {host}.", UPDATE_DOWNLOAD_BROKE_OFF.hint
)
UPDATE_SOURCE_UNREACHABLE = ErrorKind(
    UnusableEnvironmentError, UPDATE_SOURCE_FAILED.code, "The update source does not respond"
).says("{reason}", UPDATE_DOWNLOAD_BROKE_OFF.hint)
UPDATE_SOURCE_UNPROVEN = ErrorKind(
    UnusableEnvironmentError, UPDATE_SOURCE_FAILED.code, "The update source cannot prove its identity"
).says(
    "{reason}",
    "A captive portal, a proxy or an attacker may be in between. Check this computer's clock, or try from "
    "another network.",
)
UPDATE_NOT_FETCHED = ErrorKind(
    UnusableEnvironmentError, UPDATE_SOURCE_FAILED.code, "No signed metadata yet"
).says(
    "This computer has not fetched the update source's signed metadata yet.",
    "Connect this computer to a network, then try again.",
    "Omit --offline.",
)

UPDATE_REFUSED = ErrorKind(UnusableEnvironmentError, "UPDATE_REFUSED", "The update is not genuine").says(
    "{reason}.",
    "Nothing of it was used. Something between this computer and the update source may change its answers: "
    "try from another network. If that does not help, tell TEE-Rex's maintainers.",
)
UPDATE_METADATA_REFUSED = UPDATE_REFUSED.says("The update source's metadata was refused: {reason}.")
UPDATE_TOO_LARGE = UPDATE_REFUSED.says("The answer has more than {limit:,} bytes.")
UPDATE_METADATA_OLD = UPDATE_REFUSED.says(
    "The update source offers metadata of version {found}; this build has seen version {least}."
)
UPDATE_CONTENT_DIFFERS = UPDATE_REFUSED.says("{file} does not have the signed length and SHA-256.")
UPDATE_ARCHIVE_UNUSABLE = UPDATE_REFUSED.says("The archive cannot be used: {reason}.")
UPDATE_EXPIRED = ErrorKind(
    UnusableEnvironmentError, "UPDATE_EXPIRED", "The update source's metadata has expired"
).says(
    "{reason}.",
    "Check this computer's clock. If it is right, something may be holding back newer updates: try from "
    "another network. If that does not help, tell TEE-Rex's maintainers.",
)

UPDATE_NOT_STARTABLE = ErrorKind(
    UnusableEnvironmentError, "UPDATE_NOT_STARTABLE", "The update does not start on this system"
).says(
    "TEE-Rex {version}: {reason}",
    "The current version stays in use. Report this to TEE-Rex's maintainers, with your system and its "
    "version.",
)
UPDATE_FOLDER_TAKEN = ErrorKind(
    UnusableEnvironmentError, "UPDATE_FOLDER_TAKEN", "The update's folder already exists"
).says(
    "{folder} exists and was not made by TEE-Rex's updater, which deletes nothing of yours.",
    "Move it to another place, then try again.",
)

PINS_DAMAGED = ErrorKind(UnusableEnvironmentError, "PINS_DAMAGED", "The pins update is damaged").says(
    "{file}: {reason}.",
    "Update TEE-Rex, or delete the file; TEE-Rex then does not know what was revoked since this version.",
    "Run: tee-rex update (of a server or proxy, with its data folder: tee-rex-server update)",
)

NOT_A_RELEASE = ErrorKind(InputError, "NOT_A_RELEASE", "Not a file of a TEE-Rex release").says(
    "TEE-Rex's maintainers have signed no file with the SHA-256 of {file} ({sha256}).",
    "Do not use it. Download it again from the place that the release names.",
)
DOWNLOAD_INCOMPLETE = NOT_A_RELEASE.says(
    "{file} has {size:,} bytes; the signed file of that name has {whole:,}.",
    "The download is probably incomplete: download it again.",
)
SBOM_OF_ANOTHER = NOT_A_RELEASE.says(
    "The signed SBOM {sbom} does not describe {file}.", "Tell TEE-Rex's maintainers."
)
SBOM_UNREADABLE = NOT_A_RELEASE.says(
    "The signed SBOM {sbom} is not readable as CycloneDX.", "Tell TEE-Rex's maintainers."
)
IMAGE_UNREADABLE = NOT_A_RELEASE.says(
    "{file} was signed as an enclave image but is not one: {reason}.", "Tell TEE-Rex's maintainers."
)
IMAGE_MEASUREMENTS_DIFFER = NOT_A_RELEASE.says(
    "The measurements of {file} are not the signed ones: {registers}.", "Tell TEE-Rex's maintainers."
)
