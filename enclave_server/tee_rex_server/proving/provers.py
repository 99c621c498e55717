"""The Aztec versions and trusted setups that a server proves for, and the bb of each."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from itertools import takewhile
from typing import TYPE_CHECKING, Final

from tee_rex.attestation.provers import Prover, encode_provers
from tee_rex.crs.crs import MIN_POINTS
from tee_rex.crs.store import crs_store
from tee_rex.errors.tree import (
    BbCorruptError,
    BbMissingError,
    BbNotPinnedError,
    BbUnavailableHereError,
    CrsMissingError,
    UnusableEnvironmentError,
)
from tee_rex.system.platform import Platform
from tee_rex.system.progress import ProgressListener, ignore_progress
from tee_rex.transaction.generations import generations, same_circuits
from tee_rex_server.errors import serving as errors
from tee_rex_server.settings import DEFAULT_MAX_POINTS

if TYPE_CHECKING:
    from structlog.typing import FilteringBoundLogger

    from tee_rex.bb.pins import BbPins
    from tee_rex.errors import RefusedError, TeeRexError
    from tee_rex.local.installation import Installation
    from tee_rex.transaction.request import ProofRequest
    from tee_rex.transaction.trusted_setup import TrustedSetup
    from tee_rex.transaction.versions import AztecVersion

NOT_READY_RETRY_SECONDS: Final = 10
"""Retry-After while bb or the CRS is being installed or uploaded."""


@dataclass(frozen=True, slots=True)
class ServedProvers:
    """The SHA-256 (64 hexadecimal digits) of the bb that proves each version under each trusted setup.

    missing: those of ``digests`` that are still to be uploaded; until then they are neither served nor
    attested. approved_by_user: versions whose bb no pin names; this machine's owner vouches for it.
    named: whether the operator named the versions, so that the server does not do without any of them.
    max_points: for the largest circuit that is proved under each setup. uploaded_points: so far; without the
    setup, the installation gets points when they are needed.
    """

    digests: dict[tuple[AztecVersion, TrustedSetup], str]
    missing: set[tuple[AztecVersion, TrustedSetup]] = field(default_factory=set)
    approved_by_user: frozenset[AztecVersion] = frozenset()
    named: bool = False
    max_points: Mapping[TrustedSetup, int] = field(default_factory=lambda: DEFAULT_MAX_POINTS)
    uploaded_points: dict[TrustedSetup, int] = field(default_factory=dict)

    @classmethod
    def pinned(cls, pins: BbPins, setups: Collection[TrustedSetup], platform: Platform) -> ServedProvers:
        """The bb of each generation's default version for ``setups``: what every image lists.

        It also proves for the other versions with the same circuits. The newest takes its place if it was
        revoked. Raises NO_BB_FOR_SETUPS when this
        platform lacks any for one of the setups.
        """
        digests: dict[tuple[AztecVersion, TrustedSetup], str] = {}
        for setup in sorted(setups):
            pinned = pins.pinned(setup, platform)
            for generation in generations():
                version = same_circuits(generation.default, pinned)
                if version is not None:
                    digests[version, setup] = pinned[version]
        served = cls(digests)
        served._check_setups(setups, str(platform))
        return served

    @classmethod
    def chosen(
        cls,
        installation: Installation,
        setups: Collection[TrustedSetup],
        versions: Collection[AztecVersion],
        *,
        attested: bool,
    ) -> ServedProvers:
        """The bb of each of these versions for ``setups``; also one recorded on this machine (UserBbStore).

        attested: whether clients rely on an attestation; they accept no bb but those that are pinned
        themselves. Raises what ``Installation.expected_bb`` does for a version that no setup has a bb of,
        NO_BB_FOR_SETUPS for a setup that no version has a bb of, and BB_NOT_FOR_ENCLAVES.
        """
        digests: dict[tuple[AztecVersion, TrustedSetup], str] = {}
        approved: set[AztecVersion] = set()
        not_pinned: set[AztecVersion] = set()
        pinned = {setup: installation.pins.pinned(setup, Platform.current()) for setup in setups}
        for version in sorted(set(versions)):
            refusals: list[TeeRexError] = []
            for setup in sorted(setups):
                try:
                    expected = installation.expected_bb(version, setup)
                except (BbNotPinnedError, BbUnavailableHereError) as error:
                    refusals.append(error)
                    continue
                if expected.approved_by_user:
                    approved.add(version)
                if pinned[setup].get(version) != expected.sha256:
                    not_pinned.add(version)
                digests[version, setup] = expected.sha256
            if len(refusals) == len(setups):
                raise refusals[0]
        if not_pinned and attested:
            raise errors.BB_NOT_FOR_ENCLAVES(versions=", ".join(map(str, sorted(not_pinned))))
        served = cls(digests, approved_by_user=frozenset(approved), named=True)
        served._check_setups(setups, ", ".join(map(str, versions)))
        return served

    @property
    def present(self) -> dict[tuple[AztecVersion, TrustedSetup], str]:
        """Those of ``digests`` that are installed."""
        return {key: digest for key, digest in self.digests.items() if key not in self.missing}

    @property
    def versions(self) -> list[str]:
        """The Aztec versions that the server proves for now, without duplicates."""
        return list(dict.fromkeys(str(version) for version, _setup in self.present))

    def accept(self, request: ProofRequest, allowed_bb: bytes | None) -> ProofRequest:
        """The request for the served version that proves it, by the bb of ``digests`` and no other.

        allowed_bb: SHA-256 (32 bytes) of the only bb that the client allows. Raises NOT_SERVED,
        CIRCUIT_TOO_LARGE, PROVER_NOT_ALLOWED, or NOT_READY while the bb or its points are to be uploaded.
        """
        digests = {
            version: digest for (version, setup), digest in self.digests.items() if setup is request.setup
        }
        allowed = [
            version for version, digest in digests.items() if allowed_bb is None or digest == allowed_bb.hex()
        ]
        here = [version for version in allowed if (version, request.setup) not in self.missing]
        served = same_circuits(request.version, here)
        if served is not None:
            self.check_rows(request)
            return replace(request, version=served, required_bb=digests[served])
        if same_circuits(request.version, allowed) is not None:
            raise errors.NOT_READY(retry_after=NOT_READY_RETRY_SECONDS)
        raise self._refusal(request, digests)

    def attested(self) -> tuple[bytes, bytes | None]:
        """The user_data of an attestation document, and the manifest to send with it if it needs one."""
        return encode_provers(self.listed())

    def listed(self) -> list[Prover]:
        """Every installed bb."""
        return [Prover(str(version), digest) for (version, _), digest in self.present.items()]

    def check_rows(self, request: ProofRequest) -> None:
        """Refuse before any point is loaded, downloaded or computed for a key that anybody can make up.

        Of steps that are still to come, those that have arrived are checked. Raises CIRCUIT_TOO_LARGE,
        NOT_READY.
        """
        rows, most = 1 << request.steps.log2_rows, self.max_points[request.setup]
        if rows > most:
            raise errors.CIRCUIT_TOO_LARGE(rows=rows, most=most, setup=request.setup.value)
        if rows > self.uploaded_points.get(request.setup, most):
            raise errors.NOT_READY(retry_after=NOT_READY_RETRY_SECONDS)

    def _check_setups(self, setups: Collection[TrustedSetup], of: str) -> None:
        if {setup for _version, setup in self.digests} != set(setups):
            raise errors.NO_BB_FOR_SETUPS(of=of, setups=", ".join(sorted(setups)))

    def _refusal(self, request: ProofRequest, digests: Mapping[AztecVersion, str]) -> RefusedError:
        """Why nothing of these, which are of the request's setup, may prove it."""
        other = same_circuits(request.version, digests)
        if other is not None:
            return errors.PROVER_NOT_ALLOWED(version=str(other), sha256=digests[other])
        if not self.present:
            return errors.NOTHING_SERVED_YET()
        return errors.NOT_SERVED(
            wanted=str(request.version),
            setup=request.setup.value,
            versions=", ".join(f"{version} ({setup} setup)" for version, setup in self.present),
        )

    async def prepare(
        self, installation: Installation, progress: ProgressListener, log: FilteringBoundLogger
    ) -> None:
        """Install and check every bb and CRS before the first proof.

        A version that the operator did not name is dropped, with a warning, if its bb cannot be had here and
        the setup has another. Raises an UnusableEnvironmentError.
        """
        failures: dict[TrustedSetup, UnusableEnvironmentError] = {}
        for version, setup in list(self.digests):
            try:
                await installation.bb(version, setup, progress)
            except UnusableEnvironmentError as error:
                if self.named:
                    raise
                log.warning("version not served", version=str(version), setup=setup, code=error.code)
                failures.setdefault(setup, error)
                del self.digests[version, setup]
            else:
                await installation.crs(setup, MIN_POINTS, progress)
        for setup, failure in failures.items():
            if not any(served is setup for _version, served in self.digests):
                raise failure

    def expect_uploads(self) -> None:
        """Serve nothing until :meth:`find_uploads` finds it."""
        self.missing.update(self.digests)
        self.uploaded_points.update((setup, 0) for _version, setup in self.digests)

    async def find_uploads(self, installation: Installation) -> None:
        """Update ``missing`` by what is installed together with its CRS; ``installation`` downloads nothing.

        Raises an UnusableEnvironmentError for anything that uploads cannot repair.
        """
        for version, setup in self.digests:
            try:
                await installation.bb(version, setup, ignore_progress)
                # Not by the installation, which may compute the points of the development setup.
                await crs_store(installation.paths, setup).load(MIN_POINTS)
            except (BbMissingError, BbCorruptError, CrsMissingError):
                self.missing.add((version, setup))
            else:
                self.missing.discard((version, setup))
        self.count_points(installation)

    def count_points(self, installation: Installation) -> None:
        """Update ``uploaded_points`` by the chunks that are stored, up to the first that is not."""
        for setup in self.uploaded_points:
            store = crs_store(installation.paths, setup)
            self.uploaded_points[setup] = MIN_POINTS * sum(
                1 for _ in takewhile(store.stored, store.pinned_chunks)
            )
