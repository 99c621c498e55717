"""AWS without AWS: moto's S3, and a Systems Manager that runs its documents on "instances" of this machine.

moto says that every command of Systems Manager succeeded without running it. This one speaks the documented
protocol (JSON 1.1), checks the parameters by the patterns of our own document, and runs its lines as a shell
does there, with the environment of the instance.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import socket
import sys
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import boto3
import httpx2
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tee_rex.web.server import listening_socket

DOCUMENT: Final = (
    Path(__file__).parents[2] / "enclave_server" / "tee_rex_server" / "deploy" / "tofu" / "host-document.json"
)
BUCKET: Final = "tee-rex-test"
REGION: Final = "eu-west-2"
CREDENTIALS: Final = {
    "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE",
    "AWS_SECRET_ACCESS_KEY": "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
    "AWS_EC2_METADATA_DISABLED": "true",
}
"""The ones of AWS's documentation."""
_START_SECONDS: Final = 120.0


@asynccontextmanager
async def moto_s3() -> AsyncIterator[str]:
    """Moto's server with an empty bucket of that name; yields its URL."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)),
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    url = f"http://127.0.0.1:{port}"
    try:
        async with asyncio.timeout(_START_SECONDS), httpx2.AsyncClient(trust_env=False) as client:
            while True:
                try:
                    await client.get(url, timeout=_START_SECONDS)
                    break
                except httpx2.HTTPError:
                    await asyncio.sleep(0.2)
        yield url
    finally:
        process.kill()
        await process.wait()


def s3_of(url: str) -> Any:  # noqa: ANN401 - of types-boto3
    """A client of that S3."""
    return boto3.client(
        "s3",
        endpoint_url=url,
        region_name=REGION,
        aws_access_key_id=CREDENTIALS["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=CREDENTIALS["AWS_SECRET_ACCESS_KEY"],
    )


@dataclass
class SsmStandIn:
    """Systems Manager, and the environment that commands have on each instance.

    commands: those that were sent, in order, as ``i-… drain 16``. fail: commands that fail without being run,
    by how they begin. before: called before a command is run.
    """

    instances: dict[str, Mapping[str, str]] = field(default_factory=dict)
    commands: list[str] = field(default_factory=list)
    fail: set[str] = field(default_factory=set)
    before: Callable[[str], Awaitable[None]] | None = None
    url: str = ""
    _results: dict[str, dict[str, Any]] = field(default_factory=dict)
    _running: set[asyncio.Task[None]] = field(default_factory=set)

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[SsmStandIn]:
        """Until the block ends; commands that run are waited for."""
        app = Starlette(routes=[Route("/", self._answer, methods=["POST"])])
        listener = listening_socket("127.0.0.1", 0)
        server = uvicorn.Server(uvicorn.Config(app, log_config=None, lifespan="off"))
        serving = asyncio.create_task(server.serve(sockets=[listener]))
        self.url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        try:
            yield self
        finally:
            await asyncio.gather(*self._running)
            server.should_exit = True
            await serving
            listener.close()

    async def idle(self) -> None:
        """Wait for the commands that run."""
        await asyncio.gather(*self._running)

    async def _answer(self, request: Request) -> Response:
        content = json.loads(await request.body())
        operation = request.headers["x-amz-target"].removeprefix("AmazonSSM.")
        if operation == "SendCommand":
            (instance,) = content["InstanceIds"]
            if instance not in self.instances or content["DocumentName"] != "tee-rex-host":
                return self._error("InvalidInstanceId")
            lines = _lines(content["Parameters"])
            if lines is None:
                return self._error("InvalidParameters")
            command_id = str(uuid.uuid4())
            self._results[command_id] = {"Status": "Pending", "StandardOutputContent": ""}
            running = asyncio.create_task(
                self._run(command_id, instance, content["Parameters"]["command"][0], lines)
            )
            self._running.add(running)
            running.add_done_callback(self._running.discard)
            return self._json({"Command": {"CommandId": command_id, "Status": "Pending"}})
        if operation == "GetCommandInvocation":
            result = self._results.get(content["CommandId"])
            return self._error("InvocationDoesNotExist") if result is None else self._json(result)
        return self._error("UnknownOperationException")

    async def _run(self, command_id: str, instance: str, command: str, lines: str) -> None:
        self.commands.append(f"{instance} {command}")
        if self.before is not None:
            await self.before(command)
        result: dict[str, Any] = {"Status": "InProgress", "StandardOutputContent": ""}
        self._results[command_id] = result
        if any(command.startswith(one) for one in self.fail):
            self._results[command_id] = {"Status": "Failed", "StandardOutputContent": "", "ResponseCode": 1}
            return
        process = await asyncio.create_subprocess_exec(
            *("/bin/sh", "-c", lines),
            env={**os.environ, **self.instances[instance]},
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        stdout, _stderr = await process.communicate()
        self._results[command_id] = {
            "CommandId": command_id,
            "InstanceId": instance,
            "Status": "Success" if process.returncode == 0 else "Failed",
            "ResponseCode": process.returncode,
            "StandardOutputContent": stdout.decode()[:24_000],
        }

    def _json(self, content: object, status: int = 200) -> Response:
        return JSONResponse(content, status, media_type="application/x-amz-json-1.1")

    def _error(self, kind: str) -> Response:
        return self._json({"__type": kind, "message": kind}, 400)


def _lines(parameters: Mapping[str, list[str]]) -> str | None:
    """The script of our document with these parameters; None where a pattern refuses one.

    An instance here has its programs elsewhere, and S3 has no TLS.
    """
    document = json.loads(DOCUMENT.read_text())
    (step,) = document["mainSteps"]
    script = "\n".join(step["inputs"]["runCommand"])
    for name, declared in document["parameters"].items():
        pattern = declared["allowedPattern"].replace("https://[A-Za-z0-9.-]", "https?://[A-Za-z0-9.:-]")
        (value,) = parameters.get(name, [declared.get("default")])
        if value is None or not re.fullmatch(pattern, value):
            return None
        script = script.replace("{{ " + name + " }}", value)
    return script.replace("PATH=/opt/tee-rex-server/bin:", "PATH=$TEE_REX_TEST_BIN:")
