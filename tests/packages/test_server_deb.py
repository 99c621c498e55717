"""The server's package on fresh Debians without a network: installed, started, removed, purged."""

from __future__ import annotations

import pytest

from support.released import Boot, Packages

pytestmark = [pytest.mark.integration, pytest.mark.packages, pytest.mark.timeout(900)]

SETTINGS = "etc/tee-rex-server.env"
OFFLINE_AND_INSECURE = "TEE_REX_CRS=development\nTEE_REX_OFFLINE=true\n"
"""There is no network to download the genuine CRS."""


def test_nothing_is_enabled_and_a_purge_leaves_nothing(boot: Boot, packages: Packages) -> None:
    with boot() as machine:
        before = machine.files()
        machine.install(packages.server)
        for user in ("tee-rex-server", "tee-rex-proxy"):
            assert machine.run("id", "--name", "--user", user) == f"{user}\n"
        assert not list((machine.root / "etc/systemd/system").rglob("tee-rex*"))
        settings = machine.root / SETTINGS
        settings.write_text(settings.read_text() + OFFLINE_AND_INSECURE)
        machine.apt("remove", "tee-rex-server")
        assert settings.read_text().endswith(OFFLINE_AND_INSECURE)
        machine.apt("purge", "tee-rex-server")
        assert machine.files() == before
