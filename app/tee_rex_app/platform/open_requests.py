"""A second start of the application: it shows the window, and may bring a file."""

from __future__ import annotations

from tee_rex_app.platform.single_instance import OpenRequest
from tee_rex_app.ui.main_window import MainWindow


def take(window: MainWindow, request: OpenRequest) -> None:
    """Show the window in front, and the file in it."""
    window.present(request.activation_token)
    if request.path is not None:
        window.intents.open_files([request.path])
