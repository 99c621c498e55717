"""A PostgreSQL of the system's package in a folder of ours, for trying a fleet and for tests.

It listens on a socket in its folder alone, which only its owner and root may enter, so it needs no password.
PostgreSQL refuses to run as root: started by root, it runs as the ordinary user ``postgres`` that the package
makes. Operators run their own PostgreSQL, see docs/fleet.md.
"""

from __future__ import annotations

import fcntl
import os
import pwd
import shutil
import subprocess
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from tee_rex_server.errors.fleet import POSTGRESQL_FAILED, POSTGRESQL_MISSING

if TYPE_CHECKING:
    from collections.abc import Iterator

DATABASE: Final = "tee_rex"
_PACKAGED: Final = Path("/usr/lib/postgresql")
_SERVER_USER: Final = "postgres"
_START_SECONDS: Final = 60
_ORPHANS_SECONDS: Final = 10.0
"""How long processes of a killed server may take to notice that it is gone."""
_MAX_REASON: Final = 300


def _not_following(path: str, flags: int) -> int:
    """Opens no link: root writes in a folder that belongs to the server's user."""
    return os.open(path, flags | os.O_NOFOLLOW, 0o600)


def programs() -> Path:
    """The folder of the newest PostgreSQL of the system; raises POSTGRESQL_MISSING."""
    packaged = [folder for folder in _PACKAGED.glob("*/bin") if (folder / "initdb").exists()]
    if packaged:
        return max(packaged, key=lambda folder: int(folder.parent.name.partition(".")[0]))
    found = shutil.which("initdb")
    if found is None:
        raise POSTGRESQL_MISSING()
    return Path(found).resolve().parent


@dataclass(frozen=True, slots=True)
class OwnPostgres:
    """One server in one folder: ``data`` and its sockets, log and lock beside it."""

    folder: Path

    @property
    def url(self) -> str:
        """The address of its database."""
        return f"postgresql:///{DATABASE}?host={quote(os.fsencode(self.folder))}&user={self._owner.pw_name}"

    @property
    def log(self) -> Path:
        """What the server writes."""
        return self.folder / "postgres.log"

    @property
    def running(self) -> bool:
        """Whether the server's first process lives."""
        return self._pid() is not None

    def up(self) -> str:
        """Start it, unless it runs, and make its database, unless that exists; its address.

        Raises POSTGRESQL_MISSING, POSTGRESQL_FAILED.
        """
        with self._alone():
            if not (self._data / "PG_VERSION").exists():
                shutil.rmtree(self._data, ignore_errors=True)  # of an initdb that was interrupted
                self._run(
                    "initdb",
                    *("--pgdata", str(self._data), "--username", self._owner.pw_name),
                    *("--auth=trust", "--encoding=UTF8", "--locale=C", "--no-instructions"),
                )
            if self._pid() is None:
                self._forget_dead_server()
                options = f"-c listen_addresses='' -c unix_socket_directories='{self.folder}'"
                self._run(
                    "pg_ctl",
                    *("start", "--wait", f"--timeout={_START_SECONDS}", "--silent"),
                    *("--pgdata", str(self._data), "--log", str(self.log), "--options", options),
                )
            self._make_database()
        return self.url

    def down(self, mode: str = "fast") -> None:
        """Stop it, unless it does not run; raises POSTGRESQL_FAILED. mode: as of ``pg_ctl``."""
        if self.folder.is_dir():
            with self._alone():
                if self._pid() is not None:
                    self._run(
                        "pg_ctl", "stop", f"--mode={mode}", "--wait", "--silent", "--pgdata", str(self._data)
                    )

    @property
    def _data(self) -> Path:
        return self.folder / "data"

    @property
    def _owner(self) -> pwd.struct_passwd:
        """The ordinary user as whom it runs."""
        if os.geteuid() != 0:
            return pwd.getpwuid(os.geteuid())
        try:
            return pwd.getpwnam(_SERVER_USER)
        except KeyError:
            raise POSTGRESQL_MISSING() from None

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """The folder, locked against another command that starts or stops."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        owner = self._owner
        if os.geteuid() == 0:
            os.chown(self.folder, owner.pw_uid, owner.pw_gid)
        with open(self.folder / "command.lock", "w", opener=_not_following) as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def pid(self) -> int:
        """The process ID of the server's first process; raises POSTGRESQL_FAILED when it does not run."""
        found = self._pid()
        if found is None:
            raise POSTGRESQL_FAILED(program="postgres", reason="it does not run.", log=str(self.log))
        return found

    def _pid(self) -> int | None:
        """The live server's, by its lock file: another process may have got a dead one's number since."""
        try:
            number = int((self._data / "postmaster.pid").read_text().splitlines()[0])
            # The server's first process works in its data folder. A zombie has none.
            return number if Path(f"/proc/{number}/cwd").resolve() == self._data.resolve() else None
        except (OSError, ValueError, IndexError):
            return None

    def _forget_dead_server(self) -> None:
        """Remove what a killed server left, or the next may take a stranger for it, and not start."""
        deadline = time.monotonic() + _ORPHANS_SECONDS
        while self._has_orphans() and time.monotonic() < deadline:
            time.sleep(0.05)
        for left in (self._data / "postmaster.pid", *self.folder.glob(".s.PGSQL.*")):
            with suppress(FileNotFoundError):
                left.unlink()

    def _has_orphans(self) -> bool:
        for process in Path("/proc").iterdir():
            if process.name.isdecimal():
                with suppress(OSError):
                    if (process / "cwd").resolve(strict=True) == self._data.resolve():
                        return True
        return False

    def _make_database(self) -> None:
        known = self._run("psql", *self._connection, "postgres", "-Atc", "SELECT datname FROM pg_database")
        if DATABASE not in known.split():
            self._run("createdb", *self._connection, DATABASE)

    @property
    def _connection(self) -> tuple[str, ...]:
        return ("--host", str(self.folder), "--username", self._owner.pw_name)

    def _run(self, program: str, *arguments: str) -> str:
        owner = self._owner
        as_owner = (
            {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []} if os.geteuid() == 0 else {}
        )
        # Its output goes to a file: the server would keep a pipe open.
        output = self.folder / f"{program}.log"
        with open(output, "w+", opener=_not_following) as written:
            finished = subprocess.run(  # noqa: S603  # a program of the system, with arguments of ours
                [str(programs() / program), *arguments],
                check=False,
                stdin=subprocess.DEVNULL,
                stdout=written,
                stderr=subprocess.STDOUT,
                cwd=self.folder,
                env={"PATH": os.defpath, "LC_ALL": "C", "HOME": str(self.folder)},
                **as_owner,  # type: ignore[call-overload]  # typeshed: no user and group in a dict
            )
            written.seek(0)
            said = written.read()
        if finished.returncode != 0:
            reason = said.strip()[-_MAX_REASON:] or f"exit code {finished.returncode}"
            raise POSTGRESQL_FAILED(program=program, reason=reason, log=str(self.log))
        return said
