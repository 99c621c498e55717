"""The options that say where a command proves, the same for every command that does."""

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
    typer.Option(metavar="URL", help="The server of remote and tee mode; default: PROVER_URL, TEE_URL."),
]
_ServerKeyOption = Annotated[
    str | None,
    typer.Option(metavar="FINGERPRINT", help="Remote mode: accept no other key than this, of 40 digits."),
]
_PCR_HELP = (
    "Tee mode: expected measurement of the {}; repeat it to approve several builds. "
    "Default: those of TEE-Rex's releases."
)
_Pcr0Option = Annotated[list[str] | None, typer.Option(metavar="HEX", help=_PCR_HELP.format("image"))]
_Pcr1Option = Annotated[list[str] | None, typer.Option(metavar="HEX", help=_PCR_HELP.format("kernel"))]
_Pcr2Option = Annotated[list[str] | None, typer.Option(metavar="HEX", help=_PCR_HELP.format("application"))]
_MaxAgeOption = Annotated[
    int | None,
    typer.Option(min=1, max=86_400, metavar="SECONDS", help="Tee mode: oldest attestation; default: 300."),
]
_NoNonceOption = Annotated[
    bool,
    typer.Option(
        "--no-nonce",
        help="Tee mode: accept a server that ignores nonces, as the original does; a replay may pass.",
    ),
]
_BbDigestOption = Annotated[
    list[str] | None,
    typer.Option(
        metavar="SHA256", help="Tee mode: allow this bb, and none but those given so; default: the pinned."
    ),
]
_ThreadsOption = Annotated[
    int | None,
    typer.Option(min=1, max=256, metavar="NUMBER", help="Local mode: bb's threads; default: every core."),
]
_MemoryOption = Annotated[
    int | None,
    typer.Option("--memory-limit", min=50, metavar="MB", help="Local mode: end bb when it uses more memory."),
]


@dataclass(frozen=True, slots=True)
class PlaceOptions:
    """What was given on the command line; each field is an option of its name."""

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


def with_place_options(command: Callable[Concatenate[PlaceOptions, ...], None]) -> Callable[..., None]:
    """A command of typer's with the options of PlaceOptions, before its own ones.

    command: takes them as its first argument, and what is its own after it.
    """
    _place, *own = inspect.signature(command, eval_str=True).parameters.values()
    options = inspect.signature(PlaceOptions, eval_str=True).parameters

    @wraps(command)
    def invoked(**given: Any) -> None:  # noqa: ANN401  # what typer read
        place = PlaceOptions(**{name: given.pop(name) for name in options})
        command(place, **given)

    parameters = [
        *(parameter for parameter in own if parameter.kind is not inspect.Parameter.KEYWORD_ONLY),
        *(parameter.replace(kind=inspect.Parameter.KEYWORD_ONLY) for parameter in options.values()),
        *(parameter for parameter in own if parameter.kind is inspect.Parameter.KEYWORD_ONLY),
    ]
    vars(invoked)["__signature__"] = inspect.Signature(parameters)
    return invoked
