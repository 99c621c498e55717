"""Renders the app's icon from its two SVG drawings: ``make icons``. The results are committed.

PNG for Linux and the window, ICO for Windows, ICNS for macOS. Sizes up to 32 pixels use the drawing with
fewer lines. ICO and ICNS are containers of PNG files (Windows Vista and later, OS X 10.7 and later).
"""

from __future__ import annotations

import struct
import sys
from pathlib import Path

from PySide6.QtCore import QBuffer, QIODevice, Qt
from PySide6.QtGui import QGuiApplication, QImage, QPainter
from PySide6.QtSvg import QSvgRenderer

PNG_SIZES = (16, 24, 32, 48, 64, 128, 256, 512)
ICO_SIZES = (16, 24, 32, 48, 64, 128, 256)
ICNS_KINDS = {
    b"icp4": 16,
    b"icp5": 32,
    b"ic07": 128,
    b"ic08": 256,
    b"ic09": 512,
    b"ic10": 1024,
    b"ic11": 32,
    b"ic12": 64,
    b"ic13": 256,
    b"ic14": 512,
}
_SMALL = 32


def picture(folder: Path, size: int) -> bytes:
    """The icon as PNG; size: in pixels."""
    name = "tee-rex-small.svg" if size <= _SMALL else "tee-rex.svg"
    drawing = QSvgRenderer(str(folder / name))
    image = QImage(size, size, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    drawing.render(painter)
    painter.end()
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    if not image.save(buffer, "PNG"):  # type: ignore[call-overload]  # its stub only has bytes
        raise OSError(f"the icon of {size} pixels cannot be rendered")
    return bytes(buffer.data().data())


def ico(pictures: dict[int, bytes]) -> bytes:
    """A Windows icon. pictures: PNG by size."""
    head = struct.pack("<HHH", 0, 1, len(pictures))
    offset = len(head) + 16 * len(pictures)
    entries = b""
    for size, data in pictures.items():
        side = 0 if size == 256 else size  # 0 means 256
        entries += struct.pack("<BBBBHHII", side, side, 0, 0, 1, 32, len(data), offset)
        offset += len(data)
    return head + entries + b"".join(pictures.values())


def icns(pictures: dict[bytes, bytes]) -> bytes:
    """A macOS icon. pictures: PNG by kind."""
    parts = b"".join(kind + struct.pack(">I", 8 + len(data)) + data for kind, data in pictures.items())
    return b"icns" + struct.pack(">I", 8 + len(parts)) + parts


def main() -> None:
    """Write all pictures beside their drawings, in the folder given on the command line."""
    folder = Path(sys.argv[1])
    _application = QGuiApplication(["make_icons", "-platform", "offscreen"])
    for size in PNG_SIZES:
        (folder / f"tee-rex-{size}.png").write_bytes(picture(folder, size))
    (folder / "tee-rex.ico").write_bytes(ico({size: picture(folder, size) for size in ICO_SIZES}))
    (folder / "tee-rex.icns").write_bytes(
        icns({kind: picture(folder, size) for kind, size in ICNS_KINDS.items()})
    )


if __name__ == "__main__":
    main()
