"""An attestation told step by step, for a careful reader who is no specialist."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from cryptography.hazmat.primitives import hashes

from tee_rex.attestation.checks import Check
from tee_rex.attestation.verifier import GenuineDocument
from tee_rex.errors import AttestationError
from tee_rex.system.text import printable
from tee_rex_app.model.attestation import ExaminedAttestation
from tee_rex_app.text.labels import tr
from tee_rex_app.text.translation import translated

_HASH_SHOWN = 16
_FORM_CODES = ("UNREADABLE", "INVALID_COSE", "INVALID_DOCUMENT")


class StepVerdict(StrEnum):
    """What came of one step. NOTED: told, but nothing was asked of it. NOT_REACHED: an earlier one failed."""

    HOLDS = "holds"
    FAILS = "fails"
    ATTENTION = "attention"
    NOTED = "noted"
    NOT_REACHED = "not-reached"


@dataclass(frozen=True, slots=True)
class AttestationStep:
    """One line. exact: hashes or names that it is about."""

    verdict: StepVerdict
    title: str
    words: str
    exact: str = ""


@dataclass(frozen=True, slots=True)
class AttestationVerdict:
    """One of the two results. badge: one or two words."""

    verdict: StepVerdict
    title: str
    badge: str
    words: str


def genuine_verdict(examined: ExaminedAttestation) -> AttestationVerdict:
    """Whether it is a Nitro enclave at all."""
    document, refusal = examined.examination.document, examined.examination.refusal
    if document is None:
        title = translated(refusal.title) if refusal else ""
        words = f"{translated(refusal.message_parts)} {translated(refusal.hint_parts)}" if refusal else ""
        return AttestationVerdict(
            StepVerdict.FAILS, tr("Not a genuine Nitro enclave"), tr("refused"), _joined(f"{title}.", words)
        )
    if document.debug:
        return AttestationVerdict(
            StepVerdict.FAILS,
            tr("A genuine Nitro enclave in debug mode"),
            tr("debug mode"),
            tr("AWS signed it, but its operator can look inside. Nothing is sent to it."),
        )
    signed = tr("Signed by AWS hardware.")
    if examined.live and _finding(examined, Check.NONCE) is None and examined.nonce_required:
        signed = tr("Signed by AWS hardware for this request, just now.")
    if examined.as_of_its_time:
        signed = tr(
            "Signed by AWS hardware; judged as of {time}, since its certificates have expired."
        ).format(time=_moment(examined))
    words = _joined(signed, tr("Debug mode is off, so nobody can look inside."))
    return AttestationVerdict(StepVerdict.HOLDS, tr("A genuine Nitro enclave"), tr("verified"), words)


def code_verdict(examined: ExaminedAttestation) -> AttestationVerdict:
    """Whether it runs what was approved."""
    document, count = examined.examination.document, len(examined.builds)
    unknown = StepVerdict.NOT_REACHED
    if document is None:
        return AttestationVerdict(
            unknown,
            tr("Its code is not known"),
            tr("unknown"),
            tr("Only a genuine document can tell which code runs."),
        )
    if document.debug:
        return AttestationVerdict(
            StepVerdict.FAILS,
            tr("Its code is not measured"),
            tr("not measured"),
            tr("In debug mode Nitro measures nothing: any code could run."),
        )
    build = examined.approved
    if build is not None:
        words = tr("It measures to {name}.").format(name=build.name)
        if build.approved_on:
            words = tr("It measures to {name}, which you pinned on {day}.").format(
                name=build.name, day=build.approved_on
            )
        return AttestationVerdict(
            StepVerdict.HOLDS, tr("Running code that you approved"), tr("approved"), words
        )
    words = tr("You have approved no build yet.")
    if count:
        words = tr("PCR0 is not that of your {count} approved builds.").format(count=count)
        if count == 1:
            words = tr("PCR0 is not that of your approved build.")
    return AttestationVerdict(
        StepVerdict.ATTENTION,
        tr("Running code you have not approved"),
        tr("not approved"),
        _joined(words, tr("Until you pin it, TEE mode sends nothing to this enclave.")),
    )


def steps_of(examined: ExaminedAttestation) -> tuple[AttestationStep, ...]:
    """Every step, in the order in which they are made."""
    document = examined.examination.document
    if document is None:
        return _not_genuine(examined)
    return (
        _chain(document),
        AttestationStep(
            StepVerdict.HOLDS, tr("Signature"), tr("ES384 over the document, by the enclave's certificate")
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
    code = refusal.code if refusal else ""
    reason = translated(refusal.message_parts) if refusal else ""
    titles = (tr("Form of the document"), tr("Certificate chain"), tr("Signature"))
    failed = 0 if code in _FORM_CODES else {"CHAIN_FAILED": 1, "SIGNATURE_FAILED": 2}.get(code)
    if failed is None:
        return (AttestationStep(StepVerdict.FAILS, tr("Document"), reason or tr("There is none.")),)
    holds = (tr("The envelope and the fields that AWS describes"), tr("Leads to the AWS Nitro root"), "")
    steps = [AttestationStep(StepVerdict.HOLDS, titles[index], holds[index]) for index in range(failed)]
    steps.append(AttestationStep(StepVerdict.FAILS, titles[failed], reason))
    nothing = tr("Not looked at: nothing in a document that is not genuine can be trusted.")
    rest = (*titles[failed + 1 :], tr("Encryption key"), tr("Prover binary"), tr("Code measurements"))
    return (*steps, *(AttestationStep(StepVerdict.NOT_REACHED, title, nothing) for title in rest))


def _chain(document: GenuineDocument) -> AttestationStep:
    root = document.chain[0].fingerprint(hashes.SHA256()).hex()
    words = tr("{count} certificates, from the enclave's up to the root of AWS Nitro").format(
        count=len(document.chain)
    )
    return AttestationStep(StepVerdict.HOLDS, tr("Certificate chain"), words, _shortened(root))


def _request(examined: ExaminedAttestation) -> AttestationStep:
    title = tr("Made for this request")
    if not examined.live:
        return AttestationStep(
            StepVerdict.NOTED, title, tr("Not asked: a kept document was made for an earlier request")
        )
    if not examined.nonce_required:
        return AttestationStep(
            StepVerdict.ATTENTION,
            title,
            tr("Not asked, as your settings say: it may be an old one sent again"),
        )
    if (refusal := _finding(examined, Check.NONCE)) is not None:
        return AttestationStep(StepVerdict.FAILS, title, translated(refusal.message_parts))
    return AttestationStep(StepVerdict.HOLDS, title, tr("The 32 random bytes that were sent came back in it"))


def _age(examined: ExaminedAttestation, document: GenuineDocument) -> AttestationStep:
    title = tr("Age")
    if not examined.live:
        return AttestationStep(
            StepVerdict.NOTED, title, tr("Made on {time}").format(time=_moment_of(document))
        )
    limit = _duration(examined.max_age)
    if (refusal := _finding(examined, Check.AGE)) is not None:
        return AttestationStep(StepVerdict.FAILS, title, translated(refusal.message_parts))
    age = max(timedelta(), document.age)
    return AttestationStep(
        StepVerdict.HOLDS,
        title,
        tr("{age} old when it came; {limit} are allowed").format(age=_duration(age), limit=limit),
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
        return AttestationStep(StepVerdict.NOTED, title, tr("The document carries none"))
    digest = hashes.Hash(hashes.SHA256())
    digest.update(key)
    verdict = StepVerdict.HOLDS if examined.live else StepVerdict.NOTED
    return AttestationStep(
        verdict, title, tr("Sits inside the signed document"), _shortened(digest.finalize().hex())
    )


def _provers(examined: ExaminedAttestation) -> AttestationStep:
    title, provers = tr("Prover binary"), examined.examination.provers
    refusal = _finding(examined, Check.PROVERS)
    exact = "  ".join(f"bb {printable(one.version, 24)} {one.sha256[:_HASH_SHOWN]}…" for one in provers or ())
    if refusal is not None:
        return AttestationStep(StepVerdict.FAILS, title, translated(refusal.message_parts), exact)
    if not provers:
        return AttestationStep(StepVerdict.NOTED, title, tr("The document names none"))
    if not examined.live:
        return AttestationStep(StepVerdict.NOTED, title, tr("Named in the document"), exact)
    return AttestationStep(StepVerdict.HOLDS, title, tr("On the list that this app carries"), exact)


def _image(examined: ExaminedAttestation) -> AttestationStep:
    title, exact = tr("Code measurement PCR0"), _grouped(examined.pcr(0))
    build = examined.approved
    if build is not None:
        return AttestationStep(
            StepVerdict.HOLDS, title, tr("The whole image, as of {name}").format(name=build.name), exact
        )
    if not examined.builds:
        return AttestationStep(
            StepVerdict.ATTENTION, title, tr("The whole image; you have approved no build"), exact
        )
    pinned = ", ".join(f"{build.name} {build.pcr0[:8]}…" for build in examined.builds[:4])
    same = any(build.pcr0 == examined.pcr(0) for build in examined.builds)
    words = tr("The same image, but other parts differ") if same else tr("None of those approved: {builds}")
    return AttestationStep(StepVerdict.ATTENTION, title, words.format(builds=pinned), exact)


def _parts(examined: ExaminedAttestation) -> AttestationStep:
    title = tr("Kernel and application PCR1, PCR2")
    exact = f"{_grouped(examined.pcr(1), 16)}  {_grouped(examined.pcr(2), 16)}".strip()
    build = examined.approved
    if build is None:
        return AttestationStep(StepVerdict.NOTED, title, tr("Parts of the image, measured again"), exact)
    compared = bool(build.pcr1) + bool(build.pcr2)
    words = tr("As approved") if compared == 2 else tr("Within PCR0; you pinned that alone")
    return AttestationStep(StepVerdict.HOLDS, title, words, exact)


def _finding(examined: ExaminedAttestation, check: Check) -> AttestationError | None:
    return next((one.refusal for one in examined.examination.findings if one.check is check), None)


def _moment(examined: ExaminedAttestation) -> str:
    return f"{examined.examination.at.astimezone():%Y-%m-%d %H:%M}"


def _moment_of(document: GenuineDocument) -> str:
    return f"{document.content.made_at.astimezone():%Y-%m-%d %H:%M}"


def _duration(length: timedelta) -> str:
    seconds = length.total_seconds()
    if seconds < 120:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 7200 else f"{seconds / 3600:.0f} h"


def _shortened(digest: str) -> str:
    return _grouped(digest, _HASH_SHOWN)


def _grouped(digest: str, digits: int | None = None) -> str:
    """In groups of eight, as people compare them."""
    shown = digest if digits is None else digest[:digits]
    text = " ".join(shown[at : at + 8] for at in range(0, len(shown), 8))
    return f"{text}…" if len(shown) < len(digest) else text


def _joined(*sentences: str) -> str:
    return " ".join(sentence for sentence in sentences if sentence)
