"""What a settings file says."""

from __future__ import annotations

from pathlib import Path

from tee_rex.settings.file import SettingsFile, SettingsReading


def settings_in(file: Path) -> SettingsFile:
    """All of it; raises BadSettingError, also for a single value that cannot be used."""
    return SettingsReading.of(file).require().settings
