"""Presto's client in a real browser, on the page of docs/examples, against our listeners."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio

from support.chromium import Chromium, Page, chromium
from support.ports import free_port
from support.web_pages import serving_pages

pytestmark = [pytest.mark.integration, pytest.mark.asyncio(loop_scope="module")]


@pytest.fixture(scope="module")
def site(presto: Path) -> Iterator[int]:
    """The port of the website."""
    with serving_pages() as port:
        yield port


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser(site: int, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Chromium]:
    """A browser to which the website is one of the internet."""
    public = f"--ip-address-space-overrides=127.0.0.1:{site}=public"
    async with chromium(tmp_path_factory.mktemp("chromium"), public) as browser:
        yield browser


async def shown(page: Page, *, http: bool = False) -> tuple[str, str, str]:
    """Prove the sample; the result, its title and its sentence."""
    await page.evaluate(f"document.getElementById('http').checked = {str(http).lower()}")
    await page.evaluate("document.getElementById('prove').click()")
    card = "document.getElementById('card')"
    await page.until(f"{card}.dataset.result !== 'running'")
    texts = "['title', 'detail'].map((id) => document.getElementById(id).textContent)"
    result, title, detail = await page.evaluate(f"[{card}.dataset.result, ...{texts}]")
    return result, title, detail


@pytest.mark.parametrize("http", [True, False])
async def test_without_a_prover_the_dapp_proves_itself(browser: Chromium, site: int, *, http: bool) -> None:
    url = f"http://localhost:{site}/docs/examples/browser/?port={free_port()}&httpsPort={free_port()}"
    async with browser.page(url) as page:
        result, title, detail = await shown(page, http=http)
    assert (result, title) == ("fallback", "Now a dapp proves in WebAssembly")
    assert detail.startswith("No prover answers")
