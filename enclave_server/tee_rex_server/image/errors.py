"""Why an image cannot be built, read or signed."""

from __future__ import annotations

from tee_rex.errors import InputError, TeeRexError, UnusableEnvironmentError, UsageError


class EifMalformedError(InputError):
    """A file that is no enclave image, or one that was cut or changed."""

    code = "EIF_MALFORMED"
    title = "This is not a usable enclave image"
    default_hint = "Build it again with `tee-rex-server image build`, or copy it again and compare its size."


class MeasurementsMalformedError(InputError):
    """A file that is no measurements.json."""

    code = "MEASUREMENTS_MALFORMED"
    title = "These measurements cannot be read"
    default_hint = "Name the measurements.json that was published with the image."


class MeasurementsDifferError(TeeRexError):
    """An image that is not the expected one."""

    code = "MEASUREMENTS_DIFFER"
    title = "This is another image"
    default_hint = (
        "Build from the same commit and with the same options. Both measurements.json list every input with "
        "its digest: the inputs that differ say why."
    )


class ImageOutputError(UnusableEnvironmentError):
    """A folder that cannot take the image."""

    code = "IMAGE_OUTPUT_UNUSABLE"
    title = "The image cannot be written there"
    default_hint = "Choose another folder with --output."


class BuildFolderError(UnusableEnvironmentError):
    """The temporary folder cannot be built in."""

    code = "IMAGE_TEMPORARY_FOLDER"
    title = "The temporary folder cannot be used"
    default_hint = "Point TMPDIR to a folder with 200 MB of room in which programs may be run."


class SignatureUnusableError(UsageError):
    """A certificate and key that cannot sign an image."""

    code = "IMAGE_SIGNER_UNUSABLE"
    title = "The image cannot be signed with that"
    default_hint = "Give a PEM certificate and its unencrypted PEM key, both on the curve P-384."


class KernelMissingError(UnusableEnvironmentError):
    """There is no kernel to put into the image."""

    code = "KERNEL_MISSING"
    title = "There is no enclave kernel"
    default_hint = "Build it once with `make enclave-tools`, or give --kernel FILE."


class KernelNotPinnedError(UsageError):
    """A kernel that is not the one of this release."""

    code = "KERNEL_NOT_PINNED"
    title = "This is another kernel"
    default_hint = (
        "Rebuild the pinned one with `make enclave-tools`. To use this one all the same, name its digest "
        "with --kernel-sha256; the image then measures differently from the release's."
    )


class InputUnavailableError(UnusableEnvironmentError):
    """A pinned package or wheel that cannot be had."""

    code = "IMAGE_INPUT_UNAVAILABLE"
    title = "An input of the image cannot be had"


class ImageTooLargeError(UnusableEnvironmentError):
    """More than an image may be."""

    code = "IMAGE_TOO_LARGE"
    title = "The image is too large"
    default_hint = "An enclave needs four times the image in memory."


class InterpreterFailedError(UnusableEnvironmentError):
    """The image's own Python, which compiles the image's modules, does not run on this machine."""

    code = "IMAGE_PYTHON_FAILED"
    title = "The image's Python does not run here"
    default_hint = "Images are built on Linux with an x86-64 processor."


class ImagePlatformError(UnusableEnvironmentError):
    """Not Linux on x86-64."""

    code = "IMAGE_PLATFORM"
    title = "Images cannot be built here"
    default_hint = "Build on Linux with an x86-64 processor. `image measure` works everywhere."
