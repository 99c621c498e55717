"""Every hash that is shown can be copied: the whole value, without what groups or shortens it."""

from __future__ import annotations

import re
from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtGui import QContextMenuEvent, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from support.app_scenes import attestations, make_window, scenes
from support.app_states import flow_done, ready_machine
from tee_rex_app.model.state import Page
from tee_rex_app.ui.main_window import MainWindow
from tee_rex_app.ui.pages.attestation_page import AttestationPage
from tee_rex_app.ui.pages.settings_page import SettingsPage
from tee_rex_app.ui.theme import Theme
from tee_rex_app.ui.widgets.copying import CopyButton
from tee_rex_app.ui.widgets.menus import ContextMenu

SCENES = dict(scenes())


def shown(theme: Theme, scene: str) -> MainWindow:
    window = make_window(theme, SCENES[scene])
    window.resize(1280, 1600)
    window.show()
    QApplication.processEvents()
    return window


def end(window: MainWindow) -> None:
    window.end()
    window.deleteLater()


def copied_within(part: QWidget) -> dict[str, str]:
    """What each visible button copies, by its name."""
    copied = {}
    for button in part.findChildren(CopyButton):
        if button.isVisible():
            QGuiApplication.clipboard().clear()
            QTest.mouseClick(button, Qt.MouseButton.LeftButton)
            copied[button.accessibleName()] = QGuiApplication.clipboard().text()
    return copied


def test_the_hashes_of_an_attestations_steps(theme: Theme) -> None:
    window = shown(theme, "attestation-approved")
    page = window.pages[Page.ATTESTATION]
    assert isinstance(page, AttestationPage)
    copied = copied_within(page.steps)
    examined = attestations()["approved"]
    pcrs = {f"Copy PCR{index}": examined.pcr(index) for index in range(3)}
    assert {name: value for name, value in copied.items() if name in pcrs} == pcrs
    rest = {name: value for name, value in copied.items() if name not in pcrs}
    (prover,) = examined.examination.provers or ()
    assert rest.pop(f"Copy the digest of bb {prover.version}") == prover.sha256
    assert list(rest) == ["Copy the root certificate's fingerprint", "Copy the encryption key's digest"]
    assert all(re.fullmatch("[0-9a-f]{64}", value) for value in rest.values())
    end(window)


def test_tab_goes_through_the_hashes_before_what_is_below_them(theme: Theme) -> None:
    window = shown(theme, "attestation-unapproved")
    page = window.pages[Page.ATTESTATION]
    assert isinstance(page, AttestationPage)
    window.activateWindow()
    buttons = page.steps.findChildren(CopyButton)
    buttons[0].setFocus(Qt.FocusReason.TabFocusReason)
    for button in buttons[1:]:
        QTest.keyClick(window.focusWidget(), Qt.Key.Key_Tab)
        assert window.focusWidget() is button
    QTest.keyClick(window.focusWidget(), Qt.Key.Key_Tab)
    assert window.focusWidget() is page.compare
    end(window)


def test_the_measurements_of_a_rebuilt_image_have_a_context_menu(theme: Theme) -> None:
    window = shown(theme, "attestation-compared")
    page = window.pages[Page.ATTESTATION]
    assert isinstance(page, AttestationPage)
    row = next(
        one
        for one in page.comparison.findChildren(QWidget)
        if one.contextMenuPolicy() is Qt.ContextMenuPolicy.CustomContextMenu and "PCR1" in texts_of(one)
    )
    at = row.rect().center()
    event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, at, row.mapToGlobal(at))
    QApplication.sendEvent(row, event)
    (menu,) = row.findChildren(ContextMenu)
    copied = {}
    for action in menu.actions():
        action.trigger()
        copied[action.text()] = QGuiApplication.clipboard().text()
    examined = attestations()["unapproved"]
    assert copied == {"Copy PCR1 of the image": "5a" * 48, "Copy PCR1 of the enclave": examined.pcr(1)}
    end(window)


def texts_of(row: QWidget) -> list[str]:
    return [one.property("text") for one in row.findChildren(QWidget) if one.property("text")]


def test_the_measurements_of_a_build_to_pin(theme: Theme) -> None:
    window = shown(theme, "attestation-unapproved")
    page = window.pages[Page.ATTESTATION]
    assert isinstance(page, AttestationPage)
    dialog = page.ask_to_pin()
    assert dialog is not None
    assert dialog.focusWidget() is dialog.name.edit  # not the first button that copies
    examined = attestations()["unapproved"]
    assert copied_within(dialog) == {f"Copy PCR{index}": examined.pcr(index) for index in range(3)}
    dialog.close()
    end(window)


def test_pcr0_of_approved_builds(theme: Theme) -> None:
    window = shown(theme, "settings-full")
    page = window.pages[Page.SETTINGS]
    assert isinstance(page, SettingsPage)
    builds = SCENES["settings-full"].settings.approved_builds
    assert builds
    assert copied_within(page.builds) == {f"Copy PCR0 of {one.name}": one.pcr0 for one in builds}
    end(window)


def test_transactions_and_addresses_of_a_flow(theme: Theme) -> None:
    window = make_window(theme, replace(ready_machine(), flow=flow_done()))
    window.show()
    QApplication.processEvents()
    sent = [step.transaction for step in flow_done().steps if step.transaction is not None]
    copied = copied_within(window.prove.flow_card)
    assert copied.pop("Copy the address: Token TREX") == window.prove.flow_card.result.lines[0].value
    assert list(copied.values()) == sent
    assert "Copy the transaction of Mint privately" in copied
    end(window)
