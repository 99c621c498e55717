"""The picture of the architecture, drawn from the layers that import-linter checks: ``make docs``.

Each row is a layer of pyproject.toml's contracts; code imports from rows below its own, never from above. A
box shows the first sentence of its package's docstring.
"""

from __future__ import annotations

import ast
import tomllib
from dataclasses import dataclass
from html import escape
from pathlib import Path

ROOT = Path(__file__).parents[1]
PICTURE = ROOT / "docs" / "images" / "architecture.svg"
_FOLDERS = {"tee_rex_app": "app", "tee_rex_server": "enclave_server", "tee_rex": "core"}
_TITLES = {
    "tee_rex_app": "app · tee_rex_app · the desktop application",
    "tee_rex_server": "enclave_server · tee_rex_server · the proving server",
    "tee_rex": "core · tee_rex · the library and the command line",
}
_WIDTH, _MARGIN, _GAP = 1120, 16, 6
_ROW, _TITLE = 36, 30
_LETTER = 6.1
"""Width of a letter of the descriptions, in pixels; what does not fit is cut off."""
_FONT = 'font-family="Inter, Helvetica, Arial, sans-serif"'
_STYLE = """
.page { fill: #fff } .column { fill: #f3f5f8; stroke: #c9d1dc } .box { fill: #fff; stroke: #b4bfcd }
.title { font-size: 13px; font-weight: 600; fill: #1d2733 }
.name { font-size: 12px; font-weight: 600; fill: #0b5cad }
.words { font-size: 11px; fill: #445163 }
.arrow { stroke: #5b6b7f; stroke-width: 1.5; fill: none }
"""
_ARROW_HEAD = """
<marker id="head" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" orient="auto">
<path d="M0 0L8 4L0 8z" fill="#5b6b7f"/></marker>
"""


@dataclass(frozen=True)
class Column:
    """A distribution with its layers, drawn from ``left``, ``top`` on."""

    package: str
    layers: tuple[tuple[str, ...], ...]
    left: float
    top: float
    width: float

    @property
    def height(self) -> float:
        """In pixels."""
        return _TITLE + len(self.layers) * (_ROW + _GAP) + _GAP

    def svg(self) -> list[str]:
        """Its lines of SVG."""
        size = f'width="{self.width}" height="{self.height}"'
        lines = [
            f'<rect class="column" x="{self.left}" y="{self.top}" {size} rx="10"/>',
            f'<text class="title" x="{self.left + 12}" y="{self.top + 20}">{_TITLES[self.package]}</text>',
        ]
        for row, layer in enumerate(self.layers):
            top = self.top + _TITLE + row * (_ROW + _GAP)
            width = (self.width - 2 * _GAP - (len(layer) - 1) * _GAP) / len(layer)
            for index, name in enumerate(layer):
                left = self.left + _GAP + index * (width + _GAP)
                lines += self._box(name, left, top, width)
        return lines

    def _box(self, name: str, left: float, top: float, width: float) -> list[str]:
        words = description(self.package, name)
        letters = int((width - 16) / _LETTER)
        if len(words) > letters:
            words = words[: letters - 1].rstrip(" ,:;") + "…"
        return [
            f'<rect class="box" x="{left:g}" y="{top:g}" width="{width:g}" height="{_ROW}" rx="5"/>',
            f'<text class="name" x="{left + 8:g}" y="{top + 15:g}">{name}</text>',
            f'<text class="words" x="{left + 8:g}" y="{top + 29:g}">{escape(words)}</text>',
        ]


def layers(package: str) -> tuple[tuple[str, ...], ...]:
    """The layers of a package, highest first, as the contracts of pyproject.toml have them."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    for contract in settings["contracts"]:
        if contract["type"] == "layers" and contract.get("containers") == [package]:
            rows = (layer.replace(":", "|").split("|") for layer in contract["layers"])
            return tuple(tuple(name.strip(" ()") for name in row) for row in rows)
    raise LookupError(f"no contract has the layers of {package}")


def description(package: str, name: str) -> str:
    """The first sentence of a package's or a module's docstring."""
    base = ROOT / _FOLDERS[package] / package / name
    path = base / "__init__.py" if base.is_dir() else base.with_suffix(".py")
    text = ast.get_docstring(ast.parse(path.read_text())) or ""
    return " ".join(text.partition("\n\n")[0].split()).partition(". ")[0].removesuffix(".").replace("``", "")


def picture() -> str:
    """The whole picture as SVG."""
    half = (_WIDTH - 3 * _MARGIN) / 2
    app = Column("tee_rex_app", layers("tee_rex_app"), _MARGIN, _MARGIN, half)
    server = Column("tee_rex_server", layers("tee_rex_server"), 2 * _MARGIN + half, _MARGIN, half)
    upper = max(app.height, server.height)
    core = Column("tee_rex", layers("tee_rex"), _MARGIN, 2 * _MARGIN + upper + 18, _WIDTH - 2 * _MARGIN)
    height = core.top + core.height + _MARGIN
    arrows = [
        f'<path class="arrow" d="M {x:g} {column.top + column.height:g} L {x:g} {core.top - 2:g}" '
        'marker-end="url(#head)"/>'
        for column in (app, server)
        for x in (column.left + column.width / 2,)
    ]
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height:g}" {_FONT}>',
            "<title>The layers of TEE-Rex: code imports from rows below its own</title>",
            f"<style>{_STYLE}</style>",
            f"<defs>{_ARROW_HEAD}</defs>",
            f'<rect class="page" width="{_WIDTH}" height="{height:g}"/>',
            *app.svg(),
            *server.svg(),
            *core.svg(),
            *arrows,
            "</svg>\n",
        ]
    )
