"""Form widgets: text fields with validation, check boxes, combo boxes, segmented choices."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Generic, TypeVar

from PySide6.QtCore import (
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPointF,
    QRectF,
    QSignalBlocker,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import (
    QButtonGroup,
    QCheckBox,
    QComboBox,
    QLineEdit,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionButton,
    QStyleOptionComboBox,
    QStyleOptionViewItem,
    QWidget,
)

from tee_rex.errors import Message
from tee_rex_app.text.translation import translated
from tee_rex_app.ui.theme import Theme, mono_font, scaled
from tee_rex_app.ui.widgets.layouts import MIDDLE, STRETCH, add, column_of, row_of
from tee_rex_app.ui.widgets.parts import Look, button, label, set_look, set_property

T = TypeVar("T")

_BESIDE_TEXT = 2
"""What Qt leaves free beside the text of a combo box."""


class TextField(QWidget):
    """A line edit with its hint, or its problem, below. A badge names the variable that overrides it."""

    edited = Signal(str)

    def __init__(
        self, title: str, hint: str, *, example: str = "", mono: bool = False, number: bool = False
    ) -> None:
        """number: whether it only takes a few digits."""
        super().__init__()
        self._hint = hint
        name = label(Look.STRONG, title)
        self.edit = QLineEdit()
        self.edit.setPlaceholderText(example)
        self.edit.setAccessibleName(title)
        self.edit.textEdited.connect(self.edited)
        if mono:
            self.edit.setProperty("look", Look.MONO.value)
            self.edit.setFont(mono_font())
        name.setBuddy(self.edit)
        self.badge = label(Look.BADGE_ATTENTION)
        self.badge.setVisible(False)
        self.words = label(Look.SMALL, hint, wraps=True)
        self.problem = label(Look.RED, wraps=True)
        self.problem.setVisible(False)
        head = row_of(name, (self.badge, MIDDLE), STRETCH)
        layout = column_of(head, inside=self, spacing=4)
        if number:
            self.edit.setProperty("number", True)  # noqa: FBT003  # a property's value
            layout.addWidget(self.edit, 0, Qt.AlignmentFlag.AlignLeft)
        else:
            line = row_of((self.edit, 1))
            line.addStretch(0)
            layout.addLayout(line)
        add(layout, self.words, self.problem)

    def show_text(self, text: str) -> None:
        """Set the text, keeping the cursor if it is unchanged."""
        if self.edit.text() != text:
            self.edit.setText(text)

    def show_problem(self, problem: Message | str) -> None:
        """Show what is wrong; empty for nothing."""
        text = translated(problem)
        self.problem.setText(f"! {text}" if text else "")
        self.problem.setVisible(bool(problem))
        self.words.setVisible(not problem and bool(self.words.text()))
        self.edit.setAccessibleDescription(text or self.words.text())
        set_property(self.edit, "wrong", bool(problem))

    def show_warning(self, warning: str) -> None:
        """Show what a valid text leads to; empty for nothing. Call this after ``show_problem``."""
        warns = bool(warning) and not self.edit.property("wrong")
        set_look(self.problem, Look.AMBER if warns else Look.RED)
        if warns:
            self.problem.setText(f"! {warning}")
            self.problem.setVisible(True)
            self.words.setVisible(False)
            self.edit.setAccessibleDescription(warning)

    def show_overruled(self, variable: str, value: str) -> None:
        """Show that an environment variable overrides it; empty for none."""
        self.badge.setVisible(bool(variable))
        self.badge.setText(self.tr("Overridden by {variable}").format(variable=variable) if variable else "")
        overruled = self.tr("In use: {value}, set by {variable}.").format(value=value, variable=variable)
        self.words.setText(overruled if variable else self._hint)


class CheckBox(QCheckBox):
    """A check box with a painted tick, which a style sheet could only load from a file."""

    def __init__(self, theme: Theme, words: str) -> None:
        super().__init__(words)
        self._theme = theme

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802  # Qt's name
        """Paint the box and its tick."""
        super().paintEvent(event)
        if not self.isChecked():
            return
        option = QStyleOptionButton()
        self.initStyleOption(option)
        box = self.style().subElementRect(QStyle.SubElement.SE_CheckBoxIndicator, option, self).toRectF()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        _paint_tick(painter, self._theme, box)


class CheckedItemDelegate(QStyledItemDelegate):
    """Paints checkable list items with the same tick as a check box."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        theme.changed.connect(parent.update)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Paint the item and its tick."""
        super().paint(painter, option, index)
        if index.data(Qt.ItemDataRole.CheckStateRole) != Qt.CheckState.Checked.value:
            return
        painted = QStyleOptionViewItem(option)
        self.initStyleOption(painted, index)
        element = QStyle.SubElement.SE_ItemViewItemCheckIndicator
        box = painted.widget.style().subElementRect(element, painted, painted.widget).toRectF()
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        _paint_tick(painter, self._theme, box)
        painter.restore()


def _paint_tick(painter: QPainter, theme: Theme, box: QRectF) -> None:
    _paint_line(painter, box.center(), theme.color("on_accent"), ((-4.0, 0.0), (-1.0, 3.0), (4.5, -3.5)))


def _paint_line(
    painter: QPainter, middle: QPointF, color: QColor, points: Sequence[tuple[float, float]]
) -> None:
    """Paint a small drawing around a point; points: in pixels at the usual text size."""
    painter.setPen(_stroke(color))
    scale = scaled(100) / 100
    painter.drawPolyline(QPolygonF([middle + QPointF(x, y) * scale for x, y in points]))


class ArrowComboBox(QComboBox):
    """A combo box with a painted arrow, which a style sheet could only load from a file."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setAccessibleName(name)
        # Qt gives a combo box's value as its name on Linux, and leaves its name to a label beside it.
        self._label = label(text=name)
        self._label.setBuddy(self)
        self._label.hide()
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(4)

    def event(self, event: QEvent) -> bool:
        """Keep the label beside the box, where Qt looks for it."""
        if event.type() is QEvent.Type.ParentChange:
            self._label.setParent(self.parentWidget())
        return super().event(event)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802  # Qt's name
        """Paint the box and its arrow."""
        super().paintEvent(event)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        middle = QPointF(self.width() - scaled(15), self.height() / 2)
        color = self.palette().color(self.foregroundRole())
        _paint_line(painter, middle, color, ((-4.0, -2.0), (0.0, 2.0), (4.0, -2.0)))

    def initStyleOption(self, option: QStyleOptionComboBox) -> None:  # noqa: N802  # Qt's name
        """End a value that does not fit with an ellipsis."""
        super().initStyleOption(option)
        room = self.width() - self._around(option)
        option.currentText = self.fontMetrics().elidedText(
            self.currentText(), Qt.TextElideMode.ElideRight, room
        )

    def width_for(self, words: str) -> int:
        """The least width at which a value is not cut."""
        option = QStyleOptionComboBox()
        super().initStyleOption(option)
        return self._around(option) + self.fontMetrics().horizontalAdvance(words)

    def _around(self, option: QStyleOptionComboBox) -> int:
        """The width of its frame, its arrow, and what Qt leaves free beside the text."""
        combo_box, field = QStyle.ComplexControl.CC_ComboBox, QStyle.SubControl.SC_ComboBoxEditField
        inside = self.style().subControlRect(combo_box, option, field, self)
        return option.rect.width() - inside.width() + _BESIDE_TEXT


class ComboBox(ArrowComboBox, Generic[T]):
    """A combo box of values."""

    def __init__(self, name: str, values: Sequence[tuple[T, str]]) -> None:
        super().__init__(name)
        self._values: list[T] = []
        self.show_values(values)

    def show_values(self, values: Sequence[tuple[T, str]]) -> bool:
        """Offer these; the chosen one stays if it is among them. Return whether they are others."""
        if [value for value, _ in values] == self._values:
            return False
        chosen = self.value() if self._values else None
        with QSignalBlocker(self):
            self.clear()
            self._values = [value for value, _ in values]
            self.addItems([words for _, words in values])
            if chosen in self._values:
                self.setCurrentIndex(self._values.index(chosen))
        return True

    def value(self) -> T:
        """The chosen value."""
        return self._values[max(0, self.currentIndex())]


def _stroke(color: QColor) -> QPen:
    pen = QPen(color, scaled(17.5) / 10)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    return pen


class Choice(QWidget, Generic[T]):
    """A segmented choice: a few values in a row, one of them chosen."""

    def __init__(self, title: str, values: Sequence[tuple[T, str]]) -> None:
        super().__init__()
        self.setAccessibleName(title)
        self.signals = _ChoiceSignals()
        self._values = [value for value, _ in values]
        self.group = QButtonGroup(self)
        layout = row_of(inside=self, spacing=6)
        for at, (_, words) in enumerate(values):
            made = button(words, Look.SEGMENT)
            made.setCheckable(True)
            made.setAutoExclusive(True)  # screen readers then call it a radio button
            made.setAccessibleName(f"{title}: {words}")
            self.group.addButton(made, at)
            layout.addWidget(made)
        layout.addStretch(1)
        self.group.idClicked.connect(lambda at: self.signals.chosen.emit(self._values[at]))

    def show_value(self, value: T) -> None:
        """Check the button of a value."""
        self.group.button(self._values.index(value)).setChecked(True)

    def focus(self) -> None:
        """Focus the chosen one."""
        if (chosen := self.group.checkedButton()) is not None:
            chosen.setFocus(Qt.FocusReason.ShortcutFocusReason)


class _ChoiceSignals(QObject):
    chosen = Signal(object)
