"""``make aztec``, or ``PYTHONPATH=tools python -m aztec``: which Aztec versions exist, and adding one.

    check [--min-age 7d] [--json]      list the versions; exit code 1 if there is something to do
    update VERSION                     find out everything about a version, try its bb, and pin it
    verify VERSION                     find it out again and compare
    digests VERSION --to FOLDER        find out all that can be found out without running bb
    trial VERSION --to FOLDER          find it out again, and run bb; for a machine that it may spoil
    combine VERSION DIGESTS TRIAL      compare the folders of these two, and pin the version
    circuits VERSION                   print the table of keys that a new generation's file needs
    rehearse [VERSION …]               add pinned versions again, each in a clean clone; 1 for another file
    record FOLDER                      write what the registry says, for --offline-registry

Of a version, exit code 1 means that places, or a place and the pins, have different bytes; 3 that a human is
needed, and the steps say for what; 2 is a wrong command line, 4 a registry that gives no answer.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import re
import sys
import tempfile
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Final

import msgspec

from aztec.check import Report, State, check
from aztec.circuits import PACKAGE, CircuitKeys
from aztec.combine import DONE, REFUSED, combine_and_write
from aztec.digests import Bench
from aztec.packages import packages_needed
from aztec.registry import NpmRegistry, RecordedRegistry, Registry, RegistryError, record
from aztec.rehearsal import rehearse
from aztec.releases import GitHubReleases
from aztec.sources import BbSources
from aztec.steps import Steps, exit_code
from aztec.update import update, verify, write_digests, write_trial
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

_NOTHING_TO_DO, _SOMETHING_TO_DO = 0, 1
_NO_ANSWER = 4


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


def _empty_folder(text: str) -> Path:
    """A new folder: what an earlier run left must not be taken for the result of this one."""
    folder = Path(text)
    folder.mkdir(parents=True, exist_ok=True)
    if any(folder.iterdir()):
        raise argparse.ArgumentTypeError(f"{folder} is not empty")
    return folder


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
        print(f"{one.version:24} {one.state:17} {published:10} {', '.join(one.places)}")
        for package, exists in one.packages.items():
            print(f"    {package} {'exists' if exists else 'does not exist'} at {one.version}")
    for reason in report.unasked:
        print(f"not asked: {reason}")
    ages = any(one.state is State.TOO_YOUNG for one in report.versions)
    print(f"new: {', '.join(report.new) or 'none'}{' (some are too young)' if ages else ''}")


async def _examine(
    arguments: argparse.Namespace, work: Callable[[Bench, Paths, AztecVersion, Steps], Awaitable[None]]
) -> int:
    registry = _registry(arguments.offline_registry)
    # A recording has no releases: what it lacks, nobody has.
    sources = BbSources(registry, {}) if arguments.offline_registry else BbSources.real(registry)
    steps = Steps(lambda step: print(step, flush=True))
    with tempfile.TemporaryDirectory(prefix="aztec-") as folder:
        bench = Bench(ROOT, registry, sources, Path(folder))
        await work(bench, Paths.from_environment(os.environ), arguments.version, steps)
    return exit_code(steps.ended)


async def _update(arguments: argparse.Namespace) -> int:
    return await _examine(arguments, update)


async def _verify(arguments: argparse.Namespace) -> int:
    return await _examine(arguments, verify)


async def _digests(arguments: argparse.Namespace) -> int:
    return await _examine(arguments, lambda bench, _, *rest: write_digests(bench, arguments.to, *rest))


async def _trial(arguments: argparse.Namespace) -> int:
    return await _examine(
        arguments, lambda bench, paths, *rest: write_trial(bench, paths, arguments.to, *rest)
    )


async def _combine(arguments: argparse.Namespace) -> int:
    return combine_and_write(str(arguments.version), arguments.digests, arguments.trial)


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
        verdict = ", ".join(rehearsed.needs_human) or "nothing"
        print(f"{version}: {result}, needs a human for {verdict}, {rehearsed.seconds:.0f} s", flush=True)
        good = good and rehearsed.as_expected
    return DONE if good else REFUSED


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
    for name, run in (
        ("update", _update),
        ("verify", _verify),
        ("digests", _digests),
        ("trial", _trial),
        ("circuits", _circuits),
    ):
        command = commands.add_parser(name, parents=[offline])
        command.add_argument("version", type=_version, metavar="VERSION")
        command.set_defaults(run=run)
        if run in (_digests, _trial):
            command.add_argument("--to", type=_empty_folder, metavar="FOLDER", required=True)
    combining = commands.add_parser("combine")
    combining.add_argument("version", type=_version, metavar="VERSION")
    combining.add_argument("digests", type=Path, metavar="DIGESTS")
    combining.add_argument("trial", type=Path, metavar="TRIAL")
    combining.set_defaults(run=_combine)
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
