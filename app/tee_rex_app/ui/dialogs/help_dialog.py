"""Help: the page shipped with the application, in the user's language."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import resources
from typing import Final

from PySide6.QtCore import QLocale, QSize, Qt
from PySide6.QtGui import (
    QFont,
    QTextBlock,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
    QTextFragment,
    QTextTable,
)
from PySide6.QtWidgets import QDialog, QListWidget, QListWidgetItem, QTextBrowser, QWidget

from tee_rex_app.text.translation import LANGUAGES
from tee_rex_app.ui.theme import mono_font, scaled
from tee_rex_app.ui.widgets.layouts import STRETCH, column_of, row_of
from tee_rex_app.ui.widgets.parts import Look, button, label

WEBSITES: Final = 5
"""The row of the topic on websites, in every language."""

_ROW_HEIGHT = 32
_LINE_HEIGHT = 135.0
"""Percent."""


@dataclass(frozen=True, slots=True)
class HelpTopic:
    """One topic; its text is Markdown."""

    title: str
    text: str


def help_topics(language: str) -> tuple[HelpTopic, ...]:
    """The topics of the help in a language of ``LANGUAGES``."""
    file = resources.files("tee_rex_app") / "resources" / "help" / f"{language}.md"
    parts = file.read_text("utf-8").removeprefix("## ").split("\n## ")
    split = (part.partition("\n") for part in parts)
    return tuple(HelpTopic(title.strip(), text.strip()) for title, _, text in split)


class HelpDialog(QDialog):
    """The topics beside the text of one."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self.setWindowTitle(self.tr("Help"))
        self.resize(scaled(820), scaled(560))
        language = QLocale().name().partition("_")[0]
        self._topics = help_topics(language if language in LANGUAGES else LANGUAGES[0])
        self.list = QListWidget()
        self.list.setAccessibleName(self.tr("Topics"))
        self.list.setFixedWidth(scaled(240))
        for topic in self._topics:
            item = QListWidgetItem(topic.title)
            item.setSizeHint(QSize(0, scaled(_ROW_HEIGHT)))
            self.list.addItem(item)
        self.name = label(Look.TITLE)
        self.text = QTextBrowser()
        self.text.setTabChangesFocus(True)
        self.close_button = button(self.tr("Close"), clicked=self.reject)
        column_of(
            (row_of(self.list, (column_of(self.name, (self.text, 1)), 1), spacing=16), 1),
            row_of(STRETCH, self.close_button),
            inside=self,
            around=(24, 20, 24, 20),
            spacing=12,
        )
        self.list.currentRowChanged.connect(self._show_topic)
        self.list.setCurrentRow(0)
        self.list.setFocus()

    def _show_topic(self, row: int) -> None:
        topic = self._topics[row]
        self.name.setText(topic.title)
        self.text.setMarkdown(topic.text)
        _space_out(self.text.document())
        self.text.setAccessibleName(topic.title)


def _space_out(document: QTextDocument) -> None:
    """Give paragraphs and cells room, and words in bold the weight that the fonts have."""
    document.setDocumentMargin(scaled(14))
    paragraph, strong, code = QTextBlockFormat(), QTextCharFormat(), QTextCharFormat()
    paragraph.setBottomMargin(scaled(10))
    paragraph.setLineHeight(_LINE_HEIGHT, QTextBlockFormat.LineHeightTypes.ProportionalHeight.value)
    strong.setFontWeight(QFont.Weight.DemiBold)
    code.setFont(mono_font())
    cursor, block = QTextCursor(document), document.begin()
    while block.isValid():
        cursor.setPosition(block.position())
        in_table = cursor.currentTable() is not None
        in_code = block.blockFormat().nonBreakableLines() and block.next().blockFormat().nonBreakableLines()
        if not in_table and not in_code:
            cursor.mergeBlockFormat(paragraph)
        for fragment in _fragments(block):
            is_code = fragment.charFormat().fontFixedPitch()
            if is_code or fragment.charFormat().fontWeight() > QFont.Weight.Normal:
                cursor.setPosition(fragment.position())
                cursor.setPosition(fragment.position() + fragment.length(), QTextCursor.MoveMode.KeepAnchor)
                cursor.mergeCharFormat(code if is_code else strong)
        block = block.next()
    for frame in document.rootFrame().childFrames():
        if isinstance(frame, QTextTable):
            form = frame.format()
            form.setCellPadding(scaled(6))
            form.setBorder(0)
            frame.setFormat(form)


def _fragments(block: QTextBlock) -> list[QTextFragment]:
    """Its runs of letters that look alike."""
    found, at = [], block.begin()
    while not at.atEnd():
        found.append(at.fragment())
        at += 1
    return found


def show_help(window: QWidget, row: int = 0) -> HelpDialog:
    """Open the dialog at a topic, without blocking the window."""
    dialog = HelpDialog(window)
    dialog.list.setCurrentRow(row)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.open()
    return dialog
