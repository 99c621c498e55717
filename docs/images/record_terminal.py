"""Run a command in a real terminal (tmux) and draw its screen: ``record_terminal.py OUT.svg COMMAND …``."""

from __future__ import annotations

import io
import shlex
import subprocess
import sys
import time
from pathlib import Path

from rich.console import Console
from rich.terminal_theme import MONOKAI
from rich.text import Text

_COLUMNS, _ROWS = 100, 40
_DONE = "command-has-ended"

# rich's own template without its web fonts: the picture names no other place.
_SVG = """<svg viewBox="0 0 {width} {height}" xmlns="http://www.w3.org/2000/svg">
<style>
.{unique_id}-matrix {{ font-family: "JetBrains Mono", Menlo, Consolas, monospace; font-size: {char_height}px;
  line-height: {line_height}px; font-variant-east-asian: full-width; }}
{styles}
</style>
<defs><clipPath id="{unique_id}-clip-terminal"><rect x="0" y="0" width="{terminal_width}"
 height="{terminal_height}"/></clipPath>{lines}</defs>
<rect fill="#0F1412" x="1" y="1" width="{width}" height="{height}" rx="12"/>
<g transform="translate({terminal_x}, {terminal_y})" clip-path="url(#{unique_id}-clip-terminal)">
{backgrounds}<g class="{unique_id}-matrix">{matrix}</g></g>
</svg>
"""


def recorded(command: list[str]) -> str:
    """The terminal's last screen, with ANSI colours; none of it is made up."""
    tmux = ("tmux", "-L", "tee-rex-recording")
    typed = shlex.join(command)
    shell = f"printf '$ %s\\n' {shlex.quote(typed)}; {typed}; tmux wait-for -S {_DONE}; sleep 600"
    start = (*tmux, "new-session", "-d", "-x", str(_COLUMNS), "-y", str(_ROWS), shell)
    subprocess.run(start, check=True)
    try:
        subprocess.run((*tmux, "wait-for", _DONE), check=True, timeout=300)
        time.sleep(0.5)
        return subprocess.run(
            (*tmux, "capture-pane", "-p", "-e"), check=True, capture_output=True, text=True
        ).stdout
    finally:
        subprocess.run((*tmux, "kill-server"), check=True)


def main() -> None:
    """Draw the command's screen into the file."""
    out, *command = sys.argv[1:]
    screen = recorded(command).rstrip("\n")
    console = Console(record=True, width=_COLUMNS, file=io.StringIO(), force_terminal=True)
    console.print(Text.from_ansi(screen))
    Path(out).write_text(console.export_svg(title="", theme=MONOKAI, code_format=_SVG, unique_id="terminal"))


if __name__ == "__main__":
    main()
