"""Local users, faults of the machine, and what is left on it."""

from __future__ import annotations

import ctypes
import os
import random
import resource
import shutil
import signal
import stat
import struct
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from hashlib import sha256
from pathlib import Path

import httpx2
import psutil

from attacks.programs import (
    BIN,
    SAMPLE,
    expect_sound,
    home_of,
    interrupt,
    run_program,
    started,
    temporary,
    until,
)
from attacks.record import Attack, NotTriedError, Record
from attacks.server import key_of, post_quietly
from support.processes import running, running_bbs
from support.proving_server import BINARY, JSON, prove_json, server_process
from support.small_disk import fill, make_read_only, small_disk
from tee_rex.transaction.generations import generations

_PROVING_SECONDS = 60.0
_STEPS = SAMPLE.read_bytes()
_MARKERS = tuple(_STEPS[at : at + 32] for at in range(100_000, 2_000_000, 100_000))
"""Pieces of the witness as it is sent: compressed, and so found nowhere else."""


def holds_witness(content: bytes) -> bool:
    """Whether a file's content has a piece of the sample's witness."""
    return any(marker in content for marker in _MARKERS)


def _core_dumps(record: Record) -> None:
    """SIGQUIT and SIGSEGV to whatever holds a witness, with core dumps allowed."""
    pattern = Path("/proc/sys/kernel/core_pattern").read_text().strip()
    if "/" in pattern or pattern.startswith("|"):
        raise NotTriedError(f"core dumps of this machine go to {pattern}")
    soft, hard = resource.getrlimit(resource.RLIMIT_CORE)
    resource.setrlimit(resource.RLIMIT_CORE, (hard, hard))
    if hard == 0:
        raise NotTriedError("core dumps are forbidden here")
    try:
        for number in (signal.SIGQUIT, signal.SIGSEGV):
            for name in ("command line", "app", "server"):
                with temporary() as folder:
                    dumped = _dump(name, number, folder)
                record.expect(not dumped, f"{name}: a core dump holds the witness")
    finally:
        resource.setrlimit(resource.RLIMIT_CORE, (soft, hard))


def _dump(name: str, number: signal.Signals, folder: Path) -> bool:
    home = home_of(folder)
    environment = {"TEE_REX_HOME": str(home), "TMPDIR": str(folder), "QT_QPA_PLATFORM": "offscreen"}
    steps = folder / "steps.msgpack"
    steps.write_bytes(_STEPS)
    with ExitStack() as stack:
        if name == "server":
            server = stack.enter_context(server_process("--rate-limit=off", **environment))
            body = prove_json(key_of(server), _STEPS)
            thread = threading.Thread(target=post_quietly, args=(server.url, body), daemon=True)
            thread.start()
            pid, working = server.process.pid, Path(f"/proc/{server.process.pid}/cwd").resolve()
        else:
            command = ("tee-rex", "prove", steps) if name == "command line" else ("tee-rex-app", steps)
            process = stack.enter_context(started(*command, cwd=folder, **environment))
            pid, working = process.pid, folder
        if not until(lambda: running_bbs(pid), _PROVING_SECONDS):
            raise RuntimeError(f"the {name} did not start to prove")
        time.sleep(1)
        before = set(working.glob("core*"))
        for one in (*running_bbs(pid), pid):
            with suppress(ProcessLookupError):
                os.kill(one, number)
        until(lambda: not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE, 20)
        cores = [*folder.rglob("core*"), *(set(working.glob("core*")) - before)]
        found = [core for core in cores if core.is_file() and holds_witness(core.read_bytes())]
        for core in cores:
            if core.is_file() and not core.is_relative_to(folder):
                core.unlink()
        return bool(found)


_IN_CLOSE_NOWRITE = 0x10


@contextmanager
def _replaced_when_read(bb: Path, evil: Path) -> Iterator[None]:
    """Rename another program over bb as soon as somebody has read it."""
    libc = ctypes.CDLL(None, use_errno=True)
    descriptor = libc.inotify_init1(os.O_CLOEXEC)
    libc.inotify_add_watch(descriptor, os.fsencode(bb.parent), _IN_CLOSE_NOWRITE)

    def watch() -> None:
        while evil.exists():
            events = os.read(descriptor, 65536)
            at = 0
            while at < len(events):
                *_, length = struct.unpack_from("iIII", events, at)
                if events[at + 16 : at + 16 + length].rstrip(b"\0") == b"bb" and evil.exists():
                    evil.rename(bb)
                at += 16 + length

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    try:
        yield
    finally:
        evil.unlink(missing_ok=True)
        bb.open("rb").close()  # wakes the watcher
        thread.join()
        os.close(descriptor)


def _runs(parent: int, inode: int) -> bool:
    """Whether a process below ``parent`` has the file with this inode in its memory."""
    with suppress(psutil.Error):
        for process in psutil.Process(parent).children(recursive=True):
            with suppress(OSError):
                if f" {inode} " in Path(f"/proc/{process.pid}/maps").read_text():
                    return True
    return False


def _race_for_bb(record: Record) -> None:
    """Another program replaces bb between the check of its digest and its start.

    In a folder that others can change nothing may start at all, so the race is run in one that they cannot.
    """
    for number in range(record.count(50, least=4)):
        with temporary() as folder:
            changeable = number % 2 == 0
            replaced, evil_runs, bb_runs = _replaced_bb(folder, 0o777 if changeable else 0o700)
            record.expect(not evil_runs, "the other program ran")
            if changeable:
                record.expect(not bb_runs, "bb ran from a folder that others can change")
            elif not replaced:
                raise RuntimeError("bb was not replaced")


def _replaced_bb(folder: Path, mode: int) -> tuple[bool, bool, bool]:
    """Whether bb was replaced while ``prove`` ran, and whether the other program and a bb ran."""
    home = home_of(folder)
    bb = next((home / "development" / "bb").glob("*/bb"))
    for path in (home, home / "development", home / "development" / "bb", bb.parent):
        path.chmod(mode)
    evil = bb.with_name("evil")
    evil.write_bytes(bb.read_bytes() + b"another program")
    evil.chmod(0o755)
    inode = evil.stat().st_ino
    with (
        _replaced_when_read(bb, evil),
        started("tee-rex", "prove", SAMPLE, cwd=folder, TEE_REX_HOME=str(home)) as process,
    ):
        until(lambda: _runs(process.pid, inode) or running_bbs(process.pid) or not running(process.pid), 60)
        time.sleep(1)
        return not evil.exists(), _runs(process.pid, inode), bool(running_bbs(process.pid))


def _fifos(record: Record) -> None:
    """A FIFO in place of every file that is read; commands still end by their limit and by signals."""
    with temporary() as folder:
        home = home_of(folder)
        bb = next((home / "development" / "bb").glob("*/bb"))
        crs = home / "development" / "crs"
        real_crs = crs.resolve()
        crs.unlink()
        shutil.copytree(real_crs, crs)
        steps = folder / "steps"
        steps.write_bytes(_STEPS)
        (home / "config").mkdir()
        prove = ("tee-rex", "prove", steps, "--timeout", "8")
        remote = (
            "tee-rex",
            "prove",
            steps,
            "--mode",
            "remote",
            "--url",
            "http://127.0.0.1:9",
            "--timeout",
            "8",
        )
        targets: list[tuple[Path, tuple[str | Path, ...]]] = [
            (bb, prove),
            (next(path for path in crs.iterdir() if path.suffix == ".dat"), prove),
            (home / "config" / "settings.toml", prove),
            (home / "config" / "settings.toml", ("tee-rex", "doctor")),
            (home / "known-servers.json", remote),
            *((home / name, prove) for name in sorted({one.grumpkin.kept_as for one in generations()})),
            (bb, ("tee-rex", "doctor")),
            (bb, ("tee-rex", "bb", "verify")),
            (steps, prove),
            (folder / "document", ("tee-rex", "attest", "--file", folder / "document")),
            (folder / "proof", ("tee-rex", "verify", folder / "proof", "--steps", steps)),
        ]
        for path, command in targets:
            kept = path.read_bytes() if path.exists() else None
            mode = path.stat().st_mode if kept is not None else 0
            path.unlink(missing_ok=True)
            os.mkfifo(path)
            name = f"{path.name} as a FIFO, {command[1]}"
            try:
                ended = run_program(*command, seconds=30, cwd=folder, environment={"TEE_REX_HOME": str(home)})
                expect_sound(record, ended, name)
                for number in (signal.SIGINT, signal.SIGTERM):
                    with started(*command[:3], cwd=folder, TEE_REX_HOME=str(home)) as process:
                        time.sleep(2)
                        record.expect(interrupt(process, number, 15), f"{name}: {number.name} is ignored")
            finally:
                path.unlink()
                if kept is not None:
                    path.write_bytes(kept)
                    path.chmod(stat.S_IMODE(mode))


_READING = (
    ("prove", "/dev/null"),
    ("prove", "/dev/null", "--json"),
    ("bb", "list"),
    ("bb", "list", "--json"),
    ("doctor",),
    ("doctor", "--json"),
    ("crs", "show"),
    ("servers",),
    ("--version",),
    ("--help",),
    ("prove", "--help"),
    ("prove", "--unknown", "--json"),
    ("attest", "--file", "/dev/null", "--json"),
    ("verify", "/dev/null", "--steps", "/dev/null"),
)


def _full_outputs(record: Record) -> None:
    """Standard output on a full disk, closed, or a pipe that nobody reads; impossible data folders."""
    with temporary() as folder, Path("/dev/full").open("wb") as full:
        for command in _READING:
            home = {"TEE_REX_HOME": str(folder / "home")}
            ended = run_program("tee-rex", *command, stdout=full.fileno(), environment=home)
            expect_sound(record, ended, f"{' '.join(command)} >/dev/full")
            record.expect(ended.code != 0, f"{' '.join(command)} >/dev/full: exit code 0")
            shown = " ".join(command)
            for redirection in (">&-", "| true", "2>/dev/full", "2>&-"):
                program = f"{BIN / 'tee-rex'} {shown} {redirection}"
                ended = run_program(Path("/bin/sh"), "-c", program, cwd=folder, environment=home)
                expect_sound(record, ended, f"{shown} {redirection}", codes=set(range(128)))
        for home_path in ("/proc/1", "/proc", "/dev/null", "/dev/null/x", "/sys", "\x01", "/" + "a" * 5000):
            for command in (("doctor",), ("bb", "list"), ("prove", str(SAMPLE)), ("crs", "development")):
                ended = run_program("tee-rex", *command, environment={"TEE_REX_HOME": home_path}, cwd=folder)
                expect_sound(record, ended, f"TEE_REX_HOME={home_path[:20]!r} {command[0]}")


def _changed_libraries(record: Record) -> None:
    """A library of the private runtime changed, together with whatever beside it names its digest."""
    with temporary() as folder:
        home = home_of(folder)
        found = [path.parent for path in (home / "runtime").glob("*/libc.so.6")]
        if not found:
            raise NotTriedError("this system's own libraries are new enough")
        for name in ("libstdc++.so.6", "libc.so.6", "libm.so.6"):
            own = found[0]
            real = own.resolve()
            own.unlink()
            shutil.copytree(real, own)
            before = (own / name).read_bytes()
            changed = before + b"changed"
            (own / name).write_bytes(changed)
            old, new = sha256(before), sha256(changed)
            for path in own.rglob("*"):
                if path.is_file() and path.name != name:
                    content = path.read_bytes()
                    content = content.replace(old.hexdigest().encode(), new.hexdigest().encode())
                    content = content.replace(old.digest(), new.digest())
                    path.write_bytes(content)
            ended = run_program(
                *("tee-rex", "prove", SAMPLE, "--timeout", "60"),
                seconds=200,
                cwd=folder,
                environment={"TEE_REX_HOME": str(home)},
            )
            used = (own / name).read_bytes() == changed and b"RUNTIME" not in ended.err
            record.expect(not used, f"a changed {name} was used")
            shutil.rmtree(own)
            own.symlink_to(real)


def _little_memory(record: Record) -> None:
    """Bb under a limit of memory: told as memory, not as damaged steps."""
    with temporary() as folder:
        home = home_of(folder)
        for megabytes in (200, 300, 400, 600, 800, 1200)[: record.count(60, least=3)]:
            ended = run_program(
                Path("/bin/sh"),
                *("-c", f"ulimit -v {megabytes * 1000}; exec {BIN / 'tee-rex'} prove {SAMPLE}"),
                seconds=200,
                cwd=folder,
                environment={"TEE_REX_HOME": str(home)},
            )
            told = ended.err.decode("utf-8", "replace")
            wrong = "steps are damaged" in told.lower() or "STEPS_" in told or "BB_REFUSED" in told
            record.expect(not wrong, f"{megabytes} MB: told as damaged steps")


def _disk_faults(record: Record) -> None:
    """Full disks, read-only disks, files in place of folders and folders in place of files."""
    commands: tuple[tuple[str | Path, ...], ...] = (
        ("prove", SAMPLE),
        ("crs", "development"),
        ("doctor",),
        ("bb", "list"),
        ("devnet", "status"),
    )
    for fault in (
        "full",
        "read-only",
        "a file in place of bb's folder",
        "a folder in place of bb",
    ):
        for command in commands:
            with temporary() as folder, ExitStack() as stack:
                disk = stack.enter_context(small_disk(folder / "disk", "200m"))
                home = home_of(disk)
                if fault == "full":
                    shutil.rmtree(home / "development")
                    fill(disk)
                elif fault == "read-only":
                    shutil.rmtree(home / "development")
                    make_read_only(disk)
                else:
                    bb = next((home / "development" / "bb").glob("*/bb"))
                    if "a file" in fault:
                        shutil.rmtree(home / "development" / "bb")
                        (home / "development" / "bb").write_text("")
                    else:
                        bb.unlink()
                        bb.mkdir()
                ended = run_program(
                    "tee-rex", *command, seconds=300, environment={"TEE_REX_HOME": str(home)}, cwd=folder
                )
                expect_sound(record, ended, f"{fault}: {command[0]}")
    with temporary() as folder, ExitStack() as stack:
        disk = stack.enter_context(small_disk(folder / "disk", "1m"))
        fill(disk)
        home = home_of(folder)
        for option in ("--out", "TMPDIR"):
            arguments = ("--out", disk / "proof") if option == "--out" else ()
            environment = {"TMPDIR": str(disk)} if option == "TMPDIR" else {}
            ended = run_program(
                *("tee-rex", "prove", SAMPLE, *arguments),
                seconds=200,
                environment={"TEE_REX_HOME": str(home), **environment},
            )
            expect_sound(record, ended, f"{option} on a full disk")
            expected = {4} if option == "--out" else {0, 4}  # there are other temporary folders
            record.expect(ended.code in expected, f"{option} on a full disk: exit code {ended.code}")


def _witness_left(record: Record) -> None:
    """Everything that is written, logged, listed or told while a witness is proved, here and on a server."""
    with temporary() as folder:
        home = home_of(folder)
        temporary_folder = folder / "tmp"
        temporary_folder.mkdir()
        environment = {"TEE_REX_HOME": str(home), "TMPDIR": str(temporary_folder)}
        with server_process("--rate-limit=off", **environment) as server:
            remote = ("--mode", "remote", "--url", server.url)
            for arguments in ((), remote, ("--json",), (*remote, "--json")):
                with _looking(record, folder):
                    ended = run_program(
                        "tee-rex",
                        "prove",
                        SAMPLE,
                        *arguments,
                        seconds=300,
                        cwd=folder,
                        environment=environment,
                    )
                record.expect(ended.code == 0, f"no proof: {ended.err[-200:]!r}")
                record.expect(not holds_witness(ended.out + ended.err), "the witness is printed")
            with httpx2.Client(base_url=server.url) as client:
                client.post("/prove", content=b'{"data":"' + b"A" * 1000 + b'"}', headers=JSON)
                client.post("/v1/proofs", content=_STEPS, headers=BINARY)
            log = "".join(server.log).encode()
            names = [name.encode() for name in _names()]
            record.expect(not holds_witness(log), "the witness is in the log")
            record.expect(not any(name in log for name in names), "names of circuits are in the log")


def _names() -> tuple[str, ...]:
    from tee_rex.transaction.steps import ExecutionSteps

    return tuple(name for name in ExecutionSteps.from_bytes(_STEPS).function_names if len(name) > 12)


@contextmanager
def _looking(record: Record, folder: Path) -> Iterator[None]:
    """Search files and the process table again and again until the block ends."""
    ended = threading.Event()
    found: list[str] = []
    looked = [0]

    def look() -> None:
        while not ended.wait(1):
            for path in folder.rglob("*"):
                with suppress(OSError):
                    if path.is_file() and not path.is_symlink() and path.stat().st_size < 20_000_000:
                        looked[0] += 1
                        if holds_witness(path.read_bytes()):
                            found.append(f"the witness is in {path.name}")
            for process in psutil.process_iter():
                with suppress(psutil.Error, OSError):
                    looked[0] += 1
                    table = " ".join((*process.cmdline(), *process.environ().values()))
                    if holds_witness(os.fsencode(table)):
                        found.append("the witness is in the process table")

    thread = threading.Thread(target=look)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
        record.tries += looked[0]
        record.faults.update(found)


def _killed_commands(record: Record) -> None:
    """Kill -9 of the command line while it proves: bb ends with it, the next start removes what it left."""
    chance = random.Random(4)
    with temporary() as folder:
        home = home_of(folder)
        scratch = folder / "tmp"
        scratch.mkdir()
        environment = {"TEE_REX_HOME": str(home), "TMPDIR": str(scratch)}
        for _ in range(record.count(100, least=4)):
            with started("tee-rex", "prove", SAMPLE, cwd=folder, **environment) as process:
                until(lambda pid=process.pid: running_bbs(pid), chance.random() * 8)
                time.sleep(chance.random())
                bbs = running_bbs(process.pid)
                process.kill()
                process.wait()
                gone = until(lambda pids=bbs: not any(map(running, pids)), 10)
                record.expect(gone, "bb survives")
        ended = run_program("tee-rex", "prove", SAMPLE, seconds=300, cwd=folder, environment=environment)
        expect_sound(record, ended, "after kill -9", codes={0})
        left = [path.name for path in scratch.iterdir()]
        record.expect(not left, f"{len(left)} temporary folders are left")


ATTACKS = (
    Attack("core-dumps", "core dumps of what holds a witness", _core_dumps),
    Attack("bb-race", "bb replaced between its check and its start, and in an open folder", _race_for_bb),
    Attack("fifos", "FIFOs in place of files", _fifos),
    Attack("full-outputs", "outputs that cannot be written, impossible data folders", _full_outputs),
    Attack("libraries", "private libraries changed, with all that names their digests", _changed_libraries),
    Attack("little-memory", "too little memory for bb", _little_memory),
    Attack("disk-faults", "full, read-only and damaged data folders", _disk_faults),
    Attack("witness-left", "the witness searched in files, logs and the process table", _witness_left),
    Attack("kill-prove", "kill -9 of tee-rex prove", _killed_commands),
)
