"""What runs is seen on every page."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from support.app_window import App, in_app
from tee_rex_app.model.state import Page


@pytest.mark.parametrize("page", [page for page in Page if page is not Page.PROVE])
@in_app(stop_at=5)
async def test_a_running_proof_is_seen_on_every_other_page_which_lead_to_it(app: App, page: Page) -> None:
    strip, intents = app.window.run_strip, app.application.intents
    intents.open_page(page)
    assert not strip.isVisible()
    await app.begin_sample()
    await app.until(lambda: app.run.current == 5)
    assert not strip.isVisible()  # its own page is open
    intents.open_page(page)
    assert strip.isVisible()
    assert strip.title.text() == "Proving · circuit 6 of 11"
    assert strip.source.text() == "Sample: deploy account"
    assert strip.accessibleName() == "Proving · circuit 6 of 11, Sample: deploy account"
    assert strip.row.isVisible()
    QTest.mouseClick(strip.open, Qt.MouseButton.LeftButton)
    assert app.application.store.state.page is Page.PROVE
    assert not strip.isVisible()
    intents.open_page(page)
    app.backend.gate.set()
    await app.proved()
    assert not strip.isVisible()
    assert app.application.store.state.page is page
