"""What the application offers to do about each error, for the whole catalogue; no text names a command."""

from __future__ import annotations

import ast
import importlib
import pkgutil
import re
from collections.abc import Iterator

import tee_rex_app.errors
import translations as tools  # tools/translations.py
from support.app_states import ready_machine, servers
from tee_rex.errors import ErrorKind, Hint, TeeRexError, catalogue
from tee_rex.errors.catalogue import kinds_of
from tee_rex.errors.report import ErrorReport
from tee_rex_app.model.actions import ACTIONS, Action, offered
from tee_rex_app.model.problem import Problem, Repeat
from tee_rex_app.text import labels

COMMAND_LINE = "options and arguments of commands, which the app does not have"
ANSWERS = "what our servers answer to a request; the app shows it inside SERVER_REFUSED and the like"
TO_WEBSITES = "what a website is told in an answer; no run of its own fails with it"
NOT_IN_THE_APP = {
    "USAGE": COMMAND_LINE,
    "CANCELLED": "the end of a command by Ctrl-C",
    "OUTPUT_NOT_WRITTEN": "the standard output of a command",
    "PROOF_NOT_WRITTEN": COMMAND_LINE,
    "OPTION_NOT_FOR_MODE": COMMAND_LINE,
    "PCRS_UNPAIRED": COMMAND_LINE,
    "PCR_INVALID": COMMAND_LINE,
    "BB_DIGEST_INVALID": COMMAND_LINE,
    "INVALID_VERSION": COMMAND_LINE,
    "BB_PINNED": "tee-rex bb install with a digest",
    "BB_OTHER_DIGEST": "tee-rex bb install with a digest",
    "SETUP_MISMATCH": "the option --crs: the app takes the setup of the steps",
    "AZTEC_VERSION_MISMATCH": "the option --aztec-version: the app takes the version of the steps",
    "PROOFS_REQUIRED": "the option --no-proofs: the app's flows prove",
    "EXTRA_MISSING": "the app's distribution requires every extra that it uses",
    "ALREADY_RUNNING": "told in a box before there is a window",
    "NOT_A_RELEASE": "tee-rex release verify",
    "DECRYPTION_FAILED": ANSWERS,
    "INVALID_VERIFIER_TARGET": TO_WEBSITES,
    "CIRCUITS_ONLY_LOCAL": "a caller of the library that proves Noir circuits elsewhere",
    **dict.fromkeys(
        (
            "HTTP_MALFORMED",
            "ROUTE_UNKNOWN",
            "METHOD_NOT_ALLOWED",
            "BODY_MALFORMED",
            "BODY_READ_TIMEOUT",
            "PAYLOAD_TOO_LARGE",
            "PAYLOAD_MALFORMED",
            "UNSUPPORTED_MEDIA_TYPE",
            "RATE_LIMITED",
            "QUEUE_FULL",
            "INTERNAL",
        ),
        ANSWERS,
    ),
    **dict.fromkeys(
        (
            "INVALID_HOST",
            "INVALID_ORIGIN",
            "INVALID_REQUEST",
            "VERSION_NOT_ALLOWED",
            "DOWNLOAD_BUDGET_EXHAUSTED",
            "DOWNLOAD_FAILED",
            "PROVE_QUEUE_FULL",
            "ORIGIN_QUEUE_FULL",
            "PROVE_FAILED",
            "SERVICE_UNAVAILABLE",
            "PROOF_STOPPED",
            "HTTPS_NOT_TRUSTED",
        ),
        TO_WEBSITES,
    ),
}
"""The codes of errors that the app cannot show, and why."""

COMMANDS = re.compile(
    r"`|--[a-z]|\bRun:|[Rr]un the command|\b(?:tee-rex(?:-server)?) [a-z]|"  # commands and their options
    r"\b(?:sudo|chmod|ulimit|systemctl)\b|\b(?:apt|apt-get|dnf|pip) (?:install|update)|"  # the system's
    r"\b[A-Z][A-Z0-9]*_[A-Z0-9_]+\b|\bTMPDIR\b"  # variables of the environment
)


def _kinds() -> Iterator[tuple[str, ErrorKind[TeeRexError]]]:
    names = (module.name for module in pkgutil.iter_modules(catalogue.__path__))
    modules = [importlib.import_module(f"{catalogue.__name__}.{name}") for name in names]
    for module in (*modules, tee_rex_app.errors):
        for name, kind in kinds_of(module):
            yield f"{module.__name__.rpartition('.')[2]}.{name}", kind


KINDS = dict(_kinds())


def test_every_error_has_its_actions_or_a_reason_why_the_app_does_not_show_it() -> None:
    codes = {kind.code for kind in KINDS.values()}
    assert set(ACTIONS) | set(NOT_IN_THE_APP) == codes
    assert not set(ACTIONS) & set(NOT_IN_THE_APP)
    assert all(ACTIONS.values())


def test_what_the_app_shows_of_an_error_names_no_command() -> None:
    shown = [kind for kind in KINDS.values() if kind.code in ACTIONS]
    texts = [text for kind in shown for text in (kind.title, kind.message, kind.hint)]
    assert texts
    assert [text for text in texts if COMMANDS.search(text)] == []


def texts_in_code() -> Iterator[tuple[str, str]]:
    """Every text for people that is written in the code of core and app: the arguments of message and tr."""
    for path in tools.modules_with_messages():
        if "catalogue" in path.parts:
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if not isinstance(node, ast.Call) or not node.args:
                continue
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            text = node.args[0]
            if called in ("tr", "message") and isinstance(text, ast.Constant):
                yield f"{path.stem}:{node.lineno}", str(text.value)


ALLOWED = {
    "Set by {variable} (overrides Settings)": "names a variable that is set, for whoever set it",
}


def test_no_text_of_the_app_names_a_command() -> None:
    found = [(place, text) for place, text in texts_in_code() if COMMANDS.search(text)]
    assert [one for one in found if one[1] not in ALLOWED] == []


def test_what_finds_commands_finds_them() -> None:
    for text in (
        "Run: tee-rex bb install",
        "Allow more time with --timeout.",
        "Set TEE_REX_HOME to another folder.",
        "`tee-rex devnet up` starts one.",
        "Raise the limit (ulimit -v).",
    ):
        assert COMMANDS.search(text)


def test_every_action_is_used_and_has_a_name() -> None:
    used = {remedy for remedies in ACTIONS.values() for remedy in remedies}
    assert used >= set(Action)
    for remedy in used:
        assert labels.remedy_name(remedy)


def test_an_action_is_offered_only_where_it_does_something() -> None:
    local = ready_machine()
    remote = servers(local)
    problem = Problem.of(ErrorKind(TeeRexError, "SERVER_UNREACHABLE", "No answer")())
    assert Action.LOCAL_MODE not in offered(problem, local)
    assert Action.LOCAL_MODE in offered(problem, remote)
    assert Action.TRY_AGAIN not in offered(problem, remote)
    again = Problem.of(ErrorKind(TeeRexError, "SERVER_UNREACHABLE", "No answer")(), Repeat(lambda: None))
    assert offered(again, remote)[0] is Action.TRY_AGAIN


def test_a_recorded_error_has_the_actions_of_its_code() -> None:
    report = ErrorReport("STEPS_EMPTY", "No steps", "Its {name} has none.", "Run: tee-rex old-command")
    problem = Problem.of_report(report, Repeat(with_file=lambda _path: None))
    assert (str(problem.message), str(problem.hint)) == ("Its {name} has none.", "")
    assert offered(problem, ready_machine()) == (Action.OTHER_FILE,)


def test_a_hint_is_its_words_and_what_is_for_a_terminal() -> None:
    kind = ErrorKind(TeeRexError, "X", "X").says("{a}", "Do it with {a}.", "Run: {a}")
    assert str(kind(a="b").hint_parts) == kind(a="b").hint == "Do it with b. Run: b"
    assert str(kind(a="b").hint_parts.words) == "Do it with b."
    assert kind.says("other")(a="b").hint == "Do it with b. Run: b"
    assert kind.says("other", "Wait.")(a="b").hint == "Wait."
    assert kind(a="b", hint=Hint()).hint == ""
