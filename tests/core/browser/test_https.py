"""HTTPS with real clients: what they trust, what they refuse, renewal, removal."""

from __future__ import annotations

import asyncio
import shutil
import ssl
import subprocess
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx2
import pytest

from support.browser_home import BrowserHome, certutil, nicknames
from support.browser_listener import HeldProver, approvals_in, listening
from support.chromium import DevToolsError, chromium
from support.errors import raises_code
from support.local_authority import LocalAuthority
from support.node_packages import run_node
from support.patience import PATIENCE
from tee_rex.browser.certificates import CertificateFolder, Certificates
from tee_rex.browser.https import CertificateState
from tee_rex.browser.trust_stores import TrustState
from tee_rex.errors.catalogue.browser import HTTPS_CERTIFICATE_EXPIRED

pytestmark = pytest.mark.integration

AT = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
NAMES = ("localhost", "127.0.0.1", "[::1]")
_GET = (
    "const https = await import('node:https');"
    "https.get(process.argv[1], (answer) => answer.pipe(process.stdout))"
    ".on('error', (error) => console.log(error.message));"
)


class Clock:
    """A clock that a test sets."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at


@pytest.fixture
def home(tmp_path: Path) -> BrowserHome:
    home = BrowserHome(tmp_path)
    home.make_nss()
    return home


@asynccontextmanager
async def served(tls: ssl.SSLContext) -> AsyncIterator[tuple[int, list[bytes]]]:
    """A web server on both loopback addresses: its port, and the requests of those that trusted it."""
    requests: list[bytes] = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            requests.append(await reader.readuntil(b"\r\n\r\n"))
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\nConnection: close\r\n\r\nproved")
            await writer.drain()
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0, ssl=tls)
    port = server.sockets[0].getsockname()[1]
    other = await asyncio.start_server(answer, "::1", port, ssl=tls)
    async with server, other:
        yield port, requests


async def by_python(url: str, authority: Path) -> str:
    async with httpx2.AsyncClient(verify=ssl.create_default_context(cafile=authority)) as client:
        return (await client.get(url)).text


async def by_curl(url: str, authority: Path) -> str:
    assert shutil.which("curl") is not None, "curl is missing: make test-host"
    command = ["curl", "--silent", "--show-error", "--noproxy", "*", "--cacert", str(authority), url]
    done = await asyncio.to_thread(subprocess.run, command, capture_output=True, check=False)
    return (done.stdout or done.stderr).decode()


async def by_node(url: str, authority: Path) -> str:
    return await _node(_GET, url, NODE_EXTRA_CA_CERTS=str(authority))


async def _node(script: str, argument: str, **environ: str) -> str:
    def run() -> bytes:
        return run_node(Path("--input-type=module"), "--eval", script, argument, data=b"", **environ)

    return (await asyncio.to_thread(run)).decode().strip()


# Node from 24.17 on compares no IPv6 address with a certificate's (nodejs/node issue 64144).
@pytest.mark.parametrize(
    ("get", "name"),
    [(get, name) for get in (by_python, by_curl) for name in NAMES] + [(by_node, name) for name in NAMES[:2]],
)
async def test_programs_trust_every_name_of_this_machine(
    home: BrowserHome, get: Callable[[str, Path], Awaitable[str]], name: str
) -> None:
    https = home.https()
    status = await https.enable()
    context = https.server_context()
    assert context is not None
    async with served(context) as (port, requests):
        assert await get(f"https://{name}:{port}/", status.certificate.authority_file) == "proved"
    assert len(requests) == 1


async def test_the_listener_serves_https(home: BrowserHome, tmp_path: Path) -> None:
    https = home.https()
    authority = (await https.enable()).certificate.authority_file
    async with listening(HeldProver(), approvals_in(tmp_path), tls=https.server_context()) as running:
        health = await by_curl(f"{running.https_url}/health", authority)
    assert f'"https_port":{running.listeners.https_port}' in health


async def test_old_versions_of_tls_are_refused(home: BrowserHome) -> None:
    https = home.https()
    authority = (await https.enable()).certificate.authority_file
    context = https.server_context()
    assert context is not None
    old = ssl.create_default_context(cafile=authority)
    old.set_ciphers("ALL:@SECLEVEL=0")
    old.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
    with pytest.warns(DeprecationWarning, match="TLSv1_1"):
        old.maximum_version = ssl.TLSVersion.TLSv1_1
    async with served(context) as (port, requests):
        with pytest.raises((ssl.SSLError, ConnectionError)):
            await asyncio.open_connection("localhost", port, ssl=old)
    assert requests == []


# The constraints: what they forbid is signed by an authority of the same form, whose key the test kept.


@pytest.mark.parametrize("constrained", [True, False])
async def test_openssl_and_nss_refuse_a_website_s_certificate(
    home: BrowserHome, tmp_path: Path, *, constrained: bool
) -> None:
    authority = LocalAuthority.make(constrained=constrained)
    file = authority.write(tmp_path)
    client = ssl.create_default_context(cafile=file)
    async with served(authority.context(tmp_path, "example.org")) as (port, _):
        connecting = asyncio.open_connection("127.0.0.1", port, ssl=client, server_hostname="example.org")
        if constrained:
            with pytest.raises(ssl.SSLCertVerificationError, match="permitted subtree violation"):
                await connecting
        else:
            _, writer = await connecting
            writer.close()
    certutil("-A", home.nss, "-n", "authority", "-t", "C,,", "-i", str(file))
    certutil("-A", home.nss, "-n", "leaf", "-t", ",,", "-i", str(tmp_path / "example.org.pem"))
    verify = ("-V", home.nss, "-n", "leaf", "-u", "V", "-e")
    if constrained:
        with pytest.raises(subprocess.CalledProcessError) as refused:
            certutil(*verify)
        assert "not permitted to issue" in refused.value.stdout + refused.value.stderr
    else:
        certutil(*verify)


@pytest.mark.parametrize("constrained", [True, False])
async def test_node_refuses_a_website_s_certificate(tmp_path: Path, *, constrained: bool) -> None:
    authority = LocalAuthority.make(constrained=constrained)
    connect = (
        "const port = process.argv[1]; const tls = await import('node:tls');"
        "const options = {host: '127.0.0.1', port, servername: 'example.org', ca: process.env.CA};"
        "const socket = tls.connect(options, () => { console.log('trusted'); socket.end(); });"
        "socket.on('error', (error) => console.log(error.message));"
    )
    async with served(authority.context(tmp_path, "example.org")) as (port, _):
        said = await _node(connect, str(port), CA=authority.write(tmp_path).read_text())
    assert said == ("permitted subtree violation" if constrained else "trusted")


@pytest.mark.parametrize("constrained", [True, False])
async def test_chromium_refuses_a_website_s_certificate(
    home: BrowserHome, tmp_path: Path, *, constrained: bool
) -> None:
    authority = LocalAuthority.make(constrained=constrained)
    certutil("-A", home.nss, "-n", "authority", "-t", "C,,", "-i", str(authority.write(tmp_path)))
    async with (
        served(authority.context(tmp_path, "example.org")) as (port, requests),
        chromium(home.path, "--host-resolver-rules=MAP example.org 127.0.0.1") as browser,
    ):
        if constrained:
            with pytest.raises(DevToolsError, match="ERR_CERT_"):
                async with browser.page(f"https://example.org:{port}/"):
                    pass
        else:
            async with browser.page(f"https://example.org:{port}/"):
                pass
    assert (requests == []) is constrained


# Browsers.


async def test_a_running_chromium_trusts_it_until_it_is_removed(home: BrowserHome, tmp_path: Path) -> None:
    folder = CertificateFolder(tmp_path / "https")
    certificates = Certificates.make(datetime.now(UTC))
    folder.write(certificates)
    (store,) = (store for store in home.stores() if store.place == str(home.nss))
    async with served(folder.server_context()) as (port, requests), chromium(home.path) as browser:

        async def opened(name: str) -> str:
            try:
                async with browser.page(f"https://{name}:{port}/") as page:
                    return str(await page.evaluate("document.body.innerText"))
            except DevToolsError as error:
                return str(error).rpartition(": ")[2]

        refusal = "net::ERR_CERT_AUTHORITY_INVALID"
        assert [await opened(name) for name in NAMES] == [refusal] * 3
        await store.add(certificates.authority, folder.authority_file)
        assert [await opened(name) for name in NAMES] == ["proved"] * 3
        requests.clear()
        await store.remove()
        assert [await opened(name) for name in NAMES] == [refusal] * 3
    assert requests == []


async def test_firefox_trusts_it_until_it_is_removed(home: BrowserHome, tmp_path: Path) -> None:
    await _firefox(home, "", tmp_path)  # makes its profile
    https = home.https()
    status = await https.enable()
    firefox = [store for store in status.stores if "Firefox" in str(store.browsers)]
    assert [store.state for store in firefox] == [TrustState.TRUSTED]
    context = https.server_context()
    assert context is not None
    async with served(context) as (port, requests):
        for name in NAMES:
            await _firefox(home, f"https://{name}:{port}/", tmp_path)
        assert len([one for one in requests if one.startswith(b"GET / ")]) == len(NAMES)
        requests.clear()
        await https.disable()
        await _firefox(home, f"https://localhost:{port}/", tmp_path)
    assert requests == []


async def _firefox(home: BrowserHome, url: str, folder: Path) -> None:
    """Let a page in a Firefox without a window load an image; Firefox never ends when a page fails."""
    program = shutil.which("firefox-esr") or shutil.which("firefox")
    assert program is not None, "Firefox is missing: make test-host"
    page, picture = folder / "page.html", folder / "picture.png"
    page.write_text(f'<img src="{url}">')
    process = await asyncio.create_subprocess_exec(
        *(program, "--headless", "--screenshot", str(picture), page.as_uri()),
        env=home.environ | {"MOZ_DISABLE_CONTENT_SANDBOX": "1"},
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        async with asyncio.timeout(2 * PATIENCE):
            await process.wait()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    picture.unlink(missing_ok=True)


# Renewal and removal.


async def test_a_certificate_is_renewed_by_a_new_authority(home: BrowserHome) -> None:
    clock = Clock(AT)
    https = home.https(clock)
    first = await https.enable()
    assert (await https.enable()).certificate == first.certificate, "nothing is due"

    clock.at = AT + timedelta(days=795)
    due = await https.status()
    assert due.certificate.state is CertificateState.RENEWAL_DUE
    assert https.server_context() is not None, "it works until its end"
    assert [store.state for store in due.stores] == [TrustState.TRUSTED]

    before = nicknames(home.nss)
    second = await https.enable()
    assert second.certificate.state is CertificateState.READY
    assert second.certificate.expires == clock.at + timedelta(days=824) - timedelta(hours=1)
    (name,) = nicknames(home.nss)
    assert [name] != before
    assert [store.state for store in second.stores] == [TrustState.TRUSTED]


async def test_an_expired_certificate_is_told_and_made_anew(home: BrowserHome) -> None:
    clock = Clock(AT)
    https = home.https(clock)
    await https.enable()
    for moment in (AT + timedelta(days=824), AT - timedelta(hours=2)):
        clock.at = moment
        assert (await https.status()).certificate.state is CertificateState.UNUSABLE
        with raises_code(HTTPS_CERTIFICATE_EXPIRED, "from 2026-03-01 to 2028-06-02"):
            https.server_context()
        clock.at = AT
    clock.at = AT + timedelta(days=900)
    assert (await https.enable()).certificate.state is CertificateState.READY
    assert len(nicknames(home.nss)) == 1


async def test_a_damaged_certificate_is_told_and_made_anew(home: BrowserHome) -> None:
    https = home.https()
    file = (await https.enable()).certificate.authority_file.with_name("server.pem")
    file.write_bytes(b"x")
    status = await https.status()
    assert status.certificate.state is CertificateState.UNUSABLE
    assert [store.state for store in status.stores] == [TrustState.OUTDATED]
    status = await https.enable()
    assert status.certificate.state is CertificateState.READY
    assert [store.state for store in status.stores] == [TrustState.TRUSTED]
    assert len(nicknames(home.nss)) == 1


async def test_disabling_leaves_the_lock_alone(home: BrowserHome) -> None:
    profile = home.make_profile("default")
    https = home.https()
    for _ in range(2):
        assert {store.state for store in (await https.enable()).stores} == {TrustState.TRUSTED}
        status = await https.disable()
        assert status.certificate.state is CertificateState.DISABLED
        assert {store.state for store in status.stores} == {TrustState.NOT_TRUSTED}
        assert (nicknames(home.nss), nicknames(profile)) == ([], [])
        assert [file.name for file in (home.path / "data").iterdir()] == ["https.lock"]  # others may hold it
    await https.disable()


async def test_what_lost_its_files_is_removed_all_the_same(home: BrowserHome) -> None:
    await home.https().enable()
    shutil.rmtree(home.path / "data")
    assert [store.state for store in (await home.https().status()).stores] == [TrustState.OUTDATED]
    await home.https().disable()
    assert nicknames(home.nss) == []


async def test_a_store_that_refuses_is_told_and_the_others_trust(home: BrowserHome) -> None:
    locked = home.make_profile("locked", password="correct horse")
    https = home.https()
    status = await https.enable()
    states = {store.place: (store.state, store.problem and store.problem.code) for store in status.stores}
    assert states == {
        str(home.nss): (TrustState.TRUSTED, None),
        str(locked): (TrustState.NOT_TRUSTED, "TRUST_STORE_LOCKED"),
    }
    status = await https.disable()
    assert {store.state for store in status.stores} == {TrustState.NOT_TRUSTED}


async def test_two_at_once_agree_on_one_authority(home: BrowserHome) -> None:
    one, other = await asyncio.gather(home.https().enable(), home.https().enable())
    assert one.certificate.fingerprint == other.certificate.fingerprint
    assert len(nicknames(home.nss)) == 1
