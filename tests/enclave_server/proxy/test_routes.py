"""How a host names its routes in metrics and in its log."""

from __future__ import annotations

from pathlib import Path

from starlette.applications import Starlette
from starlette.routing import Route

from support.enclave_stand_in import small_proxy
from support.proving_server import GatedBackend, small_api
from tee_rex_server.vsock import VhostSocket


def labels(app: Starlette) -> dict[str, str]:
    return {route.path: route.endpoint.__name__ for route in app.routes if isinstance(route, Route)}


def test_a_host_names_its_routes_as_a_server_does() -> None:
    server = labels(small_api(GatedBackend()).app())
    host = labels(small_proxy(VhostSocket(Path("none"))).app())
    assert {path: host[path] for path in server} == server
    assert len(set(host.values())) == len(host)
