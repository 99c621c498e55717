"""Colours, fonts and the style sheet built from them; light and dark, following the system."""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass
from enum import StrEnum
from importlib import resources

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase, QPalette
from PySide6.QtWidgets import QApplication

from tee_rex.settings.file import ThemeChoice

TEXT_FAMILY = "Inter"
MONO_FAMILY = "JetBrains Mono"
_FONT_FILES = ("Inter-Regular.otf", "Inter-Medium.otf", "Inter-SemiBold.otf", "JetBrainsMono-Regular.ttf")

TEXT_PIXELS = 13
TITLE_PIXELS = 15
NUMBER_PIXELS = 26
LABEL_PIXELS = 11
MONO_PIXELS = 12

SIDEBAR_WIDTH = 263
CARD_RADIUS = 12
CONTROL_RADIUS = 8
BAR_RADIUS = 3
_ROUND = 7
"""At most half the height with the smallest texts: else Qt draws no round corners at all."""

ZOOMS = (80, 90, 100, 110, 125, 150, 175, 200)
"""In percent of the system's text size."""
USUAL_ZOOM = 100
_TEXT_SCALE = "textScale"
"""The application property that holds the text scale, for code that creates fonts without a theme."""
_LARGEST_TEXT_SCALE = 2.0
_USUAL_POINTS = {"win32": 9.0, "darwin": 13.0, "linux": 11.0}
"""In points: the usual size of system fonts; KDE's is 10, GNOME's 11."""


class Scheme(StrEnum):
    """Light or dark."""

    LIGHT = "light"
    DARK = "dark"


@dataclass(frozen=True, slots=True)
class Tokens:
    """A colour scheme, each colour named by its purpose.

    ink, second, third: text by weight. accent: done, verified, the one primary button. track: the
    unfilled part of bars. simulate, send, prove, verify, confirm: kinds of time in charts, never states.
    """

    background: str
    panel: str
    hover: str
    line: str
    border: str
    ink: str
    second: str
    third: str
    accent: str
    accent_hover: str
    on_accent: str
    accent_text: str
    accent_soft: str
    amber: str
    amber_soft: str
    red: str
    red_soft: str
    track: str
    simulate: str
    send: str
    prove: str
    verify: str
    confirm: str


LIGHT = Tokens(
    background="#F6F7F5",
    panel="#FFFFFF",
    hover="#F4F6F3",
    line="#E2E5E0",
    border="#D3D8D2",
    ink="#16201B",
    second="#55615A",
    third="#68736C",
    accent="#087F5C",
    accent_hover="#067A58",
    on_accent="#FFFFFF",
    accent_text="#067A58",
    accent_soft="#DDF2EA",
    amber="#8F5400",
    amber_soft="#FBEFD9",
    red="#B3382C",
    red_soft="#FBE9E7",
    track="#DCE1DC",
    simulate="#2F6FB0",
    send="#7458B8",
    prove="#0E7C8B",
    verify="#6B7312",
    confirm="#A04A78",
)

DARK = Tokens(
    background="#0F1412",
    panel="#171D1A",
    hover="#1E2622",
    line="#27302B",
    border="#35403A",
    ink="#E8EEEA",
    second="#A3B0A9",
    third="#8A968F",
    accent="#3CC79A",
    accent_hover="#52D3A9",
    on_accent="#06261B",
    accent_text="#3CC79A",
    accent_soft="#12352A",
    amber="#E5A94B",
    amber_soft="#3A2B12",
    red="#F08375",
    red_soft="#3A1C18",
    track="#2C3731",
    simulate="#6FA8DC",
    send="#A58BE0",
    prove="#4FBFCB",
    verify="#BCC55C",
    confirm="#D98AB4",
)

TOKENS = {Scheme.LIGHT: LIGHT, Scheme.DARK: DARK}

TEXT_PAIRS = (
    *((ink, ground) for ink in ("ink", "second", "third") for ground in ("background", "panel", "hover")),
    ("on_accent", "accent"),
    ("on_accent", "accent_hover"),
    ("accent_text", "panel"),
    ("accent_text", "background"),
    ("accent_text", "accent_soft"),
    ("amber", "amber_soft"),
    ("amber", "panel"),
    ("red", "panel"),
    ("red", "background"),
    ("red", "red_soft"),
    ("ink", "red_soft"),
    ("second", "red_soft"),
    ("ink", "amber_soft"),
    ("ink", "accent_soft"),
    ("amber", "hover"),
    ("second", "track"),
)
"""Every pair of text and background colours used in the application; their contrast is at least 4.5 : 1."""


class Theme(QObject):
    """The current colours and sizes; painted widgets query it and repaint on ``changed``.

    Signals: zoomed after it, for what keeps fonts or sizes.
    """

    changed = Signal()
    zoomed = Signal()

    def __init__(self, application: QApplication, text_scale: float | None = None) -> None:
        """Style the application and follow the system's light or dark scheme.

        text_scale: 1 for the usual text size; None for the system's.
        """
        super().__init__()
        self._application = application
        self._usual_scale = system_text_scale(application.font()) if text_scale is None else text_scale
        self.zoom = USUAL_ZOOM
        load_fonts()
        application.setStyle("Fusion")
        self._follows_system = True
        self._preferred = Qt.ColorScheme.Unknown
        application.styleHints().colorSchemeChanged.connect(self._system_changed)
        self.tokens = LIGHT
        self.use(self._of_system())

    def choose(self, choice: ThemeChoice) -> None:
        """Follow the system, or stay light or dark."""
        self._follows_system = choice is ThemeChoice.SYSTEM
        self.use(self._of_system() if self._follows_system else Scheme(choice.value))

    def prefer(self, scheme: Qt.ColorScheme) -> None:
        """Take this for the system's scheme. Unknown: what Qt finds, which some desktops do not tell it."""
        self._preferred = scheme
        self._system_changed()

    def zoom_to(self, percent: int) -> None:
        """Show texts, and what holds them, in this size, within the bounds of ``ZOOMS``."""
        percent = max(ZOOMS[0], min(ZOOMS[-1], percent))
        if percent != self.zoom:
            self.zoom = percent
            self.use(self.scheme)
            self.zoomed.emit()

    def zoom_in(self) -> None:
        """Show everything one step larger."""
        self.zoom_to(next((one for one in ZOOMS if one > self.zoom), self.zoom))

    def zoom_out(self) -> None:
        """Show everything one step smaller."""
        self.zoom_to(next((one for one in reversed(ZOOMS) if one < self.zoom), self.zoom))

    def _system_changed(self) -> None:
        if self._follows_system:
            self.use(self._of_system())

    def _of_system(self) -> Scheme:
        preferred = self._preferred
        if preferred is Qt.ColorScheme.Unknown:
            preferred = self._application.styleHints().colorScheme()
        return Scheme.DARK if preferred is Qt.ColorScheme.Dark else Scheme.LIGHT

    def use(self, scheme: Scheme) -> None:
        """Switch to this scheme."""
        self.scheme = scheme
        self.tokens = TOKENS[scheme]
        scale = self._usual_scale * self.zoom / USUAL_ZOOM
        if scale != self._application.property(_TEXT_SCALE):
            self._application.setProperty(_TEXT_SCALE, scale)
            self._application.setFont(text_font())
        self._application.setPalette(_palette(self.tokens))
        self._application.setStyleSheet(enlarged(style_sheet(self.tokens), scale))
        self.changed.emit()

    def color(self, token: str) -> QColor:
        """Return a colour by its token."""
        return QColor(str(getattr(self.tokens, token)))


def load_fonts() -> None:
    """Register the shipped fonts with Qt. Raises RuntimeError if one is not a font."""
    folder = resources.files("tee_rex_app") / "resources" / "fonts"
    known = set(QFontDatabase.families())
    if {TEXT_FAMILY, MONO_FAMILY} <= known and "SemiBold" in QFontDatabase.styles(TEXT_FAMILY):
        return
    for name in _FONT_FILES:
        if QFontDatabase.addApplicationFontFromData((folder / name).read_bytes()) < 0:
            raise RuntimeError(f"The shipped font {name} cannot be used.")


def system_text_scale(font: QFont) -> float:
    """The system's text scale, 1 to 2, taken from its default font.

    It excludes the display scale, by which Qt enlarges whole windows.
    """
    usual = _USUAL_POINTS.get(sys.platform, _USUAL_POINTS["linux"])
    return max(1.0, min(_LARGEST_TEXT_SCALE, font.pointSizeF() / usual))  # -1 where it is given in pixels


def scaled(pixels: float) -> int:
    """Scale the height or width of something that holds text by the text scale."""
    application = QApplication.instance()
    scale = application.property(_TEXT_SCALE) if application is not None else None
    return round(pixels * (scale or 1.0))


def enlarged(sheet: str, scale: float) -> str:
    """Scale the text sizes in a style sheet, and the sizes of what holds text, from ten pixels on."""

    def scale_one(found: re.Match[str]) -> str:
        return f"{found[1]}{round(int(found[2]) * scale)}px"

    return re.sub(r"(\b(?:font-size|width|height): )(\d{2,})px", scale_one, sheet)


def text_font(pixels: int = TEXT_PIXELS, weight: QFont.Weight = QFont.Weight.Normal) -> QFont:
    """Inter with tabular figures, so that running numbers do not shake; an address keeps its 0x."""
    font = QFont(TEXT_FAMILY)
    font.setPixelSize(scaled(pixels))
    font.setWeight(weight)
    font.setFeature(QFont.Tag("tnum"), 1)
    font.setFeature(QFont.Tag("calt"), 0)
    return font


def mono_font(pixels: int = MONO_PIXELS) -> QFont:
    """The font for circuit names, hashes and logs, without ligatures, which change how a hash looks."""
    font = QFont(MONO_FAMILY)
    font.setPixelSize(scaled(pixels))
    font.setFeature(QFont.Tag("calt"), 0)
    return font


def contrast(one: str, other: str) -> float:
    """The contrast of two colours (#RRGGBB), 1 to 21: WCAG 2.2, "contrast ratio"."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(color: str) -> float:
    def linear(channel: float) -> float:
        return channel / 12.92 if channel <= 0.04045 else float(((channel + 0.055) / 1.055) ** 2.4)

    red, green, blue = (linear(int(color[i : i + 2], 16) / 255) for i in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _palette(tokens: Tokens) -> QPalette:
    palette = QPalette()
    roles = {
        QPalette.ColorRole.Window: tokens.background,
        QPalette.ColorRole.WindowText: tokens.ink,
        QPalette.ColorRole.Base: tokens.panel,
        QPalette.ColorRole.AlternateBase: tokens.background,
        QPalette.ColorRole.Text: tokens.ink,
        QPalette.ColorRole.Button: tokens.panel,
        QPalette.ColorRole.ButtonText: tokens.ink,
        QPalette.ColorRole.ToolTipBase: tokens.panel,
        QPalette.ColorRole.ToolTipText: tokens.ink,
        QPalette.ColorRole.PlaceholderText: tokens.third,
        QPalette.ColorRole.Highlight: tokens.accent_soft,
        QPalette.ColorRole.HighlightedText: tokens.ink,
        QPalette.ColorRole.Accent: tokens.accent,
        QPalette.ColorRole.Link: tokens.accent_text,
    }
    for role, color in roles.items():
        palette.setColor(role, QColor(color))
    return palette


def style_sheet(t: Tokens) -> str:
    """Build Qt's style sheet from the tokens; widgets select a rule by their property ``look``."""
    return f"""
QWidget {{ color: {t.ink}; font-size: {TEXT_PIXELS}px; }}
QMainWindow, QScrollArea, QWidget[look="page"] {{ background: {t.background}; border: none; }}
QScrollArea {{ border: 1px solid transparent; }}
QScrollArea[ring="true"] {{ border: 1px solid {t.accent_text}; border-radius: 4px; }}
QWidget[look="sidebar"] {{ background: {t.panel}; border: none; border-right: 1px solid {t.line};
    min-width: {SIDEBAR_WIDTH}px; max-width: {SIDEBAR_WIDTH}px; }}
PageBar {{ min-height: 48px; max-height: 48px; }}
BottomPanel {{ min-height: 36px; max-height: 36px; }}
BottomPanel[open="true"] {{ min-height: 240px; max-height: 240px; }}
SignMark {{ min-width: 12px; max-width: 12px; min-height: 20px; max-height: 20px; }}
StepMark {{ min-width: 16px; max-width: 16px; min-height: 20px; max-height: 20px; }}
StepMark[padded="true"] {{ min-height: 38px; max-height: 38px; }}
BrandMark {{ min-width: 28px; max-width: 28px; min-height: 28px; max-height: 28px; }}
QWidget[look="sidebar-part"] {{ background: {t.panel}; }}
QWidget[look="panel"] {{ background: {t.panel}; border: none; border-top: 1px solid {t.line}; }}
QFrame[look="card"], QFrame[look="news"] {{
    background: {t.panel}; border: 1px solid {t.line}; border-radius: {CARD_RADIUS}px;
}}
QFrame[look="problem"] {{ background: {t.red_soft}; border: 1px solid {t.red};
    border-radius: {CARD_RADIUS}px; }}
QFrame[look="notice"] {{ background: {t.amber_soft}; border: 1px solid {t.amber};
    border-radius: {CARD_RADIUS}px; }}
QFrame[look="chip"] {{ background: {t.hover}; border: 1px solid {t.border}; border-radius: 6px; }}
QFrame[look="chip"]:hover {{ border: 1px solid {t.accent_text}; }}
QFrame[look="success"] {{ background: {t.accent_soft}; border: none; border-radius: {CONTROL_RADIUS}px; }}
QFrame[look="success"] QLabel[look="small"] {{ color: {t.ink}; }}
QFrame[look="rule"] {{ background: {t.line}; border: none; max-height: 1px; min-height: 1px; }}
QLabel {{ background: transparent; }}
QLabel[look="title"] {{ font-size: {TITLE_PIXELS}px; font-weight: 600; }}
QLabel[look="heading"] {{ font-size: 20px; font-weight: 600; }}
QLabel[look="locked-title"] {{ color: {t.second}; font-size: {TITLE_PIXELS}px; font-weight: 600; }}
QLabel[look="brand"] {{ font-size: {TITLE_PIXELS}px; font-weight: 600; }}
QLabel[look="strong"] {{ font-weight: 600; }}
QLabel[look="second"] {{ color: {t.second}; }}
ListenerRow > QLabel[look="strong"] {{ min-width: 56px; max-width: 56px; }}
QLabel[narrow="true"] {{ max-width: 720px; }}
QLabel[look="small"] {{ color: {t.second}; font-size: 12px; }}
QLabel[look="label"] {{ color: {t.third}; font-size: {LABEL_PIXELS}px; font-weight: 600; }}
QLabel[look="number"] {{ font-size: {NUMBER_PIXELS}px; font-weight: 600; }}
QLabel[look="mono"] {{ color: {t.second}; font-family: "{MONO_FAMILY}"; font-size: {MONO_PIXELS}px; }}
QLabel[look="verified"] {{ color: {t.accent_text}; font-size: {TITLE_PIXELS}px; font-weight: 600; }}
QLabel[look="done"] {{ color: {t.accent_text}; font-size: 12px; font-weight: 600; }}
QLabel[look="failed"] {{ color: {t.red}; font-size: {TITLE_PIXELS}px; font-weight: 600; }}
QLabel[look="attention"] {{ color: {t.amber}; font-size: {TITLE_PIXELS}px; font-weight: 600; }}
QLabel[look="tag"] {{ color: {t.amber}; background: {t.amber_soft}; border-radius: {_ROUND}px;
    padding: 2px 8px; font-size: {LABEL_PIXELS}px; font-weight: 600; }}
QLabel[look="badge-good"] {{ color: {t.accent_text}; background: {t.accent_soft}; border-radius: {_ROUND}px;
    padding: 2px 8px; font-size: {LABEL_PIXELS}px; font-weight: 600; }}
QLabel[look="badge-attention"] {{ color: {t.amber}; background: {t.amber_soft}; border-radius: {_ROUND}px;
    padding: 2px 8px; font-size: {LABEL_PIXELS}px; font-weight: 600; }}
QLabel[look="badge-bad"] {{ color: {t.red}; background: {t.red_soft}; border-radius: {_ROUND}px;
    padding: 2px 8px; font-size: {LABEL_PIXELS}px; font-weight: 600; }}
QLabel[look="badge-neutral"] {{ color: {t.second}; background: {t.track}; border-radius: {_ROUND}px;
    padding: 2px 8px; font-size: {LABEL_PIXELS}px; font-weight: 600; }}
QLabel[look="red"] {{ color: {t.red}; font-size: 12px; }}
QLabel[look="amber"] {{ color: {t.amber}; font-size: 12px; }}
QLabel[look="good"] {{ color: {t.accent_text}; font-size: 12px; }}
QLabel[look="key"] {{ color: {t.third}; border: 1px solid {t.line}; border-radius: 4px;
    padding: 1px 5px; font-size: 10px; font-weight: 500; }}
QLabel:disabled {{ color: {t.third}; }}
QPushButton {{ background: {t.panel}; border: 1px solid {t.border}; border-radius: {CONTROL_RADIUS}px;
    padding: 6px 14px; min-height: 18px; font-weight: 600; }}
QPushButton:hover {{ background: {t.hover}; }}
QPushButton:pressed {{ background: {t.line}; }}
QPushButton:focus {{ border: 2px solid {t.accent_text}; padding: 5px 13px; }}
QPushButton:disabled {{ color: {t.third}; background: {t.background}; border-color: {t.line}; }}
QPushButton[look="primary"] {{ background: {t.accent}; color: {t.on_accent}; border: 1px solid {t.accent}; }}
QPushButton[look="primary"]:hover {{ background: {t.accent_hover}; }}
QPushButton[look="primary"]:focus {{ border: 2px solid {t.ink}; }}
QPushButton[look="primary"]:disabled {{ background: {t.track}; color: {t.second}; border-color: {t.track}; }}
QPushButton[look="danger"] {{ color: {t.red}; }}
QPushButton[look="quiet"] {{ background: transparent; border: 1px solid transparent; color: {t.second};
    padding: 3px 8px; font-weight: 500; }}
QPushButton[look="quiet"]:hover {{ color: {t.ink}; background: {t.hover}; }}
QPushButton[look="quiet"]:focus {{ border: 2px solid {t.accent_text}; padding: 2px 7px; }}
QPushButton[look="small"] {{ padding: 3px 10px; font-size: 12px; }}
QPushButton[look="small"]:focus {{ padding: 2px 9px; }}
QPushButton[look="small-danger"] {{ color: {t.red}; border-color: {t.red}; padding: 3px 10px;
    font-size: 12px; }}
QPushButton[look="small-danger"]:focus {{ border: 2px solid {t.red}; padding: 2px 9px; }}
QPushButton[look="tab"], QTabBar::tab {{ background: transparent; border: none; color: {t.second};
    border-radius: {CONTROL_RADIUS}px; padding: 4px 10px; min-height: 18px; font-weight: 600; }}
QPushButton[look="tab"]:hover, QTabBar::tab:hover {{ color: {t.ink}; background: {t.hover}; }}
QPushButton[look="tab"][open="true"], QTabBar::tab:selected {{
    color: {t.accent_text}; background: {t.accent_soft}; }}
QPushButton[look="tab"]:focus, QTabBar::tab:focus {{
    border: 2px solid {t.accent_text}; padding: 2px 8px; }}
QTabBar {{ font-weight: 600; }}
QTabBar::tab {{ margin-right: 4px; }}
QPushButton[look="copy"] {{ background: transparent; border: 1px solid transparent; border-radius: 4px;
    padding: 0; min-width: 18px; max-width: 18px; min-height: 18px; max-height: 18px; }}
QPushButton[look="copy"]:hover {{ background: {t.hover}; }}
QPushButton[look="copy"]:focus {{ border: 2px solid {t.accent_text}; }}
QPushButton[look="link"] {{ background: transparent; border: none; border-bottom: 2px solid transparent;
    border-radius: 0; text-align: left; color: {t.accent_text}; padding: 1px 0 0 0; min-height: 15px;
    font-size: 12px; font-weight: 600; }}
QPushButton[look="link"]:hover {{ color: {t.ink}; }}
QPushButton[look="link"]:focus {{ border-bottom: 2px solid {t.accent_text}; padding: 1px 0 0 0; }}
QPushButton[look="link"]:disabled {{ color: {t.third}; }}
QPushButton[look="segment"] {{ border-radius: 6px; padding: 4px 12px; font-weight: 500; color: {t.second}; }}
QPushButton[look="segment"]:checked {{ background: {t.accent_soft}; color: {t.accent_text};
    border: 1px solid {t.accent}; font-weight: 600; }}
QPushButton[look="segment"]:focus {{ border: 2px solid {t.accent_text}; padding: 3px 11px; }}
QLineEdit, QComboBox {{ background: {t.panel}; border: 1px solid {t.border};
    border-radius: {CONTROL_RADIUS}px; padding: 5px 10px; min-height: 20px;
    selection-background-color: {t.accent_soft}; selection-color: {t.ink}; }}
QLineEdit[look="mono"] {{ font-family: "{MONO_FAMILY}"; font-size: {MONO_PIXELS}px; }}
QLineEdit:focus, QComboBox:focus {{ border: 2px solid {t.accent_text}; padding: 4px 9px; }}
QLineEdit[wrong="true"] {{ border-color: {t.red}; }}
TextField > QLineEdit {{ max-width: 640px; }}
TextField > QLineEdit[number="true"] {{ min-width: 118px; max-width: 118px; }}
QLineEdit:disabled, QComboBox:disabled {{ background: {t.background}; color: {t.second}; }}
QComboBox, QComboBox:focus {{ padding-right: 0; }}
QComboBox[look="wide"] {{ min-width: 188px; }}
QComboBox::drop-down {{ border: none; width: 24px; }}
QComboBox QAbstractItemView {{ background: {t.panel}; border: 1px solid {t.border}; outline: none;
    selection-background-color: {t.hover}; selection-color: {t.ink}; padding: 4px; }}
QCheckBox {{ spacing: 8px; }}
QCheckBox:focus {{ color: {t.accent_text}; }}
QCheckBox::indicator {{ width: 16px; height: 16px; border: 1px solid {t.third}; border-radius: 4px;
    background: {t.panel}; }}
QCheckBox::indicator:checked {{ background: {t.accent}; border-color: {t.accent}; }}
QCheckBox::indicator:focus {{ border: 2px solid {t.accent_text}; }}
QTableView {{ background: transparent; border: 1px solid transparent; outline: none;
    gridline-color: {t.line}; }}
QTableView:focus {{ border: 1px solid {t.accent_text}; border-radius: 4px; }}
QTableView::item:focus {{ border: 2px solid {t.accent_text}; }}
QTableView::item {{ padding: 0 8px; border-bottom: 1px solid {t.line}; }}
QHeaderView::section {{ background: transparent; border: none; border-bottom: 1px solid {t.line};
    color: {t.second}; font-size: 12px; font-weight: 600; padding: 6px 11px; }}
QPushButton::menu-indicator {{ width: 0; }}
QMenu {{ background: {t.panel}; border: 1px solid {t.border}; padding: 4px; }}
QMenu::item {{ padding: 6px 24px 6px 12px; border-radius: 4px; color: {t.ink}; }}
QMenu::item:selected {{ background: {t.hover}; }}
QMenu::item:disabled {{ color: {t.third}; }}
QMenu::separator {{ height: 1px; background: {t.line}; margin: 4px 8px; }}
QLineEdit, QPlainTextEdit {{ background: {t.panel}; color: {t.ink}; border: 1px solid {t.border};
    border-radius: {CONTROL_RADIUS}px; padding: 4px 8px; selection-background-color: {t.accent_soft};
    selection-color: {t.ink}; }}
QLineEdit:focus, QPlainTextEdit:focus {{ border: 2px solid {t.accent_text}; padding: 3px 7px; }}
QLineEdit:disabled {{ color: {t.third}; background: {t.background}; }}
QTextBrowser {{ background: {t.panel}; border: 1px solid {t.border}; border-radius: {CONTROL_RADIUS}px;
    selection-background-color: {t.accent_soft}; selection-color: {t.ink}; }}
QTextBrowser:focus {{ border: 2px solid {t.accent_text}; }}
QAbstractScrollArea::corner {{ background: transparent; border: none; }}
QPlainTextEdit {{ font-family: "{MONO_FAMILY}"; font-size: {MONO_PIXELS}px; }}
QDialog {{ background: {t.background}; }}
QTreeView, QListView {{ background: transparent; border: 1px solid transparent; outline: none; }}
QTreeView::item {{ height: 28px; border-bottom: 1px solid {t.line}; color: {t.ink}; }}
QTreeView::item:selected, QTreeView::item:hover {{ background: {t.hover}; color: {t.ink}; }}
QTreeView::item:focus {{ border-bottom: 2px solid {t.accent_text}; }}
QTreeView:focus, QListView:focus {{ border: 1px solid {t.accent_text}; border-radius: 4px; }}
QListWidget, QListWidget:focus {{ background: {t.panel}; border: 1px solid {t.border};
    border-radius: {CONTROL_RADIUS}px; padding: 4px; }}
QListWidget:focus {{ border: 2px solid {t.accent_text}; padding: 3px; }}
QListWidget::indicator {{ width: 16px; height: 16px; border: 1px solid {t.third}; border-radius: 4px;
    background: {t.panel}; }}
QListWidget::indicator:checked {{ background: {t.accent}; border-color: {t.accent}; }}
QListWidget::item {{ padding-left: 6px; border-radius: 4px; color: {t.ink}; }}
QListWidget::item:selected {{ background: {t.accent_soft}; color: {t.ink}; }}
QProgressBar {{ background: {t.track}; border: none; border-radius: 2px; max-height: 4px; min-height: 4px; }}
QProgressBar::chunk {{ background: {t.accent}; border-radius: 2px; }}
CircuitRow {{ background: transparent; min-height: 20px; max-height: 20px; }}
CircuitRow[thin="true"] {{ min-height: 6px; max-height: 6px; }}
QToolTip {{ background: {t.panel}; color: {t.ink}; border: 1px solid {t.border}; padding: 4px 6px; }}
QScrollBar:vertical {{ background: transparent; width: 10px; margin: 0; }}
QScrollBar::handle:vertical {{ background: {t.border}; border-radius: 3px; min-height: 32px; margin: 2px; }}
QScrollBar::handle:vertical:hover {{ background: {t.third}; }}
QScrollBar:horizontal {{ background: transparent; height: 10px; margin: 0; }}
QScrollBar::handle:horizontal {{ background: {t.border}; border-radius: 3px; min-width: 32px; margin: 2px; }}
QScrollBar::handle:horizontal:hover {{ background: {t.third}; }}
QScrollBar::add-line, QScrollBar::sub-line, QScrollBar::add-page, QScrollBar::sub-page {{
    background: none; border: none; height: 0; width: 0; }}
"""
