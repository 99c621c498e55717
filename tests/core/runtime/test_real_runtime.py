"""Newer system libraries, fetched by the real apt, and the real bb started with them."""

from __future__ import annotations

import asyncio
import hashlib
import platform
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from support.errors import raises
from support.installed import installed_bb
from tee_rex.bb.store import BbExecutable
from tee_rex.errors.catalogue.runtime import RUNTIME_DOWNLOAD_FAILED, RUNTIME_UNAVAILABLE
from tee_rex.errors.tree import RuntimeMissingError
from tee_rex.runtime.apt import AptMachine
from tee_rex.runtime.store import SYSTEM_LOADERS, Runtime, RuntimeStore, digest_of_libraries
from tee_rex.system.platform import Platform
from tee_rex.system.progress import TaskProgress

pytestmark = [
    pytest.mark.integration,
    pytest.mark.skipif(
        not AptMachine({}).apt_get.exists(), reason="systems without apt have no such runtime"
    ),
]


@pytest.fixture
async def bb() -> BbExecutable:
    return (await installed_bb()).executable


@pytest.fixture
def store(tmp_path: Path) -> RuntimeStore:
    """A store on a system whose loader is missing, so that the private one is needed everywhere."""
    here = Platform.current()
    loader = tmp_path / SYSTEM_LOADERS[here].name
    return RuntimeStore(tmp_path / "runtime", here, AptMachine(platform.freedesktop_os_release()), loader)


def _listing(*folders: str) -> list[tuple[str, int]]:
    return sorted(
        (str(path), path.lstat().st_mtime_ns) for folder in folders for path in Path(folder).rglob("*")
    )


@pytest.fixture
def apt_with_hooks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine whose apt runs commands around updates and prefers a release; returns what they create."""
    hook, trace = tmp_path / "hooks.conf", tmp_path / "hook-ran"
    hook.write_text(
        "".join(f'APT::Update::{when} {{"touch {trace}";}};\n' for when in ("Pre-Invoke", "Post-Invoke"))
        + 'APT::Default-Release "bookworm";\n'
    )
    monkeypatch.setenv("APT_CONFIG", str(hook))
    return trace


async def test_assembling_touches_nothing_else_and_starts_bb(
    bb: BbExecutable, store: RuntimeStore, apt_with_hooks: Path
) -> None:
    system = ("/var/lib/apt", "/var/cache/apt", "/var/lib/dpkg", "/etc/apt")
    before = _listing(*system)
    reports: list[TaskProgress] = []
    first, second = await asyncio.gather(*(store.ensure(bb.path, reports.append) for _ in range(2)))
    assert first == second
    assert _version(first, bb) == "4.1.2"
    assert _listing(*system) == before
    assert not apt_with_hooks.exists()
    assert [path.name for path in store.folder.iterdir() if path.suffix != ".lock"] == [store.libraries.name]
    tasks = list(dict.fromkeys(report.task for report in reports))
    assert tasks == ["runtime.lists", "runtime.download", "runtime.check"]
    for task in tasks[:2]:
        told = [(report.done, report.total) for report in reports if report.task == task and report.total]
        assert told[0][0] == 0  # the size is said before it begins
        assert len({total for _, total in told}) == 1
        assert told == sorted(told)


def _version(runtime: Runtime, bb: BbExecutable) -> str:
    command = runtime.argv(bb.path, "--version")
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


async def test_a_damaged_runtime_is_not_used_and_made_again(bb: BbExecutable, store: RuntimeStore) -> None:
    with pytest.raises(RuntimeMissingError):
        await store.ensure(bb.path, allow_download=False)
    runtime = await store.ensure(bb.path)
    _damage(store)
    with pytest.raises(RuntimeMissingError):
        await store.ensure(bb.path, allow_download=False)
    assert await store.ensure(bb.path) == runtime
    assert _version(runtime, bb) == "4.1.2"


def _damage(store: RuntimeStore) -> None:
    library = store.libraries / "libstdc++.so.6"
    library.write_bytes(library.read_bytes()[:-1])


async def test_changing_what_is_beside_the_libraries_too_does_not_help(
    bb: BbExecutable, store: RuntimeStore, tmp_path: Path
) -> None:
    """Whoever changes a library, and all that has its digest, lacks the archive's key in the end."""
    await store.ensure(bb.path)
    folder = store.libraries
    await store.ensure(bb.path, allow_download=False)
    (deb,) = (folder / "signed").glob("libgcc-s1_*.deb")
    changed_library = folder / "libgcc_s.so.1"
    changed_library.write_bytes(changed_library.read_bytes() + b" ")
    with pytest.raises(RuntimeMissingError):
        await store.ensure(bb.path, allow_download=False)

    old = _digest(deb)
    unpacked = tmp_path / "unpacked"
    subprocess.run(["dpkg-deb", "-R", deb, unpacked], check=True)
    (library,) = unpacked.glob("usr/lib/*-linux-gnu/libgcc_s.so.1")
    library.write_bytes(changed_library.read_bytes())
    subprocess.run(["dpkg-deb", "-Zxz", "--build", unpacked, deb], check=True, capture_output=True)
    with pytest.raises(RuntimeMissingError):
        await store.ensure(bb.path, allow_download=False)

    for listed in (folder / "signed").glob("*.Packages"):
        release, before = listed.with_suffix(".InRelease"), _digest(listed)
        listed.write_bytes(listed.read_bytes().replace(old.encode(), _digest(deb).encode()))
        with pytest.raises(RuntimeMissingError):
            await store.ensure(bb.path, allow_download=False)
        release.write_bytes(release.read_bytes().replace(before.encode(), _digest(listed).encode()))
    with pytest.raises(RuntimeMissingError):
        await store.ensure(bb.path, allow_download=False)


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


async def test_pinned_libraries_need_nothing_beside_them(bb: BbExecutable, store: RuntimeStore) -> None:
    await store.ensure(bb.path)
    pinned = replace(store, pinned={digest_of_libraries(store.libraries, lambda _bytes: None)})
    shutil.rmtree(store.libraries)
    runtime = await pinned.ensure(bb.path)
    assert _version(runtime, bb) == "4.1.2"
    assert not (pinned.libraries / "signed").exists()
    assert await pinned.ensure(bb.path, allow_download=False) == runtime
    with pytest.raises(RuntimeMissingError):
        await store.ensure(bb.path, allow_download=False)  # which pins nothing
    _damage(pinned)
    with pytest.raises(RuntimeMissingError):
        await pinned.ensure(bb.path, allow_download=False)


async def test_cancelling_leaves_nothing(bb: BbExecutable, store: RuntimeStore) -> None:
    fetching = asyncio.Event()
    running = asyncio.ensure_future(store.ensure(bb.path, lambda _progress: fetching.set()))
    await asyncio.wait_for(fetching.wait(), 60)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert psutil.Process().children(recursive=True) == []
    assert [path.suffix for path in store.folder.iterdir()] == [".lock"]


async def test_a_system_that_has_what_is_needed_is_left_alone(store: RuntimeStore) -> None:
    system = replace(store, system_loader=SYSTEM_LOADERS[store.platform])
    assert await system.ensure(Path("/usr/bin/env")) == Runtime()
    assert not store.folder.exists()


@pytest.fixture
def unsigned_archive(tmp_path: Path) -> Path:
    """A Debian archive without a signature, with one package, and a machine that trusts it blindly."""
    archive = tmp_path / "debian"
    control = tmp_path / "libc6" / "DEBIAN" / "control"
    control.parent.mkdir(parents=True)
    fields = "Package: libc6\nVersion: 99\nArchitecture: amd64\nMaintainer: nobody <a@b.example>\n"
    control.write_text(f"{fields}Description: test\n")
    archive.mkdir()
    subprocess.run(
        ["dpkg-deb", "--build", control.parent.parent, archive / "libc6.deb"], check=True, capture_output=True
    )
    deb = (archive / "libc6.deb").read_bytes()
    packages = (
        f"{fields}Filename: libc6.deb\nSize: {len(deb)}\nSHA256: {hashlib.sha256(deb).hexdigest()}\n"
    ).encode()
    for suite in ("trixie", "trixie-updates"):
        index = archive / "dists" / suite / "main" / "binary-amd64" / "Packages"
        index.parent.mkdir(parents=True)
        index.write_bytes(packages)
        (archive / "dists" / suite / "Release").write_text(
            f"Suite: {suite}\nDate: Sat, 01 Jan 2022 00:00:00 UTC\nArchitectures: amd64\nComponents: main\n"
            f"SHA256:\n {hashlib.sha256(packages).hexdigest()} {len(packages)} main/binary-amd64/Packages\n"
        )
    (tmp_path / "apt").mkdir()
    (tmp_path / "apt" / "sources.list").write_text(f"deb [trusted=yes] file://{archive} bookworm main\n")
    return tmp_path / "apt"


async def test_an_archive_without_a_good_signature_is_refused(unsigned_archive: Path, tmp_path: Path) -> None:
    machine = AptMachine({"ID": "debian"}, configuration=unsigned_archive)
    with raises(RUNTIME_DOWNLOAD_FAILED, match="not signed"):
        await machine.download(["libc6"], "amd64", tmp_path, with_lists=True)
    assert list(tmp_path.glob("*.deb")) == []


@pytest.fixture
def archive_that_is_gone(tmp_path: Path) -> Path:
    (tmp_path / "apt").mkdir()
    sources = tmp_path / "apt" / "sources.list"
    sources.write_text("".join(f"deb file://{tmp_path}/gone{n}/debian bookworm main\n" for n in range(9)))
    return tmp_path / "apt"


async def test_an_archive_that_is_gone(archive_that_is_gone: Path, tmp_path: Path) -> None:
    machine = AptMachine({"ID": "debian"}, configuration=archive_that_is_gone)
    with raises(RUNTIME_DOWNLOAD_FAILED, match="gone0"):
        await machine.download(["libc6"], "amd64", tmp_path, with_lists=True)


async def test_a_program_that_even_the_newer_libraries_do_not_serve(
    store: RuntimeStore, tmp_path: Path
) -> None:
    with raises(RUNTIME_UNAVAILABLE, match="no-program"):
        await store.ensure(tmp_path / "no-program")


async def test_pinned_libraries_of_the_package_are_copied_without_a_network(
    bb: BbExecutable, store: RuntimeStore, tmp_path: Path
) -> None:
    """Programs are made that name the place of their libraries, so it must not move with an update."""
    bundled = tmp_path / "package"
    await store.ensure(bb.path)
    shutil.copytree(store.libraries, bundled, ignore=shutil.ignore_patterns("signed"))
    shutil.rmtree(store.folder)
    digest = digest_of_libraries(bundled, lambda _bytes: None)
    with_bundle = replace(
        store, pinned={digest}, bundled=bundled, apt=AptMachine({}, apt_get=tmp_path / "none")
    )
    runtime = await with_bundle.ensure(bb.path, allow_download=False)
    assert _version(runtime, bb) == "4.1.2"
    assert Path(runtime.loader[0]).parent == store.libraries
    (bundled / "libstdc++.so.6").write_bytes(b"damaged")
    shutil.rmtree(store.folder)
    with pytest.raises(RuntimeMissingError):
        await with_bundle.ensure(bb.path, allow_download=False)
