"""Building the enclave's tools, as far as it can be shown in a moment; the builds: make enclave-tools."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import pytest

from enclave_tools import emulator, kernel
from enclave_tools.archive import MIRROR_VARIABLE, debian_mirror
from enclave_tools.cache import ToolCache, folder_name
from enclave_tools.commands import EnclaveToolsError, run_logged
from enclave_tools.emulator import usable_qemu
from enclave_tools.host import prepare_host
from enclave_tools.kernel import KERNEL_PIN, usable_kernel
from support.processes import running
from support.proving_server import wait_until


def store_kernel(cache: ToolCache, version: str, content: bytes, *, configuration: str | None = None) -> Path:
    """A made-up kernel as the build would store it."""
    with cache.storing("kernel", version) as target:
        (target / "bzImage").write_bytes(content)
        digest = kernel.sha256_of(target / "bzImage")
        config = configuration or kernel.sha256_of(kernel.CONFIGURATION)
        kernel.write_pin(target / "kernel.json", kernel.KernelPin(version, digest, config, {}))
    return cache.path("kernel", version)


def pin_of(folder: Path) -> kernel.KernelPin:
    pin = kernel.read_pin(folder / "kernel.json")
    assert pin is not None
    return pin


class TestCache:
    def test_a_tool_is_stored_complete_or_not_at_all(self, tmp_path: Path) -> None:
        cache = ToolCache(tmp_path / "tools")
        with pytest.raises(FileNotFoundError), cache.storing("qemu", "1:10.0.13+ds-0") as target:
            (target / "half").rename(target / "missing" / "folder")
        assert cache.newest("qemu") is None
        assert list(cache.folder.iterdir()) == []
        with cache.storing("qemu", "1:10.0.13+ds-0") as target:
            (target / "whole").touch()
        assert cache.newest("qemu") == tmp_path / "tools" / "qemu-10.0.13+ds-0"
        assert [path.name for path in cache.folder.iterdir()] == ["qemu-10.0.13+ds-0"]

    def test_a_rebuilt_tool_replaces_the_old_one(self, tmp_path: Path) -> None:
        cache = ToolCache(tmp_path)
        store_kernel(cache, "6.12.1-1", b"old")
        folder = store_kernel(cache, "6.12.1-1", b"new")
        assert (folder / "bzImage").read_bytes() == b"new"
        assert [path.name for path in tmp_path.iterdir()] == ["kernel-6.12.1-1"]

    def test_what_an_interrupted_build_left_goes_and_two_builds_do_not_meet(self, tmp_path: Path) -> None:
        cache = ToolCache(tmp_path)
        (tmp_path / ".unfinished-build" / "root").mkdir(parents=True)
        order: list[str] = []

        def second() -> None:
            with cache.locked():
                order.append("second")

        with cache.locked():
            assert not (tmp_path / ".unfinished-build").exists()
            thread = threading.Thread(target=second)
            thread.start()
            time.sleep(0.05)
            order.append("first")
        thread.join()
        assert order == ["first", "second"]

    def test_a_version_is_a_folder_name_without_its_epoch(self) -> None:
        assert folder_name("1:10.0.13+ds-0+deb13u1") == "10.0.13+ds-0+deb13u1"
        assert folder_name("6.12.117-1") == "6.12.117-1"


class TestCommands:
    def test_output_is_kept_and_a_failure_shows_its_end(self, tmp_path: Path) -> None:
        log = tmp_path / "log"
        with pytest.raises(EnclaveToolsError, match=r"sh exited with code 3(?s:.)*the last line"):
            run_logged(["sh", "-c", "echo the last line; exit 3"], log)
        assert log.read_text() == "$ sh -c echo the last line; exit 3\nthe last line\n"

    def test_nothing_of_the_callers_environment_reaches_a_build(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("CFLAGS", "-O0")
        run_logged(["env"], tmp_path / "log")
        assert "CFLAGS" not in (tmp_path / "log").read_text()

    def test_an_interrupted_command_ends_with_its_children(self, tmp_path: Path) -> None:
        children: list[int] = []

        def interrupt(line: str) -> str | None:
            children.append(int(line))
            raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            run_logged(["sh", "-c", "sleep 1000 & echo $!; wait"], tmp_path / "log", progress=interrupt)
        wait_until(lambda: not running(children[0]))


class TestMirror:
    def test_it_is_the_machines_own(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.delenv(MIRROR_VARIABLE, raising=False)
        (tmp_path / "sources.list").write_text(
            "deb http://else.example/thing stable main\ndeb http://mirror.example/debian bookworm main\n"
        )
        assert debian_mirror(tmp_path) == "http://mirror.example/debian"

    def test_the_environment_names_another(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv(MIRROR_VARIABLE, "http://snapshot.example/debian/20261125")
        assert debian_mirror(tmp_path) == "http://snapshot.example/debian/20261125"

    def test_without_one_the_message_says_what_to_set(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.delenv(MIRROR_VARIABLE, raising=False)
        with pytest.raises(EnclaveToolsError, match=MIRROR_VARIABLE):
            debian_mirror(tmp_path)


class TestKernel:
    def test_options_that_the_kernel_rejects_are_reported(self) -> None:
        wanted = 'CONFIG_NSM=y\nCONFIG_PCI=n\nCONFIG_LOCALVERSION="-x"\n# a remark\n'
        assert kernel.unmet_options(wanted, 'CONFIG_NSM=y\nCONFIG_LOCALVERSION="-x"\n') == []
        got = '# CONFIG_NSM is not set\nCONFIG_PCI=y\nCONFIG_LOCALVERSION="-x"\n'
        assert kernel.unmet_options(wanted, got) == ["CONFIG_NSM=y", "CONFIG_PCI=n"]

    def test_the_configuration_is_the_pinned_one(self) -> None:
        pin = kernel.read_pin(KERNEL_PIN)
        assert pin is not None
        assert pin.config_sha256 == kernel.sha256_of(kernel.CONFIGURATION)

    def test_the_pinned_bytes_are_used_and_no_others_of_that_version(self, tmp_path: Path) -> None:
        cache = ToolCache(tmp_path)
        folder = store_kernel(cache, "6.12.1-1", b"kernel")
        pin = pin_of(folder)
        assert usable_kernel(cache, pin) == folder / "bzImage"
        (folder / "bzImage").write_bytes(b"changed")
        assert usable_kernel(cache, pin) is None

    def test_a_newer_kernel_of_our_configuration_is_usable(self, tmp_path: Path) -> None:
        cache = ToolCache(tmp_path)
        pin = kernel.KernelPin("6.12.1-1", "00" * 32, "00" * 32, {})
        assert usable_kernel(cache, pin) is None
        newer = store_kernel(cache, "6.12.2-1", b"newer")
        assert usable_kernel(cache, pin) == newer / "bzImage"
        store_kernel(cache, "6.12.2-1", b"newer", configuration="11" * 32)
        assert usable_kernel(cache, pin) is None


def test_a_qemu_of_another_recipe_is_rebuilt(tmp_path: Path) -> None:
    cache = ToolCache(tmp_path)
    assert usable_qemu(cache) is None
    with cache.storing("qemu", "1:10.0.1-1") as target:
        (target / "recipe").write_text(emulator.RECIPE)
    assert usable_qemu(cache) == tmp_path / "qemu-10.0.1-1"
    (tmp_path / "qemu-10.0.1-1" / "recipe").write_text("another")
    assert usable_qemu(cache) is None


def test_building_without_root_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    monkeypatch.setattr("shutil.which", lambda program: f"/usr/bin/{program}")
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setattr("platform.machine", lambda: "x86_64")
    with pytest.raises(EnclaveToolsError, match="sudo make enclave-tools"):
        prepare_host(tmp_path / "log")
