"""An examined attestation on the terminal: what it means first, the hashes after."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from rich.text import Text

from tee_rex.attestation.checks import Check, Finding
from tee_rex.attestation.examination import Examination
from tee_rex.attestation.verifier import GenuineDocument
from tee_rex.errors.message import printable
from tee_rex.terminal.console import stdout_console
from tee_rex.transaction.events import AttestationReport

_HOLDS = {
    Check.AGE: "Fresh: made just now.",
    Check.DEBUG: "Closed: debug mode is off, so its operator cannot look inside.",
    Check.CODE: "Expected code: the measurements match a build you approved.",
    Check.NONCE: "Made for this request: it contains the random number that was sent.",
    Check.PROVERS: "Approved provers: every bb it carries is on the list.",
    Check.KEY: "Attested key: the server's encryption key is the one inside the document.",
}
_NOT_CHECKED = {
    Check.CODE: "Code not compared: give --pcr0, --pcr1 or --pcr2.",
    Check.NONCE: "Possibly a replay: no nonce was required.",
}


def show_examination(examination: Examination) -> None:
    """Print it to stdout."""
    console = stdout_console()
    for line in examination_lines(examination):
        console.print(line)


def examination_lines(examination: Examination) -> Iterator[Text]:
    """The examination, line by line."""
    document, refusal = examination.document, examination.refusal
    if document is None:
        if refusal:
            yield _line("✗", "bold red", f"Not genuine. {refusal.title}: {refusal.message}")
        yield _line("!", "yellow", "Code unknown: only a genuine document can show which code runs.")
    else:
        yield _line("✓", "bold green", "Genuine Nitro enclave: Amazon vouches for the whole document.")
        yield from _findings(examination.findings)
        yield from _details(document, examination.report())
    if refusal:
        yield Text("")
        yield Text.assemble(("Refused ", "bold red"), f"[{refusal.code}] {refusal.hint}")


def _findings(findings: tuple[Finding, ...]) -> Iterator[Text]:
    made = {finding.check: finding for finding in findings}
    live = Check.AGE in made
    for check in (Check.CODE, Check.DEBUG, Check.AGE, Check.NONCE, Check.PROVERS, Check.KEY):
        if check in made:
            refusal = made[check].refusal
            if refusal is None:
                yield _line("✓", "bold green", _HOLDS[check])
            else:
                yield _line("✗", "bold red", f"{refusal.title}: {refusal.message}")
        elif check is Check.CODE or (check is Check.NONCE and live):
            yield _line("!", "yellow", _NOT_CHECKED[check])


def _details(document: GenuineDocument, report: AttestationReport) -> Iterator[Text]:
    content = document.content
    yield Text("")
    yield _detail("Enclave", content.module_id)
    yield _detail("Made", f"{content.made_at:%Y-%m-%d %H:%M:%S} UTC, {_age(document.age)}")
    for prover in report.bb or ():
        yield _detail("bb", f"{prover.version}  {prover.sha256}")
    if not report.bb:
        yield _detail("bb", "not named in the document")
    yield Text("")
    for index, digest in (report.pcrs or {}).items():
        yield _detail(f"PCR{index}", digest if digest.strip("0") else "zero")
    for name in ("public_key", "user_data", "nonce"):
        value = getattr(report, name)
        yield _detail(name, "none" if value is None else value or "empty")
    yield Text("")
    for position, certificate in enumerate(report.chain or (), 1):
        yield _detail(f"Certificate {position}", certificate.subject)
        yield _detail(
            "", f"{certificate.not_before:%Y-%m-%d %H:%M:%S} to {certificate.not_after:%Y-%m-%d %H:%M:%S} UTC"
        )
        yield _detail("", f"SHA-256 {certificate.sha256}")


def _line(mark: str, style: str, words: str) -> Text:
    return Text.assemble((f"{mark} ", style), printable(words))


def _detail(name: str, value: str) -> Text:
    return Text.assemble((f"  {name:<14} ", "dim"), printable(value))


def _age(age: timedelta) -> str:
    seconds = round(abs(age).total_seconds())
    words = f"{seconds} s" if seconds < 600 else str(timedelta(seconds=seconds))
    return f"{words} {'before' if age >= timedelta(0) else 'after'} the time of this check"
