from __future__ import annotations

import sys

import pytest
from PySide6.QtGui import QFont, QFontInfo, QFontMetricsF
from PySide6.QtWidgets import QApplication

from tee_rex_app.ui.theme import (
    LIGHT,
    TEXT_PAIRS,
    TOKENS,
    Scheme,
    Theme,
    contrast,
    enlarged,
    mono_font,
    style_sheet,
    system_text_scale,
    text_font,
)


def test_contrast_is_that_of_wcag() -> None:
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast("#767676", "#FFFFFF") == pytest.approx(4.54, abs=0.01)


@pytest.mark.parametrize("scheme", Scheme)
@pytest.mark.parametrize(("text", "ground"), TEXT_PAIRS)
def test_texts_have_enough_contrast(scheme: Scheme, text: str, ground: str) -> None:
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


def test_a_style_sheet_for_larger_texts_leaves_thin_lines_alone() -> None:
    sheet = (
        "font-size: 13px; min-height: 18px; height: 28px; max-height: 4px; min-height: 1px; padding: 10px;"
    )
    larger = (
        "font-size: 20px; min-height: 27px; height: 42px; max-height: 4px; min-height: 1px; padding: 10px;"
    )
    assert enlarged(sheet, 1.5) == larger
    assert enlarged(style_sheet(LIGHT), 1.0) == style_sheet(LIGHT)


@pytest.mark.parametrize(("times", "scale"), [(0.9, 1.0), (1.0, 1.0), (1.5, 1.5), (4.0, 2.0)])
def test_texts_follow_the_systems_text_size(times: float, scale: float) -> None:
    usual = {"win32": 9.0, "darwin": 13.0}.get(sys.platform, 11.0)
    font = QFont()
    font.setPointSizeF(times * usual)
    assert system_text_scale(font) == pytest.approx(scale)


def test_a_font_size_in_pixels_does_not_scale_texts() -> None:
    assert system_text_scale(text_font()) == 1.0
