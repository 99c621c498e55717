"""What can fail between a release and enclaves that run it."""

from __future__ import annotations

from tee_rex.errors import (
    AttestationError,
    ErrorKind,
    InputError,
    RefusedError,
    TeeRexError,
    UnusableEnvironmentError,
)
from tee_rex.errors.catalogue.extras import COMMAND_LINE_MISSING
from tee_rex_server.errors.serving import BAD_OPTION


class HostCommandError(UnusableEnvironmentError):
    """A host did not do what it was told to."""


class StateChangedError(TeeRexError):
    """Another deployer has written the state of the fleet meanwhile."""


# Settings

DEPLOY_MISSING = COMMAND_LINE_MISSING.says(
    "Deploying needs boto3.", "", "Run: pip install 'tee-rex-server[deploy]'"
)
FLEET_INVALID = BAD_OPTION.says(
    "{file} does not describe a fleet: {reason}.",
    "The output `fleet` of the OpenTofu files is one; docs/deploying.md explains each line.",
)
BY_TOO_LONG = BAD_OPTION.says("--by has at most {limit} characters.", "Name a person or a job.")
RELEASE_INVALID = ErrorKind(InputError, "RELEASE_INVALID", "Not a release").says(
    "{folder} is not a release: {reason}.",
    "Name the folder that `tee-rex-server image build` wrote, with the image and measurements.json.",
)
RELEASE_UNKNOWN = RELEASE_INVALID.says(
    "{folder} is an image of no release that this installation knows.",
    "Name the folder with its measurements.json; clients then have to approve its PCRs.",
)
RELEASE_REVOKED = RELEASE_INVALID.says("{version} was revoked: clients refuse it.", "Deploy another release.")

# AWS

AWS_FAILED = ErrorKind(UnusableEnvironmentError, "AWS_FAILED", "AWS refused a request").says(
    "{operation}: {reason}.", "Check the region, the names in the fleet's file, and the rights of your role."
)
AWS_UNREACHABLE = AWS_FAILED.says("{operation}: AWS does not answer ({reason}).", "Check the network.")
AWS_NO_CREDENTIALS = AWS_FAILED.says(
    "{operation}: there are no AWS credentials.",
    "Sign in (`aws sso login`), or set AWS_PROFILE. In GitHub Actions a role is assumed by OIDC.",
)
STORED_DIFFERENTLY = AWS_FAILED.says(
    "{key} in the bucket is not what it should be.", "Somebody else wrote it. Find out who before you go on."
)

# The state of the fleet

STATE_CHANGED = ErrorKind(StateChangedError, "DEPLOYMENT_TAKEN_OVER", "Another deployer took over").says(
    "The state of the fleet was changed by somebody else.", "Run `tee-rex-server deploy status`."
)
CLAIM_NOT_RENEWED = AWS_FAILED.says(
    "The claim on the fleet could not be renewed in time, so nothing was sent to its hosts.",
    "Check the network, and keep this machine awake while it deploys.",
)
STATE_INVALID = AWS_FAILED.says(
    "{key} in the bucket is not the state of a fleet.",
    "A newer release may have written it. S3 keeps its former versions.",
)
DEPLOYMENT_RUNNING = ErrorKind(RefusedError, "DEPLOYMENT_RUNNING", "A deployment is running").says(
    "{by} is deploying {release}.",
    "Wait until it ends. If it was killed, it can be resumed {seconds:g} s after its last sign of life.",
)
DEPLOYMENT_UNFINISHED = ErrorKind(
    RefusedError, "DEPLOYMENT_UNFINISHED", "An earlier deployment is unfinished"
).says(
    "The deployment of {release} was interrupted.",
    "Finish it with `tee-rex-server deploy apply` and that release, or take it back with "
    "`tee-rex-server deploy rollback`.",
)
ROLLBACK_UNFINISHED = DEPLOYMENT_UNFINISHED.says(
    "Going back to {release} was interrupted.", "Finish it with `tee-rex-server deploy rollback`."
)
NOTHING_TO_ROLL_BACK = ErrorKind(RefusedError, "NOTHING_TO_ROLL_BACK", "There is nothing to go back to").says(
    "This fleet has no release before its current one.", "Deploy the release that you want."
)

# Steps

DEPLOYMENT_ROLLED_BACK = ErrorKind(TeeRexError, "DEPLOYMENT_ROLLED_BACK", "The deployment failed").says(
    "{step}: {reason} All enclaves run {release} again.",
    "Nothing is left to do for the service. Find the cause before you deploy again.",
)
DEPLOYMENT_FAILED_FIRST = DEPLOYMENT_ROLLED_BACK.says(
    "{step}: {reason} There is no earlier release to go back to.",
    "The enclave gets no clients. Correct the cause, then deploy again.",
)
SMOKE_TEST_REFUSED = ErrorKind(
    UnusableEnvironmentError, "SMOKE_TEST_REFUSED", "A host took no smoke test"
).says(
    "{step}: {reason} All enclaves run {release} again.",
    "The release is not to blame: the host is busy, or this address has had its proofs of an hour. Deploy "
    "again later, or raise TEE_REX_RATE_LIMIT on the host.",
)
GOING_BACK_INTERRUPTED = DEPLOYMENT_ROLLED_BACK.says("It failed before, and going back was interrupted.")
ROLLBACK_FAILED = ErrorKind(TeeRexError, "ROLLBACK_FAILED", "Going back failed too").says(
    "{step}: {reason} Not back on {release}: {enclaves}.",
    "These enclaves get no clients, or still run the other release. Check their hosts, then run "
    "`tee-rex-server deploy rollback` again.",
)
ROLLBACK_FAILED_AFTER = ROLLBACK_FAILED.says(
    "{failed_step}: {cause} Going back failed too, {step}: {reason} Not back on {release}: {enclaves}."
)
OTHERS_NOT_READY = ErrorKind(
    TeeRexError, "OTHER_ENCLAVES_NOT_READY", "No other enclave is ready to serve"
).says(
    "No enclave of host {host} but {enclave} serves clients.",
    "Replacing it would end the service. Restart the others first, or let them have clients again: "
    "`tee-rex-server host serve`.",
)
ENCLAVE_NOT_ATTESTED = ErrorKind(
    AttestationError, "ENCLAVE_NOT_ATTESTED", "The enclave did not attest itself"
).says(
    "{enclave} did not attest itself within {seconds:g} s: {reason}",
    "See its log on the host: journalctl -u tee-rex-enclave@… -u tee-rex-enclave-log@…",
)
PROOF_NOT_VERIFIED = ErrorKind(TeeRexError, "SMOKE_TEST_FAILED", "The proof was not verified").says(
    "{host} made a proof that this machine could not verify.", "Run `tee-rex setup` on this machine."
)
PROOF_NOT_IN_TIME = PROOF_NOT_VERIFIED.says(
    "{host} made no proof within {seconds:g} s.", "See the log of its enclaves."
)

# Hosts

HOST_COMMAND_FAILED = ErrorKind(HostCommandError, "HOST_COMMAND_FAILED", "A host's command failed").says(
    "{host}, {command}: {reason}",
    "Run the same by hand on the host: `tee-rex-server host --help`.",
)
HOST_NOT_REACHED = HOST_COMMAND_FAILED.says(
    "{host}, {command}: Systems Manager says {status}.",
    "Check that the instance runs, and that its agent is registered.",
)
IMAGE_REFUSED = ErrorKind(InputError, "IMAGE_REFUSED", "This is not the expected image").says(
    "The image that was downloaded has the SHA-256 {found}; expected {expected}.",
    "Nothing was installed. Find out who wrote to the bucket.",
)
IMAGE_MEASURES_DIFFERENTLY = IMAGE_REFUSED.says(
    "The downloaded image measures differently: {registers}.", "Nothing was installed."
)
IMAGE_NOT_DOWNLOADED = ErrorKind(
    UnusableEnvironmentError, "IMAGE_NOT_DOWNLOADED", "The image was not downloaded"
).says("{host}: {reason}.", "Check the host's connection to S3. The address is valid for 15 minutes.")
IMAGE_URL_INVALID = BAD_OPTION.says("The address of an image starts with https://.")
IMAGE_DIGEST_INVALID = BAD_OPTION.says(
    "The SHA-256 of an image has 64 hexadecimal digits, in lower case.", "Give what sha256sum prints."
)
IMAGE_ABSENT = ErrorKind(RefusedError, "IMAGE_ABSENT", "This host does not have the image").says(
    "The image {sha256} is not on this host.", "Fetch it first: tee-rex-server host fetch."
)
PROXY_NOT_ASKED = ErrorKind(
    UnusableEnvironmentError, "PROXY_UNREACHABLE", "The host's proxy does not answer"
).says("{url}: {reason}.", "systemctl status tee-rex-proxy says why.")
PROXY_LACKS_ENCLAVE = PROXY_NOT_ASKED.says(
    "{url}: the proxy knows no enclave {enclave}.", "List it in TEE_REX_CIDS of /etc/tee-rex-proxy.env."
)
DRAIN_TIMED_OUT = ErrorKind(TeeRexError, "DRAIN_TIMED_OUT", "The enclave is still busy").says(
    "{enclave} was not idle within {seconds:g} s. It serves clients again.",
    "A proof may hang there: see GET /metrics/enclaves/{enclave}.",
)
UNIT_NOT_STARTED = ErrorKind(
    UnusableEnvironmentError, "UNIT_NOT_STARTED", "The enclave's unit did not start"
).says("systemctl restart {unit}: {reason}.", "journalctl -u {unit} says why.")
