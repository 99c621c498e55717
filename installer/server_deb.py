"""Builds tee-rex-server_<version>_amd64.deb: the proving server, frozen, with its systemd units.

python installer/server_deb.py FOLDER --frozen dist/tee-rex-server --version 0.1.0
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
from pathlib import Path
from typing import Final

from deb import DebPackage, date_of_sources, write_deb, write_documents
from elf import glibc_needed, slim
from manual import write_manual
from tee_rex_server import __version__
from tee_rex_server.cli import app

ROOT: Final = Path(__file__).parents[1]
NAME: Final = "tee-rex-server"
_DEPLOY: Final = ROOT / "enclave_server" / "tee_rex_server" / "deploy"
_PARTS: Final = ROOT / "installer" / "server"
_WHERE_UNITS_EXPECT_IT: Final = "/opt/tee-rex-server/bin/"
_SYSUSERS: Final = "systemd | systemd-standalone-sysusers | systemd-sysusers"
_DESCRIPTION: Final = (
    "Clients encrypt the execution steps of a transaction to it, and get back the proof.",
    "With the same program a machine is the host of proving servers in AWS Nitro enclaves.",
    "Installing enables no service: see /etc/tee-rex-server.env, then systemctl enable --now tee-rex-server.",
)
_FILES: Final = """\
.SH FILES
.TP
/etc/tee\\-rex\\-server.env, /etc/tee\\-rex\\-proxy.env, /etc/tee\\-rex\\-enclave.env
Settings of the units, with every variable and its default.
.TP
/var/lib/private/tee\\-rex\\-server
What the unit tee\\-rex\\-server.service has downloaded.
.SH EXAMPLES
.nf
systemctl enable \\-\\-now tee\\-rex\\-server
curl http://127.0.0.1:4000/health
.fi"""


def build(frozen: Path, folder: Path, version: str, made_at: int) -> Path:
    """The package in ``folder``. frozen: PyInstaller's folder. made_at: seconds since 1970."""
    with tempfile.TemporaryDirectory(dir=folder) as work:
        tree = Path(work) / "tree"
        program = tree / "usr/lib" / NAME
        shutil.copytree(frozen, program, symlinks=True)
        slim(program)
        (program / "installed-by").write_text("deb\n", "utf-8")
        for place in ("usr/bin", "usr/lib/systemd/system", "usr/lib/sysusers.d", "etc"):
            (tree / place).mkdir(parents=True)
        (tree / "usr/bin" / NAME).symlink_to(f"../lib/{NAME}/{NAME}")
        for unit in _DEPLOY.glob("*.service"):
            (tree / "usr/lib/systemd/system" / unit.name).write_text(_unit(unit.read_text("utf-8")), "utf-8")
        for settings in _DEPLOY.glob("*.env"):
            shutil.copyfile(settings, tree / "etc" / settings.name)
        shutil.copyfile(_PARTS / f"{NAME}.sysusers", tree / "usr/lib/sysusers.d" / f"{NAME}.conf")
        package = DebPackage(
            NAME,
            version,
            section="net",
            depends=f"libc6 (>= {glibc_needed(program)}), {_SYSUSERS}",
            summary="proving server for private Aztec transactions",
            description=_DESCRIPTION,
            scripts={name: (_PARTS / name).read_text("utf-8") for name in ("postinst", "prerm", "postrm")},
        )
        write_documents(tree, package, program, _PARTS / f"{NAME}.lintian-overrides", made_at)
        share = tree / "usr" / "share"
        write_manual(share, NAME, app, version, made_at, _FILES)
        examples = share / "doc" / NAME / "examples"
        examples.mkdir()
        shutil.copyfile(_DEPLOY / "allocator.yaml", examples / "allocator.yaml")
        return write_deb(package, tree, folder, made_at)


def _unit(text: str) -> str:
    """A unit as the package installs it: without how to install it by hand, and with Debian's place."""
    head, found, rest = text.partition("[Unit]")
    first = head.partition("\n")[0]
    return f"{first}\n\n{found}{rest}".replace(_WHERE_UNITS_EXPECT_IT, "/usr/bin/")


def main() -> None:
    """Entry point of the script."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--frozen", type=Path, default=ROOT / "dist" / NAME)
    parser.add_argument("--version", default=__version__)
    arguments = parser.parse_args()
    arguments.folder.mkdir(parents=True, exist_ok=True)
    print(build(arguments.frozen, arguments.folder, arguments.version, date_of_sources()))


if __name__ == "__main__":
    main()
