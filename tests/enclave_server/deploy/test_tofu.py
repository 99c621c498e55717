"""The OpenTofu files, read as text: each rule holds, and would be seen to be broken.

There is no tofu here, so what a provider makes of them is checked by the workflow *tofu* alone.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeAlias

import hcl2
import pytest

from tee_rex_server.deploy.fleet import Fleet

Block: TypeAlias = dict[str, Any]
RULES: dict[str, Callable[[Config], None]] = {}
_CLAIM = "token.actions.githubusercontent.com"
_POLICY = 'resource "aws_iam_role_policy" "deployer"'
_SWITCH = '\n  }\n}\n\nresource "aws_s3_bucket_server'
BREAKS: list[tuple[str, str, str, str]] = []


class Config:
    """All files of a folder: what is declared of each kind, quotes removed."""

    def __init__(self, folder: Path) -> None:
        self.text = "".join(path.read_text() for path in sorted(folder.glob("*.tf")))
        self.parsed: Block = _plain(hcl2.loads(self.text))

    def resources(self, kind: str) -> dict[str, Block]:
        return self._named("resource", kind)

    def resource(self, kind: str) -> Block:
        (found,) = self.resources(kind).values()
        return found

    def policy(self, name: str) -> list[Block]:
        """The statements of a policy document."""
        statements = self._named("data", "aws_iam_policy_document")[name]["statement"]
        assert isinstance(statements, list)
        return statements

    def variables(self) -> dict[str, Block]:
        return {name: content for one in self.parsed["variable"] for name, content in one.items()}

    def outputs(self) -> dict[str, Block]:
        return {name: content for one in self.parsed["output"] for name, content in one.items()}

    def _named(self, what: str, kind: str) -> dict[str, Block]:
        return {
            name: content
            for one in self.parsed[what]
            for found, names in one.items()
            if found == kind
            for name, content in names.items()
        }


def _plain(value: Any) -> Any:  # noqa: ANN401 - whatever HCL holds
    if isinstance(value, dict):
        return {_plain(key): _plain(one) for key, one in value.items() if not str(key).startswith("__")}
    if isinstance(value, list):
        return [_plain(one) for one in value]
    return value.strip('"') if isinstance(value, str) else value


def rule(file: str, *broken: tuple[str, str]) -> Callable[[Callable[[Config], None]], None]:
    """A rule, and changes of that file that break it: what is replaced, and by what."""

    def add(check: Callable[[Config], None]) -> None:
        RULES[check.__name__] = check
        BREAKS.extend((check.__name__, file, old, new) for old, new in broken)

    return add


def conditions(statement: Block) -> dict[str, tuple[str, list[str]]]:
    return {one["variable"]: (one["test"], one["values"]) for one in statement.get("condition", [])}


@rule("hosts.tf", ("enclave_options {\n    enabled = true", "enclave_options {\n    enabled = false"))
def enclaves_are_on(config: Config) -> None:
    assert config.resource("aws_instance")["enclave_options"] == [{"enabled": True}]


@rule(
    "hosts.tf",
    ('http_tokens                 = "required"', 'http_tokens                 = "optional"'),
    ("http_put_response_hop_limit = 1", "http_put_response_hop_limit = 2"),
)
def imds_is_version_2_and_ends_at_the_instance(config: Config) -> None:
    (options,) = config.resource("aws_instance")["metadata_options"]
    assert (options["http_tokens"], options["http_put_response_hop_limit"]) == ("required", 1)


@rule(
    "hosts.tf",
    ("from_port         = 443", "from_port         = 22"),
    ("to_port           = 443", "to_port           = 8443"),
    (
        'resource "aws_eip"',
        'resource "aws_vpc_security_group_ingress_rule" "ssh" {\n  from_port = 22\n}\nresource "aws_eip"',
    ),
    (
        'description = "TEE-Rex hosts: https in, anything out"',
        'description = "TEE-Rex hosts"\n  ingress {\n    from_port = 22\n  }',
    ),
)
def only_443_is_open(config: Config) -> None:
    (opened,) = config.resources("aws_vpc_security_group_ingress_rule").values()
    assert (opened["from_port"], opened["to_port"], opened["ip_protocol"]) == (443, 443, "tcp")
    assert not config.resources("aws_security_group_rule")
    assert all("ingress" not in group for group in config.resources("aws_security_group").values())


@rule("hosts.tf", ("associate_public_ip_address = true", 'key_name = "ssh"'))
def nobody_logs_in_by_ssh(config: Config) -> None:
    assert "key_name" not in config.resource("aws_instance")
    assert not config.resources("aws_key_pair")


@rule("hosts.tf", ("encrypted   = true", "encrypted   = false"), ("volume_size = 10", "volume_size = 200"))
def disks_are_small_and_encrypted(config: Config) -> None:
    (disk,) = config.resource("aws_instance")["root_block_device"]
    assert disk["encrypted"] is True
    assert disk["volume_size"] <= 16


@rule("hosts.tf", ('host-document.json")', 'another.json")'))
def hosts_run_our_document(config: Config) -> None:
    document = config.resource("aws_ssm_document")
    assert document["document_type"] == "Command"
    assert "/host-document.json" in document["content"]


@rule(
    "access.tf",
    ("environment:${var.environment}", "*"),
    ("environment:${var.environment}", "pull_request"),
    (f'"StringEquals"\n      variable = "{_CLAIM}:sub"', f'"StringLike"\n      variable = "{_CLAIM}:sub"'),
    ('values   = ["sts.amazonaws.com"]', 'values   = ["https://github.com/OWNER"]'),
    ('? ["refs/heads/main"] :', '? ["refs/heads/*"] :'),
    ('var.environment == "production" ?', 'var.environment == "test" ?'),
    ('"refs/pull/*/merge"]', '"*"]'),
)
def one_environment_of_one_repository_deploys(config: Config) -> None:
    (statement,) = config.policy("github")
    protected, proposed = '["refs/heads/main"]', '["refs/heads/main", "refs/pull/*/merge"]'
    refs = f'${{var.environment == "production" ? {protected} : {proposed}}}'
    assert statement["actions"] == ["sts:AssumeRoleWithWebIdentity"]
    assert conditions(statement) == {
        "token.actions.githubusercontent.com:aud": ("StringEquals", ["sts.amazonaws.com"]),
        "token.actions.githubusercontent.com:sub": (
            "StringEquals",
            ["repo:${var.repository}:environment:${var.environment}"],
        ),
        "token.actions.githubusercontent.com:ref": ("StringLike", refs),
    }


@rule(
    "access.tf",
    ("/${var.environment}/*", "/*"),
    ('["s3:GetObject", "s3:PutObject"]', '["s3:*"]'),
    ('["s3:GetObject", "s3:PutObject"]', '["s3:GetObject", "s3:PutObject", "s3:DeleteObject"]'),
)
def the_deployer_reads_and_writes_its_prefix_alone(config: Config) -> None:
    told = {statement["sid"]: statement for statement in config.policy("deployer")}
    assert set(told) == {"Releases", "WhatIsThere", "Commands", "Results"}
    assert told["Releases"]["actions"] == ["s3:GetObject", "s3:PutObject"]
    assert told["Releases"]["resources"] == ["${aws_s3_bucket.releases.arn}/${var.environment}/*"]
    assert told["WhatIsThere"]["actions"] == ["s3:ListBucket"]


@rule(
    "access.tf",
    ("concat([aws_ssm_document.host.arn], [for host in aws_instance.host : host.arn])", '["*"]'),
    ('["ssm:SendCommand"]', '["ssm:*"]'),
    ("[aws_ssm_document.host.arn]", '["arn:aws:ssm:*::document/AWS-RunShellScript"]'),
)
def the_deployer_runs_our_document_on_our_hosts_alone(config: Config) -> None:
    told = {statement["sid"]: statement for statement in config.policy("deployer")}
    assert told["Commands"]["actions"] == ["ssm:SendCommand"]
    assert (
        told["Commands"]["resources"]
        == "${concat([aws_ssm_document.host.arn], [for host in aws_instance.host : host.arn])}"
    )
    assert told["Results"]["actions"] == ["ssm:GetCommandInvocation"]


@rule(
    "access.tf",
    ("AmazonSSMManagedInstanceCore", "AdministratorAccess"),
    (
        f"{_POLICY} {{\n  name",
        f'resource "aws_iam_role_policy" "s3" {{\n  role = "host"\n}}\n{_POLICY} {{\n  name',
    ),
)
def hosts_have_no_right_but_systems_managers(config: Config) -> None:
    (attached,) = config.resources("aws_iam_role_policy_attachment").values()
    assert attached["policy_arn"] == "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore"
    assert {one["role"] for one in config.resources("aws_iam_role_policy").values()} == {
        "${aws_iam_role.deployer.id}"
    }


@rule("access.tf", ("[aws_s3_bucket.releases.arn]", '["*"]'), ('["s3:ListBucket"]', '["*"]'))
def wildcards_are_only_where_aws_knows_nothing_narrower(config: Config) -> None:
    for statement in config.policy("deployer"):
        assert "*" not in statement["actions"]
        if statement["sid"] != "Results":
            assert "*" not in statement["resources"]


@rule(
    "access.tf",
    ('data "aws_iam_openid', 'resource "aws_iam_user" "x" {}\ndata "aws_iam_openid'),
)
def no_key_is_made(config: Config) -> None:
    for kind in ("aws_iam_access_key", "aws_iam_user", "tls_private_key"):
        assert not config.resources(kind)


@rule(
    "storage.tf",
    ("block_public_acls       = true", "block_public_acls       = false"),
    ("restrict_public_buckets = true", "restrict_public_buckets = false"),
    (
        f'"Enabled"{_SWITCH}',
        f'"Suspended"{_SWITCH}',
    ),
    ("force_destroy = false", "force_destroy = true"),
    ('values   = ["false"]', 'values   = ["true"]'),
)
def the_bucket_is_private_versioned_and_kept(config: Config) -> None:
    blocks = config.resource("aws_s3_bucket_public_access_block")
    assert {value for name, value in blocks.items() if name != "bucket"} == {True}
    assert config.resource("aws_s3_bucket_versioning")["versioning_configuration"] == [{"status": "Enabled"}]
    assert config.resource("aws_s3_bucket")["force_destroy"] is False
    (tls,) = config.policy("bucket")
    assert (tls["effect"], conditions(tls)) == ("Deny", {"aws:SecureTransport": ("Bool", ["false"])})


@rule("hosts.tf", ("[ami, subnet_id, user_data]", "[ami, user_data]"))
def a_host_that_is_added_replaces_no_other(config: Config) -> None:
    (lifecycle,) = config.resource("aws_instance")["lifecycle"]
    ignored = {value.removeprefix("${").removesuffix("}") for value in lifecycle["ignore_changes"]}
    assert {"ami", "subnet_id", "user_data"} <= ignored


@rule(
    "variables.tf",
    ('variable "region" {\n', 'variable "region" {\n  default = "eu-west-2"\n'),
    ('variable "bucket" {\n', 'variable "bucket" {\n  default = "mine"\n'),
)
def what_belongs_to_an_account_has_no_default(config: Config) -> None:
    for name in (
        "region",
        "environment",
        "repository",
        "bucket",
        "vpc_id",
        "subnet_ids",
        "domain",
        "image_id",
    ):
        assert "default" not in config.variables()[name], name
    assert not re.search(r"\b\d{12}\b", config.text), "an account's number"
    assert not re.search(r"\b(ami|i|vpc|subnet)-[0-9a-f]{8,}\b", config.text)


@rule("main.tf", ('version = "~> 6.0"', 'version = ">= 6.0"'), ('backend "s3" {}', 'backend "local" {}'))
def versions_are_bounded_and_the_state_is_remote(config: Config) -> None:
    (terraform,) = config.parsed["terraform"]
    (providers,) = terraform["required_providers"]
    assert providers["aws"]["version"].startswith("~> ")
    assert "s3" in terraform["backend"][0]


@pytest.fixture(scope="module")
def tofu(deploy: Path) -> Path:
    return deploy / "tofu"


@pytest.mark.parametrize("name", RULES)
def test_the_rule_holds(tofu: Path, name: str) -> None:
    RULES[name](Config(tofu))


@pytest.mark.parametrize(
    ("name", "file", "old", "new"), BREAKS, ids=[f"{one[0]}-{number}" for number, one in enumerate(BREAKS)]
)
def test_a_broken_rule_is_found(tofu: Path, tmp_path: Path, name: str, file: str, old: str, new: str) -> None:
    shutil.copytree(tofu, tmp_path / "tofu")
    path = tmp_path / "tofu" / file
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new))
    with pytest.raises((AssertionError, ValueError)):
        RULES[name](Config(tmp_path / "tofu"))


def test_what_is_named_is_declared(tofu: Path) -> None:
    config = Config(tofu)
    assert set(re.findall(r"\bvar\.(\w+)", config.text)) == set(config.variables())
    for kind, name in set(
        re.findall(r"\b(aws_\w+)\.(\w+)\b", re.sub(r"data\.aws_\w+\.\w+", "", config.text))
    ):
        assert name in config.resources(kind), f"{kind}.{name}"
    for name in re.findall(r"data\.aws_iam_policy_document\.(\w+)", config.text):
        assert config.policy(name)
    for file in re.findall(r"path\.module}/([\w.-]+)", config.text):
        assert (tofu / file).is_file()
    example = hcl2.loads((tofu / "example.tfvars").read_text())
    required = {name for name, content in config.variables().items() if "default" not in content}
    assert {name for name in example if not name.startswith("__")} == required


def commands() -> Iterator[tuple[str, bool]]:
    digest, pcr = "ab" * 32, "cd" * 48
    yield "status", True
    yield "drain 16", True
    yield f"start 16 {digest}", True
    yield f"fetch {digest} 143000000 {pcr} {pcr} {pcr}", True
    for attack in (
        "",
        "status; id",
        "drain $(id)",
        "drain 16 --json",
        "start 16 ../x",
        "serve\n16",
        "drain",
    ):
        yield attack, False
    yield f"fetch {digest} 1 {pcr} {pcr}", False


@pytest.mark.parametrize(("command", "allowed"), [*commands()])
def test_the_document_lets_nothing_through_but_our_commands(tofu: Path, command: str, allowed: bool) -> None:
    pattern = json.loads((tofu / "host-document.json").read_text())["parameters"]["command"]["allowedPattern"]
    assert bool(re.search(pattern, command)) is allowed


@pytest.mark.parametrize(
    ("url", "allowed"),
    [
        ("", True),
        (
            "https://b.s3.eu-west-2.amazonaws.com/p/ab.eif?X-Amz-Credential=A%2F2&X-Amz-Signature=0",
            True,
        ),
        ("http://b/x", False),
        ("https://b/x'; id; '", False),
        ("https://b/$(id)", False),
        ("https://b/`id`", False),
        ("file:///etc/shadow", False),
    ],
)
def test_an_address_cannot_leave_its_quotes(tofu: Path, url: str, allowed: bool) -> None:
    pattern = json.loads((tofu / "host-document.json").read_text())["parameters"]["url"]["allowedPattern"]
    assert bool(re.search(pattern, url)) is allowed


def test_the_fleet_that_is_put_out_is_one_that_the_deployer_reads(tofu: Path, tmp_path: Path) -> None:
    """The template, filled in as tofu would."""
    template = Config(tofu).outputs()["fleet"]["value"]
    text = str(template).partition("TOML\n")[2].rpartition("TOML")[0]
    loop = re.search(r"%\{~for name in sort\(var\.hosts\)\}(.*?)%\{~endfor\}", text, re.DOTALL)
    assert loop is not None
    hosts = ""
    for number, name in enumerate(("a", "b")):
        instance = f"i-0123456789abcdef{number}"
        hosts += loop[1].replace("${aws_instance.host[name].id}", instance).replace("${name}", name)
    filled = text.replace(loop[0], hosts)
    filled = filled.replace("${jsonencode(local.cids)}", "[16, 17]").replace("${var.domain}", "example.org")
    filled = filled.replace("${var.environment}", "test").replace("${var.region}", "eu-west-2")
    filled = filled.replace("${aws_ssm_document.host.name}", "tee-rex-test")
    filled = filled.replace("${aws_s3_bucket.releases.bucket}", "releases")
    (tmp_path / "fleet.toml").write_text("\n".join(line.strip() for line in filled.splitlines()))
    fleet = Fleet.read(tmp_path / "fleet.toml")
    assert [host.url for host in fleet.hosts] == ["https://a.example.org", "https://b.example.org"]
    assert fleet.hosts[0].cids == (16, 17)
