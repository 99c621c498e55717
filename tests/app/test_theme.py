from __future__ import annotations

import pytest
from PySide6.QtGui import QFontInfo, QFontMetricsF
from PySide6.QtWidgets import QApplication

from tee_rex_app.theme import (
    TEXT_PAIRS,
    TOKENS,
    Scheme,
    Theme,
    contrast,
    mono_font,
    style_sheet,
    text_font,
)


def test_contrast_is_that_of_wcag() -> None:
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast("#767676", "#FFFFFF") == pytest.approx(4.54, abs=0.01)


@pytest.mark.parametrize("scheme", Scheme)
@pytest.mark.parametrize(("text", "ground"), TEXT_PAIRS)
def test_text_can_be_read(scheme: Scheme, text: str, ground: str) -> None:
    tokens = TOKENS[scheme]
    assert contrast(getattr(tokens, text), getattr(tokens, ground)) >= 4.5


@pytest.mark.parametrize("scheme", Scheme)
@pytest.mark.parametrize("bar", ["accent", "third", "simulate", "send", "prove", "verify", "confirm"])
def test_bars_stand_out_from_their_card(scheme: Scheme, bar: str) -> None:
    tokens = TOKENS[scheme]
    assert contrast(getattr(tokens, bar), tokens.panel) >= 3


def test_the_shipped_fonts_are_used(theme: Theme) -> None:
    assert QFontInfo(text_font()).family().startswith("Inter")
    assert QFontInfo(mono_font()).family() == "JetBrains Mono"


def test_figures_are_equally_wide(theme: Theme) -> None:
    metrics = QFontMetricsF(text_font())
    assert len({metrics.horizontalAdvance(digit) for digit in "0123456789"}) == 1


def test_changing_the_scheme_tells_painted_widgets(qapp: QApplication, theme: Theme) -> None:
    told: list[str] = []
    connection = theme.changed.connect(lambda: told.append(theme.tokens.panel))
    theme.use(Scheme.DARK)
    theme.changed.disconnect(connection)
    assert told == [TOKENS[Scheme.DARK].panel]
    assert qapp.styleSheet() == style_sheet(TOKENS[Scheme.DARK])
