"""The wallet's process: Node running the bridge, whose standard streams are the connection."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tee_rex.errors.catalogue.aztec import BRIDGE_CRASHED, BRIDGE_START_FAILED
from tee_rex.errors.tree import BridgeError
from tee_rex.system.child_process import ChildProcess, exit_reason
from tee_rex.system.text import os_reason

_SECONDS_TO_EXIT: Final = 5.0
# What Node needs of the environment: proxies, certificates, and where temporary files go.
_PASSED_ON: Final = (
    *("PATH", "HOME", "TMPDIR", "LANG", "NODE_EXTRA_CA_CERTS", "SSL_CERT_FILE", "SSL_CERT_DIR"),
    *("HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy"),
)
_LOOPBACK: Final = "localhost,127.0.0.1,[::1]"


@dataclass(frozen=True, slots=True)
class BridgeCommand:
    """The command line of the bridge, and the folder it is started in."""

    argv: tuple[str, ...]
    folder: Path


async def start_bridge(
    command: BridgeCommand, environ: Mapping[str, str], held: Sequence[int] = ()
) -> ChildProcess:
    """Start the bridge, which exits when its standard input ends; raises BRIDGE_START_FAILED.

    held: file descriptors that it inherits and keeps open.
    """
    try:
        return await ChildProcess.start(
            command.argv,
            cwd=command.folder,
            environment=environment(environ),
            keep_stdout=True,
            inherited=held,
        )
    except OSError as error:
        raise BRIDGE_START_FAILED(reason=os_reason(error)) from error


async def crash_of(bridge: ChildProcess) -> BridgeError:
    """Wait for the end of a bridge that has closed its pipe, and return the error that explains it.

    It is killed if it does not exit within 5 seconds.
    """
    code = await bridge.wait_or_kill(_SECONDS_TO_EXIT)
    return BRIDGE_CRASHED(reason=exit_reason(code), diagnostics=bridge.stderr.decode(errors="replace"))


def environment(own: Mapping[str, str]) -> dict[str, str]:
    """The bridge's environment: nothing that could change what it does except proxies and certificates."""
    passed = {name: own[name] for name in _PASSED_ON if own.get(name)}
    bypass = ",".join(filter(None, (own.get("no_proxy") or own.get("NO_PROXY"), _LOOPBACK)))
    return passed | {
        "NODE_USE_ENV_PROXY": "1",
        "NODE_USE_SYSTEM_CA": "1",
        "NO_PROXY": bypass,
        "no_proxy": bypass,
    }
