"""The enclave images of TEE-Rex's releases, as this release knows them."""

from __future__ import annotations

from typing import Annotated

import msgspec

from tee_rex.system.files import resource

_Pcr = Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{96}$")]
_Sha256 = Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}$")]


class ShippedBuild(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An image that was built, and rebuilt elsewhere with the same result; PCRs in 96 hex digits.

    recipe_sha256: digest of all in the repository that decides what the image is; tells whether the image
    can be rebuilt from a checkout.
    """

    name: str
    version: str
    pcr0: _Pcr
    pcr1: _Pcr
    pcr2: _Pcr
    recipe_sha256: _Sha256


def shipped_builds() -> tuple[ShippedBuild, ...]:
    """Those in ``resources/pins/enclave-builds.json``; ``make enclave-pins`` renews this release's."""
    return parse_builds(resource("pins", "enclave-builds.json").read_bytes())


def parse_builds(content: bytes) -> tuple[ShippedBuild, ...]:
    """Read a pins file; it is shipped, so what a malformed one raises is a bug and not typed."""
    builds = msgspec.json.decode(content, type=tuple[ShippedBuild, ...])
    if len({build.version for build in builds}) != len(builds):
        raise ValueError("a version is listed twice")
    return builds
