"""What can go wrong while a local network is installed, started and looked at."""

from __future__ import annotations

from tee_rex.errors import UnusableEnvironmentError, UsageError


class DevnetUnavailableHereError(UnusableEnvironmentError):
    """The network does not run on this kind of machine."""

    code = "DEVNET_UNAVAILABLE_HERE"
    title = "The local network does not run on this system"
    default_hint = (
        "It runs on Linux on x86-64. With AZTEC_NODE_URL you can use a network that runs on another machine."
    )


class DevnetElsewhereError(UsageError):
    """A network of ours runs already, and not as this call wants it."""

    code = "DEVNET_RUNS_ELSEWHERE"
    title = "The local network runs already, on another port"
    default_hint = "Use it as it is, or end it first: tee-rex devnet down"


class PortInUseError(UnusableEnvironmentError):
    """Another program listens where the network should."""

    code = "PORT_IN_USE"
    title = "The port is in use"
    default_hint = "End the other program, or choose another port: tee-rex devnet up --port 8081"


class NotEnoughMemoryError(UnusableEnvironmentError):
    """The network would not fit into memory."""

    code = "NOT_ENOUGH_MEMORY"
    title = "Not enough memory is free"
    default_hint = "Close other programs, then try again."


class DevnetEndedError(UnusableEnvironmentError):
    """A program of the network ended before the network was ready."""

    code = "DEVNET_ENDED"
    title = "The local network ended while it started"
    default_hint = "Its logs say more; if a download was broken, `tee-rex devnet up --reinstall` mends it."


class DevnetNotReadyError(UnusableEnvironmentError):
    """The network did not answer in time."""

    code = "DEVNET_NOT_READY"
    title = "The local network did not become ready"
    default_hint = "A busy machine can be the reason: try again, or give it longer with --wait."


class DevnetStillRunsError(UnusableEnvironmentError):
    """A process of the network could not be ended."""

    code = "DEVNET_STILL_RUNS"
    title = "The local network could not be ended"
    default_hint = "A process that waits for a disk cannot be ended; try again, or restart the machine."


class UnexpectedNetworkError(UnusableEnvironmentError):
    """The node that answers does not have the verification keys it should have."""

    code = "UNEXPECTED_NETWORK"
    title = "The local network is not the expected one"
    default_hint = "Run: tee-rex devnet down, then: tee-rex devnet up --reinstall"
