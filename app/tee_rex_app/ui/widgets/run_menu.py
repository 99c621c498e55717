"""What can be done with one run of a list, as the entries of its context menu."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtWidgets import QWidget

from tee_rex_app.model.intents import Intents
from tee_rex_app.model.runs import Outcome, RunProof, RunRecord
from tee_rex_app.text.translation import tr
from tee_rex_app.ui.widgets.copying import copy_text
from tee_rex_app.ui.widgets.menus import Entry
from tee_rex_app.ui.widgets.proof_row import ask_to_save_proof


def run_entries(
    parent: QWidget,
    intents: Intents,
    run: RunRecord,
    show_breakdown: Callable[[], object],
    ask_to_delete: Callable[[], object],
) -> list[Entry]:
    """None while it is running. parent: of the dialog that asks where to save the proof."""
    if run.outcome is Outcome.RUNNING:
        return []
    entries: list[Entry] = [(tr("Show breakdown"), show_breakdown)]
    if (proof := RunProof.of(run)) is not None:
        if proof.kept:
            entries.append((tr("Save proof…"), partial(ask_to_save_proof, parent, intents, run)))
        entries.append((tr("Copy digest"), partial(copy_text, proof.sha256)))
    return [*entries, (tr("Delete…"), ask_to_delete)]
