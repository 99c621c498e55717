"""A real Firefox without a window, driven by its remote protocol Marionette.

Messages are JSON after their length and a colon: [0, id, command, parameters], answered by
[1, id, error, result] (https://firefox-source-docs.mozilla.org/testing/marionette/Protocol.html).
"""

from __future__ import annotations

import asyncio
import itertools
import json
import os
import shutil
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final

from support.patience import PATIENCE
from support.ports import free_port

_NAMES: Final = ("firefox-esr", "firefox")
_IN_THE_PAGE: Final = """
const [script, done] = arguments;
const name = "result" + Math.random().toString().slice(2);
addEventListener(name, ({ detail }) => done(detail), { once: true });
const element = document.createElement("script");
element.type = "module";
element.textContent = `
  const say = (detail) => dispatchEvent(new CustomEvent("${name}", { detail: JSON.stringify(detail) }));
  const failed = (error) => say({ error: String(error) });
  Promise.resolve().then(() => (${script})).then((value) => say({ value }), failed);
`;
document.head.append(element);
"""


class MarionetteError(Exception):
    """Firefox refused a command, or a page's script threw."""


class Firefox:
    """One running browser with one page. Made by :func:`firefox`."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self._numbers = itertools.count(1)

    async def command(self, name: str, **parameters: object) -> Any:  # noqa: ANN401  # what the command gives
        """The result of a command, one at a time; raises MarionetteError."""
        message = json.dumps([0, next(self._numbers), name, parameters]).encode()
        self._writer.write(b"%d:%b" % (len(message), message))
        _kind, _number, error, result = await self.message()
        if error is not None:
            raise MarionetteError(f"{name}: {error['message']}")
        return result

    async def message(self) -> Any:  # noqa: ANN401  # what Firefox says
        length = int((await self._reader.readuntil(b":"))[:-1])
        return json.loads(await self._reader.readexactly(length))

    async def open(self, url: str) -> None:
        await self.command("WebDriver:Navigate", url=url)

    async def evaluate(self, script: str) -> Any:  # noqa: ANN401  # whatever JSON the script gives
        """The value of an expression in the page, awaited when it is a promise."""
        said = await self.command("WebDriver:ExecuteAsyncScript", script=_IN_THE_PAGE, args=[script])
        answer = json.loads(said["value"])
        if "error" in answer:
            raise MarionetteError(answer["error"])
        return answer.get("value")


@asynccontextmanager
async def firefox(home: Path, profile: Path, preferences: Mapping[str, object]) -> AsyncIterator[Firefox]:
    """Start a browser with this home folder and profile; end it after the block."""
    program = next(filter(None, map(shutil.which, _NAMES)), None)
    assert program is not None, "Firefox is missing: make test-host"
    port = free_port()
    lines = {"marionette.port": port, "browser.shell.checkDefaultBrowser": False, **preferences}
    (profile / "user.js").write_text(
        "".join(f"user_pref({json.dumps(name)}, {json.dumps(value)});\n" for name, value in lines.items())
    )
    process = await asyncio.create_subprocess_exec(
        *(program, "--headless", "--marionette", "--no-remote", "--profile", str(profile)),
        env={"HOME": str(home), "PATH": os.environ["PATH"], "LANG": "C.UTF-8"},
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        reader, writer = await _connected(port)
        browser = Firefox(reader, writer)
        await browser.message()  # it greets
        timeouts = {"script": 600_000, "pageLoad": 60_000}
        await browser.command("WebDriver:NewSession", capabilities={"alwaysMatch": {"timeouts": timeouts}})
        yield browser
        writer.close()
        await writer.wait_closed()
    finally:
        process.terminate()
        await process.wait()


async def _connected(port: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    async with asyncio.timeout(PATIENCE):
        while True:
            try:
                return await asyncio.open_connection("127.0.0.1", port, limit=64 << 20)
            except OSError:
                await asyncio.sleep(0.1)
