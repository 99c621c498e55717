"""A real Chromium without a window, driven over its DevTools protocol.

https://chromedevtools.github.io/devtools-protocol/: JSON messages, each ended by a zero byte, on the two
descriptors 3 and 4 that ``--remote-debugging-pipe`` reads and writes.
"""

from __future__ import annotations

import asyncio
import base64
import itertools
import json
import shutil
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any, Final

from support.patience import PATIENCE

_NAMES: Final = ("chromium", "google-chrome", "chromium-browser")
_ARGUMENTS: Final = (
    "--headless",
    "--no-sandbox",  # tests may run as root, and open only their own pages
    "--no-first-run",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--remote-debugging-pipe",
)


class DevToolsError(Exception):
    """Chromium refused a command, or a page's script threw."""


class Chromium:
    """One running browser. Made by :func:`chromium`."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self._numbers = itertools.count(1)
        self._answers: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self._ended = False

    async def listen(self) -> None:
        """Hand answers to who waits for them, until the browser ends."""
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                message = json.loads((await self._reader.readuntil(b"\0"))[:-1])
                waiting = self._answers.pop(message.get("id", 0), None)
                if waiting is not None and not waiting.done():
                    waiting.set_result(message)
        self._ended = True
        for waiting in self._answers.values():
            waiting.set_result({"error": {"message": "Chromium has ended."}})

    async def command(self, method: str, session: str | None = None, **params: object) -> dict[str, Any]:
        """The result of a command; raises DevToolsError."""
        if self._ended:
            raise DevToolsError("Chromium has ended.")
        number = next(self._numbers)
        waiting = self._answers[number] = asyncio.get_running_loop().create_future()
        message = {"id": number, "method": method, "params": params}
        if session is not None:
            message["sessionId"] = session
        self._writer.write(json.dumps(message).encode() + b"\0")
        try:
            answer = await asyncio.wait_for(waiting, 10 * PATIENCE)  # a script may prove
        finally:
            self._answers.pop(number, None)
        if "error" in answer:
            raise DevToolsError(f"{method}: {answer['error']['message']}")
        return dict(answer["result"])

    @asynccontextmanager
    async def page(self, url: str, *, may_reach_loopback: bool = True) -> AsyncIterator[Page]:
        """A page as a person sees it who never was there; may_reach_loopback: their answer to the browser."""
        context = (await self.command("Target.createBrowserContext"))["browserContextId"]
        try:
            for name in ("loopback-network", "local-network-access"):
                with suppress(DevToolsError):
                    await self.command(
                        "Browser.setPermission",
                        permission={"name": name},
                        setting="granted" if may_reach_loopback else "denied",
                        browserContextId=context,
                    )
            target = await self.command("Target.createTarget", url="about:blank", browserContextId=context)
            session = await self.command("Target.attachToTarget", targetId=target["targetId"], flatten=True)
            page = Page(self, session["sessionId"])
            await page.open(url)
            yield page
        finally:
            await self.command("Target.disposeBrowserContext", browserContextId=context)


class Page:
    """One tab."""

    def __init__(self, browser: Chromium, session: str) -> None:
        self._browser = browser
        self._session = session

    async def command(self, method: str, **params: object) -> dict[str, Any]:
        return await self._browser.command(method, self._session, **params)

    async def open(self, url: str) -> None:
        answer = await self.command("Page.navigate", url=url)
        if "errorText" in answer:
            raise DevToolsError(f"{url}: {answer['errorText']}")
        await self.until("document.readyState === 'complete'")

    async def until(self, script: str, seconds: float = PATIENCE) -> None:
        """Wait until an expression holds; raises TimeoutError."""
        async with asyncio.timeout(seconds):
            while not await self.evaluate(script):  # noqa: ASYNC110  # the page has no event for it
                await asyncio.sleep(0.02)

    async def evaluate(self, script: str) -> Any:  # noqa: ANN401  # whatever JSON the script gives
        """The value of an expression, awaited when it is a promise."""
        answer = await self.command(
            "Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True
        )
        if "exceptionDetails" in answer:
            details = answer["exceptionDetails"]
            raise DevToolsError(details.get("exception", {}).get("description") or details["text"])
        return answer["result"].get("value")

    async def screenshot(self, file: Path) -> None:
        picture = await self.command("Page.captureScreenshot", format="png")
        file.write_bytes(base64.b64decode(picture["data"]))


@asynccontextmanager
async def chromium(home: Path, *arguments: str) -> AsyncIterator[Chromium]:
    """Start a browser whose profile and home folder are in ``home``; end it after the block."""
    program = next(filter(None, map(shutil.which, _NAMES)), None)
    assert program is not None, "Chromium is missing."
    ours, its = socket.socketpair()
    with ours, its:
        process = await asyncio.create_subprocess_exec(
            "bash",  # other shells take descriptors of one digit
            "-c",
            f'exec "$0" "$@" 3<&{its.fileno()} 4>&{its.fileno()}',
            program,
            *_ARGUMENTS,
            f"--user-data-dir={home / 'profile'}",
            *arguments,
            env={"HOME": str(home), "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"},
            pass_fds=[its.fileno()],
            stderr=asyncio.subprocess.DEVNULL,
        )
        its.close()
        reader, writer = await asyncio.open_connection(sock=ours, limit=64 * 1024 * 1024)
        browser = Chromium(reader, writer)
        listening = asyncio.create_task(browser.listen())
        try:
            yield browser
        finally:
            with suppress(DevToolsError):
                await browser.command("Browser.close")
            await process.wait()
            await listening
            writer.close()
            with suppress(ConnectionError):
                await writer.wait_closed()
