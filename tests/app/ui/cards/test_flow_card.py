"""The card of a finished flow."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QPushButton

from support.app_scenes import make_window
from support.app_states import flow_done, ready_machine
from tee_rex_app.ui.theme import Theme


def test_balances_are_shown_with_account_names(qapp: QApplication, theme: Theme) -> None:
    window = make_window(theme, replace(ready_machine(), flow=flow_done()))
    window.show()
    token, balances = window.prove.flow_card.result.lines
    assert token.name == "Token TREX"
    assert token.is_address
    assert balances.value == "first account 500 · second account 500"
    (copy,) = (one for one in window.prove.flow_card.result.findChildren(QPushButton) if one.isVisible())
    copy.click()
    assert QGuiApplication.clipboard().text() == token.value
    window.close()
    window.deleteLater()
