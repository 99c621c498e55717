from __future__ import annotations

import pytest

from tee_rex_server.image.guest_modules import (
    MEASURED,
    guest_digest,
    guest_files,
    is_measured,
    recipe_digest,
)


def test_the_image_holds_the_server_and_no_more() -> None:
    files = guest_files()
    assert {
        "tee_rex/__init__.py",
        "tee_rex/bb/__init__.py",
        "tee_rex/bb/store.py",
        "tee_rex/local/backend.py",
        "tee_rex/openpgp/keys.py",
        "tee_rex/_resources/versions/4.1.2.json",
        "tee_rex/_resources/pins/crs.json",
        "tee_rex_server/enclave/init.py",
        "tee_rex_server/http/routes.py",
    } < set(files)
    unwanted = (
        "/cli/",
        "/cli.",
        "/cli_",
        "/image/",
        "/proxy",
        "/aztec/",
        "/npm/",
        "download",
        "install.",
        "enclave-builds",
        "/app/",
    )
    assert not [path for path in files if any(part in f"/{path}" for part in unwanted)]


def test_a_module_is_measured_with_the_packages_around_it() -> None:
    measured = ("tee_rex", "tee_rex.bb", "tee_rex.bb.store", "tee_rex.openpgp", "tee_rex.openpgp.keys")
    assert all(map(is_measured, measured))
    assert not any(
        map(is_measured, ("tee_rex.cli", "tee_rex.bb.install", "tee_rex_server.image.build", "tee"))
    )


@pytest.mark.parametrize("module", MEASURED)
def test_every_measured_module_exists(module: str) -> None:
    path = module.replace(".", "/")
    assert {f"{path}.py", f"{path}/__init__.py"} & set(guest_files())


def test_the_digests_are_the_same_each_time() -> None:
    assert guest_digest() == guest_digest()
    assert recipe_digest() == recipe_digest() != guest_digest()
