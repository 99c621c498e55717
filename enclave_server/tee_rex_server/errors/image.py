"""Why an enclave image cannot be built, measured or signed."""

from __future__ import annotations

from tee_rex.errors import ErrorKind, InputError, TeeRexError, UnusableEnvironmentError, UsageError
from tee_rex.errors.catalogue.files import DISK_FULL
from tee_rex_server.errors.serving import BAD_OPTION

# Measuring

EIF_MALFORMED = ErrorKind(InputError, "EIF_MALFORMED", "Invalid enclave image").says(
    "{file} is not a valid enclave image: {reason}.",
    "Build the image again with `tee-rex-server image build`, or copy it again and compare its size.",
)
EIF_UNREADABLE = EIF_MALFORMED.says("Cannot read {file}: {reason}.", "Name an enclave image (EIF file).")
MEASUREMENTS_MALFORMED = ErrorKind(InputError, "MEASUREMENTS_MALFORMED", "Invalid measurements").says(
    "{file} is not a measurements.json as `image build` writes it.",
    "Name the measurements.json that was published with the image.",
)
MEASUREMENTS_TOO_LARGE = MEASUREMENTS_MALFORMED.says("{file} has more than {limit:,} bytes.")
MEASUREMENTS_UNREADABLE = MEASUREMENTS_MALFORMED.says("Cannot read {file}: {reason}.")
MEASUREMENTS_DIFFER = ErrorKind(TeeRexError, "MEASUREMENTS_DIFFER", "The image is not the expected one").says(
    "Registers that differ from the expected ones: {registers}.",
    "Build from the same commit with the same options. Both measurements.json list every input with its "
    "digest; the inputs that differ are the reason.",
)

# Building

IMAGE_PLATFORM = ErrorKind(
    UnusableEnvironmentError, "IMAGE_PLATFORM", "Images cannot be built on this system"
).says(
    "This system is {platform}.", "Build on Linux with an x86-64 processor. `image measure` works everywhere."
)
KERNEL_MISSING = ErrorKind(UnusableEnvironmentError, "KERNEL_MISSING", "Enclave kernel not found").says(
    "Cannot read {kernel}: {reason}.",
    "Build the kernel once with `make enclave-tools`, or give --kernel FILE.",
)
KERNEL_NOT_PINNED = ErrorKind(UsageError, "KERNEL_NOT_PINNED", "This is not the pinned kernel").says(
    "The SHA-256 of {kernel} is {sha256}; expected {expected}.",
    "Rebuild the pinned kernel with `make enclave-tools`. To use this one anyway, give its SHA-256 with "
    "--kernel-sha256; the image then has other PCRs than the release.",
)
IMAGE_PYTHON_FAILED = ErrorKind(
    UnusableEnvironmentError, "IMAGE_PYTHON_FAILED", "The image's Python does not run on this machine"
).says(
    "The image's Python exited with code {exit_code}: {reason}.",
    "Images are built on Linux with an x86-64 processor.",
)
IMAGE_PYTHON_NOT_STARTED = IMAGE_PYTHON_FAILED.says(
    "The image's Python did not start, or did not finish: {reason}."
)
IMAGE_TOO_LARGE = ErrorKind(UnusableEnvironmentError, "IMAGE_TOO_LARGE", "The image is too large").says(
    "The image would have {size:,} bytes; the limit is {limit:,}.",
    "An enclave needs four times the image's size in memory.",
)
SECTION_TOO_LARGE = IMAGE_TOO_LARGE.says(
    "The section {section} would have {size:,} bytes; the limit is {limit:,}."
)
IMAGE_OUTPUT_UNUSABLE = ErrorKind(
    UnusableEnvironmentError, "IMAGE_OUTPUT_UNUSABLE", "The image cannot be written to this folder"
).says("{folder}: {reason}.", "Choose another folder with --output.")
OUTPUT_FULL = DISK_FULL.says(DISK_FULL.message, "Choose another folder with --output.")
IMAGE_TEMPORARY_FOLDER = ErrorKind(
    UnusableEnvironmentError, "IMAGE_TEMPORARY_FOLDER", "The temporary folder cannot be used"
).says("{folder}: {reason}.", "Set TMPDIR to a folder with 200 MB of free space in which programs may run.")
TEMPORARY_FOLDER_NOEXEC = IMAGE_TEMPORARY_FOLDER.says(
    "Programs cannot run in {folder}; it may be mounted with noexec."
)

# Inputs

INPUT_MISSING_OFFLINE = ErrorKind(
    UnusableEnvironmentError,
    "IMAGE_INPUT_UNAVAILABLE",
    "An input of the image is not available",
    remedy="Build on Debian with network access, or give a folder with the file: `--inputs`.",
).says(
    "Not on this machine, and downloads are off: {inputs}.",
    "Omit --offline, or give a folder with the files: --inputs.",
)
_RENEW = (
    "Try again. Debian's mirrors keep only the newest versions: if a pinned one is gone, take the files from "
    "an archive of old versions and give their folder with --inputs, or renew the pins with "
    "tools/pin_enclave_inputs.py, which makes a different image."
)
INPUT_DIFFERS = INPUT_MISSING_OFFLINE.says(
    "The file downloaded for {name} {version} is not the pinned one.", _RENEW
)
INPUT_NOT_DOWNLOADED = INPUT_MISSING_OFFLINE.says(
    "{inputs} could not be downloaded: {reason}", f"{_RENEW} {{files}}"
)
INPUT_NEEDS_APT = INPUT_MISSING_OFFLINE.says(
    "Debian's packages are downloaded with apt. {reason}",
    "Copy these files from Debian's archive to this machine and give their folder with --inputs: {files}",
)
INPUT_TIMED_OUT = INPUT_MISSING_OFFLINE.says("pip timed out after {seconds:g} seconds.", "Try again.")
PIP_FAILED = INPUT_MISSING_OFFLINE.says(
    "pip: {reason}.", "Check the network and pip's configuration, then try again."
)
PIP_ENDLESS = PIP_FAILED.says(
    "pip took more than {memory_mb:,.0f} MB of memory or {disk_mb:,.0f} MB of disk: the index sent too much."
)
PIP_MISSING = INPUT_MISSING_OFFLINE.says(
    "Wheels are downloaded with pip, which is not installed beside tee-rex-server.",
    "Install it: {python} -m ensurepip, or uv pip install --python {python} pip",
)

# Signing

SIGNER_UNREADABLE = ErrorKind(
    UsageError, "IMAGE_SIGNER_UNUSABLE", "The image cannot be signed with this key"
).says(
    "Cannot read {certificate} or {key}: {reason}.",
    "Give a PEM certificate and its unencrypted PEM key, both on the curve P-384.",
)
SIGNER_INCOMPLETE = SIGNER_UNREADABLE.says("--signing-certificate and --signing-key need each other.")
SIGNER_CURVE = SIGNER_UNREADABLE.says("The key in {key} is not on P-384.")
SIGNER_KEY_MISMATCH = SIGNER_UNREADABLE.says("The certificate in {certificate} belongs to another key.")

KERNEL_DIGEST_INVALID = BAD_OPTION.says(
    "--kernel-sha256 does not have 64 hexadecimal digits.",
    "Give what sha256sum prints for the kernel.",
)
BUILD_TIME_INVALID = BAD_OPTION.says("SOURCE_DATE_EPOCH is not a number of seconds.", "Unset or correct it.")
