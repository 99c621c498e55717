"""Packages of the distribution's newer release, downloaded by apt without touching the system."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from tee_rex.errors import UnusableEnvironmentError
from tee_rex.errors.catalogue import runtime as errors
from tee_rex.runtime.signed import binary_keys, signed_packages, size_in_release
from tee_rex.system.child_process import Bounds, BoundsExceededError, Finished, run_to_end
from tee_rex.system.files import open_regular, temporary_folder
from tee_rex.system.progress import ProgressListener, TaskProgress, ignore_progress, report_growth
from tee_rex.system.text import quoted
from tee_rex.system.threads import finish_in_thread, read_in_thread

# The first release of each distribution with glibc 2.39 and the libstdc++ of GCC 13.2 or newer.
_NEW_ENOUGH_SUITE = {"debian": "trixie", "ubuntu": "noble"}
# The distribution's own mirror is nearly always the first; more only matter beside foreign archives.
_MAX_SOURCES_TRIED = 4
# 10 MB of package lists and 4 MB of packages over a slow line.
_APT_SECONDS = 600.0
_APT_BOUNDS = Bounds(memory=500_000_000, disk=500_000_000)

# Read after the machine's own configuration, whose proxies, credentials and certificates stay in force.
# What is cleared would act on the system (hooks) or ask for more than these packages; every way around the
# check of signatures is refused. Without a cache of the lists, 60 MB on the disk and not 160.
_APT_CONFIGURATION = """\
#clear APT::Update;
#clear APT::Architectures;
APT::Update::Error-Mode "any";
APT::Default-Release "";
APT::Get::AllowUnauthenticated "false";
APT::Sandbox::User "root";
Acquire::AllowInsecureRepositories "false";
Acquire::AllowWeakRepositories "false";
Acquire::AllowDowngradeToInsecureRepositories "false";
Acquire::Languages "none";
Acquire::GzipIndexes "false";
Dir::Cache::pkgcache "";
Dir::Cache::srcpkgcache "";
Acquire::PDiffs "false";
Acquire::Retries "3";
"""

# apt ignores other names in sources.list.d (sources.list(5)).
_FILE_NAME = re.compile(r"[A-Za-z0-9_.-]+\.(list|sources)")
# A large hand-written file has some 10 kB; a keyring inside a deb822 file some 5 kB.
_MAX_FILE_BYTES = 1 << 20

# `deb [option=value option=value] URI suite component…`, sources.list(5).
_ONE_LINE = re.compile(r"deb\s+(?:\[([^\]]*)\]\s*)?([^\s\[\]]+)\s+([^\s\[\]]+)\s+([^#]+)")
_URI_LINE = re.compile(r"'[^']*' \S+ ([0-9]{1,12})(?: \S*)?")
_PACKED = (".zst", ".xz", ".bz2", ".lzma", ".gz")
"""In apt's order of preference."""
_NO_LISTS = "none"
"""No target of apt: it then asks only for what is signed."""
_FALSE = frozenset({"no", "false", "without", "off", "disable"})


@dataclass(frozen=True, slots=True)
class AptMachine:
    """This machine's apt, which reaches its distribution's archive.

    os_release: the fields of /etc/os-release. configuration: apt's folder.
    """

    os_release: Mapping[str, str]
    configuration: Path = Path("/etc/apt")
    apt_get: Path = Path("/usr/bin/apt-get")
    dpkg_deb: Path = Path("/usr/bin/dpkg-deb")
    gpgv: Path = Path("/usr/bin/gpgv")

    async def unpack(self, folder: Path, packages: Sequence[str], processor: str, work: Path) -> Path:
        """Unpack ``packages``, downloaded into ``folder`` with their lists, below ``work``; returns the root.

        processor: Debian's name of it. Raises NotSignedError for what the archive did not sign,
        RUNTIME_UNAVAILABLE (no gpgv, no archive), RUNTIME_DOWNLOAD_FAILED (damaged packages), OSError.
        """
        if not self.dpkg_deb.exists() or not self.gpgv.exists():
            raise errors.APT_MISSING()
        debs = await signed_packages(
            folder, packages, processor, gpgv=self.gpgv, keys=self._trusted_keys(), work=work
        )
        root = work / "root"
        for deb in debs:
            await _run([self.dpkg_deb, "-x", deb, root], work)
        return root

    def _trusted_keys(self) -> list[bytes]:
        """The keyrings that apt trusts for the distribution's archive."""
        _, sources = main_archives(read_apt_sources(self.configuration), self.os_release)
        files: list[Path] = []
        keys: list[bytes] = []
        for source in sources:
            if source.signed_by.startswith("/"):
                files += map(Path, source.signed_by.replace(",", " ").split())
            elif "\n" in source.signed_by:  # a key inside the file, indented, with dots for empty lines
                lines = (line.strip() for line in source.signed_by.split("\n"))
                keys.append("\n".join("" if line == "." else line for line in lines).encode())
            else:
                parts = self.configuration / "trusted.gpg.d"
                files += [self.configuration / "trusted.gpg", *parts.glob("*.gpg"), *parts.glob("*.asc")]
        for file in dict.fromkeys(files):
            with suppress(OSError), open_regular(file) as opened:
                keys.append(opened.read(_MAX_FILE_BYTES))
        return [binary for content in keys if (binary := binary_keys(content))]

    async def download(
        self,
        packages: Sequence[str],
        processor: str,
        folder: Path,
        progress: ProgressListener = ignore_progress,
        *,
        with_lists: bool = False,
    ) -> list[Path]:
        """Download the newer release's ``packages`` into ``folder``; returns the files.

        packages: names, or ``name=version`` for exactly that one. progress: first of the lists of packages,
        then of the packages. with_lists: keep the signed lists too, as ``unpack`` needs them. Nothing else is
        left in ``folder``.
        Raises RUNTIME_UNAVAILABLE (there is no apt, or no archive to ask), RUNTIME_DOWNLOAD_FAILED.
        """
        if not self.apt_get.exists():
            raise errors.APT_MISSING()
        suite, sources = main_archives(read_apt_sources(self.configuration), self.os_release)
        failures: list[UnusableEnvironmentError] = []
        for number, source in enumerate(sources):
            async with temporary_folder(folder, f"apt-{number}") as attempt:
                try:
                    debs = await self._download(source, suite, packages, processor, attempt, progress)
                    if with_lists:
                        await finish_in_thread(_keep_lists, attempt / "state" / "lists", processor, folder)
                    return [deb.rename(folder / deb.name) for deb in debs]
                except UnusableEnvironmentError as error:
                    failures.append(error)
        raise failures[0]

    async def _download(
        self,
        source: AptSource,
        suite: str,
        packages: Sequence[str],
        processor: str,
        folder: Path,
        progress: ProgressListener,
    ) -> list[Path]:
        """1. Ask for what the archive signed, which has the sizes of its lists. 2. The lists. 3. Packages."""
        places = {
            "Dir::State": folder / "state",
            "Dir::State::lists": folder / "state" / "lists",
            "Dir::Cache": folder / "cache",
            "Dir::Cache::archives": folder / "cache" / "archives",
        }
        for place in places.values():
            place.mkdir(parents=True, exist_ok=True)
        status, sources = folder / "status", folder / "archive.sources"
        status.write_text("", encoding="utf-8")
        configuration = folder / "apt.conf"
        configuration.write_text(_APT_CONFIGURATION, encoding="utf-8")
        options: dict[str, str | Path] = {
            **places,
            "Dir::State::status": status,
            "Dir::Etc::sourcelist": sources,
            "Dir::Etc::sourceparts": "/dev/null",
            "Dir::Etc::preferences": "/dev/null",
            "Dir::Etc::preferencesparts": "/dev/null",
            "APT::Architecture": processor,
        }
        apt: list[str | Path] = [
            self.apt_get,
            "-qq",
            *("-c", configuration),
            *(argument for name, value in options.items() for argument in ("-o", f"{name}={value}")),
        ]

        def report(task: str, label: str, done: int, total: int | None) -> None:
            progress(TaskProgress(task, label, done, total, "bytes"))

        of_lists = partial(report, "runtime.lists", "Downloading the list of system libraries")
        of_packages = partial(report, "runtime.download", "Downloading newer system libraries")
        lists = places["Dir::State::lists"]
        of_lists(0, None)
        sources.write_text(archive_stanza(source, suite, processor, _NO_LISTS), encoding="utf-8")
        await _run([*apt, "update"], folder)
        size = await read_in_thread(_bytes_of_lists, lists, processor)
        sources.write_text(archive_stanza(source, suite, processor), encoding="utf-8")
        async with report_growth(partial(_packed_bytes, lists / "partial"), of_lists, size):
            await _run([*apt, "update"], folder)
        told = (await _run([*apt, "download", "--print-uris", *packages], folder)).stdout
        archives = (folder, places["Dir::Cache::archives"] / "partial")
        async with report_growth(partial(_deb_bytes, archives), of_packages, bytes_in_uris(told)):
            await _run([*apt, "download", *packages], folder)
        debs = await read_in_thread(lambda: sorted(folder.glob("*.deb")))
        if len(debs) != len(packages):
            raise errors.APT_INCOMPLETE(count=len(debs), expected=len(packages))
        return debs


def _bytes_of_lists(lists: Path, processor: str) -> int | None:
    """The size of the packed lists that belong to the signed files in ``lists``; None where one lacks it."""
    total = 0
    for release in lists.glob("*_InRelease"):
        with open_regular(release) as file:
            content = file.read(_MAX_FILE_BYTES)
        packed = (f"main/binary-{processor}/Packages{ending}" for ending in _PACKED)
        size = next((size for path in packed if (size := size_in_release(content, path)) is not None), None)
        if size is None:
            return None
        total += size
    return total or None


def _packed_bytes(folder: Path) -> int:
    """The size of the packed lists there; apt unpacks each beside itself, and removes it."""
    return sum(_size_of(file) for file in folder.glob("*") if file.suffix in _PACKED)


def _deb_bytes(folders: Sequence[Path]) -> int:
    return sum(_size_of(file) for folder in folders for file in folder.glob("*.deb*"))


def _size_of(file: Path) -> int:
    with suppress(OSError):  # moved meanwhile
        return file.lstat().st_size
    return 0


def bytes_in_uris(listed: bytes) -> int | None:
    """The sizes in what ``apt-get download --print-uris`` prints (``'URI' NAME SIZE HASH``), added up.

    None for anything else.
    """
    matches = [_URI_LINE.fullmatch(line) for line in listed.decode("utf-8", "replace").splitlines()]
    sizes = [int(match[1]) for match in matches if match is not None]
    return sum(sizes) if sizes and len(sizes) == len(matches) else None


def _keep_lists(lists: Path, processor: str, folder: Path) -> None:
    for number, release in enumerate(sorted(lists.glob("*_InRelease"))):
        prefix = release.name.removesuffix("InRelease")
        listed = lists / f"{prefix}main_binary-{processor}_Packages"
        if listed.exists():  # else nothing of the suite was needed
            release.rename(folder / f"{number}.InRelease")
            listed.rename(folder / f"{number}.Packages")


def main_archives(sources: Iterable[AptSource], os_release: Mapping[str, str]) -> tuple[str, list[AptSource]]:
    """The suite to ask for, and the machine's sources that may have it, likeliest first.

    ``os_release``: ID and ID_LIKE name the distribution. Other vendors' archives for the same
    distribution cannot always be told apart, so they come last rather than never. Raises
    RUNTIME_UNAVAILABLE when there is nothing to try.
    """
    names = [os_release.get("ID", ""), *os_release.get("ID_LIKE", "").split()]
    distribution = next((name for name in names if name in _NEW_ENOUGH_SUITE), None)
    if distribution is None:
        raise errors.NEITHER_DEBIAN_NOR_UBUNTU()
    eligible = [
        source
        for source in dict.fromkeys(sources)
        # Not its updates, security, backports, and not cdroms or flat repositories.
        if "main" in source.components
        and not {"-", "/"} & set(source.suite)
        and not source.uri.startswith("cdrom:")
    ]
    if not eligible:
        raise errors.NO_APT_ARCHIVE()
    archive_names = {distribution, f"{distribution}-ports"}  # Ubuntu keeps arm64 in "ubuntu-ports"
    eligible.sort(key=lambda source: source.uri.rstrip("/").rpartition("/")[2] not in archive_names)
    return _NEW_ENOUGH_SUITE[distribution], eligible[:_MAX_SOURCES_TRIED]


def archive_stanza(source: AptSource, suite: str, processor: str, targets: str = "Packages") -> str:
    """The deb822 text for another suite of an archive; only its URI and its keys are kept."""
    lines = [
        "Types: deb",
        f"URIs: {source.uri}",
        f"Suites: {suite} {suite}-updates",  # Ubuntu keeps security fixes apart from the release
        "Components: main",
        f"Architectures: {processor}",
        f"Targets: {targets}",
    ]
    if source.signed_by:
        lines.append(f"Signed-By: {source.signed_by}")
    return "\n".join(lines) + "\n"


async def _run(argv: Sequence[str | Path], folder: Path) -> Finished:
    try:
        finished = await run_to_end(
            argv, cwd=folder, seconds=_APT_SECONDS, temporary=folder, bounds=_APT_BOUNDS
        )
    except TimeoutError as error:
        raise errors.APT_HANGS(seconds=_APT_SECONDS) from error
    except BoundsExceededError as error:
        raise errors.APT_ENDLESS(
            memory_mb=_APT_BOUNDS.memory / 1e6, disk_mb=_APT_BOUNDS.disk / 1e6
        ) from error
    if finished.returncode != 0:
        for line in finished.stderr.decode("utf-8", "replace").splitlines():
            if line.startswith("E:"):
                raise errors.RUNTIME_DOWNLOAD_FAILED(reason=quoted(line.removeprefix("E:")))
        raise errors.APT_FAILED(code=finished.returncode)
    return finished


@dataclass(frozen=True, slots=True)
class AptSource:
    """One archive in apt's configuration. signed_by: keyring file, fingerprint or key; "" for apt's own."""

    uri: str
    suite: str
    components: tuple[str, ...]
    signed_by: str


def read_apt_sources(folder: Path) -> list[AptSource]:
    """All binary archives configured below ``/etc/apt``, in apt's order; unreadable files are skipped."""
    files = [folder / "sources.list"]
    parts = folder / "sources.list.d"
    if parts.is_dir():
        files += sorted(path for path in parts.iterdir() if _FILE_NAME.fullmatch(path.name))
    sources: list[AptSource] = []
    for path in files:
        try:
            with open_regular(path) as file:
                text = file.read(_MAX_FILE_BYTES).decode("utf-8", "replace")
        except OSError:
            continue
        sources += parse_deb822(text) if path.suffix == ".sources" else parse_one_line(text)
    return sources


def parse_one_line(text: str) -> list[AptSource]:
    """Read the one-line format: ``deb [options] uri suite component…``; other lines are skipped."""
    sources = []
    for line in text.split("\n"):
        match = _ONE_LINE.match(line.strip())
        if match is None:
            continue
        options, uri, suite, components = match.groups()
        signed_by = ""
        for option in (options or "").split():
            name, _, value = option.partition("=")
            if name.lower() == "signed-by":
                signed_by = value
        sources.append(AptSource(uri, suite, tuple(components.split()), signed_by))
    return sources


def parse_deb822(text: str) -> list[AptSource]:
    """Read the deb822 format, stanzas of ``Field: value``; disabled and incomplete ones are skipped."""
    sources = []
    for fields in _stanzas(text):
        if "deb" not in fields.get("types", "").split() or fields.get("enabled", "yes").lower() in _FALSE:
            continue
        components = tuple(fields.get("components", "").split())
        for uri in fields.get("uris", "").split():
            sources += [
                AptSource(uri, suite, components, fields.get("signed-by", ""))
                for suite in fields.get("suites", "").split()
            ]
    return sources


def _stanzas(text: str) -> Iterator[dict[str, str]]:
    fields: dict[str, str] = {}
    name = ""
    for line in [*text.split("\n"), ""]:
        if line.startswith("#"):
            continue
        if not line.strip():
            if fields:
                yield fields
            fields, name = {}, ""
        elif line[0] in " \t":
            if name:
                fields[name] += f"\n{line}"  # kept as it is: a key inside the file needs its indentation
        else:
            name, colon, value = line.partition(":")
            name = name.strip().lower() if colon else ""
            if name:
                fields[name] = value.strip()
