"""Reading the machine's apt sources, to find its mirror of the distribution's main archive."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

# apt ignores other names in sources.list.d (sources.list(5)).
_FILE_NAME = re.compile(r"[A-Za-z0-9_.-]+\.(list|sources)")
# A large hand-written file has some 10 kB; a keyring inside a deb822 file some 5 kB.
_MAX_FILE_BYTES = 1 << 20

# `deb [option=value option=value] URI suite component…`, sources.list(5).
_ONE_LINE = re.compile(r"deb\s+(?:\[([^\]]*)\]\s*)?([^\s\[\]]+)\s+([^\s\[\]]+)\s+([^#]+)")


@dataclass(frozen=True, slots=True)
class AptSource:
    """One archive as apt knows it. signed_by: keyring file, fingerprint or key; "" for apt's own keyring."""

    uri: str
    suite: str
    components: tuple[str, ...]
    signed_by: str


def read_apt_sources(folder: Path) -> list[AptSource]:
    """All binary archives configured below ``/etc/apt``, in apt's order; unreadable files are passed over."""
    files = [folder / "sources.list"]
    parts = folder / "sources.list.d"
    if parts.is_dir():
        files += sorted(path for path in parts.iterdir() if _FILE_NAME.fullmatch(path.name))
    sources: list[AptSource] = []
    for path in files:
        try:
            with path.open("rb") as file:
                text = file.read(_MAX_FILE_BYTES).decode("utf-8", "replace")
        except OSError:
            continue
        sources += parse_deb822(text) if path.suffix == ".sources" else parse_one_line(text)
    return sources


def parse_one_line(text: str) -> list[AptSource]:
    """Read the one-line format: ``deb [options] uri suite component…``; other lines are passed over."""
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
    """Read the deb822 format, stanzas of ``Field: value``; disabled and incomplete ones are passed over."""
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


_FALSE = frozenset({"no", "false", "without", "off", "disable"})


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
    return
