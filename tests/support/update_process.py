"""Updates an installation, in a process of its own that can be killed.

python -m support.update_process SOURCE TOP RUNNING HOME. SOURCE: a folder as resources/updates. TOP: the
installation. RUNNING: the version that runs.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from support.update_feed import client_of, installed_in
from tee_rex.updates.folder import InstallFolder
from tee_rex.updates.source import UpdateSource


async def main(source: Path, top: Path, running: str, home: Path) -> None:
    folder = InstallFolder(top)
    installed = installed_in(folder, running)
    folder.confirm(installed.executable)  # killed before, the version before would start, as it should
    say("begins")
    client = client_of(UpdateSource.read(source), installed, home)
    await client.prepare()
    report = await client.activate()
    say(report.state)


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3], Path(sys.argv[4])))
