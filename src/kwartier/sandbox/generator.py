"""What fictitious meters measured, and when each reading came in (S4): a pure function of EAN and time."""

from datetime import date
from typing import Final

import numpy as np
from numpy.typing import NDArray

from kwartier.domain.days import Grid, quarter_hours_of
from kwartier.domain.derive import days_from_quarter_hours
from kwartier.domain.metering import Direction, Headpoint, Register, RegisterKind, State
from kwartier.domain.resolve import Inserted
from kwartier.domain.series import MeterVersions, Versions
from kwartier.sandbox.arrivals import (
    FIRST_ARRIVAL_SECONDS,
    LAST_ARRIVAL_SECONDS,
    arrivals_s,
    estimates,
)
from kwartier.sandbox.eans import SandboxMeter
from kwartier.sandbox.meter import measured, on_the_grid
from kwartier.sandbox.site import Site, site_of

__all__ = ["FIRST_DAY", "headpoint", "versions"]

FIRST_DAY: Final = (date(2015, 1, 1) - date(1970, 1, 1)).days
"""The Brussels day on which the fictitious meters began to measure."""

_SECOND_US: Final = 1_000_000
_DAY_SECONDS: Final = 86400
_QUARTER_HOUR_SECONDS: Final = 900
_SUMMER_OFFSET: Final = 7200  # of Brussels, seconds

_OFFTAKE: Final = Register(Direction.OFFTAKE, RegisterKind.TOTAL)
_INJECTION: Final = Register(Direction.INJECTION, RegisterKind.TOTAL)


def headpoint(meter: SandboxMeter) -> Headpoint:
    """The headpoint of a fictitious meter."""
    return Headpoint(meter.ean, meter.kind.energy_type, meter.kind.meter_type)


def versions(meter: SandboxMeter, grid: Grid, slots: range, inserted: Inserted) -> tuple[MeterVersions, ...]:
    """What came in about a fictitious meter, in whole days.

    Every row about `slots` that could count under `inserted` is in it, and mostly others.

    Args:
        meter: which one.
        grid: quarter-hours or Brussels days; on any other grid such a meter has nothing.
        slots: the slots that are asked for.
        inserted: which versions will count. It bounds the days that are made: no more than can have come in.
    """
    if grid not in {Grid.QUARTER_HOUR, Grid.DAY}:
        return ()
    site = site_of(meter)
    days = _days(grid, slots, inserted)
    quarters = _quarter_hours(site, days)
    found = quarters if grid is Grid.QUARTER_HOUR else days_from_quarter_hours(quarters, days)
    return (MeterVersions(site.meter, found),)


def _days(grid: Grid, slots: range, inserted: Inserted) -> range:
    """The Brussels days of the slots about which something can have come in within `inserted`."""
    first, stop = slots.start, slots.stop
    if grid is Grid.QUARTER_HOUR:
        first, stop = _day_of(slots.start), _day_of(slots.stop - 1) + 1
    stop = min(stop, (inserted.end_us // _SECOND_US - FIRST_ARRIVAL_SECONDS) // _DAY_SECONDS + 1)
    first = max(first, FIRST_DAY)
    if inserted.start_us is not None:
        first = max(first, (inserted.start_us // _SECOND_US - LAST_ARRIVAL_SECONDS) // _DAY_SECONDS)
    return range(first, stop) if slots and first < stop else range(0)


def _day_of(quarter_hour: int) -> int:
    """The Brussels day in which a quarter-hour lies, also in years that a datetime does not reach."""
    day = (quarter_hour * _QUARTER_HOUR_SECONDS + _SUMMER_OFFSET) // _DAY_SECONDS
    return day if quarter_hours_of(range(day, day))[0] <= quarter_hour else day - 1


def _quarter_hours(site: Site, days: range) -> Versions:
    """All versions of the quarter-hours of some days of a site."""
    registers = (_OFFTAKE,) if site.panels is None else (_OFFTAKE, _INJECTION)
    if not days:
        nothing = np.zeros(0, np.int64)
        values, states = np.zeros((len(registers), 0), np.int64), np.zeros((len(registers), 0), np.uint8)
        return Versions(Grid.QUARTER_HOUR, registers, nothing, nothing, values, states)
    return _with_estimates(site, days, registers)


def _with_estimates(site: Site, days: range, registers: tuple[Register, ...]) -> Versions:
    """First what came in of each day, then the readings that replaced what had been estimated."""
    borders = quarter_hours_of(days)
    arrived_s = arrivals_s(site.seed, days)
    known = int(borders[-1] - borders[0])
    guesses = estimates(site.seed, days, arrived_s)
    first = np.minimum(borders[guesses.day] + guesses.first, borders[guesses.day + 1] - 1)
    count = np.minimum(first + guesses.count, borders[guesses.day + 1]) - first
    guessed = _ranges(first - borders[0], count)
    replaced_s = np.repeat(guesses.replaced_s, count)
    replaced = replaced_s > 0
    again = guessed[replaced]

    rows = known + again.size
    slots, inserted_us = np.empty(rows, np.int64), np.empty(rows, np.int64)
    values, states = (
        np.empty((len(registers), rows), np.int64),
        np.full((len(registers), rows), State.READ, np.uint8),
    )
    slots[:known] = np.arange(borders[0], borders[-1])
    slots[known:] = again + borders[0]
    inserted_us[:known] = np.repeat(arrived_s * _SECOND_US, np.diff(borders))
    inserted_us[known:] = replaced_s[replaced] * _SECOND_US
    on_the_grid(measured(site, days), borders, values[:, :known])
    values[:, known:] = values[:, again]
    values[:, guessed] = _interpolated(values, guessed, np.repeat(guesses.factor, count))
    states[:, guessed] = State.EST
    return Versions(Grid.QUARTER_HOUR, registers, slots, inserted_us, values, states)


def _interpolated(
    values: NDArray[np.int64], guessed: NDArray[np.int64], factor: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Estimates: the mean of the hour, a little off.

    Args:
        values: the readings, from the start of an hour, shape (registers, n).
        guessed: the columns that are estimated, shape (g,).
        factor: what an estimate is of that mean, of 256, shape (g,).
    """
    hour = guessed & ~3  # days have whole hours
    total = values[:, hour] + values[:, hour + 1] + values[:, hour + 2] + values[:, hour + 3]
    return total * factor >> 10


def _ranges(first: NDArray[np.int64], count: NDArray[np.int64]) -> NDArray[np.int64]:
    """The numbers of some ranges, one after another."""
    ends = np.cumsum(count)
    return np.repeat(first - ends + count, count) + np.arange(int(ends[-1]) if ends.size else 0)
