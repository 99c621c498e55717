"""Presto's client, which dapps ship: in Node, as a program that proves, and in a page."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Protocol

from support.node_packages import run_node
from support.ports import free_port

_IN_A_PAGE: Final = """(async ({ steps, ...options }) => {
  const { PrestoClient } = await import("@alejoamiras/presto-core");
  const body = new Uint8Array(await (await fetch(steps)).arrayBuffer());
  const phases = [];
  const client = new PrestoClient({ ...options, onPhase: (phase) => phases.push(phase) });
  const contentType = "application/octet-stream";
  const request = { path: "/prove", contentType, scheme: "chonk", body: () => body };
  const outcome = await client.prove(request).catch(({ name, status, code, message }) => ({
    kind: "throws", reason: `${name} ${status} ${code}`, message,
  }));
  return { ...outcome, phases, status: await client.checkStatus() };
})"""
PROGRAM: Final = Path(__file__).parents[1] / "interop" / "presto" / "client.mjs"


class Listens(Protocol):
    """Where a prover listens, as Listeners and the app's state say it."""

    @property
    def http_port(self) -> int | None:
        """Of HTTP."""

    @property
    def https_port(self) -> int | None:
        """Of HTTPS; 0 or None for none."""


def _ports(listener: Listens) -> dict[str, int]:
    return {"port": listener.http_port or free_port(), "httpsPort": listener.https_port or free_port()}


@dataclass(frozen=True, slots=True)
class Reaction:
    """What the client made of an answer.

    kind: native, fallback, or throws. reason: why it falls back; else the class, status and code of what it
    throws. status: what it says of the prover. phases: what it told its page. message: of the error that it
    throws. body: of the proof. ms: what the program waited for.
    """

    kind: str
    status: dict[str, Any]
    phases: list[str]
    reason: str = ""
    phase: str = ""
    message: str = ""
    body: dict[str, str] = field(default_factory=dict)
    durationMs: float = 0.0  # noqa: N815  # the client's own name
    ms: float = 0.0

    @property
    def short(self) -> str:
        """Kind and reason."""
        return f"{self.kind} {self.reason}"


@dataclass(frozen=True, slots=True)
class PrestoClient:
    """folder: where it is installed."""

    folder: Path

    async def prove(
        self,
        listener: Listens,
        body: bytes,
        *,
        version: str | None = "4.1.2",
        origin: str | None = None,
        https_only: bool = False,
        authority: Path | None = None,
        scheme: str = "chonk",
    ) -> Reaction:
        """Prove by a listener; origin: of the page it stands for. authority: a CA that it trusts besides."""
        presto = {**_ports(listener), "httpsOnly": https_only}
        options = {"aztecVersion": version, "presto": presto, "origin": origin, "scheme": scheme}
        arguments = (str(self.folder), json.dumps({k: v for k, v in options.items() if v is not None}))
        environ = {} if authority is None else {"NODE_EXTRA_CA_CERTS": str(authority)}
        said = await asyncio.to_thread(run_node, PROGRAM, *arguments, data=body, **environ)
        return Reaction(**json.loads(said))


class Page(Protocol):
    """A page in a browser."""

    async def evaluate(self, script: str, /) -> Any:  # noqa: ANN401  # whatever JSON the script gives
        """The value of an expression."""


async def prove_in(
    page: Page,
    listener: Listens,
    steps: str = "/LICENSE",
    *,
    version: str = "4.1.2",
    https_only: bool = True,
) -> Reaction:
    """Prove a file of the repository from a page of docs/examples/browser; by default one without steps."""
    presto = {**_ports(listener), "httpsOnly": https_only}
    options = {"steps": steps, "aztecVersion": version, "presto": presto}
    return Reaction(**await page.evaluate(f"{_IN_A_PAGE}({json.dumps(options)})"))
