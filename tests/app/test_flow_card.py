"""What the card says of a flow that has ended."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtWidgets import QApplication

from app.screenshots import flow_done, made_window, ready_machine
from tee_rex_app.theme import Theme


def test_balances_are_told_by_the_names_of_the_accounts(qapp: QApplication, theme: Theme) -> None:
    window = made_window(theme, replace(ready_machine(), flow=flow_done()))
    window.show()
    told = window.prove.flow_card.result.text()
    assert told.startswith("TREX 0x2b9d")
    assert told.endswith("balances: first account 500 · second account 500")
    window.close()
    window.deleteLater()
