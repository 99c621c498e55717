"""What the application offers to do about an error: one table, by the error's code."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType
from typing import TypeAlias

from tee_rex.errors import Message
from tee_rex.settings.rules import SettingField
from tee_rex.transaction.request import ProvingMode
from tee_rex_app.model.local_network import NetworkStage
from tee_rex_app.model.problem import Problem
from tee_rex_app.model.state import State


class Action(StrEnum):
    """What one press of a button does."""

    TRY_AGAIN = "try-again"
    OTHER_FILE = "other-file"
    LOCAL_MODE = "local-mode"
    SERVER_MODE = "server-mode"
    SERVER_ADDRESS = "server-address"
    FORGET_KEY = "forget-key"
    RESET_SETTINGS = "reset-settings"
    INSTALL_BB = "install-bb"
    BB_FROM_FILE = "bb-from-file"
    INSTALL_LIBRARIES = "install-libraries"
    DOWNLOAD_CRS = "download-crs"
    CRS_FROM_FILE = "crs-from-file"
    SYSTEM_CHECK = "system-check"
    TAKE_FROM_OTHERS = "take-from-others"
    SHOW_FILE = "show-file"
    START_LOCAL_NETWORK = "start-local-network"
    OPEN_SITES = "open-sites"
    OPEN_ATTESTATION = "open-attestation"
    DIAGNOSTICS = "diagnostics"


Remedy: TypeAlias = Action | SettingField
"""A field stands for opening the settings at it."""

_AGAIN = (Action.TRY_AGAIN,)
_OTHER_FILE = (Action.TRY_AGAIN, Action.OTHER_FILE)
_NODE = (Action.TRY_AGAIN, SettingField.NODE_URL)
_SERVER = (Action.TRY_AGAIN, Action.LOCAL_MODE, Action.SERVER_ADDRESS)
_ENCLAVE = (Action.TRY_AGAIN, Action.OPEN_ATTESTATION, Action.LOCAL_MODE)
_PROVER = (Action.TRY_AGAIN, Action.SERVER_MODE)
_CRASH = (Action.TRY_AGAIN, Action.SERVER_MODE, Action.DIAGNOSTICS)
_MEMORY = (Action.TRY_AGAIN, SettingField.PROVER_SPEED, Action.SERVER_MODE)
_FOLDER = (Action.TRY_AGAIN, Action.SHOW_FILE)
_REPORT = (Action.TRY_AGAIN, Action.DIAGNOSTICS)

ACTIONS: Mapping[str, tuple[Remedy, ...]] = MappingProxyType(
    {
        # The application itself.
        "BUG": (Action.DIAGNOSTICS,),
        "HISTORY_UNUSABLE": _FOLDER,
        "HISTORY_NEWER": (Action.SHOW_FILE, Action.DIAGNOSTICS),
        "NOT_SAVED": _OTHER_FILE,
        "MEASUREMENTS_UNREADABLE": _OTHER_FILE,
        # This machine.
        "BAD_SETTING": (Action.TRY_AGAIN, Action.RESET_SETTINGS, Action.SHOW_FILE),
        "FPC_SALT_INVALID": (SettingField.SALT,),
        "FILE_UNREADABLE": _OTHER_FILE,
        "FILE_REFUSED": _FOLDER,
        "DISK_FULL": _FOLDER,
        "DISK_NOT_WRITABLE": _FOLDER,
        "CHANGEABLE_BY_OTHERS": (Action.TAKE_FROM_OTHERS, Action.SHOW_FILE, Action.TRY_AGAIN),
        "OUT_OF_MEMORY": _MEMORY,
        "TOO_MANY_OPEN_FILES": _AGAIN,
        # The transaction.
        **dict.fromkeys(
            (
                "AZTEC_GENERATION_UNKNOWN",
                "STEPS_EMPTY",
                "STEPS_MALFORMED",
                "STEPS_INCOMPLETE",
                "STEPS_TOO_LARGE",
                "STEPS_TOO_MANY_CIRCUITS",
                "STEPS_MISSING_VK",
                "STEPS_BAD_VK",
                "STEPS_BAD_KINDS",
                "STEPS_BAD_GZIP",
                "STEPS_INFLATE_LIMIT",
            ),
            (Action.OTHER_FILE,),
        ),
        "STEPS_STOPPED": _AGAIN,
        "STEPS_OUT_OF_ORDER": (*_AGAIN, Action.DIAGNOSTICS),
        # bb, its libraries, and the CRS.
        "BB_MISSING": (Action.INSTALL_BB, Action.BB_FROM_FILE, Action.TRY_AGAIN),
        "BB_CORRUPT": (Action.INSTALL_BB, Action.BB_FROM_FILE, Action.TRY_AGAIN),
        "BB_DOWNLOAD_FAILED": (Action.TRY_AGAIN, Action.BB_FROM_FILE),
        "BB_NOT_PINNED": (Action.SERVER_MODE, Action.SYSTEM_CHECK),
        "BB_REVOKED": (Action.SERVER_MODE, Action.SYSTEM_CHECK),
        "BB_FILE_UNUSABLE": _OTHER_FILE,
        "BB_UNAVAILABLE_HERE": (Action.SERVER_MODE,),
        "BB_LACKS_INSTRUCTIONS": (Action.SERVER_MODE,),
        "RUNTIME_MISSING": (Action.INSTALL_LIBRARIES, Action.TRY_AGAIN),
        "RUNTIME_UNAVAILABLE": _PROVER,
        "RUNTIME_DOWNLOAD_FAILED": _PROVER,
        "CRS_MISSING": (Action.DOWNLOAD_CRS, Action.CRS_FROM_FILE, Action.TRY_AGAIN),
        "CRS_DOWNLOAD_FAILED": (Action.TRY_AGAIN, Action.CRS_FROM_FILE),
        "CRS_REFUSED": (Action.TRY_AGAIN, Action.CRS_FROM_FILE),
        "CRS_FILE_REFUSED": _OTHER_FILE,
        "CRS_TOO_SMALL": (Action.SERVER_MODE, Action.OTHER_FILE),
        "DEVELOPMENT_UNAVAILABLE_HERE": (Action.DOWNLOAD_CRS, Action.SERVER_MODE),
        # Proving here.
        "BB_START_FAILED": (Action.TRY_AGAIN, Action.SYSTEM_CHECK, Action.SERVER_MODE),
        "BB_SCHEMA_UNKNOWN": (Action.INSTALL_BB, Action.TRY_AGAIN, Action.SERVER_MODE),
        "BB_CRASHED": _CRASH,
        "BB_ABORTED": (*_MEMORY, Action.DIAGNOSTICS),
        "BB_STOPPED": _PROVER,
        "BB_KILLED": _MEMORY,
        "BB_HUNG": (Action.TRY_AGAIN, SettingField.PROVER_SPEED, Action.SERVER_MODE, Action.DIAGNOSTICS),
        "BB_REFUSED": (Action.OTHER_FILE, Action.DIAGNOSTICS),
        "BB_PROTOCOL": _CRASH,
        "MEMORY_LIMIT": (SettingField.MEMORY_LIMIT, SettingField.PROVER_SPEED, Action.TRY_AGAIN),
        "PROOF_TIMED_OUT": (Action.TRY_AGAIN, Action.LOCAL_MODE, SettingField.PROVER_SPEED),
        "PROOF_MALFORMED": _REPORT,
        "PROOF_INVALID": (Action.TRY_AGAIN, Action.LOCAL_MODE, Action.DIAGNOSTICS),
        # Proving on a server.
        "MODE_NOT_CONFIGURED": (Action.SERVER_ADDRESS, Action.LOCAL_MODE),
        "SERVER_URL_INVALID": (Action.SERVER_ADDRESS, Action.LOCAL_MODE),
        "SERVER_URL_INSECURE": (Action.SERVER_ADDRESS, Action.LOCAL_MODE),
        "SERVER_UNREACHABLE": _SERVER,
        "SERVER_CERTIFICATE_INVALID": _SERVER,
        "SERVER_ANSWER_INVALID": _SERVER,
        "SERVER_BUSY": _SERVER,
        "SERVER_FAILED": _SERVER,
        "SERVER_REFUSED": _SERVER,
        "NOT_SERVED": (Action.LOCAL_MODE, Action.SERVER_ADDRESS),
        "CIRCUIT_TOO_LARGE": (Action.LOCAL_MODE, Action.SERVER_ADDRESS),
        "REMOTE_PROOF_FAILED": _SERVER,
        "JOB_LOST": _SERVER,
        "PROVER_LOST": _SERVER,
        "TICKET_RETURNED": _SERVER,
        "TICKET_EXPIRED": _SERVER,
        "INVALID_PUBLIC_KEY": _SERVER,
        "FLEET_SIGNATURE_INVALID": _SERVER,
        "FINGERPRINT_INVALID": (SettingField.SERVER_KEY, Action.LOCAL_MODE),
        "SERVER_KEY_MISMATCH": (SettingField.SERVER_KEY, Action.TRY_AGAIN, Action.LOCAL_MODE),
        "SERVER_KEY_CHANGED": (Action.FORGET_KEY, Action.LOCAL_MODE, Action.SERVER_ADDRESS),
        "KNOWN_SERVERS_UNREADABLE": _FOLDER,
        # Attestation.
        **dict.fromkeys(
            (
                "UNREADABLE",
                "INVALID_COSE",
                "INVALID_DOCUMENT",
                "CHAIN_FAILED",
                "SIGNATURE_FAILED",
                "FROM_FUTURE",
                "DEBUG_MODE",
                "PCR_MISMATCH",
                "BUILD_REVOKED",
                "POLICY_MISSING",
                "PROVER_NOT_ALLOWED",
                "MISSING_KEY",
                "KEY_MISMATCH",
            ),
            _ENCLAVE,
        ),
        "EXPIRED": (Action.TRY_AGAIN, SettingField.MAX_AGE, Action.OPEN_ATTESTATION, Action.LOCAL_MODE),
        "NONCE_MISMATCH": (
            Action.TRY_AGAIN,
            SettingField.MAX_AGE,
            Action.OPEN_ATTESTATION,
            Action.LOCAL_MODE,
        ),
        "NO_TEE": (Action.SERVER_ADDRESS, Action.LOCAL_MODE),
        # Networks, the wallet, and flows.
        "NODE_NOT_CONFIGURED": (SettingField.NODE_URL, Action.START_LOCAL_NETWORK),
        "NODE_URL_INVALID": (SettingField.NODE_URL,),
        "NODE_UNREACHABLE": (Action.TRY_AGAIN, Action.START_LOCAL_NETWORK, SettingField.NODE_URL),
        **dict.fromkeys(
            (
                "NODE_ANSWER_INVALID",
                "NODE_REFUSED",
                "NODE_KEYS_UNNAMED",
                "NODE_VERSION_MISMATCH",
                "DEVELOPMENT_NETWORK_REFUSED",
                "NETWORK_CHANGED",
                "SIMULATION_FAILED",
                "SEND_FAILED",
                "TRANSACTION_DROPPED",
                "TRANSACTION_REVERTED",
                "TRANSACTION_TIMED_OUT",
            ),
            _NODE,
        ),
        "FEE_CONTRACT_MISSING": (SettingField.SALT, Action.TRY_AGAIN),
        "BALANCES_WRONG": _REPORT,
        "WALLET_DATA_UNUSABLE": _FOLDER,
        "WALLET_IN_USE": _AGAIN,
        "WALLET_NOT_ON_WINDOWS": (Action.SERVER_MODE,),
        "FAILED": _REPORT,
        "BRIDGE_START_FAILED": (Action.TRY_AGAIN, Action.SYSTEM_CHECK),
        "BRIDGE_CRASHED": _REPORT,
        "BRIDGE_PROTOCOL": _REPORT,
        "BRIDGE_HUNG": _REPORT,
        "BRIDGE_MISSING": _AGAIN,
        "BRIDGE_INSTALL_FAILED": _REPORT,
        "BRIDGE_VERSION_UNSUPPORTED": (SettingField.NODE_URL, Action.OTHER_FILE),
        "NPM_INSTALL_FAILED": _REPORT,
        # The local network.
        **dict.fromkeys(
            (
                "LOCAL_NETWORK_ENDED",
                "PORT_IN_USE",
                "NOT_ENOUGH_MEMORY",
                "DEVNET_ENDED",
                "DEVNET_NOT_READY",
                "DEVNET_STILL_RUNS",
                "DEVNET_RUNS_ELSEWHERE",
                "UNEXPECTED_NETWORK",
                "UNEXPECTED_PACKAGES",
                "PACKAGE_SCRIPT_FAILED",
            ),
            (Action.TRY_AGAIN, Action.SHOW_FILE, Action.DIAGNOSTICS),
        ),
        "DEVNET_UNAVAILABLE_HERE": (SettingField.NODE_URL,),
        # Updates.
        "NO_UPDATE_SOURCE": (Action.DIAGNOSTICS,),
        "UPDATE_SOURCE_FAILED": _AGAIN,
        "UPDATE_REFUSED": _REPORT,
        "UPDATE_EXPIRED": _REPORT,
        "UPDATE_NOT_STARTABLE": _REPORT,
        "UPDATE_FOLDER_TAKEN": _FOLDER,
        "PINS_DAMAGED": _FOLDER,
        # Websites.
        "SITES_UNREADABLE": _FOLDER,
        "PORT_TAKEN": (Action.TRY_AGAIN, Action.OPEN_SITES),
        "LISTEN_FAILED": (Action.TRY_AGAIN, Action.OPEN_SITES),
        "HTTPS_CERTIFICATE_UNUSABLE": (Action.OPEN_SITES, Action.SHOW_FILE),
        "CERTUTIL_MISSING": (Action.TRY_AGAIN, Action.OPEN_SITES),
        "TRUST_STORE_FAILED": (Action.TRY_AGAIN, Action.OPEN_SITES),
        "TRUST_STORE_LOCKED": (Action.SHOW_FILE, Action.OPEN_SITES),
        **dict.fromkeys(
            (
                "ORIGIN_DENIED",
                "AUTHORIZATION_TIMEOUT",
                "AUTHORIZATION_CANCELLED",
                "AUTHORIZATION_COOLDOWN",
                "TOO_MANY_REQUESTS",
            ),
            (Action.OPEN_SITES,),
        ),
        # Noir circuits, which websites alone have proved.
        **dict.fromkeys(
            ("CIRCUIT_MALFORMED", "CIRCUIT_REFUSED", "CIRCUIT_UNSATISFIED", "TARGET_UNAVAILABLE"),
            (Action.OPEN_SITES, Action.DIAGNOSTICS),
        ),
    }
)

_NEEDS_REST = frozenset(
    {
        Action.TRY_AGAIN,
        Action.OTHER_FILE,
        Action.LOCAL_MODE,
        Action.SERVER_MODE,
        Action.INSTALL_BB,
        Action.BB_FROM_FILE,
        Action.INSTALL_LIBRARIES,
        Action.DOWNLOAD_CRS,
        Action.CRS_FROM_FILE,
    }
)
"""What does nothing while something runs or is installed."""


def offered(problem: Problem, state: State) -> tuple[Remedy, ...]:
    """What can be done about a problem, in the present state; the first is what helps most often."""
    return tuple(one for one in ACTIONS.get(problem.code, ()) if _applies(one, problem, state))


def possible(remedy: Remedy, state: State) -> bool:
    """Whether it can be done at this moment."""
    return not (state.busy and remedy in _NEEDS_REST)


def file_of(problem: Problem) -> Path | None:
    """The file or folder that a problem is about, if its whole path is known."""
    return _path_in(problem.message)


def address_field(state: State) -> SettingField:
    """The setting with the address of the server that proves in the present mode."""
    return SettingField.TEE_URL if state.mode is ProvingMode.TEE else SettingField.PROVER_URL


def _path_in(message: Message) -> Path | None:
    """That of the outer sentence first; a log's stands in a sentence of its own."""
    for name in ("file", "path", "folder", "log"):
        value = message.fields.get(name)
        if isinstance(value, str) and Path(value).is_absolute():
            return Path(value)
    inner = (_path_in(value) for value in message.fields.values() if isinstance(value, Message))
    return next(filter(None, inner), None)


def _applies(remedy: Remedy, problem: Problem, state: State) -> bool:
    local = state.mode is ProvingMode.LOCAL
    match remedy:
        case Action.TRY_AGAIN:
            return problem.repeat.again is not None
        case Action.OTHER_FILE:
            return problem.repeat.with_file is not None
        case Action.LOCAL_MODE:
            return not local
        case Action.SERVER_MODE | SettingField.PROVER_SPEED:
            return local
        case Action.SHOW_FILE | Action.RESET_SETTINGS:
            return file_of(problem) is not None
        case Action.FORGET_KEY:
            told = problem.message.fields
            remembered = state.remembered_keys or {}
            return "known" in told and remembered.get(str(told.get("server"))) == told["known"]
        case Action.TAKE_FROM_OTHERS:
            return "quoted" in problem.message.fields
        case Action.START_LOCAL_NETWORK:
            return state.local_network.available and state.local_network.stage is NetworkStage.OFF
        case _:
            return True
