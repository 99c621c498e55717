"""Every state fits the smallest window."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QApplication

from app.screenshots import NOW, scenes
from tee_rex_app.state import Intents, State, Store
from tee_rex_app.theme import Scheme, Theme
from tee_rex_app.views.main_window import SMALLEST, MainWindow

SCENES = list(scenes())


@pytest.mark.parametrize("scheme", Scheme)
@pytest.mark.parametrize(("name", "state"), SCENES, ids=[name for name, _ in SCENES])
def test_nothing_is_cut_off_in_the_smallest_window(
    qapp: QApplication, theme: Theme, scheme: Scheme, name: str, state: State
) -> None:
    theme.use(scheme)
    window = MainWindow(theme, Store(state), Intents(), lambda: NOW)
    window.resize(*SMALLEST)
    window.show()
    qapp.processEvents()
    page = window.prove.widget()
    assert page is not None
    assert page.width() <= window.prove.viewport().width(), name
    assert (window.width(), window.height()) == SMALLEST
    assert page.height() >= page.heightForWidth(page.width())
    window.close()
    window.deleteLater()
