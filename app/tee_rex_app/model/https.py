"""HTTPS for browsers: the certificate of this computer, and which browsers trust it."""

from __future__ import annotations

from dataclasses import dataclass

from tee_rex.browser.https import HttpsStatus


@dataclass(frozen=True, slots=True)
class HttpsState:
    """status: None until read. changing: browsers are being told to trust it, or not to any more."""

    status: HttpsStatus | None = None
    changing: bool = False
