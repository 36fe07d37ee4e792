"""Monthly peak powers from a table of readings (P1)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import numpy as np
from numpy.typing import NDArray

from kwartier.client.table import EnergyTable
from kwartier.domain.days import BRUSSELS, Grid
from kwartier.domain.metering import Direction, RegisterKind, State, Unit
from kwartier.domain.peak import OFFTAKE, Peak, find_peak, quarter_hours_of_month
from kwartier.domain.period import EPOCH, Period
from kwartier.domain.series import Series
from kwartier.domain.stretches import laid_over
from kwartier.wire.energy import DIRECTION, REGISTER_KIND, UNIT, VALIDATION_STATE
from kwartier.wire.frame import Source

__all__ = ["MonthPeak", "bounds_of", "mean_peak_kw", "month_peaks", "months_of"]

_QUARTER_HOUR: Final = timedelta(minutes=15)
_QUARTER_HOUR_US: Final = 900_000_000
_QUARTER_HOURS_OF_HOUR: Final = 4
_STATES: Final = {VALIDATION_STATE.write(state): state for state in State if state >= State.READ}


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthPeak:
    """The peak power of a Brussels month, or what keeps it from being told (P1).

    Attributes:
        year: of the month.
        month: 1 to 12.
        power_kw: the highest quarter-hour of offtake, times four; None: it can't be told.
        at: when that quarter-hour began; the earliest of several.
        missing: periods that are over and without a value.
        unsure: periods with values that are estimated or not validated.
        to_come: how many quarter-hours are not over yet.
        highest_kw: the highest of what is there, sure or not; None: there is nothing.
    """

    year: int
    month: int
    power_kw: float | None
    at: datetime | None
    missing: tuple[Period, ...] = ()
    unsure: tuple[Period, ...] = ()
    to_come: int = 0
    highest_kw: float | None = None


def mean_peak_kw(peaks: Sequence[MonthPeak], at_least_kw: float = 2.5) -> float | None:
    """The mean of monthly peaks, each counted with at least so much, as users of the capacity tariff reckon it.

    Args:
        peaks: of the last twelve months.
        at_least_kw: as which smaller peaks count.

    Returns:
        The mean; None if there are no peaks, or one of them can't be told.
    """
    powers = [peak.power_kw for peak in peaks]
    told = [max(power, at_least_kw) for power in powers if power is not None]
    return sum(told) / len(told) if told and len(told) == len(powers) else None


def months_of(period: Period) -> list[tuple[int, int]]:
    """The Brussels months that begin in a period, as year and month."""
    first = period.start.astimezone(BRUSSELS)
    year, month = first.year, first.month
    months: list[tuple[int, int]] = []
    while (begun := _moment(quarter_hours_of_month(year, month).start)) < (period.end or begun):
        if begun >= period.start:
            months.append((year, month))
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)
    return months


def bounds_of(months: Sequence[tuple[int, int]]) -> tuple[datetime, datetime]:
    """Where the first of some months begins, and the last ends."""
    return _moment(quarter_hours_of_month(*months[0]).start), _moment(
        quarter_hours_of_month(*months[-1]).stop
    )


def month_peaks(
    table: EnergyTable, months: Sequence[tuple[int, int]], now: datetime
) -> tuple[MonthPeak, ...]:
    """The peaks of months, from a table with their quarter-hours (P1).

    A value whose state is not known, or not told, counts as unsure.

    Args:
        table: the readings of one EAN.
        months: year and month of each.
        now: what is over then and has no value is missing.
    """
    parts = list(_quarter_hours(table))
    over_before = (now - EPOCH) // _QUARTER_HOUR
    return tuple(_month_peak(parts, year, month, over_before) for year, month in months)


def _month_peak(parts: Sequence[Series], year: int, month: int, over_before: int) -> MonthPeak:
    slots = quarter_hours_of_month(year, month)
    found = find_peak(parts, slots, over_before)
    highest = _highest_kw(parts, slots)
    if isinstance(found, Peak):
        power_kw, at = found.power_w / 1000, _moment(found.quarter_hour)
        return MonthPeak(year=year, month=month, power_kw=power_kw, at=at, highest_kw=highest)
    return MonthPeak(
        year=year,
        month=month,
        power_kw=None,
        at=None,
        missing=tuple(map(_period, found.missing)),
        unsure=tuple(map(_period, found.unsure)),
        to_come=found.to_come,
        highest_kw=highest,
    )


def _highest_kw(parts: Sequence[Series], slots: range) -> float | None:
    """The highest of what is there, of all meters together."""
    sums = np.zeros(len(slots), np.int64)
    there = np.zeros(len(slots), np.bool_)
    for part in parts:
        values, states = laid_over(part, OFFTAKE, slots)
        valued = states >= State.READ
        sums[valued] += values[valued]
        there |= valued
    return int(sums[there].max()) * _QUARTER_HOURS_OF_HOUR / 1000 if there.any() else None


def _quarter_hours(table: EnergyTable) -> Iterator[Series]:
    """The quarter-hours of offtake of each meter, or of the headpoint itself."""
    chosen = (
        ~table["source"].where(Source.SUB_HEADPOINT.value)
        & table["direction"].where(DIRECTION.write(Direction.OFFTAKE))
        & table["register"].where(REGISTER_KIND.write(RegisterKind.TOTAL))
        & table["unit"].where(UNIT.write(Unit.KWH))
        & (table.ends - table.starts == _QUARTER_HOUR_US)
        & (table.starts % _QUARTER_HOUR_US == 0)
        & ~np.isnan(table.values)
    )
    meters = table["meter"].codes
    for meter in np.unique(meters[chosen]).tolist():
        yield _series(table, np.flatnonzero(chosen & (meters == meter)))


def _series(table: EnergyTable, rows: NDArray[np.int64]) -> Series:
    slots = table.starts[rows] // _QUARTER_HOUR_US
    first, last = int(slots.min()), int(slots.max())
    values = np.zeros((1, last - first + 1), np.int64)
    states = np.zeros((1, last - first + 1), np.uint8)
    column = table["validation_state"]
    known = np.array([_STATES.get(text or "", State.EST) for text in column.texts], np.uint8)
    values[0, slots - first] = np.rint(table.values[rows] * 1000).astype(np.int64)
    states[0, slots - first] = known[column.codes[rows]]
    return Series(Grid.QUARTER_HOUR, first, (OFFTAKE,), values, states)


def _moment(quarter_hour: int) -> datetime:
    return EPOCH + quarter_hour * _QUARTER_HOUR


def _period(slots: range) -> Period:
    return Period(_moment(slots.start), _moment(slots.stop))
