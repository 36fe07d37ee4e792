"""What fictitious meters measured, and when each reading came in (S4): a pure function of EAN and time."""

from dataclasses import replace
from datetime import date
from typing import Final

from kwartier.domain.days import Grid, quarter_hours_of
from kwartier.domain.derive import days_from_quarter_hours
from kwartier.domain.metering import Headpoint
from kwartier.domain.resolve import Inserted
from kwartier.domain.series import MeterVersions
from kwartier.sandbox.arrivals import FIRST_ARRIVAL_SECONDS, LAST_ARRIVAL_SECONDS
from kwartier.sandbox.digital import digital_electricity
from kwartier.sandbox.eans import SandboxMeter

__all__ = ["FIRST_DAY", "headpoint", "versions"]

FIRST_DAY: Final = (date(2015, 1, 1) - date(1970, 1, 1)).days
"""The Brussels day on which the fictitious meters began to measure."""

_SECOND_US: Final = 1_000_000
_DAY_SECONDS: Final = 86400
_QUARTER_HOUR_SECONDS: Final = 900
_SUMMER_OFFSET: Final = 7200  # of Brussels, seconds


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
    days = _days(grid, slots, inserted)
    parts = digital_electricity(meter, days)
    if grid is Grid.QUARTER_HOUR:
        return parts
    return tuple(replace(part, versions=days_from_quarter_hours(part.versions, days)) for part in parts)


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
