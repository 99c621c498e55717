"""Aztec networks, their nodes, the wallet and the flows."""

from __future__ import annotations

from tee_rex.errors import ErrorKind, ExitCode, FlowError, InputError, UnusableEnvironmentError, UsageError
from tee_rex.errors.tree import (
    BridgeError,
    BridgeMissingError,
    DevelopmentNetworkRefusedError,
    NodeError,
    TransactionDroppedError,
    TransactionRevertedError,
    UnnamedKeysError,
    WalletDataError,
    WalletError,
)

NODE_NOT_CONFIGURED = ErrorKind(InputError, "NODE_NOT_CONFIGURED", "No Aztec node is set").says(
    "No node address was given.",
    "Give its address, or start a local network.",
    "--node URL or AZTEC_NODE_URL gives it; tee-rex devnet up starts a network.",
)
NODE_URL_INVALID = ErrorKind(UsageError, "NODE_URL_INVALID", "Invalid node address").says(
    "{reason}", "Use an address like https://node.example.org; plain http is accepted for this machine only."
)
NODE_UNREACHABLE = ErrorKind(NodeError, "NODE_UNREACHABLE", "The Aztec node does not respond").says(
    "{reason}", "Check its address and the network.", "For a local network, run: tee-rex devnet status"
)
NODE_BEHIND_PROXY = NODE_UNREACHABLE.says("A proxy answered in its place with HTTP status {status}.")
NODE_RESPONSE_TIMED_OUT = NODE_UNREACHABLE.says("Its response was incomplete after {seconds:g} seconds.")
NODE_CERTIFICATE_INVALID = NODE_UNREACHABLE.says(
    "{reason}", "Check the address.", "SSL_CERT_FILE can name a company's own certificates."
)
NODE_WITHOUT_TLS = NODE_UNREACHABLE.says(
    "It does not support TLS.", "A node on this machine usually has an address that starts with http://."
)
NODE_STALLED = NODE_UNREACHABLE.says("The wallet received nothing from it for {seconds:g} seconds.")
NODE_UNREACHABLE_FROM_WALLET = NODE_UNREACHABLE.says("The wallet could not connect to it.")
NODE_ANSWER_INVALID = ErrorKind(NodeError, "NODE_ANSWER_INVALID", "Not an Aztec node").says(
    "Its response (HTTP status {status}) is not a node's.",
    "Check the address: a node's JSON-RPC usually has port 8080 or its own path.",
)
NODE_HTTP_INVALID = NODE_ANSWER_INVALID.says("{reason}")
NODE_METHOD_MISSING = NODE_ANSWER_INVALID.says("It has none of the methods {methods}.")
NODE_VERSION_INVALID = NODE_ANSWER_INVALID.says("It reports {version}, which is not an Aztec version.")
NODE_REFUSED = ErrorKind(
    NodeError, "NODE_REFUSED", "The Aztec node returned an error", exit_code=ExitCode.FAILED
).says("{method} failed: {reason}.", "Try again. If it keeps failing, contact the node's operator.")
NODE_REFUSED_SILENTLY = NODE_REFUSED.says("{method} failed; the node gave no reason.")
NODE_VERSION_MISMATCH = ErrorKind(InputError, "NODE_VERSION_MISMATCH", "Unsupported Aztec network").says(
    "The node runs Aztec {version} with verification keys that this release does not know.",
    "Use a node of a public network, or a newer release of TEE-Rex.",
)
NODE_KEYS_UNNAMED = ErrorKind(
    UnnamedKeysError, "NODE_KEYS_UNNAMED", "The node does not name its verification keys"
).says(
    "The node runs Aztec {version}; which trusted setup its network has is unknown.",
    "A proxy in between may remove the header {header}: use the node's own address.",
)
NODE_CIRCUITS_MISMATCH = NODE_VERSION_MISMATCH.says(
    "The node says that it runs Aztec {version}, but its verification keys are those of {circuits}.",
    "Several nodes may share the address, or this one is misconfigured. Use another node.",
)
DEVELOPMENT_NETWORK_REFUSED = ErrorKind(
    DevelopmentNetworkRefusedError,
    "DEVELOPMENT_NETWORK_REFUSED",
    "A public network must not use the development setup",
).says(
    "The node reports chain {chain}.",
    "Only local networks (chain 31337) may use it: this network is misconfigured, or an attempt to deceive.",
)
NETWORK_CHANGED = ErrorKind(
    UnusableEnvironmentError, "NETWORK_CHANGED", "The address leads to different networks"
).says(
    "The wallet sees chain {chain}, rollup version {rollup}.",
    "A load balancer or a proxy may be in between. Use the address of a single node.",
)
NETWORK_RESTARTED = NETWORK_CHANGED.says(
    "The network was restarted or replaced during the flow.",
    "Run the flow again: it creates new accounts on the current network.",
)
PROOFS_REQUIRED = ErrorKind(InputError, "PROOFS_REQUIRED", "This network requires proofs").says(
    "The network is {network}.",
    "Only local networks accept transactions without proofs.",
    "Omit --no-proofs.",
)
FEE_CONTRACT_MISSING = ErrorKind(
    InputError, "FEE_CONTRACT_MISSING", "This network has no sponsored fee contract"
).says(
    "With salt {salt} its address is {address}, which has no balance.",
    "If the network's contract has another salt, give that one.",
    "--fpc-salt or SPONSORED_FPC_SALT gives it, or the app's Settings.",
)

WALLET_DATA_UNUSABLE = ErrorKind(
    WalletDataError,
    "WALLET_DATA_UNUSABLE",
    "The wallet's data cannot be used",
    remedy="Never delete accounts.json: its accounts are lost without it. Fix or move it.",
).says("Its store could not be opened.", "Its keys are untouched. Check the disk, then try again.")
WALLET_FOLDER_NOT_LOCKED = WALLET_DATA_UNUSABLE.says("Its folder cannot be locked: {reason}.")
_RESTORE_ACCOUNTS = "Fix {path}, or move it away: its accounts are lost without it."
ACCOUNTS_UNREADABLE = WALLET_DATA_UNUSABLE.says("{path}: {reason}.", _RESTORE_ACCOUNTS)
ACCOUNTS_TOO_LARGE = WALLET_DATA_UNUSABLE.says("{path} is too large.", _RESTORE_ACCOUNTS)
ACCOUNTS_DAMAGED = WALLET_DATA_UNUSABLE.says("{path} is damaged.", _RESTORE_ACCOUNTS)
ACCOUNTS_FULL = WALLET_DATA_UNUSABLE.says(
    "{path} has {count:,} accounts and is full.",
    "Move it somewhere safe: those accounts need it, and new ones get a new file.",
)
WALLET_OF_ANOTHER_USER = WALLET_DATA_UNUSABLE.says(
    "{path} belongs to another user.", "Run TEE-Rex as that user.", "TEE_REX_HOME can name your own folder."
)
WALLET_IN_USE = ErrorKind(UnusableEnvironmentError, "WALLET_IN_USE", "The wallet is in use").says(
    "Another flow is using the same keys on the same network.",
    "Wait until the other flow has ended, then try again.",
    "TEE_REX_HOME can name another folder.",
)
WALLET_NOT_ON_WINDOWS = ErrorKind(
    UnusableEnvironmentError, "WALLET_NOT_ON_WINDOWS", "Aztec's wallet does not run on Windows"
).says(
    "TEE-Rex runs Aztec's wallet on Linux and macOS only.",
    "Prove the execution steps of another wallet, on a server (remote mode) or in an enclave (TEE mode).",
)
WALLET_STILL_ENDING = WALLET_IN_USE.says("The wallet of a killed flow has not exited yet.")

SIMULATION_FAILED = ErrorKind(FlowError, "SIMULATION_FAILED", "The transaction could not be simulated").says(
    "The wallet could not run it.", "Try again: the chain may have advanced meanwhile. Nothing was sent."
)
PROOF_NOT_MADE = SIMULATION_FAILED.says("Its proof was not made.")
SEND_FAILED = ErrorKind(FlowError, "SEND_FAILED", "The node rejected the transaction").says(
    "It returned an error.",
    "Try again. If it keeps failing, the network may require another version or a higher fee.",
)
TRANSACTION_DROPPED = ErrorKind(
    TransactionDroppedError, "TRANSACTION_DROPPED", "The transaction was dropped"
).says(
    "The node no longer has {transaction}.",
    "Try again: the network may have been busy, or its fees may have risen.",
)
TRANSACTION_REVERTED = ErrorKind(
    TransactionRevertedError, "TRANSACTION_REVERTED", "The transaction was reverted"
).says("{transaction} failed in block {block}.", "Look it up in the explorer, then try again.")
TRANSACTION_TIMED_OUT = ErrorKind(
    FlowError, "TRANSACTION_TIMED_OUT", "The transaction was not confirmed in time"
).says(
    "{transaction} is in no block after {minutes:g} min.",
    "It may still be confirmed: look it up before you try again.",
)
BALANCES_WRONG = ErrorKind(FlowError, "BALANCES_WRONG", "Unexpected balances").says(
    "The balances are {balances}, expected {expected}.",
    "This is a bug in TEE-Rex or in the network: please report it.",
)

BRIDGE_FAILED = ErrorKind(BridgeError, "FAILED", "The wallet failed").says(
    "The wallet had an internal error.", "Try again. If it keeps failing, please report it."
)
BRIDGE_START_FAILED = ErrorKind(BridgeError, "BRIDGE_START_FAILED", "The wallet did not start").says(
    "Its program cannot be run ({reason}).",
    "The system check shows what is missing on this machine.",
    "Run: tee-rex doctor",
)
BRIDGE_CRASHED = ErrorKind(BridgeError, "BRIDGE_CRASHED", "The wallet crashed").says(
    "{reason}", "Try again. Its keys are untouched."
)
BRIDGE_STOPPED = BRIDGE_CRASHED.says("It was stopped.")
BRIDGE_PROTOCOL = ErrorKind(BridgeError, "BRIDGE_PROTOCOL", "Malformed response from the wallet").says(
    "It violated the protocol: {reason}.", "Try again. If it keeps failing, please report it."
)
BRIDGE_ANSWER_INVALID = BRIDGE_PROTOCOL.says("Its response to {method} is malformed.")
BRIDGE_HUNG = ErrorKind(BridgeError, "BRIDGE_HUNG", "The wallet does not respond").says(
    "It was not ready after {seconds:g} seconds.", "Try again; on a busy machine it can take long."
)
BRIDGE_SILENT = BRIDGE_HUNG.says("It sent nothing for {seconds:g} seconds during {method}.")
BRIDGE_CALL_TIMED_OUT = BRIDGE_HUNG.says("{method} made no progress for {seconds:g} seconds.")
BRIDGE_INSTALL_FAILED = ErrorKind(
    WalletError, "BRIDGE_INSTALL_FAILED", "The wallet could not be installed"
).says(
    "Bundling it failed: {reason}.",
    "Check the network, the proxy and npm's registry setting, then try again.",
)
BRIDGE_BUILD_ENDED = BRIDGE_INSTALL_FAILED.says("Bundling it failed. {reason}")
BRIDGE_BUILD_TIMED_OUT = BRIDGE_INSTALL_FAILED.says("Bundling it took over {seconds:.0f} seconds.")
BRIDGE_VERSION_UNSUPPORTED = ErrorKind(
    InputError, "BRIDGE_VERSION_UNSUPPORTED", "No wallet for this network"
).says(
    "This release proves Aztec {version} transactions, but has no wallet for that network, only for that of "
    "{supported}.",
    "Flows need such a wallet. Dapps, other wallets and files need none: TEE-Rex proves what they record.",
)
BRIDGE_AND_BB_UNSUPPORTED = BRIDGE_VERSION_UNSUPPORTED.says(
    "This release has no wallet for Aztec {version}, only for {supported}, and no bb that proves it here."
)
BRIDGE_MISSING = ErrorKind(BridgeMissingError, "BRIDGE_MISSING", "The wallet is not installed").says(
    "{folder} is missing or damaged.", "", "Run: tee-rex setup --wallet"
)
