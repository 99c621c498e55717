"""The application's icon in every drawn size."""

from __future__ import annotations

from importlib import resources

from PySide6.QtGui import QIcon, QPixmap

ICON_SIZES = (16, 24, 32, 48, 64, 128, 256, 512)


def application_icon() -> QIcon:
    """Load the shipped icon; its small sizes are drawn with fewer lines."""
    folder = resources.files("tee_rex_app") / "resources" / "icons"
    icon = QIcon()
    for size in ICON_SIZES:
        pixmap = QPixmap()
        if not pixmap.loadFromData((folder / f"tee-rex-{size}.png").read_bytes()):
            raise RuntimeError(f"The shipped icon of {size} pixels cannot be used.")
        icon.addPixmap(pixmap)
    return icon
