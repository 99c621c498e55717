"""Rules for every test."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, settings
from xdist.remote import Producer  # type: ignore[import-untyped]
from xdist.scheduler import LoadFileScheduling  # type: ignore[import-untyped]

pytest_plugins = ("support.hang_report",)

# How long an example, or making one, takes says more of the machine than of the code. The examples are the
# same in every run, so that no run fails by chance; others are looked for with --hypothesis-profile=explore.
settings.register_profile(
    "every run",
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
settings.register_profile("explore", settings.get_profile("every run"), derandomize=False, max_examples=1000)
settings.load_profile("every run")

_LONGEST_ID = 24


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Name long parameters by their position: processes that share the tests must agree on names."""
    return argname if isinstance(val, bytes | str) and len(val) > _LONGEST_ID else None


# What takes a minute to build or to start, for all tests of a session: the frozen programs, and a network.
_SHARED = ("tests/installer/", "tests/e2e/aztec/")
_APART = ("tests/e2e/aztec/test_local_network_in_the_window.py",)  # it starts networks of its own


class FilesTogether(LoadFileScheduling):  # type: ignore[misc]  # xdist tells no types
    """One process a file, and one for all that share what takes long to make."""

    def _split_scope(self, nodeid: str) -> str:
        if not nodeid.startswith(_APART):
            for folder in _SHARED:
                if nodeid.startswith(folder):
                    return folder
        return str(super()._split_scope(nodeid))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> FilesTogether | None:
    """Where tests are shared out by files."""
    return FilesTogether(config, log) if config.getvalue("dist") == "loadfile" else None
