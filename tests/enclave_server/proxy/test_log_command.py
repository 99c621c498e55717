"""Reading an enclave's log from its host."""

from __future__ import annotations

import asyncio
import io
from pathlib import Path

from support.enclave_stand_in import VhostAdapter, listening_guest
from support.errors import raises
from support.patience import PATIENCE
from support.proving_server import eventually
from tee_rex_server.errors.proxy import LOG_UNREACHABLE
from tee_rex_server.proxy.commands import follow_log
from tee_rex_server.vsock import LOG_PORT, VhostSocket


async def test_lines_come_until_the_enclave_ends(tmp_path: Path) -> None:
    output = io.BytesIO()
    with listening_guest(tmp_path / "u", LOG_PORT) as listener:
        async with VhostAdapter(tmp_path / "u").listening():
            following = asyncio.create_task(follow_log(VhostSocket(tmp_path / "u"), output))
            connection, _ = await asyncio.to_thread(listener.accept)
            with connection:
                connection.sendall(b'{"event": "listening"}\n')
                connection.sendall(b'{"event": "ready"}\n')
            await asyncio.wait_for(following, PATIENCE)
    assert output.getvalue() == b'{"event": "listening"}\n{"event": "ready"}\n'


async def test_an_enclave_without_a_log(tmp_path: Path) -> None:
    with raises(LOG_UNREACHABLE):
        await follow_log(VhostSocket(tmp_path / "u"), io.BytesIO())
    async with VhostAdapter(tmp_path / "u").listening():
        with raises(LOG_UNREACHABLE):
            await follow_log(VhostSocket(tmp_path / "u"), io.BytesIO())


async def test_lines_of_two_enclaves_stay_whole(tmp_path: Path) -> None:
    output = io.BytesIO()
    with (
        listening_guest(tmp_path / "u", LOG_PORT) as first_log,
        listening_guest(tmp_path / "v", LOG_PORT) as second_log,
    ):
        async with VhostAdapter(tmp_path / "u").listening(), VhostAdapter(tmp_path / "v").listening():
            following = [
                asyncio.create_task(follow_log(VhostSocket(tmp_path / name), output)) for name in "uv"
            ]
            first, _ = await asyncio.to_thread(first_log.accept)
            second, _ = await asyncio.to_thread(second_log.accept)
            with first:
                first.sendall(b"one\nbegun ")
                await eventually(lambda: output.getvalue() == b"one\n")
                second.sendall(b"two\n")
                await eventually(lambda: output.getvalue() == b"one\ntwo\n")
                first.sendall(b"and ended\nlast")
            second.close()
            await asyncio.wait_for(asyncio.gather(*following), PATIENCE)
    assert output.getvalue() == b"one\ntwo\nbegun and ended\nlast"
