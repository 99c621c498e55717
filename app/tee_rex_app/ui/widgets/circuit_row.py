"""The row of circuits: one block each, as wide as its expected time, filling while it is proved."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QHelpEvent, QPainter, QPainterPath, QPaintEvent
from PySide6.QtWidgets import QProgressBar, QSizePolicy, QToolTip

from tee_rex_app.model.expected_times import filled, share_done
from tee_rex_app.model.runs import Block, RunStage, RunState
from tee_rex_app.text import formats
from tee_rex_app.ui.theme import BAR_RADIUS, Theme

_HEIGHT = 20
_GAP = 3.0
_NARROWEST = 4.0


class CircuitRow(QProgressBar):
    """The blocks of a run, painted; for screen readers a progress bar in percent."""

    def __init__(self, theme: Theme, clock: Callable[[], float], height: int = _HEIGHT) -> None:
        super().__init__()
        self._height = height
        self.setProperty("thin", height < _HEIGHT)
        self._theme = theme
        self._clock = clock
        self._run: RunState | None = None
        self.setRange(0, 100)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(self.tr("Circuits"))
        theme.changed.connect(self.update)

    def sizeHint(self) -> QSize:  # noqa: N802  # Qt's name
        """Return a hint; the policy takes all available width."""
        return QSize(320, self._height)

    def minimumSizeHint(self) -> QSize:  # noqa: N802  # Qt's name
        """Allow any width."""
        return QSize(1, self._height)

    def render_run(self, run: RunState | None) -> None:
        """Show the blocks of a run."""
        self._run = run
        if run is not None:
            done = sum(block.done for block in run.blocks)
            self.setAccessibleDescription(
                self.tr("{done} of {count} parts done").format(done=done, count=len(run.blocks))
            )
        self.tick()

    def tick(self) -> None:
        """Show how far the run is now."""
        share = None if self._run is None else share_done(self._run, self._clock())
        self.setValue(int(100 * share) if share is not None else 0)
        self.update()

    def block_rects(self) -> list[QRectF]:
        """The rectangles of the blocks, in proving order."""
        if self._run is None or not self._run.blocks:
            return []
        blocks = self._run.blocks
        room = max(1.0, self.width() - _GAP * (len(blocks) - 1))
        # A block of less than a few pixels would be invisible; the others give it room.
        expected = [block.expected_ms or 1.0 for block in blocks]
        widths = [max(_NARROWEST, room * ms / sum(expected)) for ms in expected]
        scale = room / sum(widths)
        rects, x = [], 0.0
        for width in widths:
            rects.append(QRectF(x, 0, width * scale, self.height()))
            x += width * scale + _GAP
        return rects

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802  # Qt's name
        """Paint the tracks and their filled parts."""
        del event
        run = self._run
        if run is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        stopped = run.stage in (RunStage.CANCELLED, RunStage.FAILED)
        fill = self._theme.color("third" if stopped else "accent")
        now = self._clock()
        for index, rect in enumerate(self.block_rects()):
            block = QPainterPath()
            block.addRoundedRect(rect, BAR_RADIUS, BAR_RADIUS)
            painter.fillPath(block, self._theme.color("track"))
            part = filled(run, index, now)
            if part > 0:
                painter.save()
                painter.setClipRect(QRectF(rect.left(), 0, rect.width() * part, rect.height()))
                painter.fillPath(block, fill)
                painter.restore()

    def event(self, event: QEvent) -> bool:
        """Show a tooltip for the block under the pointer."""
        if isinstance(event, QHelpEvent) and self._run is not None:
            for block, rect in zip(self._run.blocks, self.block_rects(), strict=True):
                if rect.contains(event.pos()):
                    QToolTip.showText(event.globalPos(), self._about(block), self)
                    return True
            QToolTip.hideText()
            return True
        return super().event(event)

    def _about(self, block: Block) -> str:
        """A block's name and its time, if it was measured, or else what earlier runs let expect."""
        if block.spent_ms is not None:
            time = self.tr("took {time}").format(time=formats.seconds(block.spent_ms))
        elif block.done:
            time = self.tr("done")
        elif self._run is not None and self._run.measured_here and block.expected_ms is not None:
            time = self.tr("should take about {time}").format(time=formats.estimate(block.expected_ms))
        else:
            time = ""
        return " · ".join(filter(None, (block.name, time)))
