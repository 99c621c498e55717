"""A second start of the application: it shows the window, and may bring files."""

from __future__ import annotations

from tee_rex_app.platform.single_instance import OpenRequest
from tee_rex_app.ui.main_window import MainWindow


def take(window: MainWindow, request: OpenRequest) -> None:
    """Show the window in front, and the files in it."""
    window.present(request.activation_token)
    if request.paths:
        window.intents.open_files(request.paths)
