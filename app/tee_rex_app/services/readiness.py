"""What local proving and flows need on this machine, and the installation of missing parts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tee_rex.aztec.wallet.runtime import InstalledBridges
from tee_rex.aztec.wallet.sources import shipped_bridges
from tee_rex.bb.install import install_bb_from
from tee_rex.crs.crs import MIN_POINTS
from tee_rex.crs.provision import import_crs
from tee_rex.doctor import Finding, FindingId, Verdict, examine
from tee_rex.local.installation import Installation
from tee_rex.system.progress import ProgressListener
from tee_rex.transaction.trusted_setup import TrustedSetup
from tee_rex_app.model.setup import WALLETS, Fix, SetupItem

_FIXES = {FindingId(fix): fix for fix in Fix}
_DEVELOPMENT = (FindingId.BB_DEVELOPMENT, FindingId.CRS_DEVELOPMENT)
_NOT_FOR_THE_SAMPLE = (FindingId.BB_VERSIONS, FindingId.WALLET_GENUINE, FindingId.WALLET_DEVELOPMENT)


@dataclass(frozen=True, slots=True)
class Readiness:
    """Examines this machine for the sample, which is proved under either setup, and for flows."""

    installation: Installation

    async def examine(self) -> tuple[SetupItem, ...]:
        """All findings, each with its fix; uses no network."""
        installation = self.installation
        findings = await examine(installation.paths, installation.pins)
        optional = (*_NOT_FOR_THE_SAMPLE, *_other_setup(findings))
        return tuple(
            SetupItem(finding, _FIXES.get(finding.id), optional=finding.id in optional)
            for finding in findings
        )

    async def fix(self, fix: Fix, progress: ProgressListener) -> None:
        """Install one part unless it is installed already. Raises an UnusableEnvironmentError."""
        genuine, development = TrustedSetup.GENUINE, TrustedSetup.DEVELOPMENT
        version = self.installation.pins.default_version
        match fix:
            case Fix.BB_GENUINE | Fix.LIBRARIES:
                await self.installation.bb(version, genuine, progress)
            case Fix.BB_DEVELOPMENT:
                await self.installation.bb(version, development, progress)
            case Fix.CRS_GENUINE:
                await self.installation.crs(genuine, MIN_POINTS, progress)
            case Fix.CRS_DEVELOPMENT:
                await self.installation.crs(development, MIN_POINTS, progress)
            case Fix.WALLET_GENUINE | Fix.WALLET_DEVELOPMENT:
                setup = next(setup for setup, wallet in WALLETS.items() if wallet is fix)
                bridges = InstalledBridges(self.installation.paths)
                for bridge in shipped_bridges():
                    await bridges.command(setup, bridge.version, progress)

    async def fix_from(self, fix: Fix, file: Path, progress: ProgressListener) -> None:
        """Install the genuine bb or CRS from a file, which is checked as a download is.

        Raises an InputError or an UnusableEnvironmentError.
        """
        paths, pins = self.installation.paths, self.installation.pins
        if fix is Fix.CRS_GENUINE:
            await import_crs(paths, file, progress=progress)
        else:
            await install_bb_from(paths, pins, pins.default_version, file, progress)


def _other_setup(findings: Sequence[Finding]) -> Sequence[FindingId]:
    """What the sample does without: the genuine CRS if only the development setup is ready, else that one."""
    ready = {finding.id for finding in findings if finding.verdict is Verdict.READY}
    if FindingId.CRS_GENUINE not in ready and ready.issuperset(_DEVELOPMENT):
        return (FindingId.CRS_GENUINE,)
    return _DEVELOPMENT
