"""Photograph docs/examples/browser after a real proof: ``record_browser.py FOLDER`` with tests/ on the path.

browser.png is light, browser-dark.png the same page dark.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from pathlib import Path

from support.chromium import Page, chromium
from support.listen_process import listen_process
from support.node_packages import installed
from support.ports import free_port
from support.web_pages import EXAMPLE, serving_pages

_WIDTH, _HEIGHT = 760, 620


async def photograph(page: Page, folder: Path) -> None:
    """Prove the sample in the page, then photograph it."""
    size = {"width": _WIDTH, "height": _HEIGHT, "deviceScaleFactor": 2, "mobile": False}
    await page.command("Emulation.setDeviceMetricsOverride", **size)
    await page.evaluate("document.getElementById('http').click(), document.getElementById('prove').click()")
    await page.until("document.getElementById('card').dataset.result !== 'running'", 600)
    for name, scheme in (("browser.png", "light"), ("browser-dark.png", "dark")):
        preference = {"name": "prefers-color-scheme", "value": scheme}
        await page.command("Emulation.setEmulatedMedia", features=[preference])
        await page.evaluate("document.fonts.ready.then(() => null)")
        await page.screenshot(folder / name)


async def main(folder: Path) -> None:
    """Prove through tee-rex listen in Chromium."""
    installed(EXAMPLE)
    with tempfile.TemporaryDirectory() as home, serving_pages() as port, listen_process() as listener:
        http_port = listener.named("listening")[0]["http_port"]
        ports = f"?port={http_port}&httpsPort={free_port()}"
        async with (
            chromium(Path(home)) as browser,
            browser.page(f"http://localhost:{port}/docs/examples/browser/{ports}") as page,
        ):
            await photograph(page, folder)


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
