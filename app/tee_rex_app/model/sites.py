"""Websites: the listeners that they find, the question whether one may prove, and those that may."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from tee_rex.browser.origins import Origin
from tee_rex.browser.sites import Readers, Site
from tee_rex.transaction.request import ProvingMode
from tee_rex_app.model.problem import Problem


class Listening(StrEnum):
    """Whether websites find this application."""

    OFF = "off"
    STARTING = "starting"
    ON = "on"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class SiteQuestion:
    """Whether a website may prove.

    readers: who could read the witness in ``mode``: the present one, or local for a Noir circuit; None:
    others could by now, because another mode was chosen since, and then the website is asked about again.
    asked_again: it was allowed when some of them could not. until: seconds of the application's clock, when
    it counts as denied.
    """

    origin: Origin
    readers: Readers
    mode: ProvingMode | None
    asked_again: bool
    until: float


@dataclass(frozen=True, slots=True, kw_only=True)
class SitesState:
    """Everything about websites.

    http_port, https_port: those that are listened on. failure: why there are none. known: the approved
    websites; None until read, and when ``unreadable`` says why they cannot be. question: the one shown.
    waiting: the sources of proofs that wait for their turn.
    """

    listening: Listening = Listening.OFF
    http_port: int | None = None
    https_port: int | None = None
    failure: Problem | None = None
    known: tuple[Site, ...] | None = None
    unreadable: Problem | None = None
    question: SiteQuestion | None = None
    waiting: tuple[str, ...] = ()
