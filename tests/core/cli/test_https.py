"""``tee-rex https`` on a home folder of its own."""

from __future__ import annotations

import asyncio
import json
import os
import ssl
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest
from typer.testing import CliRunner

from support.browser_home import BrowserHome, nicknames
from support.patience import PATIENCE
from tee_rex.browser.certificates import CertificateFolder, Certificates
from tee_rex.cli.https import app
from tee_rex.errors import ExitCode

pytestmark = pytest.mark.integration


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> BrowserHome:
    for name in ("XDG_DATA_HOME", "XDG_CONFIG_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("TEE_REX_HOME", str(tmp_path / "data"))
    home = BrowserHome(tmp_path)
    home.make_nss()
    return home


def _run(*arguments: str, answer: str = "", exit_code: int = ExitCode.OK) -> str:
    result = CliRunner().invoke(app, arguments, input=answer)
    assert result.exit_code == exit_code, result.output
    return result.output


def _status() -> dict[str, Any]:
    status: dict[str, Any] = json.loads(_run("status", "--json"))
    return status


def _state_of(home: BrowserHome) -> str:
    (state,) = (store["state"] for store in _status()["stores"] if store["place"] == str(home.nss))
    return str(state)


def test_it_explains_and_asks_before_anything_happens(home: BrowserHome) -> None:
    for answer in ("n\n", ""):
        said = " ".join(_run("enable", answer=answer, exit_code=1).split())
        assert "It can vouch only for 127.0.0.1, ::1 and localhost" in said
        assert "then its key is destroyed" in said
        assert f"not trusted: Chromium, Chrome, Edge, Brave, Vivaldi, Opera ({home.nss})" in said
        assert (nicknames(home.nss), (home.path / "data").exists()) == ([], False)
    said = _run("enable", answer="y\n")
    assert "HTTPS is enabled" in said
    assert "Restart `tee-rex listen`" in said
    assert _state_of(home) == "trusted"


def test_enabling_and_disabling_leaves_the_lock_alone(home: BrowserHome) -> None:
    assert _status()["certificate"]["state"] == "disabled"
    enabled = json.loads(_run("enable", "--yes", "--json"))
    assert enabled == _status()
    assert Path(enabled["certificate"]["authority_file"]).is_file()
    shown = _run("status")
    assert f"Authority: {enabled['certificate']['authority_file']}" in shown
    assert f"✓ trusted: Chromium, Chrome, Edge, Brave, Vivaldi, Opera ({home.nss})" in shown
    said = _run("disable")
    assert "HTTPS is disabled." in said
    assert "Restart `tee-rex listen`" in said
    left = [file.name for file in (home.path / "data").iterdir()]
    assert (nicknames(home.nss), left) == ([], ["https.lock"])  # which another process may hold


def test_a_store_that_refuses_is_told_with_what_to_do(home: BrowserHome) -> None:
    home.make_profile("locked", password="correct horse")
    said = _run("enable", "--yes", exit_code=ExitCode.ENVIRONMENT)
    assert "○ not trusted: Firefox, profile abcd1234.locked" in said
    assert "→ In the browser's settings, open Certificates, then Authorities" in said
    assert _state_of(home) == "trusted"
    _run("disable")


def test_browsers_that_cannot_be_reached_are_told(home: BrowserHome) -> None:
    (home.path / "snap/firefox").mkdir(parents=True)
    said = _run("enable", "--yes")
    assert "not reachable: Firefox (Snap)" in said
    assert f"import {home.path / 'data/https/ca.pem'}" in said
    _run("disable")


def test_a_damaged_certificate_is_told_and_made_anew(home: BrowserHome) -> None:
    _run("enable", "--yes")
    (home.path / "data/https/server.pem").write_bytes(b"x")
    said = _run("status")
    assert "✗ The certificate for HTTPS is not usable" in said
    assert "tee-rex https enable" in said
    assert "! trusts an old one" in said
    _run("enable", "--yes")
    assert _state_of(home) == "trusted"
    _run("disable")


@asynccontextmanager
async def listen(home: BrowserHome) -> AsyncIterator[dict[str, Any]]:
    """`tee-rex listen` on any ports: its first event."""
    process = await asyncio.create_subprocess_exec(
        Path(sys.executable).with_name("tee-rex"),
        *("listen", "--port", "0", "--https-port", "0", "--json"),
        env={**os.environ, **home.environ, "TEE_REX_HOME": str(home.path / "data")},
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    try:
        async with asyncio.timeout(PATIENCE):
            yield json.loads(await process.stdout.readline())
    finally:
        process.terminate()
        await process.wait()


async def test_listening_is_by_https_too_once_it_is_enabled(home: BrowserHome) -> None:
    async with listen(home) as started:
        assert (started["https_port"], started["certificate"]["state"]) == (None, "disabled")
    file = (await home.https().enable()).certificate.authority_file
    async with listen(home) as started:
        async with httpx2.AsyncClient(verify=ssl.create_default_context(cafile=file)) as client:
            health = await client.get(f"https://localhost:{started['https_port']}/health")
        assert health.json()["https_port"] == started["https_port"]


async def test_an_expired_certificate_is_told_and_http_is_served(home: BrowserHome) -> None:
    CertificateFolder(home.path / "data/https").write(Certificates.make(datetime.now(UTC) - timedelta(900)))
    async with listen(home) as started:
        assert (started["https_port"], started["certificate"]["state"]) == (None, "unusable")
        async with httpx2.AsyncClient() as client:
            health = await client.get(f"http://127.0.0.1:{started['http_port']}/health")
        assert "https_port" not in health.json()
