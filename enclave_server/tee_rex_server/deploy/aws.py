"""S3, where releases and the state of a fleet lie, and Systems Manager, which runs the hosts' commands.

boto3 blocks, so every call runs in a thread. No call is repeated here: botocore repeats what is safe to
repeat.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import secrets
import time
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Final, ParamSpec, TypeVar

import msgspec

from tee_rex.errors import TeeRexError
from tee_rex.errors.message import printable
from tee_rex.errors.report import ErrorReport
from tee_rex.system.threads import finish_in_thread
from tee_rex.system.untrusted import UndecodableError, decode_json
from tee_rex_server.deploy.fleet import FleetState, Release
from tee_rex_server.errors import deploy as errors

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Mapping, Sequence
    from pathlib import Path

    from types_boto3_s3 import S3Client
    from types_boto3_ssm import SSMClient

    from tee_rex_server.deploy.fleet import Deployment, Fleet, FleetHost

P = ParamSpec("P")
T = TypeVar("T")

LEASE_SECONDS: Final = 90.0
"""A deployer that has shown no sign of life for so long is dead. Longer than Systems Manager delivers a
command, so that nothing that it sent arrives later."""
_RENEWAL_SECONDS: Final = 15.0
_DELIVERY_SECONDS: Final = 60
_SEND_SECONDS: Final = 20.0
"""A command is sent only so soon after the last sign of life that it arrives within the lease: connecting
takes 10 s at most, and Systems Manager delivers it within 60 s or never."""
_REPEAT_SECONDS: Final = 2.0
_URL_SECONDS: Final = 900
_MAX_STATE_BYTES: Final = 64 * 1024
_LOOK_SECONDS: Final = 2.0
_UNFINISHED: Final = frozenset({"Pending", "InProgress", "Delayed", "Cancelling"})


class _HostError(msgspec.Struct, frozen=True):
    error: ErrorReport


def clients(fleet: Fleet) -> tuple[S3Client, SSMClient]:
    """Those of the fleet's region, with the credentials of the environment; raises EXTRA_MISSING."""
    if find_spec("boto3") is None:
        raise errors.DEPLOY_MISSING()
    import boto3
    from botocore.config import Config

    config = Config(
        region_name=fleet.region,
        signature_version="s3v4",
        retries={"mode": "standard", "max_attempts": 5},
        connect_timeout=10,
        read_timeout=60,
        s3={"addressing_style": "virtual"},  # else presigned addresses name no region, and are redirected
    )
    session = boto3.Session()
    return session.client("s3", config=config), session.client(
        "ssm", config=config.merge(Config(signature_version="v4"))
    )


async def call(operation: str, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Run one request of boto3's; raises AWS_FAILED, and ClientErrors that the caller tells apart."""
    from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError

    try:
        return await finish_in_thread(work, *args, **kwargs)
    except NoCredentialsError as error:
        raise errors.AWS_NO_CREDENTIALS(operation=operation) from error
    except ClientError as error:
        if error_code(error) in _TOLD_APART:
            raise
        raise errors.AWS_FAILED(operation=operation, reason=error_code(error)) from error
    except BotoCoreError as error:
        raise errors.AWS_UNREACHABLE(operation=operation, reason=type(error).__name__) from error


_TOLD_APART: Final = frozenset(
    {"404", "NoSuchKey", "PreconditionFailed", "ConditionalRequestConflict", "InvocationDoesNotExist"}
)


def error_code(error: Exception) -> str:
    """The code of a ClientError, such as AccessDenied."""
    response: dict[str, Any] = getattr(error, "response", {})
    return printable(str(response.get("Error", {}).get("Code", "unknown")))[:80]


def lease_clock() -> float:
    """Seconds from some moment on, in which a machine that slept has grown older.

    ``time.monotonic`` stands still meanwhile, on Linux and macOS: a laptop that was closed for an hour would
    send commands to a fleet that is another deployer's by now. The wall clock may be set.
    """
    # macOS has no such clock, because its CLOCK_MONOTONIC goes on; Python's time.monotonic is another one.
    return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))


@dataclass(slots=True)
class Claim:
    """The right to change a fleet, held by renewing the state in the bucket.

    name: as in its Deployment. state: what the bucket has, or gets next. saved: whether it has it. clock: see
    ``lease_clock``.
    """

    store: ReleaseStore
    name: str
    state: FleetState
    etag: str
    clock: Callable[[], float]
    saved: bool = True
    _alone: asyncio.Lock = field(default_factory=asyncio.Lock)
    _written: float | None = None
    """When the last write that succeeded began."""

    async def write(self, state: FleetState | None = None) -> None:
        """Replace the state; with None, only show that this deployer lives. Repeated while the claim lasts.

        Raises DEPLOYMENT_TAKEN_OVER where somebody else has written it, and AWS_FAILED.
        """
        while True:
            try:
                await self.write_once(state)
            except errors.StateChangedError:
                raise
            except TeeRexError:
                if self._age() >= LEASE_SECONDS:
                    raise
            else:
                return
            await asyncio.sleep(_REPEAT_SECONDS)

    async def write_once(self, state: FleetState | None = None) -> None:
        """The same without repeating it."""
        async with self._alone:
            if state is not None:
                self.state = state
            self.saved = False
            began = self.clock()
            try:
                self.etag = await self.store.write_state(self.state, self.etag)
            except errors.StateChangedError:
                self.etag = await self._written_nevertheless(self.state)
            self.saved, self._written = True, began

    async def renew(self) -> None:
        """Show that this deployer lives, forever."""
        while True:
            await asyncio.sleep(_RENEWAL_SECONDS)
            await self.write()

    async def require(self) -> None:
        """Make sure that a command which is sent now arrives before anybody else may claim the fleet.

        Raises as ``write`` does.
        """
        if self._age() > _SEND_SECONDS:
            await self.write()

    def check(self) -> None:
        """The same at the last moment, for each time that botocore sends it; raises CLAIM_NOT_RENEWED."""
        if self._age() > _SEND_SECONDS:
            raise errors.CLAIM_NOT_RENEWED()

    async def _written_nevertheless(self, wanted: FleetState) -> str:
        """The ETag, where a write of ours was done whose answer never came; else DEPLOYMENT_TAKEN_OVER."""
        found, etag, _age = await self.store.state()
        if found == wanted:
            return etag
        if found.deployment is None or found.deployment.claim != self.name:
            raise errors.STATE_CHANGED()
        return await self.store.write_state(wanted, etag)

    def _age(self) -> float:
        return float("inf") if self._written is None else self.clock() - self._written


@dataclass(frozen=True, slots=True)
class ReleaseStore:
    """A fleet's part of a bucket.

    ``PREFIX/state.json``; and, never replaced, ``PREFIX/images/SHA256.eif``, and what each image is, for
    people, in ``PREFIX/releases/SHA256.json``.
    """

    s3: S3Client
    bucket: str
    prefix: str
    clock: Callable[[], float] = lease_clock

    async def state(self) -> tuple[FleetState, str, float]:
        """What the bucket knows, its ETag (empty if there is none), and its age in seconds, by S3's clock."""
        from botocore.exceptions import ClientError

        key = f"{self.prefix}/state.json"
        try:
            answer = await call("GetObject", self.s3.get_object, Bucket=self.bucket, Key=key)
        except ClientError as error:
            if error_code(error) != "NoSuchKey":
                raise errors.AWS_FAILED(operation="GetObject", reason=error_code(error)) from error
            return FleetState(), "", 0.0
        content = await call("GetObject", answer["Body"].read, _MAX_STATE_BYTES + 1)
        try:
            state = decode_json(content, FleetState)  # what is longer is cut off, and no JSON
            now = parsedate_to_datetime(answer["ResponseMetadata"]["HTTPHeaders"]["date"])
        except (UndecodableError, KeyError, ValueError):
            raise errors.STATE_INVALID(key=key) from None
        return state, answer["ETag"], (now - answer["LastModified"]).total_seconds()

    async def write_state(self, state: FleetState, etag: str) -> str:
        """Replace the state that has this ETag; returns the new one's. Raises DEPLOYMENT_TAKEN_OVER."""
        from botocore.exceptions import ClientError

        condition: dict[str, Any] = {"IfMatch": etag} if etag else {"IfNoneMatch": "*"}
        body = msgspec.json.format(msgspec.json.encode(state), indent=2)
        try:
            answer = await call(
                "PutObject",
                self.s3.put_object,
                Bucket=self.bucket,
                Key=f"{self.prefix}/state.json",
                Body=body,
                ContentType="application/json",
                **condition,
            )
        except ClientError as error:
            raise errors.STATE_CHANGED() from error
        return answer["ETag"]

    @asynccontextmanager
    async def claimed(self, begin: Callable[[FleetState], Deployment]) -> AsyncIterator[Claim]:
        """Hold the fleet until the block ends. begin: the deployment to go on with; it may refuse.

        Raises DEPLOYMENT_RUNNING while another deployer lives, and DEPLOYMENT_TAKEN_OVER as soon as one has
        written the state during the block.
        """
        state, etag, age = await self.state()
        running = state.deployment
        if running is not None and running.held and age < LEASE_SECONDS:
            raise errors.DEPLOYMENT_RUNNING(
                by=printable(running.by), release=str(running.target), seconds=LEASE_SECONDS
            )
        claim = Claim(self, secrets.token_hex(16), state, etag, self.clock)
        deployment = msgspec.structs.replace(begin(state), claim=claim.name)
        await claim.write(msgspec.structs.replace(state, deployment=deployment))
        limit = asyncio.timeout(None)
        renewing = asyncio.create_task(claim.renew())

        def end_block(_renewing: asyncio.Task[None]) -> None:
            with suppress(RuntimeError):  # the block has ended already
                limit.reschedule(asyncio.get_running_loop().time())

        renewing.add_done_callback(end_block)
        try:
            async with limit:
                yield claim
        except TimeoutError:
            if limit.expired() and renewing.done():
                await renewing  # raises why
            raise
        finally:
            renewing.cancel()
            await asyncio.wait([renewing])
            unfinished = claim.state.deployment
            last = claim.state
            if unfinished is not None:
                let_go = msgspec.structs.replace(unfinished, held=False)
                last = msgspec.structs.replace(claim.state, deployment=let_go)
            if unfinished is not None or not claim.saved:
                with suppress(TeeRexError):  # else the claim ends by itself
                    await claim.write_once(last)

    async def upload(self, release: Release, image: Path) -> None:
        """Store a release; what is there already must be the same. Raises AWS_FAILED."""
        await self._put_once(f"{self.prefix}/releases/{release.sha256}.json", release)
        await self._put_image(release, image)

    async def url(self, release: Release) -> str:
        """An address of the release's image, for a quarter of an hour."""
        return await call(
            "GetObject",
            self.s3.generate_presigned_url,
            "get_object",
            Params={"Bucket": self.bucket, "Key": self._image_key(release)},
            ExpiresIn=_URL_SECONDS,
        )

    def _image_key(self, release: Release) -> str:
        return f"{self.prefix}/images/{release.sha256}.eif"

    async def _put_once(self, key: str, release: Release) -> None:
        from botocore.exceptions import ClientError

        try:
            await call(
                "PutObject",
                self.s3.put_object,
                Bucket=self.bucket,
                Key=key,
                Body=msgspec.json.format(msgspec.json.encode(release), indent=2),
                ContentType="application/json",
                IfNoneMatch="*",
            )
        except ClientError:
            pass  # it is there
        else:
            return
        try:
            answer = await call("GetObject", self.s3.get_object, Bucket=self.bucket, Key=key)
            content = await call("GetObject", answer["Body"].read, _MAX_STATE_BYTES + 1)
            found = decode_json(content, Release)
        except ClientError as error:
            raise errors.AWS_FAILED(operation="GetObject", reason=error_code(error)) from error
        except UndecodableError:
            raise errors.STORED_DIFFERENTLY(key=key) from None
        if found != release:
            raise errors.STORED_DIFFERENTLY(key=key)

    async def _put_image(self, release: Release, image: Path) -> None:
        """With the SHA-256 that S3 computes itself and keeps: other bytes are refused on their way."""
        from botocore.exceptions import ClientError

        key = self._image_key(release)
        checksum = base64.b64encode(bytes.fromhex(release.sha256)).decode()
        try:
            stored = await call(
                "HeadObject", self.s3.head_object, Bucket=self.bucket, Key=key, ChecksumMode="ENABLED"
            )
        except ClientError:
            pass  # 404
        else:
            found = stored.get("ChecksumSHA256") or await self._checksum(key)
            if stored["ContentLength"] == release.bytes and found == checksum:
                return
            raise errors.STORED_DIFFERENTLY(key=key)

        def put() -> None:
            with image.open("rb") as body:
                self.s3.put_object(
                    Bucket=self.bucket,
                    Key=key,
                    Body=body,
                    ContentLength=release.bytes,
                    ContentType="application/octet-stream",
                    ChecksumSHA256=checksum,
                )

        await call("PutObject", put)

    async def _checksum(self, key: str) -> str:
        """Of an object that S3 knows none of, because it was stored by other means."""
        answer = await call("GetObject", self.s3.get_object, Bucket=self.bucket, Key=key)

        def read() -> str:
            digest = hashlib.sha256()
            for part in answer["Body"].iter_chunks(1 << 20):
                digest.update(part)
            return base64.b64encode(digest.digest()).decode()

        return await call("GetObject", read)


@dataclass(frozen=True, slots=True)
class SsmHosts:
    """Runs ``tee-rex-server host …`` on instances, through a document that can run nothing else."""

    ssm: SSMClient
    document: str

    async def run(
        self,
        host: FleetHost,
        command: str,
        *,
        seconds: float,
        url: str = "",
        check: Callable[[], None] | None = None,
    ) -> bytes:
        """The command's output. command: such as ``drain 16``. url: of an image, for ``fetch``.

        check: called, in another thread, each time before the command is sent; what it raises is raised.

        Raises HOST_COMMAND_FAILED, with the reason that the host gave, and AWS_FAILED. Cancelling it leaves
        the command running on the host, where the next one waits for it.
        """
        parameters = {"command": [command]} | ({"url": [url]} if url else {})
        command_id = await call("SendCommand", self._send, host, parameters, check)
        deadline = time.monotonic() + seconds + _DELIVERY_SECONDS
        while True:
            status, output = await self._result(host, command_id)
            if status == "Success":
                return output
            if status not in _UNFINISHED:
                raise self._failure(host, command, status, output)
            if time.monotonic() >= deadline:
                raise errors.HOST_NOT_REACHED(host=host.name, command=command, status="still running")
            await asyncio.sleep(_LOOK_SECONDS)

    def _send(
        self, host: FleetHost, parameters: Mapping[str, Sequence[str]], check: Callable[[], None] | None
    ) -> str:
        """The command's id. One at a time."""

        def before_each(**_request: object) -> None:
            if check is not None:
                check()

        # botocore sends again what was not answered, for minutes; each time it makes the request anew.
        events, each = self.ssm.meta.events, "request-created.ssm.SendCommand"
        events.register(each, before_each)
        try:
            sent = self.ssm.send_command(
                InstanceIds=[host.instance],
                DocumentName=self.document,
                Parameters=parameters,
                TimeoutSeconds=_DELIVERY_SECONDS,
                Comment=f"tee-rex: {parameters['command'][0]}"[:100],
            )
        finally:
            events.unregister(each, before_each)
        return sent["Command"]["CommandId"]

    async def _result(self, host: FleetHost, command_id: str) -> tuple[str, bytes]:
        from botocore.exceptions import ClientError

        try:
            answer = await call(
                "GetCommandInvocation",
                self.ssm.get_command_invocation,
                CommandId=command_id,
                InstanceId=host.instance,
            )
        except ClientError:
            return "Pending", b""  # it is not known everywhere at once
        return answer["Status"], answer["StandardOutputContent"].encode()

    def _failure(self, host: FleetHost, command: str, status: str, output: bytes) -> errors.HostCommandError:
        try:
            told = decode_json(output, _HostError).error
        except UndecodableError:
            return errors.HOST_NOT_REACHED(host=host.name, command=command, status=printable(status))
        reason = printable(f"{told.title} [{told.code}]: {told.message}")[:500]
        return errors.HOST_COMMAND_FAILED(host=host.name, command=command, reason=reason)
