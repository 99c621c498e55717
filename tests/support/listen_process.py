"""``tee-rex listen --json`` as a process, on any ports."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from support.processes import running_bbs
from support.proving_server import wait_until
from support.revoked import linked_home
from tee_rex.system.child_process import dying_with_parent


@dataclass(slots=True)
class ListenProcess:
    """The process, and the events that it has printed so far."""

    process: subprocess.Popen[str]
    events: list[dict[str, Any]] = field(default_factory=list)

    def named(self, event: str) -> list[dict[str, Any]]:
        """The events of this name."""
        return [one for one in self.events if one["event"] == event]

    @property
    def url(self) -> str:
        """Of HTTP."""
        return f"http://127.0.0.1:{self.named('listening')[0]['http_port']}"

    def bb_pids(self) -> list[int]:
        """The process IDs of running bb's."""
        return running_bbs(self.process.pid)

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Send a signal; the exit code."""
        self.process.send_signal(number)
        return self.process.wait(60)


@contextmanager
def listen_process(*arguments: str, **environment: str) -> Iterator[ListenProcess]:
    """Start it, and wait until it listens; at the end it is killed.

    Without a TEE_REX_HOME it gets a folder of its own, into which what the user has installed is linked.
    """
    if "TEE_REX_HOME" not in environment:
        with tempfile.TemporaryDirectory() as home:
            linked_home(Path(home))
            with listen_process(*arguments, TEE_REX_HOME=home, **environment) as listener:
                yield listener
        return
    command = Path(sys.executable).with_name("tee-rex")
    process = subprocess.Popen(
        [command, "listen", "--json", "--port=0", "--https-port=0", *arguments],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, **environment},
        preexec_fn=dying_with_parent(),  # noqa: PLW1509  # it only calls prctl
    )
    listener = ListenProcess(process)
    assert process.stdout is not None
    output = process.stdout
    reader = threading.Thread(target=lambda: listener.events.extend(map(json.loads, output)))
    reader.start()
    try:
        wait_until(lambda: listener.named("listening") or process.poll() is not None)
        yield listener
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()
        reader.join()
        output.close()
