"""``make aztec``, or ``PYTHONPATH=tools python -m aztec``: which Aztec versions exist, and adding one.

    check [--min-age 7d] [--json]   list the versions; exit code 1 if there is something to do
    update VERSION                  find out everything about a version and pin it; 3 if it needs a human
    verify VERSION                  find it out again and compare; 1 if the file differs, 3 if nobody can tell
    circuits VERSION                print the table of keys that a new generation's file needs
    rehearse [VERSION …]            add pinned versions again, each in a clean clone; 1 if a file differs
    record FOLDER                   write what the registry says, for --offline-registry

Exit code 2 is a wrong command line, 4 a registry that gives no answer.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import re
import sys
import tempfile
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Final

import msgspec

from aztec.check import Report, State, check
from aztec.circuits import PACKAGE, CircuitKeys
from aztec.packages import packages_needed
from aztec.registry import NpmRegistry, RecordedRegistry, Registry, RegistryError, record
from aztec.rehearsal import rehearse
from aztec.releases import GitHubReleases
from aztec.sources import BbSources
from aztec.update import Bench, Status, Step, update, verify
from tee_rex.bb.archives import BadArchiveError
from tee_rex.bb.pins import BbPins
from tee_rex.errors import ExitCode, TeeRexError, UsageError
from tee_rex.npm.npm import Npm
from tee_rex.settings.paths import Paths
from tee_rex.system.threads import in_thread
from tee_rex.transaction.generations import generation_of, generations
from tee_rex.transaction.trusted_setup import TrustedSetup
from tee_rex.transaction.versions import AztecVersion

ROOT: Final = Path(__file__).resolve().parents[2]
RECORDED: Final = ROOT / "tests" / "tools" / "aztec" / "registry"

_NOTHING_TO_DO, _DIFFERENT, _NEEDS_HUMAN, _NO_ANSWER = 0, 1, 3, 4
_SOMETHING_TO_DO = _DIFFERENT


def _version(text: str) -> AztecVersion:
    try:
        return AztecVersion.parse(text)
    except UsageError as error:
        raise argparse.ArgumentTypeError(error.message) from error


def _days(text: str) -> timedelta:
    match = re.fullmatch(r"([0-9]{1,3})d", text)
    if match is None:
        raise argparse.ArgumentTypeError("an age is a number of days, such as 7d")
    return timedelta(days=int(match[1]))


def _registry(recorded: Path | None) -> Registry:
    npm = NpmRegistry(Npm.bundled())
    return npm if recorded is None else RecordedRegistry(recorded, npm)


async def _check(arguments: argparse.Namespace) -> int:
    recorded = arguments.offline_registry
    releases = None if recorded else GitHubReleases(os.environ.get("GH_TOKEN", ""))
    report = await check(
        ROOT, _registry(recorded), releases, now=datetime.now(UTC), min_age=arguments.min_age
    )
    if arguments.json:
        sys.stdout.buffer.write(msgspec.json.format(msgspec.json.encode(report), indent=2) + b"\n")
    else:
        _print(report)
    return _SOMETHING_TO_DO if report.new else _NOTHING_TO_DO


def _print(report: Report) -> None:
    for one in report.versions:
        published = "" if one.published is None else f"{one.published:%Y-%m-%d}"
        print(f"{one.version:24} {one.state:12} {published:10} {', '.join(one.places)}")
        for package, exists in one.packages.items():
            print(f"    {package} {'exists' if exists else 'does not exist'} at {one.version}")
    for reason in report.unasked:
        print(f"not asked: {reason}")
    ages = any(one.state is State.TOO_YOUNG for one in report.versions)
    print(f"new: {', '.join(report.new) or 'none'}{' (some are too young)' if ages else ''}")


def _bench(recorded: Path | None, folder: str, say: Callable[[Step], None]) -> Bench:
    registry = _registry(recorded)
    # A recording has no releases: what it lacks, nobody has.
    sources = BbSources(registry, {}) if recorded else BbSources.real(registry)
    return Bench(ROOT, registry, sources, Paths.from_environment(os.environ), Path(folder), say)


async def _update(arguments: argparse.Namespace) -> int:
    with tempfile.TemporaryDirectory(prefix="aztec-update-") as folder:
        bench = _bench(arguments.offline_registry, folder, lambda step: print(step, flush=True))
        steps = await update(bench, arguments.version)
    if arguments.report is not None:
        arguments.report.write_text(_as_markdown(arguments.version, steps))
    return _NEEDS_HUMAN if any(step.status is Status.NEEDS_HUMAN for step in steps) else 0


def _as_markdown(version: AztecVersion, steps: Sequence[Step]) -> str:
    """The text of a pull request."""
    lines = [
        f"Adds Aztec {version}, by `python -m aztec update {version}`. `verify` does it again and compares.",
        "",
    ]
    for step in steps:
        lines += [f"- **{step.name}**: {step.status}", *(f"  - {detail}" for detail in step.details)]
    return "\n".join([*lines, ""])


async def _verify(arguments: argparse.Namespace) -> int:
    with tempfile.TemporaryDirectory(prefix="aztec-verify-") as folder:
        bench = _bench(arguments.offline_registry, folder, lambda step: print(step, flush=True))
        different = await verify(bench, arguments.version)
    if different is None:
        print(f"{arguments.version}: nobody can tell")
        return _NEEDS_HUMAN
    print(f"{arguments.version}: {'; '.join(different) or 'as pinned'}")
    return _DIFFERENT if different else 0


async def _circuits(arguments: argparse.Namespace) -> int:
    """Print vk_tree_roots and circuits; keys of the development setup that are known stay."""
    generation = generation_of(arguments.version)
    with tempfile.TemporaryDirectory(prefix="aztec-circuits-") as folder:
        archive = await _registry(arguments.offline_registry).fetch(
            f"{generation.npm_scope}/{PACKAGE}", arguments.version, Path(folder)
        )
        keys = await in_thread(partial(CircuitKeys.read, archive))
    genuine = TrustedSetup.GENUINE
    genuine_keys = {name: {genuine: digest} for name, digest in keys.digests.items()}
    other_keys = {
        name: {setup: digest for setup, digest in digests.items() if setup is not genuine}
        for name, digests in generation.circuits.items()
    }
    content = {
        "vk_tree_roots": {**generation.vk_tree_roots, genuine: keys.vk_tree_root},
        "circuits": {
            name: table
            for name in sorted(genuine_keys.keys() | other_keys.keys())
            if (table := genuine_keys.get(name, {}) | other_keys.get(name, {}))
        },
    }
    sys.stdout.buffer.write(msgspec.json.format(msgspec.json.encode(content), indent=2) + b"\n")
    return 0


async def _rehearse(arguments: argparse.Namespace) -> int:
    """By default those that prove for real; the default version cannot be missing."""
    pins = BbPins.shipped()
    proved = [
        version
        for version, pinned in pins.versions.items()
        if pinned.proved_for_real and version != pins.default_version
    ]
    good = True
    for version in arguments.versions or proved:
        with tempfile.TemporaryDirectory(prefix="aztec-rehearsal-") as folder:
            rehearsed = rehearse(ROOT, version, arguments.offline_registry or RECORDED, Path(folder))
        print(rehearsed.output)
        result = "the same file" if rehearsed.same_file else "NOT the same file"
        print(f"{version}: {result}, {rehearsed.seconds:.0f} s", flush=True)
        good = good and rehearsed.same_file
    return 0 if good else _DIFFERENT


async def _record(arguments: argparse.Namespace) -> int:
    fetched = sorted(
        {f"{generation.npm_scope}/{name}" for generation in generations() for name in ("bb.js", PACKAGE)}
    )
    needed = {package for generation in generations() for package in packages_needed(ROOT, generation)}
    pinned = BbPins.shipped().versions.keys()
    for package in sorted(needed | set(fetched)):
        versions = pinned if package in fetched else ()
        await record(NpmRegistry(Npm.bundled()), package, versions, arguments.folder)
    return 0


def main() -> int:
    """The exit code."""
    parser = argparse.ArgumentParser(
        prog="aztec", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    offline = argparse.ArgumentParser(add_help=False)
    offline.add_argument(
        "--offline-registry", type=Path, metavar="FOLDER", help="answers recorded from a registry"
    )
    checking = commands.add_parser("check", parents=[offline])
    checking.add_argument(
        "--min-age", type=_days, default=timedelta(days=7), metavar="DAYS", help="default: 7d"
    )
    checking.add_argument("--json", action="store_true")
    checking.set_defaults(run=_check)
    for name, run in (("update", _update), ("verify", _verify), ("circuits", _circuits)):
        command = commands.add_parser(name, parents=[offline])
        command.add_argument("version", type=_version, metavar="VERSION")
        command.set_defaults(run=run)
        if name == "update":
            command.add_argument(
                "--report", type=Path, metavar="FILE", help="also write the steps as Markdown"
            )
    rehearsing = commands.add_parser("rehearse", parents=[offline])
    rehearsing.add_argument("versions", type=_version, nargs="*", metavar="VERSION")
    rehearsing.set_defaults(run=_rehearse)
    recording = commands.add_parser("record")
    recording.add_argument("folder", type=Path)
    recording.set_defaults(run=_record)
    arguments = parser.parse_args()
    try:
        return int(asyncio.run(arguments.run(arguments)))
    except KeyboardInterrupt:
        return int(ExitCode.CANCELLED)
    except (RegistryError, BadArchiveError) as error:
        print(error, file=sys.stderr)
        return _NO_ANSWER
    except TeeRexError as error:
        print(f"{error} {error.hint}", file=sys.stderr)
        return int(error.exit_code)


if __name__ == "__main__":
    sys.exit(main())
