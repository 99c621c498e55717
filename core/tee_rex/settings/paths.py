"""Where things live on this machine; passed in wherever they are used."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from tee_rex.system.files import resource
from tee_rex.transaction.trusted_setup import TrustedSetup

_APP_NAME = "tee-rex"


@dataclass(frozen=True, slots=True)
class Paths:
    """The user's data and configuration directories.

    data: native binaries, the CRS, private loaders, the wallet, known servers, the app's history. All but the
    keys of the wallet's accounts can be made again.
    config: the settings file.
    bundled: what a package brings along, read only: bb, the CRS and newer system libraries, laid out as in
    ``data``.
    """

    data: Path
    config: Path
    bundled: Paths | None = None

    @classmethod
    def from_environment(cls, environ: Mapping[str, str]) -> Paths:
        """``TEE_REX_HOME`` (data in it, configuration in its ``config``), else the platform's folders."""
        home = environ.get("TEE_REX_HOME")
        if home:
            root = Path(home)
            with suppress(RuntimeError):  # no such user: a folder of that name, as in a shell
                root = root.expanduser()
            root = root.absolute()
            return cls(root, root / "config", cls._bundled())
        return cls(
            platformdirs.user_data_path(_APP_NAME, appauthor=False),
            platformdirs.user_config_path(_APP_NAME, appauthor=False),
            cls._bundled(),
        )

    @classmethod
    def _bundled(cls) -> Paths | None:
        folder = resource("bundled")
        return cls(folder, folder) if isinstance(folder, Path) and folder.is_dir() else None

    def setup_dir(self, setup: TrustedSetup) -> Path:
        """Folder of all that belongs to one trusted setup (``genuine/`` or ``development/``)."""
        return self.data / setup.value

    def bb_dir(self, setup: TrustedSetup) -> Path:
        """Folder with one sub-folder for each installed bb version."""
        return self.setup_dir(setup) / "bb"

    def crs_dir(self, setup: TrustedSetup) -> Path:
        """Folder of the CRS store of one trusted setup."""
        return self.setup_dir(setup) / "crs"

    def devnet_dir(self, setup: TrustedSetup) -> Path:
        """Folder of the local network of one trusted setup: its programs, and what it keeps while it runs."""
        return self.setup_dir(setup) / "devnet"

    @property
    def runtime_dir(self) -> Path:
        """Folder of the private loader and libraries for systems whose glibc is too old for bb."""
        return self.data / "runtime"

    @property
    def settings_file(self) -> Path:
        """The user's settings (TOML)."""
        return self.config / "settings.toml"
