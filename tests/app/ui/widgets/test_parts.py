"""Signs look the same whatever was painted before them."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from support.app_scenes import make_window
from support.app_states import ready_machine
from tee_rex_app.model.runs import Outcome
from tee_rex_app.ui.theme import Scheme, Theme
from tee_rex_app.ui.widgets.layouts import STRETCH, row_of
from tee_rex_app.ui.widgets.parts import AskingButton, Look, Sign, button, paint_sign


def painted(sign: Sign, *, after_another: bool) -> QImage:
    image = QImage(16, 16, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.white)
    painter = QPainter(image)
    if after_another:
        painter.setBrush(QColor("green"))
        painter.setPen(QPen(QColor("red"), 4))
    paint_sign(painter, sign, QPointF(8, 8), QColor("blue"))
    painter.end()
    return image


@pytest.mark.parametrize("sign", Sign)
def test_a_sign_is_painted_without_what_was_painted_before(qapp: QApplication, sign: Sign) -> None:
    del qapp
    assert painted(sign, after_another=True) == painted(sign, after_another=False)
    hollow = painted(sign, after_another=True).pixelColor(8, 8) == QColor("white")
    assert hollow is (sign is Sign.HOLLOW)


@pytest.mark.parametrize("scheme", Scheme)
def test_a_selected_cancelled_run_has_a_hollow_dot(qapp: QApplication, theme: Theme, scheme: Scheme) -> None:
    theme.use(scheme)
    ready = ready_machine()
    runs = ready.history or ()
    row, cancelled = next((at, run) for at, run in enumerate(runs) if run.outcome is Outcome.CANCELLED)
    window = make_window(theme, replace(ready, selected=cancelled))
    window.resize(1280, 1000)
    window.show()
    qapp.processEvents()
    listed = window.prove.runs.list
    assert listed.currentIndex().row() == row
    rect = listed.visualRect(listed.currentIndex())
    image = listed.viewport().grab().toImage()
    middle = image.pixelColor(rect.left() + 15, rect.top() + 16)
    assert middle == theme.color("hover")
    window.end()
    window.deleteLater()


@pytest.mark.parametrize("look", [Look.LINK, Look.SMALL_BUTTON, Look.DANGER])
@pytest.mark.parametrize(
    "words",
    [("Forget this server's key", "Forget it?"), ("Stop local network", "Stop and delete its chain?")],
    ids=["shorter", "longer"],
)
def test_the_second_click_is_where_the_first_was(
    qapp: QApplication, theme: Theme, words: tuple[str, str], look: Look
) -> None:
    del theme
    window, asking, confirmed = QWidget(), AskingButton(*words, look), list[bool]()
    asking.confirmed.connect(lambda: confirmed.append(True))
    row_of(asking, button("Something else"), STRETCH, inside=window)
    window.resize(600, 60)
    window.show()
    qapp.processEvents()
    before = asking.geometry()
    at = QPoint(asking.width() - 3, asking.height() // 2)
    QTest.mouseClick(asking, Qt.MouseButton.LeftButton, pos=at)
    qapp.processEvents()
    assert asking.asks
    assert asking.geometry() == before
    QTest.mouseClick(asking, Qt.MouseButton.LeftButton, pos=at)
    assert confirmed == [True]
    window.close()
    window.deleteLater()
