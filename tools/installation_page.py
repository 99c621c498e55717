"""Do the commands of docs/install.md work? Run them as the page says, on a fresh system.

    python3 tools/installation_page.py docs/install.md FOLDER SECTION …

FOLDER: the downloaded files of one release, where the commands run; versions in the page's names become
theirs. SECTION: headings of the page, in the order in which their commands run. What somebody has to look at,
such as a window, is left out, and told. It needs nothing but Python, bash and, where the page says so, sudo.
Exit code 1: a command failed.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

LEFT_OUT: Final = {"tee-rex/tee-rex-app": "opens a window", "sudoedit": "opens an editor"}
"""First words of commands that nobody can run alone, and why."""
_VERSION: Final = r"(?<=tee-rex[-_])\d+\.\d+\.\d+|(?<=tee-rex-server_)\d+\.\d+\.\d+"
_SECONDS: Final = 1200.0


class PageError(Exception):
    """The page does not have what is to be run, or it does not work; the text says which."""


def sections(page: str) -> dict[str, list[str]]:
    """The commands of each section, by its heading."""
    found: dict[str, list[str]] = {}
    for part in re.split(r"^## ", page, flags=re.MULTILINE)[1:]:
        heading, _, text = part.partition("\n")
        blocks = re.findall(r"^```sh\n(.*?)^```", text, flags=re.MULTILINE | re.DOTALL)
        # How to remove it stands in a sentence.
        removal = re.findall(r"^To remove it: (?:run )?`([^`]*)`", text, flags=re.MULTILINE)
        commands = [line for block in blocks for line in block.splitlines() if line.strip()]
        found[heading.strip()] = [*commands, *removal]
    return found


def version_of(folder: Path) -> str:
    """That of the files in a folder; raises PageError."""
    versions: set[str] = {one for file in folder.iterdir() for one in re.findall(_VERSION, file.name)}
    if len(versions) != 1:
        raise PageError(f"the files in {folder} are of {len(versions)} versions")
    return versions.pop()


def runnable(commands: list[str], version: str) -> Iterator[str]:
    """The commands that run here, for the files of a version; the others are told."""
    for command in commands:
        why = LEFT_OUT.get(command.split()[0])
        if why is None:
            yield re.sub(_VERSION, version, command)
        else:
            print(f"left out, because it {why}: {command}", flush=True)


def run(page: Path, folder: Path, headings: list[str]) -> None:
    """Run the commands of sections in a folder; raises PageError."""
    there, version = sections(page.read_text("utf-8")), version_of(folder)
    for heading in headings:
        commands = list(runnable(there.get(heading, []), version))
        if not commands:
            raise PageError(f"{page} has no commands in a section {heading!r}")
        print(f"# {heading}", flush=True)
        script = "\n".join(("set -euxo pipefail", *commands))
        done = subprocess.run(
            ["bash", "-c", script],  # of this system
            cwd=folder,
            stdin=subprocess.DEVNULL,
            timeout=_SECONDS,
            check=False,
        )
        if done.returncode != 0:
            raise PageError(f"{heading}: a command ended with {done.returncode}")


def main(arguments: list[str]) -> int:
    """The exit code."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("page", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("section", nargs="+")
    given = parser.parse_args(arguments)
    try:
        run(given.page, given.folder, given.section)
    except (PageError, subprocess.TimeoutExpired) as error:
        print(f"::error::{error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
