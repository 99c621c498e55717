"""Formats of durations, dates, sizes and progress."""

from __future__ import annotations

import re
from datetime import datetime

from PySide6.QtCore import QDate, QLocale

from tee_rex.system.progress import TaskProgress
from tee_rex_app.text.translation import tr

_WIDEST_PART = 24
_ADDRESS_PARTS = re.compile(r"[^./ -]*[./ -]*")
_MINUTES_FROM = 92.5
"""Seconds; shorter estimates are rounded to 5 seconds."""


def seconds(ms: float) -> str:
    """Format a duration: 85 ms, 0.42 s, 19.3 s, 2:05."""
    if ms < 100:
        return f"{ms:.0f} ms"
    if ms < 1_000:
        return f"{QLocale().toString(ms / 1000, 'f', 2)} s"
    if ms < 119_950:
        return f"{QLocale().toString(ms / 1000, 'f', 1)} s"
    whole = round(ms / 1000)
    return f"{whole // 60}:{whole % 60:02}"


def estimate(ms: float) -> str:
    """Format an expected duration: in whole seconds from 10 seconds on."""
    return f"{ms / 1000:.0f} s" if 10_000 <= ms < 119_500 else seconds(ms)


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


def about_left(left: float | None) -> str:
    """The estimated remaining time, rounded to its accuracy."""
    if left is None:
        return tr("measuring…")
    if left < 1.5:
        return tr("almost done")
    if left >= _MINUTES_FROM:
        return tr("about {minutes} min left").format(minutes=round(left / 60))
    rounded = round(left) if left < 20 else round(left / 5) * 5
    return tr("about {seconds} s left").format(seconds=rounded)


def megabytes(size: float) -> str:
    """Format a number of bytes in MB."""
    return f"{QLocale().toString(size / 1e6, 'f', 0 if size >= 10e6 else 1)} MB"


def task_text(task: TaskProgress) -> str:
    """A running download or installation, with its progress."""
    label = task_name(task.task) or task.label
    if not task.total:
        return label
    percent = min(100, 100 * task.done // task.total)
    return f"{label} · {percent} %"


def task_name(task: str) -> str:
    """The name of a download or installation; empty for an unknown one."""
    return {
        "bb.download": tr("Downloading the prover"),
        "runtime.download": tr("Downloading newer system libraries"),
        "crs.download": tr("Downloading the CRS"),
        "crs.import": tr("Importing the CRS"),
        "crs.development": tr("Computing the development CRS"),
        "bridge.download": tr("Downloading Aztec's wallet"),
        "bridge.build": tr("Building Aztec's wallet"),
        "wallet.sync": tr("Synchronising the wallet"),
    }.get(task, "")
