"""Labels for the values of the state: the application's vocabulary."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from tee_rex.attestation.examination import Examination
from tee_rex.browser.sites import Readers
from tee_rex.errors.message import printable
from tee_rex.errors.report import ErrorReport
from tee_rex.local.process import PROOF_MEMORY_MB
from tee_rex.settings.file import LanguageChoice, ProverSpeed, ThemeChoice
from tee_rex.settings.rules import SettingField
from tee_rex.system.progress import TaskProgress
from tee_rex.transaction.events import Phase
from tee_rex.transaction.report import ProofReport
from tee_rex.transaction.request import ProvingMode
from tee_rex.transaction.trusted_setup import TrustedSetup
from tee_rex.transaction.versions import AztecVersion
from tee_rex_app.model.actions import Action, Remedy
from tee_rex_app.model.local_network import LocalNetwork, NetworkStage
from tee_rex_app.model.runs import PROGRAM, SAMPLE, Outcome, RunRecord, WaitingFile
from tee_rex_app.model.services import Lock, ServiceName, ServiceState, ServiceStatus
from tee_rex_app.model.setup import WALLETS, Fix, SetupItem, SetupState
from tee_rex_app.model.state import Notice, State, Success
from tee_rex_app.text import formats
from tee_rex_app.text.translation import tr, translated

_VERSION_SHOWN = 64
_NAME_SHOWN = 80
_NAMES_SHOWN = 5
_THIS_COMPUTER = ("localhost", "127.0.0.1")
_STARTING = TaskProgress("devnet.start", "", 0, None, "")


def source_name(source: str) -> str:
    """What was proved: a file's name, the sample or a program in the user's language, a website's origin."""
    named = {SAMPLE: tr("Sample: deploy account"), PROGRAM: tr("Program on this computer")}
    return named.get(source, source)


def mode_name(mode: ProvingMode) -> str:
    """The short name of a mode."""
    return {
        ProvingMode.LOCAL: tr("Local"),
        ProvingMode.REMOTE: tr("Remote"),
        ProvingMode.TEE: tr("TEE"),
    }[mode]


def who_reads(mode: ProvingMode) -> str:
    """Who can read the witness in this mode, in one line."""
    return {
        ProvingMode.LOCAL: tr("Your witness stays here."),
        ProvingMode.REMOTE: tr("The operator could read your witness."),
        ProvingMode.TEE: tr("Only attested code sees your witness."),
    }[mode]


def who_could_read(mode: ProvingMode) -> str:
    """Who could have read the witness of a finished run."""
    return {
        ProvingMode.LOCAL: tr("Only you could read the witness: it never left this computer."),
        ProvingMode.REMOTE: tr(
            "The server's operator, and whoever terminates its TLS, could read the witness."
        ),
        ProvingMode.TEE: tr("Only the attested enclave could read the witness."),
    }[mode]


def who_a_site_lets_read(readers: Readers, mode: ProvingMode | None) -> str:
    """Who could read the witness of a website's proof. mode: None if it is not known."""
    if readers:
        servers = ", ".join(map(host_of, readers))
        return tr("The operator of {server}, and whoever terminates its TLS.").format(server=servers)
    if mode is ProvingMode.TEE:
        return tr("Only attested code in the enclave.")
    if mode is ProvingMode.LOCAL:
        return tr("Nobody: it stays on this computer.")
    return tr("Nobody.")


def host_of(server: str) -> str:
    """A server's address without its scheme."""
    return server.partition("://")[2] or server


def lock_reason(lock: Lock, mode: ProvingMode) -> str:
    """Why a mode is locked."""
    return {
        Lock.NO_ADDRESS: tr("Locked: no enclave set up.")
        if mode is ProvingMode.TEE
        else tr("Locked: no server set up."),
        Lock.BAD_ADDRESS: tr("Locked: invalid address."),
        Lock.NO_APPROVED_BUILD: tr("Locked: no approved build."),
        Lock.NOT_ATTESTED: tr("Locked: enclave not attested."),
        Lock.WRONG_CLOCK: tr("Locked: this computer's clock is wrong."),
        Lock.WRONG_VERSION: tr("Locked: different Aztec version."),
    }[lock]


def how_to_unlock(lock: Lock, mode: ProvingMode) -> str:
    """What a lock means, in one line."""
    tee = mode is ProvingMode.TEE
    return {
        Lock.NO_ADDRESS: tr("Not even its operator can see inside.")
        if tee
        else tr("Proves for you on a faster machine."),
        Lock.BAD_ADDRESS: tr("Must start with https://, except on this computer."),
        Lock.NO_APPROVED_BUILD: tr("Nothing is sent to code you have not approved."),
        Lock.NOT_ATTESTED: tr("Nothing is sent until it proves which code it runs."),
        Lock.WRONG_CLOCK: tr("No attestation can be checked without the right time."),
        Lock.WRONG_VERSION: tr("See Remote prover in the sidebar."),
    }[lock]


def unlock_button(lock: Lock) -> str:
    """The button that leads to the fix."""
    return {
        Lock.NO_ADDRESS: tr("Set up…"),
        Lock.BAD_ADDRESS: tr("Fix address…"),
        Lock.NO_APPROVED_BUILD: tr("Review its code…"),
        Lock.NOT_ATTESTED: tr("See why…"),
        Lock.WRONG_CLOCK: tr("See why…"),
        Lock.WRONG_VERSION: tr("Change server…"),
    }[lock]


def wallet(*, installed: bool) -> str:
    """The wallet's state before a flow."""
    if installed:
        return tr(
            "Installed; opened for each flow. Its accounts are for tests: their keys are not encrypted."
        )
    return tr("Downloaded the first time you need it.")


def wallet_in_use() -> str:
    """The wallet's state during a flow."""
    return tr("Open: the running flow uses it.")


def no_wallet(version: AztecVersion, *, proves: bool) -> str:
    """The network has no wallet. proves: whether its transactions can be proved all the same."""
    told = tr("There is no wallet for Aztec {version}, so accounts and tokens cannot be used.").format(
        version=version
    )
    if not proves:
        return told
    rest = tr("Transactions of dapps, other wallets and files are proved as usual.")
    return f"{told} {rest}"


def setup_name(setup: TrustedSetup) -> str:
    """A trusted setup."""
    return tr("development setup") if setup is TrustedSetup.DEVELOPMENT else tr("genuine setup")


def still_missing(count: int) -> str:
    """How many items the sample still needs."""
    return tr("%n item(s) to install", "", count)


def embedded_prover(setup: SetupState, memory_limit_mb: int | None, peak_bytes: int | None) -> str:
    """The local prover. peak_bytes: the peak memory of the last proof here."""
    words = [f"bb {setup.bb_version}", tr("%n thread(s)", "", setup.threads), tr("CRS ready")]
    if peak_bytes:
        words.append(tr("{memory} per proof").format(memory=formats.megabytes(peak_bytes)))
    if memory_limit_mb is not None:
        too_low = memory_limit_mb < PROOF_MEMORY_MB
        limit = tr("limit {megabytes} MB: too low") if too_low else tr("limit {megabytes} MB")
        words.append(limit.format(megabytes=memory_limit_mb))
    return " · ".join(words)


def used_bb(report: ProofReport) -> str:
    """Which bb proved, and who vouches for it; empty where nobody said."""
    if report.bb is not None:
        name = f"bb {report.bb.version}"
        return tr("{bb} (approved by you)").format(bb=name) if report.bb.approved_by_user else name
    if report.claimed_bb_version is not None:
        claimed = f"bb {printable(report.claimed_bb_version, _VERSION_SHOWN)}"
        return tr("{bb} (as the server says)").format(bb=claimed)
    return ""


def used_bbs(run: RunRecord) -> str:
    """As ``used_bb``, of all proofs of a run."""
    reports = [run.report] if run.flow is None else [step.proof for step in run.flow.steps]
    return ", ".join(dict.fromkeys(filter(None, map(used_bb, filter(None, reports)))))


def failure(error: ErrorReport) -> str:
    """Why a run failed; an error recorded without its parts stays in English."""
    return f"{translated(error.title)}. {translated(error.message_parts or error.message)}"


def refusal(examination: Examination) -> str:
    """Why an enclave is refused, starting with whether it is genuine."""
    if examination.refusal is None:
        return ""
    title = translated(examination.refusal.title)
    if not examination.genuine:
        return f"{title}."
    # Within a sentence, unless it starts with an abbreviation.
    reason = title[:1].lower() + title[1:] if title[1:2].islower() else title
    return tr("Genuine Nitro, but {reason}.").format(reason=reason)


def wrong_clock(ahead: timedelta) -> str:
    """How far this computer's clock is off, and what to do. ahead: of the enclave's; negative: behind."""
    length = formats.rough_length(ahead)
    if ahead > timedelta():
        return tr("This computer's clock is about {length} ahead. Set it, then try again.").format(
            length=length
        )
    return tr("This computer's clock is about {length} behind. Set it, then try again.").format(length=length)


def service_name(name: ServiceName) -> str:
    """The name of a service."""
    return {
        ServiceName.EMBEDDED: tr("Embedded prover"),
        ServiceName.NODE: tr("Aztec node"),
        ServiceName.REMOTE: tr("Remote prover"),
        ServiceName.TEE: tr("TEE enclave"),
        ServiceName.WALLET: tr("Wallet"),
    }[name]


def service_status(service: ServiceState) -> str:
    """A service's status, in one or two words."""
    ready = {
        ServiceName.NODE: tr("connected"),
        ServiceName.REMOTE: tr("available"),
        ServiceName.TEE: tr("attested"),
    }
    return {
        ServiceStatus.CHECKING: tr("opening…") if service.name is ServiceName.WALLET else tr("checking…"),
        ServiceStatus.READY: ready.get(service.name, tr("ready")),
        ServiceStatus.NOT_CONFIGURED: tr("not set up"),
        ServiceStatus.NOT_OFFERED: tr("not available"),
        ServiceStatus.INCOMPLETE: tr("not ready"),
        ServiceStatus.UNREACHABLE: tr("no response"),
        ServiceStatus.REFUSED: tr("refused"),
        ServiceStatus.WRONG_CLOCK: tr("wrong clock"),
        ServiceStatus.WRONG_VERSION: tr("wrong version"),
        ServiceStatus.FAILED: tr("failed"),
    }[service.status]


def service_hint(service: ServiceState) -> str:
    """The purpose of a service that is not set up."""
    return {
        ServiceName.EMBEDDED: "",
        ServiceName.NODE: tr("Needed for accounts and tokens, not the sample."),
        ServiceName.REMOTE: tr("Proves for you on a faster machine."),
        ServiceName.TEE: tr("Not even its operator can see inside."),
        ServiceName.WALLET: tr("Needs an Aztec node. Not needed for the sample."),
    }[service.name]


def waiting_file(file: WaitingFile, state: State) -> str:
    """Why a file is not proved yet."""
    if file.next_in is not None and state.busy:
        return tr("Starts after the running proof · {mode}").format(mode=mode_name(file.next_in))
    if state.running:
        return tr("Another proof is running.")
    if state.busy:
        return tr("An installation is running.")
    return f"{mode_name(state.mode)}: {who_reads(state.mode)}"


def local_network(network: LocalNetwork, configured: str) -> str:
    """What the local network does; empty while it is off. configured: the node of the settings, if any."""
    if network.stage is NetworkStage.STARTING:
        return formats.task_text(network.progress or _STARTING)
    if network.stage is NetworkStage.STOPPING:
        return tr("The local network is stopping.")
    if not network.running:
        return ""
    words = [tr("Local network, started at {time}.").format(time=_time_of(network.since))]
    if configured and not _same_address(configured, network.node_url):
        instead = tr("It is used in place of {address}.").format(address=configured)
        words.append(instead if network.ours else tr("It is not used: Settings name another node."))
    words.append(
        tr("It stops when you quit.") if network.ours else tr("It was started from the command line.")
    )
    return " ".join(words)


def _time_of(moment: datetime | None) -> str:
    return f"{moment.astimezone():%H:%M}" if moment else ""


def _same_address(one: str, other: str) -> bool:
    """Whether two addresses of this computer are the same node."""
    first, second = urlsplit(one), urlsplit(other)
    return first.hostname in _THIS_COMPUTER and first.port == second.port


def fix_name(fix: Fix) -> str:
    """What is being installed."""
    return {
        Fix.BB_GENUINE: tr("Installing the prover"),
        Fix.BB_DEVELOPMENT: tr("Creating the development prover"),
        Fix.LIBRARIES: tr("Downloading newer system libraries"),
        Fix.CRS_GENUINE: tr("Downloading the CRS"),
        Fix.CRS_DEVELOPMENT: tr("Computing the development CRS"),
        Fix.WALLET_GENUINE: tr("Installing Aztec's wallet"),
        Fix.WALLET_DEVELOPMENT: tr("Installing the development wallet"),
    }[fix]


def part_name(item: SetupItem) -> str:
    """The name of a finding."""
    names = {
        Fix.BB_GENUINE: tr("Prover (bb)"),
        Fix.BB_DEVELOPMENT: tr("Development prover"),
        Fix.LIBRARIES: tr("System libraries"),
        Fix.CRS_GENUINE: tr("CRS for real networks"),
        Fix.CRS_DEVELOPMENT: tr("Development CRS"),
        Fix.WALLET_GENUINE: tr("Wallet for real networks"),
        Fix.WALLET_DEVELOPMENT: tr("Development wallet"),
    }
    return translated(item.finding.name) if item.fix is None else names[item.fix]


def download_size(item: SetupItem) -> str:
    """What installing it downloads; empty if nothing, or if only its server knows."""
    size = item.finding.download_bytes
    if size is None:
        return ""
    shown = formats.megabytes(size)
    # The lists of an archive's packages change daily.
    if item.fix in WALLETS.values():
        return tr("{size} plus npm metadata").format(size=shown)
    return tr("about {size}").format(size=shown) if item.fix is Fix.LIBRARIES else shown


def total_size(setup: SetupState) -> str:
    """What is downloaded in all; empty if nothing."""
    if not setup.download_bytes:
        return ""
    shown = formats.megabytes(setup.download_bytes)
    return tr("about {size}").format(size=shown) if setup.download_varies else shown


def fix_button(fix: Fix) -> str:
    """The button that installs it."""
    return {
        Fix.BB_GENUINE: tr("Install"),
        Fix.BB_DEVELOPMENT: tr("Create"),
        Fix.LIBRARIES: tr("Download"),
        Fix.CRS_GENUINE: tr("Download"),
        Fix.CRS_DEVELOPMENT: tr("Compute"),
        Fix.WALLET_GENUINE: tr("Install"),
        Fix.WALLET_DEVELOPMENT: tr("Install"),
    }[fix]


def fix_from_name(fix: Fix) -> str | None:
    """What its button "From file" does; None for what comes from no file."""
    return {
        Fix.BB_GENUINE: tr("Install the prover from a file…"),
        Fix.CRS_GENUINE: tr("Install the CRS from a file…"),
    }.get(fix)


def phase_name(phase: str) -> str:
    """A phase of a proof, as a heading in charts; an unknown one, of another version, by its own name."""
    names: dict[str, str] = {
        Phase.PREPARE: tr("Check steps, prover and CRS"),
        Phase.START: tr("Start the prover"),
        Phase.ACCUMULATE: tr("Circuits"),
        Phase.FINAL_PROOF: tr("Final proof and self-check"),
        Phase.SERIALIZE: tr("Check and encode the steps"),
        Phase.FETCH_ATTESTATION: tr("Get the server's key"),
        Phase.ENCRYPT: tr("Encrypt"),
        Phase.TRANSMIT: tr("Send"),
        Phase.QUEUE: tr("Wait for the server's prover"),
        Phase.PROVING: tr("Prove on the server"),
        Phase.PROVED: tr("Request the proof"),
        Phase.RECEIVE: tr("Receive the proof"),
        Phase.VERIFY: tr("Verify the proof here"),
    }
    return names.get(phase, phase)


def phase_doing(phase: str) -> str:
    """A phase of a proof while it runs."""
    names: dict[str, str] = {
        Phase.PREPARE: tr("Checking steps, prover and CRS"),
        Phase.START: tr("Starting the prover"),
        Phase.SERIALIZE: tr("Checking and encoding the steps"),
        Phase.FETCH_ATTESTATION: tr("Getting the server's key"),
        Phase.ENCRYPT: tr("Encrypting"),
        Phase.TRANSMIT: tr("Sending"),
        Phase.QUEUE: tr("Waiting for the server's prover"),
        Phase.PROVING: tr("Proving on the server"),
        Phase.PROVED: tr("Requesting the proof"),
        Phase.RECEIVE: tr("Receiving the proof"),
        Phase.VERIFY: tr("Verifying the proof here"),
    }
    return names.get(phase) or phase_name(phase)


def outcome_name(outcome: Outcome) -> str:
    """How a run ended."""
    return {
        Outcome.RUNNING: tr("running"),
        Outcome.VERIFIED: tr("verified"),
        Outcome.UNVERIFIED: tr("not verified"),
        Outcome.FAILED: tr("failed"),
        Outcome.CANCELLED: tr("cancelled"),
        Outcome.INTERRUPTED: tr("interrupted"),
    }[outcome]


def notice(kind: Notice) -> tuple[str, str]:
    """A notice's title and text."""
    node = tr("Set its address, or start a local network to test.")
    silent = tr("Check its address, or start a local network to test.")
    return {
        Notice.DEPLOY_LACKS_NODE: (tr("Deploying an account needs an Aztec node"), node),
        Notice.TOKENS_LACK_NODE: (tr("The token flow needs an Aztec node"), node),
        Notice.DEPLOY_NODE_SILENT: (tr("Can't deploy an account: the Aztec node doesn't respond"), silent),
        Notice.TOKENS_NODE_SILENT: (tr("Can't run the token flow: the Aztec node doesn't respond"), silent),
        Notice.NETWORK_STARTING: (
            tr("The local network is starting"),
            tr("Try again when the sidebar shows the Aztec node as connected."),
        ),
        Notice.CRASHED_LAST_TIME: (
            tr("TEE-Rex quit unexpectedly last time"),
            tr("Your history and settings are safe. A report helps to fix it."),
        ),
        Notice.MODE_LEFT: (
            tr("Switched to local mode"),
            tr("The previous mode is locked; its card shows why."),
        ),
        Notice.HTTPS_ENDS: (
            tr("The certificate for browsers expires soon"),
            tr("Choose Renew on the Sites page, so that websites can still reach TEE-Rex."),
        ),
        Notice.GENUINE_SAMPLE: (
            tr("Proving the genuine setup's sample"),
            tr("This prover serves real networks, not the development setup."),
        ),
        Notice.DEVELOPMENT_SAMPLE: (
            tr("The genuine CRS is unavailable now"),
            tr(
                "It can't be downloaded, so the sample uses the INSECURE development setup. The next sample"
                " tries again."
            ),
        ),
        Notice.OFFLINE_SAMPLE: (
            tr("No network connection"),
            tr(
                "The genuine CRS could not be downloaded, so the sample uses the INSECURE development setup."
                " The next sample tries again."
            ),
        ),
        Notice.DEVELOPMENT_SERVED: (
            tr("Proving the development setup's sample"),
            tr("This prover does not serve real networks, only the INSECURE development setup."),
        ),
        Notice.HISTORY_STARTED_ANEW: (
            tr("The history could not be read"),
            tr("A new history was started. The unreadable file was kept next to it."),
        ),
        Notice.SETTINGS_STARTED_ANEW: (
            tr("The settings file could not be read"),
            tr("A new one was written. The unreadable file was kept next to it."),
        ),
    }[kind]


def success(kind: Success) -> tuple[str, str]:
    """The title and text of what was done as asked."""
    return {
        Success.SERVER_FORGOTTEN: (
            tr("Server key forgotten"),
            tr("The key it presents at the next proof will be remembered and required from then on."),
        ),
        Success.BUILD_PINNED: (
            tr("Build pinned"),
            tr("TEE mode now accepts enclaves running this build. You can remove it in Settings."),
        ),
        Success.SETTINGS_RESET: (
            tr("Invalid settings reset"),
            tr("They have their defaults again. A copy of the file was kept next to it."),
        ),
        Success.DOCUMENT_SAVED: (
            tr("Document saved"),
            tr("Anyone can verify it, in TEE-Rex or with its command line."),
        ),
        Success.RUNS_EXPORTED: (tr("Runs exported"), tr("The file contains timings and digests only.")),
        Success.LOG_EXPORTED: (tr("Log exported"), tr("The file contains the events that were shown.")),
        Success.PROOF_SAVED: (
            tr("Proof saved"),
            tr("It can be shared: a proof reveals nothing of the witness."),
        ),
        Success.RUNS_DELETED: (
            tr("Runs deleted"),
            tr("Their timings and proofs are gone from the history. Log files keep their events."),
        ),
    }[kind]


def newer_settings(names: Sequence[str]) -> str:
    """What is said of settings that this version does not know."""
    told = ", ".join(printable(name, _NAME_SHOWN) for name in names[:_NAMES_SHOWN])
    more = len(names) - _NAMES_SHOWN
    if more > 0:
        told = tr("{names} and {count} more").format(names=told, count=more)
    return tr(
        "The settings file also has settings of another version. They are kept, and not used: {names}."
    ).format(names=told)


def remedy_name(remedy: Remedy, *, saved: bool = False) -> str:
    """The button of what can be done about an error. saved: the other file is one to write."""
    if isinstance(remedy, SettingField):
        return _settings_at(remedy)
    if remedy is Action.OTHER_FILE and saved:
        return tr("Save elsewhere…")
    return {
        Action.TRY_AGAIN: tr("Try again"),
        Action.OTHER_FILE: tr("Choose another file…"),
        Action.LOCAL_MODE: tr("Switch to local mode"),
        Action.SERVER_MODE: tr("Prove on a server…"),
        Action.SERVER_ADDRESS: tr("Change server…"),
        Action.FORGET_KEY: tr("Forget this server's key"),
        Action.RESET_SETTINGS: tr("Reset invalid settings"),
        Action.INSTALL_BB: tr("Install the prover"),
        Action.BB_FROM_FILE: tr("Prover from file…"),
        Action.INSTALL_LIBRARIES: tr("Download the libraries"),
        Action.DOWNLOAD_CRS: tr("Download the CRS"),
        Action.CRS_FROM_FILE: tr("CRS from file…"),
        Action.SYSTEM_CHECK: tr("Show system check"),
        Action.TAKE_FROM_OTHERS: tr("Remove their write access"),
        Action.SHOW_FILE: tr("Show in folder"),
        Action.START_LOCAL_NETWORK: tr("Start local network…"),
        Action.OPEN_SITES: tr("Open Sites"),
        Action.OPEN_ATTESTATION: tr("Review…"),
        Action.DIAGNOSTICS: tr("Report a problem…"),
    }[remedy]


def _settings_at(field: SettingField) -> str:
    """The button that opens the settings at a field."""
    return {
        SettingField.PROFILE_NAME: tr("Change profile…"),
        SettingField.NODE_URL: tr("Change node…"),
        SettingField.PROVER_URL: tr("Change server…"),
        SettingField.TEE_URL: tr("Change enclave…"),
        SettingField.SERVER_KEY: tr("Change key…"),
        SettingField.SALT: tr("Change salt…"),
        SettingField.MAX_AGE: tr("Change what is accepted…"),
        SettingField.MEMORY_LIMIT: tr("Change memory limit…"),
        SettingField.PROVER_SPEED: tr("Change speed…"),
        SettingField.CHECK_FOR_UPDATES: tr("See updates…"),
    }[field]


def speed_name(speed: ProverSpeed) -> str:
    """A share of the cores."""
    return {
        ProverSpeed.QUARTER: "¼",
        ProverSpeed.THREE_EIGHTHS: "⅜",
        ProverSpeed.HALF: "½",
        ProverSpeed.THREE_QUARTERS: "¾",
        ProverSpeed.ALL: tr("All cores"),
    }[speed]


def language_name(language: LanguageChoice) -> str:
    """A language in its own words, so that its speakers find it."""
    return {
        LanguageChoice.SYSTEM: tr("System default"),
        LanguageChoice.ENGLISH: "English",
        LanguageChoice.SPANISH: "Español",
    }[language]


def theme_name(theme: ThemeChoice) -> str:
    """A choice of colours."""
    return {
        ThemeChoice.SYSTEM: tr("System default"),
        ThemeChoice.LIGHT: tr("Light"),
        ThemeChoice.DARK: tr("Dark"),
    }[theme]


def shortcuts() -> tuple[tuple[str, str], ...]:
    """Keys and what they do."""
    return (
        ("Ctrl+1  2  3", tr("Choose local, remote or TEE mode")),
        ("Ctrl+Enter", tr("Prove the sample")),
        ("Ctrl+O", tr("Prove a file")),
        ("Esc", tr("Cancel the running proof or flow, after a confirmation")),
        ("Alt+1  2  3  4  5", tr("Go to a page")),
        ("Ctrl+S", tr("Save the settings")),
        ("Ctrl+,", tr("Open the settings")),
        ("Ctrl+L", tr("Open or close the log")),
        ("Ctrl+F", tr("Search")),
        ("Del", tr("Delete the selected runs, after a confirmation")),
        ("Ctrl++  -  0", tr("Zoom in, zoom out, normal size")),
        ("F1", tr("Show this list")),
        ("Ctrl+Q", tr("Quit")),
    )
