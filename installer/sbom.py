"""The software bill of materials of a package: CycloneDX 1.6, JSON.

Required components are the works that ``notices.py`` and ``bundle.py`` found in this very build, with those
compiled into them. Optional ones are packages of npm that TEE-Rex downloads when a user needs them, as locked
in ``resources``. The same build gives the same bytes.
"""

from __future__ import annotations

import base64
import json
import uuid
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from cyclonedx.contrib.license.factories import LicenseFactory
from cyclonedx.model import ExternalReference, ExternalReferenceType, HashAlgorithm, HashType, Property, XsUri
from cyclonedx.model.bom import Bom, BomMetaData
from cyclonedx.model.component import Component, ComponentScope, ComponentType
from cyclonedx.output.json import JsonV1Dot6
from packageurl import PackageURL

from notices import UnknownOriginError, Work, npm_purl

_NAMESPACE: Final = uuid.uuid5(uuid.NAMESPACE_DNS, "tee-rex")
_HERE: Final = {"os": "linux", "cpu": "x64", "libc": "glibc"}
"""As npm names them."""
_INTEGRITY: Final = "sha512-"
_FETCHED: Final = Property(name="tee-rex:fetched", value="when first needed")


def sbom(
    name: str,
    version: str,
    artefacts: Mapping[str, str],
    works: Iterable[Work],
    locks: Iterable[Path],
    made_at: int,
) -> str:
    """The JSON of what is in the artefacts of one program.

    artefacts: SHA-256 by file name; they have the same content, packed differently; what is only at the
    beginning of an AppImage is listed too. locks: package-lock.json
    of what is fetched later. made_at: seconds since 1970. Raises UnknownOriginError.
    """
    described = Component(
        name=name,
        version=version,
        type=ComponentType.APPLICATION,
        bom_ref=f"pkg:generic/{name}@{version}",
        purl=PackageURL.from_string(f"pkg:generic/{name}@{version}"),
        licenses=[LicenseFactory().make_from_string("AGPL-3.0-or-later")],
        hashes=[HashType(alg=HashAlgorithm.SHA_256, content=sha256) for sha256 in artefacts.values()],
        components=[
            Component(
                name=file,
                type=ComponentType.FILE,
                bom_ref=f"file:{file}",
                hashes=[HashType(alg=HashAlgorithm.SHA_256, content=sha256)],
            )
            for file, sha256 in artefacts.items()
        ],
    )
    required = {work.purl: work for one in works for work in (one, *one.parts)}
    for work in required.values():
        if not (work.name and work.version):
            raise UnknownOriginError(f"{work.name or work.purl} has no version")
    fetched = {component.purl: component for lock in locks for component in _fetched(lock)}
    components = [*map(_component, required.values()), *fetched.values()]
    bom = Bom(
        serial_number=uuid.uuid5(_NAMESPACE, " ".join(sorted(artefacts.values()))),
        metadata=BomMetaData(component=described, timestamp=datetime.fromtimestamp(made_at, UTC)),
        components=components,
    )
    for component in components:
        bom.register_dependency(described, [component] if component.scope is ComponentScope.REQUIRED else ())
    return f"{JsonV1Dot6(bom).output_as_string(indent=1)}\n"


def _component(work: Work) -> Component:
    return Component(
        name=work.name,
        version=work.version,
        type=ComponentType.LIBRARY,
        bom_ref=work.purl,
        purl=PackageURL.from_string(work.purl),
        scope=ComponentScope.REQUIRED,
        licenses=[LicenseFactory().make_from_string(work.licence)] if work.licence else (),
        hashes=[HashType(alg=HashAlgorithm.SHA_256, content=work.sha256)] if work.sha256 else (),
        external_references=(
            [ExternalReference(type=ExternalReferenceType.WEBSITE, url=XsUri(work.home))] if work.home else ()
        ),
    )


def _fetched(lock: Path) -> Iterator[Component]:
    """The packages of a package-lock.json (version 3) but those for development and for other systems."""
    packages: dict[str, dict[str, Any]] = json.loads(lock.read_bytes())["packages"]
    for place, entry in packages.items():
        elsewhere = any(here not in entry.get(kind, here) for kind, here in _HERE.items())
        if not place or entry.get("dev") or elsewhere:
            continue
        name = entry.get("name") or place.rpartition("node_modules/")[2]
        integrity = entry.get("integrity", "")
        if not (entry.get("version") and integrity.startswith(_INTEGRITY)):
            raise UnknownOriginError(f"{lock}: {place} has no version or digest")
        purl = npm_purl(name, entry["version"])
        licence = entry.get("license")
        yield Component(
            name=name,
            version=entry["version"],
            type=ComponentType.LIBRARY,
            bom_ref=f"{purl}#fetched",
            purl=PackageURL.from_string(purl),
            scope=ComponentScope.OPTIONAL,
            licenses=[LicenseFactory().make_from_string(licence)] if isinstance(licence, str) else (),
            hashes=[
                HashType(
                    alg=HashAlgorithm.SHA_512,
                    content=base64.b64decode(integrity.removeprefix(_INTEGRITY)).hex(),
                )
            ],
            properties=[_FETCHED],
        )
