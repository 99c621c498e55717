"""The dialog that pins a build: what it means, and a confirmation that its measurements were compared."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from tee_rex.settings.rules import profile_name_problem
from tee_rex_app.model.attestation import MEASURED_PCRS, ExaminedAttestation, ImageMeasurements
from tee_rex_app.text.attestation_steps import copying_pcr
from tee_rex_app.ui.theme import Theme
from tee_rex_app.ui.widgets.copying import CopyableValue
from tee_rex_app.ui.widgets.form import CheckBox, TextField
from tee_rex_app.ui.widgets.layouts import STRETCH, TOP, WholeDialog, column_of, grid_of, row_of
from tee_rex_app.ui.widgets.parts import Look, button, label


class PinDialog(WholeDialog):
    """Accepted once the build is named and its comparison confirmed."""

    def __init__(
        self,
        parent: QWidget,
        examined: ExaminedAttestation,
        measurements: ImageMeasurements | None,
        taken: set[str],
        theme: Theme,
    ) -> None:
        super().__init__(parent)
        self._taken = taken
        self.setWindowTitle(self.tr("Pin this build"))
        self.setMinimumWidth(560)
        why = label(
            None,
            self.tr(
                "TEE mode will then send your encrypted witness to any enclave with these measurements,"
                " whoever runs it. Pin a build only if you know what it contains."
            ),
            wraps=True,
        )
        how = self.tr(
            "Build the image yourself from the published sources and compare it (Compare with a rebuilt"
            " image…), or get the values from someone you trust, not from this server."
        )
        if measurements is not None and examined.matches(measurements):
            how = self.tr("✓ They match {name}, which you compared.").format(name=measurements.source)
        self.name = TextField(
            self.tr("Name"), self.tr("For example the release, or who gave you the values.")
        )
        self.name.edit.setText(f"build {examined.pcr(0)[:8]}")
        self.name.edited.connect(self._judge)
        self.compared = CheckBox(
            theme, self.tr("I have compared these measurements and trust the code they represent.")
        )
        self.compared.toggled.connect(self._judge)
        self.pin = button(self.tr("Pin this build"), Look.PRIMARY, clicked=self.accept)
        self.keep = button(self.tr("Keep TEE mode locked"), clicked=self.reject)
        self.keep.setDefault(True)
        measured = QWidget()
        grid = grid_of(inside=measured, across=16, down=4, wide=1)
        for row, index in enumerate(MEASURED_PCRS):
            grid.addWidget(label(Look.STRONG, f"PCR{index}"), row, 0, TOP)
            digest = examined.pcr(index)
            halves = "\n".join(
                " ".join(digest[at : at + 8] for at in range(start, start + 48, 8)) for start in (0, 48)
            )
            value = CopyableValue(theme, copying_pcr(index), wraps=True)
            grid.addWidget(value, row, 1)
            value.show_value(digest, halves)
        buttons = row_of(STRETCH, self.pin, self.keep, spacing=10)
        column_of(
            label(Look.TITLE, self.tr("Pin this build?")),
            why,
            measured,
            label(Look.SECOND, how, wraps=True),
            self.name,
            self.compared,
            STRETCH,
            buttons,
            inside=self,
            around=(24, 20, 24, 20),
            spacing=14,
        )
        self.name.edit.setFocus()
        self._judge()

    @property
    def build_name(self) -> str:
        """The name given to the build."""
        return self.name.edit.text().strip()

    def _judge(self) -> None:
        problem = profile_name_problem(self.build_name, self._taken)
        self.name.show_problem(problem or "")
        self.pin.setEnabled(self.compared.isChecked() and problem is None)
