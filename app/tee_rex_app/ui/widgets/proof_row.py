"""The proof of a finished run: a file to drag to other programs, to save, and to copy the digest of."""

from __future__ import annotations

from PySide6.QtCore import QMimeData, QPoint, QPointF, QRectF, QSize, Qt, QTimer, QUrl, Signal
from PySide6.QtGui import QDrag, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QApplication, QFrame, QWidget

from tee_rex_app.model.intents import Intents
from tee_rex_app.model.runs import MAX_PROOFS_BYTES, PROOF_SUFFIX, RunProof, RunRecord, RunState, StagedProof
from tee_rex_app.text import formats
from tee_rex_app.text.translation import tr
from tee_rex_app.ui.dialogs.file_dialogs import ask_to_save
from tee_rex_app.ui.theme import Theme, scaled
from tee_rex_app.ui.widgets.copying import copy_text
from tee_rex_app.ui.widgets.layouts import STRETCH, column_of, row_of
from tee_rex_app.ui.widgets.parts import ElidedLabel, Look, announce, button, label


class ProofRow(QWidget):
    """Saves the proof, copies its digest, and lets it be dragged out of the window.

    Dragging: the press asks for a temporary file; once that is there and the mouse has moved, the drag
    begins; when it has ended, the file is given up.
    """

    def __init__(self, theme: Theme, intents: Intents) -> None:
        super().__init__()
        self._intents = intents
        self._run: RunRecord | RunState | None = None
        self._proof: RunProof | None = None
        self._staged: StagedProof | None = None
        self.chip = _ProofChip(theme)
        self.chip.pressed.connect(self._stage)
        self.chip.moved.connect(self._drag)
        self.chip.released.connect(self._give_up)
        self.save = button(self.tr("Save proof…"), Look.SMALL_BUTTON, clicked=self._ask_where_to)
        self.copy = button(self.tr("Copy digest"), Look.SMALL_BUTTON, clicked=self._copy)
        self._note = label(Look.SMALL, wraps=True)
        column_of(
            row_of(self.chip, self.save, self.copy, STRETCH, spacing=8), self._note, inside=self, spacing=4
        )
        self.setVisible(False)

    def show_proof(self, run: RunRecord | RunState | None, staged: StagedProof | None) -> None:
        """Show the proof of a run; hidden if it has none."""
        proof = None if run is None else RunProof.of(run)
        if proof != self._proof:
            self.copy.setText(self.tr("Copy digest"))
        self._run, self._proof = run, proof
        self.setVisible(proof is not None)
        if proof is None:
            return
        self.chip.show_file(proof.file_name, proof.size)
        self.chip.setVisible(proof.kept)
        self.save.setVisible(proof.kept)
        self.copy.setToolTip(f"SHA-256 {proof.sha256}")
        self.copy.setAccessibleDescription(f"SHA-256 {proof.sha256}")
        self._note.setVisible(not proof.kept)
        if not proof.kept:
            kept = self.tr("This proof is not kept: the history keeps only the newest, up to {size}.")
            self._note.setText(kept.format(size=formats.megabytes(MAX_PROOFS_BYTES)))
        self._staged = staged if staged is not None and staged.sha256 == proof.sha256 else None
        if self._staged is not None and self.chip.held is not None:
            QTimer.singleShot(0, self._see_staged)  # outside of whatever changed the state

    def _see_staged(self) -> None:
        """The file is there: begin a drag that waits for it, or give it up if the button was released."""
        if self.chip.held is False:
            self._give_up()
        elif self.chip.moving:
            self._drag()

    def _stage(self) -> None:
        if self._run is not None:
            self._intents.stage_proof(self._run)

    def _drag(self) -> None:
        staged = self._staged
        if staged is None or not self.chip.held:
            return
        self.chip.held = None
        action = drag_of(staged, self.chip).exec(Qt.DropAction.CopyAction)
        self._intents.unstage_proof(staged, action is not Qt.DropAction.IgnoreAction)

    def _give_up(self) -> None:
        if self._staged is not None:
            self.chip.held = None
            self._intents.unstage_proof(self._staged, False)  # noqa: FBT003  # an intent's

    def _ask_where_to(self) -> None:
        if self._run is not None:
            ask_to_save_proof(self, self._intents, self._run)

    def _copy(self) -> None:
        if self._proof is not None:
            copy_text(self._proof.sha256)
            self.copy.setText(self.tr("Copied"))
            announce(self.copy, self.tr("Copied"))


def ask_to_save_proof(parent: QWidget, intents: Intents, run: RunRecord | RunState) -> None:
    """Ask where to, and save the proof of a run, if it has one."""
    proof = RunProof.of(run)
    if proof is None:
        return
    kinds = tr("Proofs (*{suffix});;All files (*)").format(suffix=PROOF_SUFFIX)
    if path := ask_to_save(parent, tr("Save proof"), proof.file_name, kinds):
        intents.save_proof(path, run)


def drag_of(staged: StagedProof, source: QWidget) -> QDrag:
    """The drag of a file, whose target copies it. source: is drawn below the pointer."""
    drag, files = QDrag(source), QMimeData()
    files.setUrls([QUrl.fromLocalFile(str(staged.file))])
    drag.setMimeData(files)
    drag.setPixmap(source.grab())
    drag.setHotSpot(QPoint(scaled(12), source.height() // 2))
    return drag


class _ProofChip(QFrame):
    """A file that can be taken with the mouse; the keyboard has *Save*.

    held: whether the button that pressed it is still down; None before a press, and once a drag has begun.
    moving: whether it was moved far enough for a drag. Signals: pressed, moved, released.
    """

    pressed = Signal()
    moved = Signal()
    released = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setProperty("look", Look.CHIP.value)
        self.setCursor(Qt.CursorShape.OpenHandCursor)
        self.held: bool | None = None
        self.moving = False
        self._from = QPoint()
        self._name = ElidedLabel(Look.MONO)
        self._size = label(Look.SMALL)
        for part in (self._name, self._size):
            part.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        row_of(_FileIcon(theme), self._name, self._size, inside=self, around=(8, 4, 10, 4), spacing=8)

    def show_file(self, name: str, size: int) -> None:
        """Show a file's name and size in bytes."""
        words = f"{size / 1000:.0f} kB"
        self._name.setText(name)
        self._size.setText(words)
        how = self.tr("Drag it to a folder or another program")
        self.setToolTip(how)
        self.setAccessibleName(f"{name}, {words}")
        self.setAccessibleDescription(how)

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802  # Qt's name
        """Take it."""
        if event.button() is Qt.MouseButton.LeftButton:
            self.held, self.moving, self._from = True, False, event.position().toPoint()
            self.pressed.emit()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802  # Qt's name
        """Begin a drag, if it was moved far enough."""
        far = (event.position().toPoint() - self._from).manhattanLength()
        if self.held and far >= QApplication.startDragDistance():
            self.moving = True
            self.moved.emit()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802  # Qt's name
        """Let it go where it is."""
        if self.held and event.button() is Qt.MouseButton.LeftButton:
            self.held = False
            self.released.emit()


class _FileIcon(QWidget):
    """A sheet with a folded corner."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.setFixedSize(QSize(12, 15))
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        theme.changed.connect(self.update)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802  # Qt's name
        """Paint it."""
        del event
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self._theme.color("accent_text"), 1.25))
        sheet, fold = QRectF(self.rect()).adjusted(1, 1, -1, -1), 4.0
        right, bottom = sheet.right(), sheet.bottom()
        corner = QPointF(right - fold, sheet.top() + fold)
        outline = (
            *(sheet.topLeft(), QPointF(right - fold, sheet.top()), QPointF(right, sheet.top() + fold)),
            *(QPointF(right, bottom), sheet.bottomLeft()),
        )
        painter.drawPolygon(QPolygonF(list(outline)))
        painter.drawPolyline(QPolygonF([outline[1], corner, outline[2]]))
