"""Presto's client in a real browser, on a page that is not of this machine, against our listeners."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest
import pytest_asyncio

from support.browser_listener import HeldProver, approvals_in, listening, requests
from support.chromium import Chromium, Page, chromium
from support.local_prover import is_valid_answer, mock_request, real_installation
from support.ports import free_port
from support.presto import prove_in
from support.proving_server import eventually
from support.self_signed import SelfSigned
from support.web_pages import serving_pages
from tee_rex.browser.approvals import ApprovalQuestion
from tee_rex.browser.certificates import CertificateFolder, Certificates
from tee_rex.browser.https import Https
from tee_rex.browser.origins import Origin
from tee_rex.browser.proving import MAX_IN_FLIGHT, HeadlessProver
from tee_rex.browser.trust_stores import TrustState, find_trust_stores
from tee_rex.provers import ProverConfig, build_prover
from tee_rex.transaction.request import ProvingMode

pytestmark = [pytest.mark.integration, pytest.mark.asyncio(loop_scope="module")]

EXAMPLE = "docs/examples/browser/"
MOCK = "/tests/support/recordings/v5-2-calls.msgpack"


@dataclass(frozen=True, slots=True)
class Website:
    """A dapp of the internet, at https://dapp.example; port: its own."""

    port: int
    arguments: tuple[str, ...]

    @property
    def origin(self) -> str:
        return f"https://dapp.example:{self.port}"

    @property
    def page(self) -> str:
        return f"{self.origin}/{EXAMPLE}"


@pytest.fixture(scope="module")
def dapp(presto: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Website]:
    certificate = SelfSigned.make(tmp_path_factory.mktemp("dapp"), "dapp.example")
    with serving_pages(certificate.context) as port:
        arguments = (
            "--host-resolver-rules=MAP dapp.example 127.0.0.1",
            f"--ignore-certificate-errors-spki-list={certificate.key_digest}",
            f"--ip-address-space-overrides=127.0.0.1:{port}=public",
        )
        yield Website(port, arguments)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def https(tmp_path_factory: pytest.TempPathFactory) -> Https:
    """What the browser trusts, by a database of its own that did not exist before."""
    home = tmp_path_factory.mktemp("home")
    find_stores = partial(find_trust_stores, "linux", home, {"PATH": os.environ["PATH"]})
    https = Https(home / "tee-rex", find_stores, lambda: datetime.now(UTC))
    status = await https.enable()
    assert [store.state for store in status.stores] == [TrustState.TRUSTED]
    return https


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser(https: Https, dapp: Website) -> AsyncIterator[Chromium]:
    home = https._folder.path.parents[1]
    async with chromium(home, *dapp.arguments) as browser:
        yield browser


async def wait(_question: ApprovalQuestion) -> bool:
    """Nobody answers."""
    return await asyncio.Event().wait()


async def test_allowed_proved_and_verified(
    browser: Chromium, dapp: Website, https: Https, tmp_path: Path
) -> None:
    questions = []

    async def allow(question: ApprovalQuestion) -> bool:
        questions.append(question)
        return True

    approvals, installation = approvals_in(tmp_path, allow), real_installation()
    async with (
        build_prover(ProverConfig(installation), ProvingMode.LOCAL) as prover,
        listening(HeadlessProver(prover, ""), approvals, installation, tls=https.server_context()) as running,
        browser.page(dapp.page) as page,
    ):
        proof = await prove_in(page, running.listeners, MOCK, version="5.0.0")
        not_steps = await prove_in(page, running.listeners)
    assert (proof.kind, proof.status["protocol"]) == ("native", "https")
    assert proof.phases == ["detect", "serialize", "transmit", "proving", "proved", "receive"]
    assert [str(question.origin) for question in questions] == [dapp.origin]
    (logged,) = running.log.named("proof")
    assert (logged["origin"], logged["prove_ms"]) == (dapp.origin, proof.durationMs)
    assert await is_valid_answer(proof.body["proof"], mock_request())
    assert not_steps.short == "fallback transient"
    assert "availableVersions" in not_steps.status


async def test_denied_then_cooling_down(
    browser: Chromium, dapp: Website, https: Https, tmp_path: Path
) -> None:
    async def deny(_question: ApprovalQuestion) -> bool:
        return False

    approvals = approvals_in(tmp_path, deny)
    async with (
        listening(HeldProver(), approvals, tls=https.server_context()) as running,
        browser.page(dapp.page) as page,
    ):
        denied, cooling_down = (
            await prove_in(page, running.listeners),
            await prove_in(page, running.listeners),
        )
    assert (denied.short, denied.phases[-1]) == ("fallback denied", "denied")
    assert "availableVersions" not in denied.status
    assert (cooling_down.short, cooling_down.phases[-1]) == ("fallback cooldown", "proving")


async def test_not_answered(browser: Chromium, dapp: Website, https: Https, tmp_path: Path) -> None:
    approvals = approvals_in(tmp_path, wait, answer_seconds=0.1)
    async with (
        listening(HeldProver(), approvals, tls=https.server_context()) as running,
        browser.page(dapp.page) as page,
    ):
        assert (await prove_in(page, running.listeners)).short == "fallback denied"
    assert running.log.named("refused")[0]["code"] == "AUTHORIZATION_TIMEOUT"


async def test_revoked_while_it_proves(
    browser: Chromium, dapp: Website, https: Https, tmp_path: Path
) -> None:
    approvals, prover = approvals_in(tmp_path, None, dapp.origin), HeldProver()
    async with (
        listening(prover, approvals, tls=https.server_context()) as running,
        browser.page(dapp.page) as page,
    ):
        proving = asyncio.create_task(prove_in(page, running.listeners, MOCK, version="5.0.0"))
        await eventually(lambda: prover.waiting)
        await approvals.revoke(Origin.parse(dapp.origin))
        assert (await proving).short == "fallback denied"
        assert prover.cancelled == 1


async def test_a_page_that_is_closed_ends_its_proof(
    browser: Chromium, dapp: Website, https: Https, tmp_path: Path
) -> None:
    approvals, prover = approvals_in(tmp_path, None, dapp.origin), HeldProver()
    async with listening(prover, approvals, tls=https.server_context()) as running:
        async with browser.page(dapp.page) as page:
            proving = asyncio.create_task(prove_in(page, running.listeners, MOCK, version="5.0.0"))
            await eventually(lambda: prover.waiting)
        await eventually(lambda: prover.cancelled)
    proving.cancel()


async def test_an_unknown_version_and_a_full_queue(
    browser: Chromium, dapp: Website, https: Https, tmp_path: Path
) -> None:
    approvals = approvals_in(tmp_path, None, dapp.origin)
    async with (
        listening(HeldProver(), approvals, tls=https.server_context()) as running,
        browser.page(dapp.page) as page,
    ):
        unknown = await prove_in(page, running.listeners, version="9.9.9")
        wrong = await prove_in(page, running.listeners, version="4..1")
        async with requests(running, MAX_IN_FLIGHT + 1):
            await eventually(lambda: running.log.named("refused")[2:])
            busy = await prove_in(page, running.listeners)
    assert (unknown.short, unknown.phases[-1]) == ("fallback version-mismatch", "version-mismatch")
    assert wrong.short == "throws PrestoHttpError 400 invalid_version"
    assert busy.short == "fallback transient"
    assert running.log.named("refused")[-1]["code"] == "PROVE_QUEUE_FULL"


async def test_https_that_is_not_trusted(browser: Chromium, dapp: Website, tmp_path: Path) -> None:
    others = CertificateFolder(tmp_path / "https")
    others.write(Certificates.make(datetime.now(UTC)))
    async with (
        listening(HeldProver(), approvals_in(tmp_path), tls=others.server_context()) as running,
        browser.page(dapp.page) as page,
    ):
        reaction = await prove_in(page, running.listeners)
    assert reaction.short == "fallback secure-connection-unavailable"
    assert reaction.status["diagnosis"] == "presto-reachable"
    assert [one["code"] for one in running.log.named("not trusted")] == ["HTTPS_NOT_TRUSTED"]


async def test_plain_http_where_the_dapp_allows_it(browser: Chromium, dapp: Website, tmp_path: Path) -> None:
    async with (
        listening(HeldProver(), approvals_in(tmp_path)) as running,
        browser.page(dapp.page) as page,
    ):
        by_default, allowed = (
            await prove_in(page, running.listeners),
            await prove_in(page, running.listeners, https_only=False),
        )
    assert by_default.short == "fallback secure-connection-unavailable"
    assert (allowed.short, allowed.status["protocol"]) == ("fallback denied", "http")


async def test_the_user_keeps_the_page_from_this_machine(
    browser: Chromium, dapp: Website, https: Https, tmp_path: Path
) -> None:
    async with (
        listening(HeldProver(), approvals_in(tmp_path), tls=https.server_context()) as running,
        browser.page(dapp.page, may_reach_loopback=False) as page,
    ):
        reaction = await prove_in(page, running.listeners)
    assert reaction.short == "fallback unavailable"
    assert reaction.status["reason"] == "permission-blocked"
    assert running.log.named("request") == []


async def test_the_example_says_what_a_dapp_does(browser: Chromium, dapp: Website, tmp_path: Path) -> None:
    async with (
        listening(HeldProver(), approvals_in(tmp_path)) as running,
        browser.page(f"{dapp.page}?port={running.listeners.http_port}&httpsPort={free_port()}") as page,
    ):
        over_https, over_http = await shown(page), await shown(page, http=True)
    title = "Now a dapp proves in WebAssembly"
    assert over_https[:2] == over_http[:2] == ("fallback", title)
    assert over_https[2].startswith("TEE-Rex answers over HTTP only")
    assert over_http[2].startswith("This site may not prove")


async def shown(page: Page, *, http: bool = False) -> tuple[str, str, str]:
    """Prove the sample; the result, its title and its sentence."""
    await page.evaluate(f"document.getElementById('http').checked = {str(http).lower()}")
    await page.evaluate("document.getElementById('prove').click()")
    card = "document.getElementById('card')"
    await page.until(f"{card}.dataset.result !== 'running'")
    texts = "['title', 'detail'].map((id) => document.getElementById(id).textContent)"
    result, title, detail = await page.evaluate(f"[{card}.dataset.result, ...{texts}]")
    return result, title, detail
