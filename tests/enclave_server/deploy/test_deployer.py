"""Deployments by the real program, to a fleet whose enclaves attest what their images measure to."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import shutil
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from support.aws_stand_in import BUCKET, REGION, SsmStandIn, moto_s3, s3_of
from support.fleet_stand_in import (
    Clients,
    HostMachine,
    deploy_process,
    fleet_file,
    operator_environment,
    run_program,
    small_release,
    stand_in_starter,
)
from support.http_files import Answer, http_files
from support.nitro_fake import FakeNitro
from support.remote_client import now
from tee_rex_server.deploy.fleet import Release

pytestmark = [
    pytest.mark.integration,
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.timeout(900),  # each has several deployments, of a dozen processes each
]

ROOT = Path(__file__).parents[3]
LEASE = "4"
STATE = "test/state.json"
OLD, NEW = "0.1.0", "0.2.0"


@dataclass
class TestFleet:
    """One host with two enclaves, its operator, and two releases."""

    __test__ = False
    folder: Path
    ssm: SsmStandIn
    s3: Any
    host: HostMachine
    environment: dict[str, str]
    releases: dict[str, Release]

    async def run(self, *arguments: str, code: int = 0, **environment: str) -> tuple[dict[str, Any], str]:
        """A command of ``deploy`` with that exit code: its JSON, and what it told."""
        ended, output, told = await run_program(
            "deploy", *arguments, "--json", **{**self.environment, **environment}
        )
        assert ended == code, told
        return output, told

    async def apply(self, version: str, *, code: int = 0, **environment: str) -> tuple[dict[str, Any], str]:
        return await self.run("apply", str(self.folder / version), code=code, **environment)

    def state(self) -> dict[str, Any]:
        """What the bucket knows."""
        found: dict[str, Any] = json.loads(self.s3.get_object(Bucket=BUCKET, Key=STATE)["Body"].read())
        return found

    @asynccontextmanager
    async def deploying(self, version: str) -> AsyncIterator[asyncio.subprocess.Process]:
        """``apply``, which is killed at the end of the block."""
        process = await deploy_process("deploy", "apply", str(self.folder / version), **self.environment)
        try:
            yield process
        finally:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.communicate()

    def name(self, version: str) -> str:
        return str(self.releases[version])

    def runs(self, version: str) -> bool:
        """Whether both enclaves run a release, will after a restart, and serve."""
        sha256 = self.releases[version].sha256
        images = {self.host.runs(cid) for cid in self.host.cids} | {
            self.host.image_of(cid) for cid in self.host.cids
        }
        return images == {sha256} and not list(self.host.draining.iterdir())

    def sent(self) -> list[str]:
        """The commands since the last call, without looks and digests."""
        words = [command.split()[1:3] for command in self.ssm.commands]
        self.ssm.commands.clear()
        return [" ".join(one) if one[0] != "fetch" else "fetch" for one in words if one[0] != "status"]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def s3_url() -> AsyncIterator[str]:
    async with moto_s3() as url:
        yield url


@pytest_asyncio.fixture(loop_scope="module")
async def fleet(s3_url: str, tmp_path: Path) -> AsyncIterator[TestFleet]:
    """The old release is deployed."""
    nitro = FakeNitro(now())
    s3 = s3_of(s3_url)
    s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
    host = HostMachine(tmp_path / "a", "i-0123456789abcdef0", stand_in_starter(nitro))
    async with SsmStandIn().serving() as ssm, host.running():
        fleet_file(tmp_path, host)
        environment = operator_environment(s3_url, ssm, nitro, tmp_path)
        environment |= {"TEE_REX_TEST_PROOFS": "none", "TEE_REX_TEST_LEASE": LEASE}
        ssm.instances[host.instance] = host.environment
        releases = {version: small_release(tmp_path / version, version) for version in (OLD, NEW)}
        made = TestFleet(tmp_path, ssm, s3, host, environment, releases)
        await made.apply(OLD)
        made.sent()
        yield made
    for stored in s3.list_objects_v2(Bucket=BUCKET)["Contents"]:
        s3.delete_object(Bucket=BUCKET, Key=stored["Key"])
    s3.delete_bucket(Bucket=BUCKET)


def figures(what: str, output: dict[str, Any], clients: Clients) -> None:
    pause = clients.longest
    sys.stdout.write(
        f"{what} in {output['seconds']} s; {clients.done} proofs, none refused; at most {pause:.1f} s"
        " between two\n"
    )


async def test_a_release_reaches_both_enclaves_one_after_the_other_and_no_client_is_refused(
    fleet: TestFleet,
) -> None:
    async with Clients(fleet.host.url).asking() as clients:
        output, told = await fleet.apply(NEW)
        await asyncio.sleep(1)
    assert fleet.runs(NEW)
    image = fleet.releases[NEW].sha256
    expected = ["fetch", "drain 16", "start 16", "serve 16", "drain 17", "start 17", "serve 17"]
    assert fleet.sent() == expected
    assert fleet.host.boots[-2:] == [(16, image), (17, image)]
    assert clients.refused == []
    assert clients.done > 10
    figures("deployed", output, clients)
    assert "✓ attest a/cid-16" in told

    status, _ = await fleet.run("status")
    assert status["state"]["current"]["version"] == NEW
    assert status["state"]["previous"]["version"] == OLD
    assert status["state"]["deployment"] is None
    assert [one["attested"] for one in status["enclaves"]] == [True, True]

    plan, _ = await fleet.run("plan", str(fleet.folder / NEW))
    assert [(one["runs"], one["todo"]) for one in plan["enclaves"]] == [("target", "nothing")] * 2
    await fleet.apply(NEW)
    assert fleet.sent() == ["fetch"]

    # Somebody drained one, and gave the other an image for its next start.
    (fleet.host.draining / "cid-16").touch()
    link = fleet.host.images / "17.eif"
    link.unlink()
    link.symlink_to(f"images/{fleet.releases[OLD].sha256}.eif")
    plan, _ = await fleet.run("plan", str(fleet.folder / NEW))
    assert [(one["runs"], one["todo"]) for one in plan["enclaves"]] == [
        ("target", "serve"),
        ("target", "replace"),
    ]
    await fleet.apply(NEW)
    assert fleet.sent() == ["fetch", "serve 16", "drain 17", "start 17", "serve 17"]
    assert fleet.runs(NEW)


async def test_the_last_enclave_with_clients_is_not_taken_from_them(fleet: TestFleet) -> None:
    """The other one is ready, but drained."""
    (fleet.host.draining / "cid-17").touch()
    async with Clients(fleet.host.url).asking(1) as clients:
        failed, _ = await fleet.apply(NEW, code=1)
        await went_back(fleet, clients, failed, "look a/cid-16: No enclave of host a but cid-16 serves")
    assert not [one for one in fleet.sent() if one.startswith(("drain", "start"))]


async def test_a_rollback_brings_the_previous_release_once(fleet: TestFleet) -> None:
    busy = f"16:{OLD} any:{OLD} 17:{NEW}"
    async with Clients(fleet.host.url).asking(1) as clients:
        # The release is not to blame, and the exit code is another one.
        refused, _ = await fleet.apply(NEW, code=4, TEE_REX_TEST_BUSY=busy)
        await went_back(
            fleet, clients, refused, "prove a/cid-17: The server answered", code="SMOKE_TEST_REFUSED"
        )
    await fleet.apply(NEW)
    async with Clients(fleet.host.url).asking() as clients:
        # A host that has counted enough proofs must not keep its release.
        output, told = await fleet.run("rollback", TEE_REX_TEST_BUSY=busy)
    assert told.count(": not done. The server answered: too many.") == 2
    assert fleet.runs(OLD)
    assert clients.refused == []
    figures("rolled back", output, clients)
    refused, _ = await fleet.run("rollback", code=1)
    assert refused["error"]["code"] == "NOTHING_TO_ROLL_BACK"


@pytest.mark.soak
async def test_a_rollback_that_is_killed_again_and_again_goes_on(fleet: TestFleet) -> None:
    await fleet.apply(NEW)
    for place in ("attest 17", "prove 17", "prove any", "before the last write", "after the last write"):
        await fleet.run("rollback", code=-9, TEE_REX_TEST_KILL=place)
        await asyncio.sleep(float(LEASE) + 1.5)
        if place == "attest 17":
            refused, _ = await fleet.apply(NEW, code=1)
            assert refused["error"]["message"] == f"Going back to {fleet.name(OLD)} was interrupted."
    assert fleet.runs(OLD)
    state = fleet.state()
    assert (state["current"]["version"], state["previous"], state["deployment"]) == (OLD, None, None)
    # What had been done is not done twice.
    assert [cid for cid, image in fleet.host.boots if image == fleet.releases[OLD].sha256] == [16, 17] * 2
    refused, _ = await fleet.run("rollback", code=1)
    assert refused["error"]["code"] == "NOTHING_TO_ROLL_BACK"


@pytest.mark.soak
async def test_a_first_deployment_that_was_interrupted_has_nothing_to_go_back_to(fleet: TestFleet) -> None:
    fleet.s3.delete_object(Bucket=BUCKET, Key=STATE)
    await fleet.run("apply", str(fleet.folder / NEW), code=-9, TEE_REX_TEST_KILL="attest 16")
    await asyncio.sleep(float(LEASE) + 1.5)
    process = await deploy_process("deploy", "rollback", **fleet.environment)
    output, _ = await process.communicate()
    assert output.decode() == (
        "✓ The first deployment was given up. No release was before it: enclaves stay as they are.\n"
    )
    assert fleet.state()["deployment"] is None


async def went_back(
    fleet: TestFleet,
    clients: Clients,
    failed: dict[str, Any],
    step: str,
    *,
    code: str = "DEPLOYMENT_ROLLED_BACK",
) -> None:
    """It said why, all enclaves run the old release, no client was refused, and the next deployment works."""
    assert failed["error"]["code"] == code
    assert failed["error"]["message"].startswith(step)
    assert fleet.runs(OLD)
    assert clients.refused == []
    status, _ = await fleet.run("status")
    assert status["state"]["deployment"] is None
    assert status["state"]["current"]["version"] == OLD


async def test_a_host_that_fails_goes_back_by_itself(fleet: TestFleet) -> None:
    new = fleet.releases[NEW]
    key = f"test/images/{new.sha256}.eif"
    async with Clients(fleet.host.url).asking(1) as clients:
        fleet.s3.put_object(Bucket=BUCKET, Key=key, Body=b"x" * new.bytes)
        await went_back(fleet, clients, (await fleet.apply(NEW, code=1))[0], "upload")
        fleet.s3.delete_object(Bucket=BUCKET, Key=key)

        fleet.ssm.fail = {"fetch"}
        await went_back(fleet, clients, (await fleet.apply(NEW, code=1))[0], "fetch a")
        assert "drain 16" not in fleet.sent()

        fleet.ssm.fail = {"drain 17"}
        await went_back(fleet, clients, (await fleet.apply(NEW, code=1))[0], "drain a/cid-17")
        assert fleet.host.boots[-2:] == [(16, new.sha256), (16, fleet.releases[OLD].sha256)]

        fleet.ssm.fail = set()
        await fleet.apply(NEW)
    assert clients.refused == []
    assert fleet.runs(NEW)


@pytest.mark.soak
async def test_an_image_that_fails_goes_back_by_itself(fleet: TestFleet) -> None:
    new = fleet.releases[NEW]
    async with Clients(fleet.host.url).asking(1) as clients:
        fleet.host.broken = {new.sha256}
        await went_back(fleet, clients, (await fleet.apply(NEW, code=1))[0], "start a/cid-16")
        fleet.host.broken = set()

        other = small_release(fleet.folder / "other", "0.3.0")
        fleet.host.lies = {new.sha256: fleet.folder / "other" / "tee-rex.eif"}
        failed, _ = await fleet.apply(NEW, code=1)
        await went_back(fleet, clients, failed, "attest a/cid-16")
        assert other.pcr0 != new.pcr0
        fleet.host.lies = {}

        unproved = {"TEE_REX_TEST_NO_PROOF": f"17:{NEW}"}
        await went_back(fleet, clients, (await fleet.apply(NEW, code=1, **unproved))[0], "prove a/cid-17")


async def test_what_does_not_go_back_is_named_with_what_failed_first(fleet: TestFleet) -> None:
    async with Clients(fleet.host.url).asking(1) as clients:
        fleet.ssm.fail = {"serve 16"}
        stuck, _ = await fleet.apply(NEW, code=1)
        assert stuck["error"]["code"] == "ROLLBACK_FAILED"
        reason = "a, serve 16: Systems Manager says Failed."
        assert stuck["error"]["message"] == (
            f"serve a/cid-16: {reason} Going back failed too, serve a/cid-16: {reason} "
            f"Not back on {fleet.name(OLD)}: a/cid-16."
        )
        assert "get no clients, or still run the other release" in stuck["error"]["hint"]
        refused, _ = await fleet.apply(OLD, code=1)
        assert refused["error"]["code"] == "DEPLOYMENT_UNFINISHED"
        fleet.ssm.fail = set()
        await fleet.run("rollback")
        assert fleet.runs(OLD)

        async def before(command: str) -> None:
            if command == "serve 17":
                fleet.ssm.fail = {"drain"}

        fleet.ssm.before = before
        stuck, _ = await fleet.apply(NEW, code=1, TEE_REX_TEST_NO_PROOF=f"any:{NEW}")
        assert stuck["error"]["message"] == (
            "prove a: a made a proof that this machine could not verify. Going back failed too, drain "
            f"a/cid-17: a, drain 17: Systems Manager says Failed. Not back on {fleet.name(OLD)}: a/cid-17, "
            "a/cid-16."
        )
        fleet.ssm.fail, fleet.ssm.before = set(), None
        await fleet.run("rollback")
        assert fleet.runs(OLD)
    assert clients.refused == []


@pytest.mark.parametrize(
    "killed_at",
    [
        "start 17",
        *(pytest.param(at, marks=pytest.mark.soak) for at in ("fetch", "drain 16", "start 16", "serve 16")),
    ],
)
async def test_a_deployer_that_is_killed_is_resumed(fleet: TestFleet, killed_at: str) -> None:
    reached = asyncio.Event()

    async def before(command: str) -> None:
        if command.startswith(killed_at):
            reached.set()

    fleet.ssm.before = before
    async with Clients(fleet.host.url).asking(2) as clients:
        async with fleet.deploying(NEW):
            await asyncio.wait_for(reached.wait(), 600)
        # Somebody who is quicker than the lease is told to wait.
        refused, _ = await fleet.apply(NEW, code=1, TEE_REX_TEST_LEASE="600")
        assert refused["error"]["code"] == "DEPLOYMENT_RUNNING"
        await fleet.ssm.idle()  # what it had sent goes on without it
        await asyncio.sleep(float(LEASE) + 1.5)
        await fleet.apply(NEW)
    assert fleet.runs(NEW)
    assert clients.refused == []
    # What had been done is not done twice.
    assert [cid for cid, image in fleet.host.boots if image == fleet.releases[NEW].sha256] == [16, 17]


@pytest.mark.soak
async def test_an_interrupted_deployment_can_be_taken_back(fleet: TestFleet) -> None:
    reached = asyncio.Event()

    async def before(command: str) -> None:
        if command == "drain 17":
            reached.set()

    fleet.ssm.before = before
    async with fleet.deploying(NEW) as process:
        await asyncio.wait_for(reached.wait(), 600)
        process.terminate()  # Ctrl-C: it lets go of the fleet at once
        await process.wait()
    await fleet.ssm.idle()
    await fleet.run("rollback")
    assert fleet.runs(OLD)


async def test_a_deployer_that_lost_the_fleet_does_nothing_more(fleet: TestFleet) -> None:
    async def before(command: str) -> None:
        if command.startswith("drain 16"):
            state = fleet.state()
            state["deployment"]["claim"] = "another deployer's"
            fleet.s3.put_object(Bucket=BUCKET, Key=STATE, Body=json.dumps(state).encode())

    fleet.ssm.before = before
    lost, _ = await fleet.apply(NEW, code=1)
    assert lost["error"]["code"] == "DEPLOYMENT_TAKEN_OVER"
    assert "serve 17" not in fleet.sent()


async def test_the_workflows_script_deploys_with_github_s_identity(fleet: TestFleet, s3_url: str) -> None:
    """.github/scripts/deploy.sh as a job runs it: a token for the job, a role for the token, no key."""
    job = fleet.folder / "job"
    shutil.copytree(ROOT / ".github" / "scripts", job / ".github" / "scripts")
    shutil.copytree(fleet.folder / NEW, job / "build" / "enclave")
    program = job / ".venv" / "bin" / "tee-rex-server"
    program.parent.mkdir(parents=True)
    program.write_text(f'#!/bin/sh\nexec {sys.executable} -m support.deploy_process "$@"\n')
    program.chmod(0o755)
    token = Answer(b'{"value": "a token of this job"}')
    with http_files({"/token?api-version=2&audience=sts.amazonaws.com": token}) as github:
        environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("AWS_")},
            **{name: value for name, value in fleet.environment.items() if "KEY" not in name},
            "PYTHONPATH": str(ROOT / "tests"),
            "AWS_ENDPOINT_URL_STS": s3_url,
            "AWS_DEFAULT_REGION": REGION,
            "ACTIONS_ID_TOKEN_REQUEST_URL": f"{github}/token?api-version=2",
            "ACTIONS_ID_TOKEN_REQUEST_TOKEN": "of the runner",
            "ENVIRONMENT": "test",
            "FLEET": (fleet.folder / "fleet.toml").read_text(),
            "ROLE": "arn:aws:iam::123456789012:role/tee-rex-test",
        }

        async def run(**more: str) -> tuple[int | None, str]:
            process = await asyncio.create_subprocess_exec(
                *("bash", ".github/scripts/deploy.sh"),
                cwd=job,
                env={**environment, **more},
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.STDOUT,
            )
            stdout, _ = await process.communicate()
            return process.returncode, stdout.decode()

        code, told = await run(ROLLBACK="false")
        assert code == 0, told
        assert f"Every enclave runs {NEW}" in told
        assert fleet.runs(NEW)
        code, told = await run(ROLLBACK="true")
        assert code == 0, told
        assert fleet.runs(OLD)
        code, told = await run(ROLLBACK="false", FLEET="")
        assert (code, "no variables FLEET" in told) == (1, True)
        code, told = await run(ROLLBACK="false", ACTIONS_ID_TOKEN_REQUEST_TOKEN="")
        assert (code, "may not ask for an identity" in told) == (1, True)
