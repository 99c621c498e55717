"""The options that choose the prover, shared by every command that proves."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Annotated, Any, Concatenate

import typer

from tee_rex.transaction.request import ProvingMode

_ModeOption = Annotated[
    ProvingMode | None, typer.Option(help="Where to prove; default: remote if a URL is given, else local.")
]
_UrlOption = Annotated[
    str | None,
    typer.Option(metavar="URL", help="The server of remote and TEE mode; default: PROVER_URL, TEE_URL."),
]
_ServerKeyOption = Annotated[
    str | None,
    typer.Option(
        metavar="FINGERPRINT",
        help="Remote mode: accept only the key with this fingerprint (40 hexadecimal digits).",
    ),
]
_PCR_HELP = (
    "TEE mode: expected measurement of the {}; repeatable, for several builds. "
    "Default: those of TEE-Rex's releases."
)
_Pcr0Option = Annotated[list[str] | None, typer.Option(metavar="HEX", help=_PCR_HELP.format("image"))]
_Pcr1Option = Annotated[list[str] | None, typer.Option(metavar="HEX", help=_PCR_HELP.format("kernel"))]
_Pcr2Option = Annotated[list[str] | None, typer.Option(metavar="HEX", help=_PCR_HELP.format("application"))]
_MaxAgeOption = Annotated[
    int | None,
    typer.Option(
        min=1, max=86_400, metavar="SECONDS", help="TEE mode: maximum attestation age; default: 300."
    ),
]
_NoNonceOption = Annotated[
    bool,
    typer.Option(
        "--no-nonce",
        help="TEE mode: accept a server that ignores nonces, as the original does; allows replays.",
    ),
]
_BbDigestOption = Annotated[
    list[str] | None,
    typer.Option(
        metavar="SHA256",
        help="TEE mode: allow only this bb; repeatable, because every bb in the enclave must be allowed. "
        "Default: the pinned ones.",
    ),
]
_ThreadsOption = Annotated[
    int | None,
    typer.Option(min=1, max=256, metavar="NUMBER", help="Local mode: bb's threads; default: all cores."),
]
_MemoryOption = Annotated[
    int | None,
    typer.Option("--memory-limit", min=50, metavar="MB", help="Local mode: stop bb if it uses more memory."),
]


@dataclass(frozen=True, slots=True)
class ProverOptions:
    """What the command line gave; each field is the option of its name."""

    mode: _ModeOption = None
    url: _UrlOption = None
    server_key: _ServerKeyOption = None
    pcr0: _Pcr0Option = None
    pcr1: _Pcr1Option = None
    pcr2: _Pcr2Option = None
    max_age: _MaxAgeOption = None
    no_nonce: _NoNonceOption = False
    bb_digest: _BbDigestOption = None
    threads: _ThreadsOption = None
    memory_limit: _MemoryOption = None


def with_prover_options(command: Callable[Concatenate[ProverOptions, ...], None]) -> Callable[..., None]:
    """A typer command that takes the options of ProverOptions besides its own.

    command: receives a ProverOptions as its first argument, then its own parameters.
    """
    _first, *own = inspect.signature(command, eval_str=True).parameters.values()
    options = inspect.signature(ProverOptions, eval_str=True).parameters

    @wraps(command)
    def invoked(**given: Any) -> None:  # noqa: ANN401  # what typer read
        chosen = ProverOptions(**{name: given.pop(name) for name in options})
        command(chosen, **given)

    parameters = [
        *(parameter for parameter in own if parameter.kind is not inspect.Parameter.KEYWORD_ONLY),
        *(parameter.replace(kind=inspect.Parameter.KEYWORD_ONLY) for parameter in options.values()),
        *(parameter for parameter in own if parameter.kind is inspect.Parameter.KEYWORD_ONLY),
    ]
    vars(invoked)["__signature__"] = inspect.Signature(parameters)
    return invoked
