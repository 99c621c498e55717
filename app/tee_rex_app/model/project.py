"""Where the project is found: what the installed packages say of it."""

from __future__ import annotations

from collections.abc import Iterable
from importlib import metadata

DISTRIBUTION = "tee-rex-app"
_LABELS = frozenset({"issues", "bugs", "issue", "tracker", "issuetracker", "bugtracker"})
"""How packages label the address of their issue tracker (Python's well-known project URLs, PEP 753)."""


def issue_tracker() -> str | None:
    """The address of this build's issue tracker; None if its package names none."""
    try:
        return tracker_among(metadata.metadata(DISTRIBUTION).get_all("Project-URL") or ())
    except metadata.PackageNotFoundError:
        return None


def tracker_among(project_urls: Iterable[str]) -> str | None:
    """The first https address labelled as an issue tracker. project_urls: such as "Issues, https://…"."""
    for line in project_urls:
        name, _, url = line.partition(",")
        normalised = "".join(letter for letter in name.lower() if letter.isalnum())
        if normalised in _LABELS and (url := url.strip()).startswith("https://"):
            return url
    return None
