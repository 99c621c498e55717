"""Timing the phases of a proof, one after another."""

from __future__ import annotations

import time

from tee_rex.transaction.events import Phase, PhaseEnded, PhaseStarted, PhaseTiming, ProofListener


class PhaseClock:
    """Runs from its creation; tells ``listener`` of each phase's beginning and end."""

    def __init__(self, listener: ProofListener) -> None:
        """Start."""
        self.listener = listener
        self._spent: dict[Phase, float] = {}
        self._phase: Phase | None = None
        self._created = self._begun = time.perf_counter()

    def begin(self, phase: Phase) -> None:
        """End the present phase, if there is one, and begin ``phase``, perhaps once more."""
        self.end()
        self._phase, self._begun = phase, time.perf_counter()
        self.listener(PhaseStarted(phase))

    def end(self) -> None:
        """End the present phase, if there is one."""
        if self._phase is not None:
            phase, self._phase = self._phase, None
            ms = (time.perf_counter() - self._begun) * 1000
            self._spent[phase] = self._spent.get(phase, 0.0) + ms
            self.listener(PhaseEnded(phase, ms))

    @property
    def phase(self) -> Phase | None:
        """The present phase."""
        return self._phase

    def spent_ms(self, phase: Phase) -> float:
        """The time of a phase that has ended, 0 when there was none."""
        return self._spent.get(phase, 0.0)

    @property
    def timings(self) -> tuple[PhaseTiming, ...]:
        """The phases that have ended, in the order of their beginnings."""
        return tuple(PhaseTiming(phase, ms) for phase, ms in self._spent.items())

    @property
    def total_ms(self) -> float:
        """Since the creation."""
        return (time.perf_counter() - self._created) * 1000
