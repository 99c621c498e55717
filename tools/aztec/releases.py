"""What the projects' releases on GitHub say, where it can be reached."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Final

import msgspec

from tee_rex.errors import UsageError
from tee_rex.system.untrusted import UndecodableError, decode_json
from tee_rex.transaction.generations import generations
from tee_rex.transaction.versions import AztecVersion

REPOSITORIES: Final = tuple(dict.fromkeys(generation.repository for generation in generations()))
"""Where bb is released; a version can be in several."""

_MAX_ANSWER_BYTES: Final = 8 << 20
"""A hundred releases with the descriptions of their files take about 3 MB."""
_SECONDS: Final = 60.0


class ReleasesUnreachableError(Exception):
    """GitHub could not be asked, or answered something else."""


class _Release(msgspec.Struct):
    tag_name: Annotated[str, msgspec.Meta(max_length=200)]
    published_at: datetime | None = None
    draft: bool = False


@dataclass(frozen=True, slots=True)
class GitHubReleases:
    """The newest hundred releases of a repository.

    base_url: of GitHub's API. token: raises the number of questions that GitHub answers; "" for none.
    """

    token: str = ""
    base_url: str = "https://api.github.com"

    async def published(self, repository: str) -> Mapping[AztecVersion, datetime]:
        """When each version was published; raises ReleasesUnreachableError."""
        import httpx2

        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        content = bytearray()
        try:
            async with (
                asyncio.timeout(_SECONDS),
                httpx2.AsyncClient(timeout=10.0, headers=headers) as client,
                client.stream("GET", f"{self.base_url}/repos/{repository}/releases?per_page=100") as answer,
            ):
                if answer.status_code != httpx2.codes.OK:
                    raise ReleasesUnreachableError(f"{repository}: GitHub answered {answer.status_code}")
                async for piece in answer.aiter_bytes():
                    content += piece
                    if len(content) > _MAX_ANSWER_BYTES:
                        raise ReleasesUnreachableError(f"{repository}: GitHub's answer is too long")
        except (TimeoutError, httpx2.HTTPError) as error:
            raise ReleasesUnreachableError(f"{repository}: GitHub cannot be reached") from error
        return release_times(bytes(content))


def release_times(untrusted: bytes) -> Mapping[AztecVersion, datetime]:
    """The versions in GitHub's list of releases; raises ReleasesUnreachableError for anything else."""
    try:
        releases = decode_json(untrusted, list[_Release])
    except UndecodableError as error:
        raise ReleasesUnreachableError("GitHub's answer is not a list of releases") from error
    times = {}
    for release in releases:
        with suppress(UsageError):
            if release.published_at is not None and release.published_at.tzinfo and not release.draft:
                times[AztecVersion.parse(release.tag_name.removeprefix("v"))] = release.published_at
    return times
