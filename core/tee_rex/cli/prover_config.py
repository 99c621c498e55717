"""Where a command proves: the prover made from the options that say so, the environment and the settings."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from tee_rex.cli.attest import BadPcrError
from tee_rex.cli.prover_options import PlaceOptions
from tee_rex.errors import UsageError
from tee_rex.transaction.request import ProvingMode
from tee_rex.transaction.trusted_setup import TrustedSetup

if TYPE_CHECKING:
    from tee_rex.attestation.checks import ExpectedPcrs
    from tee_rex.attestation.provers import AllowedProvers
    from tee_rex.local.downloading import DownloadingInstallation
    from tee_rex.remote.known_servers import KnownServers
    from tee_rex.remote.trust import KeyTrust
    from tee_rex.settings.paths import Paths
    from tee_rex.settings.resolve import Setting, Settings
    from tee_rex.transaction.request import ProofRequest, ProverBackend

_MEGABYTE = 1_000_000


class OptionNotForModeError(UsageError):
    """An option that has no meaning in this mode; ignoring it could disclose what it was to protect."""

    code = "OPTION_NOT_FOR_MODE"
    title = "An option does not fit the mode"


class UnpairedPcrsError(UsageError):
    """Several builds whose PCRs cannot be told apart."""

    code = "PCRS_UNPAIRED"
    title = "It is not clear which PCRs belong together"
    default_hint = "Give --pcr1 and --pcr2 as often as --pcr0 and in the same order, or not at all."


class BadBbDigestError(UsageError):
    """A text that is no SHA-256."""

    code = "BB_DIGEST_INVALID"
    title = "That is no SHA-256"
    default_hint = "A SHA-256 is 64 hexadecimal digits, as sha256sum prints them."


@dataclass(frozen=True, slots=True)
class ProverChoice:
    """A mode, and all that is needed to prove in it."""

    mode: ProvingMode
    url: Setting[str] | None
    options: PlaceOptions
    paths: Paths
    installation: DownloadingInstallation
    settings: Settings

    @classmethod
    def of(cls, options: PlaceOptions) -> ProverChoice:
        """Decide by options, environment and settings file; raises a UsageError."""
        from tee_rex.settings.paths import Paths

        paths = Paths.from_environment(os.environ)
        flag = "tee_url" if options.mode is ProvingMode.TEE else "prover_url"
        settings = resolved_settings(paths, {flag: options.url})
        mode = options.mode or (ProvingMode.REMOTE if settings.prover_url.value else ProvingMode.LOCAL)
        _refuse_options_of_other_modes(options, mode)
        urls = {ProvingMode.REMOTE: settings.prover_url, ProvingMode.TEE: settings.tee_url}
        return cls(mode, urls.get(mode), options, paths, installation(paths, settings), settings)

    def backend(self, request: ProofRequest) -> ProverBackend:
        """The backend of the mode; raises a UsageError, or PolicyMissingError."""
        if self.url is None:
            from tee_rex.local.backend import LocalBackend, LocalOptions
            from tee_rex.local.threads import usable_cores

            limit = self.options.memory_limit or self.settings.memory_limit_mb.value
            speed = self.settings.prover_speed.value
            return LocalBackend(
                self.installation,
                LocalOptions(
                    threads=self.options.threads or speed.threads(usable_cores()),
                    memory_limit=limit * _MEGABYTE if limit else None,
                ),
            )
        from tee_rex.http_client.server_url import ServerUrl
        from tee_rex.provers import ModeNotConfiguredError
        from tee_rex.remote.backend import RemoteBackend

        if not self.url.value:
            variable = "TEE_URL" if self.mode is ProvingMode.TEE else "PROVER_URL"
            raise ModeNotConfiguredError(
                f"The {self.mode} mode has no server.", hint=f"Give --url, or set {variable}."
            )
        server = ServerUrl.parse(self.url.value)
        trust = self._attested(request) if self.mode is ProvingMode.TEE else self._remembered_or_pinned()
        return RemoteBackend(server, trust, self.installation, trust_env=True)

    def _remembered_or_pinned(self) -> KeyTrust:
        from tee_rex.remote.trust import KnownKeySinceFirstUse, PinnedKey

        fingerprint = self.options.server_key or self.settings.server_key.value
        if fingerprint:
            return PinnedKey.parse(fingerprint, _now)
        return KnownKeySinceFirstUse(known_servers(self.paths), _now)

    def _attested(self, request: ProofRequest) -> KeyTrust:
        from tee_rex.attestation.roots import aws_nitro_root
        from tee_rex.remote.trust import AttestedKey

        age = self.options.max_age or self.settings.max_age_seconds.value
        given = (self.options.pcr0 or (), self.options.pcr1 or (), self.options.pcr2 or ())
        builds = approved_builds(*given)
        if not any(given):
            builds += tuple(build.expected() for build in self.settings.approved_builds)
        return AttestedKey(
            builds=builds,
            provers=self._allowed_provers(request),
            root=aws_nitro_root(),
            now=_now,
            nonce_required=self.settings.nonce_required.value and not self.options.no_nonce,
            max_age=timedelta(seconds=age),
        )

    def _allowed_provers(self, request: ProofRequest) -> AllowedProvers:
        from tee_rex.attestation.provers import AllowedProvers, Prover

        if not self.options.bb_digest:
            return AllowedProvers.pinned(self.installation.pins)
        try:
            given = frozenset(
                Prover(str(request.version), digest.lower()) for digest in self.options.bb_digest
            )
        except ValueError as error:
            raise BadBbDigestError("One of --bb-digest has not 64 hexadecimal digits.") from error
        if request.setup is TrustedSetup.DEVELOPMENT:
            return AllowedProvers(genuine=frozenset(), development=given)
        return AllowedProvers(genuine=given)


def resolved_settings(paths: Paths, flags: dict[str, str | None]) -> Settings:
    """The settings of this process; raises BadSettingError."""
    from tee_rex.settings.resolve import Settings

    return Settings.resolve(flags=flags, environ=os.environ, file=paths.settings_file)


def installation(paths: Paths, settings: Settings) -> DownloadingInstallation:
    """What local proving and verifying use."""
    from tee_rex.bb.pins import BbPins
    from tee_rex.local.downloading import DownloadingInstallation

    explicit = settings.bb_binary_path.value
    return DownloadingInstallation(paths, BbPins.shipped(), Path(explicit) if explicit else None)


def approved_builds(
    pcr0: Sequence[str], pcr1: Sequence[str], pcr2: Sequence[str]
) -> tuple[ExpectedPcrs, ...]:
    """One build for each PCR0, in hex; without any, those of TEE-Rex's releases.

    Raises BadPcrError, UnpairedPcrsError.
    """
    from tee_rex.attestation.checks import ExpectedPcrs

    if not (pcr0 or pcr1 or pcr2):
        return ExpectedPcrs.shipped()
    for others in (pcr1, pcr2):
        if others and len(others) != len(pcr0):
            raise UnpairedPcrsError(f"There are {len(pcr0)} of --pcr0, and {len(others)} of another.")
    nothing: Sequence[None] = (None,) * len(pcr0)
    try:
        return tuple(
            ExpectedPcrs(*(None if digest is None else bytes.fromhex(digest) for digest in build))
            for build in zip(pcr0, pcr1 or nothing, pcr2 or nothing, strict=True)
        )
    except ValueError as error:
        raise BadPcrError("One of --pcr0, --pcr1, --pcr2 is not 48 bytes in hexadecimal.") from error


def known_servers(paths: Paths) -> KnownServers:
    """The user's file of known servers."""
    from tee_rex.remote.known_servers import FILE_NAME, KnownServers

    return KnownServers(paths.data / FILE_NAME)


def _refuse_options_of_other_modes(options: PlaceOptions, mode: ProvingMode) -> None:
    tee: dict[str, object] = {
        "--pcr0": options.pcr0,
        "--pcr1": options.pcr1,
        "--pcr2": options.pcr2,
        "--max-age": options.max_age,
        "--no-nonce": options.no_nonce,
        "--bb-digest": options.bb_digest,
    }
    belonging: dict[ProvingMode, dict[str, object]] = {
        ProvingMode.LOCAL: {"--threads": options.threads, "--memory-limit": options.memory_limit},
        ProvingMode.REMOTE: {"--server-key": options.server_key},
        ProvingMode.TEE: tee,
    }
    for owner, given in belonging.items():
        for name, value in given.items():
            if value and owner is not mode:
                raise OptionNotForModeError(
                    f"{name} belongs to {owner} mode, but the mode is {mode}.",
                    hint=f"Give --mode {owner}, or leave {name} away.",
                )
    if options.url is not None and mode is ProvingMode.LOCAL:
        raise OptionNotForModeError("--url belongs to remote and tee mode, but the mode is local.")


def _now() -> datetime:
    return datetime.now(UTC)
