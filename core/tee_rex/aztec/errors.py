"""What can go wrong between us, an Aztec node and the wallet's process."""

from __future__ import annotations

from tee_rex.errors import InputError, TeeRexError, UnusableEnvironmentError, UsageError


class NodeNotConfiguredError(InputError):
    """No node's address was given."""

    code = "NODE_NOT_CONFIGURED"
    title = "There is no Aztec node to talk to"
    default_hint = "Give --node URL or set AZTEC_NODE_URL; `tee-rex devnet up` starts a local network."


class NodeUrlError(UsageError):
    """A text that is not the address of a node."""

    code = "NODE_URL_INVALID"
    title = "That is not a node's address"
    default_hint = "Give it like https://node.example.org; plain http is accepted for this machine only."


class NodeUnreachableError(UnusableEnvironmentError):
    """The node does not answer."""

    code = "NODE_UNREACHABLE"
    title = "The Aztec node does not answer"
    default_hint = "Check its address and the network; `tee-rex devnet status` tells of a local one."


class NotAnAztecNodeError(UnusableEnvironmentError):
    """Something answers, but not as a node does."""

    code = "NODE_ANSWER_INVALID"
    title = "That is no Aztec node"
    default_hint = "Check the address: a node's JSON-RPC usually has port 8080 or a path of its own."


class NodeRefusedError(TeeRexError):
    """The node answered a question with an error."""

    code = "NODE_REFUSED"
    title = "The Aztec node refuses"
    default_hint = "Try again; if it stays, ask whoever runs the node."


class NodeVersionMismatchError(InputError):
    """The network runs another Aztec version than the wallet."""

    code = "NODE_VERSION_MISMATCH"
    title = "The network has another Aztec version"
    default_hint = "TEE-Rex runs flows on networks of Aztec 4.1.2; give the node of such a network."


class DevelopmentNetworkRefusedError(InputError):
    """A network that is not local claims the setup whose proofs anyone can forge."""

    code = "DEVELOPMENT_NETWORK_REFUSED"
    title = "A network must not use the development setup"
    default_hint = "Only a local network (chain 31337) may; this one is broken, or meant to deceive."


class NetworkChangedError(UnusableEnvironmentError):
    """The wallet's connection leads to another network than ours did."""

    code = "NETWORK_CHANGED"
    title = "The address leads to different networks"
    default_hint = "Something stands between: a load balancer or a proxy. Give the address of one node."


class ProofsRequiredError(InputError):
    """A flow without proofs on a network that refuses such transactions."""

    code = "PROOFS_REQUIRED"
    title = "This network requires proofs"
    default_hint = "Leave --no-proofs away: only a local network takes transactions without proofs."


class FeeContractMissingError(InputError):
    """Nobody pays: the sponsored fee contract has no balance on this network."""

    code = "FEE_CONTRACT_MISSING"
    title = "This network has no sponsored fee contract"
    default_hint = "If it has one under another salt, set SPONSORED_FPC_SALT, or give --fpc-salt."


class WalletDataError(UnusableEnvironmentError):
    """The wallet's data cannot be used, even after what can be made again was cleared."""

    code = "WALLET_DATA_UNUSABLE"
    title = "The wallet's data cannot be used"
    default_hint = "Its keys are untouched. Check the disk, then try again."


class WalletInUseError(UnusableEnvironmentError):
    """Another process has the wallet open."""

    code = "WALLET_IN_USE"
    title = "The wallet is in use"
    default_hint = "Wait until the other flow has ended, or set TEE_REX_HOME to another folder."


class FlowError(TeeRexError):
    """Base of what ends a flow in a step.

    diagnostics: what the wallet said. It can quote the transaction, so it is for the machine's owner alone
    and never part of the message.
    """


class SimulationFailedError(FlowError):
    """The wallet could not run the transaction."""

    code = "SIMULATION_FAILED"
    title = "The transaction cannot be simulated"
    default_hint = "Try again: the network may have moved on meanwhile. Nothing was sent."


class SendFailedError(FlowError):
    """The node did not take the transaction."""

    code = "SEND_FAILED"
    title = "The node did not take the transaction"
    default_hint = "Try again. If it stays, the network may require another version or fee."


class TransactionDroppedError(FlowError):
    """The node has given the transaction up."""

    code = "TRANSACTION_DROPPED"
    title = "The transaction was dropped"
    default_hint = "Try again: the network was perhaps busy, or its fees have risen."


class TransactionRevertedError(FlowError):
    """The transaction is in a block, and its public part failed."""

    code = "TRANSACTION_REVERTED"
    title = "The transaction was reverted"
    default_hint = "Look it up in the explorer, then try again."


class TransactionTimedOutError(FlowError):
    """The transaction was sent and is in no block yet."""

    code = "TRANSACTION_TIMED_OUT"
    title = "The transaction was not confirmed in time"
    default_hint = "It may still be: look it up before you try again."


class BalancesWrongError(FlowError):
    """The flow ended with other balances than it must."""

    code = "BALANCES_WRONG"
    title = "The balances are not what they must be"
    default_hint = "This is a fault of TEE-Rex or of the network: please report it."


class BridgeError(FlowError):
    """Base: the wallet's process does not do what it must."""


class BridgeStartError(BridgeError):
    """The wallet's process did not come up."""

    code = "BRIDGE_START_FAILED"
    title = "The wallet does not start"
    default_hint = "Run 'tee-rex doctor'; it names what is missing on this machine."


class BridgeCrashedError(BridgeError):
    """The wallet's process ended while it was needed."""

    code = "BRIDGE_CRASHED"
    title = "The wallet has crashed"
    default_hint = "Try again. Its keys are untouched."


class BridgeProtocolError(BridgeError):
    """What the wallet's process says makes no sense."""

    code = "BRIDGE_PROTOCOL"
    title = "The wallet's answer cannot be used"
    default_hint = "Try again. If it stays, please report it."


class BridgeHungError(BridgeError):
    """The wallet's process says nothing any more."""

    code = "BRIDGE_HUNG"
    title = "The wallet does not answer"
    default_hint = "Try again; on a machine that is very busy it can take long."


class BridgeInstallError(UnusableEnvironmentError):
    """The wallet's parts could not be fetched or put together."""

    code = "BRIDGE_INSTALL_FAILED"
    title = "The wallet could not be installed"
    default_hint = "Check the network, the proxy and npm's registry setting, then try again."


class BridgeMissingError(UnusableEnvironmentError):
    """The wallet's parts are not installed, and nothing may be downloaded."""

    code = "BRIDGE_MISSING"
    title = "The wallet is not installed"
    default_hint = "Run: tee-rex setup --wallet"
