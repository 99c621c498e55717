"""What can go wrong while Aztec's npm packages are installed and made ready."""

from __future__ import annotations

from tee_rex.errors import UnusableEnvironmentError


class NpmInstallFailedError(UnusableEnvironmentError):
    """npm could not install the locked packages."""

    code = "NPM_INSTALL_FAILED"
    title = "Aztec's packages could not be installed"
    default_hint = "Check the network, the proxy and npm's registry setting, then try again."


class UnexpectedPackagesError(UnusableEnvironmentError):
    """A folder of packages that is not of the release this program was made for."""

    code = "UNEXPECTED_PACKAGES"
    title = "Aztec's packages are not the expected ones"
    default_hint = "Install them again, in the version that this release of TEE-Rex names."


class PackageScriptFailedError(UnusableEnvironmentError):
    """A script that comes with Aztec's packages ended with an error."""

    code = "PACKAGE_SCRIPT_FAILED"
    title = "Aztec's packages could not be made ready"
    default_hint = "Install them again; if that does not help, report it with the message above."
