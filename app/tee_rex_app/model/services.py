"""The services that the app watches, and the modes that depend on them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from tee_rex.settings.resolve import SettingSource
from tee_rex.transaction.request import ProvingMode
from tee_rex.transaction.trusted_setup import TrustedSetup
from tee_rex_app.model.problem import Problem


class Lock(StrEnum):
    """Why a mode is unavailable."""

    NO_ADDRESS = "no-address"
    BAD_ADDRESS = "bad-address"
    NO_APPROVED_BUILD = "no-approved-build"
    NOT_ATTESTED = "not-attested"
    WRONG_CLOCK = "wrong-clock"
    WRONG_VERSION = "wrong-version"


@dataclass(frozen=True, slots=True)
class ModeState:
    """A proving mode. usual_ms: the usual time of a proof here; None without earlier ones."""

    mode: ProvingMode
    lock: Lock | None = None
    usual_ms: float | None = None


class ServiceName(StrEnum):
    """The services in the services panel."""

    EMBEDDED = "embedded"
    NODE = "node"
    REMOTE = "remote"
    TEE = "tee"
    WALLET = "wallet"


class ServiceStatus(StrEnum):
    """The last known status of a service."""

    CHECKING = "checking"
    READY = "ready"
    NOT_CONFIGURED = "not-configured"
    NOT_OFFERED = "not-offered"
    INCOMPLETE = "incomplete"
    UNREACHABLE = "unreachable"
    REFUSED = "refused"
    WRONG_CLOCK = "wrong-clock"
    WRONG_VERSION = "wrong-version"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class ServiceState:
    """A service.

    source, origin: where the address was set. detail: in the user's language. versions: the Aztec versions it
    serves. setup: of the node's network. problem: why it cannot be used, where an error says it.
    """

    name: ServiceName
    status: ServiceStatus
    address: str = ""
    source: SettingSource | None = None
    origin: str = ""
    detail: str = ""
    versions: tuple[str, ...] = ()
    setup: TrustedSetup | None = None
    problem: Problem | None = None
