"""The steps of examining a version, and how each ended."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Generic, TypeVar

from aztec.combine import DONE, NEEDS_HUMAN, REFUSED
from aztec.development_copy import SitesNotFoundError
from aztec.registry import RegistryError
from tee_rex.bb.archives import BadArchiveError
from tee_rex.errors import TeeRexError

T = TypeVar("T")


class Status(StrEnum):
    """How a step ended.

    ALREADY: what it would change is as it should be. REFUSED: two places have different bytes under one name.
    """

    DONE = "done"
    ALREADY = "already"
    NEEDS_HUMAN = "needs-human"
    REFUSED = "REFUSED"


@dataclass(frozen=True, slots=True)
class Step:
    """One step. details: what was found, or why a human is needed and what to do."""

    name: str
    status: Status
    details: tuple[str, ...] = ()

    def __str__(self) -> str:
        return "\n".join([f"{self.name}: {self.status}", *(f"    {detail}" for detail in self.details)])


@dataclass(frozen=True, slots=True)
class Outcome(Generic[T]):
    """What a step has found. already: it changes nothing."""

    result: T
    details: tuple[str, ...]
    already: bool = False


class NeedsHumanError(Exception):
    """A program cannot do this step; the arguments say why."""


class DisagreementError(Exception):
    """Two places have different bytes under one name, so neither can be pinned; the arguments say which."""


@dataclass
class Steps:
    """The steps so far. say: is given each when it has ended."""

    say: Callable[[Step], None]
    ended: list[Step] = field(default_factory=list)

    def end(self, name: str, status: Status, *details: str) -> None:
        """Note how a step ended."""
        step = Step(name, status, details)
        self.ended.append(step)
        self.say(step)

    async def do(self, name: str, work: Coroutine[Any, Any, Outcome[T]]) -> T | None:
        """The result of a step; None if it needs a human, or was refused."""
        try:
            outcome = await work
        except DisagreementError as error:
            self.end(name, Status.REFUSED, *error.args)
        except NeedsHumanError as error:
            self.end(name, Status.NEEDS_HUMAN, *error.args)
        except (TeeRexError, RegistryError, BadArchiveError, SitesNotFoundError) as error:
            self.end(name, Status.NEEDS_HUMAN, str(error))
        else:
            self.end(name, Status.ALREADY if outcome.already else Status.DONE, *outcome.details)
            return outcome.result
        return None


def exit_code(steps: Sequence[Step]) -> int:
    """What the steps come to."""
    statuses = {step.status for step in steps}
    if Status.REFUSED in statuses:
        return REFUSED
    return NEEDS_HUMAN if Status.NEEDS_HUMAN in statuses else DONE
