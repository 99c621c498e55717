"""Zoom: every text and what holds it, by keys and menu, remembered."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QMainWindow, QPushButton, QWidget

from support.app_scenes import attestations, make_window, scenes
from tee_rex_app.platform.remembered import FILE_NAME, Remembered
from tee_rex_app.platform.window_place import WindowPlace
from tee_rex_app.ui.dialogs.pin_dialog import PinDialog
from tee_rex_app.ui.main_window import SMALLEST, MainWindow
from tee_rex_app.ui.theme import USUAL_ZOOM, ZOOMS, Scheme, Theme, enlarged, scaled, style_sheet
from tee_rex_app.ui.widgets.layouts import row_of
from tee_rex_app.ui.widgets.parts import Look, label

CONTROL = Qt.KeyboardModifier.ControlModifier
SCENES = dict(scenes())
SHOWN = (
    "done",
    "servers",
    "log",
    "history",
    "attestation-compared",
    "settings-full",
    "sites-https",
    "flow-done",
)


@pytest.fixture
def zooming(theme: Theme) -> Iterator[Theme]:
    """The theme, in its usual size again afterwards."""
    yield theme
    theme.zoom_to(USUAL_ZOOM)


def window_of(theme: Theme, scene: str) -> MainWindow:
    window = make_window(theme, SCENES[scene])
    window.show()
    QApplication.processEvents()
    return window


def close(window: MainWindow) -> None:
    window.end()
    window.deleteLater()


def test_keys_zoom_between_80_and_200_percent(zooming: Theme) -> None:
    window = window_of(zooming, "ready")
    QTest.keyClick(window, Qt.Key.Key_Plus, CONTROL)
    assert zooming.zoom == 110
    QTest.keyClick(window, Qt.Key.Key_Equal, CONTROL)
    assert zooming.zoom == 125
    for _ in ZOOMS:
        QTest.keyClick(window, Qt.Key.Key_Plus, CONTROL)
    assert zooming.zoom == 200
    QTest.keyClick(window, Qt.Key.Key_0, CONTROL)
    assert zooming.zoom == USUAL_ZOOM
    for _ in ZOOMS:
        QTest.keyClick(window, Qt.Key.Key_Minus, CONTROL)
    assert zooming.zoom == 80
    close(window)


def test_the_menu_zooms(zooming: Theme) -> None:
    window = window_of(zooming, "ready")
    entries = {action.text(): action for action in window.page_bar.menu.actions()}
    entries["Zoom in"].trigger()
    assert zooming.zoom == 110
    entries["Zoom out"].trigger()
    entries["Zoom out"].trigger()
    assert zooming.zoom == 90
    entries["Normal size"].trigger()
    assert zooming.zoom == USUAL_ZOOM
    close(window)


@pytest.mark.parametrize("scene", SHOWN)
def test_a_zoomed_window_is_as_one_that_was_made_so(zooming: Theme, scene: str) -> None:
    window = window_of(zooming, scene)
    window.resize(1800, 1200)
    zooming.zoom_to(150)
    other = window_of(zooming, scene)
    other.resize(1800, 1200)
    for one in (window, other):
        for _ in range(4):
            QApplication.processEvents()
        one.setFocus()
    QApplication.processEvents()
    for made, zoomed in zip(shown_parts(other), shown_parts(window), strict=True):
        assert zoomed.font().pixelSize() == made.font().pixelSize(), made
        rounded = zoomed.size() - made.size()
        assert max(abs(rounded.width()), abs(rounded.height())) <= 1, (made, made.parentWidget())
    close(window)
    close(other)


def shown_parts(window: QWidget) -> list[QWidget]:
    return [one for one in window.findChildren(QWidget) if one.isVisible()]


@pytest.mark.parametrize("scene", SHOWN)
@pytest.mark.parametrize("zoom", [pytest.param(80, marks=pytest.mark.soak), 200])
def test_nothing_is_cut_off(zooming: Theme, scene: str, zoom: int) -> None:
    window = window_of(zooming, scene)
    zooming.zoom_to(zoom)
    window.setMinimumSize(0, 0)
    window.resize(*(round(side * zoom / 100) for side in SMALLEST))
    for _ in range(4):
        QApplication.processEvents()
    for button in window.findChildren(QPushButton):
        assert not button.isVisible() or button.width() >= button.sizeHint().width(), button.text()
    close(window)


def test_the_smallest_window_grows_within_the_screen(zooming: Theme) -> None:
    window = window_of(zooming, "ready")
    zooming.zoom_to(200)
    room = window.screen().availableSize() - QSize(32, 80)
    assert window.minimumSize() == QSize(1800, 1200).boundedTo(room)
    close(window)


def test_a_zoomed_window_stays_on_the_screen_and_gets_its_size_back(zooming: Theme) -> None:
    window = window_of(zooming, "ready")
    screen = window.screen().availableGeometry()
    window.resize(window.minimumSize())
    window.move(screen.right() - window.frameGeometry().width(), screen.bottom() - window.height())
    before = window.size()
    zooming.zoom_to(175)
    zooming.zoom_to(200)
    assert window.height() > before.height()
    assert screen.contains(window.frameGeometry()), window.frameGeometry()
    zooming.zoom_to(USUAL_ZOOM)
    assert window.size() == before
    chosen = QSize(before.width(), before.height() + 40)
    zooming.zoom_to(200)
    window.resize(window.minimumSize())
    zooming.zoom_to(USUAL_ZOOM)
    window.resize(chosen)
    zooming.zoom_to(110)
    zooming.zoom_to(USUAL_ZOOM)
    assert window.size() == chosen
    close(window)


def test_the_zoom_is_remembered(zooming: Theme, tmp_path: Path) -> None:
    window, again = QMainWindow(), QMainWindow()
    WindowPlace(window, Remembered(tmp_path)).keep_zoom(zooming)
    zooming.zoom_to(150)
    kept = (tmp_path / FILE_NAME).read_text()
    assert "zoom=150" in kept
    later = tmp_path / "later"  # Qt keeps in memory what it has read of a file
    later.mkdir()
    (later / FILE_NAME).write_text(kept)
    zooming.zoom_to(USUAL_ZOOM)
    WindowPlace(again, Remembered(later)).keep_zoom(zooming)
    assert zooming.zoom == 150


@pytest.mark.parametrize(
    ("kept", "zoom"), [("9999999999", 200), ("1", 80), ("-3", 100), ("x", 100), ("", 100)]
)
def test_a_damaged_zoom_is_harmless(zooming: Theme, tmp_path: Path, kept: str, zoom: int) -> None:
    (tmp_path / FILE_NAME).write_text(f"[General]\nzoom={kept}\n")
    WindowPlace(QMainWindow(), Remembered(tmp_path)).keep_zoom(zooming)
    assert zooming.zoom == zoom


def test_colours_keep_the_zoom(zooming: Theme, qapp: QApplication) -> None:
    zooming.zoom_to(200)
    zooming.use(Scheme.DARK)
    assert scaled(10) == 20
    assert qapp.styleSheet() == enlarged(style_sheet(zooming.tokens), 2.0)


@pytest.mark.parametrize("look", [Look.TAG, Look.BADGE_GOOD, Look.BADGE_ATTENTION, Look.BADGE_BAD])
@pytest.mark.parametrize("zoom", ZOOMS)
def test_badges_have_round_corners(zooming: Theme, zoom: int, look: Look) -> None:
    zooming.zoom_to(zoom)
    window = QWidget()
    window.setProperty("look", Look.CARD.value)
    badge = label(look, "development setup")
    row_of(badge, inside=window, around=(9, 9, 9, 9))
    window.show()
    QApplication.processEvents()
    image, rect = window.grab().toImage(), badge.geometry()
    around = image.pixelColor(rect.left() - 3, rect.center().y())
    assert image.pixelColor(rect.left() + 3, rect.center().y()) != around
    assert image.pixelColor(rect.topLeft()) == around
    window.close()
    window.deleteLater()


def test_no_measurement_is_cut_where_the_dialog_takes_most_of_the_screen(zooming: Theme) -> None:
    zooming.zoom_to(140)
    window = window_of(zooming, "ready")
    dialog = PinDialog(window, attestations()["unapproved"], None, set(), zooming)
    dialog.open()
    QApplication.processEvents()
    screen = window.screen().availableSize().height()
    assert 2 / 3 * screen < dialog.height() < screen, "Qt makes none larger than two thirds of it"
    wrapped = [one for one in dialog.findChildren(QLabel) if one.wordWrap() and one.isVisible()]
    assert len(wrapped) > 4
    for one in wrapped:
        assert one.height() >= one.heightForWidth(one.width()), one.text()
    dialog.reject()
    close(window)
