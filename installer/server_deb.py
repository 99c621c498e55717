"""Builds tee-rex-server_<version>_amd64.deb: the proving server, frozen, with its systemd units.

python installer/server_deb.py FOLDER --frozen dist/tee-rex-server --version 0.1.0
"""

from __future__ import annotations

import argparse
import os
import shutil
import tempfile
import time
from pathlib import Path
from typing import Final

from man_page import man_page
from server_deb_format import DebPackage, changelog, compress, glibc_needed, slim_libraries, write_deb
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
_COPYRIGHT: Final = """\
TEE-Rex is under the GNU Affero General Public License, version 3 or later, which follows. What it brings of
others, with their licences, is listed in THIRD-PARTY-NOTICES.txt.gz beside this file.
"""
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
        slim_libraries(program)
        (program / "installed-by").write_text("deb\n", "utf-8")
        for place in ("usr/bin", "usr/lib/systemd/system", "usr/lib/sysusers.d", "etc"):
            (tree / place).mkdir(parents=True)
        (tree / "usr/bin" / NAME).symlink_to(f"../lib/{NAME}/{NAME}")
        for unit in _DEPLOY.glob("*.service"):
            (tree / "usr/lib/systemd/system" / unit.name).write_text(_unit(unit.read_text("utf-8")), "utf-8")
        for settings in _DEPLOY.glob("*.env"):
            shutil.copyfile(settings, tree / "etc" / settings.name)
        shutil.copyfile(_PARTS / f"{NAME}.sysusers", tree / "usr/lib/sysusers.d" / f"{NAME}.conf")
        _write_documents(tree, program, version, made_at)
        package = DebPackage(
            NAME,
            version,
            section="net",
            depends=f"libc6 (>= {glibc_needed(program)}), {_SYSUSERS}",
            summary="proving server for private Aztec transactions",
            description=_DESCRIPTION,
            scripts={name: (_PARTS / name).read_text("utf-8") for name in ("postinst", "prerm", "postrm")},
        )
        return write_deb(package, tree, folder, made_at)


def _unit(text: str) -> str:
    """A unit as the package installs it: without how to install it by hand, and with Debian's place."""
    head, found, rest = text.partition("[Unit]")
    first = head.partition("\n")[0]
    return f"{first}\n\n{found}{rest}".replace(_WHERE_UNITS_EXPECT_IT, "/usr/bin/")


def _write_documents(tree: Path, program: Path, version: str, made_at: int) -> None:
    document = tree / "usr/share/doc" / NAME
    examples, manual = document / "examples", tree / "usr/share/man/man1" / f"{NAME}.1"
    examples.mkdir(parents=True)
    manual.parent.mkdir(parents=True)
    shutil.copyfile(_DEPLOY / "allocator.yaml", examples / "allocator.yaml")
    notices = document / "THIRD-PARTY-NOTICES.txt"
    (program / notices.name).rename(notices)
    compress(notices)
    licence = (program / "LICENSE").read_text("utf-8")
    (program / "LICENSE").unlink()
    (document / "copyright").write_text(f"{_COPYRIGHT}\n{licence}", "utf-8")
    (document / "changelog").write_text(changelog(NAME, version, made_at), "utf-8")
    compress(document / "changelog")
    date = time.strftime("%Y-%m-%d", time.gmtime(made_at))
    manual.write_text(man_page(app, NAME, version, date, _FILES), "utf-8")
    compress(manual)
    overrides = tree / "usr/share/lintian/overrides" / NAME
    overrides.parent.mkdir(parents=True)
    shutil.copyfile(_PARTS / f"{NAME}.lintian-overrides", overrides)


def main() -> None:
    """Entry point of the script."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--frozen", type=Path, default=ROOT / "dist" / NAME)
    parser.add_argument("--version", required=True)
    arguments = parser.parse_args()
    arguments.folder.mkdir(parents=True, exist_ok=True)
    made_at = int(os.environ.get("SOURCE_DATE_EPOCH", "0")) or int(time.time())
    print(build(arguments.frozen, arguments.folder, arguments.version, made_at))


if __name__ == "__main__":
    main()
