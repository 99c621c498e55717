"""Adding a version, and checking one that is there: the digests, then a trial of bb."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import msgspec

from aztec.combine import CODE, PROVED, REPORT, TRIED, UNPROVED
from aztec.digests import Bench, Findings, find, left_for_people
from aztec.steps import NeedsHumanError, Outcome, Status, Step, Steps, exit_code
from aztec.trial import Trial, recording, require_platform
from tee_rex.bb.pins import DevelopmentCopy, VersionPins
from tee_rex.settings.paths import Paths
from tee_rex.system.threads import read_in_thread
from tee_rex.transaction.generations import Generation, generation_of
from tee_rex.transaction.versions import AztecVersion


async def update(bench: Bench, paths: Paths, version: AztecVersion, steps: Steps) -> None:
    """Find out everything about a version and write its file; safe to repeat.

    bb runs last, when all that it could want to change has been found. paths: the user's own.
    """
    pins = await _examined(bench, paths, version, steps)
    if pins is None:
        return
    file = bench.file_of(version)
    content = encoded(pins)
    name = f"{file.relative_to(bench.root)}"
    if await read_in_thread(_content, file) == content:
        steps.end("pins", Status.ALREADY, name)
    else:
        await read_in_thread(file.write_bytes, content)
        steps.end("pins", Status.DONE, f"{name} was written")
    steps.end("for people", Status.DONE, *await left_for_people(bench, version))


async def verify(bench: Bench, paths: Paths, version: AztecVersion, steps: Steps) -> None:
    """Find out everything about a version again, and compare it with its file."""
    file = bench.file_of(version)
    before = await read_in_thread(bench.pinned, version)
    if before is None:
        steps.end("comparison", Status.REFUSED, f"{version} has no pins")
        return
    pins = await _examined(bench, paths, version, steps, again=True)
    if pins is None:
        return
    found, pinned = msgspec.to_builtins(_without_places(pins)), msgspec.to_builtins(_without_places(before))
    if different := [f"{name} differs" for name in found if found[name] != pinned[name]]:
        steps.end("comparison", Status.REFUSED, *different)
    elif pins != before:
        steps.end(
            "comparison", Status.NEEDS_HUMAN, f"as pinned, with new places: `update {version}` adds them"
        )
    elif await read_in_thread(_content, file) != encoded(pins):
        steps.end("comparison", Status.REFUSED, "the file says the same in another form")
    else:
        steps.end("comparison", Status.DONE, "as pinned")


async def write_digests(bench: Bench, folder: Path, version: AztecVersion, steps: Steps) -> None:
    """Write what is found without running bb into an empty folder, as ``combine`` reads it."""
    findings = await find(bench, version, steps, again=True)
    if findings is not None:
        steps.end("for people", Status.DONE, *await left_for_people(bench, version))
        for name, pins in ((PROVED, findings.proved), (UNPROVED, findings.unproved)):
            if pins is not None:
                await read_in_thread((folder / name).write_bytes, encoded(pins))
    await read_in_thread((folder / REPORT).write_text, as_markdown(version, steps.ended))
    await read_in_thread((folder / CODE).write_text, f"{exit_code(steps.ended)}\n")


async def write_trial(bench: Bench, paths: Paths, folder: Path, version: AztecVersion, steps: Steps) -> None:
    """Write the pins as they are found here, after trying bb, into an empty folder."""
    pins = await _examined(bench, paths, version, steps, again=True)
    if pins is not None:
        await read_in_thread((folder / TRIED).write_bytes, encoded(pins))


async def _examined(
    bench: Bench, paths: Paths, version: AztecVersion, steps: Steps, *, again: bool = False
) -> VersionPins | None:
    """The pins; None where a step that they need failed. again: do also what need not be done."""
    findings = await find(bench, version, steps, again=again)
    if findings is None:
        return None
    if findings.bb is None:
        return findings.unproved
    trial = Trial(version, findings.bb, paths, bench.folder)
    generation = generation_of(version)
    if await steps.do("messages", _messages(trial, generation)) is None:
        return None
    if findings.proved is None or findings.proved.development_bb is None:
        return findings.unproved  # the step "development copy" said why
    proof = _proof(bench, trial, findings, findings.proved.development_bb, generation, again=again)
    return findings.unproved if await steps.do("proof", proof) is None else findings.proved


async def _messages(trial: Trial, generation: Generation) -> Outcome[bool]:
    require_platform()
    await trial.check_schema()
    return Outcome(result=True, details=(f"bb has those of {generation}",))


async def _proof(
    bench: Bench,
    trial: Trial,
    findings: Findings,
    copy: DevelopmentCopy,
    generation: Generation,
    *,
    again: bool,
) -> Outcome[bool]:
    if findings.proved_before and not again:
        return Outcome(result=True, details=("made when the copy was pinned",), already=True)
    recorded = await read_in_thread(recording, bench.root, generation)
    if recorded is None:
        raise NeedsHumanError(f"There is no recorded transaction of {generation} to prove.")
    name, transaction = recorded
    await trial.prove(copy, transaction)
    return Outcome(
        result=True, details=(f"the development copy proved {name}; the genuine bb refuses that proof",)
    )


def _content(file: Path) -> bytes | None:
    return file.read_bytes() if file.exists() else None


def _without_places(pins: VersionPins) -> VersionPins:
    files = {
        kind: {platform: msgspec.structs.replace(file, seen_in=()) for platform, file in by_platform.items()}
        for kind, by_platform in (("bb", pins.bb), ("archives", pins.archives))
    }
    return msgspec.structs.replace(pins, **files)


def encoded(pins: VersionPins) -> bytes:
    """A version's file."""
    content = {name: value for name, value in msgspec.to_builtins(pins).items() if value not in (None, {})}
    return msgspec.json.format(msgspec.json.encode(content), indent=2) + b"\n"


def as_markdown(version: AztecVersion, steps: Sequence[Step]) -> str:
    """The steps as the text of a pull request, or of an issue."""
    lines = [f"Aztec {version}, as found by `make aztec`; `verify {version}` does it again and compares.", ""]
    for step in steps:
        lines += [f"- **{step.name}**: {step.status}", *(f"  - {detail}" for detail in step.details)]
    return "\n".join([*lines, ""])
