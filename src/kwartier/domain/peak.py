"""The monthly peak power: the highest quarter-hour of offtake of a Brussels month (P1)."""

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np

from kwartier.domain.days import quarter_hours_of
from kwartier.domain.metering import STATE_BITS, Direction, Register, RegisterKind, State
from kwartier.domain.period import EPOCH
from kwartier.domain.series import Series
from kwartier.domain.stretches import laid_over, where

__all__ = ["OFFTAKE", "HungPart", "Peak", "Untold", "find_peak", "quarter_hours_of_month"]

OFFTAKE: Final = Register(Direction.OFFTAKE, RegisterKind.TOTAL)
"""The register that peaks are of."""

_QUARTER_HOURS_OF_HOUR: Final = 4


@dataclass(frozen=True, slots=True)
class Peak:
    """The peak of a month.

    Attributes:
        power_w: thousandths of a kW.
        quarter_hour: the slot in which it was; the earliest of several.
    """

    power_w: int
    quarter_hour: int


@dataclass(frozen=True, slots=True)
class Untold:
    """What keeps the peak of a month from being told.

    Attributes:
        missing: quarter-hours that are over and have no value.
        unsure: those with a value that is estimated or not validated (`EST`, `NVAL`).
        to_come: how many are not over yet.
    """

    missing: tuple[range, ...]
    unsure: tuple[range, ...]
    to_come: int


def quarter_hours_of_month(year: int, month: int) -> range:
    """The quarter-hours of a Brussels month; one with a change of clock has four fewer or more."""
    first = (date(year, month, 1) - EPOCH.date()).days
    borders = quarter_hours_of(range(first, first + monthrange(year, month)[1]))
    return range(int(borders[0]), int(borders[-1]))


@dataclass(frozen=True, slots=True)
class HungPart:
    """A physical meter of which it is known when it hung there.

    Attributes:
        series: its quarter-hours; None: nothing came in of it.
        counts: in which quarter-hours it hung there, for a part at least; what it has beyond them counts for nothing.
        expected: those of them in which it has a value: they began while it hung there.
    """

    series: Series | None
    counts: range
    expected: range


def find_peak(
    parts: Sequence[Series], quarter_hours: range, over_before: int, hung: Sequence[HungPart] = ()
) -> Peak | Untold:
    """The peak of a month, or what is missing for it (P1).

    A quarter-hour is there when some part has a value for it, and each meter that is known to have hung there then has
    one; it counts with the sum of what the parts have.

    Args:
        parts: the quarter-hours of an AMR headpoint itself, or of physical meters of which nobody told when they hung there.
        quarter_hours: those of the month.
        over_before: the first quarter-hour that is not over.
        hung: the meters of which it was told.
    """
    energy = np.zeros(len(quarter_hours), np.int64)
    there, unsure = np.zeros(len(quarter_hours), np.bool_), np.zeros(len(quarter_hours), np.bool_)
    lacking = np.zeros(len(quarter_hours), np.bool_)
    for one in (*(HungPart(part, quarter_hours, range(0)) for part in parts), *hung):
        here = _within(one.counts, quarter_hours)
        values, states = laid_over(one.series, OFFTAKE, quarter_hours[here])
        states &= STATE_BITS
        valued = states >= State.READ
        energy[here] += np.where(valued, values, 0)
        there[here] |= valued
        unsure[here] |= (states == State.EST) | (states == State.NVAL)
        silent = np.ones(len(quarter_hours), np.bool_)
        silent[here] = ~valued
        due = _within(one.expected, quarter_hours)
        lacking[due] |= silent[due]
    there &= ~lacking
    if there.all() and not unsure.any():
        highest = int(energy.argmax())
        return Peak(int(energy[highest]) * _QUARTER_HOURS_OF_HOUR, quarter_hours[highest])
    over = np.arange(quarter_hours.start, quarter_hours.stop) < over_before
    return Untold(
        where(~there & over, quarter_hours.start),
        where(unsure, quarter_hours.start),
        int((~there & ~over).sum()),
    )


def _within(slots: range, quarter_hours: range) -> slice:
    """Where slots stand among quarter-hours, as far as they do."""
    first, stop = (max(slot - quarter_hours.start, 0) for slot in (slots.start, slots.stop))
    return slice(first, stop)
