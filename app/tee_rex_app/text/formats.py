"""Formats of durations, dates, sizes and progress."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from PySide6.QtCore import QDate, QLocale

from tee_rex.system.progress import TaskProgress
from tee_rex_app.text.translation import tr

_WIDEST_PART = 24
_ADDRESS_PARTS = re.compile(r"[^./ -]*[./ -]*")
_WHOLE_MB_FROM = 100e6
_TENTHS_BELOW_MS = 59_950
"""Longer durations would round to a minute."""
_ROUNDED_TO_MINUTES_FROM = 600
"""Seconds of an estimate; from here on, whole minutes."""


def seconds(ms: float) -> str:
    """Format a measured duration: 85 ms, 0.42 s, 19.3 s, 2:05, 1:02:05."""
    if ms < 100:
        return f"{ms:.0f} ms"
    if ms < 1_000:
        return f"{QLocale().toString(ms / 1000, 'f', 2)} s"
    if ms < _TENTHS_BELOW_MS:
        return f"{QLocale().toString(ms / 1000, 'f', 1)} s"
    return minutes(round(ms / 1000))


def whole_seconds(ms: float) -> str:
    """The same of a duration that is still running: 12 s, 2:05."""
    whole = round(ms / 1000)
    return f"{whole} s" if whole < 60 else minutes(whole)


def rough_length(length: timedelta) -> str:
    """Format a length of time, whatever its sign, in one unit: 90 s, 10 min, 26 h, 3 days."""
    spent = abs(length.total_seconds())
    if spent < 120:
        return f"{spent:.0f} s"
    if spent < 7_200:
        return f"{spent / 60:.0f} min"
    if spent < 129_600:
        return f"{spent / 3_600:.0f} h"
    return tr("{number} days").format(number=round(spent / 86_400))


def estimate(ms: float) -> str:
    """Format an expected duration, rounded so that it looks estimated: 0.4 s, 7 s, 25 s, 1:40, 12 min."""
    if ms < 950:
        return f"{QLocale().toString(max(0.1, ms / 1000), 'f', 1)} s"
    for step, below in ((1, 20), (5, 60), (10, _ROUNDED_TO_MINUTES_FROM)):
        rounded = round(ms / 1000 / step) * step
        if rounded < below:
            return f"{rounded} s" if rounded < 60 else minutes(rounded)
    return tr("{minutes} min").format(minutes=round(ms / 60_000))


def minutes(seconds: int) -> str:
    """Format whole seconds as 2:05 or 1:02:05."""
    whole, rest = divmod(seconds, 60)
    hours, whole = divmod(whole, 60)
    return f"{hours}:{whole:02}:{rest:02}" if hours else f"{whole}:{rest:02}"


def day_and_time(at: datetime) -> str:
    """Format a day without its year, and the time: 14 Mar 12:50."""
    local = at.astimezone()
    day = QDate(local.year, local.month, local.day)
    return f"{QLocale().toString(day, 'dd MMM')} {local:%H:%M}"


def day(at: datetime) -> str:
    """Format a day with its year: 14 Mar 2026."""
    local = at.astimezone()
    return QLocale().toString(QDate(local.year, local.month, local.day), "d MMM yyyy")


def breakable(text: str) -> str:
    """The text with places where a label can break long addresses, so that it shows them whole."""
    parts = _ADDRESS_PARTS.findall(text)
    return "\u200b".join("\u200b".join(part) if len(part) > _WIDEST_PART else part for part in parts)


def about_left(left: float) -> str:
    """The estimated remaining seconds, rounded to their accuracy."""
    if left < 1.5:
        return tr("almost done")
    return tr("about {time} left").format(time=estimate(left * 1000))


def megabytes(size: float) -> str:
    """Format a number of bytes in MB."""
    return f"{QLocale().toString(size / 1e6, 'f', 0 if size >= 10e6 else 1)} MB"


def gigabytes(size: float) -> str:
    """Format a number of bytes in GB."""
    return f"{QLocale().toString(size / 1e9, 'f', 1)} GB"


def task_text(task: TaskProgress) -> str:
    """A running download or installation, with its progress."""
    words = [task_name(task.task) or task.label]
    if task.unit == "seconds":
        words.append(f"{task.done} s")
    if task.unit == "bytes":
        words.append(downloaded(task))
    if task.total:
        words.append(f"{percent_of(task)} %")
    return " · ".join(words)


def percent_of(task: TaskProgress) -> int:
    """How far a task with a total has come, 0 to 100."""
    return min(100, 100 * task.done // task.total) if task.total else 0


def downloaded(task: TaskProgress) -> str:
    """What has arrived of a download: 21.0 of 53.9 MB."""
    if not task.total:
        return megabytes(task.done)
    decimals = 0 if task.total >= _WHOLE_MB_FROM else 1
    done, total = (QLocale().toString(size / 1e6, "f", decimals) for size in (task.done, task.total))
    return tr("{done} of {total} MB").format(done=done, total=total)


def task_name(task: str) -> str:
    """The name of a download or installation; empty for an unknown one."""
    return {
        "bb.download": tr("Downloading the prover"),
        "bb.development": tr("Creating the development prover"),
        "runtime.lists": tr("Downloading the list of system libraries"),
        "runtime.download": tr("Downloading newer system libraries"),
        "runtime.check": tr("Checking newer system libraries"),
        "crs.download": tr("Downloading the CRS"),
        "crs.import": tr("Importing the CRS"),
        "crs.development": tr("Computing the development CRS"),
        "bridge.download": tr("Downloading Aztec's wallet"),
        "bridge.unpack": tr("Unpacking Aztec's wallet"),
        "bridge.keys": tr("Adding the development keys to the wallet"),
        "bridge.build": tr("Building Aztec's wallet"),
        "devnet.download": tr("Downloading the local network"),
        "devnet.unpack": tr("Unpacking the local network"),
        "devnet.prepare": tr("Preparing the local network"),
        "devnet.start": tr("Starting the local network"),
        "wallet.sync": tr("Synchronising the wallet"),
        "update.download": tr("Downloading"),
        "update.unpack": tr("Unpacking"),
    }.get(task, "")
