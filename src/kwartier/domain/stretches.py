"""Series laid over slots that are asked for, and stretches of slots that are alike."""

from collections.abc import Iterator
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from kwartier.domain.metering import Register
from kwartier.domain.series import Series

__all__ = ["laid_over", "stretches", "where"]


def laid_over(
    series: Series | None, register: Register, slots: range
) -> tuple[NDArray[np.int64], NDArray[np.uint8]]:
    """What a series says of a register in each of some slots, silent where it says nothing.

    Args:
        series: on the grid of the slots; None: there is none.
        register: which.
        slots: n consecutive slots.

    Returns:
        Values in thousandths and state codes, each of shape (n,).
    """
    values, states = np.zeros(len(slots), np.int64), np.zeros(len(slots), np.uint8)
    if series is None or register not in series.registers:
        return values, states
    first = max(slots.start, series.first_slot)
    stop = min(slots.stop, series.first_slot + len(series))
    if first < stop:
        row = series.registers.index(register)
        there = slice(first - series.first_slot, stop - series.first_slot)
        here = slice(first - slots.start, stop - slots.start)
        values[here], states[here] = series.values[row, there], series.states[row, there]
    return values, states


def stretches(labels: NDArray[np.uint8], first_slot: int) -> Iterator[tuple[range, int]]:
    """The longest stretches of consecutive slots with the same label, in order.

    Args:
        labels: of consecutive slots, shape (n,).
        first_slot: that of the first.
    """
    if labels.size == 0:
        return
    begins = [0, *(np.flatnonzero(labels[1:] != labels[:-1]) + 1).tolist(), labels.size]
    for begin, end in pairwise(begins):
        yield range(first_slot + begin, first_slot + end), int(labels[begin])


def where(chosen: NDArray[np.bool_], first_slot: int) -> tuple[range, ...]:
    """The stretches of slots that are chosen, in order."""
    return tuple(slots for slots, label in stretches(chosen.astype(np.uint8), first_slot) if label)
