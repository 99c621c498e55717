"""The control API of an enclave, where its host uploads bb and the CRS.

It has its own vsock port, which the host's proxy never exposes. The host is not trusted: it can upload only
what the digests in the measured image allow (``BbPins``, ``CrsPins``).
"""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING

from starlette.responses import Response
from starlette.routing import Route

from tee_rex.bb.store import bb_store
from tee_rex.crs.store import crs_store
from tee_rex.errors.tree import BbNotPinnedError
from tee_rex.web.app import create_app
from tee_rex.web.bodies import body_parts
from tee_rex.web.responses import json_errors, json_response
from tee_rex.wire import control
from tee_rex_server.errors.serving import CHUNK_DIFFERS, CHUNK_NOT_ALLOWED, UPLOAD_DIFFERS, UPLOAD_NOT_ALLOWED
from tee_rex_server.logs import request_log

if TYPE_CHECKING:
    from starlette.applications import Starlette
    from starlette.requests import Request
    from structlog.typing import FilteringBoundLogger

    from tee_rex.crs.crs import ChunkPin
    from tee_rex.crs.store import CrsStore
    from tee_rex.local.installation import Installation
    from tee_rex.transaction.trusted_setup import TrustedSetup
    from tee_rex.transaction.versions import AztecVersion
    from tee_rex_server.http.monitoring import Metrics
    from tee_rex_server.proving.provers import ServedProvers

_CHUNK_INDEX = re.compile("[0-9]{1,3}")


@dataclass(frozen=True, slots=True)
class ControlApi:
    """The routes and what they use.

    installation: where uploads are stored; it downloads nothing. ready: set when the server can prove.
    """

    installation: Installation
    provers: ServedProvers
    ready: asyncio.Event
    metrics: Metrics
    log: FilteringBoundLogger
    _uploading: asyncio.Lock = field(default_factory=asyncio.Lock)

    def app(self) -> Starlette:
        """The ASGI application."""
        return create_app(
            [
                Route(control.INVENTORY_PATH, self.inventory),
                Route(f"{control.BB_PATH}/{{sha256}}", self.upload_bb, methods=["PUT"]),
                Route(f"{control.CRS_PATH}/{{setup}}/{{index}}", self.upload_chunk, methods=["PUT"]),
            ],
            metrics=self.metrics,
            log=self.log,
            client=lambda _scope: None,
            errors=json_errors(discreet=False),
        )

    async def inventory(self, _request: Request) -> Response:
        """What the enclave accepts, and which of it is installed."""
        present = self.provers.present
        return json_response(
            control.Inventory(
                bb=[
                    control.BbEntry(str(version), setup, digest, present=(version, setup) in present)
                    for (version, setup), digest in self.provers.digests.items()
                ],
                crs=[
                    control.CrsEntry(setup, chunk.index, chunk.sha256, present=store.stored(chunk))
                    for setup, store in self._crs_stores().items()
                    for chunk in store.pinned_chunks
                ],
                ready=self.ready.is_set(),
            )
        )

    async def upload_bb(self, request: Request) -> Response:
        """Store a bb whose SHA-256 is pinned in this image."""
        version, setup = self._pinned_bb(request.path_params["sha256"])
        async with self._uploading:
            store = bb_store(self.installation.paths, self.installation.pins)
            try:
                await store.receive(version, setup, body_parts(request.receive, control.MAX_BB_BYTES))
            except BbNotPinnedError:
                raise UPLOAD_DIFFERS() from None
            await self._update_ready(request)
        return Response(status_code=HTTPStatus.NO_CONTENT)

    async def upload_chunk(self, request: Request) -> Response:
        """Store a chunk of the CRS whose SHA-256 is pinned in this image."""
        store, chunk = self._pinned_chunk(request.path_params["setup"], request.path_params["index"])
        async with self._uploading:
            content = bytearray()
            async for part in body_parts(request.receive, chunk.length):
                content += part
            if not await asyncio.to_thread(chunk.matches, content):
                raise CHUNK_DIFFERS(index=chunk.index)
            await store.keep(chunk, content)
            await self._update_ready(request)
        return Response(status_code=HTTPStatus.NO_CONTENT)

    async def _update_ready(self, request: Request) -> None:
        self.provers.count_points(self.installation)
        if not self.provers.missing:
            return
        await self.provers.find_uploads(self.installation)
        if self.provers.present and not self.ready.is_set():
            self.ready.set()
            request_log(request, self.log).info("ready", versions=self.provers.versions)

    def _pinned_bb(self, sha256: str) -> tuple[AztecVersion, TrustedSetup]:
        for key, digest in self.provers.digests.items():
            if digest == sha256:
                return key
        raise UPLOAD_NOT_ALLOWED()

    def _pinned_chunk(self, setup: str, index: str) -> tuple[CrsStore, ChunkPin]:
        for served, store in self._crs_stores().items():
            chunks = store.pinned_chunks
            if served == setup and _CHUNK_INDEX.fullmatch(index) and int(index) < len(chunks):
                return store, chunks[int(index)]
        raise CHUNK_NOT_ALLOWED()

    def _crs_stores(self) -> dict[TrustedSetup, CrsStore]:
        setups = dict.fromkeys(setup for _version, setup in self.provers.digests)
        return {setup: crs_store(self.installation.paths, setup) for setup in setups}
