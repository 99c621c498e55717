"""The services that the app watches, and the modes that depend on them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from tee_rex.settings.resolve import SettingSource
from tee_rex.transaction.request import ProvingMode
from tee_rex.transaction.trusted_setup import TrustedSetup


class Lock(StrEnum):
    """Why a mode cannot be chosen."""

    NO_ADDRESS = "no-address"
    BAD_ADDRESS = "bad-address"
    NO_APPROVED_BUILD = "no-approved-build"
    NOT_ATTESTED = "not-attested"
    WRONG_VERSION = "wrong-version"


@dataclass(frozen=True, slots=True)
class ModeState:
    """One way of proving. usual_ms: of its earlier proofs here, None while there are none."""

    mode: ProvingMode
    lock: Lock | None = None
    usual_ms: float | None = None


class ServiceName(StrEnum):
    """What the services panel looks after."""

    EMBEDDED = "embedded"
    NODE = "node"
    REMOTE = "remote"
    TEE = "tee"
    WALLET = "wallet"


class ServiceStatus(StrEnum):
    """How a service is, as far as it is known."""

    CHECKING = "checking"
    READY = "ready"
    NOT_CONFIGURED = "not-configured"
    INCOMPLETE = "incomplete"
    UNREACHABLE = "unreachable"
    REFUSED = "refused"
    WRONG_VERSION = "wrong-version"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class ServiceState:
    """One service. address: what is asked; source: who set it. detail: the reason, in words of its finder.

    versions: of Aztec, those that it has. setup: of the node's network.
    """

    name: ServiceName
    status: ServiceStatus
    address: str = ""
    source: SettingSource | None = None
    origin: str = ""
    detail: str = ""
    versions: tuple[str, ...] = ()
    setup: TrustedSetup | None = None
