"""``tee-rex-server enclave-log``: what an enclave logged, and goes on to log."""

from __future__ import annotations

import asyncio
import sys
from typing import TYPE_CHECKING

from tee_rex.errors import ExitCode
from tee_rex.terminal.console import exit_on_error
from tee_rex_server.proxy.command import CidOption, VsockSocketOption

if TYPE_CHECKING:
    from typing import BinaryIO

    from tee_rex_server.vsock import EnclaveAddress

_CONNECT_SECONDS = 10.0
_PART_BYTES = 65536


def enclave_log(cid: CidOption = None, vsock_socket: VsockSocketOption = None) -> None:
    """Print the last lines of enclaves' logs, and new ones as they come, until Ctrl-C or the enclaves' end.

    An enclave has no console to look at; its log holds nothing that a client sent encrypted.
    """
    from tee_rex_server.proxy.settings import enclave_addresses

    with exit_on_error():
        addresses = enclave_addresses(cid or (), vsock_socket or ())
        try:
            asyncio.run(_follow_all(addresses))
        except KeyboardInterrupt:
            sys.exit(ExitCode.CANCELLED)


async def _follow_all(addresses: tuple[EnclaveAddress, ...]) -> None:
    await asyncio.gather(*(follow_log(address, sys.stdout.buffer) for address in addresses))


async def follow_log(address: EnclaveAddress, output: BinaryIO) -> None:
    """Write an enclave's lines to ``output`` until it hangs up. Raises EnclaveNotThereError."""
    from tee_rex_server.proxy.errors import EnclaveNotThereError
    from tee_rex_server.vsock import LOG_PORT

    try:
        async with asyncio.timeout(_CONNECT_SECONDS):
            reader, writer = await address.connect(LOG_PORT)
    except OSError as error:
        raise EnclaveNotThereError(f"The log of enclave {address.name} cannot be connected to.") from error
    rest = b""
    try:
        while part := await reader.read(_PART_BYTES):
            # Whole lines: those of another enclave may come between. The enclave cuts long ones itself.
            lines, line_break, rest = (rest + part).rpartition(b"\n")
            if len(rest) > _PART_BYTES:
                lines, rest = lines + line_break + rest, b""
            output.write(lines + line_break)
            output.flush()
        output.write(rest)
        output.flush()
    except ConnectionError:
        pass  # the enclave ended
    finally:
        writer.transport.abort()
