"""The package of the proving server, frozen, with its systemd units: ``make package-server``.

    python installer/server_deb.py OUTPUT

OUTPUT gets ``tee-rex-server_<version>_amd64.deb`` and its SBOM, and SHA256SUMS is written anew.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path
from typing import Final

from deb import DebPackage, needed_packages, write_deb, write_documents
from manual import write_manual
from package import PLATFORM, complete_program, copied_packages, digest_of, programs_of, run, write_sums
from sbom import sbom
from tee_rex.updates.installed import MARK, InstallKind
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


def build(
    frozen: Path, output: Path, version: str, *, made_at: int, crs_needed: bool = False, level: int = 9
) -> None:
    """Build the package of a frozen server into a folder. made_at: seconds since 1970. level: of xz."""
    output.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".package-", dir=output) as work:
        tree = Path(work)
        lib = tree / "usr" / "lib" / NAME
        found = complete_program(frozen, lib, version, crs_needed=crs_needed)
        (lib / MARK).write_text(f"{InstallKind.DEB}\n")
        (tree / "usr" / "bin").mkdir()
        (tree / "usr" / "bin" / NAME).symlink_to(f"../lib/{NAME}/{NAME}")
        write_configuration(tree)
        needed = needed_packages(tree, programs_of(lib), copied_packages(frozen))
        package = DebPackage(
            NAME,
            version,
            section="net",
            depends=f"{needed}, {_SYSUSERS}",
            summary="proving server for private Aztec transactions",
            description=_DESCRIPTION,
            scripts={name: (_PARTS / name).read_text("utf-8") for name in ("postinst", "prerm", "postrm")},
        )
        write_documents(tree, package, lib, _PARTS / f"{NAME}.lintian-overrides", made_at)
        share = tree / "usr" / "share"
        write_manual(share, NAME, app, version, made_at, _FILES)
        examples = share / "doc" / NAME / "examples"
        examples.mkdir()
        shutil.copyfile(_DEPLOY / "allocator.yaml", examples / "allocator.yaml")
        made = write_deb(package, tree, output, made_at, level)
    listed = output / f"{NAME}-{version}-{PLATFORM}.cdx.json"
    listed.write_text(sbom(NAME, version, {made.name: digest_of(made)}, found, (), made_at), "utf-8")
    write_sums(output, version)


def write_configuration(tree: Path) -> None:
    """Write units, users and settings to their places in ``tree``."""
    units, users, settings = tree / "usr/lib/systemd/system", tree / "usr/lib/sysusers.d", tree / "etc"
    for folder in (units, users, settings):
        folder.mkdir(parents=True)
    for unit in (*_DEPLOY.glob("*.service"), *_DEPLOY.glob("*.timer")):
        (units / unit.name).write_text(_unit(unit.read_text("utf-8")), "utf-8")
    for file in _DEPLOY.glob("*.env"):
        shutil.copyfile(file, settings / file.name)
    shutil.copyfile(_PARTS / f"{NAME}.sysusers", users / f"{NAME}.conf")


def _unit(text: str) -> str:
    """A unit as the package installs it: without how to install it by hand, and with Debian's place."""
    head, found, rest = text.partition("[Unit]")
    first = head.partition("\n")[0]
    return f"{first}\n\n{found}{rest}".replace(_WHERE_UNITS_EXPECT_IT, "/usr/bin/")


if __name__ == "__main__":
    sys.exit(run(sys.argv[1:], __doc__, NAME, build))
