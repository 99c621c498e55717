"""What a flow created on the network: the account, or the token and its balances."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QLocale, Qt
from PySide6.QtWidgets import QWidget

from tee_rex.aztec.flows.report import FlowKind, FlowReport
from tee_rex.errors.message import printable
from tee_rex_app.text import flow_labels
from tee_rex_app.text.translation import tr
from tee_rex_app.ui.theme import Theme
from tee_rex_app.ui.widgets.copying import CopyableValue
from tee_rex_app.ui.widgets.layouts import empty, grid_of
from tee_rex_app.ui.widgets.parts import Look, label

_ADDRESS_SHOWN = 80


@dataclass(frozen=True, slots=True)
class ResultLine:
    """A line of the result. is_address: shown in monospace and can be copied."""

    name: str
    value: str
    is_address: bool = False


class FlowResult(QWidget):
    """The result's lines."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.lines: tuple[ResultLine, ...] = ()
        self._grid = grid_of(inside=self, around=(0, 4, 0, 4), across=14, down=4, wide=1)

    def show_report(self, report: FlowReport | None) -> None:
        """Show the result; hidden when there is none."""
        lines = () if report is None else result_lines(report)
        self.setVisible(bool(lines))
        if lines == self.lines:
            return
        self.lines = lines
        empty(self._grid)
        for row, line in enumerate(lines):
            self._add_line(row, line)

    def _add_line(self, row: int, line: ResultLine) -> None:
        middle = Qt.AlignmentFlag.AlignVCenter
        self._grid.addWidget(label(Look.SECOND, line.name), row, 0, middle)
        if not line.is_address:
            self._grid.addWidget(label(Look.STRONG, line.value, wraps=True), row, 1, middle)
            return
        address = CopyableValue(self._theme, self.tr("Copy the address: {name}").format(name=line.name))
        self._grid.addWidget(address, row, 1, middle)
        address.show_value(line.value)


def result_lines(report: FlowReport) -> tuple[ResultLine, ...]:
    """Collect what a finished flow created."""
    if report.flow is FlowKind.ACCOUNT:
        return tuple(
            ResultLine(tr("Account"), printable(account.address, _ADDRESS_SHOWN), is_address=True)
            for account in report.accounts[-1:]
        )
    lines = []
    if report.token is not None:
        symbol = printable(report.token.symbol, 12)
        address = printable(report.token.address, _ADDRESS_SHOWN)
        lines.append(ResultLine(tr("Token {symbol}").format(symbol=symbol), address, is_address=True))
    names = {account.address: account.alias for account in report.accounts}
    balances = [
        f"{flow_labels.account_name(names.get(one.account, one.account))} {_grouped(one.amount)}"
        for step in report.steps
        for one in step.balances
    ]
    if balances:
        lines.append(ResultLine(tr("Balances"), " · ".join(balances)))
    return tuple(lines)


def _grouped(amount: int) -> str:
    """Group digits as QLocale does; amounts can exceed its integer types."""
    return f"{amount:,}".replace(",", QLocale().groupSeparator())
