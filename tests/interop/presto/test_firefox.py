"""Presto's client in a real Firefox, on a page of the internet that may reach this machine."""

from __future__ import annotations

import os
import shutil
import subprocess
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest

from support.browser_listener import HeldProver, approvals_in, listening
from support.firefox import firefox
from support.patience import PATIENCE
from support.presto import prove_in
from support.web_pages import serving_pages
from tee_rex.browser.approvals import ApprovalQuestion
from tee_rex.browser.certificates import CertificateFolder, Certificates
from tee_rex.browser.https import Https
from tee_rex.browser.trust_stores import TrustState, find_trust_stores

pytestmark = pytest.mark.integration


def new_profile(home: Path) -> Path:
    """As Firefox leaves one after its first start."""
    profile = home / ".mozilla" / "firefox" / "test"
    profile.mkdir(parents=True)
    (profile.parent / "profiles.ini").write_text("[Profile0]\nName=test\nIsRelative=1\nPath=test\n")
    certutil = shutil.which("certutil")
    assert certutil is not None, "make test-host"
    subprocess.run([certutil, "-N", "--empty-password", "-d", f"sql:{profile}"], check=True, timeout=PATIENCE)
    return profile


async def test_trusted_https_and_one_that_is_not(presto: Path, tmp_path: Path) -> None:
    profile = new_profile(tmp_path)
    find_stores = partial(find_trust_stores, "linux", tmp_path, {"PATH": os.environ["PATH"]})
    https = Https(tmp_path / "trusted", find_stores, lambda: datetime.now(UTC))
    status = await https.enable()
    assert {store.state for store in status.stores} == {TrustState.TRUSTED}
    other = CertificateFolder(tmp_path / "other")
    other.write(Certificates.make(datetime.now(UTC)))
    questions = []

    async def deny(question: ApprovalQuestion) -> bool:
        questions.append(str(question.origin))
        return False

    with serving_pages() as port:
        preferences = {
            "network.lna.address_space.public.override": f"127.0.0.1:{port}",
            "network.loopback-network.prompt.testing": True,  # the user's answer to the browser
            "network.loopback-network.prompt.testing.allow": True,
        }
        site = f"http://localhost:{port}"
        approvals = approvals_in(tmp_path, deny)
        async with (
            listening(HeldProver(), approvals, tls=https.server_context()) as trusted,
            listening(HeldProver(), approvals, tls=other.server_context()) as untrusted,
            firefox(tmp_path, profile, preferences) as browser,
        ):
            await browser.open(f"{site}/docs/examples/browser/")
            denied = await prove_in(browser, trusted.listeners)
            unreachable = await prove_in(browser, untrusted.listeners)
    assert (denied.short, denied.status["protocol"]) == ("fallback denied", "https")
    assert questions == [site]
    assert unreachable.short == "fallback secure-connection-unavailable"
    assert unreachable.status["diagnosis"] == "presto-reachable"
    assert [one["code"] for one in untrusted.log.named("not trusted")] == ["HTTPS_NOT_TRUSTED"]
