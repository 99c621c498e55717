"""Import contracts of our own, for import-linter (see pyproject.toml)."""

from __future__ import annotations

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, output

from tee_rex_server.image.guest_modules import is_measured


class MeasuredContract(Contract):
    """Measured code imports only measured code, among ours; ``MEASURED`` is the list."""

    type_name = "measured"

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:  # noqa: FBT001  # as the base class
        """Look at every import of every measured module."""
        del verbose
        broken = sorted(
            f"{module} imports {imported}"
            for module in graph.modules
            if is_measured(module)
            for imported in graph.find_modules_directly_imported_by(module)
            if not graph.is_module_squashed(imported) and not is_measured(imported)
        )
        return ContractCheck(kept=not broken, metadata={"broken": broken})

    def render_broken_contract(self, check: ContractCheck) -> None:
        """List the imports."""
        for line in check.metadata["broken"]:
            output.print_error(f"{line}, which is not in tee_rex_server.image.guest_modules.MEASURED.")
