"""The application as a screen reader has it: over the real AT-SPI bus, during a real proof."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

from support.patience import PATIENCE
from support.recorded_steps import mock_transaction
from support.screen_reader import Element, listening, read, turn_on
from support.x11_desktop import Desktop, started, until

pytestmark = [
    pytest.mark.integration,
    pytest.mark.skipif(sys.platform != "linux", reason="AT-SPI is Linux's"),
]


@pytest.fixture
def read_aloud(tray_desktop: Desktop) -> Desktop:
    """A desktop with a screen reader."""
    turn_on(tray_desktop)
    return tray_desktop


@pytest.fixture
def home(home: Path) -> Path:
    """After the introduction."""
    (home / "config" / "window.ini").write_text("[General]\nintroduced=true\n")
    return home


def named(elements: list[Element], role: str) -> list[str]:
    return [one.name for one in elements if one.role == role]


def test_a_reader_gets_roles_names_states_and_values(read_aloud: Desktop, tmp_path: Path) -> None:
    with started(read_aloud, tmp_path / "h", introduced=False) as app:
        app.window()
        until(lambda: "Introduction" in named(read(app), "dialog"))
        assert "Prove private Aztec transactions" in named(read(app), "panel")
        read_aloud.keys("Escape")
        until(lambda: "Install everything" in named(read(app), "push button"))
        elements = read(app)
        assert named(elements, "page tab") == ["Prove", "History", "Attestation", "Sites", "Settings"]
        assert [one.name for one in elements if "selected" in one.states] == ["Prove"]
        assert named(elements, "radio button") == ["Local", "Remote", "TEE"]
        assert [one.name for one in elements if "checked" in one.states] == ["Local"]
        assert {"Services", "Where to prove", "Set up this computer", "Runs"} <= set(named(elements, "panel"))
        assert [(one.name, one.value) for one in elements if one.role == "progress bar"] == [
            ("Circuits", 0.0)
        ]
        assert [one for one in elements if "focusable" in one.states and not one.name] == []
        read_aloud.keys("alt+5")
        until(lambda: named(read(app), "combo box"))
        (profile,) = (one for one in read(app) if one.role == "combo box")
        assert (profile.name, profile.labels) == ("Default", ("Profile",))
        assert named(read(app), "check box")[0] == "Require a fresh attestation per request"


def test_a_reader_hears_the_phases_and_the_result_of_a_proof(
    read_aloud: Desktop, home: Path, tmp_path: Path
) -> None:
    steps = tmp_path / "steps.msgpack"
    steps.write_bytes(mock_transaction())
    with started(read_aloud, home) as app:
        app.window()
        until(lambda: "service." in app.log())
        with listening(app) as heard:
            with started(read_aloud, home, str(steps)) as second:
                assert second.ended() == 0
            until(lambda: any("verified" in text for text in heard.announced()), 4 * PATIENCE)
            announced = heard.announced()
            values = [one.name for one in heard.events() if one.role == "progress bar"]
        proving = next(at for at, text in enumerate(announced) if text.startswith("Proving 7 circuit"))
        final = announced.index("Final proof and self-check")
        result = r"Proof generated and verified\. \d.*\. Only you could read the witness.*"
        assert proving < final < len(announced) - 1
        assert re.fullmatch(result, announced[-1])
        assert len(values) > 10
        assert set(values) == {"Circuits"}


def test_a_reader_hears_errors_and_follows_the_focus(read_aloud: Desktop, home: Path, tmp_path: Path) -> None:
    damaged = tmp_path / "damaged.msgpack"
    damaged.write_bytes(b"\x91\x01")
    with started(read_aloud, home) as app:
        app.window()
        until(lambda: "service." in app.log())
        with listening(app) as heard:
            with started(read_aloud, home, str(damaged)) as second:
                assert second.ended() == 0
            until(lambda: any("execution-steps" in text for text in heard.announced()))
            assert named(read(app), "alert") == ["Not an execution-steps file"]
            read_aloud.keys("alt+4", "Tab")
            until(lambda: heard.focused()[-1:] == ["Let websites prove"])
            assert "Sites" in heard.focused()
