"""Every state in windows of several sizes, in both languages, with texts of several sizes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import QEvent, QLocale, QPoint, QRect, QSize
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QScrollArea, QWidget

from support.app_scenes import make_window, scenes
from tee_rex_app.model.state import Page, State
from tee_rex_app.text.translation import Translations
from tee_rex_app.ui.main_window import SMALLEST, MainWindow
from tee_rex_app.ui.pages.settings_page import SettingsPage
from tee_rex_app.ui.theme import Scheme, Theme
from tee_rex_app.ui.widgets.form import ArrowComboBox
from tee_rex_app.ui.widgets.parts import ElidedLabel

SCENES = list(scenes())
PROVING = [(name, state) for name, state in SCENES if state.page is Page.PROVE]
LARGE = 1.5
_MARGIN = 40
"""Below the last thing on a page: that of its card and its own."""


@pytest.fixture
def large_texts(qapp: QApplication, session_theme: Theme) -> Iterator[Theme]:
    """Texts of one and a half times their usual size."""
    yield Theme(qapp, LARGE)
    Theme(qapp, 1.0)
    session_theme.use(Scheme.LIGHT)


@pytest.fixture
def language(request: pytest.FixtureRequest, qapp: QApplication) -> Iterator[None]:
    """The application's language, of which everything is translated back afterwards."""
    before = QLocale()
    translations = Translations(qapp, QLocale(request.param))
    translations.use(request.param)
    yield
    translations.stop()
    QLocale.setDefault(before)


@pytest.fixture
def theme_of(request: pytest.FixtureRequest, qapp: QApplication, session_theme: Theme) -> Iterator[Theme]:
    """Texts of so many times their usual size."""
    yield Theme(qapp, request.param)
    Theme(qapp, 1.0)
    session_theme.use(Scheme.LIGHT)


def shown(qapp: QApplication, window: MainWindow, size: tuple[int, int]) -> None:
    """Show a window in a size, with everything in its place."""
    window.resize(*size)
    window.show()
    for _ in range(3):
        qapp.processEvents()


def closed(qapp: QApplication, window: MainWindow) -> None:
    """Close a window and forget it."""
    window.end()
    window.deleteLater()
    qapp.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


def areas(window: MainWindow) -> Iterator[QScrollArea]:
    """What scrolls: the shown page and the sidebar."""
    page = window.pages[window.store.state.page]
    area = page.area if isinstance(page, SettingsPage) else page
    assert isinstance(area, QScrollArea)
    yield area
    yield window.services.area


def faults(area: QScrollArea) -> Iterator[str]:
    """What is cut off, wider than the area, or empty below the last thing shown."""
    content, view = area.widget(), area.viewport()
    assert content is not None
    if content.width() > view.width():
        yield f"{content.width()} pixels are wider than {view.width()}"
    parts = [part for part in content.findChildren(QWidget) if part.isVisible()]
    end = max(part.mapTo(content, QPoint(0, part.height())).y() for part in parts if not part.layout())
    if content.height() > max(view.height(), end + _MARGIN):
        yield f"{content.height() - end} pixels are empty below"
    for part in parts:
        match part:
            case QPushButton():
                cut = part.width() < part.sizeHint().width()
            case QLabel() if part.wordWrap():
                cut = part.height() < part.heightForWidth(part.width())
            case QLabel() if not isinstance(part, ElidedLabel):
                cut = part.width() < part.sizeHint().width()
            case ArrowComboBox():
                cut = part.width() < part.width_for(part.itemText(0))
            case _:
                continue
        text = part.currentText() if isinstance(part, ArrowComboBox) else part.text()
        if cut and text:
            yield f"{text!r} is cut: {part.size()}"


@pytest.mark.parametrize(
    ("language", "theme_of", "size"),
    [
        pytest.param("en", 1.0, SMALLEST, id="smallest"),
        pytest.param("es", 1.0, SMALLEST, id="smallest-spanish"),
        pytest.param("es", 1.0, (1600, 1000), id="wide-spanish"),
        pytest.param("en", LARGE, (1350, 900), id="large-texts"),
        pytest.param("es", 2.0, (1600, 1000), id="largest-texts-spanish"),
    ],
    indirect=["language", "theme_of"],
)
@pytest.mark.parametrize(("name", "state"), SCENES, ids=[name for name, _ in SCENES])
@pytest.mark.usefixtures("language")
def test_everything_fits(
    qapp: QApplication, theme_of: Theme, size: tuple[int, int], name: str, state: State
) -> None:
    del name
    window = make_window(theme_of, state)
    window.setMinimumSize(0, 0)  # although this screen is smaller than the window's usual least size
    shown(qapp, window, size)
    assert (window.width(), window.height()) == size
    assert [fault for area in areas(window) for fault in faults(area)] == []
    title = window.run_strip.title
    assert not title.isVisible() or title.width() >= title.sizeHint().width()
    closed(qapp, window)


@pytest.mark.parametrize(("name", "state"), PROVING, ids=[name for name, _ in PROVING])
def test_the_first_size_follows_the_text_size_within_the_screen(
    qapp: QApplication, large_texts: Theme, name: str, state: State
) -> None:
    del name
    window = make_window(large_texts, state)
    room = window.screen().availableSize()
    smallest = QSize(*(round(LARGE * side) for side in SMALLEST)).boundedTo(room)
    assert window.minimumSize() == smallest.boundedTo(room - QSize(24, 60))
    assert window.size().boundedTo(room) == window.size()  # the first one, although larger texts want more
    shown(qapp, window, (round(LARGE * SMALLEST[0]), round(LARGE * SMALLEST[1])))
    tree = window.prove.breakdown.tree
    assert tree.sizeHintForRow(0) == -1 or tree.sizeHintForRow(0) >= tree.fontMetrics().height()
    closed(qapp, window)


@pytest.mark.parametrize("name", ["checking", "servers", "history", "attestation-first", "sites", "settings"])
def test_everything_is_in_its_place_at_the_first_paint(qapp: QApplication, theme: Theme, name: str) -> None:
    window = make_window(theme, dict(SCENES)[name])
    window.show()
    qapp.processEvents()
    first = window.grab().toImage()
    for _ in range(5):
        qapp.processEvents()
    assert window.grab().toImage() == first
    closed(qapp, window)


def test_a_scroll_bar_that_comes_moves_nothing(qapp: QApplication, theme: Theme) -> None:
    window = make_window(theme, dict(SCENES)["checking"])
    window.setMinimumSize(0, 0)
    scrolling, widths = [], []
    for height in (1000, 400):
        shown(qapp, window, (1280, height))
        scrolling += [area.verticalScrollBar().maximum() > 0 for area in areas(window)]
        widths.append([area.viewport().width() for area in areas(window)])
    assert scrolling == [False, False, True, True]
    assert widths[0] == widths[1]
    closed(qapp, window)


def test_the_menu_stays_within_the_window(qapp: QApplication, theme: Theme) -> None:
    window = make_window(theme, dict(SCENES)["ready"])
    window.setMinimumSize(0, 0)
    shown(qapp, window, (700, 600))  # narrower than this platform's screen
    menu, button = window.page_bar.menu, window.page_bar.menu_button
    menu.popup(button.mapToGlobal(QPoint(0, button.height())))
    qapp.processEvents()
    frame = QRect(window.mapToGlobal(QPoint()), window.size())
    assert frame.contains(menu.geometry())
    assert menu.geometry().right() == button.mapToGlobal(QPoint(button.width() - 1, 0)).x()
    menu.close()
    closed(qapp, window)


@pytest.mark.parametrize(
    ("name", "state"),
    [scene for scene in PROVING if scene[1].running],
    ids=[name for name, state in PROVING if state.running],
)
def test_cancel_is_in_sight_while_something_runs(
    qapp: QApplication, theme: Theme, name: str, state: State
) -> None:
    del name
    before = replace(state, run=None, flow=None)
    window = make_window(theme, before)
    window.setMinimumSize(0, 0)
    shown(qapp, window, SMALLEST)
    window.store.update(run=state.run, flow=state.flow)
    for _ in range(3):
        qapp.processEvents()
    cancel = window.prove._shown_card().cancel
    assert cancel.visibleRegion().boundingRect() == cancel.rect()
    closed(qapp, window)
