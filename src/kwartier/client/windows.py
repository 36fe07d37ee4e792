"""Periods of any length, cut into windows that the API allows (K2, E2)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import numpy as np

from kwartier.domain.days import Grid, day_of, midnight, slot_starts, wall_time_between
from kwartier.domain.period import EPOCH, Period
from kwartier.domain.question import MAX_DAYS, PeriodType

__all__ = ["Window", "split"]

_LONGEST: Final = timedelta(days=MAX_DAYS)


@dataclass(frozen=True, slots=True)
class Window:
    """A part of a period that is asked for at once.

    Attributes:
        period: what is asked.
        until: intervals that begin at or after it come with the next window; None: there are none.
    """

    period: Period
    until: datetime | None = None


def split(start: datetime, end: datetime, period_type: PeriodType) -> tuple[Window, ...]:
    """The windows of a period, oldest first (K2).

    Periods of reading are cut where days are. Days of electricity begin at midnight and those of gas at six, and an
    interval is in an answer only if it lies in the window whole: so a window goes on to six o'clock, the next one begins
    at the midnight before, and the hours between come twice. No interval is lost at a cut, and it need not be known what
    flows. Periods of insertion are cut anywhere.

    Args:
        start: where the period begins.
        end: where it ends; behind the start.
        period_type: what the period is about.
    """
    return tuple(_windows(start, end, period_type))


def _windows(start: datetime, end: datetime, period_type: PeriodType) -> Iterator[Window]:
    while not _fits(start, end):
        if period_type is PeriodType.INSERT_TIME:
            cut = reach = start + _LONGEST - timedelta(hours=1)
        else:
            cut, reach = _cut(start)
        yield Window(Period(start, reach), cut)
        start = cut
    yield Window(Period(start, end))


def _cut(start: datetime) -> tuple[datetime, datetime]:
    """The last midnight at which a window can be cut, and the six o'clock behind it."""
    day = day_of(start + _LONGEST)
    while not _fits(start, reach := _gas_day_start(day)):
        day -= 1
    return midnight(day), reach


def _gas_day_start(day: int) -> datetime:
    """When the gas day of a local day begins."""
    return EPOCH + timedelta(seconds=int(slot_starts(Grid.GAS_DAY, np.array([day]))[0]))


def _fits(start: datetime, end: datetime) -> bool:
    """Whether a window is allowed by the clock and in Brussels days (K2)."""
    return max(end - start, wall_time_between(start, end)) <= _LONGEST
