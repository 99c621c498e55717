"""Installing, starting and stopping a local network."""

from __future__ import annotations

from tee_rex.errors import ErrorKind, UnusableEnvironmentError, UsageError

DEVNET_UNAVAILABLE_HERE = ErrorKind(
    UnusableEnvironmentError, "DEVNET_UNAVAILABLE_HERE", "The local network does not run on this system"
).says(
    "This system is {system} on {machine}.",
    "It runs on Linux on x86-64. Use the node of a network on another machine.",
    "AZTEC_NODE_URL gives its address.",
)
DEVNET_RUNS_ELSEWHERE = ErrorKind(
    UsageError, "DEVNET_RUNS_ELSEWHERE", "The local network is already running on another port"
).says("Its node is at {url}.", "Use it as it is, or stop it first.", "Run: tee-rex devnet down")
L1_RUNS_ELSEWHERE = DEVNET_RUNS_ELSEWHERE.says("Its L1 is at {url}.")

PORT_IN_USE = ErrorKind(UnusableEnvironmentError, "PORT_IN_USE", "The port is in use").says(
    "{program} (process {pid}) listens on port {port}.",
    "Stop the other program, then try again.",
    "Or choose another port: tee-rex devnet up --port {free}",
)
PORT_IN_USE_BY_UNKNOWN = PORT_IN_USE.says("Another program listens on port {port}.")
L1_PORT_IN_USE = PORT_IN_USE.says(
    PORT_IN_USE.message, "Stop the other program, then try again.", "Omit --l1-port to use any free port."
)
L1_PORT_IN_USE_BY_UNKNOWN = L1_PORT_IN_USE.says(PORT_IN_USE_BY_UNKNOWN.message)

NOT_ENOUGH_MEMORY = ErrorKind(UnusableEnvironmentError, "NOT_ENOUGH_MEMORY", "Not enough free memory").says(
    "{available_gb:.1f} GB are available; the network needs up to {needed_gb:.1f} GB.",
    "Close other programs, then try again.",
)

DEVNET_ENDED = ErrorKind(
    UnusableEnvironmentError, "DEVNET_ENDED", "The local network stopped while starting"
).says(
    "{program} exited with code {code}. {log}",
    "See its logs, then try again.",
    "If a download is damaged, reinstall: tee-rex devnet up --reinstall",
)
DEVNET_PROGRAM_KILLED = DEVNET_ENDED.says("{program} was terminated by {signal}. {log}")
DEVNET_STOPPED = DEVNET_ENDED.says("Something else stopped it.", "Start it again.", "Run: tee-rex devnet up")
SUPERVISOR_ENDED = DEVNET_ENDED.says("Its supervisor stopped. {log}")
SUPERVISOR_NOT_STARTED = DEVNET_ENDED.says("Its supervisor did not start ({reason}). {log}")

DEVNET_NOT_READY = ErrorKind(
    UnusableEnvironmentError, "DEVNET_NOT_READY", "The local network is not ready"
).says(
    "It did not answer within {seconds:.0f} s. {log}",
    "The machine may be busy: try again.",
    "--wait allows more time.",
)
DEVNET_STILL_RUNS = ErrorKind(
    UnusableEnvironmentError, "DEVNET_STILL_RUNS", "The local network could not be stopped"
).says(
    "Process {pid} is still running.",
    "A process that is waiting for a disk cannot be killed: try again, or restart the machine.",
)
UNEXPECTED_NETWORK = ErrorKind(
    UnusableEnvironmentError, "UNEXPECTED_NETWORK", "The local network is not the expected one"
).says(
    "Aztec {version} on chain {chain} answers at {url}, with {found} verification keys, not {setup} ones.",
    "Stop it, and start it again.",
    "Run: tee-rex devnet down, then: tee-rex devnet up --reinstall",
)
