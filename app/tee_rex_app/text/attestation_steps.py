"""The verification of an attestation, step by step, for a careful reader who is not a specialist."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from cryptography.hazmat.primitives import hashes

from tee_rex.attestation.checks import Check
from tee_rex.attestation.verifier import GenuineDocument
from tee_rex.errors import AttestationError
from tee_rex.errors.catalogue.attestation import BUILD_REVOKED
from tee_rex.errors.message import printable
from tee_rex.errors.tree import ChainFailedError, MalformedDocumentError, SignatureFailedError
from tee_rex_app.model.attestation import ExaminedAttestation
from tee_rex_app.text.formats import rough_length
from tee_rex_app.text.labels import wrong_clock
from tee_rex_app.text.translation import tr, translated

_HASH_SHOWN = 16
_NOT_GENUINE = (MalformedDocumentError, ChainFailedError, SignatureFailedError)
"""Why a document is not genuine, in the order of the steps that find it out."""
_OF_THE_DOCUMENT = (Check.AGE, Check.NONCE, Check.KEY)
"""What makes a genuine document useless for this request; the other checks are about the code."""


class StepVerdict(StrEnum):
    """The result of a step. NOTED: informational, not required. NOT_REACHED: an earlier one failed."""

    HOLDS = "holds"
    FAILS = "fails"
    ATTENTION = "attention"
    NOTED = "noted"
    NOT_REACHED = "not-reached"


@dataclass(frozen=True, slots=True)
class ExactValue:
    """A hash. value: all its digits. shown: as people compare it. copying: what copies it."""

    value: str
    shown: str
    copying: str


@dataclass(frozen=True, slots=True)
class AttestationStep:
    """A step. exact: the hashes it is about."""

    verdict: StepVerdict
    title: str
    words: str
    exact: tuple[ExactValue, ...] = ()


@dataclass(frozen=True, slots=True)
class AttestationVerdict:
    """One of the two results. badge: one or two words."""

    verdict: StepVerdict
    title: str
    badge: str
    words: str


def verdict_name(verdict: StepVerdict) -> str:
    """The result of a step, for screen readers."""
    return {
        StepVerdict.HOLDS: tr("holds"),
        StepVerdict.FAILS: tr("fails"),
        StepVerdict.ATTENTION: tr("needs attention"),
        StepVerdict.NOTED: tr("informational"),
        StepVerdict.NOT_REACHED: tr("not checked"),
    }[verdict]


def genuine_verdict(examined: ExaminedAttestation) -> AttestationVerdict:
    """Whether it is a genuine Nitro enclave."""
    document, refusal = examined.examination.document, examined.examination.refusal
    if document is None and examined.clock_ahead is not None:
        why = tr("By this clock, the certificates of its answer are not valid yet.")
        if examined.clock_ahead > timedelta():
            why = tr("By this clock, the certificates of its answer have expired.")
        return AttestationVerdict(
            StepVerdict.ATTENTION,
            tr("Nitro enclave, not verified"),
            tr("wrong clock"),
            _joined(wrong_clock(examined.clock_ahead), why),
        )
    if document is None:
        return AttestationVerdict(
            StepVerdict.FAILS, tr("Not a genuine Nitro enclave"), tr("refused"), _reason(refusal)
        )
    if document.debug:
        return AttestationVerdict(
            StepVerdict.FAILS,
            tr("Genuine Nitro enclave in debug mode"),
            tr("debug mode"),
            tr("AWS signed it, but its operator can see inside. Nothing is sent to it."),
        )
    genuine = tr("Genuine Nitro enclave")
    if examined.live and examined.clock_ahead is not None:
        words = _joined(_signed(examined), wrong_clock(examined.clock_ahead))
        return AttestationVerdict(StepVerdict.ATTENTION, genuine, tr("wrong clock"), words)
    refused = next(filter(None, (_finding(examined, one) for one in _OF_THE_DOCUMENT)), None)
    if refused is not None:
        return AttestationVerdict(StepVerdict.FAILS, genuine, tr("refused"), _reason(refused))
    words = _joined(_signed(examined), tr("Debug mode is off, so nobody can see inside."))
    return AttestationVerdict(StepVerdict.HOLDS, genuine, tr("verified", "enclave"), words)


def _signed(examined: ExaminedAttestation) -> str:
    """By whom, and for when."""
    if examined.live and _finding(examined, Check.NONCE) is None and examined.nonce_required:
        return tr("Signed by AWS hardware for this request, just now.")
    if not examined.as_of_its_time:
        return tr("Signed by AWS hardware.")
    if examined.clock_ahead is None:
        return tr(
            "Signed by AWS hardware. Checked as of {time}, because its certificates have expired."
        ).format(time=_moment(examined))
    its_time = tr("Signed by AWS hardware. Checked as of {time}, its own time.").format(
        time=_moment(examined)
    )
    return _joined(its_time, wrong_clock(examined.clock_ahead))


def code_verdict(examined: ExaminedAttestation) -> AttestationVerdict:
    """Whether it runs an approved build."""
    document, count = examined.examination.document, len(examined.builds)
    unknown = StepVerdict.NOT_REACHED
    if document is None:
        return AttestationVerdict(
            unknown, tr("Code unknown"), tr("unknown"), tr("Only a genuine document shows which code runs.")
        )
    if document.debug:
        return AttestationVerdict(
            StepVerdict.FAILS,
            tr("Code not measured"),
            tr("not measured"),
            tr("In debug mode Nitro measures nothing: any code could run."),
        )
    build = examined.approved
    refused = _revoked(examined) or (build and _finding(examined, Check.PROVERS))
    if refused:
        words = f"{translated(refused.message_parts)} {translated(refused.hint_parts.words)}"
        return AttestationVerdict(StepVerdict.FAILS, translated(refused.title), tr("refused"), words)
    if build is not None:
        words = tr("Its measurements match {name}.").format(name=build.name)
        if build.approved_on:
            words = tr("Its measurements match {name}, which you pinned on {day}.").format(
                name=build.name, day=build.approved_on
            )
        return AttestationVerdict(StepVerdict.HOLDS, tr("Runs code you approved"), tr("approved"), words)
    words = tr("You have not approved any build yet.")
    if count:
        words = tr("PCR0 matches none of your {count} approved builds.").format(count=count)
        if count == 1:
            words = tr("PCR0 does not match your approved build.")
    return AttestationVerdict(
        StepVerdict.ATTENTION,
        tr("Runs code you have not approved"),
        tr("not approved"),
        _joined(words, tr("TEE mode sends nothing to this enclave until you pin its build.")),
    )


def steps_of(examined: ExaminedAttestation) -> tuple[AttestationStep, ...]:
    """Every step, in the order of verification."""
    document = examined.examination.document
    if document is None:
        return _not_genuine(examined)
    return (
        _chain(document),
        AttestationStep(
            StepVerdict.HOLDS, tr("Signature"), tr("ES384 signature by the enclave's certificate")
        ),
        _request(examined),
        _age(examined, document),
        _debug(document),
        _key(examined, document),
        _provers(examined),
        _image(examined),
        _parts(examined),
    )


def _not_genuine(examined: ExaminedAttestation) -> tuple[AttestationStep, ...]:
    refusal = examined.examination.refusal
    reason = translated(refusal.message_parts) if refusal else ""
    titles = (tr("Document format"), tr("Certificate chain"), tr("Signature"))
    failed = next((step for step, kind in enumerate(_NOT_GENUINE) if isinstance(refusal, kind)), None)
    if failed is None:
        return (AttestationStep(StepVerdict.FAILS, tr("Document"), reason or tr("No document.")),)
    holds = (tr("Envelope and fields as AWS specifies"), tr("Chains up to the AWS Nitro root"), "")
    steps = [AttestationStep(StepVerdict.HOLDS, titles[index], holds[index]) for index in range(failed)]
    verdict = StepVerdict.FAILS if examined.clock_ahead is None else StepVerdict.ATTENTION
    steps.append(AttestationStep(verdict, titles[failed], reason))
    nothing = tr("Not checked: nothing in a document that is not genuine can be trusted.")
    rest = (*titles[failed + 1 :], tr("Encryption key"), tr("Prover binary"), tr("Code measurements"))
    return (*steps, *(AttestationStep(StepVerdict.NOT_REACHED, title, nothing) for title in rest))


def _chain(document: GenuineDocument) -> AttestationStep:
    root = document.chain[0].fingerprint(hashes.SHA256()).hex()
    words = tr("{count} certificates, from the enclave's up to the AWS Nitro root").format(
        count=len(document.chain)
    )
    exact = (ExactValue(root, _shortened(root), tr("Copy the root certificate's fingerprint")),)
    return AttestationStep(StepVerdict.HOLDS, tr("Certificate chain"), words, exact)


def _request(examined: ExaminedAttestation) -> AttestationStep:
    title = tr("Made for this request")
    if not examined.live:
        return AttestationStep(
            StepVerdict.NOTED, title, tr("Not checked: a saved document belongs to an earlier request")
        )
    if not examined.nonce_required:
        return AttestationStep(
            StepVerdict.ATTENTION, title, tr("Not checked, as set in your settings: it could be a replay")
        )
    if (refusal := _finding(examined, Check.NONCE)) is not None:
        return AttestationStep(StepVerdict.FAILS, title, translated(refusal.message_parts))
    return AttestationStep(StepVerdict.HOLDS, title, tr("It contains the 32 random bytes that were sent"))


def _age(examined: ExaminedAttestation, document: GenuineDocument) -> AttestationStep:
    title = tr("Age")
    if not examined.live:
        return AttestationStep(
            StepVerdict.NOTED, title, tr("Created on {time}").format(time=_moment_of(document))
        )
    limit = rough_length(examined.max_age)
    if (refusal := _finding(examined, Check.AGE)) is not None:
        verdict = StepVerdict.FAILS if examined.clock_ahead is None else StepVerdict.ATTENTION
        return AttestationStep(verdict, title, translated(refusal.message_parts))
    age = max(timedelta(), document.age)
    return AttestationStep(
        StepVerdict.HOLDS,
        title,
        tr("{age} old on arrival; up to {limit} allowed").format(age=rough_length(age), limit=limit),
    )


def _debug(document: GenuineDocument) -> AttestationStep:
    title = tr("Debug mode")
    if document.debug:
        return AttestationStep(StepVerdict.FAILS, title, tr("On: PCR0, PCR1 and PCR2 are zero"))
    return AttestationStep(StepVerdict.HOLDS, title, tr("Off"))


def _key(examined: ExaminedAttestation, document: GenuineDocument) -> AttestationStep:
    title, key = tr("Encryption key"), document.content.public_key
    refusal = _finding(examined, Check.KEY)
    if refusal is not None:
        return AttestationStep(StepVerdict.FAILS, title, translated(refusal.message_parts))
    if key is None:
        return AttestationStep(StepVerdict.NOTED, title, tr("The document contains none"))
    digest = hashes.Hash(hashes.SHA256())
    digest.update(key)
    verdict = StepVerdict.HOLDS if examined.live else StepVerdict.NOTED
    value = digest.finalize().hex()
    exact = (ExactValue(value, _shortened(value), tr("Copy the encryption key's digest")),)
    return AttestationStep(verdict, title, tr("Part of the signed document"), exact)


def _provers(examined: ExaminedAttestation) -> AttestationStep:
    title, provers = tr("Prover binary"), examined.examination.provers
    refusal = _finding(examined, Check.PROVERS)
    names = [f"bb {printable(one.version, 24)}" for one in provers or ()]
    exact = tuple(
        ExactValue(one.sha256, f"{name} {one.sha256[:_HASH_SHOWN]}…", _copying_digest(name))
        for name, one in zip(names, provers or (), strict=True)
    )
    if refusal is not None:
        return AttestationStep(StepVerdict.FAILS, title, translated(refusal.message_parts), exact)
    if not provers:
        return AttestationStep(StepVerdict.NOTED, title, tr("The document lists none"))
    if not examined.live:
        return AttestationStep(StepVerdict.NOTED, title, tr("Listed in the document"), exact)
    return AttestationStep(StepVerdict.HOLDS, title, tr("On this app's list of allowed provers"), exact)


def _image(examined: ExaminedAttestation) -> AttestationStep:
    title, exact = tr("Code measurement PCR0"), _pcrs(examined, 0)
    build = examined.approved
    if _revoked(examined) is not None:
        return AttestationStep(StepVerdict.FAILS, title, tr("The whole image; it was revoked"), exact)
    if build is not None:
        return AttestationStep(
            StepVerdict.HOLDS, title, tr("The whole image; matches {name}").format(name=build.name), exact
        )
    if not examined.builds:
        return AttestationStep(
            StepVerdict.ATTENTION, title, tr("The whole image; you have not approved any build"), exact
        )
    pinned = ", ".join(f"{build.name} {build.pcr0[:8]}…" for build in examined.builds[:4])
    same = any(build.pcr0 == examined.pcr(0) for build in examined.builds)
    words = (
        tr("The same image, but other parts differ")
        if same
        else tr("Matches none of your approved builds: {builds}")
    )
    return AttestationStep(StepVerdict.ATTENTION, title, words.format(builds=pinned), exact)


def _parts(examined: ExaminedAttestation) -> AttestationStep:
    title = tr("Kernel and application PCR1, PCR2")
    exact = _pcrs(examined, 1, 2, digits=_HASH_SHOWN)
    build = examined.approved
    if build is None:
        return AttestationStep(StepVerdict.NOTED, title, tr("Parts of the image, measured separately"), exact)
    compared = bool(build.pcr1) + bool(build.pcr2)
    words = (
        tr("They match the approved build")
        if compared == 2
        else tr("Covered by PCR0, the only value you pinned")
    )
    return AttestationStep(StepVerdict.HOLDS, title, words, exact)


def _pcrs(examined: ExaminedAttestation, *indices: int, digits: int | None = None) -> tuple[ExactValue, ...]:
    """Those that the document contains; several are named."""
    found = []
    for index in indices:
        if value := examined.pcr(index):
            shown = _grouped(value, digits)
            named = f"PCR{index} {shown}" if len(indices) > 1 else shown
            found.append(ExactValue(value, named, copying_pcr(index)))
    return tuple(found)


def copying_pcr(index: int) -> str:
    """What copies a measurement."""
    return tr("Copy PCR{index}").format(index=index)


def _copying_digest(name: str) -> str:
    return tr("Copy the digest of {name}").format(name=name)


def _finding(examined: ExaminedAttestation, check: Check) -> AttestationError | None:
    return next((one.refusal for one in examined.examination.findings if one.check is check), None)


def _revoked(examined: ExaminedAttestation) -> AttestationError | None:
    finding = _finding(examined, Check.CODE)
    return finding if finding is not None and finding.code == BUILD_REVOKED.code else None


def _reason(refusal: AttestationError | None) -> str:
    if refusal is None:
        return ""
    words = (translated(refusal.message_parts), translated(refusal.hint_parts.words))
    return _joined(f"{translated(refusal.title)}.", *words)


def _moment(examined: ExaminedAttestation) -> str:
    return f"{examined.examination.at.astimezone():%Y-%m-%d %H:%M}"


def _moment_of(document: GenuineDocument) -> str:
    return f"{document.content.made_at.astimezone():%Y-%m-%d %H:%M}"


def _shortened(digest: str) -> str:
    return _grouped(digest, _HASH_SHOWN)


def _grouped(digest: str, digits: int | None = None) -> str:
    """In groups of eight digits, which are easy to compare."""
    shown = digest if digits is None else digest[:digits]
    text = " ".join(shown[at : at + 8] for at in range(0, len(shown), 8))
    return f"{text}…" if len(shown) < len(digest) else text


def _joined(*sentences: str) -> str:
    return " ".join(sentence for sentence in sentences if sentence)
