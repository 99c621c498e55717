"""What the deployer makes of AWS's answers, as AWS documents them."""

from __future__ import annotations

import asyncio
import base64
import io
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import boto3
import httpx2
import msgspec
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError, EndpointConnectionError, NoCredentialsError
from botocore.response import StreamingBody
from botocore.stub import ANY, Stubber

from support.aws_stand_in import CREDENTIALS
from support.errors import raises_code
from support.fleet_stand_in import small_release
from support.patience import PATIENCE
from support.proving_server import eventually
from tee_rex_server.deploy import aws
from tee_rex_server.deploy.aws import Claim, ReleaseStore, SsmHosts, call
from tee_rex_server.deploy.fleet import Deployment, Fleet, FleetHost, FleetState, Release
from tee_rex_server.errors import deploy as errors

HOST = FleetHost("a", "i-0123456789abcdef0", "https://a.example.org", (16, 17))
COMMAND = "0831e1a8-a1ac-4257-a1fd-c831bEXAMPLE"
NO_RETRIES = Config(region_name="eu-west-2", retries={"max_attempts": 1})
KEYS: dict[str, Any] = {"aws_access_key_id": "AKIAIOSFODNN7EXAMPLE", "aws_secret_access_key": "x"}


@pytest.fixture
def ssm() -> Iterator[Stubber]:
    with Stubber(boto3.client("ssm", config=NO_RETRIES, **KEYS)) as stubber:
        yield stubber
        stubber.assert_no_pending_responses()


@pytest.fixture
def s3() -> Iterator[Stubber]:
    with Stubber(boto3.client("s3", config=NO_RETRIES, **KEYS)) as stubber:
        yield stubber
        stubber.assert_no_pending_responses()


@pytest.fixture
def release(tmp_path: Path) -> Release:
    return small_release(tmp_path / "release", "0.1.0")


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(aws, "_LOOK_SECONDS", 0.0)


def hosts(ssm: Stubber) -> SsmHosts:
    client: Any = ssm.client
    return SsmHosts(client, "tee-rex-test")


def store(s3: Stubber) -> ReleaseStore:
    client: Any = s3.client
    return ReleaseStore(client, "bucket", "test")


def sent(ssm: Stubber, command: str = "status", **parameters: list[str]) -> None:
    """Expects a command to be sent, to one host, through our document."""
    ssm.add_response(
        "send_command",
        {"Command": {"CommandId": COMMAND, "Status": "Pending"}},
        {
            "InstanceIds": [HOST.instance],
            "DocumentName": "tee-rex-test",
            "Parameters": {"command": [command], **parameters},
            "TimeoutSeconds": 60,
            "Comment": ANY,
        },
    )


def result(ssm: Stubber, status: str, output: str = "") -> None:
    ssm.add_response(
        "get_command_invocation",
        {
            "CommandId": COMMAND,
            "InstanceId": HOST.instance,
            "Status": status,
            "StandardOutputContent": output,
            "ResponseCode": 0,
        },
        {"CommandId": COMMAND, "InstanceId": HOST.instance},
    )


async def test_a_command_is_followed_to_its_end(ssm: Stubber) -> None:
    sent(ssm, "fetch 1", url=["https://b/x"])
    ssm.add_client_error("get_command_invocation", "InvocationDoesNotExist", http_status_code=400)
    for status in ("Pending", "Delayed", "InProgress"):
        result(ssm, status)
    result(ssm, "Success", "done")
    assert await hosts(ssm).run(HOST, "fetch 1", seconds=10, url="https://b/x") == b"done"


async def test_a_host_that_refuses_says_why(ssm: Stubber) -> None:
    sent(ssm)
    report = {"code": "DRAIN_TIMED_OUT", "title": "Busy", "message": "It was \x1b[2J busy.", "hint": ""}
    result(ssm, "Failed", msgspec.json.encode({"error": report}).decode())
    with raises_code(errors.HOST_COMMAND_FAILED, match=r"Busy \[DRAIN_TIMED_OUT\]: It was �\[2J busy."):
        await hosts(ssm).run(HOST, "status", seconds=10)


@pytest.mark.parametrize("status", ["TimedOut", "Cancelled", "Failed", "Undeliverable"])
async def test_a_command_that_never_ran_is_told_by_its_status(ssm: Stubber, status: str) -> None:
    sent(ssm)
    result(ssm, status, "/bin/sh: tee-rex-server: not found")
    with raises_code(errors.HOST_NOT_REACHED, match=status):
        await hosts(ssm).run(HOST, "status", seconds=10)


async def test_a_command_that_never_ends_is_given_up(ssm: Stubber) -> None:
    sent(ssm)
    result(ssm, "InProgress")
    with raises_code(errors.HOST_NOT_REACHED, match="still running"):
        await hosts(ssm).run(HOST, "status", seconds=-60)


@pytest.mark.parametrize("code", ["AccessDeniedException", "InvalidDocument", "InvalidInstanceId"])
async def test_a_refusal_names_aws_own_code(ssm: Stubber, code: str) -> None:
    ssm.add_client_error("send_command", code, http_status_code=400)
    with raises_code(errors.AWS_FAILED, match=f"SendCommand: {code}"):
        await hosts(ssm).run(HOST, "status", seconds=10)


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (NoCredentialsError(), errors.AWS_NO_CREDENTIALS),
        (EndpointConnectionError(endpoint_url="https://ssm"), errors.AWS_UNREACHABLE),
    ],
    ids=["no credentials", "no network"],
)
async def test_what_never_reached_aws(error: Exception, kind: Any) -> None:  # noqa: ANN401 - of any error
    def fail() -> None:
        raise error

    with raises_code(kind):
        await call("SendCommand", fail)


def stored_state(s3: Stubber, content: bytes, *, age: timedelta = timedelta(0)) -> None:
    now = datetime.now(UTC).replace(microsecond=0)
    s3.add_response(
        "get_object",
        {
            "Body": StreamingBody(io.BytesIO(content), len(content)),
            "ETag": '"1"',
            "LastModified": now - age,
            "ResponseMetadata": {"HTTPHeaders": {"date": now.strftime("%a, %d %b %Y %H:%M:%S GMT")}},
        },
        {"Bucket": "bucket", "Key": "test/state.json"},
    )


async def test_a_new_fleet_has_no_state(s3: Stubber) -> None:
    s3.add_client_error("get_object", "NoSuchKey", http_status_code=404)
    assert await store(s3).state() == (FleetState(), "", 0.0)


async def test_the_age_of_a_claim_is_by_the_clock_of_s3(s3: Stubber) -> None:
    stored_state(s3, b"{}", age=timedelta(seconds=33))
    assert await store(s3).state() == (FleetState(), '"1"', 33.0)


@pytest.mark.parametrize("content", [b"", b"[]", b'{"current": 1}', b"{" + b" " * 70_000 + b"}"])
async def test_a_damaged_state_is_refused(s3: Stubber, content: bytes) -> None:
    stored_state(s3, content)
    with raises_code(errors.STATE_INVALID):
        await store(s3).state()


@pytest.mark.parametrize("code", ["PreconditionFailed", "ConditionalRequestConflict"])
async def test_a_state_that_somebody_else_wrote_is_not_replaced(s3: Stubber, code: str) -> None:
    s3.add_client_error("put_object", code, http_status_code=412)
    with raises_code(errors.STATE_CHANGED):
        await store(s3).write_state(FleetState(), '"1"')


def claimed_by_ana(s3: Stubber, release: Release, *, held: bool, age: int) -> None:
    state = FleetState(deployment=Deployment(release, None, "ana", held=held))
    stored_state(s3, msgspec.json.encode(state), age=timedelta(seconds=age))


async def test_a_claim_is_respected_while_its_holder_lives(s3: Stubber, release: Release) -> None:
    claimed_by_ana(s3, release, held=True, age=80)
    with raises_code(errors.DEPLOYMENT_RUNNING, match="ana is deploying 0.1.0"):
        async with store(s3).claimed(lambda _state: Deployment(release, None, "ben")):
            pass


@pytest.mark.parametrize(("held", "age"), [(True, 100), (False, 1)], ids=["dead", "let go"])
async def test_a_claim_that_nobody_holds_is_taken_over(
    s3: Stubber, release: Release, held: bool, age: int
) -> None:
    claimed_by_ana(s3, release, held=held, age=age)
    for _ in range(2):  # claimed, and let go
        s3.add_response("put_object", {"ETag": '"2"'})
    async with store(s3).claimed(lambda _state: Deployment(release, None, "ben")) as claim:
        assert claim.state.deployment is not None
        assert claim.state.deployment.by == "ben"


def refused_as_there(s3: Stubber, release: Release, content: bytes) -> None:
    s3.add_client_error("put_object", "PreconditionFailed", http_status_code=412)
    s3.add_response(
        "get_object",
        {"Body": StreamingBody(io.BytesIO(content), len(content))},
        {"Bucket": "bucket", "Key": f"test/releases/{release.sha256}.json"},
    )


@pytest.mark.parametrize("other", [b'{"version": "0.1.0"}', b"\xff", None], ids=["less", "no JSON", "other"])
async def test_what_is_known_of_an_image_is_not_replaced(
    s3: Stubber, release: Release, tmp_path: Path, other: bytes | None
) -> None:
    renamed = msgspec.structs.replace(release, version="0.1.1")
    refused_as_there(s3, release, msgspec.json.encode(renamed) if other is None else other)
    with raises_code(errors.STORED_DIFFERENTLY):
        await store(s3).upload(release, tmp_path / "release" / "tee-rex.eif")


async def test_what_goes_away_meanwhile_is_an_error_of_ours(
    s3: Stubber, release: Release, tmp_path: Path
) -> None:
    s3.add_client_error("put_object", "ConditionalRequestConflict", http_status_code=409)
    s3.add_client_error("get_object", "NoSuchKey", http_status_code=404)
    with raises_code(errors.AWS_FAILED, match="NoSuchKey"):
        await store(s3).upload(release, tmp_path / "release" / "tee-rex.eif")


async def test_a_version_may_have_several_images(s3: Stubber, release: Release, tmp_path: Path) -> None:
    """As the test environment gets one for each commit."""
    other = small_release(tmp_path / "other", release.version, code="changed")
    for one, folder in ((release, "release"), (other, "other")):
        known = {"Bucket": "bucket", "Key": f"test/releases/{one.sha256}.json", "IfNoneMatch": "*"}
        s3.add_response("put_object", {"ETag": '"1"'}, known | {"Body": ANY, "ContentType": ANY})
        s3.add_client_error("head_object", "404", http_status_code=404)
        s3.add_response("put_object", {"ETag": '"1"'})
        await store(s3).upload(one, tmp_path / folder / "tee-rex.eif")
    # Written with other spaces, it is the same.
    refused_as_there(s3, release, msgspec.json.encode(release))
    s3.add_response("head_object", {"ContentLength": release.bytes, "ChecksumSHA256": checksum(release)})
    await store(s3).upload(release, tmp_path / "release" / "tee-rex.eif")


def checksum(release: Release) -> str:
    return base64.b64encode(bytes.fromhex(release.sha256)).decode()


async def test_the_address_of_an_image_names_the_region(
    release: Release, monkeypatch: pytest.MonkeyPatch
) -> None:
    """That of no region leads to a redirection for a bucket's first days, which hosts do not follow."""
    for name, value in CREDENTIALS.items():
        monkeypatch.setenv(name, value)
    fleet = Fleet("eu-west-2", "bucket", "test", "document", (HOST,))
    url = httpx2.URL(await ReleaseStore(aws.clients(fleet)[0], fleet.bucket, fleet.prefix).url(release))
    assert (url.scheme, url.host) == ("https", "bucket.s3.eu-west-2.amazonaws.com")
    assert "X-Amz-Expires=900" in str(url)


class MemoryS3:
    """One object with conditional writes. faults: what happens to the next writes, one after the other.

    "lost": it is done, and its answer is lost. "down": it is not done.
    """

    def __init__(self, *faults: str) -> None:
        self.content, self.version, self.writes = b"", 0, 0
        self.faults = [*faults]

    @property
    def state(self) -> FleetState:
        return msgspec.json.decode(self.content, type=FleetState)

    def store(self, clock: Callable[[], float] = aws.lease_clock) -> ReleaseStore:
        client: Any = self
        return ReleaseStore(client, "bucket", "test", clock)

    def put_object(self, *, Body: bytes, **condition: str) -> dict[str, str]:  # noqa: N803 - boto3's
        fault = self.faults.pop(0) if self.faults else ""
        self.writes += 1
        time.sleep(0.05)  # in a thread of its own
        if fault == "down":
            raise EndpointConnectionError(endpoint_url="https://s3")
        if condition.get("IfMatch", "0") != str(self.version):
            raise ClientError({"Error": {"Code": "PreconditionFailed"}}, "PutObject")
        self.content, self.version = Body, self.version + 1
        if fault == "lost":
            raise EndpointConnectionError(endpoint_url="https://s3")
        return {"ETag": str(self.version)}

    def get_object(self, **_key: str) -> dict[str, Any]:
        if not self.version:
            raise ClientError({"Error": {"Code": "NoSuchKey"}}, "GetObject")
        now = datetime.now(UTC)
        head = {"HTTPHeaders": {"date": now.strftime("%a, %d %b %Y %H:%M:%S GMT")}}
        body = io.BytesIO(self.content)
        return {"Body": body, "ETag": str(self.version), "LastModified": now, "ResponseMetadata": head}


def test_the_clock_of_claims_goes_on_while_the_machine_sleeps(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only root may make a namespace in which a machine has slept, so the clock is known by its number."""
    monkeypatch.setattr(time, "clock_gettime", {time.CLOCK_BOOTTIME: 86_400.0, time.CLOCK_MONOTONIC: 0.0}.get)
    assert aws.lease_clock() == 86_400.0


@pytest.mark.integration
async def test_what_botocore_sends_again_is_checked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """It repeats a request that failed, for minutes; the claim may have ended meanwhile."""
    for name, value in CREDENTIALS.items():
        monkeypatch.setenv(name, value)
    requests = list[str]()
    old = False

    class Failing(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            nonlocal old
            requests.append(self.headers["x-amz-target"])
            old = True
            self.send_response(500)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    def check() -> None:
        if old:
            raise errors.CLAIM_NOT_RENEWED()

    with ThreadingHTTPServer(("127.0.0.1", 0), Failing) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        monkeypatch.setenv("AWS_ENDPOINT_URL_SSM", f"http://127.0.0.1:{server.server_port}")
        fleet = Fleet("eu-west-2", "bucket", "test", "document", (HOST,))
        with raises_code(errors.CLAIM_NOT_RENEWED):
            await SsmHosts(aws.clients(fleet)[1], "document").run(HOST, "drain 16", seconds=10, check=check)
        server.shutdown()
    assert requests == ["AmazonSSM.SendCommand"]


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    """Signs of life one after the other, in a lease that no busy machine outlasts."""
    times = {
        "LEASE_SECONDS": 2 * PATIENCE,
        "_RENEWAL_SECONDS": 0.05,
        "_SEND_SECONDS": 0.5,
        "_REPEAT_SECONDS": 0.05,
    }
    for name, seconds in times.items():
        monkeypatch.setattr(aws, name, seconds)


@pytest.mark.usefixtures("short")
class TestClaim:
    async def test_a_write_whose_answer_was_lost_is_its_own(self, release: Release) -> None:
        bucket = MemoryS3("", "lost", "", "lost")
        async with bucket.store().claimed(lambda _state: Deployment(release, None, "ana")) as claim:
            going_back = msgspec.structs.replace(known(claim), going_back=True)
            await claim.write(FleetState(deployment=going_back))
            assert known(claim).going_back
            await asyncio.sleep(0.3)
            assert known(claim).going_back, "a renewal undid it"
            bucket.faults = ["lost"]
            await claim.write(FleetState(release))
        assert bucket.state == FleetState(release)

    async def test_a_claim_outlives_a_failure_of_s3(self, release: Release) -> None:
        bucket = MemoryS3()
        async with bucket.store().claimed(lambda _state: Deployment(release, None, "ana")) as claim:
            bucket.faults = ["down"] * 6
            await eventually(lambda: not bucket.faults)
            await claim.write(FleetState(release))
        assert bucket.state == FleetState(release)

    async def test_no_command_is_sent_that_could_arrive_after_the_lease(
        self, release: Release, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(aws, "LEASE_SECONDS", 2.0)
        bucket = MemoryS3()
        started, sent = time.monotonic(), False
        with raises_code(errors.AWS_UNREACHABLE):
            async with bucket.store().claimed(lambda _state: Deployment(release, None, "ana")) as claim:
                await claim.require()
                bucket.faults = ["down"] * 10_000
                await asyncio.sleep(0.6)
                await claim.require()
                sent = True
        assert not sent
        assert time.monotonic() - started < PATIENCE

    async def test_a_machine_that_slept_has_lost_its_claim(self, release: Release) -> None:
        """Its event loop slept too, so no renewal has noticed. The command is of a fleet that is ben's."""
        bucket, slept = MemoryS3(), 0.0
        store = bucket.store(lambda: time.monotonic() + slept)
        with raises_code(errors.STATE_CHANGED):
            async with store.claimed(lambda _state: Deployment(release, None, "ana")) as claim:
                await claim.write()
                claim.check()
                bens = FleetState(deployment=Deployment(release, None, "ben"))
                bucket.content, bucket.version = msgspec.json.encode(bens), bucket.version + 1
                slept = 3600.0
                with raises_code(errors.CLAIM_NOT_RENEWED):
                    claim.check()
                await claim.require()
        assert known(bucket).by == "ben"

    async def test_another_deployers_claim_is_respected(self, release: Release) -> None:
        bucket = MemoryS3()
        with raises_code(errors.STATE_CHANGED):
            async with bucket.store().claimed(lambda _state: Deployment(release, None, "ana")):
                bucket.content = msgspec.json.encode(FleetState(deployment=Deployment(release, None, "ben")))
                bucket.version += 1
                await asyncio.sleep(PATIENCE)
        assert known(bucket).by == "ben"

    @pytest.mark.parametrize("fault", ["", "lost"])
    async def test_one_that_is_cancelled_lets_others_go_on(self, release: Release, fault: str) -> None:
        bucket = MemoryS3()

        async def hold() -> None:
            async with bucket.store().claimed(lambda _state: Deployment(release, None, "ana")) as claim:
                bucket.faults = [fault]
                writes = bucket.writes
                writing = asyncio.create_task(claim.write())
                await eventually(lambda: bucket.writes > writes)
                writing.cancel()  # where it was done, its ETag is not known
                await asyncio.wait([writing])

        await hold()
        assert not known(bucket).held


def known(where: MemoryS3 | Claim) -> Deployment:
    deployment = where.state.deployment
    assert deployment is not None
    return deployment


async def test_s3_is_told_the_images_digest(s3: Stubber, release: Release, tmp_path: Path) -> None:
    s3.add_response("put_object", {"ETag": '"1"'})
    s3.add_client_error("head_object", "404", http_status_code=404)
    s3.add_response("put_object", {"ETag": '"1"'})
    await store(s3).upload(release, tmp_path / "release" / "tee-rex.eif")
    s3.add_client_error("put_object", "PreconditionFailed", http_status_code=412)
    same = msgspec.json.format(msgspec.json.encode(release), indent=2)
    s3.add_response("get_object", {"Body": StreamingBody(io.BytesIO(same), len(same))})
    s3.add_response("head_object", {"ContentLength": release.bytes, "ChecksumSHA256": "AAAA"})
    with raises_code(errors.STORED_DIFFERENTLY):
        await store(s3).upload(release, tmp_path / "release" / "tee-rex.eif")


async def test_who_deploys_is_shown_without_control_characters(s3: Stubber, release: Release) -> None:
    held = FleetState(deployment=Deployment(release, None, "ana\x1b[2J"))
    stored_state(s3, msgspec.json.encode(held))
    with raises_code(errors.DEPLOYMENT_RUNNING, match=r"ana�\[2J is deploying"):
        async with store(s3).claimed(lambda _state: Deployment(release, None, "ben")):
            pass


async def test_who_deploys_has_at_most_200_characters(s3: Stubber, release: Release) -> None:
    stored_state(s3, msgspec.json.encode(FleetState(deployment=Deployment(release, None, "a" * 201))))
    with raises_code(errors.STATE_INVALID):
        await store(s3).state()
