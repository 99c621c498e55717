"""What local proving needs on this machine, and the installation of missing parts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tee_rex.crs.crs import MIN_POINTS
from tee_rex.doctor import Finding, FindingId, examine
from tee_rex.local.installation import Installation
from tee_rex.system.progress import ProgressListener
from tee_rex.transaction.request import ProofRequest
from tee_rex.transaction.trusted_setup import TrustedSetup
from tee_rex_app.model.setup import Fix, SetupItem

_FIXES = {FindingId(fix): fix for fix in Fix}
_NOT_FOR_THE_SAMPLE = (FindingId.BB_VERSIONS, FindingId.WALLET_GENUINE, FindingId.WALLET_DEVELOPMENT)


@dataclass(frozen=True, slots=True)
class Readiness:
    """Examines this machine for one transaction, the sample."""

    installation: Installation
    sample: ProofRequest

    async def examine(self) -> tuple[SetupItem, ...]:
        """All findings, each with its fix; uses no network."""
        installation = self.installation
        findings = await examine(installation.paths, installation.pins, self.sample.version)
        return tuple(self._item(finding) for finding in findings)

    async def fix(self, fix: Fix, progress: ProgressListener) -> None:
        """Install one part unless it is installed already. Raises an UnusableEnvironmentError."""
        genuine, development = TrustedSetup.GENUINE, TrustedSetup.DEVELOPMENT
        match fix:
            case Fix.BB_GENUINE | Fix.LIBRARIES:
                await self.installation.bb(self.sample.version, genuine, progress)
            case Fix.BB_DEVELOPMENT:
                await self.installation.bb(self.sample.version, development, progress)
            case Fix.CRS_GENUINE:
                await self.installation.crs(genuine, MIN_POINTS, progress)
            case Fix.CRS_DEVELOPMENT:
                await self.installation.crs(development, MIN_POINTS, progress)

    def _item(self, finding: Finding) -> SetupItem:
        fix = _FIXES.get(finding.id)
        optional = fix in self._not_for_the_sample() or finding.id in _NOT_FOR_THE_SAMPLE
        return SetupItem(finding, fix, optional=optional)

    def _not_for_the_sample(self) -> Sequence[Fix]:
        if self.sample.setup is TrustedSetup.DEVELOPMENT:
            return (Fix.CRS_GENUINE,)
        return (Fix.BB_DEVELOPMENT, Fix.CRS_DEVELOPMENT)
