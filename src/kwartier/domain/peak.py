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

__all__ = ["OFFTAKE", "Peak", "Untold", "find_peak", "quarter_hours_of_month"]

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


def find_peak(
    parts: Sequence[Series],
    quarter_hours: range,
    over_before: int,
    expected: Sequence[tuple[Series | None, range]] = (),
) -> Peak | Untold:
    """The peak of a month, or what is missing for it (P1).

    A quarter-hour is there when some part has a value for it, and counts with the sum of what the parts have: after
    an exchange each meter has its own. Of meters that hang there together each must have a value.

    Args:
        parts: the quarter-hours of the physical meters of a headpoint, or of an AMR headpoint itself.
        quarter_hours: those of the month.
        over_before: the first quarter-hour that is not over.
        expected: parts of which it is known in which quarter-hours they have a value; None: of one nothing came in.
    """
    energy = np.zeros(len(quarter_hours), np.int64)
    there, unsure = np.zeros(len(quarter_hours), np.bool_), np.zeros(len(quarter_hours), np.bool_)
    for part in parts:
        values, states = laid_over(part, OFFTAKE, quarter_hours)
        states &= STATE_BITS
        valued = states >= State.READ
        energy[valued] += values[valued]
        there |= valued
        unsure |= (states == State.EST) | (states == State.NVAL)
    for known, slots in expected:
        _, states = laid_over(known, OFFTAKE, quarter_hours)
        hung = slice(max(slots.start - quarter_hours.start, 0), max(slots.stop - quarter_hours.start, 0))
        there[hung] &= (states & STATE_BITS >= State.READ)[hung]
    if there.all() and not unsure.any():
        highest = int(energy.argmax())
        return Peak(int(energy[highest]) * _QUARTER_HOURS_OF_HOUR, quarter_hours[highest])
    over = np.arange(quarter_hours.start, quarter_hours.stop) < over_before
    return Untold(
        where(~there & over, quarter_hours.start),
        where(unsure, quarter_hours.start),
        int((~there & ~over).sum()),
    )
