"""The prover of a command, from its options, the environment and the settings."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from tee_rex.cli.prover_options import ProverOptions
from tee_rex.errors.catalogue import usage as errors
from tee_rex.terminal.console import Style, say
from tee_rex.transaction.request import ProvingMode
from tee_rex.transaction.versions import AztecVersion

if TYPE_CHECKING:
    from tee_rex.attestation.builds import ExpectedPcrs
    from tee_rex.bb.pins import BbPins
    from tee_rex.local.downloading import DownloadingInstallation
    from tee_rex.provers import Prover, ProverConfig
    from tee_rex.remote.attestation import AllowedProvers
    from tee_rex.settings.paths import Paths
    from tee_rex.settings.resolve import Setting, Settings

TOKEN_VARIABLE: Final = "TEE_REX_TOKEN"  # noqa: S105  # the name of a variable
_TOKEN: Final = re.compile(r"[!-~]{1,128}")
_MEGABYTE = 1_000_000
_NAMES_SHOWN = 5


@dataclass(frozen=True, slots=True)
class ChosenProver:
    """The mode that a command proves in, and the config to build its prover from.

    server: the address of a server mode and where it was set; None in local mode.
    """

    mode: ProvingMode
    config: ProverConfig
    server: Setting[str] | None
    installation: DownloadingInstallation

    @classmethod
    def from_options(cls, options: ProverOptions, *, aztec_version: str | None = None) -> ChosenProver:
        """Decide by options, environment and settings file.

        aztec_version: that the user asserts, else one that this release knows. Raises a UsageError.
        """
        from tee_rex.provers import ProverConfig
        from tee_rex.settings.paths import Paths

        paths = Paths.from_environment(os.environ)
        flag = "tee_url" if options.mode is ProvingMode.TEE else "prover_url"
        settings = resolved_settings(paths, {flag: options.url})
        if settings.unknown:
            names = ", ".join(settings.unknown[:_NAMES_SHOWN])
            say(f"{paths.settings_file}: not known to this version, so not used: {names}", Style.WARNING)
        mode = options.mode or (ProvingMode.REMOTE if settings.prover_url.value else ProvingMode.LOCAL)
        _refuse_options_of_other_modes(options, mode)
        here = installation(paths, settings)
        config = ProverConfig.from_settings(settings, here)
        servers = {ProvingMode.REMOTE: settings.prover_url, ProvingMode.TEE: settings.tee_url}
        return cls(mode, _with_options(config, options, aztec_version), servers.get(mode), here)

    def prover(self) -> Prover:
        """The prover; raises what :func:`tee_rex.provers.build_prover` does, before anything is sent."""
        from tee_rex.provers import build_prover

        return build_prover(self.config, self.mode)


def _with_options(config: ProverConfig, options: ProverOptions, aztec_version: str | None) -> ProverConfig:
    changes: dict[str, Any] = {}
    if token := os.environ.get(TOKEN_VARIABLE, "").strip():
        if not _TOKEN.fullmatch(token):
            raise errors.TOKEN_INVALID(variable=TOKEN_VARIABLE)
        changes["token"] = token
    if options.threads is not None:
        changes["threads"] = options.threads
    if options.memory_limit is not None:
        changes["memory_limit"] = options.memory_limit * _MEGABYTE
    if options.server_key is not None:
        changes["server_key"] = options.server_key
    if options.pcr0 or options.pcr1 or options.pcr2:
        changes["approved_builds"] = approved_builds(
            options.pcr0 or (), options.pcr1 or (), options.pcr2 or ()
        )
    if options.max_age is not None:
        changes["max_age"] = timedelta(seconds=options.max_age)
    if options.no_nonce:
        changes["nonce_required"] = False
    if options.bb_digest:
        changes["allowed_provers"] = _allowed_provers(
            options.bb_digest, config.installation.pins, aztec_version
        )
    return replace(config, **changes)


def _allowed_provers(digests: Sequence[str], pins: BbPins, aztec_version: str | None) -> AllowedProvers:
    """These binaries and no others, under either setup and for every version that can be asked for."""
    from tee_rex.attestation.provers import Prover as ProverBinary
    from tee_rex.remote.attestation import AllowedProvers

    versions = {str(version) for version in pins.versions}
    if aztec_version is not None:
        versions.add(str(AztecVersion.parse(aztec_version)))
    try:
        given = frozenset(ProverBinary(version, digest.lower()) for version in versions for digest in digests)
    except ValueError as error:
        raise errors.BB_DIGEST_INVALID() from error
    pinned = AllowedProvers.pinned(pins)
    return AllowedProvers(given, given, approved_by_user=given - pinned.genuine - pinned.development)


def resolved_settings(paths: Paths, flags: dict[str, str | None]) -> Settings:
    """The settings of this process; raises BadSettingError."""
    from tee_rex.settings.resolve import Settings

    return Settings.resolve(flags=flags, environ=os.environ, file=paths.settings_file)


def installation(paths: Paths, settings: Settings) -> DownloadingInstallation:
    """What local proving and verifying use."""
    from tee_rex.local.downloading import DownloadingInstallation
    from tee_rex.updates.pins import current_pins

    explicit = settings.bb_binary_path.value
    return DownloadingInstallation(paths, current_pins(paths), Path(explicit) if explicit else None)


def approved_builds(
    pcr0: Sequence[str], pcr1: Sequence[str], pcr2: Sequence[str]
) -> tuple[ExpectedPcrs, ...]:
    """One build for each PCR0, in hex.

    Raises PCR_INVALID, PCRS_UNPAIRED.
    """
    from tee_rex.attestation.builds import ExpectedPcrs

    for others in (pcr1, pcr2):
        if others and len(others) != len(pcr0):
            raise errors.PCRS_UNPAIRED(expected=len(pcr0), given=len(others))
    nothing: Sequence[None] = (None,) * len(pcr0)
    return tuple(map(ExpectedPcrs.from_hex, pcr0, pcr1 or nothing, pcr2 or nothing))


def _refuse_options_of_other_modes(options: ProverOptions, mode: ProvingMode) -> None:
    """Refuse an option without effect in this mode: ignoring it could disclose what it was to protect."""
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
                raise errors.OPTION_NOT_FOR_MODE(option=name, owner=owner.value, mode=mode.value)
    if options.url is not None and mode is ProvingMode.LOCAL:
        raise errors.URL_NOT_FOR_LOCAL_MODE()
