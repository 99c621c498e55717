"""Labels of flows: their steps, what they are doing, how they ended."""

from __future__ import annotations

from tee_rex.aztec.flows.report import FlowKind, FlowStep, Preparation, StepPhase
from tee_rex.errors.message import printable
from tee_rex_app.model.runs import FlowState, RunStage, RunState
from tee_rex_app.text import run_labels
from tee_rex_app.text.formats import task_text
from tee_rex_app.text.labels import source_name, who_could_read
from tee_rex_app.text.translation import tr


def working_on(run: RunState | FlowState) -> tuple[str, str]:
    """What is being done, and for which proof or flow."""
    if isinstance(run, RunState):
        return run_labels.doing(run), source_name(run.source)
    title, name = flow_title(run), flow_name(run.kind)
    return title, "" if title == name else name


def flow_name(kind: FlowKind) -> str:
    """A flow's name."""
    return {FlowKind.ACCOUNT: tr("Deploy test account"), FlowKind.TOKEN: tr("Token flow")}[kind]


def flow_title(flow: FlowState) -> str:
    """What a flow is doing, or how it ended."""
    name = flow_name(flow.kind)
    if flow.stage is RunStage.CANCELLING:
        return tr("Cancelling…")
    if flow.stage is RunStage.CANCELLED:
        return tr("{flow}: cancelled").format(flow=name)
    if flow.stage is RunStage.FAILED:
        return tr("! {flow} failed").format(flow=name)
    if flow.stage is RunStage.DONE:
        return {
            FlowKind.ACCOUNT: tr("✓ Account deployed"),
            FlowKind.TOKEN: tr("✓ Token deployed, minted and transferred"),
        }[flow.kind]
    index = next((at for at, one in enumerate(flow.steps) if one.step is flow.current), None)
    if index is not None:
        return tr("Step {index} of {count} · {step}").format(
            index=index + 1, count=len(flow.steps), step=step_name(flow.steps[index].step)
        )
    if flow.preparation is not None:
        return preparation_doing(flow.preparation)
    return name


def flow_doing(flow: FlowState) -> str:
    """The current phase, circuit or download, in one line."""
    if flow.task is not None:
        return task_text(flow.task)
    proof = flow.proof
    if flow.phase is StepPhase.PROVE and proof is not None:
        return " · ".join(filter(None, (run_labels.doing(proof), run_labels.circuit(proof))))
    if flow.phase is not None:
        return {
            StepPhase.SIMULATE: tr("Simulating: the wallet runs the functions and creates the witness"),
            StepPhase.PROVE: tr("Proving"),
            StepPhase.SEND: tr("Sending the transaction to the node"),
            StepPhase.CONFIRM: tr("Waiting for a block"),
        }[flow.phase]
    if flow.wallet_attempt > 1:
        return tr("Attempt {attempt}, after clearing the wallet's stale data").format(
            attempt=flow.wallet_attempt
        )
    return ""


def flow_ended(flow: FlowState) -> str:
    """A summary of a flow that has ended."""
    if flow.stage is RunStage.DONE:
        return who_could_read(flow.mode)
    if flow.stage is RunStage.CANCELLED:
        return tr("Stopped. Transactions already sent stay sent. See Runs for details.")
    return tr("See Runs for the reason and the steps already done.")


def preparation_name(preparation: Preparation) -> str:
    """A preparation before a flow's first step."""
    return {
        Preparation.NODE: tr("Query the node"),
        Preparation.RUNTIME: tr("Prepare the wallet's runtime"),
        Preparation.BRIDGE: tr("Start the wallet"),
        Preparation.WALLET: tr("Open the wallet"),
    }[preparation]


def preparation_doing(preparation: Preparation) -> str:
    """A preparation while it runs."""
    return {
        Preparation.NODE: tr("Querying the node"),
        Preparation.RUNTIME: tr("Preparing the wallet's runtime"),
        Preparation.BRIDGE: tr("Starting the wallet"),
        Preparation.WALLET: tr("Opening the wallet"),
    }[preparation]


def step_name(step: FlowStep) -> str:
    """A step of a flow."""
    return {
        FlowStep.DEPLOY_ACCOUNT: tr("Deploy the account"),
        FlowStep.DEPLOY_SECOND_ACCOUNT: tr("Deploy a second account"),
        FlowStep.DEPLOY_TOKEN: tr("Deploy the token"),
        FlowStep.MINT: tr("Mint privately"),
        FlowStep.TRANSFER: tr("Transfer privately"),
        FlowStep.CHECK_BALANCES: tr("Check the balances"),
    }[step]


def step_phase_name(phase: StepPhase) -> str:
    """A phase of a step."""
    return {
        StepPhase.SIMULATE: tr("Simulate"),
        StepPhase.PROVE: tr("Prove"),
        StepPhase.SEND: tr("Send"),
        StepPhase.CONFIRM: tr("Confirm"),
    }[phase]


def account_name(account: str) -> str:
    """A flow's account, by its alias, or another account by its address."""
    named = {"first": tr("first account"), "second": tr("second account")}
    return named.get(account) or printable(account, 20)
