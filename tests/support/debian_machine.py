"""A Debian without a network: a fresh root file system in namespaces of its own, which leaves nothing."""

from __future__ import annotations

import os
import shlex
import shutil
import signal
import stat
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path, PurePosixPath
from typing import Any

from support.patience import PATIENCE

_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
_VOLATILE = ("dev", "proc", "run", "sys", "tmp")
_RECORDS = (
    *("etc/passwd-", "etc/group-", "etc/shadow-", "etc/gshadow-", "etc/subuid-", "etc/subgid-"),
    *("var/cache/apt", "var/cache/ldconfig", "var/lib/apt", "var/lib/dpkg/status", "var/lib/dpkg/lock"),
    *("var/log/apt", "var/log/dpkg.log"),
)
"""What apt, dpkg and the programs that add users write about every package: beginnings of paths."""

# $1 the root, $2 a folder for mounts. What is written stays in memory, and ends with the namespaces.
_BOOT = """
root=$1 top=$2
mount -t tmpfs -o mode=0755 tmpfs "$top"
mkdir "$top/upper" "$top/work" "$top/root"
mount -t overlay -o "lowerdir=$root,upperdir=$top/upper,workdir=$top/work" overlay "$top/root"
cd "$top/root"
mount -t proc proc proc
mount -t sysfs sysfs sys
mount -t tmpfs -o mode=0755 tmpfs run
mount -t tmpfs tmpfs tmp
mkdir -p dev/shm && mount -t tmpfs tmpfs dev/shm
ip link set lo up
exec chroot . sh -c 'echo booted; while sleep 3600; do :; done'
"""


class FailedInsideError(AssertionError):
    """A command inside failed; the text has its output."""


@dataclass(frozen=True, slots=True)
class DebianMachine:
    """A running one. pid: of its first process."""

    pid: int

    @property
    def root(self) -> Path:
        """Its root folder, seen from outside."""
        return Path(f"/proc/{self.pid}/root")

    def argv(self, *command: object, user: str = "root", environ: Mapping[str, str] = {}) -> list[str]:
        """What runs ``command`` inside, with an environment of its own, in the user's home folder."""
        name, _, uid, gid, _, home, _ = next(
            line.split(":")
            for line in (self.root / "etc/passwd").read_text().splitlines()
            if line.startswith(f"{user}:")
        )
        variables = {"PATH": _PATH, "HOME": home, "USER": name, "LANG": "C.UTF-8", **environ}
        become = ("setpriv", f"--reuid={uid}", f"--regid={gid}", "--init-groups", "--no-new-privs", "--")
        return [
            *("nsenter", f"--target={self.pid}", "--mount", "--net", "--pid", "--ipc", "--uts", "--root"),
            *("--wd", "--", "/usr/bin/env", "-i", *(f"{key}={value}" for key, value in variables.items())),
            *(() if user == "root" else become),
            *("sh", "-c", 'cd "$HOME"; exec "$@"', "sh", *map(str, command)),
        ]

    def run(
        self, *command: object, user: str = "root", environ: Mapping[str, str] = {}, code: int = 0
    ) -> str:
        """Run a command to its end; its standard output."""
        done = subprocess.run(
            self.argv(*command, user=user, environ=environ), capture_output=True, text=True, check=False
        )
        if done.returncode != code:
            raise FailedInsideError(
                f"{shlex.join(map(str, command))}: exit code {done.returncode}\n{done.stdout}{done.stderr}"
            )
        return done.stdout

    @contextmanager
    def started(
        self, *command: object, log: Path, user: str = "root", environ: Mapping[str, str] = {}
    ) -> Iterator[subprocess.Popen[bytes]]:
        """A program that runs until the end of the block. log: a file for its standard error."""
        with log.open("wb") as errors:
            program = subprocess.Popen(self.argv(*command, user=user, environ=environ), stderr=errors)
        try:
            yield program
        finally:
            if program.poll() is None:
                for inside in _children(program):
                    os.kill(inside, signal.SIGKILL)
            program.wait()

    def terminate(self, program: subprocess.Popen[bytes]) -> int:
        """Ask a program that was started to end; its exit code."""
        (inside,) = _children(program)
        os.kill(inside, signal.SIGTERM)
        return program.wait(PATIENCE)

    def add_user(self, name: str) -> Path:
        """An ordinary user; the home folder, seen from outside."""
        self.run("useradd", "--create-home", "--shell", "/bin/sh", name)
        return self.root / "home" / name

    def own(self, path: Path, user: str) -> None:
        """Give a folder and all that is in it to a user; path: seen from outside."""
        self.run("chown", "-R", f"{user}:{user}", PurePosixPath("/") / path.relative_to(self.root))

    def put(self, file: Path) -> PurePosixPath:
        """Copy a file to /tmp; the path inside."""
        shutil.copyfile(file, self.root / "tmp" / file.name)
        return PurePosixPath("/tmp") / file.name

    def apt(self, *arguments: object) -> None:
        """Call apt-get; it has what the root's cache has."""
        options = ("--yes", "--no-install-recommends")
        self.run("apt-get", *options, *arguments, environ={"DEBIAN_FRONTEND": "noninteractive"})

    def install(self, *debs: Path) -> None:
        """Install packages (.deb) as an administrator does."""
        places = [self.put(deb) for deb in debs]
        self.apt("install", *places)
        for place in places:
            self.run("rm", place)

    def files(self) -> dict[str, str]:
        """Every path, and what it is: kind, mode, owner, and SHA-256 of what a package could change.

        Without what the kernel shows, what is gone after a boot, and the records of apt and dpkg.
        """
        found: dict[str, str] = {}
        for folder, folders, names in os.walk(self.root):
            inside = Path(folder).relative_to(self.root)
            if inside == Path():
                folders[:] = [name for name in folders if name not in _VOLATILE]
            for name in (*folders, *names):
                path = str(inside / name)
                if not path.startswith(_RECORDS):
                    found[path] = _description(Path(folder) / name)
        return found


def _children(program: subprocess.Popen[Any]) -> list[int]:
    """The processes that a program of util-linux has started in other namespaces, as seen from here."""
    return [int(pid) for pid in Path(f"/proc/{program.pid}/task/{program.pid}/children").read_text().split()]


def _description(path: Path) -> str:
    status = path.lstat()
    facts = f"{stat.filemode(status.st_mode)} {status.st_uid}:{status.st_gid}"
    if stat.S_ISLNK(status.st_mode):
        return f"{facts} -> {path.readlink()}"
    return f"{facts} {sha256(path.read_bytes()).hexdigest()}" if stat.S_ISREG(status.st_mode) else facts


@contextmanager
def debian_machine(root: Path, folder: Path) -> Iterator[DebianMachine]:
    """Boot a root, of which nothing is changed; at the end, or with this process, all inside ends.

    folder: an empty one, for mounts that only the machine sees.
    """
    namespaces = ("unshare", "--mount", "--net", "--pid", "--ipc", "--uts", "--fork", "--kill-child")
    booting = subprocess.Popen(
        [*("setpriv", "--pdeathsig", "KILL", "--"), *namespaces, "sh", "-euc", _BOOT, "sh", root, folder],
        stdout=subprocess.PIPE,
        stdin=subprocess.DEVNULL,
        text=True,
    )
    try:
        assert booting.stdout is not None
        assert booting.stdout.readline() == "booted\n"
        (first,) = _children(booting)
        yield DebianMachine(first)
    finally:
        booting.kill()
        booting.communicate()
