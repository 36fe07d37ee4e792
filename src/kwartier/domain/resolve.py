"""From versions to series: which reading answers a question (E3, E4, R1, R2)."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kwartier.domain.series import Series, Versions

__all__ = ["Inserted", "resolve"]


@dataclass(frozen=True, slots=True)
class Inserted:
    """Which versions count, by when they became visible: from `start_us` (None: ever) up to, not including, `end_us`.

    Microseconds since the epoch. "Known at T" is everything up to and with T, hence `end_us = T + 1`.
    """

    end_us: int
    start_us: int | None = None

    def counts(self, inserted_us: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Which rows count, shape of the argument."""
        before: NDArray[np.bool_] = inserted_us < self.end_us
        return before if self.start_us is None else before & (inserted_us >= self.start_us)


def resolve(versions: Versions, windows: Sequence[range], inserted: Inserted) -> Series:
    """For each slot and register, what the newest version that counts says (E3, E4).

    Args:
        versions: everything that may count, rows of one slot in order of insertion.
        windows: the slots that are asked for and allowed, as disjoint ranges in order (E5).
        inserted: which versions count.

    Returns:
        The series from the first slot that has a counting version to the last; empty if there is none. Slots
        outside the windows are silent.
    """
    slots = versions.slots
    counting = inserted.counts(versions.inserted_us) & _inside(slots, windows)
    if not counting.all():
        slots = slots[counting]
    if slots.size == 0:
        rows = len(versions.registers)
        return Series(
            versions.grid, 0, versions.registers, np.zeros((rows, 0), np.int64), np.zeros((rows, 0), np.uint8)
        )
    first, last = int(slots.min()), int(slots.max())
    consecutive = last - first + 1 == slots.size and bool((slots[1:] > slots[:-1]).all())
    if consecutive:  # one version of each slot, in order: nothing to choose
        values, states = versions.values, versions.states
        if slots is not versions.slots:
            values, states = values[:, counting], states[:, counting]
        return Series(versions.grid, first, versions.registers, values, states)
    shape = (len(versions.registers), last - first + 1)
    values, states = np.zeros(shape, np.int64), np.zeros(shape, np.uint8)
    columns = slots - first
    for row in range(shape[0]):
        row_values, row_states = versions.values[row], versions.states[row]
        if slots is not versions.slots:
            row_values, row_states = row_values[counting], row_states[counting]
        speaks = row_states != 0
        # Assigning with repeated indices keeps the last, which is the newest.
        if speaks.all():
            values[row, columns], states[row, columns] = row_values, row_states
        else:
            values[row, columns[speaks]] = row_values[speaks]
            states[row, columns[speaks]] = row_states[speaks]
    return Series(versions.grid, first, versions.registers, values, states)


def _inside(slots: NDArray[np.int64], windows: Sequence[range]) -> NDArray[np.bool_]:
    inside = np.zeros(slots.shape, np.bool_)
    for window in windows:
        inside |= (slots >= window.start) & (slots < window.stop)
    return inside
