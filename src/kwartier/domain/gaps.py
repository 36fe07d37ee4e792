"""Intervals without a value, and why there is none (E11, R1)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import Final

import numpy as np
from numpy.typing import NDArray

from kwartier.domain.days import Grid, slots_within
from kwartier.domain.metering import State
from kwartier.domain.period import EPOCH, Period
from kwartier.domain.stretches import stretches

__all__ = ["LATEST_HOURS", "Gap", "Missing", "due_before", "find_gaps", "is_expected"]

LATEST_HOURS: Final = 72
"""How many hours after an interval its value is there at the latest (E11)."""


class Missing(Enum):
    """Why an interval has no value."""

    NOT_DUE = "not yet due"
    NEVER = "never came in"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Gap:
    """Consecutive slots without a value, for one reason."""

    slots: range
    why: Missing


def due_before(grid: Grid, moment: datetime, hours: int = LATEST_HOURS) -> int:
    """The first slot that ended too short before a moment for its value to be due (E11)."""
    return slots_within(grid, Period(EPOCH, moment - timedelta(hours=hours))).stop


def is_expected(begun: datetime, hung: Sequence[Period], known_since: datetime, *, delivered: bool) -> bool:
    """Whether a headpoint is to have a value of a slot (E8, E11).

    Args:
        begun: when the slot began.
        hung: when its meters hung there: one must have when the slot began. Nothing was told: whoever delivered before
            goes on, and others begin when they are made known.
        known_since: when that was.
        delivered: whether it ever had a value.
    """
    if hung:
        return any(begun in period for period in hung)
    return delivered or known_since <= begun


_THERE: Final = 0
_LABELS: Final = dict(enumerate(Missing, 1))
_LABEL_OF: Final = {why: label for label, why in _LABELS.items()}


def find_gaps(states: NDArray[np.uint8], first_slot: int, due_before: int) -> tuple[Gap, ...]:
    """The gaps in what is expected of a register, in order; neighbours of one reason are one gap (E11).

    Args:
        states: the state codes of consecutive slots, in each of which a value is expected, shape (n,).
        first_slot: that of the first.
        due_before: the first slot of which the value may still be on its way.
    """
    labels = np.full(states.shape, _THERE, np.uint8)
    silent = states == State.SILENT
    labels[silent] = _LABEL_OF[Missing.NEVER]
    labels[silent & (np.arange(states.size) + first_slot >= due_before)] = _LABEL_OF[Missing.NOT_DUE]
    labels[states == State.WITHDRAWN] = _LABEL_OF[Missing.WITHDRAWN]
    return tuple(
        Gap(slots, _LABELS[label]) for slots, label in stretches(labels, first_slot) if label != _THERE
    )
